"""What can be done to a thread: each is one transaction under the document's lock."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F

from broadsheet import clock
from broadsheet.discussion.anchors import anchor_comment, link_quotations
from broadsheet.discussion.enums import AliasState, CommentKind, MadeBy, Origin
from broadsheet.discussion.markdown import MAX_TEXT, clean_text, comment_html, plain_html
from broadsheet.discussion.models import (
    AuthorAlias,
    Comment,
    CommentContact,
    CommentVersion,
    Submission,
    Thread,
)
from broadsheet.discussion.signals import comment_posted, comments_imported
from broadsheet.discussion.threads import path_below
from broadsheet.readers.models import Account
from broadsheet.readers.names import NameUnusable, clean_name, is_legible
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind, PlacementStatus
from broadsheet.record.models import Author, Document, Passage
from broadsheet.record.placements import PassageRefused, Pointer, keep_passage, locate

SAME_WORDS_WITHIN = dt.timedelta(minutes=10)
"""A second form with the same words, name and place in this time is the first one pressed twice."""


MAX_RAW_TEXT = 4 * MAX_TEXT
"""Code points as sent; a text may come with characters that are taken out."""
MAX_EMAIL = 254


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a comment form, for the person who filled it in."""

    field: str
    message: str


class CommentRefused(ValueError):
    """The comment cannot be posted as it is; ``errors`` says why, per field."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class ThreadNotOpen(CommentRefused):
    """The document takes no comments."""


@dataclass(frozen=True)
class Change:
    """What changed while somebody wrote: ``what`` is ``comment`` or ``passage``."""

    what: str
    before: str
    after: str


class ChangedMeanwhile(CommentRefused):
    """What is answered is not what it was when the writer began; ``changes`` shows both.

    Sent again with ``seen_version`` and ``seen_edition`` as they are now, it is posted.
    """

    def __init__(self, changes: Sequence[Change], *, version: int | None, edition: int) -> None:
        what = " and ".join(
            "the comment that you answer" if change.what == "comment" else "the passage"
            for change in changes
        )
        super().__init__(
            FieldError(
                "text",
                f"While you wrote, {what} changed. Your words are kept: see what changed, and post"
                " them as they are or after a look.",
            )
        )
        self.changes = tuple(changes)
        self.version = version
        self.edition = edition


@dataclass(frozen=True)
class Draft:
    """A comment as somebody wants to post it, cleaned by :func:`checked_draft`."""

    text: str
    name: str = ""
    email: str = ""
    parent_id: int | None = None
    pointer: Pointer | None = None
    """The words that it is about, if the writer marked some."""
    links_quotations: bool = True
    """Whether words of the story that it quotes are recognised as passages."""
    seen_version: int | None = None
    """The version of the parent that the writer answers; ``None``: not said."""
    seen_edition: int | None = None
    """The number of the edition that the writer saw; ``None``: not said."""


def checked_draft(draft: Draft, *, needs_name: bool) -> Draft:
    """Return the draft as it would be stored; raises :class:`CommentRefused` with all that is wrong."""
    errors: list[FieldError] = []
    text = clean_text(draft.text) if len(draft.text) <= MAX_RAW_TEXT else draft.text
    if not text:
        errors.append(FieldError("text", "Please write something first."))
    elif len(text) > MAX_TEXT:
        errors.append(
            FieldError(
                "text",
                f"A comment can have {MAX_TEXT:,} characters; this one has {len(text):,}."
                " Please shorten it, or post it in parts.",
            )
        )
    elif not is_legible(text):
        errors.append(FieldError("text", "There is nothing in it that others could read."))
    name = ""
    if needs_name:
        try:
            name = clean_name(draft.name)
        except NameUnusable as error:
            errors.append(FieldError("name", str(error)))
    email = draft.email.strip()
    if email:
        try:
            validate_email(email if len(email) <= MAX_EMAIL else "")
        except ValidationError:
            errors.append(
                FieldError("email", "This is not an e-mail address. You can also leave it empty.")
            )
    if errors:
        raise CommentRefused(*errors)
    return replace(draft, text=text, name=name, email=email)


def post_comment(
    *,
    document_id: int,
    draft: Draft,
    account: Account | None = None,
    author: Author | None = None,
    kind: CommentKind = CommentKind.COMMENT,
    submission_key: str = "",
    at: dt.datetime | None = None,
) -> Comment:
    """Add a comment to a thread; the same form sent twice gives the same comment.

    With ``draft.pointer`` it is about these words of the story; words that it quotes are recognised.

    ``submission_key`` is what the form carried, if anything; without one, the same words by the same
    name at the same place within ten minutes count as the same form. Raises
    :class:`CommentRefused`, :class:`ThreadNotOpen` and :class:`ChangedMeanwhile`.
    """
    own_name = author.name if author else (account.name if account else "")
    draft = checked_draft(draft, needs_name=not own_name)
    name = own_name or draft.name
    html = comment_html(draft.text)
    with transaction.atomic():
        document = lock_document(document_id)
        now = at or clock.now()
        key = _words_key(submission_key, document, draft, name)
        if earlier := _already_sent(key, after=now - SAME_WORDS_WITHIN, keyed=bool(submission_key)):
            return earlier
        if document.edition_id is None:
            raise ThreadNotOpen(FieldError("text", "This story is not published."))
        if document.withdrawn_at is not None:
            raise ThreadNotOpen(
                FieldError(
                    "text", "This story was withdrawn, and its discussion with it is closed."
                )
            )
        parent = _parent(document, draft.parent_id)
        marked = _marked(document, draft.pointer)
        _check_unchanged(document, draft, parent, marked)
        thread, _ = Thread.objects.get_or_create(document=document)
        comment = _add_comment(
            document,
            thread,
            Comment(
                document=document,
                parent=parent,
                depth=parent.depth + 1 if parent else 1,
                kind=kind,
                name=name,
                author=author,
                account=account,
                posted_at=now,
            ),
            text=draft.text,
            html=html,
            at=now,
        )
        if marked:
            anchor_comment(document, comment, marked, MadeBy.WRITER, at=now)
        elif draft.links_quotations:
            link_quotations(document, [(comment, draft.text)], at=now)
        if draft.email:
            CommentContact.objects.create(comment=comment, email=draft.email)
        Submission.objects.update_or_create(key=key, defaults={"comment": comment, "sent_at": now})
        thread.last_comment_at = now
        thread.save()
        if parent:
            _count_replies(document, {comment.root_number: 1})
        transaction.on_commit(
            lambda: comment_posted.send_robust(sender=Comment, comment=comment), robust=True
        )
    return comment


def _marked(document: Document, pointer: Pointer | None) -> Passage | None:
    """Return the passage that the writer marked; the document is locked."""
    if pointer is None:
        return None
    try:
        return keep_passage(*locate(document, pointer))
    except PassageRefused as refusal:
        raise CommentRefused(FieldError("exact", str(refusal))) from refusal


def _check_unchanged(
    document: Document, draft: Draft, parent: Comment | None, marked: Passage | None
) -> None:
    """Refuse a reply to a version, or to a passage, that is not what the writer saw."""
    changes: list[Change] = []
    version = parent.versions.get(valid_to=None) if parent else None
    if version and draft.seen_version is not None and draft.seen_version != version.number:
        seen = version.comment.versions.filter(number=draft.seen_version).first()
        changes.append(Change("comment", seen.text if seen else "", version.text))
    assert document.edition is not None
    now = document.edition.number
    if (
        marked
        and draft.seen_edition not in (None, now)
        and marked.status not in (PlacementStatus.INTACT, PlacementStatus.MOVED)
    ):
        after = document.edition.canonical_text[marked.placed_start or 0 : marked.placed_end or 0]
        changes.append(Change("passage", marked.exact, after))
    if changes:
        raise ChangedMeanwhile(changes, version=version.number if version else None, edition=now)


def _parent(document: Document, parent_id: int | None) -> Comment | None:
    if parent_id is None:
        return None
    parent = Comment.objects.filter(pk=parent_id, document=document).first()
    if parent is None:
        raise CommentRefused(
            FieldError("text", "The comment that you answer is not on this page any more.")
        )
    return parent


def _words_key(submission_key: str, document: Document, draft: Draft, name: str) -> str:
    """Return what one form posts once by: its key, bound to the place and the words."""
    said = "\x00".join((submission_key, str(document.pk), str(draft.parent_id), name, draft.text))
    return hashlib.sha256(said.encode()).hexdigest()


def _already_sent(key: str, *, after: dt.datetime, keyed: bool) -> Comment | None:
    sent = Submission.objects.filter(key=key).select_related("comment").first()
    if sent and (keyed or sent.sent_at > after):
        return sent.comment
    return None


def _put_in_place(thread: Thread, comment: Comment) -> None:
    """Give a comment its place in the reading order and count it, unsaved; the document is locked.

    Its sequence is known. The replies of its root are counted by :func:`_count_replies`.
    """
    thread.comment_count += 1
    if comment.parent is None:
        thread.root_count += 1
        comment.root_number = thread.root_count
    else:
        comment.root_number = comment.parent.root_number
        comment.path = path_below(comment.parent, comment.sequence)


def _count_replies(document: Document, added: Mapping[int, int]) -> None:
    """Count replies by the number of their root; the document is locked. One statement for each
    number of replies, since most roots have few."""
    roots: dict[int, list[int]] = {}
    for root_number, count in added.items():
        roots.setdefault(count, []).append(root_number)
    for count, numbers in roots.items():
        for begin in range(0, len(numbers), 500):
            Comment.objects.filter(
                document=document, depth=1, root_number__in=numbers[begin : begin + 500]
            ).update(reply_count=F("reply_count") + count)


def _add_comment(
    document: Document, thread: Thread, comment: Comment, *, text: str, html: str, at: dt.datetime
) -> Comment:
    """Store a comment with its first version and its journal entry; the document is locked."""
    comment.sequence = document.head_sequence + 1
    _put_in_place(thread, comment)
    comment.save(force_insert=True)
    version = CommentVersion(
        comment=comment, number=1, text=text, html=html, valid_from=comment.posted_at
    )
    version.save(force_insert=True)
    journal.append_entry(
        document=document,
        kind=EntryKind.COMMENT,
        reference=f"comment/{comment.pk}",
        content=comment_content(comment, version),
        at=at,
    )
    return comment


def comment_content(comment: Comment, version: CommentVersion) -> dict[str, object]:
    """Return what the journal's digest of a comment is made of."""
    return {
        "name": comment.name,
        "kind": comment.kind,
        "parent": comment.parent_id,
        "posted_at": comment.posted_at.astimezone(dt.UTC).isoformat()
        if comment.posted_at
        else None,
        "text": version.text,
    }


