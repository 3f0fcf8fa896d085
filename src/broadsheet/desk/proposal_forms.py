"""What editors send when they decide on a proposal; parsed here, judged by the actions."""

from __future__ import annotations

from typing import Any

from django import forms

from broadsheet.corrections.drafts import MAX_REASON
from broadsheet.desk.acceptance import KINDS
from broadsheet.desk.proposal_entries import Entry
from broadsheet.passages.canonical import normal_space

MAX_NOTE = 2_000


class _EntryForm(forms.Form):
    """One of several forms on a page: its fields have ids of their own."""

    def __init__(self, entry: Entry, data: Any = None) -> None:
        super().__init__(
            data, auto_id=f"id_{entry.proposal.pk}_%s", initial=self._initial(entry), prefix=None
        )
        self.entry = entry

    @staticmethod
    def _initial(entry: Entry) -> dict[str, Any]:
        return {}


class AcceptForm(_EntryForm):
    kind = forms.ChoiceField(
        label="Kind of edition", choices=[(kind.value, kind.label) for kind in KINDS]
    )
    replacement = forms.CharField(
        label="The words as they shall stand",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Other words than the reader’s make it accepted in part. Empty takes them out.",
    )
    note = forms.CharField(
        label="Note to readers",
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Not used for a minor edition unless you change it.",
    )
    reason = forms.CharField(
        label="Public reason",
        required=False,
        max_length=MAX_REASON,
        help_text="Why it comes so late, or why a minor edition touches facts.",
    )
    credit = forms.BooleanField(label="Name who spotted it", required=False)

    @staticmethod
    def _initial(entry: Entry) -> dict[str, Any]:
        return {
            "kind": entry.kind,
            "replacement": entry.proposal.replacement,
            "note": entry.note,
            "credit": bool(entry.proposal.credit),
        }

    def __init__(self, entry: Entry, data: Any = None) -> None:
        super().__init__(entry, data)
        if entry.proposal.credit:
            self.fields["credit"].label = f"Name {entry.proposal.credit} as who spotted it"
        else:
            del self.fields["credit"]

    def decision(self) -> dict[str, Any]:
        """Return what was decided, as the action takes it; what was left as proposed is left out."""
        cleaned = self.cleaned_data
        proposed = self.entry.proposal.replacement
        wanted = normal_space(cleaned["replacement"]).replace("\n", " ")
        note = cleaned["note"].replace("\r\n", "\n").strip()
        return {
            "kind": cleaned["kind"],
            "replacement": None if wanted == proposed else wanted,
            "note": "" if note == self.entry.note else note,
            "reason": cleaned["reason"],
            "give_credit": cleaned.get("credit", False),
        }


class DeclineForm(_EntryForm):
    reason = forms.CharField(
        label="Why it is declined",
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shown to the reader and to everybody.",
        error_messages={"required": "Say why it is declined: the reader, and everybody, is told."},
    )

    def __init__(self, entry: Entry, data: Any = None) -> None:
        super().__init__(entry, data)
        self.auto_id = f"id_{entry.proposal.pk}_decline_%s"


class DuplicateForm(_EntryForm):
    of = forms.TypedChoiceField(label="It says the same as", coerce=int)

    def __init__(self, entry: Entry, data: Any = None) -> None:
        super().__init__(entry, data)
        self.fields["of"].choices = [  # type: ignore[attr-defined]
            (item.pk, _described(item)) for item in entry.choices
        ]


def _described(proposal: Any) -> str:
    before, after = proposal.passage.exact, proposal.proposed or "nothing"
    who = proposal.name or "a reader"
    state = proposal.get_state_display().lower()
    return f"{before[:40]} → {after[:40]} ({who}, {state})"
