"""What moderation does when others tell what happened."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.signals import post_save

from broadsheet import clock
from broadsheet.discussion.actions import Posting
from broadsheet.discussion.models import Comment
from broadsheet.discussion.signals import comments_stored, words_erased
from broadsheet.moderation import traces
from broadsheet.moderation.enums import HeldState, Passed
from broadsheet.moderation.lessons import take_lesson
from broadsheet.moderation.models import Decision, HeldComment, Lesson, Trace


def keep_traces(sender: object, stored: Sequence[tuple[Posting, Comment]], **more: object) -> None:
    """Write the traces of comments that are being stored together, in their transaction."""
    rows = []
    for posting, comment in stored:
        # What was held left its trace then: it was sent at that time, not when it is published.
        if not isinstance(posting.left, traces.Left):
            continue
        assert comment.posted_at is not None, "who posts here has a time"
        rows.append(
            traces.trace(
                posting,
                Passed.PUBLISH,
                posting.left.sketch,
                at=comment.posted_at,
                comment_id=comment.pk,
            )
        )
    if rows:
        traces.keep(rows)


def let_words_go(sender: object, comment: Comment, **more: object) -> None:
    """When a comment is deleted by its writer, let go what is kept of its words and of the writer.

    Words that wait for it are taken back one by one: the queue hears of each. Traces go: what a
    comment resembled says what it said.
    """
    for held in HeldComment.objects.filter(comment=comment):
        if held.state == HeldState.WAITING:
            held.state, held.decided_at = HeldState.WITHDRAWN, clock.now()
        held.text = held.name = held.email = held.guest_key = held.agent = ""
        held.address, held.account, held.draft = None, None, {}
        held.save()
    Trace.objects.filter(comment=comment.pk).delete()
    Lesson.objects.filter(decision__comment=comment.pk).delete()


def connect() -> None:
    words_erased.connect(let_words_go, dispatch_uid="moderation words")
    comments_stored.connect(keep_traces, dispatch_uid="moderation traces")
    post_save.connect(take_lesson, sender=Decision, dispatch_uid="moderation lessons")
