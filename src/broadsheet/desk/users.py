"""Accounts as the desk edits them: one name, which is what readers see."""

from __future__ import annotations

from django import forms
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

FIELDS = {"email", "name", "is_superuser", "groups"}
NAME_HELP = "Stands beside what this account writes on the paper."


class AccountCreationForm(UserCreationForm):
    first_name = None
    last_name = None
    name = forms.CharField(max_length=60, help_text=NAME_HELP)

    class Meta(UserCreationForm.Meta):
        fields = FIELDS


class AccountEditForm(UserEditForm):
    first_name = None
    last_name = None
    name = forms.CharField(max_length=60, help_text=NAME_HELP)

    class Meta(UserEditForm.Meta):
        fields = FIELDS | {"is_active"}


class AccountViewSet(UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return AccountEditForm if for_update else AccountCreationForm
