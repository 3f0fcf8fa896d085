"""A thread as the story page prints it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from broadsheet.discussion.enums import CommentKind, Origin
from broadsheet.discussion.models import Comment
from broadsheet.discussion.threads import Placed, reading_order
from broadsheet.paper.presenters.moments import Moment, moment

NO_NAME = "Name not recorded"
NO_TIME = "time not recorded"


@dataclass(frozen=True)
class CommentView:
    """One comment as printed; see :class:`broadsheet.discussion.threads.Placed` for its place."""

    placed: Placed
    posted: Moment | None
    html: SafeString
    write_path: str

    @property
    def id(self) -> str:
        """As text: a template would look up how numbers are written, for each of them."""
        return str(self.placed.comment.pk)

    @property
    def name(self) -> str:
        return self.placed.comment.name or NO_NAME

    @property
    def has_name(self) -> bool:
        return bool(self.placed.comment.name)

    @property
    def mark(self) -> str:
        return "Author" if self.placed.comment.author else ""

    @property
    def author_slug(self) -> str:
        author = self.placed.comment.author
        return author.slug if author else ""

    @property
    def author_name(self) -> str:
        """The author's name in full, where the comment is signed otherwise."""
        author = self.placed.comment.author
        return author.name if author and author.name != self.placed.comment.name else ""

    @property
    def is_imported(self) -> bool:
        return self.placed.comment.origin == Origin.IMPORTED

    @property
    def is_pingback(self) -> bool:
        return self.placed.comment.kind == CommentKind.PINGBACK

    @property
    def closes(self) -> range:
        return range(self.placed.closes)

    @property
    def reply_to(self) -> str:
        parent = self.placed.parent
        return (parent.name or NO_NAME) if parent else ""


def thread_views(
    comments: Sequence[Comment], *, zone: dt.tzinfo, write_path: str
) -> list[CommentView]:
    """Return the thread in reading order."""
    return [comment_view(placed, zone, write_path) for placed in reading_order(comments)]


def comment_view(placed: Placed, zone: dt.tzinfo, write_path: str) -> CommentView:
    comment = placed.comment
    versions = comment.shown_versions
    html = versions[0].html if versions else ""
    return CommentView(
        placed=placed,
        posted=moment(comment.posted_at, zone) if comment.posted_at else None,
        # Made safe when it was stored: broadsheet.discussion.markdown.
        html=mark_safe(html),
        write_path=write_path,
    )
