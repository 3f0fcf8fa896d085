"""The shipped nginx configuration, run by nginx, in front of an application that does as it is told."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bench.servers import nginx_program
from tests.front import around, fronted, localized, written
from tests.site import free_port

PUBLIC = "public, max-age=0, s-maxage=1, stale-while-revalidate=1, stale-if-error=86400"
"""What the application says with its pages."""
LONG = "public, max-age=0, s-maxage=3600"
"""The same for tests that must not run into the end of a second."""
WITHIN = 20.0

pytestmark = pytest.mark.skipif(
    nginx_program() is None and os.environ.get("REQUIRE_ALL") != "1",
    reason="nginx is not installed (apt install nginx)",
)


@dataclass
class Told:
    """What the application answers to one path."""

    body: str = "page"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": LONG})
    act: Callable[[http.server.BaseHTTPRequestHandler], None] | None = None
    """Answers in its own way instead."""


class Application(http.server.ThreadingHTTPServer):
    """Answers as told and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.told: dict[str, Told] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.connections: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        accepted, address = super().get_request()
        self.connections.append(accepted)
        return accepted, address

    def die(self) -> None:
        """End as a killed process does: nobody listens, and what was open is closed."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def times(self, path: str) -> int:
        return sum(asked == path for _, asked, _ in self.asked)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Application

    def answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers))
        told = self.server.told.get(self.path, Told())
        self.rfile.read(int(headers.get("content-length", 0)))
        if told.act:
            told.act(self)
            return
        body = told.body.encode()
        self.send_response(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer  # noqa: N815 - names that the class above asks for

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def application():
    with Application(0) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.die()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def cache(self) -> str:
        return self.headers.get("cache-status", "")


@pytest.fixture
def ask(application, tmp_path):
    """Ask nginx for a path; returns the answer."""
    with fronted(tmp_path / "nginx", application.server_port) as (port, _):

        def ask(path: str, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named)
            response = connection.getresponse()
            lower = {name.lower(): value for name, value in response.headers.items()}
            answer = Answer(response.status, lower, response.read().decode())
            connection.close()
            return answer

        ask.port = port
        yield ask


def until(state: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + WITHIN
    while not (found := state()):
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.02)
    return found


def test_nginx_takes_the_configuration(tmp_path):
    command = written(tmp_path, free_port(), 8000)

    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=30)

    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr


def test_nginx_takes_the_configuration_with_tls(tmp_path):
    """The part for TLS is commented out; without its comment signs it is right too."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        f" -keyout {key} -out {certificate} -subj /CN=news.example".split(),
        check=True,
        capture_output=True,
    )
    site = localized(tmp_path, free_port(), 8000)
    places = {
        "# listen 443": f"listen 127.0.0.1:{free_port()}",
        "# listen [::]:443 ssl http2;": "",
        "/etc/letsencrypt/live/news.example/fullchain.pem": str(certificate),
        "/etc/letsencrypt/live/news.example/privkey.pem": str(key),
        "    # ssl_": "    ssl_",
    }
    for shipped, here in places.items():
        assert shipped in site
        site = site.replace(shipped, here)
    (tmp_path / "tls.conf").write_text(around(tmp_path, site))
    command = [*written(tmp_path, free_port(), 8000)[:-1], str(tmp_path / "tls.conf"), "-t"]

    tested = subprocess.run(command, capture_output=True, text=True, timeout=30)

    assert tested.returncode == 0, tested.stderr


def test_page_is_kept_for_as_long_as_it_says(application, ask):
    first, second = ask("/story/"), ask("/story/")

    assert (first.body, first.cache) == ("page", "nginx; fwd=miss")
    assert (second.body, second.cache) == ("page", "nginx; hit")
    assert application.times("/story/") == 1


def test_reader_with_a_cookie_gets_the_same_page(application, ask):
    ask("/story/")

    assert ask("/story/", Cookie="__Host-session=abc").cache == "nginx; hit"
    assert application.times("/story/") == 1


