"""New words for a comment that stands.

Every text that a comment had is kept and public. While the window is open (until somebody replies, and
for as long as the publication says) a change stands as if it had been written so at first, but for a
link to the versions; a later one is marked with its time.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.actions import (
    CommentRefused,
    Draft,
    FieldError,
    Posting,
    check_not_closed,
    check_open,
    checked_draft,
)
from broadsheet.discussion.anchors import anchor_comment, quoted_passages
from broadsheet.discussion.enums import CommentKind, MadeBy
from broadsheet.discussion.keys import ERASED
from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Comment, CommentPassage, CommentVersion, Thread
from broadsheet.discussion.people import Person
from broadsheet.discussion.queries import discussion_settings
from broadsheet.discussion.senders import NOT_KNOWN, Sender
from broadsheet.discussion.signals import comment_edited
from broadsheet.press.keys import change_after_commit
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind
from broadsheet.record.keys import document_key
from broadsheet.record.models import JournalEntry

MAX_VERSIONS = 100
"""Of one comment; who needs more writes another one."""


class EditRefused(CommentRefused):
    """The comment cannot be changed, or not by this person."""


class EditedMeanwhile(EditRefused):
    """The comment has other words than those that the writer began with; ``version`` is the last."""

    def __init__(self, version: CommentVersion) -> None:
        super().__init__(
            FieldError(
                "text",
                "Your comment was changed meanwhile, perhaps by you in another window. Your words are"
                " kept: compare them, and send them again if they are to stand.",
            )
        )
        self.version = version


def current_version(comment: Comment) -> CommentVersion:
    """Return the text that a comment has now."""
    return CommentVersion.objects.get(comment=comment, valid_to=None)


def window_closes_at(comment: Comment) -> dt.datetime | None:
    """Return until when a comment can be changed without a mark; ``None`` when it cannot.

    One statement.
    """
    if comment.posted_at is None or Comment.objects.filter(parent=comment).exists():
        return None
    return comment.posted_at + dt.timedelta(minutes=discussion_settings().edit_minutes)


def check_may_edit(comment: Comment, person: Person) -> None:
    """Raise :class:`EditRefused` where a comment cannot be changed by a person at all."""
    if not person.wrote(comment):
        raise _refused("Only its writer can change a comment.")
    _check_editable(comment)


def _check_editable(comment: Comment) -> None:
    if comment.removed_at:
        raise _refused("This comment was removed.")
    if comment.kind != CommentKind.COMMENT:
        raise _refused("A proposed correction is decided as it was written.")


def _refused(words: str) -> EditRefused:
    return EditRefused(FieldError("text", words))


def prepared_edit(
    *,
    comment: Comment,
    text: str,
    person: Person,
    seen_version: int | None = None,
    links_quotations: bool = True,
    sender: Sender = NOT_KNOWN,
) -> Posting:
    """Check and render new words for a comment, as a posting that edits it.

    ``seen_version`` is the version that the writer began with. Raises :class:`CommentRefused`.
    """
    check_may_edit(comment, person)
    draft = checked_draft(
        Draft(
            text=text,
            name=comment.name,
            parent_id=comment.parent_id,
            links_quotations=links_quotations,
            seen_version=seen_version,
            is_question=comment.is_question,
        ),
        needs_name=False,
    )
    said = f"edit {comment.pk} {seen_version} {draft.text}"
    return Posting(
        document_id=comment.document_id,
        draft=draft,
        html=comment_html(draft.text),
        name=comment.name,
        account=person.account,
        author=comment.author,
        kind=CommentKind.COMMENT,
        at=None,
        key=hashlib.sha256(said.encode()).hexdigest(),
        is_keyed=True,
        sender=sender,
        edits_id=comment.pk,
    )


@transaction.atomic
def edit_comment(posting: Posting) -> Comment:
    """Give a comment the words of a posting that edits it; the same words again change nothing.

    A dozen statements. Raises :class:`CommentRefused`.
    """
    assert posting.edits_id is not None
    document = lock_document(posting.document_id)
    check_open(document)
    now = posting.at or clock.now()
    if not posting.is_released:
        check_not_closed(Thread.objects.filter(pk=document.pk).first(), now)
    comment = Comment.objects.select_related("author").get(pk=posting.edits_id, document=document)
    _check_editable(comment)
    before = current_version(comment)
    if before.text == posting.draft.text:
        return comment
    seen = posting.draft.seen_version
    if seen is not None and seen != before.number and not posting.is_released:
        raise EditedMeanwhile(before)
    if before.number >= MAX_VERSIONS:
        raise _refused(f"A comment can be changed {MAX_VERSIONS - 1} times. Write a new one.")
    closes_at = window_closes_at(comment)
    if before.valid_from is not None:
        # A version is valid for some time, however little.
        now = max(now, before.valid_from + dt.timedelta(microseconds=1))
    is_marked = closes_at is None or now > closes_at
    before.valid_to = now
    before.save(update_fields=["valid_to"])
    version = CommentVersion.objects.create(
        comment=comment,
        number=before.number + 1,
        text=posting.draft.text,
        html=posting.html,
        valid_from=now,
        marked_at=now if is_marked else before.marked_at,
    )
    journal.append_entry(
        document=document,
        kind=EntryKind.VERSION,
        reference=f"version/{comment.pk}/{version.number}",
        content=version_content(version),
        at=now,
    )
    comment.document = document
    _quote_again(comment, version, links=posting.draft.links_quotations, at=now)
    transaction.on_commit(
        lambda: comment_edited.send_robust(sender=Comment, comment=comment, version=version),
        robust=True,
    )
    return comment


@transaction.atomic
def take_back_edit(*, comment_id: int, number: int, at: dt.datetime | None = None) -> Comment:
    """Let a comment say again what it said before its last version, which was published by mistake.

    The words of that version go from every moment; that there was one, and when, stays. What it said
    was part of a journal entry, whose salt goes with it. Raises :class:`EditRefused` where the comment
    was removed or changed again.
    """
    document = lock_document(Comment.objects.only("document_id").get(pk=comment_id).document_id)
    comment = Comment.objects.select_related("author").get(pk=comment_id)
    if comment.removed_at:
        raise _refused("This comment was removed meanwhile.")
    last = current_version(comment)
    if last.number != number:
        raise _refused("This comment was changed again meanwhile.")
    before = CommentVersion.objects.get(comment=comment, number=number - 1)
    assert last.valid_from is not None, "a later version has its time"
    # A version is valid for some time, however little.
    now = max(at or clock.now(), last.valid_from + dt.timedelta(microseconds=1))
    edited_at = last.valid_from
    last.text, last.html, last.valid_to, last.taken_back_at = "", "", now, now
    last.save(update_fields=["text", "html", "valid_to", "taken_back_at"])
    JournalEntry.objects.filter(
        document=document, kind=EntryKind.VERSION, reference=f"version/{comment.pk}/{number}"
    ).update(salt=None)
    version = CommentVersion.objects.create(
        comment=comment,
        number=number + 1,
        text=before.text,
        html=before.html,
        valid_from=now,
        marked_at=before.marked_at,
    )
    journal.append_entry(
        document=document,
        kind=EntryKind.VERSION,
        reference=f"version/{comment.pk}/{version.number}",
        content=version_content(version),
        at=now,
    )
    comment.document = document
    _quote_as_before(comment, before, edited_at=edited_at, at=now)
    change_after_commit(document_key(document.pk), ERASED, withdraws=True)
    transaction.on_commit(
        lambda: comment_edited.send_robust(sender=Comment, comment=comment, version=version),
        robust=True,
    )
    return comment


def _quote_as_before(
    comment: Comment, before: CommentVersion, *, edited_at: dt.datetime, at: dt.datetime
) -> None:
    """Let a comment stand again beside the words that it quoted before an edit, and beside no others."""
    quoted = [passage for _, passage in quoted_passages(comment.document, [(comment, before.text)])]
    linked = CommentPassage.objects.filter(comment=comment, made_by=MadeBy.QUOTATION)
    linked.filter(ended_at=None).exclude(passage__in=quoted).update(ended_at=at)
    linked.filter(ended_at=edited_at).update(ended_at=None)


def version_content(version: CommentVersion) -> dict[str, object]:
    """Return what the journal's digest of a later version is made of."""
    return {"comment": version.comment_id, "number": version.number, "text": version.text}


def _quote_again(
    comment: Comment, version: CommentVersion, *, links: bool, at: dt.datetime
) -> None:
    """Recognise what the new words quote; what they do not quote any more is let go."""
    document = comment.document
    found = quoted_passages(document, [(comment, version.text)]) if links else []
    passages = [passage.pk for _, passage in found]
    linked = CommentPassage.objects.filter(comment=comment)
    linked.filter(made_by=MadeBy.QUOTATION, ended_at=None).exclude(passage__in=passages).update(
        ended_at=at
    )
    linked.filter(passage__in=passages).exclude(ended_at=None).update(ended_at=None)
    for _, passage in found:
        anchor_comment(document, comment, passage, MadeBy.QUOTATION, at=at)
