"""What the reading side asks of the discussion. ``at`` is a moment; ``None`` means now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from broadsheet.discussion.enums import ThreadMode
from broadsheet.discussion.keys import MODES, SETTINGS
from broadsheet.discussion.models import (
    Comment,
    CommentPassage,
    CommentVersion,
    DiscussionSettings,
    Thread,
)
from broadsheet.discussion.restoration import as_then
from broadsheet.discussion.standing import linked, standing, valid
from broadsheet.press.kept import kept
from broadsheet.readers.models import Account
from broadsheet.record.models import Document, Edition
from broadsheet.record.queries import editions_in_force

_UNREAD = [
    f"passage__{edition}__{name}"
    for edition in ("edition", "changed_in")
    for name in ("body_html", "canonical_text", "content_data", "standfirst", "note", "reason")
]
"""What the reading of a thread does not need of the editions that its passages are of."""
DISCUSSED_LATELY = dt.timedelta(days=30)


def discussion_settings() -> DiscussionSettings:
    """Return the settings; a store that was not set up yet has the defaults. No statement, one when
    they were changed."""
    return kept(
        SETTINGS,
        lambda: (
            DiscussionSettings.objects.filter(pk=DiscussionSettings.ONLY).first()
            or DiscussionSettings(id=DiscussionSettings.ONLY)
        ),
    )


def held_stories() -> frozenset[int]:
    """Return the ids of the documents of which each comment waits. No statement, one when a mode was
    changed."""
    return kept(
        MODES,
        lambda: frozenset(
            Thread.objects.filter(mode=ThreadMode.HELD).values_list("document_id", flat=True)
        ),
    )


def is_closed(thread: Thread | None, at: dt.datetime) -> bool:
    """Say whether a thread takes no comments at a moment, for what was set at the desk."""
    if thread is None:
        return False
    return thread.mode == ThreadMode.CLOSED or bool(thread.closes_at and thread.closes_at <= at)


def thread_comments(document: Document, at: dt.datetime | None = None) -> list[Comment]:
    """Return the comments of a thread as they stood, in order of arrival. Three statements,
    four for a past moment.

    Comments without a recorded time stand at every moment. Each has ``shown_versions``, a list with
    the version that was valid, and ``shown_passages``, what it is about.
    """
    comments = Comment.objects.filter(standing(at), document=document)
    versions = CommentVersion.objects.filter(valid(at))
    found = list(
        comments.select_related("author", "parent")
        .prefetch_related(
            Prefetch("versions", queryset=versions, to_attr="shown_versions"),  # type: ignore[no-redef]
            Prefetch(
                "passages",
                queryset=CommentPassage.objects.filter(linked(at))
                .select_related("passage", "passage__edition", "passage__changed_in")
                .defer(*_UNREAD)
                .order_by("pk"),
                to_attr="shown_passages",
            ),
        )
        .order_by("sequence")
    )
    if at is not None:
        as_then(found, at)
    return found


def comment_counts(document_ids: Iterable[int]) -> dict[int, int]:
    """Return how many comments each document has; those without any are left out. One statement."""
    return dict(
        Thread.objects.filter(document__in=list(document_ids), comment_count__gt=0).values_list(
            "document_id", "comment_count"
        )
    )


def most_discussed(*, limit: int, now: dt.datetime) -> list[tuple[Edition, int]]:
    """Return the stories with most comments among those discussed in the last thirty days, or, when
    there are none, among all. Four statements at most."""
    threads = Thread.objects.filter(comment_count__gt=0, document__withdrawn_at=None).order_by(
        "-comment_count", "-document_id"
    )
    lately = list(threads.filter(last_comment_at__gt=now - DISCUSSED_LATELY)[:limit])
    chosen = lately or list(threads[:limit])
    editions = {
        edition.document_id: edition
        for edition in editions_in_force().filter(
            document__in=[thread.document_id for thread in chosen]
        )
    }
    return [
        (editions[thread.document_id], thread.comment_count)
        for thread in chosen
        if thread.document_id in editions
    ]


def comments_with_passages(document: Document, *, offset: int, limit: int) -> list[Comment]:
    """Return a stretch of a thread as it stands now, in order of arrival, without what was removed.
    Three statements.

    Comments come with author, ``shown_versions`` and ``shown_passages``, without their editions.
    """
    found = Comment.objects.filter(document=document, removed_at=None).order_by("sequence")
    return list(_with_passages(found)[offset : offset + limit])


def comment_with_passages(pk: int) -> Comment | None:
    """Return one comment as :func:`comments_with_passages` does, with its document and edition."""
    found = Comment.objects.filter(pk=pk).select_related("document", "document__edition")
    return _with_passages(found).first()


def comments_by(account: Account, *, before: int | None, limit: int) -> list[Comment]:
    """Return what an account wrote and everybody may read, the last first, before the comment of a
    number if one is given. Two statements.

    Comments come with ``shown_versions``, document and edition; what was removed or stands under a
    withdrawn story is left out.
    """
    found = Comment.objects.filter(
        account=account,
        removed_at=None,
        document__edition__isnull=False,
        document__withdrawn_at=None,
    )
    if before is not None:
        found = found.filter(pk__lt=before)
    versions = CommentVersion.objects.filter(valid_to=None)
    return list(
        found.select_related("document__edition")
        .defer("document__edition__body_html", "document__edition__canonical_text")
        .prefetch_related(Prefetch("versions", queryset=versions, to_attr="shown_versions"))  # type: ignore[no-redef]
        .order_by("-pk")[:limit]
    )


def _with_passages(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    versions = CommentVersion.objects.filter(valid_to=None)
    links = CommentPassage.objects.filter(linked(None)).select_related("passage").order_by("pk")
    return comments.select_related("author").prefetch_related(
        Prefetch("versions", queryset=versions, to_attr="shown_versions"),  # type: ignore[no-redef]
        Prefetch("passages", queryset=links, to_attr="shown_passages"),  # type: ignore[no-redef]
    )