@pytest.mark.parametrize(
    ("accepted", "passed_on"),
    [
        ("gzip, deflate, br, zstd", "br, gzip"),
        ("br", "br, gzip"),
        ("BR;q=1.0, gzip;q=0.8", "br, gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br ;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip", "gzip"),
        ("br;q=0.1", "br, gzip"),
        ("gzip;q=0", "identity"),
        ("brotli, xgzip", "identity"),
        ("deflate, *", "identity"),
        ("", "identity"),
    ],
)
def test_what_a_client_accepts_becomes_one_of_three_forms(application, ask, accepted, passed_on):
    ask("/story/", Accept_Encoding=accepted)

    assert application.asked[0][2]["accept-encoding"] == passed_on


def test_each_form_is_kept_once(application, ask):
    told = {"Cache-Control": LONG, "Vary": "Accept-Encoding, Accept-Datetime"}
    application.told["/story/"] = Told(headers=told)

    for accepted in ("gzip, br", "br, gzip, zstd", "gzip", "gzip, deflate", "identity", "zstd"):
        ask("/story/", Accept_Encoding=accepted)

    assert application.times("/story/") == 3


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "public, no-cache"},
        {"Cache-Control": "private, no-store"},
        {"Cache-Control": LONG, "Set-Cookie": "a=b"},
        {"Cache-Control": LONG, "Vary": "Cookie"},
        {"Cache-Control": LONG, "Vary": "Accept-Encoding, Accept"},
        {"Cache-Control": LONG, "Vary": "*"},
    ],
    ids=str,
)
def test_answer_that_is_not_for_everybody_is_not_kept(application, ask, headers):
    application.told["/story/"] = Told(headers=headers)

    ask("/story/")
    ask("/story/")

    assert application.times("/story/") == 2


@pytest.mark.parametrize("path", ["/desk/", "/desk/pages/3/", "/me/", "/live/12/"])
def test_what_is_somebodys_own_is_never_kept(application, ask, path):
    ask(path)
    ask(path)

    assert application.times(path) == 2


def test_post_is_passed_on_and_not_kept(application, ask):
    for _ in range(2):
        ask("/story/comment/", "POST", "text=Hello")

    assert application.times("/story/comment/") == 2


def test_who_asks_for_the_past_is_passed_by(application, ask):
    ask("/story/")
    application.told["/story/"] = Told("the past")

    past = ask("/story/", Accept_Datetime="Tue, 01 Feb 2011 10:00:00 GMT")

    assert past.body == "the past"
    assert application.asked[-1][2]["accept-datetime"] == "Tue, 01 Feb 2011 10:00:00 GMT"
    assert ask("/story/").body == "page"


def test_writer_sees_the_own_words_at_once(application, ask):
    ask("/story/")
    wrote = ask("/story/comment/", "POST", "text=Hello")
    application.told["/story/"] = Told("page with comment")
    cookie = wrote.headers["set-cookie"]

    after = ask("/story/", Cookie=cookie.partition(";")[0])

    assert after.body == "page with comment"
    assert "Max-Age=3" in cookie
    assert "HttpOnly" in cookie
    # What the writer fetched is what others get from then on, and no reader is given a cookie.
    assert ask("/story/").body == "page with comment"
    assert "set-cookie" not in after.headers


def test_part_of_a_page_is_answered_with_the_whole(application, ask):
    headers = {"Cache-Control": LONG, "Accept-Ranges": "bytes"}
    application.told["/story/"] = Told(headers=headers)
    ask("/story/")

    answer = ask("/story/", Range="bytes=0-1")

    assert (answer.status, answer.body) == (200, "page")


def test_reader_who_has_the_page_is_told_so(application, ask):
    application.told["/story/"] = Told(headers={"Cache-Control": LONG, "ETag": '"one"'})
    ask("/story/")

    again = ask("/story/", If_None_Match='"one"')

    assert (again.status, again.body) == (304, "")
    assert application.times("/story/") == 1


