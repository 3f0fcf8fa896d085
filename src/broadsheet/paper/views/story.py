"""A story's page, and its editions by themselves."""

from __future__ import annotations

import datetime as dt

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from broadsheet import clock
from broadsheet.paper.presenters.form import CommentForm
from broadsheet.paper.presenters.frame import frame, page, private_page
from broadsheet.paper.presenters.moments import moment as when
from broadsheet.paper.presenters.story import past_edition_view, preview_view, story_view
from broadsheet.record.content import EditionContent
from broadsheet.record.models import Address, Document, Edition, Section
from broadsheet.record.queries import address, current_path


def find_address(path: str) -> Address:
    """Return the address of a story path given without slashes at its ends."""
    found = address(f"/{path}/")
    if found is None:
        raise Http404("there is no story at this address")
    return found


def moved(found: Address, *, below: str = "") -> HttpResponsePermanentRedirect | None:
    """Return the redirect from an old address to the current one."""
    if found.is_current:
        return None
    return HttpResponsePermanentRedirect(f"{current_path(found.document_id)}{below}")


@require_safe
def story(request: HttpRequest, path: str) -> HttpResponse:
    found = find_address(path)
    if redirect := moved(found):
        return redirect
    around = frame()
    view = story_view(found.document, path=found.path, around=around)
    if view is None:
        raise Http404("this story is not published")
    context = {
        "story": view,
        "form": CommentForm(action=view.write_path),
        "here": found.document.section_id,
        "read_only": view.withdrawn is not None,
    }
    return page("paper/story.html", context, around=around, path=found.path)


@require_safe
def edition(request: HttpRequest, path: str, number: int) -> HttpResponse:
    """One edition's own text; it never changes, and search engines are sent to the story."""
    found = find_address(path)
    if redirect := moved(found, below=f"v/{number}/"):
        return redirect
    chosen = Edition.objects.filter(document=found.document, number=number).first()
    if chosen is None:
        raise Http404("there is no such edition")
    around = frame()
    view = past_edition_view(found.document, chosen, path=found.path, around=around)
    context = {"story": view, "here": found.document.section_id}
    response = page("paper/story.html", context, around=around, path=found.path)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def moment(request: HttpRequest, path: str, at: dt.datetime) -> HttpResponse:
    """The whole page, story and thread, as it stood at a second; a coming second is the story now."""
    found = find_address(path)
    if redirect := moved(found, below=f"at/{at:%Y%m%dT%H%M%SZ}/"):
        return redirect
    if at > clock.now():
        return HttpResponseRedirect(found.path)
    around = frame()
    # All that happened within the second belongs to it.
    end = at + dt.timedelta(seconds=1) - dt.timedelta(microseconds=1)
    view = story_view(found.document, path=found.path, around=around, at=end)
    if view is None:
        raise Http404("this story was not published yet at that moment")
    context = {
        "story": view,
        "moment": when(at, around.zone),
        "here": found.document.section_id,
        "read_only": True,
    }
    response = page("paper/story.html", context, around=around, path=found.path)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Memento-Datetime"] = http_date(at.timestamp())
    return response


def preview_response(
    content: EditionContent, *, document: Document | None, section: Section | None
) -> HttpResponse:
    """Show an edition that is not saved to the editor who writes it."""
    path = (current_path(document.pk) if document else None) or "/"
    view = preview_view(content, document=document, section=section, path=path)
    return private_page("paper/story.html", {"story": view}, around=frame(), path=path)
