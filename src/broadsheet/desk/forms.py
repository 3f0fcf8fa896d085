"""The story's edit form: what an editor must say before a published story goes out again."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from broadsheet import clock
from broadsheet.desk.images import recorded_picture
from broadsheet.desk.stale_forms import KnowsItsEdition
from broadsheet.record.actions import EditionRefused
from broadsheet.record.addresses import SLUG, story_path
from broadsheet.record.enums import KINDS_WITH_NOTE
from broadsheet.record.models import Address
from broadsheet.record.queries import publication

GOES_OUT = ("action-publish", "action-submit", "action-restart-workflow")
"""Buttons after which this text may go out without the form being seen again."""


class StoryForm(KnowsItsEdition, WagtailAdminPageForm):
    """Asks for kind and note once there is an edition, and only when the story goes out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.edition_choice_is_stale:
            for name in ("edition_kind", "edition_note", "edition_credit"):
                self.initial[name] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if any(name in self.data for name in GOES_OUT):
            if self.instance.editions_published:
                self._check_edition(cleaned)
            self._check_address(cleaned)
            self._keep_pictures(cleaned)
        return cleaned

    def _check_edition(self, cleaned: dict[str, Any]) -> None:
        kind = cleaned.get("edition_kind")
        if not kind and "edition_kind" not in self.errors:
            self.add_error(
                "edition_kind",
                f"Edition {self.instance.editions_published} is out. Say what kind of edition this is.",
            )
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
