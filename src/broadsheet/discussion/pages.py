"""A thread by pages. ``at`` is a moment; ``None`` means now.

Roots are read by their number, replies by their path, so that a page costs the same wherever it
stands in a thread and however long the thread is. Comments without a recorded time stand at every
moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from broadsheet.discussion.models import Comment, CommentPassage, CommentVersion
from broadsheet.discussion.questions import answers_then, asked_above
from broadsheet.discussion.reactions import counts_then, scores_then
from broadsheet.discussion.restoration import as_then
from broadsheet.discussion.standing import linked, standing, valid
from broadsheet.discussion.threads import ROOTS_PER_PAGE, reply_bound, steps
from broadsheet.record.models import Document, Passage

REPLIES_PER_BRANCH_PAGE = 100
ARRIVALS_PER_PAGE = 100
_HEAVY = ("body_html", "canonical_text", "content_data", "standfirst", "note", "reason")
"""What the reading of a thread does not need of the editions that its passages are of."""


class Sort(StrEnum):
    """The orders in which roots are read; each has the root's number as its unique key."""

    OLDEST = "oldest"
    NEWEST = "newest"
    BEST = "best"
    """The roots with the highest score first, see discussion/scores.py."""
    AUTHORS = "authors"
    """The roots where an author of the publication speaks, the oldest first; no others."""
    QUESTIONS = "questions"
    """The roots with a question in their branch, the oldest first; no others."""


@dataclass(frozen=True)
class More:
    """Replies of a root that a page leaves out: how many, and the last one before them."""

    count: int
    after: int | None


@dataclass(frozen=True)
class ThreadPage:
    """Comments in reading order, and what comes after them."""

    comments: Sequence[Comment]
    more: Mapping[int, More] = field(default_factory=dict)
    """By the number of the root."""
    next: int | None = None
    """The root's number after which the next page begins; of comments in one list: the last id."""
    next_below: int | None = None
    """By score: that of the root after which the next page begins."""


@dataclass(frozen=True)
class Spot:
    """The page on which a comment is seen: of the thread, or of what answers one root."""

    after: int | None
    """The number of the root, or the id of the reply, after which the page begins."""
    root: int | None = None
    """The id of the root whose replies the page shows; ``None``: a page of the thread."""


def comment_count(document: Document, at: dt.datetime) -> int:
    """Return how many comments stood at a past moment. One statement."""
    return Comment.objects.filter(standing(at), document=document).count()


def thread_page(
    document: Document,
    *,
    at: dt.datetime | None = None,
    sort: Sort = Sort.OLDEST,
    after: int | None = None,
    below: int | None = None,
) -> ThreadPage:
    """Return fifty roots, each with its first replies. Two statements, some more at a past moment.

    ``after`` is the number of the last root of the page before, ``below`` its score where roots are
    read by it. Comments come with author and ``shown_versions``. At a past moment a root that is
    younger than an answer to it is left out, and the answer is not.

    By score, a root that rose above what was read since then is not on a later page, and one that
    fell is on two; none changes places with another of the same score.
    """
    if sort is Sort.BEST:
        rows = _best_roots(document, at, after=after, below=below)
    else:
        rows = [(*row, 0) for row in _roots(document, at, sort=sort, after=after)]
    shown = rows[:ROOTS_PER_PAGE]
    counts = {number: count for _, number, count, _ in shown}
    bound = reply_bound(counts)
    ids = Q(pk__in=[pk for pk, _, _, _ in shown])
    if answered := [number for number, count in counts.items() if count]:
        ids |= Q(pk__in=_first_replies(document, answered, bound, at))
    order = {number: place for place, number in enumerate(counts)}
    comments = _loaded(ids, at) if shown else []
    comments.sort(key=lambda comment: (order[comment.root_number], bytes(comment.path)))
    last = {comment.root_number: comment.pk for comment in comments}
    more = {
        number: More(count - bound, last[number])
        for number, count in counts.items()
        if count > bound
    }
    if len(rows) <= ROOTS_PER_PAGE:
        return ThreadPage(comments, more)
    _, number, _, score = shown[-1]
    return ThreadPage(comments, more, next=number, next_below=score if sort is Sort.BEST else None)


def _roots(
    document: Document, at: dt.datetime | None, *, sort: Sort, after: int | None
) -> list[tuple[int, int, int]]:
    """Return id, number and replies of the roots of a page, and of one more. One statement."""
    found = Comment.objects.filter(document=document, depth=1)
    if sort is Sort.NEWEST:
        found = found.order_by("-root_number")
        if after is not None:
            found = found.filter(root_number__lt=after)
    else:
        found = found.filter(root_number__gt=after or 0).order_by("root_number")
    if sort in (Sort.AUTHORS, Sort.QUESTIONS):
        what = (
            Q(author__isnull=False)
            if sort is Sort.AUTHORS
            else Q(is_question=True, removed_at=None)
        )
        said = Comment.objects.filter(standing(at), what, document=document)
        found = found.filter(root_number__in=said.values("root_number"))
    return list(_counted(found, at)[: ROOTS_PER_PAGE + 1])


