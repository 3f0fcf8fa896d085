"""Forms about what is out already: an earlier text, and a better note."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone

from broadsheet.desk.reconstruction import WordsNotOnce, editable_text, with_blocks, with_words
from broadsheet.moderation.enums import LAW_GROUNDS
from broadsheet.moderation.statements import MAX_REASON
from broadsheet.record.content import EditionContent, canonical_json, sha256_hex
from broadsheet.record.enums import KINDS_WITH_NOTE, EditionKind
from broadsheet.record.healing import MAX_EVIDENCE, MAX_NOTE
from broadsheet.record.models import Edition
from broadsheet.record.queries import publication

FIRST_ROWS = 2
MAX_ROWS = 40
"""Rows for words to be replaced; who needs more writes the paragraphs anew."""
_ROW = re.compile(r"words_(\d{1,2})")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _plain(text: str) -> str:
    """Take out what cannot be printed, and write line ends one way."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class ReconstructionForm(forms.Form):
    """An earlier text, written from that of an edition.

    After validation ``content`` is the text as it stood, ``at`` the instant of its publication, and
    ``print_of_content`` what tells whether it is the one that was previewed.
    """

    headline = forms.CharField(max_length=300)
    standfirst = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    date = forms.DateField(
        label="Date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label="Time",
        widget=forms.TimeInput(attrs={"type": "time", "step": "1"}, format="%H:%M:%S"),
    )
    evidence = forms.CharField(
        label="What it rests on",
        max_length=MAX_EVIDENCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=(
            "Readers’ quotations, a saved copy, a newsletter: what shows that this was published."
            " Readers see it."
        ),
    )
    kind = forms.ChoiceField(
        label="Kind of edition",
        required=False,
        choices=[
            (kind.value, f"{kind.label}: {kind.explanation}")
            for kind in EditionKind
            if kind != EditionKind.ORIGINAL
        ],
        help_text="What it was then. The earliest edition is the original, whatever you choose.",
    )
    note = forms.CharField(
        label="Its note to readers",
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Only if it had one: in the words that stood there.",
    )
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    content: EditionContent | None = None
    at: dt.datetime | None = None

    def __init__(self, base: Edition, in_force: Edition, *args: Any, **kwargs: Any) -> None:
        """Take the edition to start from, and the one that is in force."""
        self.base = base
        self.in_force = in_force
        self.zone = publication().zone
        self.base_content = base.content
        local = base.published_at.astimezone(self.zone)
        super().__init__(*args, **kwargs)
        self.initial = {
            **self.initial,
            "headline": base.headline,
            "standfirst": base.standfirst,
            "date": local.date(),
            "time": local.time(),
            "kind": EditionKind.MINOR,
        }
        self.row_numbers = range(self._row_count())
        for number in self.row_numbers:
            self.fields[f"words_{number}"] = forms.CharField(
                label="These words now", required=False, max_length=1000
            )
            self.fields[f"then_{number}"] = forms.CharField(
                label="stood there as", required=False, max_length=1000
            )
        for number, block in enumerate(self.base_content.blocks):
            text = editable_text(block)
            if text is not None:
                lines = max(2, min(12, len(text) // 90 + 1 + text.count("\n")))
                self.fields[f"block_{number}"] = forms.CharField(
                    label=f"{block.type.capitalize()} {number + 1}",
                    required=False,
                    initial=text,
                    strip=False,
                    widget=forms.Textarea(attrs={"rows": lines}),
                )

    def _row_count(self) -> int:
        """Return how many rows are shown: those with words and an empty one."""
        filled = [
            int(found[1])
            for name, value in self.data.items()
            if (found := _ROW.fullmatch(name)) and (value or self.data.get(f"then_{found[1]}"))
        ]
        return min(MAX_ROWS, max([FIRST_ROWS, *(number + 2 for number in filled)]))

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields for words to be replaced, as they are shown."""
        return [(self[f"words_{number}"], self[f"then_{number}"]) for number in self.row_numbers]

    @property
    def blocks(self) -> list[Any]:
        """The fields for paragraphs to be written anew."""
        return [self[name] for name in self.fields if name.startswith("block_")]

    @property
    def has_block_changes(self) -> bool:
        return self.is_bound and any(field.name in self.changed_data for field in self.blocks)

    @property
    def print_of_content(self) -> str:
        """What the text and its time are known by; empty while the form is not valid."""
        if self.content is None or self.at is None:
            return ""
        said = [canonical_json(self.content.to_data()), self.at.isoformat().encode()]
        return sha256_hex(said)[:32]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_kind(cleaned)
        at = self._instant(cleaned)
        content = self._content(cleaned)
        if content == self.base_content and not self.errors:
            self.add_error(
                None,
                f"This is the text of edition {self.base.number}. Put its old words back first.",
            )
        if not self.errors:
            self.content, self.at = content, at
        return cleaned

    def _check_kind(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("kind") in KINDS_WITH_NOTE and not cleaned.get("note"):
            self.add_error("note", "This kind of edition had a note. Give its words.")

    def _instant(self, cleaned: dict[str, Any]) -> dt.datetime | None:
        if not cleaned.get("date") or not cleaned.get("time"):
            return None
        try:
            with timezone.override(self.zone):
                at: dt.datetime = from_current_timezone(
                    dt.datetime.combine(cleaned["date"], cleaned["time"])
                )
        except ValidationError as error:
            self.add_error("time", error)
            return None
        if at > self.in_force.published_at:
            self.add_error(
                "date",
                f"Edition {self.in_force.number} is in force since"
                f" {self.in_force.published_at.astimezone(self.zone):%d %B %Y, %H:%M:%S}. Only a text"
                " from before can be reconstructed; what is true now is published as a new edition.",
            )
        return at

    def _content(self, cleaned: dict[str, Any]) -> EditionContent:
        texts = {
            number: _plain(cleaned.get(f"block_{number}") or "")
            for number in range(len(self.base_content.blocks))
            if f"block_{number}" in self.fields
        }
        content = with_blocks(self.base_content, texts)
        for number in self.row_numbers:
            words = _plain(cleaned.get(f"words_{number}") or "")
            then = _plain(cleaned.get(f"then_{number}") or "")
            if not words:
                if then:
                    self.add_error(f"words_{number}", "Which words are they to replace?")
                continue
            try:
                content = with_words(content, words, then)
            except WordsNotOnce as error:
                self.add_error(f"words_{number}", str(error))
        if not content.blocks:
            self.add_error(None, "Nothing is left of the text.")
        headline = _plain(cleaned.get("headline") or "")
        return dataclasses.replace(
            content,
            headline=headline,
            # Of another headline nobody knows the short form.
            short_headline=content.short_headline if headline == content.headline else "",
            standfirst=_plain(cleaned.get("standfirst") or ""),
        )


class NoteForm(forms.Form):
    """A better wording of a note."""

    text = forms.CharField(
        label="The note from now on",
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It takes the place of the one before, which readers can still read.",
    )


class ErasureForm(forms.Form):
    """Why the words of an edition go for good; all of it but the tick is public."""

    ground = forms.ChoiceField(
        label="Ground",
        choices=[("", "Choose one"), *((each.value, each.label) for each in LAW_GROUNDS)],
    )
    law = forms.CharField(
        label="Which law or order",
        required=False,
        max_length=200,
        help_text="Such as: Court of Kingston, 7 C 12/26. Readers see it.",
    )
    words = forms.CharField(
        label="In your words",
        required=False,
        max_length=MAX_REASON,
        help_text="Readers see it. Do not repeat what is removed.",
    )
    sure = forms.BooleanField(
        label="Remove it for good",
        error_messages={"required": "Tick the box: what is removed cannot be brought back."},
    )
