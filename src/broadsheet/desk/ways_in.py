"""The desk's ways in, which may be tried as often as those of the paper, and no more."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.admin.forms import auth

from broadsheet.paper.views.account.common import (
    LETTERS_A_DAY,
    LETTERS_PER_ADDRESS,
    give_back_try,
    take_for_try,
)
from broadsheet.paper.views.account.signing_in import PASSWORDS_PER_ADDRESS
from broadsheet.readers.limits import TooMany, give_back, take


def _later(refusal: TooMany) -> forms.ValidationError:
    minutes = -(-refusal.retry_after // 60)
    return forms.ValidationError(
        f"This was tried too often. Please come back in {minutes} minutes.", code="too_many"
    )


class LoginForm(auth.LoginForm):
    """Counts tries for the computer, its network and the address, before a password is looked at.

    Right ones are not counted: a newsroom signs in from one network all day.
    """

    def clean(self) -> dict[str, Any]:
        email = self.cleaned_data.get("username", "").strip().lower()
        try:
            take_for_try(self.request)
            take(PASSWORDS_PER_ADDRESS, email)
        except TooMany as refusal:
            raise _later(refusal) from refusal
        cleaned: dict[str, Any] = super().clean()
        give_back_try(self.request)
        give_back(PASSWORDS_PER_ADDRESS, email)
        return cleaned


class PasswordResetForm(auth.PasswordResetForm):
    """Counts letters to an address, whether or not it has an account: the answers are the same."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            take(LETTERS_PER_ADDRESS, email.lower())
            take(LETTERS_A_DAY, email.lower())
        except TooMany as refusal:
            raise _later(refusal) from refusal
        return email
