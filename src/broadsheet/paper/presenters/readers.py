"""Readers as their pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from broadsheet.discussion.models import Comment
from broadsheet.paper.presenters.cards import headline_of
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.readers.models import Account, Session
from broadsheet.readers.portraits import portrait_path
from broadsheet.record.enums import EditionKind


@dataclass(frozen=True)
class SessionView:
    """A browser that is signed in; ``key`` is a digest, which opens nothing."""

    key: str
    device: str
    started: Moment
    used: Moment
    is_own: bool

    @classmethod
    def of(cls, session: Session, zone: dt.tzinfo, *, is_own: bool) -> Self:
        return cls(
            key=session.pk,
            device=session.device or "An unknown browser",
            started=moment(session.started_at, zone),
            used=moment(session.used_at, zone),
            is_own=is_own,
        )


@dataclass(frozen=True)
class SaidView:
    """A comment in the list of its writer's."""

    comment: Comment
    headline: str
    posted: Moment | None
    html: SafeString

    @property
    def number(self) -> str:
        """As text, so that no template groups its digits."""
        return str(self.comment.pk)


def said_views(comments: Iterable[Comment], *, zone: dt.tzinfo) -> list[SaidView]:
    """Return comments as the profile lists them, each beneath the headline of its story."""
    views = []
    for comment in comments:
        edition = comment.document.edition
        assert edition is not None, "the query asks for published stories"
        views.append(
            SaidView(
                comment=comment,
                headline=headline_of(
                    edition.content, is_retracted=edition.kind == EditionKind.RETRACTION
                ),
                posted=moment(comment.posted_at, zone) if comment.posted_at else None,
                # Made safe by broadsheet.discussion.markdown.
                html=mark_safe(comment.shown_versions[0].html if comment.shown_versions else ""),
            )
        )
    return views


def portrait_url(account: Account) -> str:
    """Return the address of the account's picture, or of its initials. That of a hidden picture is
    for its owner alone."""
    if account.portrait and account.has_profile:
        return str(default_storage.url(portrait_path(account.portrait, is_public=True)))
    if account.portrait:
        return f"{reverse('account-picture-shown')}?{account.portrait[:8]}"
    return reverse("initials", args=[account.pk])


@dataclass(frozen=True)
class NameView:
    """A name that a reader had, from–to; without an end it is the name now."""

    name: str
    since: Moment
    until: Moment | None


def name_views(account: Account, zone: dt.tzinfo) -> list[NameView]:
    """Return the names that an account had, the latest first; none if it never had another."""
    names = list(account.names.order_by("-valid_from", "-pk"))
    if len(names) < 2:
        return []
    return [
        NameView(
            each.name,
            moment(each.valid_from, zone),
            moment(each.valid_to, zone) if each.valid_to else None,
        )
        for each in names
    ]
