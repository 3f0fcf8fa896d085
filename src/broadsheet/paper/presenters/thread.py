"""A thread as the story page prints it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe

from broadsheet import clock
from broadsheet.corrections.models import Proposal
from broadsheet.corrections.queries import proposals_by_comment
from broadsheet.discussion.enums import CommentKind, Mark, Origin
from broadsheet.discussion.erasure import TAKEN_BACK
from broadsheet.discussion.interests import question_of
from broadsheet.discussion.models import Comment
from broadsheet.discussion.pages import More, Sort, Spot, ThreadPage, add_passages
from broadsheet.discussion.queries import discussion_settings
from broadsheet.discussion.threads import MAX_SHOWN_DEPTH, Placed, reading_order
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.paper.presenters.passages import About, Talk, talk_of
from broadsheet.paper.presenters.proposals import ProposalView, proposal_view
from broadsheet.readers.protection import protected
from broadsheet.readers.skeleton import name_keys
from broadsheet.record.models import Document, Edition

NO_NAME = "Name not recorded"
REMOVED = "a removed comment"
ERASED_READER = "Deleted reader"


def name_of(comment: Comment) -> str:
    """Return the name that a comment is signed with, or why there is none."""
    return comment.name or (ERASED_READER if comment.writer_erased_at else NO_NAME)


@dataclass(frozen=True)
class MoreReplies:
    """The link to the replies that a page leaves out."""

    count: int
    href: str


@dataclass(frozen=True)
class ThreadView:
    """A page of a thread as printed, with the ways to the others."""

    comments: Sequence[CommentView]
    sort: str = Sort.OLDEST
    next_href: str = ""
    next_words: str = ""
    orders: Sequence[tuple[str, str, bool]] = ()
    """What an order is called, where it is, and whether it is the one shown."""


@dataclass(frozen=True)
class InterestView:
    """What came of the question whether the writer has an interest."""

    asked: Moment
    answered: Moment | None = None
    answer: str = ""


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
    removed: Moment | None = None
    """When its words were removed; then there is a reason in their place."""
    interest: InterestView | None = None
    is_unverified: bool = False
    """Whether it was imported under a name that belongs to somebody here."""
    more: MoreReplies | None = None
    """After the last comment of a root of which there are more."""

    @property
    def id(self) -> str:
        """As text: a template would look up how numbers are written, for each of them."""
        return str(self.placed.comment.pk)

    @property
    def parent_id(self) -> str:
        parent = self.placed.comment.parent_id
        return str(parent) if parent else ""

    @property
    def name(self) -> str:
        return name_of(self.placed.comment)

    @property
    def reader_path(self) -> str:
        """Where the writer's profile is, if there is one for everybody."""
        comment = self.placed.comment
        return f"/reader/{comment.account_id}/" if comment.has_profile else ""

    @property
    def is_taken_back(self) -> bool:
        """Whether the words went because their writer wanted it."""
        comment = self.placed.comment
        return comment.writer_erased_at is not None and comment.removal_reason == TAKEN_BACK

    @property
    def has_name(self) -> bool:
        return bool(self.placed.comment.name)

    @property
    def mark(self) -> str:
        comment = self.placed.comment
        if comment.author:
            return "Author"
        return Mark(comment.mark).label if comment.mark else ""

    @property
    def who(self) -> str:
        """What its writer's account is known by, for readers who mute it; empty without one."""
        account = self.placed.comment.account_id
        return f"a{account}" if account else ""

    @property
    def disclosures(self) -> Sequence[str]:
        """What the writer disclosed when it was written."""
        return self.placed.comment.disclosures or ()

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
        if parent and parent.removed_at:
            return REMOVED
        return name_of(parent) if parent else ""

    @property
    def removal_reason(self) -> str:
        return self.placed.comment.removal_reason


def thread_views(
    page: ThreadPage,
    *,
    zone: dt.tzinfo,
    path: str,
    talk: Talk,
    proposals: Mapping[int, Proposal],
    below: str = "",
    at: dt.datetime | None = None,
) -> list[CommentView]:
    """Return comments in reading order, with the links to what is left out.

    ``below`` is what stands between the story's path and ``discussion/`` at a past moment.
    """
    roots = {item.root_number: item.pk for item in page.comments if item.parent_id is None}
    last = {comment.root_number: comment.pk for comment in page.comments}
    unverified = unverified_of(page.comments)
    return [
        comment_view(
            placed,
            zone=zone,
            path=path,
            talk=talk,
            proposals=proposals,
            more=_more_replies(
                page.more.get(placed.comment.root_number),
                roots.get(placed.comment.root_number),
                f"{path}{below}",
            )
            if last[placed.comment.root_number] == placed.comment.pk
            else None,
            at=at,
            unverified=unverified,
        )
        for placed in reading_order(page.comments)
    ]


def _more_replies(more: More | None, root: int | None, base: str) -> MoreReplies | None:
    if more is None or root is None:
        return None
    after = f"?after={more.after}" if more.after and more.after != root else ""
    return MoreReplies(more.count, f"{base}discussion/{root}/{after}")