def _best_roots(
    document: Document, at: dt.datetime | None, *, after: int | None, below: int | None
) -> list[tuple[int, int, int, int]]:
    """Return id, number, replies and score of the roots of a page by score, and of one more.

    One statement, read from the index. At a past moment three, which read all reactions until then.
    """
    found = Comment.objects.filter(document=document, depth=1)
    if at is None:
        # Compared first by the score alone, which the index can begin with.
        if below is not None:
            found = found.filter(best_score__lte=below).filter(
                Q(best_score__lt=below) | Q(root_number__gt=after or 0)
            )
        found = found.order_by("-best_score", "root_number")
        return list(
            found.values_list("pk", "root_number", "reply_count", "best_score")[
                : ROOTS_PER_PAGE + 1
            ]
        )
    scores = scores_then(document, at)
    order = sorted(scores, key=lambda number: (-scores[number], number))
    if below is not None:
        order = [number for number in order if (-scores[number], number) > (-below, after or 0)]
    best = order[: ROOTS_PER_PAGE + 1]
    rows = {
        number: (pk, number, count, scores[number])
        for pk, number, count in _counted(found.filter(root_number__in=best), at)
    }
    ordered = [rows[number] for number in best if number in rows]
    missing = ROOTS_PER_PAGE + 1 - len(ordered)
    if missing > 0:
        others = found.exclude(root_number__in=list(scores)).order_by("root_number")
        if below == 0:
            others = others.filter(root_number__gt=after or 0)
        ordered += [(*row, 0) for row in _counted(others, at)[:missing]]
    return ordered


def _counted(
    roots: QuerySet[Comment], at: dt.datetime | None
) -> QuerySet[Comment, tuple[int, int, int]]:
    """Return id, number and replies of roots, as they stood."""
    if at is None:
        return roots.values_list("pk", "root_number", "reply_count")
    replies = Comment.objects.filter(
        standing(at),
        document=OuterRef("document"),
        root_number=OuterRef("root_number"),
        parent__isnull=False,
    ).order_by()
    count = replies.values("root_number").annotate(count=Count("pk")).values("count")
    return (
        roots.filter(standing(at) | Exists(replies))
        .annotate(replies_then=Coalesce(Subquery(count, output_field=IntegerField()), 0))
        .values_list("pk", "root_number", "replies_then")
    )


_FIRST_REPLIES = (
    "SELECT id FROM (SELECT id FROM discussion_comment WHERE document_id = %s AND root_number = %s"
    " AND parent_id IS NOT NULL ORDER BY path LIMIT %s) AS first_replies"
)
_FIRST_REPLIES_THEN = (
    "SELECT id FROM (SELECT id FROM discussion_comment WHERE document_id = %s AND root_number = %s"
    " AND parent_id IS NOT NULL AND (posted_at IS NULL OR posted_at <= %s) ORDER BY path LIMIT %s)"
    " AS first_replies"
)


def _first_replies(
    document: Document, roots: Sequence[int], bound: int, at: dt.datetime | None
) -> RawSQL:
    """Return the ids of the first replies of roots by number, ``bound`` of each at most, read from the
    index and no further.

    Not as many as were counted: a reply that has arrived since then, and stands before others, must
    not push the last of them off the page.

    In SQL, since Django has no limit in the parts of a union on SQLite; a window function would
    read every reply of a root to number it.
    """
    parts = [_FIRST_REPLIES if at is None else _FIRST_REPLIES_THEN] * len(roots)
    parameters: list[object] = []
    for number in roots:
        parameters += [document.pk, number]
        if at is not None:
            parameters.append(connection.ops.adapt_datetimefield_value(at))
        parameters.append(bound)
    return RawSQL(" UNION ALL ".join(parts), parameters)  # noqa: S611 - only constants are joined


def _loaded(chosen: Q, at: dt.datetime | None, limit: int | None = None) -> list[Comment]:
    """Load comments with author and the version that was valid, in reading order. One statement; at a
    past moment another for their reactions, and one for the answers to questions; one where questions
    stand above the comments that are not among them."""
    versions = CommentVersion.objects.filter(
        comment__in=Comment.objects.filter(chosen, standing(at)).order_by().values("pk")
    ).select_related(
        "comment",
        "comment__author",
        "comment__parent",
        "comment__answer",
        "comment__interest",
    )
    versions = versions.filter(valid(at))
    # Nothing else of the account is loaded: no page can show its address.
    versions = versions.annotate(
        has_profile=F("comment__account__has_profile"),
        question_count=F("comment__document__thread__question_count"),
    )
    comments, has_questions = [], False
    for version in versions.order_by("comment__root_number", "comment__path")[:limit]:
        comment = version.comment
        comment.shown_versions = [version]
        comment.shown_passages = []
        comment.has_profile = version.has_profile is True
        comment.asked = None
        has_questions = bool(version.question_count)
        comments.append(comment)
    if has_questions:
        asked_above(comments)
    if at is not None and comments:
        as_then(comments, at)
        counts_then(comments, at)
        answers_then(comments, at)
    return comments


