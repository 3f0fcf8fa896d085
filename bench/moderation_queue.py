"""What the queue of moderators costs with 50,000 held comments: no server, no press.

A process of its own fills a store and asks itself for the page with Django's test client, as a
moderator who is signed in: the first page, one far behind, the rarest reason, one story. And a
decision, as one click makes it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, markdown_table, row, spread
from bench.machine import ROOT, bound_to, say
from bench.parts import Bench, alone
from bench.servers import new_store
from tests.site import environment, free_port

NAME = "moderation_queue"
TITLE = "The queue of moderators"
NEEDS = ()

HELD = 50_000
PEOPLE = 5_000
"""Guests who wrote them."""
REQUESTS = 10
DECISIONS = 30
MAX_MILLISECONDS = 200
MAX_STATEMENTS = 20
RARE = 997
"""Every so many comments are held for the rarest reason."""


def measure(bench: Bench) -> dict[str, Any]:
    """Make a store with what waits, and ask for it in a process for each round."""
    say(f"  a store with {HELD:,} held comments")
    store = new_store(bench.folder / "queue", (12,))
    around = environment(store.data, free_port(), store.database_url)
    around["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
    path = os.pathsep.join([str(ROOT), *filter(None, [around.get("PYTHONPATH")])])

    def ask(what: str) -> Any:
        with bound_to(bench.serving):
            done = subprocess.run(
                [sys.executable, __file__, what],
                env={**around, "PYTHONPATH": path},
                stdout=subprocess.PIPE,
                check=True,
            )
        return json.loads(done.stdout)

    ask("--fill")
    rounds = []
    for number in range(1, bench.effort.rounds + 1):
        say(f"  round {number} of {bench.effort.rounds}")
        rounds.append(ask("--inside"))
    return {
        "rounds": bench.effort.rounds,
        "held": HELD,
        "pages": [
            {
                "what": what,
                "statements": sorted({each[what]["statements"] for each in rounds}),
                "milliseconds": spread([each[what]["milliseconds"] for each in rounds]),
            }
            for what in rounds[0]
        ],
    }


def fill() -> None:
    """Let comments wait, past the gate: what is measured is the queue."""
    import datetime as dt

    import django

    django.setup()
    from broadsheet import clock
    from broadsheet.discussion.models import Comment
    from broadsheet.moderation.models import HeldComment, QueueItem
    from broadsheet.readers.models import Account

    Account.objects.create_superuser("queue@news.example", name="Mia Mod")
    comment = Comment.objects.filter(parent__isnull=False).first() or Comment.objects.first()
    assert comment is not None
    begin = clock.now() - dt.timedelta(days=30)
    for start in range(0, HELD, 5_000):
        held = HeldComment.objects.bulk_create(
            HeldComment(
                document_id=comment.document_id,
                parent=comment,
                name="Lena Brookes",
                text=f"Cheap watches, number {n}, at https://watches.example/{n}",
                draft={
                    "kind": "comment",
                    "parent_id": comment.pk,
                    "pointer": None,
                    "links_quotations": True,
                },
                key=f"{n:064}",
                guest_key=f"{n % PEOPLE:064}",
                reasons=[{"rule": _reason(n), "outcome": "hold", "words": "It has a link."}],
                held_at=begin + dt.timedelta(seconds=n),
            )
            for n in range(start, start + 5_000)
        )
        QueueItem.objects.bulk_create(
            QueueItem(
                kind="comment",
                document_id=each.document_id,
                held=each,
                since=each.held_at,
                due_at=each.held_at,
                reasons=f"|{each.reasons[0]['rule']}|",
            )
            for each in held
        )


def _reason(number: int) -> str:
    return "rare" if number % RARE == RARE - 1 else ("links", "words", "duplicates")[number % 3]


def inside() -> dict[str, Any]:
    """Ask this process for pages and decisions; return milliseconds and statements of each."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from broadsheet.moderation.models import QueueItem
    from broadsheet.readers.models import Account

    client = Client(SERVER_NAME="localhost")
    client.force_login(Account.objects.get(email="queue@news.example"))
    waiting = QueueItem.objects.filter(closed_at=None).order_by("due_at", "pk")
    far = waiting[HELD // 2]
    micros = int(far.due_at.timestamp()) * 1_000_000 + far.due_at.microsecond

    def get(path: str) -> None:
        answer = client.get(path)
        if answer.status_code != 200 or b"mod-item" not in answer.content:
            raise RuntimeError(f"{path} is answered with {answer.status_code}")

    found: dict[str, Any] = {}
    for what, path in (
        ("the first page", "/moderation/"),
        ("a page far behind", f"/moderation/?after={micros}-{far.pk}"),
        ("the rarest reason", "/moderation/?reason=rare"),
        ("one story", f"/moderation/?story={far.document_id}"),
    ):
        get(path)
        with CaptureQueriesContext(connection) as statements:
            get(path)
        # Counted now: later requests begin to count anew.
        count = sum(each["sql"].startswith("SELECT") for each in statements.captured_queries)
        began = time.perf_counter()
        for _ in range(REQUESTS):
            get(path)
        found[what] = {
            "milliseconds": 1000 * (time.perf_counter() - began) / REQUESTS,
            "statements": count,
        }
    chosen = list(waiting.values_list("pk", flat=True)[:DECISIONS])
    json_only = {"Accept": "application/json"}
    began = time.perf_counter()
    for pk in chosen:
        data = {"item": pk, "do": "decline", "ground": "spam"}
        answer = client.post("/moderation/decide/", data, headers=json_only)
        if answer.json()["done"] != [pk]:
            raise RuntimeError(f"item {pk} was not decided")
    found["a decision"] = {
        "milliseconds": 1000 * (time.perf_counter() - began) / DECISIONS,
        "statements": 0,
    }
    return found


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Compare with the goals."""
    first = found["pages"][0]
    pages = [page for page in found["pages"] if page["what"] != "a decision"]
    numbers = sorted({number for page in pages for number in page["statements"]})
    return [
        row(
            f"queue page with {found['held']:,} held",
            f"{as_range(first['milliseconds'])} ms",
            f"≤ {MAX_MILLISECONDS} ms",
            first["milliseconds"]["median"] <= MAX_MILLISECONDS,
        ),
        row(
            "statements for it, wherever and however narrowed",
            ", ".join(map(str, numbers)),
            f"≤ {MAX_STATEMENTS}",
            numbers[-1] <= MAX_STATEMENTS,
        ),
    ]


def tables(found: dict[str, Any]) -> str:
    """Lay the figures out."""
    table = markdown_table(
        ["what", "ms", "statements"],
        [
            [
                page["what"],
                as_range(page["milliseconds"]),
                ", ".join(map(str, page["statements"])) if page["what"] != "a decision" else "–",
            ]
            for page in found["pages"]
        ],
    )
    return f"{found['rounds']} rounds of {REQUESTS} requests in one process, on SQLite.\n\n{table}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        print(json.dumps(inside()))
    elif sys.argv[1:2] == ["--fill"]:
        fill()
        print("null")
    else:
        sys.exit(alone(sys.modules[__name__], __doc__))
