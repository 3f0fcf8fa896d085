"""Questions of readers, and which reply answers them.

A comment can be put as a question. Its writer, an author of the story or the publication marks one
of the replies below it as the answer, and can take the mark away. A reply answers the question that
is nearest above it. Each is an entry of the journal; the
marks are kept with their times, so that past moments show what was marked then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from broadsheet import clock
from broadsheet.discussion.enums import MarkedBy
from broadsheet.discussion.models import AnswerMark, Comment, CommentVersion, Thread
from broadsheet.discussion.people import Person
from broadsheet.discussion.standing import standing, valid
from broadsheet.discussion.threads import steps
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document
from broadsheet.record.signals import document_changed

LISTED = 20
"""Questions that stand at the head of a thread; the others are behind a link."""
MARKED, UNMARKED = "marked", "unmarked"
"""What the reference of a journal entry ends with."""
EXCERPT = 200
"""Characters of a question that are loaded for the list."""


class AnswerRefused(ValueError):
    """The reply cannot be marked so, or not by this person; the message is for them."""


def role_for(question: Comment, document: Document, person: Person) -> MarkedBy | None:
    """Return in what role somebody may say which reply answers a question; ``None``: in none."""
    if person.is_author_of(document):
        return MarkedBy.AUTHOR
    if person.wrote(question):
        return MarkedBy.ASKER
    return MarkedBy.STAFF if person.is_staff else None


@transaction.atomic
def mark_answer(*, reply_id: int, person: Person, at: dt.datetime | None = None) -> Comment:
    """Say that a reply answers the question that it is below; another mark of the question ends.

    Returns the question. Raises :class:`AnswerRefused`.
    """
    now = at or clock.now()
    document, question, reply, role = _checked(reply_id, person)
    if question.answer_id == reply.pk:
        return question
    if reply.removed_at:
        raise AnswerRefused("This comment was removed.")
    end_mark(document, question, at=now)
    mark = AnswerMark.objects.create(
        document=document, question=question, reply=reply, marked_at=now, marked_by=role
    )
    question.answer = reply
    question.save(update_fields=["answer"])
    _journal(document, mark, is_marked=True, at=now)
    count_questions(document)
    _announce(document)
    return question


@transaction.atomic
def unmark_answer(*, reply_id: int, person: Person, at: dt.datetime | None = None) -> Comment:
    """Take the mark from a reply; returns the question. Raises :class:`AnswerRefused`."""
    document, question, reply, _ = _checked(reply_id, person)
    if question.answer_id == reply.pk:
        end_mark(document, question, at=at or clock.now())
        count_questions(document)
        _announce(document)
    return question


def end_mark(document: Document, question: Comment, *, at: dt.datetime) -> None:
    """End the mark of a question, if there is one; the document is locked."""
    mark = AnswerMark.objects.filter(question=question, unmarked_at=None).first()
    if mark is None:
        return
    mark.unmarked_at = at
    mark.save(update_fields=["unmarked_at"])
    question.answer = None
    question.save(update_fields=["answer"])
    _journal(document, mark, is_marked=False, at=at)


def count_questions(document: Document) -> None:
    """Count the questions of a thread that stand, and how many are answered; the document is locked."""
    standing_now = Comment.objects.filter(document=document, is_question=True, removed_at=None)
    Thread.objects.filter(pk=document.pk).update(
        question_count=standing_now.count(),
        answered_count=standing_now.filter(answer__isnull=False).count(),
    )


def question_above(reply: Comment) -> Comment | None:
    """Return the question that a comment is below, the nearest of those that stand. One statement,
    none for a root."""
    if reply.depth == 1:
        return None
    above = Comment.objects.filter(
        Q(sequence__in=steps(bytes(reply.path))[:-1]) | Q(depth=1) | Q(pk=reply.parent_id),
        document=reply.document_id,
        root_number=reply.root_number,
        is_question=True,
        removed_at=None,
    )
    return above.order_by("-depth").first()


def asked_above(comments: Sequence[Comment]) -> None:
    """Set of each comment the question that it is below, the nearest of those that stand.

    No statement, or one if questions may stand above that are not among the comments.
    """
    by_place = {(comment.root_number, comment.sequence): comment for comment in comments}
    roots = {comment.root_number: comment for comment in comments if comment.depth == 1}
    wanted: dict[int, set[int]] = {}
    for comment in comments:
        numbers = _numbers_above(comment)
        if comment.depth > 1 and comment.root_number not in roots:
            wanted.setdefault(comment.root_number, set())
        if missing := {each for each in numbers if (comment.root_number, each) not in by_place}:
            wanted.setdefault(comment.root_number, set()).update(missing)
    if wanted:
        sequences = {each for numbers in wanted.values() for each in numbers}
        found = Comment.objects.filter(
            Q(depth=1) | Q(sequence__in=sequences),
            document=comments[0].document_id,
            root_number__in=list(wanted),
            is_question=True,
        ).order_by("pk")
        for each in found:
            by_place.setdefault((each.root_number, each.sequence), each)
            if each.depth == 1:
                roots.setdefault(each.root_number, each)
    for comment in comments:
        above = [by_place.get((comment.root_number, each)) for each in _numbers_above(comment)]
        parent = comment.parent if comment.depth > 1 else None
        root = roots.get(comment.root_number) if comment.depth > 1 else None
        comment.asked = max(
            (each for each in (root, *above, parent) if each and _asks(each)),
            key=lambda each: each.depth,
            default=None,
        )


def _asks(comment: Comment) -> bool:
    return comment.is_question and comment.removed_at is None


def _numbers_above(comment: Comment) -> list[int]:
    return steps(bytes(comment.path))[:-1]


def _checked(reply_id: int, person: Person) -> tuple[Document, Comment, Comment, MarkedBy]:
    document = lock_document(Comment.objects.only("document_id").get(pk=reply_id).document_id)
    reply = Comment.objects.get(pk=reply_id)
    question = question_above(reply)
    if question is None:
        raise AnswerRefused("This comment is no reply to a question.")
    role = role_for(question, document, person)
    if role is None:
        raise AnswerRefused(
            "Which reply answers a question is said by who asked it and by the story’s author."
        )
    return document, question, reply, role


def _journal(document: Document, mark: AnswerMark, *, is_marked: bool, at: dt.datetime) -> None:
    word = MARKED if is_marked else UNMARKED
    journal.append_entry(
        document=document,
        kind=EntryKind.ANSWER,
        reference=f"answer/{mark.question_id}/{mark.reply_id}/{mark.pk}/{word}",
        content=mark_content(mark, is_marked=is_marked),
        at=at,
    )


def mark_content(mark: AnswerMark, *, is_marked: bool) -> dict[str, object]:
    """Return what the journal's digest of a mark, or of its end, is made of."""
    return {
        "question": mark.question_id,
        "reply": mark.reply_id,
        "by": mark.marked_by,
        "marked": is_marked,
    }


