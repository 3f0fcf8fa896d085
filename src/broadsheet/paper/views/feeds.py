"""The feed of the front page, RSS 2.0 with the content, slash and dc modules."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet.paper.presenters.cards import cards
from broadsheet.paper.presenters.feed import feed_item
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, STORIES
from broadsheet.record.models import Edition
from broadsheet.record.queries import editions_in_force, editions_of_all, with_notes

ITEMS = 30


@pressed()
@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    around = frame()
    editions = list(editions_in_force()[:ITEMS])
    bodies = dict(
        Edition.objects.filter(pk__in=[edition.pk for edition in editions]).values_list(
            "pk", "body_html"
        )
    )
    told: dict[int, list[Edition]] = {edition.document_id: [] for edition in editions}
    for edition in with_notes(editions_of_all(told)):
        told[edition.document_id].append(edition)
    items = [
        feed_item(card, bodies[card.edition.pk], told[card.edition.document_id], around)
        for card in cards(editions, around)
    ]
    newest = max((edition.published_at for edition in editions), default=None)
    response = page(
        "paper/feed.xml",
        {"items": items, "newest": newest},
        around=around,
        path="/feed.xml",
        content_type="application/rss+xml; charset=utf-8",
    )
    return made_from(response, FRAME, STORIES)
