"""The learned filter as a rule."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet import clock
from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.filter import opinion
from broadsheet.moderation.lessons import taught
from broadsheet.moderation.options import OptionsRefused, share
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule
from broadsheet.moderation.rules.links import is_one_of
from broadsheet.record.models import Edition

STORY_FOR = 600.0
"""Seconds that the words of a story are kept in memory for."""
MAX_STORIES = 200
_stories: dict[int, tuple[float, str]] = {}


@dataclass(frozen=True)
class Options:
    hold: float = share(
        "Probability from which on a comment waits",
        0.9,
        about="0.9: one in ten that wait is no spam, if the filter judges itself rightly.",
    )
    refuse: float = share(
        "Probability from which on it is refused at first",
        0.995,
        about="Sent again after a second look it waits. 1: never.",
    )

    def __post_init__(self) -> None:
        if self.refuse < self.hold:
            raise OptionsRefused({"refuse": "This cannot be less than what makes a comment wait."})


def _judge(case: Case, options: Options) -> Reason | None:
    found = opinion(_without_fine_links(case), story=_story(case.posting.document_id), own=taught())
    if found.probability < options.hold:
        return None
    is_sure = found.probability >= options.refuse and options.refuse < 1
    because = [f"it {reason}" for reason in found.reasons]
    why = f": {'; '.join(because)}." if because else "."
    return Reason(
        RULE.name,
        Outcome.REFUSE if is_sure else Outcome.HOLD,
        f"It reads like advertising or spam{why}",
        note=f"The filter says {100 * found.probability:.0f} % spam.",
        details={"probability": round(found.probability, 4), "because": list(found.reasons)},
        is_soft=True,
    )


def _without_fine_links(case: Case) -> str:
    """Return the words without links to the domains that are always fine."""
    text = case.text
    for link in case.links:
        if is_one_of(link.host, case.fine_domains):
            text = text.replace(link.written, " ", 1)
    return text


def _story(document_id: int) -> str:
    """Return the text of a story. One statement for a story in ten minutes."""
    ticks = clock.ticks()
    kept = _stories.get(document_id)
    if kept and ticks - kept[0] < STORY_FOR:
        return kept[1]
    text = (
        Edition.objects.filter(document=document_id)
        .order_by("-number")
        .values_list("canonical_text", flat=True)
        .first()
    )
    if len(_stories) >= MAX_STORIES:
        _stories.clear()
    _stories[document_id] = (ticks, text or "")
    return text or ""


RULE = Rule(
    "filter",
    "Learned filter",
    "Says how likely a comment is spam, by its words and signs; it learns from what moderators publish"
    " and what they remove as spam.",
    Options,
    _judge,
    spares_trusted=True,
)
