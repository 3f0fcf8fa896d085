"""Accounts as the desk edits them: one name, which is what readers see."""

from __future__ import annotations

from django import forms
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from broadsheet.readers.names import NameUnusable, clean_name
from broadsheet.readers.protection import check_free

FIELDS = {"email", "name", "is_superuser", "groups"}
NAME_HELP = "Stands beside what this account writes on the paper."


class FreeName:
    """A name as the desk gives it: legible, and no other account’s. The rest is the desk’s to know."""

    def clean_name(self) -> str:
        account = self.instance  # type: ignore[attr-defined]
        given = self.cleaned_data["name"]  # type: ignore[attr-defined]
        try:
            name = clean_name(given)
            check_free(name, account=account if account.pk else None)
        except NameUnusable as error:
            raise forms.ValidationError(str(error)) from error
        return name


class AccountCreationForm(FreeName, UserCreationForm):
    first_name = None
    last_name = None
    name = forms.CharField(max_length=60, help_text=NAME_HELP)

    class Meta(UserCreationForm.Meta):
        fields = FIELDS


class AccountEditForm(FreeName, UserEditForm):
    first_name = None
    last_name = None
    name = forms.CharField(max_length=60, help_text=NAME_HELP)

    class Meta(UserEditForm.Meta):
        fields = FIELDS | {"is_active"}


class AccountViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return AccountEditForm if for_update else AccountCreationForm
