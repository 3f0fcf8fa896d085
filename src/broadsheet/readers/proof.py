"""Whether somebody showed lately who it is: asked for before what cannot be taken back."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from broadsheet import clock
from broadsheet.readers.devices import device_name
from broadsheet.readers.sessions import DEVICE, PROVED_AT, STARTED_AT, USED_AT

GOOD_FOR = 10 * 60
"""Seconds in which one need not prove again who one is."""


def note_proof(request: HttpRequest) -> None:
    """Note that whoever sends this request has just shown who it is."""
    request.session[PROVED_AT] = int(clock.now().timestamp())


def is_proved(request: HttpRequest) -> bool:
    proved_at = request.session.get(PROVED_AT, 0)
    return 0 <= clock.now().timestamp() - proved_at < GOOD_FOR


def _signed_in(sender: object, request: HttpRequest | None, **_: object) -> None:
    if request is None or not hasattr(request, "session"):
        return
    now = int(clock.now().timestamp())
    request.session[DEVICE] = device_name(request.META.get("HTTP_USER_AGENT", ""))
    request.session[STARTED_AT] = request.session[USED_AT] = now
    note_proof(request)


def connect() -> None:
    """Note of each session with what browser and when it began, whichever way it was signed in."""
    user_logged_in.connect(_signed_in, dispatch_uid="readers.proof")
