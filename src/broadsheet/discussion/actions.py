"""What can be done to a thread: each is one transaction under the document's lock."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.anchors import anchor_comment, link_quotations
from broadsheet.discussion.enums import AliasState, CommentKind, MadeBy, Mark, Origin
from broadsheet.discussion.heat import Pace, Pacing
from broadsheet.discussion.markdown import MAX_TEXT, clean_text, comment_html, plain_html
from broadsheet.discussion.models import (
    AuthorAlias,
    Comment,
    CommentSource,
    CommentVersion,
    Submission,
    Thread,
)
from broadsheet.discussion.queries import is_closed
from broadsheet.discussion.senders import NOT_KNOWN, Sender
from broadsheet.discussion.signals import comment_posted, comments_imported, comments_stored
from broadsheet.discussion.storing import (
    NewComment,
    count_replies,
    keep_threads,
    store_batch,
    store_comments,
    threads_of,
)
from broadsheet.readers.disclosures import DisclosureRefused, Line, bearing, clean_line, lines_of
from broadsheet.readers.models import Account
from broadsheet.readers.names import NameUnusable, is_legible
from broadsheet.readers.protection import check_name, is_staff
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind, PlacementStatus
from broadsheet.record.models import Author, Document, Passage
from broadsheet.record.placements import PassageRefused, Pointer, locate, passage_at
from broadsheet.record.rows import Value, Wanted, insert_rows, rows_together
from broadsheet.statements import together

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
    """The document takes no comments; ``closed_at`` is since when, if that was set at the desk."""

    def __init__(self, *errors: FieldError, closed_at: dt.datetime | None = None) -> None:
        super().__init__(*errors)
        self.closed_at = closed_at


class TooSoon(CommentRefused):
    """Slow mode: the writer can post here again ``at`` a moment."""

    def __init__(self, pace: Pace, at: dt.datetime) -> None:
        super().__init__(
            FieldError(
                "text",
                f"{pace.words} Next comment possible at {at:%H:%M} UTC; your words are kept.",
            )
        )
        self.pace = pace
        self.at = at


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
    disclosure: str = ""
    """What interest the writer has in this, for this comment alone."""
    parent_id: int | None = None
    pointer: Pointer | None = None
    """The words that it is about, if the writer marked some."""
    links_quotations: bool = True
    """Whether words of the story that it quotes are recognised as passages."""
    seen_version: int | None = None
    """The version of the parent that the writer answers; ``None``: not said."""
    seen_edition: int | None = None
    """The number of the edition that the writer saw; ``None``: not said."""
    is_question: bool = False
    """Whether it is put as a question, of which a reply can be marked as the answer."""


def checked_draft(draft: Draft, *, needs_name: bool, account: Account | None = None) -> Draft:
    """Return the draft as it would be stored; raises :class:`CommentRefused` with all that is wrong.

    With ``needs_name`` the name must be one that nobody else has; that costs a statement.
    """
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
            name = check_name(draft.name, account=account)
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
    disclosure = ""
    try:
        disclosure = clean_line(draft.disclosure)
    except DisclosureRefused as error:
        errors.append(FieldError("disclosure", str(error)))
    if errors:
        raise CommentRefused(*errors)
    return replace(draft, text=text, name=name, email=email, disclosure=disclosure)


@dataclass(frozen=True)
class Posting:
    """A comment that is to be posted, made by :func:`prepared`: what can be checked without the store
    was, and its text is rendered."""

    document_id: int
    draft: Draft
    html: str
    name: str
    account: Account | None
    author: Author | None
    kind: CommentKind
    at: dt.datetime | None
    """When it counts as posted; ``None``: when it is stored."""
    key: str
    """What one form posts once by: the key that it carried, bound to the place and the words."""
    is_keyed: bool
    """Whether the form carried a key, so that it is the same form at any time."""
    sender: Sender = NOT_KNOWN
    verdict: Sequence[Mapping[str, object]] | None = None
    """Moderation's reasons, as data; ``None``: nobody judged."""
    edits_id: int | None = None
    """The comment whose words these are to be from now on, see discussion/editing.py; ``None``: it is
    a comment of its own."""
    is_released: bool = False
    """Whether it waited and a moderator lets it in: then neither pace nor a closing since then stand
    against it."""
    mark: str = ""
    """What the writer is, beside an author: a value of :class:`Mark`."""
    lines: Sequence[Line] = ()
    """What the writer discloses, for this comment or on the profile, where it may bear on the story."""
    left: object = None
    """What moderation wants to be given back when the comment is stored, see ``comments_stored``."""


