"""Serve: web processes of uvicorn, and the task worker beside them, until told to stop."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import uvicorn
from django.conf import settings
from django.db import connections
from uvicorn.supervisors import Multiprocess

from broadsheet import clock
from broadsheet.cli.shared import say
from broadsheet.conf.prepare import prepare

try:
    import resource
except ImportError:  # not a system with limits of its own
    resource = None  # type: ignore[assignment]

FIRST_ACCOUNT = "editor@localhost.localdomain"
FIRST_SIGN_IN = "first-sign-in.txt"
RESTART_AFTER = 2.0
"""Seconds before a task worker that ended by itself is started again."""
MANY_FILES = 1 << 16
STOP_WITHIN = 15.0
"""Seconds for requests and the running task to finish after Ctrl-C."""


def run(*, bind: str | None, workers: int | None, first_run: bool, task_worker: bool) -> None:
    """Prepare the store and serve; returns after a clean stop."""
    options = settings.OPTIONS
    prepare(say)
    if first_run:
        _first_run()
    _allow_open_files()
    host = bind or options.bind
    count = workers or options.workers
    _announce(host)
    connections.close_all()
    # The supervisor of several web processes starts them anew, so they import the application.
    config = uvicorn.Config(
        "broadsheet.conf.asgi:application",
        host=host,
        port=options.port,
        workers=count,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="broadsheet.conf.protocol:PressProtocol",
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        proxy_headers=bool(options.trusted_proxies),
        forwarded_allow_ips=options.trusted_proxies or None,
        server_header=False,
        timeout_graceful_shutdown=int(STOP_WITHIN),
    )
    with _task_worker() if task_worker else contextlib.nullcontext():
        try:
            if count == 1:
                uvicorn.Server(config).run()
            else:
                Multiprocess(config, [config.bind_socket()]).run()
        except KeyboardInterrupt:
            pass
    say("Stopped.")


def _allow_open_files() -> None:
    """Raise this process's limit of open files as far as it may: each stream is one."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Where there is no limit above, some systems refuse to have none below.
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, MANY_FILES)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _first_run() -> None:
    """On an empty store: the sample publication and somebody who can sign in."""
    from broadsheet.desk.accounts import ensure_administrator
    from broadsheet.readers.models import Account
    from broadsheet.record.models import Document
    from broadsheet.sample.loading import load_sample

    if not Document.objects.exists():
        load_sample(say)
    if not Account.objects.filter(is_superuser=True).exists():
        password = clock.random_bytes(6).hex()
        ensure_administrator(email=FIRST_ACCOUNT, password=password, name="Editor")
        note = Path(settings.DATA) / FIRST_SIGN_IN
        note.touch(mode=0o600)
        note.write_text(f"{FIRST_ACCOUNT}\n{password}\n", "utf-8")


def _announce(host: str) -> None:
    origin = settings.ORIGIN
    click.echo(f"\n  The paper   {origin}/\n  The desk    {origin}/desk/")
    note = Path(settings.DATA) / FIRST_SIGN_IN
    if note.is_file() and _first_password_holds(note):
        email, password = note.read_text("utf-8").split()
        click.echo(f"  Sign in as  {email}\n  Password    {password}")
    else:
        click.echo("  Sign in     with your account (make one: broadsheet init --admin-email …)")
    if not settings.OPTIONS.email_url:
        click.echo(
            f"  Mail        written to {_near(Path(settings.EMAIL_FILE_PATH))}, none is sent"
        )
    if host not in ("127.0.0.1", "localhost", "::1"):
        click.echo(f"  Listening on {host}: other machines can reach it.")
    click.echo("  Stop        Ctrl-C\n")
    sys.stdout.flush()


def _near(path: Path) -> str:
    """Return a path as it is called from here, if it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _first_password_holds(note: Path) -> bool:
    """Say whether the password that was made at first start still opens the desk."""
    from django.contrib.auth import authenticate

    email, _, password = note.read_text("utf-8").strip().partition("\n")
    return authenticate(None, username=email, password=password) is not None


@contextlib.contextmanager
def _task_worker() -> Iterator[None]:
    """Keep a task worker running in a process of its own; it ends with us, whatever ends us."""
    stopping = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            # The pipe on its standard input closes when this process ends, even by kill -9.
            process = subprocess.Popen(
                [sys.executable, "-m", "broadsheet.cli", "worker", "--watch-parent"],
                stdin=subprocess.PIPE,
                env=os.environ.copy(),
                start_new_session=True,
            )
            current[:] = [process]
            process.wait()
            if not stopping.wait(RESTART_AFTER):
                say(f"The task worker ended with status {process.returncode}; starting it again.")

    keeper = threading.Thread(target=keep, name="task-worker-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for process in current:
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
        keeper.join(RESTART_AFTER)
