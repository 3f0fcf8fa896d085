"""Read back what the journal's entries about proposals were made of."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.corrections.actions import decision_content, proposal_content
from broadsheet.corrections.models import Proposal
from broadsheet.record import journal
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import JournalEntry


def _proposals(entries: Sequence[JournalEntry]) -> dict[int, Proposal]:
    numbers = {entry.pk: int(entry.reference.split("/")[1]) for entry in entries}
    found = Proposal.objects.filter(
        pk__in=list(numbers.values()), document=entries[0].document_id
    ).select_related("passage")
    by_id = {proposal.pk: proposal for proposal in found}
    return {pk: by_id[number] for pk, number in numbers.items() if number in by_id}


def _load_proposals(entries: Sequence[JournalEntry]) -> dict[int, object]:
    return {pk: proposal_content(proposal) for pk, proposal in _proposals(entries).items()}


def _load_decisions(entries: Sequence[JournalEntry]) -> dict[int, object]:
    return {pk: decision_content(proposal) for pk, proposal in _proposals(entries).items()}


def register() -> None:
    journal.register_content(EntryKind.PROPOSAL, _load_proposals)
    journal.register_content(EntryKind.DECISION, _load_decisions)