def prepared(
    *,
    document_id: int,
    draft: Draft,
    account: Account | None = None,
    author: Author | None = None,
    kind: CommentKind = CommentKind.COMMENT,
    submission_key: str = "",
    at: dt.datetime | None = None,
    sender: Sender = NOT_KNOWN,
) -> Posting:
    """Check and render a comment; the arguments are :func:`post_comment`'s.

    One statement: for who has no name of their own, whether theirs belongs to somebody else; for an
    account, what it discloses.

    Raises :class:`CommentRefused`.
    """
    own_name = author.name if author else (account.name if account else "")
    draft = checked_draft(draft, needs_name=not own_name, account=account)
    name = own_name or draft.name
    place = (document_id, draft.parent_id, draft.pointer and astuple(draft.pointer))
    said = "\x00".join((submission_key, repr(place), name, draft.text))
    return Posting(
        document_id=document_id,
        draft=draft,
        html=comment_html(draft.text),
        name=name,
        account=account,
        author=author,
        kind=kind,
        at=at,
        key=hashlib.sha256(said.encode()).hexdigest(),
        is_keyed=bool(submission_key),
        sender=sender,
        mark=Mark.STAFF if author is None and is_staff(account) else "",
        lines=_lines(draft, account, author),
    )


def _lines(draft: Draft, account: Account | None, author: Author | None) -> list[Line]:
    said = [draft.disclosure, author.disclosure if author else ""]
    lines = [Line(text) for text in said if text]
    return lines + (lines_of(account) if account else [])


def _stamp(posting: Posting, document: Document) -> list[str] | None:
    """Return the lines that stand beside the name: those for this comment, and those of the profile
    that bear on the story as it is now. A statement if there are lines of a profile."""
    if not posting.lines:
        return None
    if all(not line.about for line in posting.lines):
        return [line.text for line in posting.lines]
    assert document.edition is not None
    content = document.edition.content
    bear = bearing(
        posting.lines,
        [topic.name for topic in content.topics],
        content.headline,
        content.standfirst,
        document.edition.canonical_text,
    )
    said = [f"{line.about}: {line.text}" if line.about else line.text for line in bear]
    return list(dict.fromkeys(said)) or None


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
    posting = prepared(
        document_id=document_id,
        draft=draft,
        account=account,
        author=author,
        kind=kind,
        submission_key=submission_key,
        at=at,
    )
    [outcome] = post_comments([posting])
    if isinstance(outcome, CommentRefused):
        raise outcome
    return outcome


@transaction.atomic(savepoint=False)
def post_comments(postings: Sequence[Posting]) -> list[Comment | CommentRefused]:
    """Post comments that have nothing to do with one another, in one transaction.

    Returns for each, in the order given, the comment (an earlier one if its form was sent before) or
    why it is refused; a refusal leaves the others as they are. Ten statements for all of them, a
    few more if there are replies, or threads that are new, and some for each comment that
    marks or quotes words.
    """
    known = {posting.key: posting for posting in postings}
    ids = {posting.document_id for posting in postings}
    # Documents are locked in the order of their ids: two who lock several never wait for one another.
    found = rows_together(
        Wanted(Document, "id", ids, lock=True),
        Wanted(Thread, "document", ids),
        Wanted(Submission, "key", known),
    )
    documents: dict[int, Document] = {each.pk: each for each in found[0]}
    threads: dict[int, Thread] = {each.pk: each for each in found[1]}
    pacing = Pacing()
    earlier = _posted_before(known, found[2])
    answered = _answered(postings)
    outcomes: list[Comment | CommentRefused] = []
    accepted: list[_Accepted] = []
    for posting in postings:
        try:
            outcome = earlier.get(posting.key) or _accept(posting, documents, threads, answered)
            if isinstance(outcome, _Accepted):
                _check_pace(outcome, threads.get(posting.document_id), pacing)
        except CommentRefused as refusal:
            outcomes.append(refusal)
            continue
        if isinstance(outcome, _Accepted):
            accepted.append(outcome)
            outcome = earlier[posting.key] = outcome.comment
        outcomes.append(outcome)
    if accepted:
        _store(documents, threads, accepted)
    return outcomes


@dataclass(frozen=True)
class _Accepted:
    """A posting that nothing stands against, with its comment, unsaved."""

    posting: Posting
    comment: Comment
    marked: Passage | None


def _posted_before(known: Mapping[str, Posting], sent: Iterable[Submission]) -> dict[str, Comment]:
    """Return the comments that were posted by the same forms before. A statement if there are any."""
    again = {
        each.key: each.comment_id
        for each in sent
        if known[each.key].is_keyed
        or each.sent_at > (known[each.key].at or clock.now()) - SAME_WORDS_WITHIN
    }
    if not again:
        return {}
    comments = Comment.objects.in_bulk(again.values())
    return {key: comments[comment_id] for key, comment_id in again.items()}


