"""What rules say of a comment, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from broadsheet.moderation.enums import Outcome

_WEIGHT = {Outcome.PUBLISH: 0, Outcome.HOLD: 1, Outcome.REFUSE: 2}


@dataclass(frozen=True)
class Reason:
    """What one rule has to say about a comment."""

    rule: str
    """The name of the rule, for filters and counts."""
    outcome: Outcome
    words: str
    """For the writer: what was found."""
    note: str = ""
    """For moderators: what the writer need not know."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """What the rule found, as data."""
    is_soft: bool = False
    """Whether the writer is asked to look again first, and may then send it all the same."""

    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "rule": self.rule,
            "outcome": str(self.outcome),
            "words": self.words,
        }
        if self.note:
            found["note"] = self.note
        if self.details:
            found["details"] = dict(self.details)
        return found


@dataclass(frozen=True)
class Verdict:
    """What all rules together say; the gravest reason decides."""

    reasons: Sequence[Reason] = ()
    is_nudge: bool = False
    """Whether the writer is asked to look again instead of what the reasons say."""

    @property
    def outcome(self) -> Outcome:
        return max(
            (reason.outcome for reason in self.reasons),
            key=_WEIGHT.__getitem__,
            default=Outcome.PUBLISH,
        )

    @property
    def retry_after(self) -> int | None:
        """Seconds after which the same comment would be taken, if that is all that is needed."""
        refusing = [each for each in self.reasons if each.outcome == Outcome.REFUSE]
        waits = [each.details.get("retry_after") for each in refusing]
        known = [wait for wait in waits if isinstance(wait, int)]
        return max(known) if known and len(known) == len(waits) else None

    def data(self) -> list[Mapping[str, Any]]:
        return [reason.data() for reason in self.reasons]
