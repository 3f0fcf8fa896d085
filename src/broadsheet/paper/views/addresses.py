"""Where a story stands, and where it has gone."""

from __future__ import annotations

from django.http import Http404, HttpResponsePermanentRedirect

from broadsheet.record.models import Address
from broadsheet.record.queries import address, bare_address, current_path


def find_address(path: str) -> Address:
    """Return the address of a story path given without slashes at its ends, with the thread."""
    found = address(f"/{path}/", "document__thread")
    if found is None:
        raise Http404("there is no story at this address")
    return found


def find_bare_address(path: str) -> Address:
    """Return the address as :func:`find_address` does, without the story, which is loaded when it
    is asked for: writing rarely needs it."""
    found = bare_address(f"/{path}/")
    if found is None:
        raise Http404("there is no story at this address")
    return found


def moved(
    found: Address, *, above: str = "", below: str = ""
) -> HttpResponsePermanentRedirect | None:
    """Return the redirect from an old address to the current one, with what stood around it."""
    if found.is_current:
        return None
    return HttpResponsePermanentRedirect(f"{above}{current_path(found.document_id)}{below}")