def _answered(postings: Sequence[Posting]) -> dict[int, CommentVersion]:
    """Return the comments that are answered, by id, as they stand. One statement if there are any."""
    wanted = {each.draft.parent_id for each in postings if each.draft.parent_id is not None}
    if not wanted:
        return {}
    versions = CommentVersion.objects.filter(comment__in=wanted, valid_to=None)
    return {each.comment_id: each for each in versions.select_related("comment")}


def _accept(
    posting: Posting,
    documents: Mapping[int, Document],
    threads: Mapping[int, Thread],
    answered: Mapping[int, CommentVersion],
) -> _Accepted:
    """Check a posting against the store; its document is locked. Raises :class:`CommentRefused`.

    What is refused has stored nothing.
    """
    document = documents.get(posting.document_id)
    _check_open(document)
    assert document is not None
    if posting.kind != CommentKind.PROPOSAL and not posting.is_released:
        check_not_closed(threads.get(document.pk), posting.at or clock.now())
    draft = posting.draft
    version = answered.get(draft.parent_id) if draft.parent_id is not None else None
    if draft.parent_id is not None and (
        version is None or version.comment.document_id != document.pk
    ):
        raise CommentRefused(
            FieldError("text", "The comment that you answer is not on this page any more.")
        )
    marked = _marked(document, draft.pointer)
    _check_unchanged(document, draft, version, marked)
    if marked and marked.pk is None:
        marked.save(force_insert=True)
    parent = version.comment if version else None
    comment = Comment(
        document=document,
        parent=parent,
        depth=parent.depth + 1 if parent else 1,
        kind=posting.kind,
        name=posting.name,
        author=posting.author,
        account=posting.account,
        mark=posting.mark,
        disclosures=_stamp(posting, document),
        posted_at=posting.at or clock.now(),
        is_question=draft.is_question and posting.kind == CommentKind.COMMENT,
    )
    return _Accepted(posting, comment, marked)


def _store(
    documents: Mapping[int, Document], known: Mapping[int, Thread], accepted: Sequence[_Accepted]
) -> None:
    """Store what was accepted, count it and announce it; the documents are locked."""
    threads = threads_of(
        {each.comment.document_id: documents[each.comment.document_id] for each in accepted}, known
    )
    with together():
        new = [
            NewComment(
                each.comment, each.posting.draft.text, each.posting.html, at=_time(each.comment)
            )
            for each in accepted
        ]
        store_batch([(threads[each.comment.document_id], each) for each in new])
        quoting: dict[int, list[tuple[Comment, str]]] = {}
        for each in accepted:
            draft, comment = each.posting.draft, each.comment
            if each.marked:
                anchor_comment(
                    comment.document, comment, each.marked, MadeBy.WRITER, at=_time(comment)
                )
            elif draft.links_quotations:
                quoting.setdefault(comment.document_id, []).append((comment, draft.text))
            threads[comment.document_id].last_comment_at = comment.posted_at
        for said in quoting.values():
            link_quotations(said[-1][0].document, said, at=_time(said[-1][0]))
        insert_rows(
            CommentSource,
            ["comment", "email", "guest_key", "address", "agent", "verdict", "sent_at"],
            [_source(each.posting, each.comment) for each in accepted],
        )
        insert_rows(
            Submission,
            ["key", "comment", "sent_at"],
            [(each.posting.key, each.comment.pk, each.comment.posted_at) for each in accepted],
            or_replace="key",
        )
        comments_stored.send(Comment, stored=[(each.posting, each.comment) for each in accepted])
        keep_threads(threads.values())
        replies = Counter(
            (each.comment.document_id, each.comment.root_number)
            for each in accepted
            if each.comment.parent is not None
        )
        if replies:
            count_replies(replies)
    for each in accepted:
        _announce(each.comment)


def _source(posting: Posting, comment: Comment) -> tuple[Value, ...]:
    sender = posting.sender
    return (
        comment.pk,
        posting.draft.email,
        sender.guest_key,
        sender.address,
        sender.agent,
        None if posting.verdict is None else json.dumps(posting.verdict),
        comment.posted_at,
    )


def _time(comment: Comment) -> dt.datetime:
    assert comment.posted_at is not None, "who posts here has a time"
    return comment.posted_at


def _announce(comment: Comment) -> None:
    transaction.on_commit(
        lambda: comment_posted.send_robust(sender=Comment, comment=comment), robust=True
    )


def _check_open(document: Document | None) -> None:
    if document is None or document.edition_id is None:
        raise ThreadNotOpen(FieldError("text", "This story is not published."))
    if document.withdrawn_at is not None:
        raise ThreadNotOpen(
            FieldError("text", "This story was withdrawn, and its discussion with it is closed.")
        )


