"""Read back what the journal's entries about the discussion were made of."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q, QuerySet

from broadsheet.discussion.actions import alias_content
from broadsheet.discussion.anchors import link_content
from broadsheet.discussion.claims import claim_content, claimed_content
from broadsheet.discussion.editing import version_content
from broadsheet.discussion.enums import ReactionKind, RemovedBy
from broadsheet.discussion.interests import answered_content, asked_content
from broadsheet.discussion.models import (
    AnswerMark,
    AuthorAlias,
    Comment,
    CommentPassage,
    CommentVersion,
    InterestQuestion,
    NameClaim,
    OpennessChange,
    Reaction,
    RemovedWords,
    Restoration,
    Thread,
)
from broadsheet.discussion.openness import last_change, openness_content
from broadsheet.discussion.questions import MARKED, mark_content
from broadsheet.discussion.removal import deletion_content, redaction_content, removal_content
from broadsheet.discussion.restoration import restoration_content
from broadsheet.discussion.scores import best_score
from broadsheet.discussion.storing import comment_content
from broadsheet.discussion.threads import path_below
from broadsheet.record import journal
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import Document, JournalEntry
from broadsheet.record.verify import register_check


def _number(entry: JournalEntry) -> int:
    return int(entry.reference.split("/")[1])


def _load_comments(entries: Sequence[JournalEntry]) -> dict[int, object]:
    by_comment = {_number(entry): entry.pk for entry in entries}
    # The document is compared here: given to PostgreSQL, which may know nothing yet of a table that
    # was just filled, it would read all of the document's comments for each window.
    versions = CommentVersion.objects.filter(comment__in=list(by_comment), number=1)
    found = [
        version
        for version in versions.select_related("comment")
        if version.comment.document_id == entries[0].document_id
    ]
    removed = RemovedWords.objects.in_bulk(
        [version.comment_id for version in found if version.comment.removed_at]
    )
    for version in found:
        if kept := removed.get(version.comment_id):
            # In memory only: what readers do not see any more is what the entry was made of.
            version.comment.name, version.text = kept.name, kept.texts["1"]
            stamp = kept.stamp or {}
            version.comment.mark = stamp.get("mark", "")
            version.comment.disclosures = stamp.get("disclosures")
    return {
        by_comment[version.comment_id]: comment_content(version.comment, version)
        for version in found
    }


def _load_versions(entries: Sequence[JournalEntry]) -> dict[int, object]:
    by_reference = {entry.reference: entry.pk for entry in entries}
    comments = {_number(entry) for entry in entries}
    removed = RemovedWords.objects.in_bulk(comments)
    contents: dict[int, object] = {}
    for version in CommentVersion.objects.filter(
        comment__in=comments, number__gt=1, comment__document=entries[0].document_id
    ):
        if kept := removed.get(version.comment_id):
            version.text = kept.texts[str(version.number)]
        pk = by_reference.get(f"version/{version.comment_id}/{version.number}")
        if pk is not None:
            contents[pk] = version_content(version)
    return contents


def _load_answers(entries: Sequence[JournalEntry]) -> dict[int, object]:
    marks = AnswerMark.objects.filter(document=entries[0].document_id).in_bulk(
        [int(entry.reference.split("/")[3]) for entry in entries]
    )
    contents: dict[int, object] = {}
    for entry in entries:
        _, _, _, pk, word = entry.reference.split("/")
        if mark := marks.get(int(pk)):
            contents[entry.pk] = mark_content(mark, is_marked=word == MARKED)
    return contents


def _load_removals(entries: Sequence[JournalEntry]) -> dict[int, object]:
    """A removal is known by its instant: a comment can be removed again after it was restored."""
    numbers = [_number(entry) for entry in entries]
    document = entries[0].document_id
    contents: dict[tuple[int, dt.datetime | None], object] = {
        (kept.comment_id, kept.comment.removed_at): removal_content(kept)
        for kept in RemovedWords.objects.filter(
            comment__in=numbers, comment__document=document
        ).select_related("comment")
    }
    for past in _restorations(numbers, document):
        contents[past.comment_id, past.removed_at] = past.removal
    found = _by_instant(entries, contents)
    for entry in entries:
        if entry.reference.endswith(f"/{RemovedBy.WRITER}"):
            found[entry.pk] = deletion_content(_number(entry))
    redacted = Comment.objects.filter(document=document, removed_by=RemovedBy.REDACTED).in_bulk(
        [_number(entry) for entry in entries if entry.reference.endswith(f"/{RemovedBy.REDACTED}")]
    )
    for entry in entries:
        if entry.reference.endswith(f"/{RemovedBy.REDACTED}") and _number(entry) in redacted:
            found[entry.pk] = redaction_content(redacted[_number(entry)])
    return found


def _load_restorations(entries: Sequence[JournalEntry]) -> dict[int, object]:
    past = _restorations([_number(entry) for entry in entries], entries[0].document_id)
    return _by_instant(
        entries, {(each.comment_id, each.restored_at): restoration_content(each) for each in past}
    )


def _restorations(numbers: Sequence[int], document: int) -> QuerySet[Restoration]:
    return Restoration.objects.filter(comment__in=numbers, comment__document=document)


def _by_instant(
    entries: Sequence[JournalEntry],
    contents: Mapping[tuple[int, dt.datetime | None], object],
) -> dict[int, object]:
    found = {entry.pk: contents.get((_number(entry), entry.at)) for entry in entries}
    return {pk: content for pk, content in found.items() if content is not None}


def _load_questions(entries: Sequence[JournalEntry]) -> dict[int, object]:
    by_comment = {(_number(entry), entry.kind): entry.pk for entry in entries}
    asked = InterestQuestion.objects.filter(
        pk__in=[number for number, _ in by_comment], comment__document=entries[0].document_id
    )
    answers = {
        kept.comment_id: (kept.stamp or {}).get("answer", "")
        for kept in RemovedWords.objects.filter(comment__in=[each.pk for each in asked])
    }
    found: dict[int, object] = {}
    for question in asked:
        question.answer = question.answer or answers.get(question.pk, "")
        for kind, content in (
            (EntryKind.INTEREST_ASKED, asked_content(question)),
            (EntryKind.INTEREST_ANSWERED, answered_content(question)),
        ):
            if (question.pk, kind) in by_comment:
                found[by_comment[question.pk, kind]] = content
    return found


def _load_attributions(entries: Sequence[JournalEntry]) -> dict[int, object]:
    """Of a name: an author's alias, a reader's claim, or a guest's comment that got an account."""
    loaders = {"alias": _load_aliases, "claim": _load_claims, "claimed": _load_claimed}
    contents: dict[int, object] = {}
    for word, load in loaders.items():
        if some := [entry for entry in entries if entry.reference.startswith(f"{word}/")]:
            contents.update(load(some))
    return contents


