"""The gate: every comment that somebody sends passes here and is published, held or refused."""

from __future__ import annotations

from dataclasses import replace

from django.db import IntegrityError, transaction

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused, FieldError, Posting
from broadsheet.discussion.intake import take_in
from broadsheet.discussion.models import Comment, Submission
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.keeping import held_from
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.verdicts import Verdict, judge


class RefusedByRule(CommentRefused):
    """The publication does not take this comment; ``verdict`` has all reasons."""

    def __init__(self, verdict: Verdict) -> None:
        words = [each.words for each in verdict.reasons if each.outcome == Outcome.REFUSE]
        super().__init__(*(FieldError("text", each) for each in words))
        self.verdict = verdict


def submit(posting: Posting) -> Comment | HeldComment:
    """Publish a comment or hold it; the same form sent twice gives the same answer.

    Raises :class:`RefusedByRule` and what :func:`take_in` raises.
    """
    verdict = judge(posting)
    if verdict.outcome == Outcome.REFUSE:
        raise RefusedByRule(verdict)
    if verdict.outcome == Outcome.HOLD:
        return hold(posting, verdict)
    return take_in(replace(posting, verdict=verdict.data()))


def hold(posting: Posting, verdict: Verdict) -> Comment | HeldComment:
    """Keep a comment until somebody decides; one that was posted by the same form stays posted."""
    if sent := Submission.objects.filter(key=posting.key).select_related("comment").first():
        return sent.comment
    held = held_from(posting, verdict, at=clock.now())
    try:
        with transaction.atomic():
            held.save(force_insert=True)
    except IntegrityError:
        held = HeldComment.objects.select_related("comment").get(key=posting.key)
        return held.comment or held
    return held