def one_comment(document: Document, pk: int) -> Comment | None:
    """Return a comment of a thread as it stands now, with its parent and passages. Two statements."""
    found = _loaded(Q(pk=pk, document=document), None)
    add_passages(found)
    return found[0] if found else None


def arrivals(document: Document, *, after: int, until: int) -> ThreadPage:
    """Return the comments that came after a journal number and not after another, the first hundred
    in order of arrival, with parents and passages. Three statements; ``next`` is a journal number."""
    found = Comment.objects.filter(document=document, sequence__gt=after, sequence__lte=until)
    ids = list(found.order_by("sequence").values_list("pk", flat=True)[: ARRIVALS_PER_PAGE + 1])
    if not ids:
        return ThreadPage([])
    comments = _loaded(Q(pk__in=ids[:ARRIVALS_PER_PAGE]), None)
    comments.sort(key=lambda comment: comment.sequence)
    add_passages(comments)
    has_more = len(ids) > ARRIVALS_PER_PAGE
    return ThreadPage(comments, next=comments[-1].sequence if has_more else None)


def add_passages(comments: Sequence[Comment], at: dt.datetime | None = None) -> None:
    """Set ``shown_passages`` of comments. One statement."""
    if not comments:
        return
    by_id = {comment.pk: comment for comment in comments}
    links = (
        CommentPassage.objects.filter(linked(at), comment__in=list(by_id))
        .select_related("passage", "passage__edition", "passage__changed_in")
        .defer(*(f"passage__{name}" for name in _unread()))
        .order_by("pk")
    )
    for link in links:
        by_id[link.comment_id].shown_passages.append(link)


def _unread() -> list[str]:
    return [f"{edition}__{name}" for edition in ("edition", "changed_in") for name in _HEAVY]


_BRANCHES = (
    "WITH RECURSIVE branch(id) AS ("
    "SELECT link.comment_id FROM discussion_commentpassage link"
    " JOIN discussion_comment said ON said.id = link.comment_id"
    " WHERE link.passage_id = {passage}{then_said} AND {linked}"
    " UNION SELECT reply.id FROM branch JOIN discussion_comment reply"
    " ON reply.parent_id = branch.id{then_reply}) "
)
_STOOD = "({0}.posted_at IS NULL OR {0}.posted_at <= %s)"
_LINKED = "link.ended_at IS NULL"
_LINKED_THEN = "(link.ended_at IS NULL OR link.ended_at > %s)"


def _branches(select: str, passage: str, at: dt.datetime | None) -> tuple[str, list[object]]:
    then = "" if at is None else _STOOD
    sql = _BRANCHES.format(
        passage=passage,
        then_said=f" AND {then.format('said')}" if then else "",
        then_reply=f" AND {then.format('reply')}" if then else "",
        linked=_LINKED if at is None else _LINKED_THEN,
    )
    moment: list[object] = [] if at is None else [connection.ops.adapt_datetimefield_value(at)] * 3
    return f"{sql}{select}", moment


def talked_about(document: Document, at: dt.datetime | None = None) -> list[tuple[Passage, int]]:
    """Return the passages that comments are about, each with the number of these comments and of
    all replies beneath them. One statement."""
    sql, moment = _branches("SELECT COUNT(*) FROM branch", "record_passage.id", at)
    passages = (
        Passage.objects.filter(
            Exists(CommentPassage.objects.filter(linked(at), passage=OuterRef("pk"))),
            document=document,
        )
        .select_related("edition", "changed_in")
        .defer(*_unread())
        .annotate(talk=RawSQL(sql, moment, output_field=IntegerField()))  # noqa: S611 - no value is in it
        .order_by("pk")
    )
    return [(passage, passage.talk) for passage in passages if passage.talk]


def passage_page(passage: Passage, *, after: Comment | None = None) -> tuple[ThreadPage, int]:
    """Return comments about a passage with the replies beneath them, in reading order, a hundred
    at once, and how many there are. Two statements."""
    select, _ = _branches("SELECT id FROM branch", "%s", None)
    ids = RawSQL(select, [passage.pk])  # noqa: S611 - no value is in it
    chosen = Q(pk__in=ids, document=passage.document_id)
    total = Comment.objects.filter(chosen).count()
    if after is not None:
        chosen &= Q(root_number__gt=after.root_number) | Q(
            root_number=after.root_number, path__gt=bytes(after.path)
        )
    comments = _loaded(chosen, None, REPLIES_PER_BRANCH_PAGE + 1)
    shown = comments[:REPLIES_PER_BRANCH_PAGE]
    return ThreadPage(shown, next=shown[-1].pk if len(comments) > len(shown) else None), total