def check_open(document: Document | None) -> None:
    """Raise :class:`ThreadNotOpen` where a document has no discussion, or none any more."""
    _check_open(document)


def check_not_closed(thread: Thread | None, at: dt.datetime) -> None:
    """Raise :class:`ThreadNotOpen` where the desk closed a thread before a moment."""
    if is_closed(thread, at):
        assert thread is not None
        raise ThreadNotOpen(
            FieldError("text", "The discussion was closed; it can be read. Your words are kept."),
            closed_at=thread.closes_at,
        )


def _check_pace(accepted: _Accepted, thread: Thread | None, pacing: Pacing) -> None:
    """Raise :class:`TooSoon` where slow mode lets the writer wait. No statement elsewhere."""
    posting = accepted.posting
    if thread is None or posting.author or posting.kind != CommentKind.COMMENT:
        return
    if posting.is_released:
        return
    now = _time(accepted.comment)
    person = posting.account or posting.sender
    if found := pacing.next_at(thread, accepted.comment, person, now):
        raise TooSoon(*found)


def _marked(document: Document, pointer: Pointer | None) -> Passage | None:
    """Return the passage that the writer marked, unsaved if it is new; the document is locked."""
    if pointer is None:
        return None
    try:
        return passage_at(*locate(document, pointer))
    except PassageRefused as refusal:
        raise CommentRefused(FieldError("exact", str(refusal))) from refusal


def _check_unchanged(
    document: Document, draft: Draft, version: CommentVersion | None, marked: Passage | None
) -> None:
    """Refuse a reply to a version, or to a passage, that is not what the writer saw."""
    changes: list[Change] = []
    if version and draft.seen_version is not None and draft.seen_version != version.number:
        seen = version.comment.versions.filter(number=draft.seen_version).first()
        changes.append(Change("comment", seen.text if seen else "", version.text))
    if marked and draft.seen_edition is not None:
        assert document.edition is not None
        if draft.seen_edition != document.edition.number and marked.status not in (
            PlacementStatus.INTACT,
            PlacementStatus.MOVED,
        ):
            text = document.edition.canonical_text
            after = text[marked.placed_start or 0 : marked.placed_end or 0]
            changes.append(Change("passage", marked.exact, after))
    if changes:
        assert document.edition is not None
        raise ChangedMeanwhile(
            changes,
            version=version.number if version else None,
            edition=document.edition.number,
        )


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
    writers = {
        alias.name: alias.author
        for alias in AuthorAlias.objects.filter(
            document=document, state=AliasState.ACCEPTED
        ).select_related("author")
    }
    new: list[NewComment] = []
    for imported in comments:
        if imported.key in known:
            continue
        parent = known[imported.parent_key] if imported.parent_key else None
        text = clean_text(imported.text)
        comment = Comment(
            document=document,
            parent=parent,
            depth=parent.depth + 1 if parent else 1,
            kind=imported.kind,
            origin=Origin.IMPORTED,
            name=imported.name,
            author=writers.get(imported.name),
            posted_at=imported.posted_at,
            source_key=imported.key,
        )
        known[imported.key] = comment
        new.append(NewComment(comment, text, plain_html(text), at=now))
    thread = threads_of({document.pk: document})[document.pk]
    _append(thread, new, now=now)
    Thread.objects.filter(document=document).update(claimed_comments=claimed)
    return [each.comment for each in new]


@transaction.atomic
def append_comments(*, document_id: int, comments: Sequence[NewComment]) -> None:
    """Add comments that were checked and rendered elsewhere, many at once, under one lock.

    They are posted in the order given, each at its own time, with neither contact nor submission
    key. Raises :class:`ThreadNotOpen`.
    """
    document = lock_document(document_id)
    _check_open(document)
    _append(threads_of({document.pk: document})[document.pk], comments, now=clock.now())


def _append(thread: Thread, new: Sequence[NewComment], *, now: dt.datetime) -> None:
    """Store comments, recognise what they quote and count them; the document is locked."""
    if not new:
        return
    document = thread.document
    store_comments(thread, new)
    link_quotations(document, [(each.comment, each.text) for each in new], at=now)
    times = [each.comment.posted_at for each in new if each.comment.posted_at]
    if thread.last_comment_at:
        times.append(thread.last_comment_at)
    count_replies(
        Counter(
            (document.pk, each.comment.root_number)
            for each in new
            if each.comment.parent is not None
        )
    )
    thread.last_comment_at = max(times, default=None)
    keep_threads([thread])
    transaction.on_commit(
        lambda: comments_imported.send_robust(sender=Comment, document=document), robust=True
    )


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
