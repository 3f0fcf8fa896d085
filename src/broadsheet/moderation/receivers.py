"""What moderation does when others tell what happened."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.signals import post_save

from broadsheet.discussion.actions import Posting
from broadsheet.discussion.models import Comment
from broadsheet.discussion.signals import comments_stored, words_erased
from broadsheet.moderation import traces
from broadsheet.moderation.enums import Passed
from broadsheet.moderation.erasure import let_words_go
from broadsheet.moderation.lessons import take_lesson
from broadsheet.moderation.models import Decision


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


def connect() -> None:
    words_erased.connect(let_words_go, dispatch_uid="moderation words")
    comments_stored.connect(keep_traces, dispatch_uid="moderation traces")
    post_save.connect(take_lesson, sender=Decision, dispatch_uid="moderation lessons")
