"""Every address of the product, asked in every way by those who mean no good."""

from __future__ import annotations

import itertools
import re

import pytest
from django.apps import apps
from django.test import Client
from tests import factories
from tests.integration.paper.hostile_bodies import (
    BURSTING,
    DESK_QUERIES,
    FORM,
    QUERIES,
    desk_forms,
    encoded,
    forms,
    samples,
    values,
)
from tests.integration.paper.hostile_site import WORD, Browser, site, stored
from tests.integration.paper.walking import walk

from broadsheet.discussion.models import Comment
from broadsheet.moderation.models import QueueItem
from broadsheet.readers.models import OutgoingMail

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE")


@pytest.fixture
def world(publication):
    return site()


def faults(browser, method, path, answer) -> list[str]:
    """Return what is wrong with an answer, whoever asked for it."""
    wrong = []
    if answer.status_code >= 500:
        wrong.append(f"{answer.status_code} {browser.raised}")
    for name, value in EXPECTED.items():
        if not re.fullmatch(value, answer.headers.get(name, "")):
            wrong.append(f"{name}: {answer.headers.get(name)}")
    if answer.headers.get("Content-Type", "").startswith("text/") and (
        "charset=utf-8" not in answer.headers["Content-Type"].replace('"', "")
    ):
        wrong.append(answer.headers["Content-Type"])
    return [f"{method} {path[:150]}: {each}" for each in wrong]


def fail_with(wrong: list[str]) -> None:
    """Fail with all that is wrong, each once."""
    if wrong:
        pytest.fail("\n".join(dict.fromkeys(wrong)), pytrace=False)


WAGTAILS_OWN = {"desk/failwhale/"}
"""An address that fails for who may do everything, to show how that looks."""
OPEN_AT_THE_DESK = {"sprite", "jsi18n", "login", "password_reset"}
"""What Wagtail shows to who is not signed in: its icons, and the ways in."""

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin|no-referrer",
    "X-Frame-Options": "DENY|SAMEORIGIN",
    "Permissions-Policy": "camera=.*",
    "Content-Security-Policy": ".*frame-ancestors ('none'|'self').*",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_addresses_of_the_paper_asked_in_every_way(world):
    wrong = []
    for who, methods in (
        (Browser(), METHODS),
        (Browser(world.reader), ("GET", "POST")),
        (Browser(world.mod), ("POST",)),
    ):
        for each in walk():
            if each.route.startswith("desk/"):
                continue
            path = each.filled(world.plain)
            for method in methods:
                with who.asks(method, path, content_type=FORM) as answer:
                    wrong += faults(who, method, path, answer)
    fail_with(wrong)


def test_hostile_values_in_addresses(world):
    wrong = []
    who = Browser(world.mod)
    for each in walk():
        if each.route.startswith("desk/"):
            continue
        for number, path in enumerate(each.hostile(world.plain)):
            method = ("GET", "POST")[number % 2]
            with who.asks(method, path, content_type=FORM) as answer:
                wrong += faults(who, method, path, answer)
    fail_with(wrong)


def test_addresses_of_the_desk(world, editor):
    wrong = []
    for who in (Browser(), Browser(editor)):
        is_editor = who.account == editor
        for each in walk("desk/"):
            if each.route in WAGTAILS_OWN:
                continue
            paths = [each.filled(world.plain)]
            if is_editor and each.view.__module__.startswith("broadsheet."):
                paths += each.hostile(world.plain)
            for path in paths:
                with who.asks("GET", path) as answer:
                    wrong += faults(who, "GET", path, answer)
                    is_open = each.route.split("/")[1] in OPEN_AT_THE_DESK
                    if not is_editor and not is_open and answer.status_code == 200:
                        wrong.append(f"open to {who.account}: {path}")
    fail_with(wrong)


def people(world) -> dict[str, Browser]:
    return {
        "guest": Browser(guest=True),
        "reader": Browser(world.reader),
        "mod": Browser(world.mod),
    }


def sent(who, path, content_type, body, before) -> list[str]:
    """Send a body; return what is wrong with the answer, and whether a refusal stored anything."""
    with who.asks("POST", path, data=body, content_type=content_type) as answer:
        wrong = faults(who, "POST", path, answer)
        if answer.status_code >= 400 and (after := stored()) != before:
            more = {name: count for name, count in after.items() if count != before[name]}
            wrong.append(f"POST {path} {answer.status_code} stored {more}")
    return wrong


