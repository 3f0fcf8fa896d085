"""Documents: what is discussed, and where it stands."""

from __future__ import annotations

from django.db import models
from modelsearch import index

from broadsheet.record.enums import DocumentKind


class Document(index.Indexed, models.Model):
    """A story of ours, or a page elsewhere. Its id never changes, whatever its address or headline.

    ``head_sequence`` and ``head_digest`` are the end of its journal; they are changed under the
    document's lock only, so the sequence is the clock of the document.
    """

    kind = models.CharField(max_length=16, choices=DocumentKind, default=DocumentKind.STORY)
    authority = models.CharField(
        max_length=120,
        help_text="Who minted the id and in which year: news.example,2026 (RFC 4151).",
    )
    section = models.ForeignKey("record.Section", null=True, blank=True, on_delete=models.PROTECT)
    edition = models.OneToOneField(
        "record.Edition",
        null=True,
        on_delete=models.PROTECT,
        related_name="in_force_of",
        help_text="The edition in force now.",
    )
    first_published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    imported_at = models.DateTimeField(null=True)
    source = models.CharField(
        max_length=200, blank=True, help_text="Where an imported document came from."
    )
    source_key = models.CharField(
        max_length=64, blank=True, help_text="What makes it the same document when imported again."
    )
    head_sequence = models.PositiveBigIntegerField(default=0)
    head_digest = models.BinaryField(max_length=32, default=bytes)

    current_addresses: list[Address]
    """The current address; set by ``queries.editions_in_force``."""

    search_fields = [
        index.SearchField("search_headline", boost=4),
        index.SearchField("search_standfirst", boost=2),
        index.SearchField("search_text"),
        index.FilterField("edition"),
        index.FilterField("withdrawn_at"),
    ]

    class Meta:
        indexes = [
            models.Index(fields=["-first_published_at", "-id"], name="record_document_newest")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=DocumentKind.values), name="record_document_kind_known"
            ),
            models.UniqueConstraint(
                fields=["source_key"],
                condition=~models.Q(source_key=""),
                name="record_document_source_once",
            ),
        ]

    def __str__(self) -> str:
        return self.urn

    @property
    def urn(self) -> str:
        """The immutable name, a tag URI (RFC 4151): ``tag:news.example,2026:story/412``."""
        return f"tag:{self.authority}:{self.kind}/{self.pk}"

    def search_headline(self) -> str:
        return self.edition.headline if self.edition else ""

    def search_standfirst(self) -> str:
        return self.edition.standfirst if self.edition else ""

    def search_text(self) -> str:
        return self.edition.canonical_text if self.edition else ""


class Address(models.Model):
    """A path at which a document stands or stood; old ones redirect for ever."""

    path = models.CharField(max_length=300, unique=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="addresses")
    since = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(is_current=True),
                name="record_address_one_current",
            ),
        ]

    def __str__(self) -> str:
        return self.path
