"""What the rules cost: verdicts a second and microseconds a comment, with all rules on, beside storing.

Comments of invented guests from many networks are judged one after the other, in a store that
remembers thousands; then judged and stored, and stored without being judged, in turns of the same
run, by one thread. Texts are those of the sample's generator, some 180 characters. The spam service is
not asked: there is none.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, markdown_table, row, spread
from bench.parts import Bench, alone
from bench.servers import new_store
from tests.site import environment, free_port

NAME = "verdicts"
TITLE = "Verdicts"
NEEDS: tuple[str, ...] = ()

REMEMBERED = 20_000
"""Traces in the store before anything is measured."""
AT_ONCE = 100
"""Comments of one turn."""
WORDS = 500
"""Blocked and watched words each."""
MAX_COST = 1_000
"""Microseconds of processor time for a verdict."""


def measure(bench: Bench) -> dict[str, Any]:
    cases = []
    for database, url in (("sqlite", ""), ("postgresql", bench.postgresql)):
        if database == "postgresql" and not url:
            continue
        with _made(database, url) as address:
            store = new_store(bench.folder / f"verdicts-{database}", [12], address)
            around = environment(store.data, free_port(), address)
            done = subprocess.run(
                [sys.executable, __file__, "--judge", str(bench.effort.rounds)],
                env=around,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
        cases.append({"database": database, **json.loads(done.stdout)})
    return {"cases": cases, "remembered": REMEMBERED}


def _made(database: str, url: str) -> Any:
    from bench.posting import made_database

    return made_database(database, url)


def judge_in_this_store(rounds: int) -> dict[str, Any]:
    """Measure in the store of this environment; return a spread for each figure."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
    django.setup()
    from broadsheet.discussion.intake import take_in
    from broadsheet.discussion.models import Thread
    from broadsheet.moderation.options import as_data
    from broadsheet.moderation.setting import rules_as_set, set_rule
    from broadsheet.moderation.submission import submit
    from broadsheet.moderation.verdicts import judge

    story = Thread.objects.values_list("document_id", flat=True)[0]
    listed = [f"word{number} zorblax" for number in range(WORDS)]
    for name, changed in {
        "words": {"blocked": listed, "watched": [f"{each} too" for each in listed]},
        "rates": {"story_minute": 0},
    }.items():
        options = as_data(rules_as_set()[name].options) | changed
        set_rule(name=name, is_on=True, options=options, by=None)
    numbers = itertools.count()
    _remember(story)
    found: dict[str, list[float]] = {name: [] for name in ("judged", "cost", "both", "stored")}
    for _ in range(rounds + 1):
        postings = [_posting(story, next(numbers)) for _ in range(AT_ONCE)]
        wall, cpu = time.perf_counter(), time.process_time()
        for posting in postings:
            judge(posting)
        found["cost"].append((time.process_time() - cpu) / AT_ONCE * 1e6)
        found["judged"].append(AT_ONCE / (time.perf_counter() - wall))
        wall = time.perf_counter()
        for posting in postings:
            submit(posting)
        found["both"].append(AT_ONCE / (time.perf_counter() - wall))
        postings = [_posting(story, next(numbers)) for _ in range(AT_ONCE)]
        wall = time.perf_counter()
        for posting in postings:
            take_in(posting)
        found["stored"].append(AT_ONCE / (time.perf_counter() - wall))
    # The first round loads what is used for the first time.
    return {name: spread(values[1:]) for name, values in found.items()}


def _posting(story: int, number: int) -> Any:
    from broadsheet.discussion.actions import Draft, Sender, prepared

    return prepared(
        document_id=story,
        draft=Draft(text=_text(number), name=f"Reader {number}"),
        sender=Sender(
            address=f"{11 + number % 80}.{number // 7 % 250}.{number // 3 % 250}.9",
            agent="bench",
            guest_key=f"{number % 2**64:064x}",
        ),
    )


def _text(number: int) -> str:
    """Return some 180 characters that are like no others."""
    from broadsheet.sample.invented import prose

    return prose(random.Random(number), 180)


def _remember(story: int) -> None:
    """Fill the store with traces of the last days, of writers and texts that nobody meets again."""
    import datetime as dt

    from broadsheet import clock
    from broadsheet.moderation import traces
    from broadsheet.moderation.enums import Passed
    from broadsheet.moderation.sketches import BINS, Sketch

    chance = random.Random(1)
    posting = _posting(story, -1)
    now = clock.now()
    for first in range(0, REMEMBERED, AT_ONCE):
        rows = []
        for number in range(first, first + AT_ONCE):
            bands = [chance.randrange(-(2**31), 2**31) for _ in range(4)]
            drawn = Sketch(chance.randbytes(BINS), (bands[0], bands[1], bands[2], bands[3]))
            at = now - dt.timedelta(seconds=30 * (REMEMBERED - number))
            row = traces.trace(posting, Passed.PUBLISH, drawn, at=at)
            rows.append((*row[:4], f"{chance.getrandbits(256):064x}", *row[5:]))
        traces.keep(rows)


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        row(
            f"verdicts, {case['database']}, all rules: CPU µs a comment",
            as_range(case["cost"]),
            f"< {MAX_COST:,}",
            case["cost"]["median"] < MAX_COST,
        )
        for case in found["cases"]
    ]


def tables(found: dict[str, Any]) -> str:
    head = [
        "database",
        "verdicts a second",
        "µs each",
        "judged and stored, a second",
        "stored alone",
    ]
    return markdown_table(
        head,
        [
            [
                case["database"],
                *(as_range(case[name]) for name in ("judged", "cost", "both", "stored")),
            ]
            for case in found["cases"]
        ],
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--judge"]:
        print(json.dumps(judge_in_this_store(int(sys.argv[2]))))
        sys.exit()
    sys.exit(alone(sys.modules[__name__], __doc__))
