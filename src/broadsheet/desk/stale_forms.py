"""The edit form of a story knows from which edition it was opened.

Who has a story open while a correction of it is published would undo the correction by publishing
the older words. The form is refused once, and says what the newer edition changed; what was typed
stays. Sent again, it publishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.functional import cached_property

from broadsheet.passages import ParagraphChange, difference
from broadsheet.passages.difference import Fate
from broadsheet.record.alignments import alignment_between
from broadsheet.record.models import Document, Edition
from broadsheet.record.queries import current_path

GOES_OUT = (
    "action-publish",
    "action-submit",
    "action-restart-workflow",
    "action-workflow-action",
)
"""Buttons after which this text may go out."""

SHOWN = 5
"""Changed paragraphs that the message shows; the rest is behind the link."""


@dataclass(frozen=True)
class NewerEdition:
    """An edition that came out while a form was open, and what it changed."""

    number: int
    since: int
    published_by: str
    note: str
    headlines: tuple[str, str] | None
    changes: tuple[ParagraphChange, ...]
    is_more: bool
    difference_url: str


def newer_edition(document: Document, since: int) -> NewerEdition | None:
    """Return what the edition in force changed since another one; ``None`` if it is that one."""
    new = document.edition
    if new is None or new.number == since:
        return None
    old = Edition.objects.filter(document=document, number=since).first()
    changes: list[ParagraphChange] = []
    if old:
        shown = difference(alignment_between(old, new), old.canonical_text, new.canonical_text)
        changes = [change for change in shown if change.fate is not Fate.SAME]
    is_other_headline = old is not None and old.headline != new.headline
    path = current_path(document.pk) or "/"
    return NewerEdition(
        number=new.number,
        since=since,
        published_by=new.published_by,
        note=new.note,
        headlines=(old.headline, new.headline) if old and is_other_headline else None,
        changes=tuple(changes[:SHOWN]),
        is_more=len(changes) > SHOWN,
        difference_url=f"{path}changes/?from={since}&to={new.number}"
        if since
        else f"{path}changes/",
    )


class KnowsItsEdition(forms.Form):
    """Refuses, once, to send out a text that was begun before the edition in force."""

    loaded_edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["loaded_edition"].initial = self._in_force
        self.initial["loaded_edition"] = self._in_force

    @property
    def _in_force(self) -> int:
        return int(self.instance.editions_published)  # type: ignore[attr-defined]

    @cached_property
    def newer_edition(self) -> NewerEdition | None:
        """What came out since the form was opened; also for the template that shows it."""
        loaded = str(self.data.get("loaded_edition", ""))
        document = self.instance.document  # type: ignore[attr-defined]
        if not self.is_bound or not loaded.isdecimal() or document is None:
            return None
        return newer_edition(document, int(loaded))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        newer = self.newer_edition
        if newer and any(name in self.data for name in GOES_OUT):
            self.add_error(
                None,
                f"Edition {newer.number} came out while you had this open. Look at what it changed,"
                " shown above the text, and publish again if your text shall follow it.",
            )
            # What is sent next was sent by somebody who has seen it.
            sent = QueryDict(mutable=True)
            sent.update(self.data)
            sent["loaded_edition"] = str(self._in_force)
            self.data = sent
        return cleaned


def warn_of_newer_edition(request: HttpRequest, page: Any) -> None:
    """Say, after a draft was saved, that it was begun before the edition in force."""
    loaded = request.POST.get("loaded_edition", "")
    if not request.accepts("text/html"):
        return  # saved by itself: nobody looks for a message
    if any(name in request.POST for name in GOES_OUT) or not loaded.isdecimal():
        return
    document = Document.objects.select_related("edition").filter(pk=page.document_id).first()
    newer = newer_edition(document, int(loaded)) if document else None
    if newer:
        said = render_to_string("desk/newer_edition.html", {"newer": newer, "is_saved": True})
        messages.warning(request, said)
