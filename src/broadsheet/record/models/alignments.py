"""Alignments of consecutive editions, computed once."""

from __future__ import annotations

from django.db import models

from broadsheet.passages.alignment import Alignment


class EditionAlignment(models.Model):
    """How the canonical text of one edition became that of the next in time."""

    earlier = models.ForeignKey(
        "record.Edition", on_delete=models.PROTECT, related_name="alignments_onward"
    )
    later = models.ForeignKey(
        "record.Edition", on_delete=models.PROTECT, related_name="alignments_back"
    )
    data = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="record_alignment_once"),
            models.CheckConstraint(
                condition=~models.Q(earlier=models.F("later")), name="record_alignment_of_two"
            ),
        ]

    def __str__(self) -> str:
        return f"alignment of {self.earlier_id} and {self.later_id}"

    @property
    def alignment(self) -> Alignment:
        return Alignment.from_data(self.data)
