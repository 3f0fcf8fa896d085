"""A story's page, and its editions by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from broadsheet import clock
from broadsheet.discussion.keys import reactions_key
from broadsheet.paper.memento import History, compact, history_of, negotiates_in_place
from broadsheet.paper.presenters.form import CommentForm
from broadsheet.paper.presenters.frame import frame, page, private_page
from broadsheet.paper.presenters.moments import moment as when
from broadsheet.paper.presenters.story import (
    EditionWithheld,
    StoryView,
    past_edition_view,
    preview_view,
    story_view,
)
from broadsheet.paper.presenters.time import citation, through_time
from broadsheet.paper.views.addresses import find_address, moved
from broadsheet.paper.views.moments import negotiated, time_refused
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.content import EditionContent
from broadsheet.record.keys import FRAME, document_key, storyline_key
from broadsheet.record.models import Address, Document, Edition, Section
from broadsheet.record.queries import current_path


@pressed()
@require_safe
def story(request: HttpRequest, path: str) -> HttpResponse:
    """The story now; where its address negotiates in time, an ``Accept-Datetime`` leads away."""
    found = find_address(path)
    if redirect := moved(found):
        return redirect
    if found.document.edition is None:
        raise Http404("this story is not published")
    if negotiates_in_place() and "Accept-Datetime" in request.headers:
        return negotiated(request, history_of(found.document, found.path))
    around = frame()
    view = story_view(found.document, path=found.path, around=around)
    assert view is not None, "it has an edition"
    context = {
        "story": view,
        "form": CommentForm(action=view.write_path),
        "here": found.document.section_id,
        "read_only": view.withdrawn is not None,
        "time": through_time(view, around),
        "citation": citation(view, around),
    }
    response = page("paper/story.html", context, around=around, path=found.path)
    response.headers["Link"] = History(found.path).links()
    if negotiates_in_place():
        patch_vary_headers(response, ["Accept-Datetime"])
    return of_document(response, found.document, has_thread=True, storylines=storylines_shown(view))


@pressed()
@require_safe
def edition(request: HttpRequest, path: str, number: int) -> HttpResponse:
    """One edition's own text; it never changes, and search engines are sent to the story."""
    found = find_address(path)
    if redirect := moved(found, below=f"v/{number}/"):
        return redirect
    chosen = Edition.objects.filter(document=found.document, number=number).first()
    if chosen is None:
        raise Http404("there is no such edition")
    if chosen.withheld_at is not None:
        return withheld(found, chosen, path=request.path)
    around = frame()
    view = past_edition_view(found.document, chosen, path=found.path, around=around)
    context = {
        "story": view,
        "here": found.document.section_id,
        "time": through_time(view, around),
        "citation": citation(view, around),
    }
    response = page("paper/story.html", context, around=around, path=found.path)
    history = history_of(found.document, found.path)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Memento-Datetime"] = http_date(chosen.published_at.timestamp())
    response.headers["Link"] = history.links_near(history.numbered(number))
    return of_document(response, found.document)


@pressed()
@require_safe
def moment(request: HttpRequest, path: str, at: dt.datetime) -> HttpResponse:
    """The whole page, story and thread, as it stood at a second; a coming second is the story now."""
    found = find_address(path)
    if redirect := moved(found, below=f"at/{compact(at)}/"):
        return redirect
    if found.document.edition is None:
        raise Http404("this story is not published")
    if at > clock.now():
        return HttpResponseRedirect(found.path)
    around = frame()
    # All that happened within the second belongs to it.
    end = at + dt.timedelta(seconds=1) - dt.timedelta(microseconds=1)
    try:
        view = story_view(found.document, path=found.path, around=around, at=end)
    except EditionWithheld as gone:
        return withheld(found, gone.edition, path=request.path)
    if view is None:
        history = history_of(found.document, found.path)
        return time_refused(history, status=404, path=request.path)
    context = {
        "story": view,
        "moment": when(at, around.zone),
        "here": found.document.section_id,
        "read_only": True,
        "time": through_time(view, around, at),
        "citation": citation(view, around, at),
    }
    response = page("paper/story.html", context, around=around, path=found.path)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Memento-Datetime"] = http_date(at.timestamp())
    response.headers["Link"] = History(found.path).links()
    return of_document(response, found.document, storylines=storylines_shown(view))


def storylines_shown(view: StoryView) -> list[int]:
    """Return the ids of the storylines whose other stories a page names."""
    return [box.storyline_id for box in view.storylines]


def withheld(found: Address, edition: Edition, *, path: str) -> HttpResponse:
    """Say that the words of an edition were removed by law, and why (451, RFC 7725).

    It stays in the TimeMap; without ``Memento-Datetime`` the answer claims to be no memento.
    """
    around = frame()
    assert edition.withheld_at is not None
    context = {
        "edition": edition,
        "published": when(edition.published_at, around.zone),
        "withheld": when(edition.withheld_at, around.zone),
        "path": found.path,
        "here": found.document.section_id,
    }
    response = page("paper/withheld.html", context, around=around, path=path, status=451)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Link"] = history_of(found.document, found.path).links()
    return of_document(response, found.document)


def of_document(
    response: HttpResponse,
    document: Document,
    *,
    has_thread: bool = False,
    storylines: Sequence[int] = (),
) -> HttpResponse:
    """Let a page be held ready until something happens to its document, or around all pages.

    Also to one of the ``storylines`` (ids) whose other stories it names.

    A page that shows comments ``has_thread``: what readers say of them without words changes it too.
    Not one of a past moment, which shows what they had said by then.
    """
    keys = [FRAME, document_key(document.pk), *map(storyline_key, storylines)]
    if has_thread:
        keys.append(reactions_key(document.pk))
    return made_from(response, *keys, sequence=document.head_sequence)


def preview_response(
    content: EditionContent, *, document: Document | None, section: Section | None
) -> HttpResponse:
    """Show an edition that is not saved to the editor who writes it."""
    path = (current_path(document.pk) if document else None) or "/"
    view = preview_view(content, document=document, section=section, path=path)
    return private_page("paper/story.html", {"story": view}, around=frame(), path=path)
