"""The form of an author's profile, with its picture."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from broadsheet.record.models import Author
from broadsheet.record.pictures import PictureUnreadable, store_picture


class AuthorForm(WagtailAdminModelForm):
    """Keeps an uploaded picture in the record, where editions find it for ever."""

    new_picture = forms.FileField(
        required=False, label="Picture", help_text="JPEG, PNG, WebP, GIF or AVIF; empty: unchanged."
    )
    remove_picture = forms.BooleanField(required=False, label="Remove the picture")

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if self.instance.pk and slug != self.instance.slug:
            raise forms.ValidationError("A profile keeps its address: old bylines lead to it.")
        return slug

    def clean_new_picture(self) -> Any:
        upload = self.cleaned_data["new_picture"]
        if not upload:
            return None
        try:
            return store_picture(upload.read())
        except PictureUnreadable as error:
            raise forms.ValidationError(f"This picture cannot be used: {error}.") from error

    def save(self, commit: bool = True) -> Author:
        if self.cleaned_data.get("remove_picture"):
            self.instance.picture = None
        if picture := self.cleaned_data.get("new_picture"):
            self.instance.picture = picture.to_data()
        return super().save(commit)
