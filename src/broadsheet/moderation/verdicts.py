"""What shall become of a comment, and why: rules in order, each giving reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.discussion.actions import Posting
from broadsheet.discussion.enums import Admission
from broadsheet.discussion.queries import discussion_settings, held_stories
from broadsheet.moderation.enums import Outcome

_WEIGHT = {Outcome.PUBLISH: 0, Outcome.HOLD: 1, Outcome.REFUSE: 2}


@dataclass(frozen=True)
class Reason:
    """What one rule has to say about a comment."""

    rule: str
    """The name of the rule, for filters and counts."""
    outcome: Outcome
    words: str
    """For the writer and the moderator: what was found."""

    def data(self) -> dict[str, Any]:
        return {"rule": self.rule, "outcome": str(self.outcome), "words": self.words}


@dataclass(frozen=True)
class Verdict:
    """What all rules together say; the gravest reason decides."""

    reasons: Sequence[Reason] = ()

    @property
    def outcome(self) -> Outcome:
        return max(
            (reason.outcome for reason in self.reasons),
            key=_WEIGHT.__getitem__,
            default=Outcome.PUBLISH,
        )

    def data(self) -> list[Mapping[str, Any]]:
        return [reason.data() for reason in self.reasons]


Rule = Callable[[Posting], Reason | None]


def _everything_waits(posting: Posting) -> Reason | None:
    """The publication looks at each comment first. Its own authors speak freely."""
    if posting.author or discussion_settings().admission == Admission.OPEN:
        return None
    return Reason("admission", Outcome.HOLD, "Every comment is read by a moderator first.")


def _story_waits(posting: Posting) -> Reason | None:
    """An editor wants each comment on this story read first."""
    if posting.author or posting.document_id not in held_stories():
        return None
    return Reason(
        "story", Outcome.HOLD, "On this story every comment is read by a moderator first."
    )


RULES: Sequence[Rule] = (_everything_waits, _story_waits)


def judge(posting: Posting) -> Verdict:
    """Return the verdict on a comment, or an edit, that is about to be posted."""
    return Verdict([reason for rule in RULES if (reason := rule(posting))])
