"""All measurements of the table of goals, one after the other, into one report.

Writes ``report.json`` and ``report.md`` into a folder after every part, so that a run which is stopped
has told what it found, and pictures at the end. A part that fails is named with its reason and the
others go on; the status is 1 then. Missing a goal is no failure.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import plots
from bench.machine import ROOT, describe, in_words, say
from bench.parts import Bench, Part, bench_of, goals, missing_programs, options

PARTS = (
    "story_page",
    "rendering",
    "start",
    "reads_under_writing",
    "accepted",
    "verdicts",
    "streams",
    "pressed_memory",
    "moderation_queue",
)
"""In this order: those that only read share a store, which is warm then."""
BESIDE = ("peers",)
"""Parts that are measured when they are asked for."""
OUT = ROOT / "build" / "bench"


def main() -> int:
    parser = options(__doc__)
    parser.add_argument(
        "--only",
        action="append",
        choices=[*PARTS, *BESIDE],
        metavar="NAME",
        help=f"this part alone (may be repeated): {', '.join([*PARTS, *BESIDE])}",
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the report")
    given = parser.parse_args()
    parts = {name: part(name) for name in given.only or PARTS}
    needed = sorted({program for each in parts.values() for program in each.NEEDS})
    if missing := missing_programs(needed):
        print(f"Missing Debian packages: {' '.join(missing)} (apt install …)", file=sys.stderr)
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    report: dict[str, Any] = {"machine": describe(), "quick": given.quick, "parts": {}}
    is_whole = True
    try:
        with bench_of(given) as bench:
            for name, found in measured(parts, bench):
                is_whole = is_whole and "failed" not in found
                report["parts"][name] = found
                report["minutes"] = round((time.monotonic() - began) / 60, 1)
                write(report, parts, given.out)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    try:
        drawn = plots.draw(report["parts"], given.out)
        report["pictures"] = [path.name for path in drawn]
        write(report, parts, given.out)
    except ImportError as reason:
        say(f"No pictures: {reason} (pip install 'broadsheet[bench]').")
    print((given.out / "report.md").read_text("utf-8"))
    say(f"{given.out / 'report.md'}, {given.out / 'report.json'}")
    return 0 if is_whole else 1


def part(name: str) -> Part:
    """Load a part; only what is measured needs what it imports."""
    module: Any = importlib.import_module(f"bench.{name}")
    return module  # type: ignore[no-any-return]


def measured(parts: dict[str, Part], bench: Bench) -> Iterator[tuple[str, dict[str, Any]]]:
    """Measure one part after the other; what fails is told as ``{"failed": reason}``."""
    for name, each in parts.items():
        say(f"{each.TITLE} …")
        began = time.monotonic()
        try:
            found = each.measure(bench)
        except Exception as fault:
            traceback.print_exc()
            found = {"failed": f"{type(fault).__name__}: {fault}"}
        found["minutes"] = round((time.monotonic() - began) / 60, 1)
        yield name, found


def write(report: dict[str, Any], parts: dict[str, Part], folder: Path) -> None:
    """Write both forms of the report."""
    lines = [
        line
        for name, found in report["parts"].items()
        if "failed" not in found
        for line in parts[name].rows(found)
    ]
    whole = {**report, "goals": lines}
    (folder / "report.json").write_text(json.dumps(whole, indent=2) + "\n", "utf-8")
    (folder / "report.md").write_text(as_markdown(report, parts, lines), "utf-8")


def as_markdown(report: dict[str, Any], parts: dict[str, Part], lines: list[dict[str, Any]]) -> str:
    """Lay the report out: the machine, the goals, then each part."""
    short = " A short run: too few rounds to judge by." if report["quick"] else ""
    sections = [
        "# Measured",
        in_words(report["machine"]),
        f"Medians of the rounds, least and most in parentheses. {report['minutes']} minutes.{short}",
        goals(lines),
    ]
    for name, found in report["parts"].items():
        told = f"**Failed**: {found['failed']}" if "failed" in found else parts[name].tables(found)
        sections.append(f"## {parts[name].TITLE}\n\n{told}")
    sections += [f"![{name}]({name})" for name in report.get("pictures", [])]
    return "\n\n".join(sections) + "\n"


if __name__ == "__main__":
    sys.exit(main())
