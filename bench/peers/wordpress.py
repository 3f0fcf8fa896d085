"""WordPress from Debian's packages, with MariaDB and PHP's processes behind nginx.

Once as it is installed, and once with nginx keeping whole pages for an hour, which is as good as a page
cache can be: nothing clears it when a comment comes. The program is copied, so that nothing is
written outside of the folder; database and socket live there too.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.machine import bound_to
from bench.peers.installing import NotInstallable, Peer, needed, php_fpm, said
from bench.peers.pages import FORM
from bench.servers import Server, nginx_with, quoted, stop
from tests.site import free_port

from broadsheet.sample.invented import PUBLISHED_AT, body

NAME = "WordPress"
PROGRAM = Path("/usr/share/wordpress")
PROGRAMS = {
    "mariadbd": "mariadb-server",
    "mariadb": "mariadb-client",
    "mariadb-install-db": "mariadb-server",
    "php": "php-cli",
    "nginx": "nginx",
}
HERE = Path(__file__).parent
START_WITHIN = 60.0
FIRST = 1_000
"""Number of the first comment, and what is added to a story's comments for its own number."""
CHILDREN = 5
AT_ONCE = 1_000
"""Comments in one statement."""


@contextlib.contextmanager
def serve(folder: Path, counts: Sequence[int], core: int | None) -> Iterator[list[Peer]]:
    """Copy it, start its database and its processes, install it, and put the discussions in."""
    if not PROGRAM.is_dir():
        raise NotInstallable("missing Debian packages: wordpress (apt install …)")
    programs, fpm = needed(PROGRAMS), php_fpm()
    for name in ("data", "www", "cache", "temporary"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "temporary").mkdir()
    port, cached = free_port(), free_port()
    root = folder / "www"
    # What the package links to, in other packages, is copied too.
    shutil.copytree(PROGRAM, root, ignore_dangling_symlinks=True)
    (root / "wp-config.php").unlink()
    (root / "wp-config.php").write_text(configuration(folder, port), "utf-8")
    extras = root / "wp-content" / "mu-plugins"
    extras.mkdir(exist_ok=True)
    shutil.copy(HERE / "wordpress_quiet.php", extras)
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(mariadb(folder, programs, core))
        ask(programs["mariadb"], folder, "CREATE DATABASE wp CHARACTER SET utf8mb4")
        ask(
            programs["mariadb"],
            folder,
            "CREATE USER wp@localhost IDENTIFIED BY 'bench'; GRANT ALL ON wp.* TO wp@localhost",
        )
        version = install(programs["php"], root, port)
        fill(programs["mariadb"], folder, counts)
        processes = stack.enter_context(php(folder, fpm, core))
        web = folder / "nginx.conf"
        web.write_text(nginx_configuration(folder, root, port, cached), "utf-8")
        front = stack.enter_context(nginx_with(web, folder, port, core))
        behind = (processes, database)
        stories = {count: f"/?p={number(count)}" for count in counts}
        comment = "comment=@TEXT@&author=Reader@NUMBER@&email=reader%40example.org&url=&submit=Post"
        comment += f"&comment_post_ID={number(min(counts))}&comment_parent=0"
        yield [
            Peer(
                NAME,
                version,
                Server(f"http://127.0.0.1:{port}", front.pid, behind),
                stories,
                "/wp-comments-post.php",
                comment,
                FORM,
            ),
            Peer(
                f"{NAME} behind nginx's page cache",
                version,
                Server(f"http://127.0.0.1:{cached}", front.pid, behind),
                stories,
            ),
        ]


def number(count: int) -> int:
    """Return the number of the story with so many comments."""
    return 1_000_000 + count