_ORDERS = {Sort.OLDEST: "Oldest", Sort.NEWEST: "Newest", Sort.AUTHORS: "Authors’ answers"}
_NEXT = {
    Sort.OLDEST: "Newer comments",
    Sort.NEWEST: "Older comments",
    Sort.AUTHORS: "More authors’ answers",
}


def thread_view(
    views: Sequence[CommentView],
    page: ThreadPage,
    *,
    path: str,
    below: str = "",
    sort: Sort = Sort.OLDEST,
    with_orders: bool = True,
) -> ThreadView:
    """Return a page of a thread with the ways to the next one and to other orders."""
    base = f"{path}{below}"
    query = "" if sort is Sort.OLDEST else f"sort={sort}&"
    return ThreadView(
        comments=views,
        sort=sort,
        next_href=f"{base}discussion/?{query}after={page.next}" if page.next else "",
        next_words=_NEXT[sort],
        orders=[
            (
                words,
                f"{base}discussion/?sort={order}"
                if order is not Sort.OLDEST
                else f"{base}#discussion",
                order is sort,
            )
            for order, words in _ORDERS.items()
        ]
        if with_orders
        else (),
    )


def spot_path(path: str, spot: Spot, comment_id: int, *, seen: int = 0) -> str:
    """Return where a comment is seen; with ``seen``, on a page that knows so much of the journal."""
    page, asked = path, {}
    if spot.root:
        page += f"discussion/{spot.root}/"
    elif spot.after:
        page += "discussion/"
    if spot.after:
        asked["after"] = spot.after
    if seen:
        asked["seen"] = seen
    return f"{page}{f'?{urlencode(asked)}' if asked else ''}#c-{comment_id}"


def comment_view(
    placed: Placed,
    *,
    zone: dt.tzinfo,
    path: str,
    talk: Talk,
    proposals: Mapping[int, Proposal],
    more: MoreReplies | None = None,
    at: dt.datetime | None = None,
    unverified: Collection[int] = (),
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
        removed=moment(comment.removed_at, zone) if comment.removed_at else None,
        more=more,
        interest=interest_view(comment, zone=zone, at=at),
        is_unverified=comment.pk in unverified,
    )


def unverified_of(comments: Iterable[Comment]) -> frozenset[int]:
    """Return the ids of comments that were imported under the name of somebody here. No statement."""
    imported = [
        comment
        for comment in comments
        if comment.origin == Origin.IMPORTED and comment.name and comment.author_id is None
    ]
    if not imported:
        return frozenset()
    owners = protected().owners
    return frozenset(
        comment.pk for comment in imported if any(key in owners for key in name_keys(comment.name))
    )


def interest_view(
    comment: Comment, *, zone: dt.tzinfo, at: dt.datetime | None = None
) -> InterestView | None:
    """Return what readers are told of a question for an interest, as it stood at a moment.

    That nobody answered is said after the days that the publication gives for it.
    """
    question = question_of(comment)
    if question is None or comment.removed_at:
        return None
    then = at or clock.now()
    if question.answered_at and question.answered_at <= then:
        answered = moment(question.answered_at, zone)
        return InterestView(moment(question.asked_at, zone), answered, question.answer)
    wait = dt.timedelta(days=discussion_settings().interest_days)
    if question.asked_at + wait <= then:
        return InterestView(moment(question.asked_at, zone))
    return None


def single_view(document: Document, comment: Comment, *, path: str, zone: dt.tzinfo) -> CommentView:
    """Return one comment, loaded by :func:`one_comment`, as it stands in the thread now."""
    return single_views(document, [comment], path=path, zone=zone)[0]


def single_views(
    document: Document, comments: Sequence[Comment], *, path: str, zone: dt.tzinfo
) -> list[CommentView]:
    """Return comments each by itself as it stands in the thread now, with passages and parents."""
    assert document.edition is not None
    talk = talk_of(comments, document.edition, path)
    proposals = proposals_in(comments)
    unverified = unverified_of(comments)
    return [
        comment_view(
            Placed(
                comment,
                comment.parent,
                min(comment.depth, MAX_SHOWN_DEPTH),
                opens=False,
                holds=False,
                closes=0,
            ),
            zone=zone,
            path=path,
            talk=talk,
            proposals=proposals,
            unverified=unverified,
        )
        for comment in comments
    ]


def page_view(
    document: Document,
    page: ThreadPage,
    edition: Edition,
    *,
    path: str,
    zone: dt.tzinfo,
    at: dt.datetime | None = None,
    below: str = "",
) -> list[CommentView]:
    """Return a page's comments with what they are about. One statement, more where some are about
    passages or propose corrections."""
    add_passages(page.comments)
    return thread_views(
        page,
        zone=zone,
        path=path,
        talk=talk_of(page.comments, edition, path),
        proposals=proposals_in(page.comments, at),
        below=below,
        at=at,
    )


def proposals_in(comments: Sequence[Comment], at: dt.datetime | None = None) -> dict[int, Proposal]:
    """Return the proposals among comments, as they stood. A statement only if there are any."""
    proposed = [comment.pk for comment in comments if comment.kind == CommentKind.PROPOSAL]
    return proposals_by_comment(proposed, at) if proposed else {}
