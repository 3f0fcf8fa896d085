"""Comments that somebody wrote before having an account, and takes as their own afterwards.

What a guest wrote with an address belongs to whoever has confirmed that address. Of an imported
comment there is no address: who says to be its writer asks, and an editor decides, which is an entry
of the journal. A comment keeps the name that it was signed with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from broadsheet import clock
from broadsheet.discussion.enums import AliasState, Origin
from broadsheet.discussion.models import Comment, CommentSource, CommentVersion, NameClaim
from broadsheet.discussion.signals import claim_decided
from broadsheet.readers.actions import confirmed_address
from broadsheet.readers.models import Account
from broadsheet.record import journal
from broadsheet.record.actions import lock_document, lock_documents
from broadsheet.record.enums import EntryKind

MOST_SHOWN = 50
"""Comments that are offered at once; the next come when these are taken or left."""
MAX_REASON = 1000
"""Characters in which somebody says why a name is theirs."""
OPEN_AT_ONCE = 5
"""Requests of one account that wait for an editor."""


class ClaimRefused(ValueError):
    """These comments cannot be claimed; the message is for who tried."""


def claimable(account: Account) -> list[Comment]:
    """Return guests' comments with the account's confirmed address, the last first. Three statements;
    comments come with ``shown_versions``."""
    email = confirmed_address(account)
    if not email:
        return []
    comments = list(
        _by_guests_with(email)
        .filter(document__edition__isnull=False)
        .select_related("document__edition")
        .defer("document__edition__body_html", "document__edition__canonical_text")
        .order_by("-pk")[:MOST_SHOWN]
    )
    texts = CommentVersion.objects.filter(comment__in=comments, valid_to=None)
    by_comment = {version.comment_id: version for version in texts}
    for comment in comments:
        comment.shown_versions = [by_comment[comment.pk]] if comment.pk in by_comment else []
    return comments


def _by_guests_with(email: str) -> QuerySet[Comment]:
    sources = CommentSource.objects.exclude(email="").annotate(any_case=Lower("email"))
    return Comment.objects.filter(
        source__in=sources.filter(any_case=email),
        account=None,
        removed_at=None,
        origin=Origin.HERE,
    )


@transaction.atomic
def claim_comments(*, account: Account, comment_ids: Collection[int]) -> int:
    """Take guests' comments with the account's own confirmed address as its own; returns how many.

    Others among the numbers are left alone. Raises :class:`ClaimRefused` if none is left.
    """
    email = confirmed_address(account)
    chosen = _by_guests_with(email).filter(pk__in=list(comment_ids)[:MOST_SHOWN])
    by_document: dict[int, list[int]] = defaultdict(list)
    for pk, document_id in chosen.values_list("pk", "document_id"):
        by_document[document_id].append(pk)
    if not by_document:
        raise ClaimRefused("Please choose comments that you wrote.")
    now = clock.now()
    count = 0
    documents = lock_documents(by_document)
    for document_id, ids in by_document.items():
        taken = Comment.objects.filter(pk__in=ids, account=None)
        numbers = sorted(taken.values_list("pk", flat=True))
        taken.update(account=account)
        journal.append_entries(
            document=documents[document_id],
            entries=[
                journal.NewEntry(
                    kind=EntryKind.ATTRIBUTION,
                    reference=f"claimed/{pk}",
                    content=claimed_content(pk, account.pk),
                    at=now,
                )
                for pk in numbers
            ],
        )
        count += len(numbers)
    return count


def claimed_content(comment_id: int, account_id: int | None) -> dict[str, object]:
    """Return what the journal's digest is made of when a guest's comment gets an account."""
    return {"comment": comment_id, "account": account_id}


@transaction.atomic
def ask_for_name(*, account: Account, comment_id: int, reason: str) -> NameClaim:
    """Ask the editors to believe that an imported comment, and all of its name in that thread, are
    the account's. Raises :class:`ClaimRefused`."""
    comment = Comment.objects.filter(pk=comment_id, origin=Origin.IMPORTED).first()
    reason = " ".join(reason.replace("\x00", "").split())
    if comment is None or not comment.name or comment.removed_at:
        raise ClaimRefused("There is no imported comment with a name at this address.")
    if comment.author_id or comment.account_id:
        raise ClaimRefused("It is known already who wrote this comment.")
    if not reason:
        raise ClaimRefused("Please say how the editors can see that it is you.")
    if len(reason) > MAX_REASON:
        raise ClaimRefused(
            f"Please use at most {MAX_REASON:,} characters; these are {len(reason):,}."
        )
    waiting = NameClaim.objects.filter(account=account, state=AliasState.OFFERED)
    if waiting.count() >= OPEN_AT_ONCE:
        raise ClaimRefused("Please wait until the editors have decided on what you asked before.")
    try:
        with transaction.atomic():
            return NameClaim.objects.create(
                document_id=comment.document_id,
                name=comment.name,
                account=account,
                reason=reason,
                asked_at=clock.now(),
            )
    except IntegrityError:
        raise ClaimRefused("You asked for this name already.") from None


@transaction.atomic
def decide_claim(*, claim_id: int, is_same_person: bool, by: str, reason: str) -> NameClaim:
    """Say whether who asked is the person of an imported name; if so the comments are the account's.

    The reason is sent to who asked. Raises :class:`ClaimRefused` if it was decided before, or has no
    reason.
    """
    claim = NameClaim.objects.select_related("account").get(pk=claim_id)
    document = lock_document(claim.document_id)
    claim.refresh_from_db(fields=["state"])
    reason = " ".join(reason.replace("\x00", "").split())[:MAX_REASON]
    if claim.state != AliasState.OFFERED:
        raise ClaimRefused("This was decided already.")
    if not is_same_person and not reason:
        raise ClaimRefused("Say why not: it is sent to who asked.")
    claim.state = AliasState.ACCEPTED if is_same_person else AliasState.DECLINED
    claim.decided_by, claim.decided_at, claim.decision_reason = by[:150], clock.now(), reason
    claim.save()
    if is_same_person:
        Comment.objects.filter(
            document=document,
            name=claim.name,
            origin=Origin.IMPORTED,
            author=None,
            account=None,
            removed_at=None,
        ).update(account=claim.account)
    journal.append_entry(
        document=document,
        kind=EntryKind.ATTRIBUTION,
        reference=f"claim/{claim.pk}/{claim.state}",
        content=claim_content(claim),
        at=claim.decided_at,
    )
    transaction.on_commit(
        lambda: claim_decided.send_robust(sender=NameClaim, claim=claim), robust=True
    )
    return claim


def claim_content(claim: NameClaim) -> dict[str, object]:
    """Return what the journal's digest of a decided claim is made of."""
    return {"name": claim.name, "account": claim.account_id}
