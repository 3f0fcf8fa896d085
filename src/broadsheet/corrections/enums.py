"""The fixed vocabulary of proposals."""

from django.db import models


class ProposalState(models.TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    ACCEPTED_IN_PART = "accepted_in_part", "Accepted in part"
    DECLINED = "declined", "Declined"
    DUPLICATE = "duplicate", "Duplicate"
    WITHDRAWN = "withdrawn", "Withdrawn"


CARRIED_OUT = frozenset({ProposalState.ACCEPTED, ProposalState.ACCEPTED_IN_PART})
"""States that an edition stands behind."""
