"""Erasing a person from the corrections, and telling what is kept about one.

That something was proposed and what was decided stays. What an edition took over is the publication’s
own by now and stays there; the words of the proposal go with the rest, if that is wanted, and the name
goes from the credits and notes that printed it.
"""

from __future__ import annotations

from typing import Any

from broadsheet import clock
from broadsheet.corrections.actions import withdraw
from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal, ProposalContact, ProposalSubmission
from broadsheet.press.keys import change_after_commit
from broadsheet.readers.actions import confirmed_address
from broadsheet.readers.export import text_of
from broadsheet.readers.models import Account
from broadsheet.record.actions import lock_documents
from broadsheet.record.enums import EntryKind
from broadsheet.record.erasure import MARK, erase_name
from broadsheet.record.keys import STORIES, document_key
from broadsheet.record.models import Edition, JournalEntry


def erase_proposer(sender: object, account: Account, *, keeps_words: bool, **_: Any) -> None:
    """Take an account out of what it proposed; its reasons go with the words, if these go.

    What is still open is withdrawn then. Called while the account is erased, in the same transaction.
    """
    if email := confirmed_address(account):
        # What was proposed as a guest with this address is the account's own.
        contacts = ProposalContact.objects.filter(email__iexact=email)
        Proposal.objects.filter(account=None, contact__in=contacts).update(account=account)
    ProposalContact.objects.filter(email__iexact=account.email).delete()
    proposals = list(
        Proposal.objects.filter(account=account).select_related("edition").order_by("pk")
    )
    documents = lock_documents({each.document_id for each in proposals})
    now = clock.now()
    for proposal in proposals:
        document = documents[proposal.document_id]
        if not keeps_words and proposal.state == ProposalState.OPEN:
            withdraw(proposal_id=proposal.pk, account=account)
        ProposalContact.objects.filter(proposal=proposal).delete()
        ProposalSubmission.objects.filter(proposal=proposal).delete()
        JournalEntry.objects.filter(
            document=document,
            kind=EntryKind.PROPOSAL,
            reference=f"proposal/{proposal.pk}",
        ).update(salt=None)
        if proposal.edition is not None and proposal.name:
            erase_name(document=document, edition=proposal.edition, name=proposal.name, at=now)
        said = (
            {}
            if keeps_words
            else {"reason": "", "source_url": "", "replacement": "", "words_erased_at": now}
        )
        Proposal.objects.filter(pk=proposal.pk).update(
            name="", account=None, author=None, wants_credit=False, withdrawal_digest="", **said
        )
    for pk in documents:
        change_after_commit(document_key(pk), STORIES, withdraws=True)


def let_salts_go(sender: object, edition: Edition, **_: Any) -> None:
    """When the words of an edition are erased by law, erase the salts of the entries that quote them.

    What was proposed in their place is a reader’s and stands in the discussion: it is redacted there.
    """
    quoting = Proposal.objects.filter(passage__edition=edition, passage__exact=MARK)
    references = [f"proposal/{pk}" for pk in quoting.values_list("pk", flat=True)]
    JournalEntry.objects.filter(
        document=edition.document_id, kind=EntryKind.PROPOSAL, reference__in=references
    ).update(salt=None)


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
