"""The form in which readers write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from broadsheet.discussion.actions import Change, FieldError
from broadsheet.discussion.enums import GuestPolicy
from broadsheet.discussion.queries import discussion_settings
from broadsheet.passages import ParagraphChange, align, difference


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
    disclosure: str = ""
    parent_id: int | None = None
    key: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    preview: SafeString | str = ""
    writer: str = ""
    token: str = ""
    pointer: PointedWords | None = None
    seen_version: int | None = None
    seen_edition: int | None = None
    links_quotations: bool = True
    is_question: bool = False
    changed: Sequence[ChangeView] = ()
    was_told: bool = False
    """Whether the writer is asked to look again; sent once more, the form says so."""
    back: str = ""
    """Where who signs in comes back to, if not to the discussion."""

    @property
    def sign_in_path(self) -> str:
        """Where one signs in and comes back to the discussion, or to ``back``."""
        return _sign_in_path(self.back or f"{self.action.removesuffix('comment/')}#discussion")

    @cached_property
    def guests(self) -> str:
        """Who may send it without an account; the settings are kept in memory."""
        return discussion_settings().guests

    @property
    def is_for_members(self) -> bool:
        """Whether only who is signed in may send it."""
        return self.guests == GuestPolicy.MEMBERS

    @property
    def needs_address(self) -> bool:
        """Whether a guest must give an address and confirm it."""
        return self.guests == GuestPolicy.CONFIRMED

    @property
    def propose_path(self) -> str:
        """Where a correction of the same words is proposed."""
        if self.pointer is None:
            return ""
        words = {"edition": self.pointer.edition, "block": self.pointer.block}
        if self.pointer.start:
            words |= {"start": self.pointer.start, "exact": self.pointer.exact}
        query = urlencode({name: value for name, value in words.items() if value})
        return f"{self.action.removesuffix('comment/')}propose/?{query}"


@dataclass(frozen=True)
class PointedWords:
    """The words that a form is about: as sent, and the paragraph to choose from."""

    edition: int
    exact: str = ""
    start: str = ""
    block: str = ""
    paragraph: str = ""


@dataclass(frozen=True)
class ChangeView:
    """What changed while somebody wrote, as a difference."""

    name: str
    paragraphs: Sequence[ParagraphChange]


@dataclass(frozen=True)
class ProposalForm:
    """The form in which a correction is proposed."""

    action: str
    pointer: PointedWords
    replacement: str = ""
    reason: str = ""
    source_url: str = ""
    is_typographical: bool = False
    wants_credit: bool = False
    name: str = ""
    email: str = ""
    key: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    preview: Sequence[ParagraphChange] = ()
    writer: str = ""
    token: str = ""

    @property
    def sign_in_path(self) -> str:
        return _sign_in_path(self.action.removesuffix("propose/"))


def _sign_in_path(back: str) -> str:
    return f"/account/sign-in/?{urlencode({'next': back})}"


def change_views(changes: Iterable[Change]) -> list[ChangeView]:
    names = {"comment": "The comment that you answer", "passage": "The passage in the story"}
    return [
        ChangeView(
            names[change.what],
            difference(align(change.before, change.after), change.before, change.after),
        )
        for change in changes
    ]


def errors_by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    """Return the first message for each field."""
    by_field: dict[str, str] = {}
    for error in errors:
        by_field.setdefault(error.field, error.message)
    return by_field
