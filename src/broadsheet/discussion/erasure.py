"""Erasing a person from the discussion: the name goes, and the words too where that is wanted.

What stays under no name is signed “deleted reader” at every moment, past ones too. What was said is
part of what the journal's entries were made of, so the salts of these entries are erased with it: the
chain goes on to check, and nobody can find out by trying what they were made of.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from broadsheet import clock
from broadsheet.discussion.enums import CommentKind, Origin
from broadsheet.discussion.keys import ERASED
from broadsheet.discussion.models import (
    Comment,
    CommentPassage,
    CommentSource,
    CommentVersion,
    InterestQuestion,
    NameClaim,
    Reaction,
    RemovedWords,
    Submission,
)
from broadsheet.discussion.removal import erase_comment
from broadsheet.press.keys import change_after_commit
from broadsheet.readers.actions import confirmed_address
from broadsheet.readers.mail import forget_mail_about
from broadsheet.readers.models import Account
from broadsheet.readers.muting import forget_mutes
from broadsheet.record.actions import lock_documents
from broadsheet.record.enums import EntryKind
from broadsheet.record.erasure import MARK
from broadsheet.record.keys import STORIES, document_key
from broadsheet.record.models import Document, Edition, JournalEntry

BATCH = 200
"""Entries whose salts are erased by one statement; each is named by itself."""


def erase_writer(sender: object, account: Account, *, keeps_words: bool, **_: Any) -> None:
    """Take an account out of all threads; called while it is erased, in the same transaction.

    All documents are locked in the order of their ids, so that two who erase cannot wait for each
    other. Some statements for each document, and for each comment whose words go.
    """
    now = clock.now()
    by_document: dict[int, list[Comment]] = defaultdict(list)
    written = Comment.objects.filter(_written_by(account)).order_by("pk")
    for comment in written:
        by_document[comment.document_id].append(comment)
    forget_mutes(account, _names_on(written))
    keys = guest_keys_of(account)
    documents = lock_documents(by_document)
    for pk, comments in by_document.items():
        document = documents[pk]
        forget_entries(document, [comment.pk for comment in comments])
        for comment in comments:
            takes = not keeps_words and comment.kind != CommentKind.PROPOSAL
            if takes:
                erase_comment(document, comment, at=now)
        _take_name(comments, now, takes_words=not keeps_words)
        change_after_commit(document_key(pk), STORIES, ERASED, withdraws=True)
    _forget_claims(account)
    # What stands in a thread under a name of its own, such as one that is not confirmed to be the
    # account's, comes from nowhere now.
    CommentSource.objects.filter(email__iexact=account.email).update(
        email="", address=None, agent="", guest_key="", verdict=None
    )
    # What they thanked for goes on to count, as nobody's.
    Reaction.objects.filter(Q(account=account) | Q(guest_key__in=keys)).update(
        account=None, guest_key="", network=""
    )


def _written_by(account: Account) -> Q:
    """Return the condition of what an account wrote; what guests sent with its confirmed address is
    its own as well, whether it was claimed or not."""
    mine = Q(account=account)
    if email := confirmed_address(account):
        mine |= Q(account=None, origin=Origin.HERE, source__email__iexact=email)
    return mine


def _names_on(comments: QuerySet[Comment]) -> set[str]:
    """Return the names that comments are signed with, or were before they were removed."""
    removed = RemovedWords.objects.filter(comment__in=comments.order_by().values("pk"))
    return {comment.name for comment in comments} | set(removed.values_list("name", flat=True))


def guest_keys_of(account: Account) -> set[str]:
    """Return what browsers are known by that wrote as a guest with an account's confirmed address."""
    email = confirmed_address(account)
    sources = CommentSource.objects.filter(comment__account=None).exclude(guest_key="")
    found = sources.filter(email__iexact=email).values_list("guest_key", flat=True)
    return set(found) if email else set()


def _forget_claims(account: Account) -> None:
    """What the editors decided about an imported name stays an entry; who asked does not."""
    claims = NameClaim.objects.filter(account=account)
    documents = lock_documents(claims.values_list("document_id", flat=True))
    for claim in claims:
        JournalEntry.objects.filter(
            document=documents[claim.document_id], reference__startswith=f"claim/{claim.pk}/"
        ).update(salt=None)
    claims.delete()


def _take_name(comments: Sequence[Comment], now: dt.datetime, *, takes_words: bool) -> None:
    """Leave neither the name nor where it came from; the words of a proposal's reason go too."""
    ids = [comment.pk for comment in comments]
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        RemovedWords.objects.filter(comment__in=some).delete()
        CommentSource.objects.filter(comment__in=some).delete()
        # The key of a form is a digest of its words.
        Submission.objects.filter(comment__in=some).delete()
        forget_mail_about(some)
        Comment.objects.filter(pk__in=some).update(
            name="",
            account=None,
            author=None,
            mark="",
            disclosures=None,
            writer_erased_at=now,
        )
        InterestQuestion.objects.filter(comment__in=some).update(answer="")
        if takes_words:
            CommentVersion.objects.filter(comment__in=some).update(text="", html="")


def forget_entries(document: Document, comment_ids: Sequence[int]) -> None:
    """Erase the salts of all entries that were made of what comments said; the document is locked."""
    for start in range(0, len(comment_ids), BATCH):
        some = comment_ids[start : start + BATCH]
        of_comments = [f"{what}/{pk}" for pk in some for what in ("comment", "removal", "claimed")]
        entries = JournalEntry.objects.filter(document=document, salt__isnull=False)
        entries.filter(reference__in=of_comments).update(salt=None)
    # Later versions, removals and answers say more behind the number of the comment.
    wanted = set(comment_ids)
    longer = Q(reference__startswith="version/") | Q(reference__regex=r"^(removal|interest)/\d+/")
    found = JournalEntry.objects.filter(longer, document=document, salt__isnull=False)
    ids = [
        pk
        for pk, reference in found.values_list("pk", "reference")
        if int(reference.split("/")[1]) in wanted
    ]
    for start in range(0, len(ids), BATCH):
        JournalEntry.objects.filter(pk__in=ids[start : start + BATCH]).update(salt=None)


def let_salts_go(sender: object, edition: Edition, **_: Any) -> None:
    """When the words of an edition are erased by law, erase the salts of the entries that say which
    words comments are about, and the letters that wait and quote them."""
    links = CommentPassage.objects.filter(passage__edition=edition, passage__exact=MARK)
    references = [f"passage/{pk}" for pk in links.values_list("pk", flat=True)]
    for start in range(0, len(references), BATCH):
        JournalEntry.objects.filter(
            document=edition.document_id,
            kind=EntryKind.PASSAGE,
            reference__in=references[start : start + BATCH],
        ).update(salt=None)
    about = links.values_list("comment_id", flat=True)
    forget_mail_about(list(about))


def show_profile_changed(sender: object, account: Account, **_: Any) -> None:
    """Make the pages untrue that lead, or do not lead, to a profile from beside a comment."""
    written = Comment.objects.filter(account=account).order_by()
    documents = written.values_list("document_id", flat=True).distinct()
    keys = [document_key(pk) for pk in documents]
    if keys:
        change_after_commit(*keys)
