"""What those concerned are told: receipts of reports, statements of reasons, and the way to appeal.

The pages are opened by addresses that nobody can guess, and by what a browser or an account is known
by. No cache keeps them, and no link that leads away tells where it stood.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.moderation.appeals import AppealRefused, file_appeal, is_decided_alone, why_not
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import Appeal, Decision, Report
from broadsheet.moderation.permissions import moderators
from broadsheet.moderation.queries import decisions_of, reports_of
from broadsheet.moderation.statements import is_link, report_path, statement_path
from broadsheet.moderation.taking_back import waiting_of
from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.presenters.statements import (
    decision_view,
    report_view,
    said_in,
    waiting_view,
)
from broadsheet.paper.views.forms import FROM_ELSEWHERE, is_from_here, private, wants_json
from broadsheet.paper.views.people import person_of
from broadsheet.record.queries import current_path

MAX_FIELD = 10_000


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, pk: int, signature: str) -> HttpResponse:
    """Show a statement of reasons to whom it concerns, and take the appeal."""
    if not is_link("statement", pk, signature):
        raise Http404("there is no such statement")
    decision = (
        Decision.objects.select_related("document__edition", "comment", "held", "account")
        .filter(pk=pk, statement__isnull=False)
        .first()
    )
    if decision is None:
        raise Http404("there is no such statement")
    if wants_json(request):
        return private(JsonResponse(decision.statement))
    own = statement_path(decision)
    problem = _appeal(request, decision, None)
    if isinstance(problem, HttpResponse):
        return problem
    context = {
        "decision": decision_view(decision, frame().zone),
        "said": said_in(decision),
        "is_final": decision.measure == Measure.REDACTED,
        "ground": Ground(decision.ground).label,
        "is_law": Ground(decision.ground).is_law,
        **_redress(request, decision, None, problem),
    }
    return _shown("statement", context, own, decision.document_id, problem)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, pk: int, signature: str) -> HttpResponse:
    """Show a report to who made it: that it came in, what was decided, and what can be done then."""
    if not is_link("report", pk, signature):
        raise Http404("there is no such report")
    report = (
        Report.objects.select_related("comment__document__edition", "decision")
        .filter(pk=pk)
        .first()
    )
    if report is None:
        raise Http404("there is no such report")
    problem = _appeal(request, report.decision, report)
    if isinstance(problem, HttpResponse):
        return problem
    context = {
        "report": report_view(report, frame().zone),
        **_redress(request, report.decision, report, problem),
    }
    own = report_path(report)
    return _shown("receipt", context, own, report.comment.document_id, problem)


def _appeal(
    request: HttpRequest, decision: Decision | None, report: Report | None
) -> HttpResponse | AppealRefused | None:
    """Take an appeal if one was sent; return where to go then, or what was wrong."""
    if request.method != "POST":
        return None
    if decision is None:
        return AppealRefused("Nothing was decided yet.")
    if not is_from_here(request, by_session=False):
        return AppealRefused(FROM_ELSEWHERE)
    try:
        file_appeal(
            decision_id=decision.pk,
            words=request.POST.get("words", "")[:MAX_FIELD],
            email=request.POST.get("email", "")[:MAX_FIELD],
            report=report,
        )
    except AppealRefused as refusal:
        return refusal
    own = report_path(report) if report else statement_path(decision)
    return HttpResponseRedirect(own, status=303)


def _redress(
    request: HttpRequest,
    decision: Decision | None,
    report: Report | None,
    problem: AppealRefused | None,
) -> dict[str, Any]:
    """Return what can be done about a decision, and what came of it."""
    appeal = getattr(decision, "appeal", None) if decision else None
    reversal = getattr(decision, "reversed_by", None) if decision else None
    closed = why_not(decision, report=report) if decision else "Nothing was decided yet."
    return {
        "appeal": appeal,
        "reversal": reversal if reversal and reversal.measure == Measure.UNDONE else None,
        "may_appeal": not closed,
        "closed": closed,
        "is_alone": not closed and moderators()[:2].count() < 2,
        "decides_alone": not closed and is_decided_alone(),
        "max_words": Appeal.MAX_WORDS,
        "typed": {
            "words": request.POST.get("words", "")[:MAX_FIELD],
            "email": request.POST.get("email", "")[:MAX_FIELD],
        },
        "errors": {problem.field: str(problem)} if problem else {},
    }


def _shown(
    template: str,
    context: dict[str, Any],
    own: str,
    document_id: int | None,
    problem: AppealRefused | None,
) -> HttpResponse:
    path = (current_path(document_id) if document_id else "") or ""
    response = private_page(
        f"paper/moderation/{template}.html",
        {**context, "path": path, "action": own},
        around=frame(),
        path=own,
        status=422 if problem else 200,
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what waits of one's own, what was decided about it, and what came of one's own reports."""
    person = person_of(request)
    account, key = person.account, person.guest_key
    zone = frame().zone
    context = {
        "waiting": [waiting_view(each, zone) for each in waiting_of(person)],
        "decisions": [
            (decision_view(each, zone), statement_path(each)) for each in decisions_of(account, key)
        ],
        "reports": [
            (report_view(each, zone), report_path(each)) for each in reports_of(account, key)
        ],
        "is_known": person.is_known,
        "writer": account.name if account else "",
    }
    response = private_page(
        "paper/moderation/mine.html", context, around=frame(), path="/moderation/mine/"
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
