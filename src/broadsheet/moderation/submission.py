"""The gate: every comment that somebody sends passes here and is published, held or refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from django.db import IntegrityError, transaction

from broadsheet import clock
from broadsheet.discussion.actions import (
    CommentRefused,
    FieldError,
    Posting,
    check_not_closed,
    check_open,
)
from broadsheet.discussion.editing import edit_comment
from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.intake import take_in
from broadsheet.discussion.models import Comment, Submission
from broadsheet.moderation.enums import HeldKind, HeldState, Outcome
from broadsheet.moderation.keeping import held_from
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.verdicts import Verdict, judge
from broadsheet.record.models import Document


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


def submit_edit(posting: Posting) -> Comment | HeldComment:
    """Let new words of a comment stand, or hold them; the words before stand meanwhile.

    ``posting`` is one that edits, see :func:`prepared_edit`. Raises :class:`RefusedByRule` and what
    :func:`edit_comment` raises.
    """
    verdict = judge(posting)
    if verdict.outcome == Outcome.REFUSE:
        raise RefusedByRule(verdict)
    if verdict.outcome == Outcome.HOLD:
        return hold_edit(posting, verdict)
    return edit_comment(replace(posting, verdict=verdict.data()))


@transaction.atomic
def hold_edit(posting: Posting, verdict: Verdict) -> HeldComment:
    """Keep new words of a comment until somebody decides, in the place of earlier ones that wait."""
    check_takes_comments(posting)
    now = clock.now()
    edits = HeldComment.objects.select_for_update().filter(kind=HeldKind.EDIT)
    waiting = edits.filter(comment=posting.edits_id, state=HeldState.WAITING)
    if same := waiting.filter(key=posting.key).first():
        return same
    waiting.update(state=HeldState.WITHDRAWN, decided_at=now, text="")
    if edits.filter(key=posting.key).exists():
        # The same words were decided once; this is another try.
        again = hashlib.sha256(f"{posting.key} {now.isoformat()}".encode()).hexdigest()
        posting = replace(posting, key=again)
    held = held_from(posting, verdict, at=now)
    held.save(force_insert=True)
    return held


def check_takes_comments(posting: Posting) -> None:
    """Raise :class:`ThreadNotOpen` where words would wait for a discussion that is closed."""
    document = Document.objects.filter(pk=posting.document_id).select_related("thread").first()
    check_open(document)
    if posting.kind != CommentKind.PROPOSAL:
        check_not_closed(getattr(document, "thread", None), posting.at or clock.now())


def hold(posting: Posting, verdict: Verdict) -> Comment | HeldComment:
    """Keep a comment until somebody decides; one that was posted by the same form stays posted."""
    if sent := Submission.objects.filter(key=posting.key).select_related("comment").first():
        return sent.comment
    check_takes_comments(posting)
    held = held_from(posting, verdict, at=clock.now())
    try:
        with transaction.atomic():
            held.save(force_insert=True)
    except IntegrityError:
        held = HeldComment.objects.select_related("comment").get(key=posting.key)
        return held.comment or held
    return held