def test_bodies_that_are_no_form_of_ours(world):
    before, wrong = stored(), []
    browsers = people(world)
    bursting, others = itertools.cycle(BURSTING), itertools.cycle(samples() or BURSTING)
    for who, path, _ in forms(world):
        chosen = [*itertools.islice(bursting, 5), *itertools.islice(others, 5)]
        for name, content_type, body in chosen:
            found = sent(browsers[who], path, content_type, body, before)
            wrong += [f"{name}: {each}" for each in found]
    fail_with(wrong)


def test_hostile_values_in_every_field(world):
    before, wrong = stored(), []
    browsers = people(world)
    for who, path, data in forms(world):
        for field in data:
            for value in values(1, f"{path} {field}"):
                body = encoded({**data, field: value})
                found = sent(browsers[who], path, FORM, body, before)
                wrong += [f"{field}={value[:60]!r}: {each}" for each in found]
    fail_with(wrong)


def test_hostile_values_in_queries(world):
    wrong = []
    browsers = people(world)
    for path, names in QUERIES.items():
        who = browsers["mod" if path == "/moderation/" else "reader"]
        for name in names:
            for value in values(2, f"{path} {name}"):
                asked = f"{path}?{encoded({name: value}).decode()}"
                with who.asks("GET", asked) as answer:
                    wrong += faults(who, "GET", asked, answer)
    fail_with(wrong)


def test_hostile_values_in_forms_of_the_desk(world, editor):
    before, wrong = stored(), []
    who = Browser(editor)
    for path, data in desk_forms(world, who):
        for field in data:
            for value in values(1, f"{path} {field}"):
                body = encoded({**data, field: value})
                found = sent(who, path, FORM, body, before)
                wrong += [f"{field}={value[:60]!r}: {each}" for each in found]
        for name, content_type, body in BURSTING:
            found = sent(who, path, content_type, body, before)
            wrong += [f"{name}: {each}" for each in found]
    fail_with(wrong)


def test_forms_of_the_desk_that_are_sent_as_meant_are_taken(world, editor):
    """What is tried above is refused for what is in it, not since the form is none of ours."""
    who = Browser(editor)
    refused = {}
    for path, data in desk_forms(world, who):
        with who.asks("POST", path, data=encoded(data), content_type=FORM) as answer:
            form = (answer.context or {}).get("form")
            if answer.status_code >= 400 or (form is not None and form.errors):
                refused[path] = (answer.status_code, form and form.errors)
    assert refused == {}


def test_hostile_values_in_queries_of_the_desk(world, editor):
    wrong = []
    who = Browser(editor)
    for path, names in DESK_QUERIES.items():
        for name in names:
            for value in values(2, f"{path} {name}"):
                asked = f"{path}?{encoded({name: value}).decode()}"
                with who.asks("GET", asked) as answer:
                    wrong += faults(who, "GET", asked, answer)
                    if "\0" in value and answer.status_code != 400:
                        wrong.append(f"{asked}: {answer.status_code}")
    fail_with(wrong)


@pytest.mark.parametrize("path", DESK_QUERIES)
def test_search_of_the_desk_has_a_length(world, editor, path):
    """SQLite takes no pattern of 50,000 bytes, and Wagtail hands on what somebody looks for."""
    with Browser(editor).asks("GET", f"{path}?q={'a' * 60_000}") as answer:
        assert answer.status_code == 400
    with Browser(editor).asks("GET", f"{path}?q={'a' * 4_096}") as answer:
        assert answer.status_code == 200


NOT_NOW = {"/account/proof/", "/account/claim/", "/account/claim/name/", "/moderation/undo/"}
"""Forms that need what happened before: a letter, a comment that can be claimed, a decision."""


def test_forms_that_are_sent_as_meant_are_taken(world):
    """What is tried above is refused for what is in it, not since the form is none of ours."""
    browsers = people(world)
    refused = {}
    for who, path, data in forms(world):
        with browsers[who].asks("POST", path, data=encoded(data), content_type=FORM) as answer:
            if answer.status_code >= 400 and path not in NOT_NOW:
                refused[path] = answer.status_code
    receipt = f"/moderation/report/{world.report.pk}/{world.plain['report-receipt signature']}/"
    # Nobody was asked for an interest, and this report is not decided.
    assert refused == {f"/c/{world.own.pk}/acts/": 422, receipt: 422}


def test_public_pages_carry_no_cookie_and_private_ones_are_kept_nowhere(world):
    wrong = []
    who = Browser(world.reader)
    for each in walk():
        if each.route.startswith(("desk/", "documents/")):
            continue
        path = each.filled(world.plain)
        with who.asks("GET", path) as answer:
            kept = answer.headers.get("Cache-Control", "")
            is_private = each.route.startswith(PRIVATE) or each.name in PRIVATE_NAMES
            if is_private and answer.status_code < 400 and "no-store" not in kept:
                wrong.append(f"{path} may be kept: {kept}")
            if "public" in kept and (answer.cookies or "Lena" in _of_the_session(answer)):
                wrong.append(f"{path} is for everybody and says who asks")
            if answer.cookies and "no-store" not in kept:
                wrong.append(f"{path} sets a cookie and may be kept: {kept}")
    fail_with(wrong)