def _announce(document: Document) -> None:
    transaction.on_commit(
        lambda: document_changed.send_robust(sender=Document, document=document), robust=True
    )


@dataclass(frozen=True)
class Question:
    """A question as the head of the thread lists it."""

    comment: Comment
    words: str
    """How it begins, as written."""
    answer: Comment | None


@dataclass(frozen=True)
class Questions:
    """The questions of a thread at a moment: the first of them, and how many there are."""

    listed: Sequence[Question] = ()
    count: int = 0
    answered: int = 0


def thread_questions(document: Document, at: dt.datetime | None = None) -> Questions:
    """Return the questions of a thread in the order of arrival. One statement, none if there are
    none now; at a past moment two, and two more where they are many."""
    thread = getattr(document, "thread", None)
    if thread is None or not thread.question_count:
        # None that stands now stood before.
        return Questions()
    asked = Comment.objects.filter(
        standing(at), document=document, is_question=True, removed_at=None
    )
    versions = (
        CommentVersion.objects.filter(valid(at), comment__in=asked.order_by().values("pk"))
        .select_related("comment", "comment__answer", "comment__answer__author")
        .order_by("comment__sequence")[:LISTED]
    )
    comments = [version.comment for version in versions]
    for comment in comments:
        # Of these only their own answers are asked for.
        comment.asked = None
    if at is None:
        count, answered = thread.question_count, thread.answered_count
    else:
        answers_then(comments, at)
        count = len(comments)
        answered = sum(comment.answer is not None for comment in comments)
        if count == LISTED:
            count = asked.count()
            answered = _marks_then(at).filter(question__in=asked.values("pk")).count()
    listed = [
        Question(version.comment, version.text[:EXCERPT], version.comment.answer)
        for version in versions
    ]
    return Questions(listed, count, answered)


def answers_then(comments: Sequence[Comment], at: dt.datetime) -> None:
    """Set the answer of each question to what was marked at a moment. One statement if there are
    questions among the comments or above them, see :func:`asked_above`."""
    asked: dict[int, list[Comment]] = {}
    for comment in comments:
        for each in (comment, comment.asked):
            if each is not None and each.is_question:
                asked.setdefault(each.pk, []).append(each)
    if not asked:
        return
    marks = _marks_then(at).filter(question__in=list(asked)).select_related("reply__author")
    then = {mark.question_id: mark.reply for mark in marks}
    for pk, objects in asked.items():
        for each in objects:
            each.answer = then.get(pk)


def _marks_then(at: dt.datetime) -> QuerySet[AnswerMark]:
    return AnswerMark.objects.filter(
        Q(unmarked_at=None) | Q(unmarked_at__gt=at), marked_at__lte=at, reply__removed_at=None
    )
