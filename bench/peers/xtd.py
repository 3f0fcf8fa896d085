"""Wagtail with django-comments-xtd under gunicorn: the ready-made way with the desk that we have.

Its own template tags draw the tree, all of it. On SQLite, as it comes.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.peers.installing import NotInstallable, Peer, environment_with, said, version_in
from bench.peers.pages import FORM
from bench.servers import fetch, running
from tests.site import free_port

from broadsheet.sample.invented import body

NAME = "Wagtail + django-comments-xtd"
PACKAGES = ["wagtail", "django-comments-xtd", "gunicorn"]
SITE = Path(__file__).with_name("xtd_site")


@contextmanager
def serve(folder: Path, counts: Sequence[int], core: int | None) -> Iterator[list[Peer]]:
    """Install it, make a site with the stories, and serve it with two processes of four threads."""
    python = environment_with(folder, PACKAGES)
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(SITE, site)
    around = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "DJANGO_SETTINGS_MODULE")
    }
    around |= {"SITE_FOLDER": str(site), "DJANGO_SETTINGS_MODULE": "settings"}
    for arguments in (["makemigrations", "--verbosity=0", "news"], ["migrate", "--verbosity=0"]):
        manage(python, site, around, ["-m", "django", *arguments])
    told = manage(python, site, around, ["fill.py"], as_json(counts))
    paths = {int(count): urlsplit(url).path for count, url in json.loads(told).items()}
    port = free_port()
    arguments = [str(python.parent / "gunicorn"), "-b", f"127.0.0.1:{port}", "wsgi:application"]
    with running(
        [*arguments, "-w", "2", "--threads", "4"],
        port=port,
        log=folder / "gunicorn.log",
        core=core,
        around={**around, "PYTHONPATH": str(site)},
        folder=site,
    ) as process:
        answer = fetch(process.server.origin, paths[min(counts)])
        fields, cookie = form_of(answer.body.decode(), answer.headers.get("set-cookie", ""))
        yield [
            Peer(
                NAME,
                " + ".join(version_in(python, package) for package in PACKAGES[:2]),
                process.server,
                paths,
                "/comments/post/",
                f"{urlencode(fields)}&name=Reader+@NUMBER@&comment=@TEXT@",
                {**FORM, "Cookie": cookie},
            )
        ]


def manage(
    python: Path, site: Path, around: Mapping[str, str], arguments: list[str], given: str = ""
) -> str:
    done = subprocess.run(
        [str(python), *arguments],
        cwd=site,
        env={**around, "PYTHONPATH": str(site)},
        input=given,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise NotInstallable(f"{' '.join(arguments)} failed: {' '.join(last)}")
    return done.stdout


def as_json(counts: Sequence[int]) -> str:
    stories = {
        count: [
            [
                number,
                0 if one.parent is None else one.parent + 1,
                one.name,
                one.text,
                f"{one.at:%F %T}",
            ]
            for number, one in said(count)
        ]
        for count in counts
    }
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in body())
    return json.dumps({"body": paragraphs, "stories": stories})


def form_of(page: str, set_cookie: str) -> tuple[dict[str, str], str]:
    """Return the hidden fields of the form for comments, and the cookie that goes with them."""
    token = re.search(r"csrftoken=([^;]+)", set_cookie)
    if not token:
        raise NotInstallable("the page has no form for comments")
    fields = {"email": "reader@example.org", "honeypot": "", "reply_to": "0"}
    for tag in re.findall(r"<input[^>]*>", page):
        found = {key: html.unescape(value) for key, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if found.get("type") == "hidden" and "name" in found:
            fields[found["name"]] = found.get("value", "")
    return fields, f"csrftoken={token[1]}"