@dataclass(frozen=True)
class ImportedComment:
    """A comment from elsewhere; ``parent_key`` is the ``key`` of an earlier one."""

    key: str
    parent_key: str | None
    name: str
    text: str
    posted_at: dt.datetime | None
    kind: CommentKind = CommentKind.COMMENT


@transaction.atomic
def import_comments(
    *, document_id: int, comments: Sequence[ImportedComment], claimed: int | None = None
) -> list[Comment]:
    """Add a thread from elsewhere, in its order; comments that are there already are left alone.

    Returns the comments that were added. Parents stand before their replies.
    """
    document = lock_document(document_id)
    now = clock.now()
    known = {
        comment.source_key: comment
        for comment in Comment.objects.filter(document=document).exclude(source_key="")
    }
    thread, _ = Thread.objects.get_or_create(document=document)
    writers = {
        alias.name: alias.author
        for alias in AuthorAlias.objects.filter(
            document=document, state=AliasState.ACCEPTED
        ).select_related("author")
    }
    added: list[Comment] = []
    said: list[tuple[Comment, str]] = []
    for imported in comments:
        if imported.key in known:
            continue
        parent = known[imported.parent_key] if imported.parent_key else None
        text = clean_text(imported.text)
        comment = _add_comment(
            document,
            thread,
            Comment(
                document=document,
                parent=parent,
                depth=parent.depth + 1 if parent else 1,
                kind=imported.kind,
                origin=Origin.IMPORTED,
                name=imported.name,
                author=writers.get(imported.name),
                posted_at=imported.posted_at,
                source_key=imported.key,
            ),
            text=text,
            html=plain_html(text),
            at=now,
        )
        known[imported.key] = comment
        added.append(comment)
        said.append((comment, text))
    times = [comment.posted_at for comment in added if comment.posted_at]
    if thread.last_comment_at:
        times.append(thread.last_comment_at)
    _count_replies(document, Counter(comment.root_number for comment in added if comment.parent_id))
    thread.last_comment_at = max(times, default=None)
    thread.claimed_comments = claimed
    thread.save()
    if added:
        link_quotations(document, said, at=now)
        transaction.on_commit(
            lambda: comments_imported.send_robust(sender=Comment, document=document), robust=True
        )
    return added


