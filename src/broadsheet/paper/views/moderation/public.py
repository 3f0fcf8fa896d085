"""What everybody can read of moderation: the log, the figures, the rules."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from broadsheet import clock
from broadsheet.discussion.keys import SETTINGS
from broadsheet.discussion.queries import discussion_settings
from broadsheet.moderation.deciding import UNDO_WITHIN
from broadsheet.moderation.enums import RULE_GROUNDS, Ground, Measure
from broadsheet.moderation.figures import moderation_figures
from broadsheet.moderation.house import house_rules
from broadsheet.moderation.keys import DECISIONS, HOUSE, QUEUE, RULES
from broadsheet.moderation.models import Appeal
from broadsheet.moderation.queries import LOG_PER_PAGE, LOGGED, logged_decisions
from broadsheet.moderation.rules import RULES as GATE
from broadsheet.moderation.setting import rules_as_set
from broadsheet.paper.presenters.frame import frame, page
from broadsheet.paper.presenters.moderation_figures import (
    figure_plots,
    figure_rows,
    headline_figures,
)
from broadsheet.paper.presenters.statements import log_lines
from broadsheet.paper.views.forms import number_of
from broadsheet.press.marking import made_from, pressed
from broadsheet.record.keys import FRAME, STORIES
from broadsheet.record.models import Address

LOG = "/moderation/log/"
TRANSPARENCY = "/moderation/transparency/"


@pressed("before", "what")
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """List decisions, the last one first; ``?before=`` continues. Three statements."""
    around = frame()
    what = request.GET.get("what", "")
    what = what if what in LOGGED else ""
    before = number_of(request.GET.get("before"))
    found = logged_decisions(measure=what, before=before)
    decisions = list(found[: LOG_PER_PAGE + 1])
    older = ""
    if len(decisions) > LOG_PER_PAGE:
        decisions = decisions[:LOG_PER_PAGE]
        older = f"?before={decisions[-1].pk}"
        older += f"&what={what}" if what else ""
    documents = {each.document_id for each in decisions if each.document_id}
    paths = dict(
        Address.objects.filter(document__in=documents, is_current=True).values_list(
            "document", "path"
        )
    )
    names = house_rules().names_in_log
    context = {
        "here": "moderation",
        "lines": log_lines(decisions, zone=around.zone, paths=paths, with_names=names),
        "kinds": [(each.value, each.label) for each in LOGGED],
        "what": what,
        "older": older,
        "is_continued": before is not None,
    }
    own = f"{LOG}?before={before}" if before is not None and not what else LOG
    response = page("paper/moderation/log.html", context, around=around, path=own)
    if what:
        response.headers["X-Robots-Tag"] = "noindex"
    return made_from(response, FRAME, STORIES, DECISIONS, HOUSE)


@pressed()
@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """Figures of the last twelve months, as plots and tables. Six statements."""
    around = frame()
    found = moderation_figures(now=clock.now(), zone=around.zone)
    context = {
        "here": "moderation",
        "figures": headline_figures(found),
        "plots": figure_plots(found),
    }
    response = page("paper/moderation/transparency.html", context, around=around, path=TRANSPARENCY)
    return made_from(response, FRAME, DECISIONS, QUEUE)


@pressed()
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as CSV (RFC 4180), one number a line."""
    around = frame()
    found = moderation_figures(now=clock.now(), zone=around.zone)
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(["month", "what", "ground", "number"])
    lines.writerows(figure_rows(found))
    response = HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="moderation.csv"'
    response.headers["Cache-Control"] = "public, no-cache"
    return made_from(response, FRAME, DECISIONS, QUEUE)


@pressed()
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of the discussion, what the software does and what people do, and whom to write to."""
    around = frame()
    house = house_rules()
    set_to = rules_as_set()
    paragraphs = [" ".join(each.split()) for each in house.rules.split("\n\n")]
    context = {
        "here": "moderation",
        "house": house,
        "paragraphs": [each for each in paragraphs if each],
        "address": [line for line in house.contact_address.splitlines() if line.strip()],
        "grounds": [each.label for each in RULE_GROUNDS if each != Ground.RULES],
        "settings": discussion_settings(),
        "software": [rule for rule in GATE if set_to[rule.name].is_on],
        "months": Appeal.WITHIN // dt.timedelta(days=30),
        "undo_minutes": UNDO_WITHIN.seconds // 60,
        "measures": [Measure.DECLINED.label, Measure.REMOVED.label],
    }
    response = page(
        "paper/moderation/rules.html", context, around=around, path="/moderation/rules/"
    )
    return made_from(response, FRAME, HOUSE, SETTINGS, RULES)
