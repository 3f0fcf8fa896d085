"""What a reader is told of, whom a reader mutes, and what a reader discloses: pages of an account."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.utils.feedgenerator import rfc3339_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet import clock
from broadsheet.discussion import follows
from broadsheet.discussion.enums import Digest
from broadsheet.discussion.tellings import tellings
from broadsheet.paper.presenters.frame import frame, private_page
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.views.forms import FROM_ELSEWHERE, is_from_here, number_of
from broadsheet.paper.views.me import writer_of
from broadsheet.readers.disclosures import DisclosureRefused, disclose, take_back
from broadsheet.readers.models import Account, Disclosure
from broadsheet.readers.muting import unmute
from broadsheet.record.models import Address, Topic

PAGE = 50
"""Notices on one page, and entries of a feed."""
SUGGESTED = 300
"""Topics that are offered while a disclosure is typed."""

Do = Callable[[HttpRequest, Account], str]


def _to_sign_in(path: str) -> HttpResponse:
    return _private(HttpResponseRedirect(f"/account/sign-in/?next={quote(path)}"))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _posted(request: HttpRequest, account: Account, do: Do) -> tuple[HttpResponse | None, dict]:
    """Do what a form of the page asks; returns where to go on, or what is wrong by field."""
    if request.method != "POST":
        return None, {}
    if not is_from_here(request, by_session=True):
        return None, {"page": FROM_ELSEWHERE}
    try:
        return _private(HttpResponseRedirect(do(request, account), status=303)), {}
    except DisclosureRefused as refusal:
        return None, {refusal.field: str(refusal)}
    except follows.FollowRefused as refusal:
        return None, {"page": str(refusal)}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """What happened to what the reader follows; how and of what they are told."""
    account, _ = writer_of(request)
    if account is None:
        return _to_sign_in("/account/inbox/")
    key = ""
    if request.method == "POST" and request.POST.get("do") == "feed":
        # The key is shown once and not kept, so it cannot be led to.
        if is_from_here(request, by_session=True):
            key = follows.renew_feed(account=account)
        problem = {} if key else {"page": FROM_ELSEWHERE}
    else:
        answer, problem = _posted(request, account, _change_inbox)
        if answer:
            return answer
    around = frame()
    before = number_of(request.GET.get("before"))
    notices = follows.inbox(account)
    if before is not None:
        notices = notices.filter(pk__lt=before)
    shown = list(notices.order_by("-pk")[: PAGE + 1])
    told = tellings(shown[:PAGE])
    chosen = follows.settings_of(account)
    followed = list(follows.follows_of(account)[: follows.MAX_FOLLOWS])
    paths = dict(
        Address.objects.filter(
            document__in=[each.document_id for each in followed if each.document_id],
            is_current=True,
        ).values_list("document_id", "path")
    )
    context = {
        "items": [(each, moment(each.at, around.zone)) for each in told],
        "unread": sum(not each.is_read for each in told),
        "newest": max((each.id for each in told), default=0),
        "older": shown[PAGE - 1].pk if len(shown) > PAGE else None,
        "chosen": chosen,
        "digests": [(each.value, each.label) for each in Digest],
        "followed": [(each, paths.get(each.document_id or 0, "")) for each in followed],
        "feed": f"{around.origin}/inbox/{key}.xml" if key else "",
        "has_feed": bool(key or chosen.feed_digest),
        "problem": problem,
        "is_saved": request.GET.get("done") == "saved",
        "token": get_token(request),
    }
    return private_page(
        "paper/inbox.html",
        context,
        around=around,
        path="/account/inbox/",
        status=422 if problem else 200,
    )


def _change_inbox(request: HttpRequest, account: Account) -> str:
    data = request.POST
    match data.get("do"):
        case "read":
            follows.mark_read(account=account, up_to=number_of(data.get("up_to")) or 0)
        case "choose":
            follows.choose(
                account=account,
                digest=data.get("digest", ""),
                own_replies="own_replies" in data,
            )
            return "/account/inbox/?done=saved#how"
        case "unfollow":
            follows.unfollow(account=account, follow_id=number_of(data.get("follow")) or 0)
            return "/account/inbox/#followed"
        case "end-feed":
            follows.end_feed(account=account)
            return "/account/inbox/#feed"
    return "/account/inbox/"


@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The inbox as a feed, for whoever has its address."""
    account = follows.account_of_feed(key)
    if account is None:
        raise Http404("there is no such feed")
    around = frame()
    told = tellings(list(follows.inbox(account)[:PAGE]))
    context = {
        "publication": around.publication,
        "origin": around.origin,
        "account_id": account.pk,
        "updated": rfc3339_date(max((each.at for each in told), default=clock.now())),
        "items": [(each, rfc3339_date(each.at)) for each in told],
    }
    body = get_template("paper/inbox_feed.xml").render(context)
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return _private(response)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def muted(request: HttpRequest) -> HttpResponse:
    """Whom the reader mutes; without an account the browser knows, and a script shows it."""
    account, _ = writer_of(request)
    problem: dict[str, str] = {}
    if account:
        answer, problem = _posted(request, account, _unmute)
        if answer:
            return answer
    context = {
        "account": account,
        "mutes": list(account.mutes.all()) if account else [],
        "problem": problem,
        "token": get_token(request) if account else "",
    }
    return private_page(
        "paper/muted.html",
        context,
        around=frame(),
        path="/account/muted/",
        status=422 if problem else 200,
    )


def _unmute(request: HttpRequest, account: Account) -> str:
    unmute(account=account, mute_id=number_of(request.POST.get("mute")) or 0)
    return "/account/muted/"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def disclosures(request: HttpRequest) -> HttpResponse:
    """What the reader discloses, one line for each topic."""
    account, _ = writer_of(request)
    if account is None:
        return _to_sign_in("/account/disclosures/")
    answer, problem = _posted(request, account, _change_disclosures)
    if answer:
        return answer
    around = frame()
    context = {
        "lines": [
            (line, moment(line.since, around.zone))
            for line in Disclosure.objects.filter(account=account)
        ],
        "topics": list(Topic.objects.values_list("name", flat=True)[:SUGGESTED]),
        "given": request.POST if problem else {},
        "problem": problem,
        "token": get_token(request),
    }
    return private_page(
        "paper/disclosures.html",
        context,
        around=around,
        path="/account/disclosures/",
        status=422 if problem else 200,
    )


def _change_disclosures(request: HttpRequest, account: Account) -> str:
    data = request.POST
    if data.get("do") == "take-back":
        take_back(account=account, disclosure_id=number_of(data.get("line")) or 0)
    else:
        disclose(account=account, about=data.get("about", ""), text=data.get("text", ""))
    return "/account/disclosures/"
