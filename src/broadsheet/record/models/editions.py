"""Editions: every published version of a document, never changed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from broadsheet.record.content import EditionContent
from broadsheet.record.enums import KINDS_WITH_NOTE, EditionKind, NotePlacement


class EditionIsImmutable(TypeError):
    """Somebody tried to change or delete a published edition."""


class Edition(models.Model):
    """One published version of a document.

    Holds all that is needed to print it for ever: the structured content, the body as HTML, and the
    canonical text that passages refer to. A database trigger refuses to change or delete a row, unless
    an erasure by law is under way (see record/erasure.py).
    """

    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="editions"
    )
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField(help_text="Whole seconds: the public resolution of time.")
    kind = models.CharField(max_length=16, choices=EditionKind)
    note = models.TextField(blank=True, help_text="What readers are told about this edition.")
    credit = models.CharField(max_length=120, blank=True, help_text="Who spotted it.")
    note_placement = models.CharField(max_length=8, choices=NotePlacement, blank=True)
    published_by = models.CharField(max_length=150, blank=True)
    approved_by = models.CharField(
        max_length=150, blank=True, help_text="The second editor, where one is asked for."
    )
    reason = models.TextField(
        blank=True,
        help_text="Public: why it is minor although it touches facts, or why it comes late.",
    )

    headline = models.CharField(max_length=300)
    short_headline = models.CharField(max_length=120, blank=True)
    standfirst = models.TextField(blank=True)
    content_data = models.JSONField()
    body_html = models.TextField(blank=True)
    canonical_text = models.TextField(blank=True)
    word_count = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, help_text="SHA-256 of all of the above, hexadecimal.")
    withheld_at = models.DateTimeField(null=True, help_text="When its words were erased by law.")
    withheld_reason = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Public: why."
    )

    authors = models.ManyToManyField(
        "record.Author", through="record.EditionAuthor", related_name="editions"
    )
    topics = models.ManyToManyField(
        "record.Topic", through="record.EditionTopic", related_name="editions"
    )

    class Meta:
        ordering = ["document_id", "number"]
        indexes = [
            models.Index(
                fields=["document", "-published_at", "-number"], name="record_edition_as_of"
            ),
            # Corrections are few among all editions; their list is read by kind, the newest first.
            models.Index(fields=["kind", "-published_at", "-id"], name="record_edition_of_kind"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="record_edition_number"),
            models.UniqueConstraint(
                fields=["document", "published_at"], name="record_edition_own_second"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="record_edition_from_one"),
            models.CheckConstraint(
                condition=Q(kind__in=EditionKind.values), name="record_edition_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(number=1) | Q(kind=EditionKind.ORIGINAL),
                name="record_edition_first_is_original",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(KINDS_WITH_NOTE)) | ~Q(note=""),
                name="record_edition_note_where_due",
            ),
        ]

    def __str__(self) -> str:
        return f"edition {self.number} of {self.document_id}"

    @property
    def content(self) -> EditionContent:
        return EditionContent.from_data(self.content_data)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the edition; an existing one cannot be saved again."""
        if not self._state.adding:
            raise EditionIsImmutable(f"{self} is published and cannot be changed")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise EditionIsImmutable(f"{self} is published and cannot be deleted")


class EditionAuthor(models.Model):
    """An author's place in the byline of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT)
    author = models.ForeignKey("record.Author", on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["edition_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "author"], name="record_byline_author_once"),
            models.UniqueConstraint(fields=["edition", "position"], name="record_byline_position"),
        ]


class EditionTopic(models.Model):
    """A topic of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT)
    topic = models.ForeignKey("record.Topic", on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "topic"], name="record_edition_topic_once"),
        ]
