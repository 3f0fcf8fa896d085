"""What a moderator can do with what is held: each is one transaction."""

from __future__ import annotations

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused, FieldError, Posting, post_comments
from broadsheet.discussion.editing import edit_comment
from broadsheet.discussion.models import Comment
from broadsheet.discussion.restoration import restore_comment
from broadsheet.moderation.enums import HeldKind, HeldState
from broadsheet.moderation.keeping import posting_of
from broadsheet.moderation.models import HeldComment
from broadsheet.readers.models import Account

MAX_REASON = 300
"""Characters of what the writer is told."""


class AlreadyDecided(ValueError):
    """Somebody else decided meanwhile; ``held`` says what."""

    def __init__(self, held: HeldComment) -> None:
        super().__init__("This was decided meanwhile.")
        self.held = held


class ReasonMissing(ValueError):
    """Whoever is not published is told why."""


@transaction.atomic
def publish_held(*, held_id: int, by: Account | None) -> Comment:
    """Publish what waits; it stands in the thread from now on, in the place of what it edits.

    Raises :class:`AlreadyDecided`, and :class:`CommentRefused` where the thread takes it no more;
    :class:`RestorationRefused` where it stood before and its words are erased.
    """
    held = _waiting(held_id)
    if held.kind == HeldKind.COMMENT and held.comment_id:
        # It stood before and was taken back.
        outcome = restore_comment(
            comment_id=held.comment_id,
            by=by.get_full_name() if by else "",
            reason="Published after another look.",
        )
    else:
        outcome = _posted(held)
    held.comment = outcome
    _decide(held, HeldState.PUBLISHED, by)
    return outcome


def _posted(held: HeldComment) -> Comment:
    posting = posting_of(held, at=clock.now())
    if held.kind == HeldKind.EDIT:
        return _edited(posting)
    [outcome] = post_comments([posting])
    if isinstance(outcome, CommentRefused):
        raise outcome
    return outcome


@transaction.atomic
def reopen_held(*, held_id: int) -> HeldComment:
    """Let a held comment that was decided wait again. What it became is kept with it."""
    held = HeldComment.objects.select_for_update(of=("self",)).get(pk=held_id)
    held.state, held.decided_at, held.decided_by = HeldState.WAITING, None, None
    held.decision_reason = ""
    held.save(update_fields=["state", "decided_at", "decided_by", "decision_reason"])
    return held


@transaction.atomic
def decline_held(*, held_id: int, by: Account | None, reason: str) -> HeldComment:
    """Do not publish what waits, and tell its writer why. Raises :class:`AlreadyDecided` and
    :class:`ReasonMissing`."""
    held = _waiting(held_id)
    reason = " ".join(reason.split())[:MAX_REASON]
    if not reason:
        raise ReasonMissing("Say why: the writer is told.")
    held.decision_reason = reason
    _decide(held, HeldState.DECLINED, by)
    return held


def _edited(posting: Posting) -> Comment:
    if posting.edits_id is None:
        raise CommentRefused(FieldError("text", "The comment that this changes is gone."))
    return edit_comment(posting)


def _waiting(held_id: int) -> HeldComment:
    held = (
        HeldComment.objects.select_for_update(of=("self",))
        .select_related("account", "author")
        .get(pk=held_id)
    )
    if held.state != HeldState.WAITING:
        raise AlreadyDecided(held)
    return held


def _decide(held: HeldComment, state: HeldState, by: Account | None) -> None:
    held.state, held.decided_at, held.decided_by = state, clock.now(), by
    held.save(update_fields=["state", "decided_at", "decided_by", "decision_reason", "comment"])
