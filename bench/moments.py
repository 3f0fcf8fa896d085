"""What the page of a past moment costs beside the page of the present, in processor time.

Two stories go into a new store through the product's own actions, with 12 and with 300 comments.
Each has ten editions, published while the discussion went on, and every third comment is about words
of the edition that its writer saw, so that the past has passages to carry. Then one process asks
itself for the pages in turn, round after round, with Django's test client: the whole stack below the
server, nothing kept from one request to the next. Nothing fails for being slow.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from broadsheet.sample.invented import PUBLISHED_AT, SEED, body, discussion, prose

COMMENTS = [12, 300]
EDITIONS = 10
ABOUT = 3
"""Every so manieth comment is about a passage."""
GOAL = 2.0
"""Times the present page; what a page of the past may cost."""


@dataclass(frozen=True)
class Page:
    """A page that is asked for; ``of`` is the number of comments of its story."""

    of: int
    name: str
    path: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="rounds (default 7)")
    parser.add_argument("--requests", type=int, default=10, help="of each page in a round")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        for name in [name for name in os.environ if name.startswith("BROADSHEET_")]:
            del os.environ[name]
        os.environ.pop("DATABASE_URL", None)
        os.environ["BROADSHEET_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
        prepare = [sys.executable, "-m", "broadsheet.cli", "init", "--name", "The Bench"]
        subprocess.run(prepare, check=True, stdout=subprocess.DEVNULL)
        import django

        django.setup()
        report = measure(pages(), options.rounds, options.requests)
    print(json.dumps(report, indent=2) if options.json else as_text(report))
    return 0


def pages() -> list[Page]:
    """Put the stories into the store; return the pages to ask for."""
    from broadsheet.record.models import Section

    section = Section.objects.create(slug="town", name="Town", position=1)
    return [page for count in COMMENTS for page in story_pages(count, section)]


def story_pages(count: int, section: Any) -> list[Page]:
    """Publish a story with ``count`` comments, its editions in the order of what happened."""
    from broadsheet.discussion.actions import Draft, post_comment
    from broadsheet.record.actions import append_edition, create_document
    from broadsheet.record.content import Block, EditionContent, text_to_inline
    from broadsheet.record.placements import Pointer
    from broadsheet.record.queries import current_path

    chance = random.Random(f"{SEED} moments {count}")
    paragraphs = body()
    document = create_document(authority="bench.example,2026", section=section)
    published: list[dt.datetime] = []

    def publish(at: dt.datetime) -> None:
        if published:
            paragraphs[:] = reworded(paragraphs, chance)
        blocks = tuple(
            Block(f"b{number}", "paragraph", html=text_to_inline(text))
            for number, text in enumerate(paragraphs, 1)
        )
        append_edition(
            document_id=document.pk,
            content=EditionContent(headline=f"A story with {count} comments", blocks=blocks),
            kind="update" if published else "",
            note="Adds what came later." if published else "",
            slug=f"a-story-with-{count}-comments",
            at=at,
        )
        published.append(at)

    publish(PUBLISHED_AT)
    said = list(discussion(count))
    every = max(count // EDITIONS, 1)
    posted: list[int] = []
    for place, one in enumerate(said):
        if place and place % every == 0 and len(published) < EDITIONS:
            publish(one.at - dt.timedelta(seconds=10))
        pointer = None
        if place % ABOUT == 0:
            block = chance.randrange(len(paragraphs))
            words = paragraphs[block].split()
            begin = chance.randrange(len(words) - 8)
            pointer = Pointer(
                len(published), " ".join(words[begin : begin + 8]), None, f"b{block + 1}"
            )
        draft = Draft(
            text=one.text,
            name=one.name,
            parent_id=None if one.parent is None else posted[one.parent],
            pointer=pointer,
        )
        posted.append(post_comment(document_id=document.pk, draft=draft, at=one.at).pk)
    assert len(published) == EDITIONS, "there are comments enough to publish them between"
    path = current_path(document.pk)
    assert path is not None, "it was published above"
    last = said[-1].at + dt.timedelta(seconds=1)
    middle = published[EDITIONS // 2] - dt.timedelta(seconds=1)
    return [
        Page(count, "now", path),
        Page(count, "as of the last comment", f"{path}at/{last:%Y%m%dT%H%M%SZ}/"),
        Page(count, "as of the middle", f"{path}at/{middle:%Y%m%dT%H%M%SZ}/"),
        Page(count, "the first edition", f"{path}v/1/"),
    ]


def reworded(paragraphs: list[str], chance: random.Random) -> list[str]:
    """Return the paragraphs with one of them rewritten and a few words changed in two others."""
    changed = list(paragraphs)
    first, *others = chance.sample(range(len(changed)), 3)
    changed[first] = prose(chance, 400)
    for place in others:
        words = changed[place].split()
        words[chance.randrange(len(words))] = "amended"
        changed[place] = " ".join(words)
    return changed


def measure(asked: list[Page], rounds: int, requests: int) -> dict[str, Any]:
    """Ask for each page in turn; return milliseconds of processor time, and ratios by round."""
    from django.test import Client

    client = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
    load = os.getloadavg()[0]
    costs: dict[Page, list[float]] = {page: [] for page in asked}
    for page in asked:
        get(client, page, 3)
    for _ in range(rounds):
        for page in asked:
            costs[page].append(
                processor_time(lambda page=page: get(client, page, requests)) / requests
            )
    report = []
    for page in asked:
        now = next(other for other in asked if other.of == page.of and other.name == "now")
        ratios = [mine / its for mine, its in zip(costs[page], costs[now], strict=True)]
        report.append(
            {
                "comments": page.of,
                "page": page.name,
                "milliseconds": spread([1000 * cost for cost in costs[page]]),
                "ratio_to_now": spread(ratios),
            }
        )
    return {
        "rounds": rounds,
        "requests": requests,
        "editions": EDITIONS,
        "load_average_before": round(load, 2),
        "goal": GOAL,
        "pages": report,
    }


def get(client: Any, page: Page, times: int) -> None:
    for _ in range(times):
        answer = client.get(page.path, headers={"Accept-Encoding": "gzip"})
        if answer.status_code != 200:
            raise RuntimeError(f"{page.path} is answered with {answer.status_code}")


def processor_time(work: Callable[[], None]) -> float:
    """Return the seconds of processor time that this process uses for something."""
    before = time.process_time()
    work()
    return time.process_time() - before


def spread(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def as_text(report: dict[str, Any]) -> str:
    """Lay the report out for people."""
    lines = [
        f"Pages of the past: {report['rounds']} rounds of {report['requests']} requests each,"
        f" {report['editions']} editions; processor time in one process, gzip.",
        f"Load average before: {report['load_average_before']}. Median (min–max) of the rounds.",
        "",
        f"{'comments':>8}  {'page':<24}{'ms of CPU':>22}{'to now':>22}",
    ]
    for page in report["pages"]:
        cost, ratio = page["milliseconds"], page["ratio_to_now"]
        lines.append(
            f"{page['comments']:>8}  {page['page']:<24}{as_range(cost, 1):>22}{as_range(ratio, 2):>22}"
        )
    over = [page for page in report["pages"] if page["ratio_to_now"]["median"] > report["goal"]]
    lines += ["", f"Goal: at most {report['goal']} times the present page; {len(over)} over it."]
    return "\n".join(lines)


def as_range(values: dict[str, float], places: int) -> str:
    median, least, most = (f"{values[name]:.{places}f}" for name in ("median", "min", "max"))
    return f"{median} ({least}–{most})"


if __name__ == "__main__":
    sys.exit(main())
