"""What is said about an edition after it came out: notes that supersede, and where it is from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class NoteRevision(models.Model):
    """A later wording of an edition's note. The one before it stays readable."""

    edition = models.ForeignKey(
        "record.Edition", on_delete=models.PROTECT, related_name="note_revisions"
    )
    number = models.PositiveIntegerField(help_text="From 1; the edition's own note comes before.")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["edition_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="record_note_number"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & ~Q(text=""), name="record_note_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.number} on edition {self.edition_id}"


class Reconstruction(models.Model):
    """Says that an edition was added afterwards: when, by whom, and from what evidence."""

    edition = models.OneToOneField(
        "record.Edition",
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="reconstruction",
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)
    evidence = models.TextField(help_text="Readers’ quotations, a saved copy: what it rests on.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(evidence=""), name="record_reconstruction_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"reconstruction of edition {self.edition_id}"
