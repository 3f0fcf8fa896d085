"""Whom a comment is of, as far as it is known: an account, or a browser that keeps a guest's word."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.moderation.models import HeldComment


@dataclass(frozen=True)
class Person:
    """Somebody who writes. An e-mail address that a guest typed identifies nobody."""

    account_id: int | None = None
    guest_key: str = ""

    def __bool__(self) -> bool:
        return self.account_id is not None or bool(self.guest_key)

    def comments(self) -> Q:
        """Return what holds of this person's comments."""
        if self.account_id is not None:
            return Q(account=self.account_id)
        return Q(account=None, source__guest_key=self.guest_key)

    def held(self) -> Q:
        """Return what holds of this person's held comments."""
        if self.account_id is not None:
            return Q(account=self.account_id)
        return Q(account=None, guest_key=self.guest_key)


NOBODY = Person()
"""Somebody of whom nothing is known, as the writer of an imported comment."""


def writer_of_held(held: HeldComment) -> Person:
    return Person(held.account_id, "" if held.account_id else held.guest_key)


def writer_of_comment(comment: Comment) -> Person:
    """Return who wrote a comment. One statement for a guest, unless its source is loaded."""
    if comment.account_id is not None:
        return Person(comment.account_id)
    try:
        return Person(None, comment.source.guest_key)
    except CommentSource.DoesNotExist:
        return NOBODY
