"""The form of a rule, made from what can be set of it."""

from __future__ import annotations

from typing import Any

from django import forms

from broadsheet.moderation.enums import BanKind
from broadsheet.moderation.options import (
    ChoiceOption,
    LinesOption,
    NumberOption,
    Option,
    ShareOption,
    SwitchOption,
    as_data,
    options_of,
)
from broadsheet.moderation.setting import Set
from broadsheet.readers.models import Account

MAX_TYPED = 1_000_000
"""Characters of a list; what is longer is refused by its lines."""


class LinesField(forms.CharField):
    """A list, one on each line."""

    def to_python(self, value: Any) -> Any:
        return [] if not value else str(value).replace("\r\n", "\n").split("\n")

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def validate(self, value: Any) -> None:
        """Refuse what no store keeps; the rule itself says what else is wrong with a line."""
        if any("\0" in line for line in value):
            raise forms.ValidationError("A line cannot have the character NUL in it.")

    def run_validators(self, value: Any) -> None:
        """Nothing: the rule says what is wrong with a line."""


class RuleForm(forms.Form):
    is_on = forms.BooleanField(label="This rule is on", required=False)

    def __init__(self, as_set: Set, data: Any = None) -> None:
        initial = {"is_on": as_set.is_on, **as_data(as_set.options)}
        super().__init__(data, initial=initial, label_suffix="")
        for name, option in options_of(as_set.rule.options).items():
            self.fields[name] = _field(option)

    def options(self) -> dict[str, Any]:
        """Return what was given, for the action to check."""
        return {name: value for name, value in self.cleaned_data.items() if name != "is_on"}


def _field(option: Option) -> forms.Field:
    told: dict[str, Any] = {"label": option.label, "help_text": option.about}
    if isinstance(option, NumberOption):
        return forms.IntegerField(min_value=option.least, max_value=option.most, **told)
    if isinstance(option, ShareOption):
        step = forms.NumberInput(attrs={"step": "any"})
        return forms.FloatField(min_value=0, max_value=1, widget=step, **told)
    if isinstance(option, SwitchOption):
        return forms.BooleanField(required=False, **told)
    if isinstance(option, ChoiceOption):
        return forms.ChoiceField(choices=list(option.choices), **told)
    if isinstance(option, LinesOption):
        area = forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "dir": "auto"})
        return LinesField(required=False, widget=area, **told)
    raise TypeError(f"there is no field for {type(option).__name__}")


class BanForm(forms.Form):
    kind = forms.ChoiceField(label="What is banned", choices=BanKind.choices)
    value = forms.CharField(
        label="Which one",
        max_length=254,
        help_text="The e-mail address of an account; an e-mail address, or “@” and a domain; a network"
        " address, or a range as in 192.0.2.0/24.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        help_text="Whoever is banned is told.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    days = forms.IntegerField(
        label="Days",
        required=False,
        min_value=1,
        max_value=3650,
        help_text="Empty: until it is lifted.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")

    def account(self) -> Account | None:
        """Return the account that is meant, if it is one."""
        if self.cleaned_data["kind"] != BanKind.ACCOUNT:
            return None
        return Account.objects.filter(email__iexact=self.cleaned_data["value"].strip()).first()
