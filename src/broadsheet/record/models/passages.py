"""Passages: spans of an edition that somebody spoke about, and where they stand now."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from broadsheet.passages import QuoteSelector
from broadsheet.record.enums import PlacementStatus


class Passage(models.Model):
    """A span of one edition: its words with what stands around them, and its position.

    What was marked never changes (a database trigger refuses it). ``placed_in``, ``status``,
    ``placed_start``, ``placed_end`` and ``changed_in`` say what became of it in the edition in
    force; they are computed when an edition is appended, so that reading costs nothing. Offsets
    count code points of the canonical text, the end is exclusive.
    """

    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="passages"
    )
    edition = models.ForeignKey("record.Edition", on_delete=models.PROTECT, related_name="passages")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    exact = models.TextField()
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)

    placed_in = models.ForeignKey("record.Edition", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=PlacementStatus)
    placed_start = models.PositiveIntegerField(null=True)
    placed_end = models.PositiveIntegerField(null=True)
    changed_in = models.ForeignKey(
        "record.Edition",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Since which edition it stands so; null while it is intact.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "start", "end"], name="record_passage_once"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="record_passage_span"),
            models.CheckConstraint(
                condition=Q(status__in=PlacementStatus.values), name="record_passage_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status=PlacementStatus.REMOVED, placed_start=None, placed_end=None)
                | Q(placed_end__gt=F("placed_start")),
                name="record_passage_placed",
            ),
        ]

    def __str__(self) -> str:
        return f"passage {self.pk}: {self.exact[:60]}"

    @property
    def quote(self) -> QuoteSelector:
        return QuoteSelector(self.exact, self.prefix, self.suffix)
