"""A story as editors work on it. Publishing it appends an edition to the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, HelpPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Orderable, Page, Revision

from broadsheet.desk.blocks import StoryBody
from broadsheet.desk.deletion import KeepsPublishedStories
from broadsheet.desk.forms import StoryForm
from broadsheet.desk.proposal_panels import ProposalsPanel
from broadsheet.record.enums import EditionKind, NotePlacement, Standing
from broadsheet.record.models import Document, Section
from broadsheet.record.queries import current_path


class BodyField(StreamField):
    """Keeps the definitions of blocks out of migrations: they change without the table changing."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _, _ = super().deconstruct()
        return name, path, [[]], {"blank": True}


EDITION_FIELDS = (
    "edition_kind",
    "edition_note",
    "edition_credit",
    "edition_reason",
    "edition_note_placement",
)
"""What the next edition is, as text; empty again when it is out."""


@dataclass(frozen=True)
class AnsweredFor:
    """What the rules of record are told beside the edition itself (see ``append_edition``)."""

    reason: str = ""
    approved_by: str = ""
    written_by: str = ""


class StoryPage(KeepsPublishedStories, Page):
    """A story at the desk. The headline is the page's title.

    ``EDITION_FIELDS`` say what the next edition is; they belong to a revision, and hold only for the
    edition that follows ``edition_after``, so an old choice is never used again for a later edition.
    """

    short_headline = models.CharField(
        max_length=120, blank=True, help_text="For lists and small screens."
    )
    standfirst = models.TextField(blank=True, help_text="The sentences under the headline.")
    dateline = models.CharField(
        max_length=80, blank=True, help_text="Where it was reported, if somebody was there: LEEDS."
    )
    lead_image = models.ForeignKey(
        get_image_model_string(), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lead_alt = models.CharField(
        "alternative text",
        max_length=400,
        blank=True,
        help_text="What the picture shows, for those who do not see it.",
    )
    lead_caption = models.CharField("caption", max_length=400, blank=True)
    lead_credit = models.CharField("credit", max_length=200, blank=True)
    standing = models.CharField(
        max_length=16,
        blank=True,
        choices=Standing,
        help_text="How sure it is what the story says. Leave it empty where nobody asks.",
    )
    standing_basis = models.CharField(
        "what it rests on",
        max_length=300,
        blank=True,
        help_text="Readers see it: two officials; the minutes; the company’s own word.",
    )
    body = BodyField(StoryBody(required=False), blank=True)

    document = models.OneToOneField(
        "record.Document",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="story_page",
    )
    edition_kind = models.CharField(
        "kind of edition",
        max_length=16,
        blank=True,
        choices=[choice for choice in EditionKind.choices if choice[0] != EditionKind.ORIGINAL],
    )
    edition_note = models.TextField(
        "note to readers",
        blank=True,
        help_text="What was wrong and what is right now, or what is new. It is never edited later.",
    )
    edition_credit = models.CharField(
        "spotted by", max_length=120, blank=True, help_text="Only with their consent."
    )
    edition_reason = models.TextField(
        "public reason",
        blank=True,
        help_text=(
            "Asked for in two cases: a minor edition that touches numbers, names, quotations, the"
            " headline or the standing and that no second editor has seen, and a correction that comes"
            " more than 30 days late. Readers see it in the history."
        ),
    )
    edition_note_placement = models.CharField(
        "place of the note", max_length=8, blank=True, choices=NotePlacement
    )
    edition_after = models.PositiveIntegerField(null=True, blank=True, editable=False)

    answered_for: AnsweredFor | None = None
    """Who answers for the edition that is being published, and why; never stored with the page."""

    parent_page_types = ["desk.SectionPage"]
    subpage_types: list[str] = []
    private_page_options: list[str] = []
    exclude_fields_in_copy = [
        "document",
        *EDITION_FIELDS,
        "edition_after",
    ]
    base_form_class = StoryForm

    content_panels = [
        HelpPanel(template="desk/story_status.html"),
        ProposalsPanel(),
        FieldPanel("title", heading="Headline", help_text="At most about 110 characters."),
        FieldPanel("short_headline"),
        FieldPanel("standfirst"),
        InlinePanel("byline", heading="Byline", label="Author"),
        FieldPanel("dateline"),
        MultiFieldPanel(
            [
                FieldPanel("lead_image"),
                FieldPanel("lead_alt"),
                FieldPanel("lead_caption"),
                FieldPanel("lead_credit"),
            ],
            heading="Lead image",
        ),
        MultiFieldPanel([FieldPanel("standing"), FieldPanel("standing_basis")], heading="Standing"),
        FieldPanel("body"),
        InlinePanel("story_topics", heading="Topics", label="Topic"),
        InlinePanel(
            "story_storylines",
            heading="Storylines",
            label="Storyline",
            help_text=(
                "The matters that this story goes on with. Published alone, without another change"
                " of the text, they make no edition."
            ),
        ),
        MultiFieldPanel(
            [
                FieldPanel("edition_kind", widget=forms.RadioSelect),
                FieldPanel("edition_note"),
                FieldPanel("edition_note_placement"),
                FieldPanel("edition_credit"),
                FieldPanel("edition_reason"),
            ],
            heading="This edition",
            help_text="For a story that is out: say what this edition is before you publish it.",
        ),
    ]
    promote_panels = [FieldPanel("slug")]

    class Meta:
        verbose_name = "story"
        verbose_name_plural = "stories"

    @property
    def section(self) -> Section | None:
        """The record's section of the page above."""
        from broadsheet.desk.models.sections import SectionPage

        parent = self.get_parent()
        specific = parent.specific if parent else None
        return specific.section if isinstance(specific, SectionPage) else None

    @property
    def editions_published(self) -> int:
        """The number of the edition in force as this object knows it; 0 if it was never out."""
        return self.document.edition.number if self.document and self.document.edition else 0

    @property
    def edition_choice_is_stale(self) -> bool:
        """Whether the kind and note were chosen for an edition that is out already."""
        return self.edition_after is not None and self.edition_after != self.editions_published

    def get_url_parts(self, request: Any = None) -> tuple[int, str | None, str | None] | None:
        """Return the paper's address, so that links, choosers and "view live" lead there."""
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        path = current_path(self.document_id) if self.document_id else None
        return (parts[0], settings.ORIGIN, path) if path else (parts[0], None, None)

    def clean(self) -> None:
        super().clean()
        if self.lead_image_id and not self.lead_alt.strip():
            raise ValidationError({"lead_alt": "Say what the lead image shows."})
        if self.standing and not self.standing_basis.strip():
            raise ValidationError({"standing_basis": "Say what the standing rests on."})
        if self.standing_basis.strip() and not self.standing:
            raise ValidationError({"standing": "Choose the standing that rests on it."})

    def with_content_json(self, content: dict[str, Any]) -> StoryPage:
        """Return a revision's content as a page; which document it is was never the revision's to say."""
        page = super().with_content_json(content)
        page.document = self.document
        return page

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save a revision; what is chosen now is for the edition after the one in force."""
        if self.edition_choice_is_stale:
            for name in EDITION_FIELDS:
                setattr(self, name, "")
        is_chosen = any(getattr(self, name) for name in EDITION_FIELDS)
        self.edition_after = self.editions_published if is_chosen else None
        return super().save_revision(*args, **kwargs)

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> Any:
        """Publish a revision; ``user`` is remembered as the one who let it out."""
        from broadsheet.desk.approval import publishing_as

        with publishing_as(user):
            return super().publish(revision, user=user, **kwargs)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page; if that publishes it, append the edition in the same transaction."""
        from broadsheet.desk import editions

        fields = kwargs.get("update_fields")
        if fields is not None and not {"live", "live_revision"} & set(fields):
            super().save(*args, **kwargs)
            return
        was_live, old_revision, document_id = self._lock_stored_state()
        # An object that was loaded before somebody else published does not know the document.
        if self.document is None and document_id is not None:
            self.document = Document.objects.get(pk=document_id)
        super().save(*args, **kwargs)
        is_live, revision, _ = self._lock_stored_state()
        if self.alias_of_id:
            return
        if is_live and (not was_live or revision != old_revision):
            # A page that went live without a revision publishes nothing new by its first one.
            editions.publish(
                self,
                only_if_changed=was_live and old_revision is None,
                replaces=old_revision,
            )
        elif was_live and not is_live:
            editions.withdraw(self)

    def _lock_stored_state(self) -> tuple[bool, int | None, int | None]:
        """Return whether the stored page is live, by which revision, and its document's id.

        What is stored decides, and stays so until the transaction ends: two editors, or one who
        presses twice, publish one after the other.
        """
        stored = StoryPage.objects.select_for_update().filter(pk=self.pk)
        state = stored.values_list("live", "live_revision_id", "document_id").first()
        return state or (False, None, None)

    def save_as_recorded(self) -> None:
        """Save a page whose edition is in the record already (an imported story)."""
        super().save()

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """Show the paper's own page of an edition that is not saved."""
        from broadsheet.desk.editions import content_of
        from broadsheet.paper.views.story import preview_response

        return preview_response(content_of(self), document=self.document, section=self.section)


class StoryByline(Orderable):
    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="byline")
    author = models.ForeignKey("record.Author", on_delete=models.CASCADE, related_name="+")
    interest = models.CharField(
        "interest in this story",
        max_length=200,
        blank=True,
        help_text=(
            "What readers should know of this author for this one story, such as “owns shares of the"
            " company”. It stands beside the name, after what the profile says for all stories."
        ),
    )

    panels = [FieldPanel("author"), FieldPanel("interest")]


class StoryTopic(Orderable):
    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="story_topics")
    topic = models.ForeignKey("record.Topic", on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("topic")]


class StoryStoryline(Orderable):
    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="story_storylines")
    storyline = models.ForeignKey("record.Storyline", on_delete=models.CASCADE, related_name="+")

    panels = [FieldPanel("storyline")]
