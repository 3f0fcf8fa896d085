"""What an edition may call itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broadsheet.record.content import EditionContent
from broadsheet.record.enums import EditionKind

LATE_AFTER = dt.timedelta(days=30)


@dataclass(frozen=True)
class Touch:
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"the {self.what} “{self.before}” became “{self.after}”"


def touches(old: EditionContent, new: EditionContent) -> list[Touch]:
    if old.headline != new.headline:
        return [Touch("headline", old.headline, new.headline)]
    return []


def note_belongs_on_top(kind: str, old: EditionContent, new: EditionContent) -> bool:
    return kind != EditionKind.CLARIFICATION


def is_late(first_published_at: dt.datetime, at: dt.datetime) -> bool:
    return at - first_published_at > LATE_AFTER
