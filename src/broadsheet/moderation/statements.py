"""Statements of reasons (Regulation (EU) 2022/2065, art. 17), and the links by which they are read.

A link has a signature in place of a token that would be kept: nothing in the store opens it, and it
can be written again into every later letter.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.signing import BadSignature, Signer

from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import Decision, Report

MAX_REASON = 300
"""Characters of what stands where words stood, and of what the writer is told."""
_MEASURES = {
    Measure.DECLINED: "hidden",
    Measure.REMOVED: "removed",
    Measure.REDACTED: "removed",
    Measure.BANNED: "account_suspended",
}
_FREE = (Ground.RULES, Ground.LAW_OTHER)
"""Grounds that say nothing by themselves where a moderator's own words do."""


def reason_in_words(ground: Ground | str, words: str, law: str = "") -> str:
    """Return ground and words as one text, as the writer and, of a removal, everybody reads it."""
    ground = Ground(ground)
    if words and ground in _FREE and not law:
        return words
    parts = [] if words and ground in _FREE else [ground.label]
    if law:
        parts.append(law)
    said = ". ".join(part.rstrip(".") for part in [*parts, words] if part)
    return said if said.endswith((".", "!", "?", "…", "”", ")")) else f"{said}."


def statement_of(decision: Decision) -> dict[str, Any]:
    """Return what art. 17 (3) asks for, as data."""
    ground = Ground(decision.ground)
    target = f"/c/{decision.comment_id}/" if decision.comment_id else None
    return {
        "target": target,
        "measure": _MEASURES[Measure(decision.measure)],
        "scope": "all",
        "from": _instant(decision.decided_at),
        "until": _instant(decision.until) if decision.until else None,
        "ground": f"law:{decision.law or ground.value.removeprefix('law_')}"
        if ground.is_law
        else f"terms:{ground.value}",
        "facts": reason_in_words(ground, decision.words, decision.law),
        "source": "notice" if decision.is_from_notice else "own_initiative",
        "automated_detection": decision.is_found_by_software,
        "automated_decision": False,
        # What is erased could not be given back.
        "redress": ["court"]
        if decision.measure == Measure.REDACTED
        else [f"appeal:/moderation/statement/{decision.pk}/", "court"],
    }


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def statement_path(decision: Decision) -> str:
    """Return the address of a statement, which nobody can guess."""
    return f"/moderation/statement/{decision.pk}/{_signed('statement', decision.pk)}/"


def report_path(report: Report) -> str:
    """Return the address of a report's receipt, which nobody can guess."""
    return f"/moderation/report/{report.pk}/{_signed('report', report.pk)}/"


def is_link(what: str, number: int, signature: str) -> bool:
    """Say whether a signature is ours; compared in constant time, older keys count too."""
    try:
        _signer(what).unsign(f"{number}:{signature}")
    except BadSignature:
        return False
    return True


def _signed(what: str, number: int) -> str:
    return _signer(what).sign(str(number)).partition(":")[2]


def _signer(what: str) -> Signer:
    return Signer(salt=f"broadsheet.moderation.{what}")
