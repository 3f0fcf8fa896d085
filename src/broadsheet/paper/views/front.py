"""The front page: lead, latest, most discussed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet import clock
from broadsheet.discussion.queries import most_discussed
from broadsheet.paper.presenters.cards import Card, card, cards
from broadsheet.paper.presenters.frame import Frame, frame, page
from broadsheet.paper.presenters.structured import front_data, json_ld
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, STORIES
from broadsheet.record.queries import editions_in_force

LATEST = 15
MOST_DISCUSSED = 5


@pressed()
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    around = frame()
    latest = cards(editions_in_force()[:LATEST], around)
    lead = _lead(latest, around)
    discussed = [
        card(edition, count, around)
        for edition, count in most_discussed(limit=MOST_DISCUSSED, now=clock.now())
    ]
    context = {
        "lead": lead,
        "latest": [item for item in latest if item is not lead],
        "discussed": discussed,
        "structured": json_ld(front_data(around)),
    }
    return made_from(page("paper/front.html", context, around=around, path="/"), FRAME, STORIES)


def _lead(latest: list[Card], around: Frame) -> Card | None:
    """Return what the editor put first, else the newest story with a picture, else the newest."""
    chosen = around.publication.lead_id
    if chosen:
        for item in latest:
            if item.edition.document_id == chosen:
                return item
        if found := cards(editions_in_force().filter(document=chosen), around):
            return found[0]
    pictured = (item for item in latest if item.content.lead_image)
    return next(pictured, latest[0] if latest else None)