def branch_page(
    root: Comment, *, at: dt.datetime | None = None, after: Comment | None = None
) -> ThreadPage:
    """Return a root with a hundred of its replies, those that follow ``after``, and what these
    answer. Three statements."""
    replies = Q(document=root.document_id, root_number=root.root_number, parent__isnull=False)
    if after is not None:
        replies &= Q(path__gt=bytes(after.path))
    shown = _loaded(replies, at, REPLIES_PER_BRANCH_PAGE)
    above: set[int] = {root.sequence}
    if shown:
        above.update(steps(bytes(shown[0].path)))
    have = {comment.pk for comment in shown}
    parents = {comment.parent_id for comment in shown} - have
    around = _loaded(Q(document=root.document_id) & (Q(sequence__in=above) | Q(pk__in=parents)), at)
    comments = [comment for comment in around if comment.pk not in have] + shown
    comments.sort(key=lambda comment: bytes(comment.path))
    if not shown:
        return ThreadPage(comments)
    left = Q(path__gt=bytes(shown[-1].path)) & replies
    count = Comment.objects.filter(left, standing(at)).count()
    more = {root.root_number: More(count, shown[-1].pk)} if count else {}
    return ThreadPage(comments, more)


def spot_of(comment: Comment, *, lasting: bool = False) -> Spot:
    """Return the page on which a comment is seen now, in the order of the oldest first.

    ``lasting``: and still will be when others have answered meanwhile. Replies to earlier ones push
    the last that a page has room for behind its “more replies”; so only what stands in the first half
    of that room is sought there.

    No statement for a root, one for a reply to a root that has no more replies than the page shows,
    three at most, however long the thread is.
    """
    first = (comment.root_number - 1) // ROOTS_PER_PAGE * ROOTS_PER_PAGE
    page = Spot(first or None)
    if comment.parent_id is None:
        return page
    document = comment.document_id
    roots = Comment.objects.filter(
        document=document,
        depth=1,
        root_number__gt=first,
        root_number__lte=first + ROOTS_PER_PAGE,
    )
    found = list(roots.values_list("pk", "root_number", "reply_count"))
    counts = {number: count for _, number, count in found}
    room = reply_bound(counts) // (2 if lasting else 1)
    if counts[comment.root_number] <= room:
        return page
    before = Comment.objects.filter(
        document=document,
        root_number=comment.root_number,
        parent__isnull=False,
        path__lt=bytes(comment.path),
    )
    if before.order_by("path")[:room].count() < room:
        return page
    root = next(pk for pk, number, _ in found if number == comment.root_number)
    last = before.order_by("-path").values_list("pk", flat=True).first()
    return Spot(last, root)


_SECOND = {
    "sqlite": "substr(max(posted_at, %s), 1, 19)",
    "postgresql": "date_trunc('second', greatest(posted_at, %s))",
}
_POINTS = (
    "SELECT MAX(at), SUM(said) FROM (SELECT at, said, (ROW_NUMBER() OVER (ORDER BY at) - 1)"
    " * CASE WHEN COUNT(*) OVER () < %s THEN COUNT(*) OVER () ELSE %s END"
    " / COUNT(*) OVER () AS place FROM (SELECT {second} AS at, COUNT(*) AS said"
    " FROM discussion_comment WHERE document_id = %s AND posted_at IS NOT NULL GROUP BY 1)"
    " AS seconds) AS points GROUP BY place ORDER BY place"
)


def comment_points(
    document: Document, first: dt.datetime, *, limit: int
) -> list[tuple[dt.datetime, int]]:
    """Count the comments that have a time by the second, or, at more than ``limit`` points, by
    groups of points of equal size; each at the time of its last comment. One statement.

    Groups of points and not stretches of time: a remark made a year later would put a whole lively
    morning into one. Comments older than ``first`` are counted at its second.
    """
    second = _SECOND["sqlite" if connection.vendor == "sqlite" else "postgresql"]
    sql = _POINTS.format(second=second)
    moment = connection.ops.adapt_datetimefield_value(first)
    with connection.cursor() as cursor:
        cursor.execute(sql, [limit, limit, moment, document.pk])
        rows: Iterable[tuple[str | dt.datetime, int]] = cursor.fetchall()
    return [(_instant(at), int(count)) for at, count in rows]


def _instant(at: str | dt.datetime) -> dt.datetime:
    if isinstance(at, str):
        return dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    return at
