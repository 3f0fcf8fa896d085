"""Erasing a person from the corrections, and telling what is kept about one.

What was proposed stays: an edition may rest on it, and whoever decided must be able to answer for it.
"""

from __future__ import annotations

from typing import Any

from broadsheet.corrections.actions import withdraw
from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal, ProposalContact, ProposalSubmission
from broadsheet.press.keys import change_after_commit
from broadsheet.readers.actions import confirmed_address
from broadsheet.readers.export import text_of
from broadsheet.readers.models import Account
from broadsheet.record.actions import lock_documents
from broadsheet.record.enums import EntryKind
from broadsheet.record.keys import STORIES, document_key
from broadsheet.record.models import JournalEntry


def erase_proposer(sender: object, account: Account, *, keeps_words: bool, **_: Any) -> None:
    """Take an account out of what it proposed; its reasons go with the words, if these go.

    What is still open is withdrawn then. Called while the account is erased, in the same transaction.
    """
    if email := confirmed_address(account):
        # What was proposed as a guest with this address is the account's own.
        contacts = ProposalContact.objects.filter(email__iexact=email)
        Proposal.objects.filter(account=None, contact__in=contacts).update(account=account)
    ProposalContact.objects.filter(email__iexact=account.email).delete()
    proposals = list(Proposal.objects.filter(account=account).order_by("pk"))
    documents = lock_documents({each.document_id for each in proposals})
    for proposal in proposals:
        if not keeps_words and proposal.state == ProposalState.OPEN:
            withdraw(proposal_id=proposal.pk, account=account)
        ProposalContact.objects.filter(proposal=proposal).delete()
        ProposalSubmission.objects.filter(proposal=proposal).delete()
        JournalEntry.objects.filter(
            document=documents[proposal.document_id],
            kind=EntryKind.PROPOSAL,
            reference=f"proposal/{proposal.pk}",
        ).update(salt=None)
        said = {} if keeps_words else {"reason": "", "source_url": ""}
        Proposal.objects.filter(pk=proposal.pk).update(
            name="", account=None, author=None, wants_credit=False, withdrawal_digest="", **said
        )
    for pk in documents:
        change_after_commit(document_key(pk), STORIES, withdraws=True)


def proposals_of(account: Account) -> list[dict[str, Any]]:
    """Return all that an account proposed. One statement."""
    proposals = Proposal.objects.filter(account=account).select_related("passage").order_by("pk")
    return [
        {
            "address": f"/proposal/{each.pk}/",
            "words": each.passage.exact,
            "replacement": each.replacement,
            "reason": each.reason,
            "source": each.source_url,
            "name": each.name,
            "wants_credit": each.wants_credit,
            "proposed_at": text_of(each.proposed_at),
            "state": each.state,
            "decided_at": text_of(each.decided_at),
            "decision_reason": each.decision_reason,
        }
        for each in proposals
    ]
