"""Erasing the words of an edition, because a court, a law or somebody’s safety asks for it.

What the newsroom published is restricted, not what a reader provided: nobody is owed a statement of
reasons, and everybody is told the reason.
"""

from __future__ import annotations

from django.db import transaction

from broadsheet.moderation.deciding import DecisionRefused, Ruling, keep_decision
from broadsheet.moderation.enums import Measure
from broadsheet.moderation.models import Decision
from broadsheet.readers.models import Account
from broadsheet.record.erasure import ErasureRefused, withhold_edition


@transaction.atomic
def redact_edition(*, edition_id: int, ruling: Ruling, by: Account) -> Decision:
    """Erase all words of an edition for good, with a public reason. Raises :class:`DecisionRefused`."""
    assert ruling.measure == Measure.WITHHELD
    ruling = ruling.checked()
    try:
        erasure = withhold_edition(edition_id=edition_id, reason=ruling.reason)
    except ErasureRefused as refusal:
        raise DecisionRefused(str(refusal)) from refusal
    return keep_decision(
        ruling,
        by=by,
        batch="",
        document_id=erasure.edition.document_id,
        is_by_editor=True,
    )
