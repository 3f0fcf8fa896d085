"""The rules at the desk: shown, set, tried; bans made and lifted; strangers fail."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from tests import factories

from broadsheet.moderation.bans import make_ban
from broadsheet.moderation.enums import BanKind
from broadsheet.moderation.models import Ban, RefusedTry, RuleSetting
from broadsheet.moderation.rules import RULES
from broadsheet.moderation.setting import rules_as_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, publication, editor):
    client.force_login(editor)
    return client


def rules():
    return reverse("desk_rules")


def rule(name):
    return reverse("desk_rule", args=[name])


def test_rules_are_listed_in_their_order(desk):
    page = desk.get(rules()).content.decode()

    places = [page.index(f'href="{rule(each.name)}"') for each in RULES]
    assert places == sorted(places)


@pytest.mark.parametrize("each", RULES, ids=[each.name for each in RULES])
def test_each_rule_can_be_shown_and_set_as_it_is(desk, editor, each):
    shown = desk.get(rule(each.name))
    initial = shown.context["form"].initial
    data = {
        name: "\n".join(value) if isinstance(value, list) else value
        for name, value in initial.items()
        if value is not False
    }

    answer = desk.post(rule(each.name), data)

    assert (answer.status_code, answer["Location"]) == (302, rules())
    assert rules_as_set()[each.name].options == each.options()
    assert RuleSetting.objects.get().changed_by == editor


def test_rule_is_switched_off_and_given_lists(desk):
    desk.post(
        rule("words"), {"blocked": "Casino\r\n\r\ncasino \nzorblax", "blocked_outcome": "hold"}
    )

    words = rules_as_set()["words"]
    assert not words.is_on
    assert words.options.blocked == ("Casino", "casino", "zorblax")
    assert words.options.blocked_outcome == "hold"


WRONG = [
    ("rates", {"minutes": "0"}, "minutes"),
    ("rates", {"minutes": "many"}, "minutes"),
    ("words", {"blocked": "!!!"}, "blocked"),
    ("words", {"blocked_outcome": "burn"}, "blocked_outcome"),
    ("links", {"blocked": "no domain"}, "blocked"),
    ("links", {"allowed": "a.example\n" + "x" * 300}, "allowed"),
    ("filter", {"hold": "2"}, "hold"),
    ("filter", {"hold": "nan"}, "hold"),
    ("filter", {"hold": "0.9", "refuse": "0.1"}, "refuse"),
]


@pytest.mark.parametrize(("name", "given", "field"), WRONG)
def test_what_is_wrong_is_said_beside_its_field(desk, name, given, field):
    initial = desk.get(rule(name)).context["form"].initial
    data = {
        key: "\n".join(value) if isinstance(value, list) else value
        for key, value in initial.items()
        if value is not False
    }

    answer = desk.post(rule(name), {**data, **given})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not RuleSetting.objects.exists()


def test_words_can_be_tried_without_posting(desk):
    RuleSetting.objects.all().delete()
    desk.post(rule("words"), {"is_on": "1", "blocked": "casino", "blocked_outcome": "refuse"})

    page = desk.post(rules(), {"text": "A <casino>!"}).content.decode()

    assert "It would be refused." in page
    assert "A &lt;casino&gt;!" in page
    assert not RefusedTry.objects.exists()
    assert desk.post(rules(), {"text": " "}).status_code == 422
    assert desk.post(rules(), {"text": "x" * 100_000}).status_code == 422


def test_ban_is_made_shown_and_lifted(desk, editor, stranger):
    form = {
        "kind": "account",
        "value": "Stranger@Elsewhere.example",
        "reason": "Insults.",
        "days": "7",
    }

    desk.post(reverse("desk_bans"), form)
    ban = Ban.objects.get()
    page = desk.get(reverse("desk_bans")).content.decode()
    desk.post(reverse("desk_ban_lift", args=[ban.pk]))
    desk.post(reverse("desk_ban_lift", args=[ban.pk]))

    assert (ban.account, ban.made_by) == (stranger, editor)
    assert "stranger@elsewhere.example" in page
    assert "Insults." in page
    assert Ban.objects.get().lifted_by == editor


BANS = [
    {"kind": "account", "value": "nobody@elsewhere.example", "reason": "No."},
    {"kind": "account", "value": "editor@news.example", "reason": "No."},
    {"kind": "address", "value": "0.0.0.0/0", "reason": "No."},
    {"kind": "email", "value": "nothing", "reason": "No."},
    {"kind": "email", "value": "a@b.example", "reason": "No.", "days": "0"},
    {"kind": "email", "value": "a@b.example", "reason": ""},
    {"kind": "planet", "value": "Mars", "reason": "No."},
]


@pytest.mark.parametrize("form", BANS)
def test_ban_that_cannot_be_made_is_answered(desk, form):
    assert desk.post(reverse("desk_bans"), form).status_code == 422
    assert not Ban.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_bans_costs_the_same_however_many(
    desk, editor, django_assert_max_num_queries, count
):
    for number in range(count):
        value = f"192.0.2.{number}"
        make_ban(kind=BanKind.ADDRESS, value=value, reason="No.", by=editor)

    with django_assert_max_num_queries(16):
        desk.get(reverse("desk_bans"))


def test_refused_comments_are_shown_as_text(desk, author):
    story = factories.story("Bridge", slug="bridge", authors=(author,))
    desk.post(rule("words"), {"is_on": "1", "blocked": "casino", "blocked_outcome": "refuse"})
    desk.logout()
    desk.post("/2026/09/bridge/comment/", {"text": "A <b>casino</b>!", "name": "Tom <i>"})
    desk.force_login(story and factories.administrator("second@news.example"))

    page = desk.get(reverse("desk_refused")).content.decode()

    assert "A &lt;b&gt;casino&lt;/b&gt;!" in page
    assert "Tom &lt;i&gt;" in page
    assert "which is not published here" in page


ADDRESSES = ["/desk/rules/", "/desk/rules/set/words/", "/desk/rules/bans/", "/desk/rules/refused/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_see_nothing(client, publication, stranger, address):
    assert client.get(address).status_code == 302
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)

    answer = client.get(address)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/desk/")


def test_strangers_change_nothing(client, publication, stranger, editor):
    ban = make_ban(kind=BanKind.ADDRESS, value="192.0.2.1", reason="No.", by=editor)
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)

    client.post("/desk/rules/set/words/", {"is_on": "1", "blocked": "x"})
    client.post("/desk/rules/bans/", {"kind": "email", "value": "a@b.example", "reason": "No."})
    client.post(f"/desk/rules/bans/{ban.pk}/lift/")

    assert not RuleSetting.objects.exists()
    assert Ban.objects.get().lifted_at is None


def test_rule_that_is_none_is_not_found(desk):
    assert desk.get("/desk/rules/set/nothing/").status_code == 404