@contextlib.contextmanager
def mariadb(folder: Path, programs: dict[str, str], core: int | None) -> Iterator[int]:
    """Run a database server of our own, reached through a socket in the folder."""
    data, user = folder / "data", getpass.getuser()
    made = subprocess.run(
        [
            programs["mariadb-install-db"],
            "--no-defaults",
            f"--user={user}",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
        ],
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise NotInstallable(f"mariadb-install-db: {made.stdout.strip().splitlines()[-1:]}")
    with bound_to(core):
        process = subprocess.Popen(
            [
                programs["mariadbd"],
                "--no-defaults",
                f"--user={user}",
                f"--datadir={data}",
                f"--socket={folder / 'db.sock'}",
                f"--pid-file={folder / 'db.pid'}",
                f"--log-error={folder / 'db.log'}",
                "--skip-networking",
                "--innodb-buffer-pool-size=512M",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
    try:
        wait_for_socket(folder / "db.sock", process, folder / "db.log")
        yield process.pid
    finally:
        stop(process)


@contextlib.contextmanager
def php(folder: Path, program: str, core: int | None) -> Iterator[int]:
    """Run PHP's processes."""
    pool = folder / "fpm.conf"
    user = getpass.getuser()
    pool.write_text(
        f"""[global]
error_log = {folder}/fpm.log
daemonize = no
[www]
user = {user}
group = {user}
listen = {folder}/fpm.sock
pm = static
pm.max_children = {CHILDREN}
php_admin_value[memory_limit] = 1024M
php_admin_value[max_execution_time] = 120
""",
        "utf-8",
    )
    as_root = ["--allow-to-run-as-root"] if os.geteuid() == 0 else []
    with bound_to(core):
        process = subprocess.Popen(
            [program, "--nodaemonize", *as_root, "--fpm-config", str(pool)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
    try:
        wait_for_socket(folder / "fpm.sock", process, folder / "fpm.log")
        yield process.pid
    finally:
        stop(process)


def wait_for_socket(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when somebody listens there; raises :class:`NotInstallable` with the log's last line."""
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
            return
        time.sleep(0.1)
    last = log.read_text(errors="replace").strip().splitlines()[-1:] if log.exists() else []
    raise NotInstallable(f"{process.args!r} did not start: {' '.join(last)}")


def ask(client: str, folder: Path, statements: str, database: str = "") -> None:
    command = [client, "--no-defaults", f"--socket={folder / 'db.sock'}", "-uroot"]
    command += [database] if database else []
    subprocess.run(command, input=statements, text=True, check=True, stdout=subprocess.DEVNULL)


def install(php_program: str, root: Path, port: int) -> str:
    """Install it; return its version."""
    around = {**os.environ, "WP_ROOT": str(root), "WP_HOST": f"127.0.0.1:{port}"}
    done = subprocess.run(
        [php_program, "-d", "memory_limit=512M", str(HERE / "wordpress_install.php")],
        env=around,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise NotInstallable(f"its installation failed: {' '.join(last)}")
    return done.stdout.strip().splitlines()[-1]


def fill(client: str, folder: Path, counts: Sequence[int]) -> None:
    """Write the stories and their discussions."""
    statements = ["SET NAMES utf8mb4"]
    base = FIRST
    text = "\n\n".join(body())
    for count in counts:
        at = f"'{PUBLISHED_AT:%F %T}'"
        statements.append(
            "INSERT INTO wp_posts(ID, post_author, post_date, post_date_gmt, post_content, post_title,"
            " post_excerpt, post_status, comment_status, ping_status, post_name, to_ping, pinged,"
            " post_modified, post_modified_gmt, post_content_filtered, guid, post_type, comment_count)"
            f" VALUES({number(count)}, 1, {at}, {at}, {literal(text)},"
            f" 'A story with {count} comments', '', 'publish', 'open', 'open', 't{count}', '', '',"
            f" {at}, {at}, '', 'http://127.0.0.1/?p={number(count)}', 'post', {count})"
        )
        rows = []
        for place, one in said(count):
            when = f"'{one.at:%F %T}'"
            parent = 0 if one.parent is None else base + one.parent + 1
            rows.append(
                f"({base + place}, {number(count)}, {literal(one.name)}, 'reader@example.org', '',"
                f" '127.0.0.1', {when}, {when}, {literal(one.text)}, 0, '1', 'bench', 'comment',"
                f" {parent}, 0)"
            )
        for start in range(0, len(rows), AT_ONCE):
            part = ",".join(rows[start : start + AT_ONCE])
            statements.append(f"INSERT INTO wp_comments VALUES{part}")
        base += count
    ask(client, folder, ";\n".join([*statements, "ANALYZE TABLE wp_comments", ""]), "wp")


def literal(text: str) -> str:
    """Return a string of SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def configuration(folder: Path, port: int) -> str:
    """Return wp-config.php."""
    names = ("AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY", "NONCE_KEY")
    names += ("AUTH_SALT", "SECURE_AUTH_SALT", "LOGGED_IN_SALT", "NONCE_SALT")
    constants = {
        "DB_NAME": "wp",
        "DB_USER": "wp",
        "DB_PASSWORD": "bench",
        "DB_HOST": f"localhost:{folder / 'db.sock'}",
        "DB_CHARSET": "utf8mb4",
        "WP_HOME": f"http://127.0.0.1:{port}",
        "WP_SITEURL": f"http://127.0.0.1:{port}",
        **{name: f"bench {name}" for name in names},
    }
    switches = ("DISABLE_WP_CRON", "WP_HTTP_BLOCK_EXTERNAL", "AUTOMATIC_UPDATER_DISABLED")
    lines = [f"define('{name}', '{value}');" for name, value in constants.items()]
    lines += [f"define('{name}', true);" for name in switches]
    lines += ["$table_prefix = 'wp_';", "define('ABSPATH', __DIR__ . '/');"]
    return "\n".join(["<?php", *lines, "require_once ABSPATH . 'wp-settings.php';", ""])


def nginx_configuration(folder: Path, root: Path, port: int, cached: int) -> str:
    """Return nginx's configuration: one port as it is, one that keeps pages."""
    user = "user root;\n" if os.geteuid() == 0 else ""
    scratch = "".join(
        f"  {kind}_temp_path {quoted(str(folder / 'temporary' / kind))};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    keeps = """      fastcgi_cache pages;
      fastcgi_cache_valid 200 60m;
      fastcgi_cache_lock on;
      fastcgi_ignore_headers Cache-Control Expires Set-Cookie;
"""
    sites = "".join(site(folder, root, each, keeps * (each == cached)) for each in (port, cached))
    return f"""{user}daemon off;
worker_processes 1;
pid {quoted(str(folder / "nginx.pid"))};
error_log {quoted(str(folder / "error.log"))} error;
events {{ worker_connections 1024; }}
http {{
{scratch}  access_log off;
  include /etc/nginx/mime.types;
  keepalive_requests 100000000;
  fastcgi_cache_path {quoted(str(folder / "cache"))} keys_zone=pages:10m;
  fastcgi_cache_key "$request_method$request_uri";
  fastcgi_buffers 32 32k;
  fastcgi_read_timeout 120;
  gzip on;
  gzip_vary on;
{sites}}}
"""


def site(folder: Path, root: Path, port: int, keeps: str) -> str:
    return f"""  server {{
    listen 127.0.0.1:{port};
    root {quoted(str(root))};
    index index.php;
    location / {{ try_files $uri $uri/ /index.php?$args; }}
    location ~ \\.php$ {{
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_param HTTP_HOST 127.0.0.1:{port};
      fastcgi_pass unix:{folder / "fpm.sock"};
{keeps}    }}
  }}
"""
