"""A thread as the story page prints it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from broadsheet.corrections.models import Proposal
from broadsheet.corrections.queries import proposals_by_comment
from broadsheet.discussion.enums import CommentKind, Origin
from broadsheet.discussion.models import Comment
from broadsheet.discussion.queries import thread_comments
from broadsheet.discussion.threads import Placed, reading_order
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.paper.presenters.passages import About, Talk, talk_of
from broadsheet.paper.presenters.proposals import ProposalView, proposal_view
from broadsheet.record.models import Document

NO_NAME = "Name not recorded"
NO_TIME = "time not recorded"


@dataclass(frozen=True)
class CommentView:
    """One comment as printed; see :class:`broadsheet.discussion.threads.Placed` for its place."""

    placed: Placed
    posted: Moment | None
    html: SafeString
    write_path: str
    about: Sequence[About] = ()
    proposal: ProposalView | None = None
    version: int = 1

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
    comments: Sequence[Comment],
    *,
    zone: dt.tzinfo,
    path: str,
    talk: Talk,
    proposals: Mapping[int, Proposal],
) -> list[CommentView]:
    """Return the thread in reading order."""
    return [
        comment_view(placed, zone=zone, path=path, talk=talk, proposals=proposals)
        for placed in reading_order(comments)
    ]


def comment_view(
    placed: Placed,
    *,
    zone: dt.tzinfo,
    path: str,
    talk: Talk,
    proposals: Mapping[int, Proposal],
) -> CommentView:
    comment = placed.comment
    version = comment.shown_versions[0] if comment.shown_versions else None
    proposal = proposals.get(comment.pk)
    return CommentView(
        placed=placed,
        posted=moment(comment.posted_at, zone) if comment.posted_at else None,
        # Made safe when it was stored: broadsheet.discussion.markdown.
        html=mark_safe(version.html if version else ""),
        write_path=f"{path}comment/",
        about=talk.abouts.get(comment.pk, ()),
        proposal=proposal_view(proposal, zone=zone, path=path) if proposal else None,
        version=version.number if version else 1,
    )


def thread_now(document: Document, *, path: str, zone: dt.tzinfo) -> list[CommentView]:
    """Return the thread of a published document as it stands now, in reading order."""
    assert document.edition is not None
    comments = thread_comments(document)
    return thread_views(
        comments,
        zone=zone,
        path=path,
        talk=talk_of(comments, document.edition, path),
        proposals=proposals_in(comments),
    )


def proposals_in(comments: Sequence[Comment], at: dt.datetime | None = None) -> dict[int, Proposal]:
    """Return the proposals among comments, as they stood. A statement only if there are any."""
    proposed = [comment.pk for comment in comments if comment.kind == CommentKind.PROPOSAL]
    return proposals_by_comment(proposed, at) if proposed else {}
