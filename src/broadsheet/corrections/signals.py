"""What the corrections announce, after the commit."""

from django.dispatch import Signal

proposal_made = Signal()
"""``proposal``: a reader proposed a correction."""

proposal_decided = Signal()
"""``proposal``: it was accepted, declined, found a duplicate, or withdrawn."""
