"""Who sends a form about a comment."""

from __future__ import annotations

from django.http import HttpRequest

from broadsheet.discussion.people import Person
from broadsheet.paper.views.me import Guest, writer_of


def person_of(request: HttpRequest) -> Person:
    """Return who asks, as far as account or cookie tell; nobody for a browser that keeps no word."""
    account, author = writer_of(request)
    if account:
        return Person(account, author)
    guest = Guest.known(request)
    return Person(guest_key=guest.key if guest else "")


def acting_person(request: HttpRequest) -> tuple[Person, Guest | None]:
    """Return who does something; a guest who has no word yet gets one, to be kept with the answer."""
    account, author = writer_of(request)
    if account:
        return Person(account, author), None
    guest = Guest.of(request)
    return Person(guest_key=guest.key), guest