@transaction.atomic
def offer_alias(*, document_id: int, name: str, author: Author) -> AuthorAlias:
    """Keep for the editor that ``name`` in a thread may be ``author``; a decided one stays decided."""
    alias, _ = AuthorAlias.objects.get_or_create(
        document_id=document_id, name=name, defaults={"author": author}
    )
    return alias


@transaction.atomic
def decide_alias(*, alias_id: int, is_same_person: bool, decided_by: str) -> AuthorAlias:
    """Say whether a name in an imported thread is the author; if so its comments carry the mark."""
    alias = AuthorAlias.objects.select_related("author").get(pk=alias_id)
    document = lock_document(alias.document_id)
    alias.state = AliasState.ACCEPTED if is_same_person else AliasState.DECLINED
    alias.decided_by = decided_by
    alias.decided_at = clock.now()
    alias.save()
    Comment.objects.filter(document=document, name=alias.name, origin=Origin.IMPORTED).update(
        author=alias.author if is_same_person else None
    )
    journal.append_entry(
        document=document,
        kind=EntryKind.ATTRIBUTION,
        reference=f"alias/{alias.pk}/{alias.state}",
        content=alias_content(alias),
        at=alias.decided_at,
    )
    return alias


def alias_content(alias: AuthorAlias) -> dict[str, object]:
    return {"name": alias.name, "author": alias.author_id}
