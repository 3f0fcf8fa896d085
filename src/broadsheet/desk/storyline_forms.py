"""The form of a storyline, on its own page and in the story's editor."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminModelForm

from broadsheet.record.models import Storyline
from broadsheet.record.storylines import (
    StorylineRefused,
    change_storyline,
    check_wording,
    free_slug,
    make_storyline,
)


class StorylineForm(WagtailAdminModelForm):
    """Says what a storyline is called; earlier wordings and addresses are kept by the record."""

    class Meta:
        model = Storyline
        fields = ("headline", "slug", "standfirst")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.fields["slug"].help_text = (
            "Its address is /storyline/slug/; empty: made from the headline. An address it had before"
            " leads on to the new one."
        )
        self.fields["standfirst"].widget.attrs["rows"] = 3
        self.fields["headline"].help_text = "The matter, not the news of the day: The East Bridge."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "headline" not in cleaned or "slug" not in cleaned:
            return cleaned
        cleaned["slug"] = cleaned["slug"] or self.instance.slug or free_slug(cleaned["headline"])
        try:
            check_wording(
                headline=cleaned["headline"],
                slug=cleaned["slug"],
                standfirst=cleaned.get("standfirst", ""),
                storyline_id=self.instance.pk,
            )
        except StorylineRefused as refusal:
            self.add_error(refusal.field, str(refusal))
        return cleaned

    def save(self, commit: bool = True) -> Storyline:
        """Make or change the storyline by the record's own action, which keeps what it was called."""
        said = {name: self.cleaned_data[name] for name in ("headline", "slug", "standfirst")}
        by = str(self.for_user or "")
        if self.instance.pk:
            return change_storyline(storyline_id=self.instance.pk, by=by, **said)
        return make_storyline(by=by, **said)
