"""Storylines: documents in order that tell how one matter went on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

MAX_HEADLINE = 120
MAX_STANDFIRST = 600
MAX_SLUG = 80
"""Characters."""


class Storyline(models.Model):
    """One matter that several stories are about; what it is called now, and where it stands.

    Earlier wordings and addresses are kept, so that a past moment shows what it was called then and
    old links lead on.
    """

    headline = models.CharField(max_length=MAX_HEADLINE)
    slug = models.SlugField(max_length=MAX_SLUG, unique=True)
    standfirst = models.TextField(
        blank=True, max_length=MAX_STANDFIRST, help_text="What the matter is, in a sentence or two."
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["headline", "id"]

    def __str__(self) -> str:
        return self.headline

    @property
    def path(self) -> str:
        return f"/storyline/{self.slug}/"

    def stories_on_it(self) -> int:
        """Return how many stories stand on it now. One statement."""
        return self.places.filter(until=None).count()


class StorylineWording(models.Model):
    """What a storyline was called from an instant on; the last one is what it is called now."""

    storyline = models.ForeignKey(Storyline, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveIntegerField(help_text="From 1.")
    headline = models.CharField(max_length=MAX_HEADLINE)
    standfirst = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["storyline_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["storyline", "number"], name="record_storyline_wording_number"
            ),
        ]

    def __str__(self) -> str:
        return f"wording {self.number} of storyline {self.storyline_id}"


class StorylineSlug(models.Model):
    """A slug that a storyline has or had; old ones redirect for ever."""

    slug = models.SlugField(max_length=MAX_SLUG, unique=True)
    storyline = models.ForeignKey(Storyline, on_delete=models.CASCADE, related_name="slugs")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.slug


class StorylinePlace(models.Model):
    """A document on a storyline, from an instant until another one, or until now.

    Their order is that in which the documents were first published.
    """

    storyline = models.ForeignKey(Storyline, on_delete=models.PROTECT, related_name="places")
    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="storyline_places"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["storyline", "document"],
                condition=Q(until=None),
                name="record_storyline_place_once",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="record_storyline_place_span",
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.document_id} on storyline {self.storyline_id}"