def test_first_reader_after_a_quiet_time_gets_no_old_page(application, ask, tmp_path):
    application.told["/story/"] = Told("old", headers={"Cache-Control": PUBLIC})
    ask("/story/")
    application.told["/story/"] = Told("new", headers={"Cache-Control": PUBLIC})
    [kept] = [path for path in (tmp_path / "nginx" / "cache").rglob("*") if path.is_file()]
    until(lambda: time.time() - kept.stat().st_mtime > 3.5, "the end of the page's time")

    assert ask("/story/").body == "new"


def test_dead_application_leaves_the_last_pages_marked(application, ask):
    application.told["/story/"] = Told(headers={"Cache-Control": PUBLIC})
    ask("/story/")
    application.die()

    stale = until(lambda: (found := ask("/story/")).cache != "nginx; hit" and found, "its end")

    assert (stale.status, stale.body) == (200, "page")
    assert stale.cache == "nginx; fwd=stale; detail=application-unreachable"
    assert ask("/never-asked-for/").status == 502


def test_failing_application_leaves_the_last_page_marked(application, ask):
    application.told["/story/"] = Told(headers={"Cache-Control": PUBLIC})
    ask("/story/")
    application.told["/story/"] = Told("broken", 500, {})

    stale = until(lambda: (found := ask("/story/")).cache != "nginx; hit" and found, "its end")

    assert (stale.status, stale.body) == (200, "page")
    assert "application-unreachable" in stale.cache


@pytest.mark.parametrize("status", [301, 404, 410])
def test_page_that_is_gone_is_gone(application, ask, status):
    application.told["/story/"] = Told(headers={"Cache-Control": PUBLIC})
    ask("/story/")
    application.told["/story/"] = Told("gone", status, {})

    gone = until(lambda: (found := ask("/story/")).cache != "nginx; hit" and found, "its end")

    assert gone.status == status
    assert ask("/story/").status == status


def hang_up(request: http.server.BaseHTTPRequestHandler) -> None:
    """End the connection as a killed process does, once."""
    request.server.told.clear()
    request.close_connection = True
    request.connection.shutdown(socket.SHUT_RDWR)


def test_page_whose_connection_broke_is_asked_for_again(application, ask):
    application.told["/story/"] = Told(act=hang_up)

    assert ask("/story/").body == "page"
    assert application.times("/story/") == 2


def test_post_whose_connection_broke_is_not_sent_again(application, ask):
    application.told["/story/comment/"] = Told(act=hang_up)

    assert ask("/story/comment/", "POST", "text=Hello").status == 502
    assert application.times("/story/comment/") == 1


def test_stream_comes_line_by_line(application, ask):
    seen = threading.Event()

    def stream(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        request.wfile.write(b"9\r\nid: 1\n\n\n\r\n")
        request.wfile.flush()
        if seen.wait(WITHIN):
            request.wfile.write(b"9\r\nid: 2\n\n\n\r\n0\r\n\r\n")

    application.told["/live/12/"] = Told(act=stream)
    connection = http.client.HTTPConnection("127.0.0.1", ask.port, timeout=WITHIN)
    connection.request("GET", "/live/12/", headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()

    first = response.readline()
    seen.set()

    assert first == b"id: 1\n"
    assert b"id: 2" in response.read()
    connection.close()


def test_application_is_told_who_asks_and_not_what_is_claimed(application, ask):
    ask("/story/", X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https")

    told = application.asked[0][2]
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert told["host"] == "127.0.0.1"


@pytest.mark.parametrize(("path", "status"), [("/story/comment/", 413), ("/desk/images/", 200)])
def test_body_has_the_bound_of_its_place(application, ask, path, status):
    application.told[path] = Told()

    assert ask(path, "POST", "x" * (600 * 1024)).status == status


def test_configuration_that_changed_is_noticed(tmp_path, monkeypatch):
    changed = tmp_path / "nginx.conf"
    changed.write_text("server { listen 8080; }")
    monkeypatch.setattr("tests.front.CONFIGURATION", Path(changed))

    with pytest.raises(ValueError, match="does not say"):
        localized(tmp_path, 1, 2)
