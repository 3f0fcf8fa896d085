"""The story's edit form: what an editor must say before a published story goes out again."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.html import format_html
from wagtail.admin.forms import WagtailAdminPageForm

from broadsheet import clock
from broadsheet.desk.images import recorded_picture
from broadsheet.desk.stale_forms import KnowsItsEdition
from broadsheet.record.actions import EditionRefused
from broadsheet.record.addresses import SLUG, story_path
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import KINDS_WITH_NOTE, EditionKind
from broadsheet.record.models import Address
from broadsheet.record.queries import publication

GOES_OUT = ("action-publish", "action-submit", "action-restart-workflow")
"""Buttons after which this text may go out without the form being seen again."""
WAITS = ("action-submit", "action-restart-workflow")
"""Those of them after which somebody else approves the text before it goes out."""


class StoryForm(KnowsItsEdition, WagtailAdminPageForm):
    """Asks what an edition is once there is one, and only when the story goes out.

    Whatever the record would refuse is said here, beside the fields, with all that was typed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from broadsheet.desk.models.stories import EDITION_FIELDS

        super().__init__(*args, **kwargs)
        if self.instance.edition_choice_is_stale:
            for name in EDITION_FIELDS:
                self.initial[name] = ""
        fields: dict[str, Any] = self.fields
        if "edition_kind" in fields:
            fields["edition_kind"].choices = _kind_choices()
        if "edition_note_placement" in fields:
            choices = fields["edition_note_placement"].choices
            fields["edition_note_placement"].choices = [("", "Automatic"), *list(choices)[1:]]

    @property
    def goes_out(self) -> bool:
        """Whether the button that was pressed may let this text out."""
        return any(name in self.data for name in GOES_OUT) or self.approves

    @property
    def approves(self) -> bool:
        """Whether the button approves the text in a workflow, so that it goes out now."""
        if not self.data.get("action-workflow-action"):
            return False
        task = self.instance.current_workflow_task
        state = self.instance.current_workflow_state
        if task is None or state is None or self.data.get("workflow-action-name") != "approve":
            return False
        last = state.workflow.tasks.filter(active=True).last()
        return last is None or last.pk == task.pk

    def is_valid(self) -> bool:
        """Check the form, and then what the record would say of the edition that it makes.

        That needs the instance and the formsets as typed, which are known only afterwards.
        """
        is_valid = bool(super().is_valid())
        if self.goes_out and self.instance.editions_published:
            if is_valid and not self.cleaned_data.get("edition_kind") and self._only_places():
                return True
            self._check_kind()
            if is_valid and not self.errors:
                self._check_rules()
        return is_valid and not self.errors

    def content_as_typed(self) -> EditionContent:
        """Return what the story would say, byline and topics included. The form is valid."""
        from broadsheet.desk.editions import byline_names, content_of, topic_names

        return dataclasses.replace(
            content_of(self.instance),
            byline=byline_names(self._chosen("byline", "author", "interest")),
            topics=topic_names(topic for (topic,) in self._chosen("story_topics", "topic")),
        )

    def _chosen(self, formset: str, *fields: str) -> list[Any]:
        """Return what the rows of a formset say in some fields, in their order."""
        rows = self.formsets[formset].ordered_forms
        return [tuple(row.cleaned_data[field] for field in fields) for row in rows]

    def _only_places(self) -> bool:
        """Say whether nothing of the text changes, only on which storylines the story stands.

        The form is valid. That makes no edition, so no kind is asked for.
        """
        from broadsheet.desk.editions import makes_no_edition

        chosen = [storyline.pk for (storyline,) in self._chosen("story_storylines", "storyline")]
        return makes_no_edition(self.instance.document, self.content_as_typed(), chosen)

    def _check_rules(self) -> None:
        from broadsheet.desk import approval, guard

        page = self.instance
        if self.approves and not self.has_changed():
            # Nothing is saved anew: the writer stays who saved last.
            writer = page.latest_revision.user if page.latest_revision else None
        else:
            writer = self.for_user
        content = self.content_as_typed()
        awaits_another = any(name in self.data for name in WAITS)
        for refusal in guard.refusals(
            page.document,
            content,
            kind=self.cleaned_data.get("edition_kind") or "",
            reason=self.cleaned_data.get("edition_reason") or "",
            approved_by="the one who will approve it"
            if awaits_another
            else approval.second_editor(
                page,
                content,
                writer=writer,
                publisher=self.for_user,
                after=page.live_revision_id,
            ),
            by=str(writer or ""),
            at=self.cleaned_data.get("go_live_at") or clock.now(),
        ):
            self.add_error(refusal.field, refusal.message)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.goes_out:
            if self.instance.editions_published:
                self._check_note(cleaned)
            self._check_address(cleaned)
            self._keep_pictures(cleaned)
        return cleaned

    def _check_kind(self) -> None:
        if not self.cleaned_data.get("edition_kind") and "edition_kind" not in self.errors:
            self.add_error(
                "edition_kind",
                f"Edition {self.instance.editions_published} is out. Say what kind of edition this is.",
            )

    def _check_note(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("edition_kind")
        if kind in KINDS_WITH_NOTE and not (cleaned.get("edition_note") or "").strip():
            self.add_error("edition_note", "This kind of edition tells its readers what happened.")

    def _keep_pictures(self, cleaned: dict[str, Any]) -> None:
        """Make the record's copies now, before the transaction in which everybody else waits."""
        images: dict[str, list[Any]] = {"lead_image": [cleaned.get("lead_image")], "body": []}
        for block in cleaned.get("body") or []:
            if block.block_type == "image":
                images["body"].append(block.value["image"])
        for field, chosen in images.items():
            try:
                for image in filter(None, chosen):
                    recorded_picture(image)
            except EditionRefused as refusal:
                self.add_error(field, str(refusal))

    def _check_address(self, cleaned: dict[str, Any]) -> None:
        document = self.instance.document
        first = document.first_published_at if document else None
        first = first or cleaned.get("go_live_at") or clock.now()
        if not cleaned.get("slug"):
            return
        if not SLUG.fullmatch(cleaned["slug"]):
            self.add_error("slug", "Use letters a–z, digits and hyphens: it becomes the address.")
            return
        path = story_path(slug=cleaned["slug"], first_published_at=first, zone=publication().zone)
        if Address.objects.filter(path=path).exclude(document=document).exists():
            self.add_error("slug", f"Another story stands or stood at {path}. Choose another slug.")


def _kind_choices() -> list[tuple[str, str]]:
    """Return the kinds to choose from, each with the line that says when."""
    kinds = [kind for kind in EditionKind if kind != EditionKind.ORIGINAL]
    return [
        ("", "Not chosen yet"),
        *(
            (
                kind.value,
                format_html(
                    '{} <span class="desk-choice-help">{}</span>', kind.label, kind.explanation
                ),
            )
            for kind in kinds
        ),
    ]
