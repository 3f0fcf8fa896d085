"""Proposed corrections as readers see them: the difference, and what was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.passages import ParagraphChange, align, difference

_SAID = {
    ProposalState.OPEN: "Open",
    ProposalState.ACCEPTED: "Accepted",
    ProposalState.ACCEPTED_IN_PART: "Accepted in part",
    ProposalState.DECLINED: "Declined",
    ProposalState.DUPLICATE: "Proposed before",
    ProposalState.WITHDRAWN: "Withdrawn",
}


@dataclass(frozen=True)
class ProposalView:
    """A proposal with its decision."""

    proposal: Proposal
    change: Sequence[ParagraphChange]
    decided: Moment | None
    path: str

    @property
    def state(self) -> str:
        return self.proposal.state

    @property
    def verdict(self) -> str:
        return _SAID[ProposalState(self.proposal.state)]

    @property
    def own_path(self) -> str:
        return f"/proposal/{self.proposal.pk}/"

    @property
    def duplicate_path(self) -> str:
        return f"/proposal/{self.proposal.duplicate_of_id}/"

    @property
    def difference_path(self) -> str:
        """The difference that the edition made which carried it out."""
        edition = self.proposal.edition
        return f"{self.path}changes/?to={edition.number}#difference" if edition else ""


def proposal_view(proposal: Proposal, *, zone: dt.tzinfo, path: str) -> ProposalView:
    before, after = proposal.passage.exact, proposal.proposed
    return ProposalView(
        proposal,
        difference(align(before, after), before, after),
        moment(proposal.decided_at, zone) if proposal.decided_at else None,
        path,
    )