def _load_claims(entries: Sequence[JournalEntry]) -> dict[int, object]:
    claims = NameClaim.objects.filter(document=entries[0].document_id).in_bulk(
        [_number(entry) for entry in entries]
    )
    return {
        entry.pk: claim_content(claims[_number(entry)])
        for entry in entries
        if _number(entry) in claims
    }


def _load_claimed(entries: Sequence[JournalEntry]) -> dict[int, object]:
    comments = Comment.objects.filter(document=entries[0].document_id).in_bulk(
        [_number(entry) for entry in entries]
    )
    return {
        entry.pk: claimed_content(_number(entry), comments[_number(entry)].account_id)
        for entry in entries
        if _number(entry) in comments
    }


def _load_openness(entries: Sequence[JournalEntry]) -> dict[int, object]:
    changes = OpennessChange.objects.filter(document=entries[0].document_id).in_bulk(
        [_number(entry) for entry in entries]
    )
    return {
        entry.pk: openness_content(changes[_number(entry)])
        for entry in entries
        if _number(entry) in changes
    }


def openness_faults(document: Document) -> Iterator[journal.Fault]:
    """Find a discussion that is open or closed in another way than the last change says.

    One that was set before changes were kept has none.
    """
    change = last_change(document.pk)
    thread = Thread.objects.filter(pk=document.pk).first()
    if change is None or thread is None:
        return
    said = (change.mode, change.closes_at, change.slow_seconds)
    if (thread.mode, thread.closes_at, thread.slow_seconds) != said:
        problem = f"the discussion is {thread.mode}, not as the journal says ({change.mode})"
        yield journal.Fault(document.urn, document.head_sequence, problem)


def _load_aliases(entries: Sequence[JournalEntry]) -> dict[int, object]:
    aliases = {
        alias.pk: alias
        for alias in AuthorAlias.objects.filter(
            pk__in=[_number(entry) for entry in entries], document=entries[0].document_id
        ).select_related("author")
    }
    return {
        entry.pk: alias_content(aliases[_number(entry)])
        for entry in entries
        if _number(entry) in aliases
    }


def _load_passages(entries: Sequence[JournalEntry]) -> dict[int, object]:
    links = {
        link.pk: link
        for link in CommentPassage.objects.filter(
            pk__in=[_number(entry) for entry in entries]
        ).select_related("passage")
        if link.passage.document_id == entries[0].document_id
    }
    return {
        entry.pk: link_content(links[_number(entry)])
        for entry in entries
        if _number(entry) in links
    }


