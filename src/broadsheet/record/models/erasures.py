"""What a law took from editions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from broadsheet.record.enums import ErasureKind


class Erasure(models.Model):
    """Words of an edition that were erased, with the public reason. What they were is kept nowhere.

    While it ``is_open``, within one transaction, the guards of the database let the edition and what
    hangs on it be changed.
    """

    edition = models.ForeignKey("record.Edition", on_delete=models.PROTECT, related_name="erasures")
    kind = models.CharField(max_length=16, choices=ErasureKind)
    reason = models.CharField(max_length=300, blank=True, help_text="For everybody to read.")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="Of the edition as it was left.")
    is_open = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ErasureKind.values), name="record_erasure_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind=ErasureKind.EDITION) | ~Q(reason=""),
                name="record_erasure_of_edition_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.kind} in edition {self.edition_id}"
