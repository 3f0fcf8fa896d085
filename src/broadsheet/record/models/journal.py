"""The journal: per document, the ordered entries of all that happened."""

from __future__ import annotations

from django.db import models

from broadsheet.record.enums import EntryKind


class JournalEntry(models.Model):
    """One thing that happened to a document.

    ``digest`` chains the entry to the one before it; ``content_digest`` is a digest of the content
    with ``salt``, so content and salt can be erased lawfully and the chain still checks.
    """

    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="journal"
    )
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=EntryKind)
    reference = models.CharField(max_length=80, help_text="What it is about, such as edition/2.")
    salt = models.BinaryField(max_length=16, null=True)
    content_digest = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["document_id", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "sequence"], name="record_journal_sequence"
            ),
            models.CheckConstraint(
                condition=models.Q(sequence__gte=1), name="record_journal_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.sequence} of {self.document_id}: {self.kind} {self.reference}"
