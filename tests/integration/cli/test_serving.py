"""The whole product in its own process: first start, second start, Ctrl-C, files, headers."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import brotli
import pytest
from bench.servers import nginx_program
from tests.front import fronted
from tests.site import (
    START_WITHIN,
    Site,
    command,
    database_of_its_own,
    environment,
    free_port,
    lend_what_is_prepared,
    served,
)


def lowered(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def get(site: Site, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(site.origin + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, lowered(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, lowered(error.headers), error.read()


def max_age(headers: dict[str, str]) -> int:
    """Return the seconds that caches may keep an answer."""
    return int(re.search(r"max-age=(\d+)", headers["cache-control"])[1])


def children(process: subprocess.Popen[str]) -> list[int]:
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(pid) for task in tasks for pid in task.read_text().split()]


def wait_until_gone(family: list[int]) -> None:
    deadline = time.monotonic() + 20
    while left := [pid for pid in family if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, f"processes {left} outlived their parent"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("serving") / "var"


@pytest.fixture(scope="module")
def database_url():
    with database_of_its_own("serving") as url:
        yield url


def test_init_works_without_a_terminal_and_is_repeatable(tmp_path):
    """From nothing at all, while the other tests here begin with tables that are migrated already."""
    data = tmp_path / "var"
    arguments = ("init", "--admin-email", "ann@news.example", "--admin-password", "correct horse 9")

    with database_of_its_own("init", is_lent=False) as database_url:
        results = [
            subprocess.run(
                command(*arguments, "--time-zone", "Europe/London", "--json"),
                env=environment(data, free_port(), database_url),
                capture_output=True,
                text=True,
                stdin=subprocess.DEVNULL,
                timeout=START_WITHIN,
            )
            for _ in range(2)
        ]

    assert [result.returncode for result in results] == [0, 0], results
    assert [json.loads(result.stdout)["administrator_made"] for result in results] == [True, False]
    assert oct((data / "secret_key").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_answers_and_stops_cleanly(data, database_url, workers):
    lend_what_is_prepared(data)
    with served(data, "--workers", workers, database_url=database_url) as site:
        status, headers, body = get(site, "/")
        stylesheet = re.search(rb'href="(/static/paper/paper\.[0-9a-f]{12}\.css)"', body)[
            1
        ].decode()
        style = get(site, stylesheet, **{"Accept-Encoding": "gzip"})
        forms = {
            accepted: get(site, stylesheet, **{"Accept-Encoding": accepted})
            for accepted in ("gzip, deflate, br, zstd", "gzip, br;q=0", "identity")
        }
        picture = data / "media" / "pictures" / "ab" / "ab12-480.webp"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(b"RIFF")
        shown = get(site, "/media/pictures/ab/ab12-480.webp")
        missing = get(site, "/static/../secret_key")
        media = get(site, "/media/../secret_key")
        deadline = time.monotonic() + 20
        while len(children(site.process)) < int(workers != "1") * int(workers) + 1:
            assert time.monotonic() < deadline, "the task worker did not start"
            time.sleep(0.05)
        family = children(site.process)
        site.process.send_signal(signal.SIGINT)
        site.process.wait(20)
        wait_until_gone(family)

    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "server" not in headers
    assert style[0] == 200
    assert "immutable" in style[1]["cache-control"]
    assert style[1]["content-encoding"] == "gzip"
    named = [answer[1].get("content-encoding", "identity") for answer in forms.values()]
    assert named == ["br", "gzip", "identity"]
    brotlied, gzipped, plain = (answer[2] for answer in forms.values())
    assert brotli.decompress(brotlied) == gzip.decompress(gzipped) == plain
    assert len(brotlied) < len(gzipped) < len(plain)
    assert all(answer[1]["vary"] == "Accept-Encoding" for answer in forms.values())
    assert shown[1]["content-type"] == "image/webp"
    assert max_age(shown[1]) >= 31_536_000
    assert "immutable" in shown[1]["cache-control"]
    assert max_age(style[1]) >= 31_536_000
    assert missing[0] == media[0] == 404
    assert site.process.returncode == 0
    assert "Traceback" not in (data.parent / "serve.log").read_text()


@pytest.mark.skipif(
    nginx_program() is None and os.environ.get("REQUIRE_ALL") != "1",
    reason="nginx is not installed (apt install nginx)",
)
def test_nginx_in_front_keeps_what_is_public(data, database_url, tmp_path):
    """What the product says with its pages is understood by the nginx that is shipped with it."""
    lend_what_is_prepared(data)
    with (
        served(data, "--no-task-worker", database_url=database_url) as site,
        fronted(tmp_path / "nginx", int(site.origin.rpartition(":")[2])) as (port, _),
    ):
        site.origin = f"http://localhost:{port}"
        deadline = time.monotonic() + 20
        while (page := get(site, "/", **{"Accept-Encoding": "br"}))[1][
            "cache-status"
        ] != "nginx; hit":
            assert time.monotonic() < deadline, f"the front page is not kept: {page[1]}"
        again = get(site, "/", **{"Accept-Encoding": "br", "If-None-Match": page[1]["etag"]})
        plain = get(site, "/", **{"Accept-Encoding": "identity", "Cookie": "a=b"})
        stylesheet = re.search(rb'href="(/static/paper/paper\.[0-9a-f]{12}\.css)"', plain[2])[1]
        styles = [get(site, stylesheet.decode()) for _ in range(2)]
        own = [get(site, path) for path in ("/me/", "/desk/login/") for _ in range(2)]

    assert brotli.decompress(page[2]) == plain[2]
    assert again[0] == 304
    assert "surrogate-key" not in page[1]
    assert [style[1]["cache-status"] for style in styles] == ["nginx; fwd=miss", "nginx; hit"]
    assert max_age(styles[1][1]) >= 31_536_000
    assert [answer[0] for answer in own] == [200] * 4
    assert all("cache-status" not in answer[1] for answer in own)


@pytest.mark.parametrize("workers", [1, 2])
def test_all_processes_end_with_their_parent_even_by_kill(data, database_url, workers):
    """A web process that was left over would keep the port."""
    lend_what_is_prepared(data)
    with served(data, "--workers", str(workers), database_url=database_url) as site:
        deadline = time.monotonic() + 20
        while len(family := children(site.process)) < (workers if workers > 1 else 0) + 1:
            assert time.monotonic() < deadline, "the processes did not start"
            time.sleep(0.05)
        site.process.kill()
        site.process.wait(20)
        wait_until_gone(family)


def test_options_that_cannot_be_used_are_named(data):
    for variable, value in (("BROADSHEET_WORKERS", "many"), ("BROADSHEET_ORIGIN", "news.example")):
        result = subprocess.run(
            command("doctor"),
            env={**environment(data, free_port()), variable: value},
            capture_output=True,
            text=True,
            timeout=60,
        )

        assert result.returncode == 1
        assert f"the environment variable {variable} is “{value}”" in result.stderr
        assert "Traceback" not in result.stderr
