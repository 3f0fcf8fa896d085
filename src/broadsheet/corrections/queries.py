"""What is asked of the corrections. ``at`` is a moment; ``None`` means now."""

from __future__ import annotations

import copy
import datetime as dt
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal


def proposals_by_comment(
    comment_ids: Iterable[int], at: dt.datetime | None = None
) -> dict[int, Proposal]:
    """Return the proposals that stand in a thread, by comment, as they stood. One statement.

    One that was decided after ``at`` is open in what is returned.
    """
    return _by_comment(_told().filter(comment__in=list(comment_ids)), at)


def proposals_of_story(
    edition_ids: Iterable[int], comment_ids: Iterable[int], at: dt.datetime | None = None
) -> tuple[dict[int, list[Proposal]], dict[int, Proposal]]:
    """Return the proposals that editions carried out, by edition, and those that stand in a thread,
    as :func:`proposals_by_comment`. One statement for both."""
    found = list(
        _told().filter(Q(edition__in=list(edition_ids)) | Q(comment__in=list(comment_ids)))
    )
    by_edition: dict[int, list[Proposal]] = {}
    for proposal in found:
        if proposal.edition_id is not None:
            by_edition.setdefault(proposal.edition_id, []).append(proposal)
    shown = set(comment_ids)
    return by_edition, _by_comment(
        # A copy: what is open in the thread may be carried out in a later edition that is told of.
        [copy.copy(proposal) for proposal in found if proposal.comment_id in shown],
        at,
    )


def _told() -> QuerySet[Proposal]:
    return Proposal.objects.select_related("passage", "edition", "duplicate_of").order_by("pk")


def _by_comment(found: Iterable[Proposal], at: dt.datetime | None) -> dict[int, Proposal]:
    proposals = {
        proposal.comment_id: proposal for proposal in found if proposal.comment_id is not None
    }
    if at is not None:
        for proposal in proposals.values():
            if proposal.decided_at and proposal.decided_at > at:
                _reopen(proposal)
    return proposals


def _reopen(proposal: Proposal) -> None:
    """Show a proposal as it was before the decision; never saved."""
    proposal.state = ProposalState.OPEN
    proposal.decided_at = proposal.edition = proposal.duplicate_of = None
    proposal.decided_by = proposal.decision_reason = ""


@dataclass(frozen=True)
class Figures:
    """How proposals fared: counts by state, and the median time to a decision."""

    by_state: dict[str, int]
    median: dt.timedelta | None

    @property
    def total(self) -> int:
        return sum(self.by_state.values())


def figures() -> Figures:
    """Return the figures of all proposals. One statement."""
    by_state = dict.fromkeys(ProposalState.values, 0)
    waits: list[float] = []
    rows = Proposal.objects.values_list("state", "proposed_at", "decided_at")
    for state, proposed_at, decided_at in rows.iterator(chunk_size=2_000):
        by_state[state] += 1
        if decided_at and state != ProposalState.WITHDRAWN:
            waits.append((decided_at - proposed_at).total_seconds())
    median = dt.timedelta(seconds=round(statistics.median(waits))) if waits else None
    return Figures(by_state, median)
