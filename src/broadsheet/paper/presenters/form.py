"""The form in which readers write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from broadsheet.discussion.actions import FieldError


@dataclass(frozen=True)
class CommentForm:
    """What the form shows: what was typed, what is wrong with it, and the preview if asked for.

    ``writer`` is the name that a signed-in account writes under; ``token`` the CSRF token of a page
    that is made for one reader only.
    """

    action: str
    text: str = ""
    name: str = ""
    email: str = ""
    parent_id: int | None = None
    key: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    preview: SafeString | str = ""
    writer: str = ""
    token: str = ""


def errors_by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    """Return the first message for each field."""
    by_field: dict[str, str] = {}
    for error in errors:
        by_field.setdefault(error.field, error.message)
    return by_field