PRIVATE = ("account/", "me/", "inbox/", "stop/", "follow/")
PRIVATE_NAMES = {"acts", "held", "edit", "delete", "report", "write", "mine", "propose"} | {
    f"moderation-{name}" for name in ("queue", "item", "flood", "counts", "mine")
}


def _of_the_session(answer) -> str:
    """Return the token of forms, if a page has one."""
    return "Lena" if b"csrfmiddlewaretoken" in answer.content else ""


# From elsewhere

ELSEWHERE = [
    {"HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_SEC_FETCH_SITE": "same-site"},
    {"HTTP_ORIGIN": "https://evil.example"},
    {"HTTP_ORIGIN": "null"},
    {},
]
"""What browsers say of a form that another site sent; nothing at all is for who has a session."""
BY_THEIR_ADDRESS = ("/moderation/report/", "/moderation/statement/")
"""Whoever knows the address may send these; a session speaks for nobody there."""


def test_forms_of_other_sites_change_nothing(world):
    wrong = []
    browsers = {
        "reader": Browser(world.reader, enforce_csrf_checks=True),
        "mod": Browser(world.mod, enforce_csrf_checks=True),
    }
    before = state(world)
    for who, path, data in forms(world):
        for said in ELSEWHERE:
            if who == "guest" and path.startswith(BY_THEIR_ADDRESS):
                continue
            browser = browsers.get(who, browsers["reader"])
            with browser.asks(
                "POST", path, data=encoded(data), content_type=FORM, **said
            ) as answer:
                if state(world) != before or answer.status_code < 400:
                    wrong.append(f"{path} {said} {answer.status_code}")
    fail_with(wrong)


def state(world) -> object:
    """Return what others must not be able to change."""
    world.reader.refresh_from_db()
    world.proposal.refresh_from_db()
    comments = list(
        Comment.objects.order_by("pk").values_list("pk", "removed_at", "answer", "thanks_count")
    )
    items = list(QueueItem.objects.order_by("pk").values_list("pk", "closed_at", "claimed_by"))
    rows = stored()
    return world.reader.name, world.proposal.state, comments, items, rows


def test_key_that_opens_nothing_does_not_stand_in_for_a_token(world):
    """A session that speaks for its account needs the browser's word even beside some key."""
    browser = Browser(world.reader, enforce_csrf_checks=True)
    path = f"/proposal/{world.proposal.pk}/"

    with browser.asks("POST", path, data=b"key=x", content_type=FORM) as answer:
        assert answer.status_code == 422
        assert "This form came from another page" in answer.content.decode()


# Strangers


def test_strangers_may_do_nothing_with_what_is_not_theirs(world):
    """Each act as a guest, another reader, the author of another story, and a moderator who has no
    desk: what is not theirs stays as it is."""
    another = factories.author(
        "Ben Moss", account=factories.account("ben@news.example", "Ben Moss")
    )
    factories.story("Tunnel", slug="tunnel", authors=(another,))
    own, guests, item = world.own.pk, world.guests.pk, world.item.pk
    strangers = {
        "guest": Browser(),
        "reader": Browser(world.other),
        "author": Browser(another.account),
        "moderator": Browser(world.mod),
    }
    acts = [
        (f"/c/{own}/edit/", {"text": "I was wrong.", "seen_version": "1"}),
        (f"/c/{guests}/edit/", {"text": "I was wrong.", "seen_version": "1"}),
        (f"/c/{own}/delete/", {}),
        (f"/c/{guests}/delete/", {}),
        (f"/c/{guests}/answer/", {"do": "mark"}),
        (f"/c/{own}/acts/", {"do": "answer", "answer": "None.", "key": "x"}),
        (f"/proposal/{world.proposal.pk}/", {"key": "x"}),
        *(
            (path, data)
            for path, data in (
                ("/moderation/decide/", {"item": str(item), "do": "decline", "ground": "insult"}),
                ("/moderation/undo/", {"batch": world.decision.batch}),
                (f"/moderation/{item}/claim/", {}),
                (f"/moderation/{item}/ban/", {"ban_guest": "on", "sweep": "on", "ground": "spam"}),
            )
        ),
        (f"/desk/comments/{own}/remove/", {"reason": "I do not like it."}),
        (f"/desk/proposals/{world.proposal.pk}/accept/", {}),
        (f"/desk/proposals/{world.proposal.pk}/decline/", {"reason": "No."}),
        ("/desk/moderation/decide/", {"item": str(item), "do": "decline", "ground": "insult"}),
        ("/desk/users/add/", {"email": "x@evil.example", "name": "X", "is_superuser": "on"}),
    ]
    before, wrong = state(world), []
    for who, browser in strangers.items():
        for path, data in acts:
            if who == "moderator" and path.startswith("/moderation/"):
                continue
            with browser.asks("POST", path, data=encoded(data), content_type=FORM) as answer:
                leads_to_sign_in = "sign-in" in answer.headers.get("Location", "") or (
                    "/desk/" in answer.headers.get("Location", "")
                )
                if state(world) != before or not (answer.status_code >= 400 or leads_to_sign_in):
                    wrong.append(f"{who} {path} {answer.status_code}")
    fail_with(wrong)


