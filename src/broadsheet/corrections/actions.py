"""What can be done with proposals: each is one transaction under the document's lock."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass

from django.db import transaction

from broadsheet import clock
from broadsheet.corrections.drafts import MAX_REASON, ProposalDraft, checked_proposal
from broadsheet.corrections.enums import CARRIED_OUT, ProposalState
from broadsheet.corrections.models import Proposal, ProposalContact, ProposalSubmission
from broadsheet.corrections.signals import proposal_decided, proposal_made
from broadsheet.corrections.typography import is_slip_of_the_pen
from broadsheet.discussion.actions import (
    CommentRefused,
    Draft,
    FieldError,
    ThreadNotOpen,
    post_comment,
)
from broadsheet.discussion.enums import CommentKind
from broadsheet.passages.canonical import normal_space
from broadsheet.readers.models import Account
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EditionKind, EntryKind, PlacementStatus
from broadsheet.record.models import Author, Document, Edition, Passage
from broadsheet.record.placements import (
    PassageRefused,
    Pointer,
    keep_passage,
    locate,
)


class ProposalDecided(ValueError):
    """The proposal is decided already; the message says how, and by whom."""

    def __init__(self, proposal: Proposal) -> None:
        by = f" by {proposal.decided_by}" if proposal.decided_by else ""
        super().__init__(f"This proposal is {proposal.get_state_display().lower()} already{by}.")
        self.proposal = proposal


class DecisionRefused(ValueError):
    """The decision cannot be taken so; the message says why."""


@dataclass(frozen=True)
class Made:
    """A proposal with the key that lets its writer withdraw it; the key is not kept."""

    proposal: Proposal
    key: str


def propose(
    *,
    document_id: int,
    draft: ProposalDraft,
    account: Account | None = None,
    author: Author | None = None,
    submission_key: str = "",
    at: dt.datetime | None = None,
) -> Made:
    """Propose a correction. It stands in the thread, unless it is typographical: then only the desk
    sees it. What is called typographical but touches facts stands in the thread.

    The same form sent twice proposes once (its key lets withdraw no more: it was given out before).
    Raises :class:`CommentRefused` and :class:`ThreadNotOpen`.
    """
    own_name = author.name if author else (account.name if account else "")
    draft = checked_proposal(draft, needs_name=not own_name, account=account)
    name = own_name or draft.name
    with transaction.atomic():
        document = lock_document(document_id)
        now = at or clock.now()
        key = _form_key(submission_key, document, draft, name)
        if sent := ProposalSubmission.objects.filter(key=key).first():
            return Made(sent.proposal, "")
        passage = _passage(document, draft)
        is_quiet = draft.is_typographical and is_slip_of_the_pen(passage.exact, draft.replacement)
        if not is_quiet and not draft.reason:
            raise CommentRefused(
                FieldError(
                    "reason",
                    "This changes more than spelling, so it stands in the discussion: say why.",
                )
            )
        comment = None
        if not is_quiet:
            comment = post_comment(
                document_id=document_id,
                draft=Draft(
                    text=draft.reason,
                    name=draft.name,
                    email=draft.email,
                    pointer=draft.pointer,
                ),
                account=account,
                author=author,
                kind=CommentKind.PROPOSAL,
                submission_key=key,
                at=now,
            )
            document.refresh_from_db(fields=["head_sequence", "head_digest"])
        secret = clock.random_bytes(18).hex()
        proposal = Proposal.objects.create(
            document=document,
            passage=passage,
            replacement=draft.replacement,
            reason=draft.reason,
            source_url=draft.source_url,
            is_typographical=is_quiet,
            comment=comment,
            name=name,
            account=account,
            author=author,
            wants_credit=draft.wants_credit,
            proposed_at=now,
            withdrawal_digest=_digest(secret),
        )
        if draft.email:
            ProposalContact.objects.create(proposal=proposal, email=draft.email)
        ProposalSubmission.objects.create(key=key, proposal=proposal, sent_at=now)
        journal.append_entry(
            document=document,
            kind=EntryKind.PROPOSAL,
            reference=f"proposal/{proposal.pk}",
            content=proposal_content(proposal),
            at=now,
        )
        _announce(proposal_made, proposal)
    return Made(proposal, secret)


def located(document: Document, pointer: Pointer) -> tuple[Edition, int, int]:
    """Return the span that a form means; raises :class:`CommentRefused` for the field *exact*."""
    try:
        return locate(document, pointer)
    except PassageRefused as refusal:
        raise CommentRefused(FieldError("exact", str(refusal))) from refusal


def _passage(document: Document, draft: ProposalDraft) -> Passage:
    if document.edition_id is None:
        raise ThreadNotOpen(FieldError("exact", "This story is not published."))
    if document.withdrawn_at is not None:
        raise ThreadNotOpen(
            FieldError("exact", "This story was withdrawn; no corrections can be proposed.")
        )
    assert document.edition is not None
    if document.edition.kind == EditionKind.RETRACTION:
        raise ThreadNotOpen(
            FieldError(
                "exact",
                "This story was retracted: its text is no longer printed, so there is nothing in it"
                " to correct.",
            )
        )
    passage = keep_passage(*located(document, draft.pointer))
    if passage.status not in (PlacementStatus.INTACT, PlacementStatus.MOVED):
        raise CommentRefused(FieldError("exact", _gone(document, passage)))
    if normal_space(passage.exact) == draft.replacement:
        raise CommentRefused(
            FieldError("replacement", "These are the words that stand there already.")
        )
    return passage


def _gone(document: Document, passage: Passage) -> str:
    assert document.edition is not None
    edition = document.edition
    if passage.placed_start is None:
        return f"These words are not in edition {edition.number}, which is in force now."
    now = edition.canonical_text[passage.placed_start : passage.placed_end]
    return (
        f"Edition {edition.number} has other words there by now: “{now}”. Propose a correction of"
        " those, if one is needed."
    )


def _form_key(key: str, document: Document, draft: ProposalDraft, name: str) -> str:
    """Return what one form proposes once by: its key, bound to the place and the words."""
    pointer = draft.pointer
    said = (key, str(document.pk), str(pointer), draft.replacement, draft.reason, name)
    return _digest("\x00".join(said))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def proposal_content(proposal: Proposal) -> dict[str, object]:
    """Return what the journal's digest of a proposal is made of."""
    passage = proposal.passage
    return {
        "edition": passage.edition_id,
        "start": passage.start,
        "end": passage.end,
        "exact": passage.exact,
        "replacement": proposal.replacement,
        "reason": proposal.reason,
        "source_url": proposal.source_url,
        "name": proposal.name,
        "proposed_at": proposal.proposed_at.astimezone(dt.UTC).isoformat(),
    }


