"""A thread as the story page prints it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from broadsheet import clock
from broadsheet.corrections.models import Proposal
from broadsheet.corrections.queries import proposals_by_comment
from broadsheet.discussion.enums import CommentKind, Mark, Origin, RemovedBy
from broadsheet.discussion.heat import Pace, hot_branches
from broadsheet.discussion.interests import question_of
from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.discussion.pages import More, Sort, Spot, ThreadPage, add_passages
from broadsheet.discussion.queries import discussion_settings, is_closed
from broadsheet.discussion.questions import Questions
from broadsheet.discussion.threads import MAX_SHOWN_DEPTH, Placed, reading_order
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.paper.presenters.passages import About, Talk, talk_of
from broadsheet.paper.presenters.proposals import ProposalView, proposal_view
from broadsheet.readers.protection import protected
from broadsheet.readers.skeleton import name_keys
from broadsheet.record.models import Document, Edition

NO_PACES: Mapping[int, Pace] = {}
NO_NAME = "Name not recorded"
REMOVED = "a removed comment"
ERASED_READER = "Deleted reader"


TAKEN_BACK = "<p><em>A moderator published words here by mistake and took them back.</em></p>"
"""What a comment says at the moments at which they stood."""


def _words(version: CommentVersion | None) -> SafeString:
    # Made safe when it was stored: broadsheet.discussion.markdown.
    if version is None:
        return mark_safe("")
    return mark_safe(TAKEN_BACK if version.taken_back_at else version.html)


def name_of(comment: Comment) -> str:
    """Return the name that a comment is signed with, or why there is none."""
    return comment.name or (ERASED_READER if comment.writer_erased_at else NO_NAME)


@dataclass(frozen=True)
class MoreReplies:
    """The link to the replies that a page leaves out."""

    count: int
    href: str


@dataclass(frozen=True)
class QuestionView:
    """A question in the list at the head of a thread."""

    words: str
    asked_by: str
    href: str
    answered_by: str
    answer_href: str


@dataclass(frozen=True)
class QuestionsView:
    """The questions of a thread: “2 answered of 3”, and the way to each."""

    listed: Sequence[QuestionView]
    count: int
    answered: int
    more_href: str
    """To all, where they are more than are listed."""


@dataclass(frozen=True)
class ThreadView:
    """A page of a thread as printed, with the ways to the others."""

    comments: Sequence[CommentView]
    sort: str = Sort.OLDEST
    next_href: str = ""
    next_words: str = ""
    orders: Sequence[tuple[str, str, bool]] = ()
    """What an order is called, where it is, and whether it is the one shown."""
    questions: QuestionsView | None = None
    """On the first page, if somebody asked something."""


@dataclass(frozen=True)
class QuestionState:
    """A comment as a question, or as a reply to one."""

    is_question: bool
    answer_href: str
    answered_by: str
    asked: str
    """The number of the question that it stands beneath; empty for none."""
    asked_href: str
    is_answer: bool
    """Whether it is marked as the answer to the question above."""
    votes: int
    """How many readers say that it answers it."""


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
    edited: Moment | None = None
    """When its words were last changed so late that readers are told."""
    question: QuestionState | None = None
    """What it has to do with a question; ``None``: nothing."""
    pace: str = ""
    """Of a root in whose branch people must wait between comments: how long, in words."""

    @property
    def number(self) -> str:
        """Its number in the journal, as text: what came after a visit has a higher one."""
        return str(self.placed.comment.sequence)

    @property
    def edited_words(self) -> str:
        """When it was edited: the time of day, or with the date if that was another day."""
        if self.edited is None:
            return ""
        same_day = self.posted is not None and self.posted.day == self.edited.day
        return self.edited.text.rpartition(", ")[2] if same_day else self.edited.text

    @property
    def has_versions(self) -> bool:
        return self.version > 1

    @property
    def thanks(self) -> int:
        return self.placed.comment.thanks_count

    @property
    def removed_words(self) -> str:
        """Who took its words, as the tombstone says: “Removed by a moderator”."""
        role = self.placed.comment.removed_by or RemovedBy.PUBLICATION
        if role == RemovedBy.WRITER:
            return "Deleted by its writer"
        if role == RemovedBy.REDACTED:
            return "Redacted by the publication"
        return f"Removed by {RemovedBy(role).label}"

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
    paces: Mapping[int, Pace] = NO_PACES,
    is_closed: bool = False,
    at: dt.datetime | None = None,
) -> list[CommentView]:
    """Return comments in reading order, with the links to what is left out.

    ``below`` is what stands between the story's path and ``discussion/`` at a past moment.
    """
    roots = {item.root_number: item.pk for item in page.comments if item.parent_id is None}
    last = {comment.root_number: comment.pk for comment in page.comments}
    here = {comment.pk for comment in page.comments}
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
            paces=paces,
            is_closed=is_closed,
            here=here,
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


_ORDERS = {
    Sort.OLDEST: "Oldest",
    Sort.NEWEST: "Newest",
    Sort.BEST: "Best",
    Sort.AUTHORS: "Authors’ answers",
    Sort.QUESTIONS: "Questions",
}
_NEXT = {
    Sort.OLDEST: "Newer comments",
    Sort.NEWEST: "Older comments",
    Sort.BEST: "More comments",
    Sort.AUTHORS: "More authors’ answers",
    Sort.QUESTIONS: "More questions",
}


def thread_view(
    views: Sequence[CommentView],
    page: ThreadPage,
    *,
    path: str,
    below: str = "",
    sort: Sort = Sort.OLDEST,
    with_orders: bool = True,
    questions: Questions | None = None,
) -> ThreadView:
    """Return a page of a thread with the ways to the next one and to other orders."""
    base = f"{path}{below}"
    query = "" if sort is Sort.OLDEST else f"sort={sort}&"
    if page.next_below is not None:
        query += f"below={page.next_below}&"
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
            if order is not Sort.QUESTIONS or order is sort or (questions and questions.count)
        ]
        if with_orders
        else (),
        questions=questions_view(questions, views, base=base)
        if questions and questions.count
        else None,
    )


def _way(pk: int, here: Container[int]) -> str:
    """Return the link to a comment: within the page, if it is there."""
    return f"#c-{pk}" if pk in here else f"/c/{pk}/"


def question_state(comment: Comment, here: Container[int]) -> QuestionState | None:
    """Return what a comment has to do with a question; ``here`` are the comments of the page."""
    asked = comment.asked
    if comment.removed_at or not (comment.is_question or asked):
        return None
    answer = comment.answer if comment.is_question and comment.answer_id else None
    return QuestionState(
        is_question=comment.is_question,
        answer_href=_way(answer.pk, here) if answer else "",
        answered_by=name_of(answer) if answer else "",
        asked=str(asked.pk) if asked else "",
        asked_href=_way(asked.pk, here) if asked else "",
        is_answer=bool(asked and asked.answer_id == comment.pk),
        votes=comment.answers_count,
    )


def questions_view(
    questions: Questions, views: Sequence[CommentView], *, base: str
) -> QuestionsView:
    """Return the list of questions; what stands on the same page is linked there."""
    here = {view.placed.comment.pk for view in views}
    return QuestionsView(
        listed=[
            QuestionView(
                words=Truncator(" ".join(question.words.split())).chars(110),
                asked_by=name_of(question.comment),
                href=_way(question.comment.pk, here),
                answered_by=name_of(question.answer) if question.answer else "",
                answer_href=_way(question.answer.pk, here) if question.answer else "",
            )
            for question in questions.listed
        ],
        count=questions.count,
        answered=questions.answered,
        more_href=f"{base}discussion/?sort={Sort.QUESTIONS}"
        if questions.count > len(questions.listed)
        else "",
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
    paces: Mapping[int, Pace] = NO_PACES,
    is_closed: bool = False,
    here: Container[int] = (),
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
        html=_words(version),
        write_path="" if is_closed else f"{path}comment/",
        about=talk.abouts.get(comment.pk, ()),
        proposal=proposal_view(proposal, zone=zone, path=path) if proposal else None,
        version=version.number if version else 1,
        removed=moment(comment.removed_at, zone) if comment.removed_at else None,
        more=more,
        interest=interest_view(comment, zone=zone, at=at),
        is_unverified=comment.pk in unverified,
        edited=moment(version.marked_at, zone) if version and version.marked_at else None,
        question=question_state(comment, here),
        pace=paces[comment.root_number].words
        if comment.parent_id is None and comment.root_number in paces
        else "",
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
    # Only where it is known anyway: the answer to a comment does not wait for another statement.
    closed = is_closed(document._state.fields_cache.get("thread"), clock.now())
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
            is_closed=closed,
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
    passages, propose corrections or stand in a branch that is slow."""
    add_passages(page.comments, at)
    thread = getattr(document, "thread", None)
    now = clock.now()
    return thread_views(
        page,
        zone=zone,
        path=path,
        talk=talk_of(page.comments, edition, path),
        proposals=proposals_in(page.comments, at),
        below=below,
        at=at,
        paces=hot_branches(thread, now) if at is None else NO_PACES,
        is_closed=at is None and is_closed(thread, now),
    )


def proposals_in(comments: Sequence[Comment], at: dt.datetime | None = None) -> dict[int, Proposal]:
    """Return the proposals among comments, as they stood. A statement only if there are any."""
    proposed = [comment.pk for comment in comments if comment.kind == CommentKind.PROPOSAL]
    return proposals_by_comment(proposed, at) if proposed else {}
