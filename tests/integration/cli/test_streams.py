"""A reader's stream while the server is killed, and while it is stopped: no gap, and nothing twice."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from tests.site import (
    Site,
    command,
    database_of_its_own,
    environment,
    free_port,
    lend_what_is_prepared,
    wait_until_it_answers,
)

PUBLISH = """
import os
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
django.setup()
from tests import factories
from broadsheet.record.queries import current_path
story = factories.story("Council sets bridge budget")
print(story.pk, current_path(story.pk))
"""
WITHIN = 60.0
"""Seconds."""


@pytest.fixture
def database_url():
    with database_of_its_own("streams") as url:
        yield url


class Serving:
    """A store that is served at one port, by one process after the other."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.port = free_port()
        self.log = folder / "serve.log"
        self.data = folder / "var"
        self.around = environment(self.data, self.port, database_url)
        self.process: subprocess.Popen[str] | None = None
        lend_what_is_prepared(self.data)
        made = subprocess.run(
            command("init", "--name", "The Test"), env=self.around, capture_output=True, timeout=120
        )
        assert made.returncode == 0, made.stderr
        published = subprocess.run(
            [sys.executable, "-c", PUBLISH],
            env=self.around,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert published.returncode == 0, published.stderr
        number, self.path = published.stdout.split()
        self.number = int(number)

    def start(self) -> None:
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                command("serve", "--no-task-worker"),
                env=self.around,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        wait_until_it_answers(
            Site(f"http://localhost:{self.port}", self.data, self.process), self.log
        )

    def end(self, how: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(WITHIN)

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("localhost", self.port, timeout=WITHIN)

    def comment(self, text: str) -> None:
        with contextlib.closing(self.connection()) as connection:
            body = urllib.parse.urlencode({"text": text, "name": "Lena"})
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            }
            connection.request("POST", f"{self.path}comment/", body, headers)
            assert connection.getresponse().status == 201

    def events(self, *, last: str = "", after: str = "") -> Iterator[tuple[str, str, str]]:
        """Yield number, kind and data of each event until the stream ends or breaks off."""
        headers = {"Last-Event-ID": last} if last else {}
        with contextlib.closing(self.connection()) as connection:
            connection.request("GET", f"/live/{self.number}/{after}", headers=headers)
            answer = connection.getresponse()
            if answer.status == 503:
                # It is about to stop; a browser comes back after some seconds, this one at once.
                raise ConnectionError("no room")
            assert answer.status == 200, answer.read()
            part = ""
            for line in answer:
                part += line.decode()
                if line == b"\n":
                    if found := re.match(r"id: (\d+)\nevent: (\w+)\ndata: (.*)\n", part):
                        yield found[1], found[2], found[3]
                    part = ""


class Browser(threading.Thread):
    """Follows a stream as a browser does: when it ends, it comes back with its last event's id."""

    def __init__(self, serving: Serving) -> None:
        super().__init__(daemon=True)
        self.serving = serving
        self.got: list[tuple[str, str, str]] = []
        self.is_done = threading.Event()
        self.faults: list[BaseException] = []

    def run(self) -> None:
        last = ""
        while not self.is_done.is_set():
            try:
                for event in self.serving.events(last=last, after="?after=2"):
                    self.got.append(event)
                    last = event[0]
                    if self.is_done.is_set():
                        return
            except (OSError, http.client.HTTPException):
                self.is_done.wait(0.05)
            except BaseException as fault:
                self.faults.append(fault)
                return


def until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "stopped"])
def test_nothing_is_lost_and_nothing_comes_twice_over_a_restart(tmp_path, database_url, how):
    serving = Serving(tmp_path, database_url)
    serving.start()
    browser = Browser(serving)
    browser.start()
    try:
        for number in range(3):
            serving.comment(f"Before it {number}.")
        until(lambda: len(browser.got) == 3, "the stream brought nothing")
        # The last one may be on its way when the server goes.
        serving.comment("At the last moment.")
        begun = time.monotonic()
        serving.end(how)
        took = time.monotonic() - begun
        serving.start()
        for number in range(3):
            serving.comment(f"After it {number}.")
        until(
            lambda: len(browser.got) >= 7 or browser.faults, "what was said after it did not come"
        )
        browser.is_done.set()
        told = list(islice(serving.events(after="?after=2"), 7))
    finally:
        browser.is_done.set()
        serving.end(signal.SIGINT)

    assert browser.faults == []
    assert browser.got == told
    assert [number for number, _, _ in browser.got] == [str(number) for number in range(3, 10)]
    assert [json.loads(data)["n"] for _, _, data in browser.got] == list(range(1, 8))
    assert took < 14, "an open stream held the server up until its time was over"