def decision_content(proposal: Proposal) -> dict[str, object]:
    """Return what the journal's digest of a decision is made of."""
    return {
        "state": proposal.state,
        "by": proposal.decided_by,
        "reason": proposal.decision_reason,
        "edition": proposal.edition_id,
        "duplicate_of": proposal.duplicate_of_id,
    }


def lock_open(proposal_id: int) -> Proposal:
    """Return an open proposal whose document is locked until the running transaction ends.

    Raises :class:`ProposalDecided`: somebody else was faster.
    """
    found = Proposal.objects.only("document_id").get(pk=proposal_id)
    document = lock_document(found.document_id)
    proposal = Proposal.objects.select_related("passage", "passage__edition", "account").get(
        pk=proposal_id
    )
    proposal.document = document
    if not proposal.is_open:
        raise ProposalDecided(proposal)
    return proposal


@transaction.atomic
def record_acceptance(
    *,
    proposal_id: int,
    edition: Edition,
    by: str,
    in_part: bool = False,
    reason: str = "",
    at: dt.datetime | None = None,
) -> Proposal:
    """Say that an edition carried a proposal out; called in the transaction that appends it.

    Other open proposals of the same words at the same place become its duplicates.
    """
    state = ProposalState.ACCEPTED_IN_PART if in_part else ProposalState.ACCEPTED
    proposal = _decide(proposal_id, state, by=by, reason=reason, edition=edition, at=at)
    for other in Proposal.objects.filter(
        document=proposal.document_id,
        passage=proposal.passage_id,
        replacement=proposal.replacement,
        state=ProposalState.OPEN,
    ):
        mark_duplicate(proposal_id=other.pk, of_id=proposal.pk, by=by)
    return proposal


@transaction.atomic
def decline(*, proposal_id: int, by: str, reason: str) -> Proposal:
    """Decline a proposal; the reason is shown to everybody."""
    if not reason.strip():
        raise DecisionRefused("Say why it is declined: the reader, and everybody else, is told.")
    return _decide(proposal_id, ProposalState.DECLINED, by=by, reason=reason)


@transaction.atomic
def mark_duplicate(*, proposal_id: int, of_id: int, by: str) -> Proposal:
    """Say that a proposal says the same as another of the same story."""
    original = Proposal.objects.filter(pk=of_id).exclude(pk=proposal_id).first()
    proposal = Proposal.objects.get(pk=proposal_id)
    if original is None or original.document_id != proposal.document_id:
        raise DecisionRefused(f"There is no other proposal {of_id} on this story.")
    if original.duplicate_of_id:
        raise DecisionRefused(f"Proposal {of_id} is a duplicate itself; name the one it repeats.")
    return _decide(proposal_id, ProposalState.DUPLICATE, by=by, duplicate_of=original)


@transaction.atomic
def withdraw(*, proposal_id: int, key: str = "", account: Account | None = None) -> Proposal:
    """Take one's own proposal back, by the key that was given out or as the account that made it."""
    proposal = Proposal.objects.get(pk=proposal_id)
    if not may_withdraw(proposal, key=key, account=account):
        raise DecisionRefused("Only who proposed this can withdraw it.")
    return _decide(proposal_id, ProposalState.WITHDRAWN, by="")


def may_withdraw(proposal: Proposal, *, key: str = "", account: Account | None = None) -> bool:
    if account is not None and proposal.account_id == account.pk:
        return True
    return bool(key) and hmac.compare_digest(_digest(key), proposal.withdrawal_digest)


def _decide(
    proposal_id: int,
    state: ProposalState,
    *,
    by: str,
    reason: str = "",
    edition: Edition | None = None,
    duplicate_of: Proposal | None = None,
    at: dt.datetime | None = None,
) -> Proposal:
    proposal = lock_open(proposal_id)
    assert (edition is not None) == (state in CARRIED_OUT)
    proposal.state = state
    proposal.decided_at = at or clock.now()
    proposal.decided_by = by[:150]
    proposal.decision_reason = reason.strip()[:MAX_REASON]
    proposal.edition = edition
    proposal.duplicate_of = duplicate_of
    proposal.save(
        update_fields=[
            *("state", "decided_at", "decided_by", "decision_reason", "edition", "duplicate_of")
        ]
    )
    journal.append_entry(
        document=proposal.document,
        kind=EntryKind.DECISION,
        reference=f"proposal/{proposal.pk}/{state.value}",
        content=decision_content(proposal),
        at=proposal.decided_at,
    )
    _announce(proposal_decided, proposal)
    return proposal


def _announce(signal: object, proposal: Proposal) -> None:
    transaction.on_commit(
        lambda: signal.send_robust(sender=Proposal, proposal=proposal),  # type: ignore[attr-defined]
        robust=True,
    )
