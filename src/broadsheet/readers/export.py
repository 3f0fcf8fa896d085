"""All that is kept about an account, as one document: each room tells what it has.

A room registers a function under a name when it starts; the export has one entry for each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeAlias

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from broadsheet import clock
from broadsheet.readers.models import Account, Session
from broadsheet.record.models import Author, Edition

Teller: TypeAlias = Callable[[Account], Any]
"""Given an account, returns what a room keeps about it, as values that JSON has."""

_tellers: dict[str, Teller] = {}


def register(name: str, function: Teller) -> None:
    """Tell the export what a room keeps; a name that is there already is taken over."""
    _tellers[name] = function


def export_of(account: Account) -> dict[str, Any]:
    """Return all that is kept about an account."""
    return {
        "made_at": text_of(clock.now()),
        **{name: function(account) for name, function in sorted(_tellers.items())},
    }


def text_of(instant: dt.datetime | None) -> str | None:
    """Write an instant as ISO 8601 in UTC."""
    return instant.astimezone(dt.UTC).isoformat() if instant else None


def _account(account: Account) -> dict[str, Any]:
    return {
        "id": account.pk,
        "email": account.email,
        "name": account.name,
        "since": text_of(account.date_joined),
        "has_profile": account.has_profile,
        "lists_comments": account.lists_comments,
        "has_portrait": bool(account.portrait),
        "has_password": account.has_usable_password(),
    }


def _sessions(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "device": each.device,
            "started_at": text_of(each.started_at),
            "used_at": text_of(each.used_at),
        }
        for each in Session.objects.filter(account=account).order_by("-used_at", "session_key")
    ]


def _passkeys(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "name": str(each),
            "made_at": text_of(each.created_at),
            "used_at": text_of(each.last_used_at),
        }
        for each in Authenticator.objects.filter(user=account).order_by("pk")
    ]


def _providers(account: Account) -> list[dict[str, Any]]:
    return [
        {"provider": each.provider, "id": each.uid, "since": text_of(each.date_joined)}
        for each in SocialAccount.objects.filter(user=account).order_by("pk")
    ]


def _names(account: Account) -> list[dict[str, Any]]:
    return [
        {"name": each.name, "from": text_of(each.valid_from), "to": text_of(each.valid_to)}
        for each in account.names.order_by("valid_from", "pk")
    ]


def _disclosures(account: Account) -> list[dict[str, Any]]:
    return [
        {"about": each.about, "text": each.text, "since": text_of(each.since)}
        for each in account.disclosures.all()
    ]


def _disclosed_in_bylines(account: Account) -> list[dict[str, Any]]:
    """Return what an author disclosed in the bylines of editions. Two statements."""
    author = Author.objects.filter(account=account).first()
    if author is None:
        return []
    editions = Edition.objects.filter(authors=author).order_by("document_id", "number")
    return [
        {
            "story": edition.document_id,
            "edition": edition.number,
            "at": text_of(edition.published_at),
            "for_all_stories": name.disclosure,
            "for_this_story": name.interest,
        }
        for edition in editions.only("document_id", "number", "published_at", "content_data")
        for name in edition.content.byline
        if name.slug == author.slug and name.disclosed
    ]


def _muted(account: Account) -> list[dict[str, Any]]:
    return [{"name": each.name, "since": text_of(each.since)} for each in account.mutes.all()]


def connect() -> None:
    """Register what this room keeps."""
    register("names", _names)
    register("disclosures", _disclosures)
    register("disclosed_in_bylines", _disclosed_in_bylines)
    register("muted", _muted)
    register("account", _account)
    register("sessions", _sessions)
    register("passkeys", _passkeys)
    register("providers", _providers)
