"""The publication's tree at the desk: one front page, sections below it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from broadsheet.desk.deletion import KeepsPublishedStories
from broadsheet.record.actions import unlist_section
from broadsheet.record.addresses import check_section_slug
from broadsheet.record.models import Section


class FrontPage(KeepsPublishedStories, Page):
    """The root of the publication at the desk."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["desk.SectionPage"]
    private_page_options: list[str] = []
    max_count = 1
    preview_modes: list[tuple[str, str]] = []

    class Meta:
        verbose_name = "front page"

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str] | None:
        parts = super().get_url_parts(request)
        return (parts[0], settings.ORIGIN, "/") if parts else None


class SectionPage(KeepsPublishedStories, Page):
    """A section; saving it live keeps the record's section up to date."""

    description = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0, help_text="Low numbers stand first.")
    section = models.OneToOneField(
        "record.Section", null=True, blank=True, editable=False, on_delete=models.PROTECT
    )

    parent_page_types = ["desk.FrontPage"]
    subpage_types = ["desk.StoryPage"]
    private_page_options: list[str] = []
    exclude_fields_in_copy = ["section"]
    preview_modes: list[tuple[str, str]] = []
    content_panels = [*Page.content_panels, FieldPanel("description"), FieldPanel("position")]

    class Meta:
        verbose_name = "section"

    def get_url_parts(self, request: Any = None) -> tuple[int, str | None, str | None] | None:
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        return parts[0], settings.ORIGIN, f"/{self.section.slug}/" if self.section else None

    def clean(self) -> None:
        super().clean()
        try:
            check_section_slug(self.slug)
        except ValidationError as error:
            raise ValidationError({"slug": error.messages}) from error
        if self.section and self.section.slug != self.slug:
            raise ValidationError({"slug": "A section keeps its address: links lead to it."})
        for name, limit in (("title", 80), ("slug", 60)):
            if len(getattr(self, name)) > limit:
                raise ValidationError({name: f"A section’s {name} has at most {limit} characters."})

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.live:
            known = self.section or Section.objects.filter(slug=self.slug).first()
            section = known or Section(slug=self.slug)
            section.name = self.title
            section.description, section.position = self.description, self.position
            section.is_listed = True
            section.save()
            self.section = section
        elif self.section:
            unlist_section(self.section.pk)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        section_id = self.section_id
        deleted = super().delete(*args, **kwargs)
        unlist_section(section_id)
        return deleted
