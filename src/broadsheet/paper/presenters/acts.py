"""What somebody may do about one comment, on a page of its own.

Public pages are the same for everybody and can offer nothing that depends on who reads. They lead
here, where it is known who asks. Each kind of act is made by a function in :data:`MAKERS`; to offer
another one, add a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from broadsheet.discussion.enums import CommentKind, MarkedBy, ReactionKind
from broadsheet.discussion.models import Comment
from broadsheet.discussion.people import Person
from broadsheet.discussion.removal import ERASED_BY


@dataclass(frozen=True)
class Act:
    """A link, or a button that posts; ``fields`` go with it."""

    words: str
    href: str
    is_post: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    """What it does, or that it was done."""


@dataclass(frozen=True)
class Occasion:
    """A comment, who asks, and what is known of both."""

    comment: Comment
    """With its parent, the question above it, and ``shown_versions``."""
    person: Person
    path: str
    """Of the story."""
    is_open: bool
    """Whether comments can be posted there now."""
    is_own: bool
    given: frozenset[ReactionKind]
    """What this person says of the comment."""
    waiting_edit: int | None
    """The new words of it that wait for a moderator; told to its writer only."""
    marks_as: MarkedBy | None
    """In what role this person may say whether it answers the question above it."""

    @property
    def base(self) -> str:
        return f"/c/{self.comment.pk}/"

    @property
    def version(self) -> int:
        versions = self.comment.shown_versions
        return versions[0].number if versions else 1


Maker = Callable[[Occasion], Iterable[Act]]


def _reply(on: Occasion) -> Iterable[Act]:
    if on.is_open and not on.comment.removed_at:
        yield Act("Reply", f"{on.path}comment/?to={on.comment.pk}")


def _reactions(on: Occasion) -> Iterable[Act]:
    if on.comment.removed_at or on.is_own or not on.is_open:
        return
    asked = on.comment.asked
    offered = [(ReactionKind.THANKS, "Thanks", "You thanked for it.")]
    if asked:
        offered.append(
            (
                ReactionKind.ANSWERS,
                "It answers the question",
                "You said that it answers the question.",
            )
        )
    for kind, words, done in offered:
        if kind in on.given:
            yield Act("Take it back", f"{on.base}{kind}/", True, {"do": "take"}, note=done)
        else:
            yield Act(words, f"{on.base}{kind}/", True, {"do": "give"})


def _answer(on: Occasion) -> Iterable[Act]:
    asked = on.comment.asked
    if on.marks_as is None or asked is None or on.comment.removed_at:
        return
    if asked.answer_id == on.comment.pk:
        note = "It is marked as the answer to the question above."
        yield Act("Take the mark away", f"{on.base}answer/", True, {"do": "unmark"}, note=note)
    else:
        note = "Readers see at the question who answered it."
        yield Act("Mark it as the answer", f"{on.base}answer/", True, {"do": "mark"}, note=note)


def _own(on: Occasion) -> Iterable[Act]:
    if not on.is_own or on.comment.kind != CommentKind.COMMENT:
        return
    if not on.comment.removed_at and on.is_open:
        yield Act("Edit", f"{on.base}edit/", note="All versions stay public.")
    if on.waiting_edit is not None:
        note = "Your change waits for a moderator."
        yield Act("See it or take it back", reverse("held", args=[on.waiting_edit]), note=note)
    if on.comment.removed_by not in ERASED_BY:
        yield Act("Delete", f"{on.base}delete/", note="The words go for good; replies stay.")


def _versions(on: Occasion) -> Iterable[Act]:
    if on.version > 1 and not on.comment.removed_at:
        yield Act(f"See its {on.version} versions", f"{on.base}versions/")


def _others(on: Occasion) -> Iterable[Act]:
    """What concerns its writer; to follow, mute and ask are forms of the same page."""
    if not on.is_own and not on.comment.removed_at:
        yield Act("Report", f"{on.base}report/", note="A moderator looks at it.")


MAKERS: list[Maker] = [_reply, _reactions, _answer, _own, _versions, _others]


def acts_on(occasion: Occasion) -> Sequence[Act]:
    """Return what the person may do, in the order of :data:`MAKERS`."""
    return [act for make in MAKERS for act in make(occasion)]
