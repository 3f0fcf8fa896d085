"""Feeds of stories, RSS 2.0 with the content, slash and dc modules."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.paper.presenters.cards import cards
from broadsheet.paper.presenters.feed import feed_item, xml_text
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, STORIES
from broadsheet.record.models import Edition
from broadsheet.record.queries import editions_in_force, editions_of_all, with_notes

ITEMS = 30


@pressed()
@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    """The feed of the front page."""
    return made_from(feed_of(editions_in_force(), path="/feed.xml"), FRAME, STORIES)


def feed_of(
    editions: QuerySet[Edition], *, path: str, title: str = "", description: str = ""
) -> HttpResponse:
    """Return a feed of the first of some editions in force; without a title that of the paper."""
    around = frame()
    found = list(editions[:ITEMS])
    bodies = dict(
        Edition.objects.filter(pk__in=[edition.pk for edition in found]).values_list(
            "pk", "body_html"
        )
    )
    told: dict[int, list[Edition]] = {edition.document_id: [] for edition in found}
    for edition in with_notes(editions_of_all(told)):
        told[edition.document_id].append(edition)
    items = [
        feed_item(card, bodies[card.edition.pk], told[card.edition.document_id], around)
        for card in cards(found, around)
    ]
    name = around.publication.name
    context = {
        "items": items,
        "newest": max((edition.published_at for edition in found), default=None),
        "title": xml_text(f"{title} — {name}" if title else name),
        "description": xml_text(description or around.publication.motto or name),
        "home": path.removesuffix("feed.xml"),
    }
    return page(
        "paper/feed.xml",
        context,
        around=around,
        path=path,
        content_type="application/rss+xml; charset=utf-8",
    )