def test_strangers_read_nothing_that_is_private(world):
    """Neither pages of a session, nor those whose address is a secret that they do not have."""
    secret = world.plain["statement signature"]
    paths = [
        "/account/export/", "/account/inbox/", "/account/disclosures/",
        f"/inbox/{'0' * 36}.xml", f"/stop/account-{world.reader.pk}:{'0' * 43}/",
        f"/moderation/statement/{world.decision.pk}/{secret[::-1]}/",
        f"/moderation/report/{world.report.pk}/{secret}/",
        f"/account/sign-in/{world.plain['token'][:-2]}xx/", "/moderation/mine/", "/moderation/",
    ]  # fmt: skip
    for browser in (Browser(), Browser(world.other)):
        for path in paths:
            with browser.asks("GET", path) as answer:
                text = answer.content.decode()
                assert "Lena" not in text, path
                assert "lena@" not in text, path
                assert "You fool" not in text, path


# Ways in


def test_password_at_the_desk_may_be_tried_a_few_times(world, editor):
    client = Client()
    data = {"username": "editor@news.example", "password": "wrong"}
    for number in range(10):
        case = {**data, "username": data["username"].swapcase() if number % 2 else data["username"]}
        assert "too often" not in client.post("/desk/login/", case).content.decode()

    refused = client.post("/desk/login/", {**data, "password": "correct horse 9"})

    assert "tried too often" in refused.content.decode()
    assert "_auth_user_id" not in client.session


def test_new_password_of_the_desk_is_sent_a_few_times(world, editor, mailoutbox):
    client = Client()
    for _ in range(8):
        last = client.post("/desk/password_reset/", {"email": "editor@news.example"})

    assert len(mailoutbox) == 5
    assert "tried too often" in last.content.decode()


def test_nobody_fills_a_mailbox_by_asking_to_follow(world, django_capture_on_commit_callbacks):
    """From as many computers as they like, for one story or for many, known address or not."""
    mails = OutgoingMail.objects.count()
    data = {"do": "ask-to-follow", "email": "victim@reader.example", "digest": "daily"}
    path = f"/follow/story/{world.story.pk}/"
    answers = [
        Client().post(path, data, REMOTE_ADDR=f"192.0.{number}.7").status_code
        for number in range(10)
    ]

    assert answers == [303] * 5 + [422] * 5
    assert OutgoingMail.objects.count() - mails <= 5


def test_address_that_a_request_claims_is_no_other_computer(world):
    """Who stands behind a proxy is said by trusted proxies alone, before Django is asked."""
    client = Client()
    before = OutgoingMail.objects.count()
    answers = {
        client.post(
            "/account/sign-in/",
            {"email": f"lena{number}@reader.example"},
            headers={
                "X-Forwarded-For": f"198.51.100.{number}",
                "X-Real-IP": f"198.51.100.{number}",
                "Forwarded": f"for=198.51.100.{number}",
            },
        ).status_code
        for number in range(30)
    }

    assert answers == {303, 429}
    assert OutgoingMail.objects.count() == before + 20


def test_nothing_of_a_key_that_opens_something_is_stored(world):
    """Neither of the feed, nor of a confirmation, a session, a guest, or a link of a letter."""
    secrets = {
        "feed": world.feed,
        "ticket": world.plain["token"].partition(".")[2],
        "guest": WORD,
        "session": Browser(world.reader).client.cookies["sessionid"].value,
        "statement": world.plain["statement signature"],
        "receipt": world.plain["report-receipt signature"],
    }
    found = []
    for model in apps.get_models():
        for row in model._default_manager.all().values():
            text = repr(row)
            found += [(model.__name__, name) for name, secret in secrets.items() if secret in text]
    # A letter has to be kept until it is sent; its text goes then.
    assert {(where, what) for where, what in found if where != "OutgoingMail"} == set()
