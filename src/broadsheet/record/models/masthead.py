"""What stands around the stories: the publication, its sections, authors and topics."""

from __future__ import annotations

import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from broadsheet.record.addresses import check_section_slug
from broadsheet.record.enums import TopicKind


def check_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            f"“{name}” is not a time zone; use a name such as Europe/London."
        ) from error


class Publication(models.Model):
    """The one publication of this store."""

    ONLY = 1

    name = models.CharField(max_length=120, default="Broadsheet")
    motto = models.CharField(max_length=200, blank=True, help_text="Stands under the name.")
    about = models.TextField(blank=True, help_text="A few sentences for the foot of each page.")
    notice = models.CharField(
        max_length=300, blank=True, help_text="A line above every page; empty: no line."
    )
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    language = models.CharField(max_length=16, default="en", help_text="BCP 47, such as en-GB.")
    lead = models.ForeignKey(
        "record.Document",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Leads the front page; empty: the newest story with a picture.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="record_publication_is_only_one"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Section(models.Model):
    slug = models.SlugField(max_length=60, unique=True, validators=[check_section_slug])
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_listed = models.BooleanField(default=True, help_text="Stands in the head of each page.")

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Author(models.Model):
    """Someone who writes stories: the profile behind a byline."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, blank=True)
    biography = models.TextField(blank=True)
    disclosure = models.CharField(
        max_length=200, blank=True, help_text="Stands beside the name, such as “owns shares of X”."
    )
    picture = models.JSONField(null=True, blank=True, editable=False)
    """A :class:`broadsheet.record.pictures.Picture` as data, or null."""
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="author",
        help_text="Comments written from this account carry the author’s mark.",
    )

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """A person, an organisation, a product or a place that stories are about."""

    kind = models.CharField(max_length=16, choices=TopicKind)
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="record_topic_kind_and_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=TopicKind.values), name="record_topic_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.slug = self.slug or slugify(self.name)