def thread_faults(document: Document) -> Iterator[journal.Fault]:
    """Find comments at a wrong place of the reading order, and counts that are not true."""
    comments = list(
        Comment.objects.filter(document=document)
        .order_by("sequence")
        .only("parent_id", "sequence", "root_number", "path", "reply_count")
    )
    by_id = {comment.pk: comment for comment in comments}
    replies = Counter(comment.root_number for comment in comments if comment.parent_id)
    roots = 0
    for comment in comments:
        if comment.parent_id is None:
            roots += 1
            place, count = (roots, b""), replies[comment.root_number]
        else:
            parent = by_id[comment.parent_id]
            place, count = (parent.root_number, path_below(parent, comment.sequence)), 0
        if (comment.root_number, bytes(comment.path)) != place:
            problem = f"comment {comment.pk} is not at its place in the thread"
            yield journal.Fault(document.urn, comment.sequence, problem)
        if comment.reply_count != count:
            problem = f"comment {comment.pk} has {count} replies, not {comment.reply_count}"
            yield journal.Fault(document.urn, comment.sequence, problem)
    thread = Thread.objects.filter(pk=document.pk).first()
    counted = (thread.comment_count, thread.root_count) if thread else (0, 0)
    if counted != (len(comments), roots):
        problem = (
            f"the thread counts {counted[0]} comments and {counted[1]} beginnings;"
            f" there are {len(comments)} and {roots}"
        )
        yield journal.Fault(document.urn, document.head_sequence, problem)


def reaction_faults(document: Document) -> Iterator[journal.Fault]:
    """Find counts of reactions, of questions and scores that are not true.

    Six statements; of comments only those that somebody reacted to are read.
    """
    held = Reaction.objects.filter(document=document, taken_back_at=None)
    counted = Counter(held.values_list("comment", "kind"))
    reacted = Comment.objects.filter(document=document).filter(
        Q(thanks_count__gt=0)
        | Q(answers_count__gt=0)
        | Q(best_score__gt=0)
        | Q(pk__in=held.values("comment"))
    )
    thread = Thread.objects.filter(pk=document.pk).first() or Thread(document=document)
    for comment in reacted.order_by("sequence"):
        thanks = counted[comment.pk, ReactionKind.THANKS.value]
        answers = counted[comment.pk, ReactionKind.ANSWERS.value]
        if (comment.thanks_count, comment.answers_count) != (thanks, answers):
            problem = (
                f"comment {comment.pk} counts {comment.thanks_count} thanks and"
                f" {comment.answers_count} for its answer; there are {thanks} and {answers}"
            )
            yield journal.Fault(document.urn, comment.sequence, problem)
            continue
        score = best_score(thanks, thread.thanks_weighed - comment.thanks_before)
        # The store and we may differ in the last bit of a fraction.
        if abs(comment.best_score - score) > 1:
            problem = f"comment {comment.pk} has the score {score}, not {comment.best_score}"
            yield journal.Fault(document.urn, comment.sequence, problem)
    questions = Comment.objects.filter(document=document, is_question=True, removed_at=None)
    answered = questions.filter(answer__isnull=False).count()
    true = (held.filter(kind=ReactionKind.THANKS).count(), questions.count(), answered)
    said = (thread.thanks_count, thread.question_count, thread.answered_count)
    if said != true:
        problem = (
            "the thread counts {} thanks, {} questions and {} answers; there are {}, {} and {}"
        )
        yield journal.Fault(document.urn, document.head_sequence, problem.format(*said, *true))
    marked = dict(
        AnswerMark.objects.filter(document=document, unmarked_at=None).values_list(
            "question", "reply"
        )
    )
    asked = Comment.objects.filter(document=document, is_question=True)
    for pk, sequence, answer in asked.values_list("pk", "sequence", "answer"):
        if answer != marked.get(pk):
            problem = f"question {pk} says that its answer is {answer}, not {marked.get(pk)}"
            yield journal.Fault(document.urn, sequence, problem)


def register() -> None:
    register_check(thread_faults)
    register_check(reaction_faults)
    register_check(openness_faults)
    journal.register_content(EntryKind.OPENNESS, _load_openness)
    journal.register_content(EntryKind.VERSION, _load_versions)
    journal.register_content(EntryKind.ANSWER, _load_answers)
    journal.register_content(EntryKind.PASSAGE, _load_passages)
    journal.register_content(EntryKind.COMMENT, _load_comments)
    journal.register_content(EntryKind.REMOVAL, _load_removals)
    journal.register_content(EntryKind.RESTORATION, _load_restorations)
    journal.register_content(EntryKind.ATTRIBUTION, _load_attributions)
    journal.register_content(EntryKind.INTEREST_ASKED, _load_questions)
    journal.register_content(EntryKind.INTEREST_ANSWERED, _load_questions)
