"""The queue on the paper: who sees it, what it shows, what its forms do."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from django.test import Client
from tests import factories
from tests.integration.moderation.answering import GUEST, hold, said
from tests.integration.moderation.test_answering_for_it import complaint, notice, report

from broadsheet.discussion.actions import Draft, Sender, prepared
from broadsheet.discussion.models import Comment
from broadsheet.moderation.appeals import file_appeal
from broadsheet.moderation.deciding import Ruling, new_batch, remove
from broadsheet.moderation.enums import Ground, Measure, Outcome
from broadsheet.moderation.models import Decision, QueueItem
from broadsheet.moderation.reasons import Reason, Verdict
from broadsheet.moderation.submission import hold as put_aside

pytestmark = pytest.mark.django_db
QUEUE = "/moderation/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def desk_of(mod):
    client = Client()
    client.force_login(mod)
    return client


def shown(client: Client, path: str = QUEUE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    return unescape(answer.content.decode())


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def order(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="item-(\d+)"', page)]


@pytest.mark.parametrize("path", ["", "counts/", "1/"])
def test_strangers_and_guests_see_nothing_of_the_queue(
    client, bridge, waiting_room, stranger, path
):
    hold(bridge)

    assert client.get(QUEUE + path)["Location"].startswith("/desk/login/")
    client.force_login(stranger)
    answer = client.get(QUEUE + path)
    assert answer.status_code == 403
    assert "Are you sure?" not in answer.content.decode()


@pytest.mark.parametrize("path", ["decide/", "undo/", "1/claim/"])
def test_strangers_and_guests_decide_nothing(client, bridge, waiting_room, stranger, path):
    item = hold(bridge)
    data = {"item": item.pk, "do": "publish"}

    assert client.post(QUEUE + path, data).status_code == 302
    client.force_login(stranger)
    assert client.post(QUEUE + path, data).status_code == 403
    assert client.post(QUEUE + path, data, headers=JSON).status_code == 403
    assert not Comment.objects.exists()


def test_decision_needs_the_token_of_the_session(bridge, waiting_room, mod):
    client = Client(enforce_csrf_checks=True)
    client.force_login(mod)

    answer = client.post(f"{QUEUE}decide/", {"item": hold(bridge).pk, "do": "publish"})

    assert answer.status_code == 403
    assert not Comment.objects.exists()


def test_what_waits_is_shown_in_its_context(desk_of, bridge, waiting_room, stranger):
    root = factories.comment(bridge, "What is the budget?", name="Omar")
    parent = factories.comment(bridge, "Nine millions.", name="Ruth", parent=root)
    said(bridge, "Earlier words.")
    hold(bridge, "See https://spam.example now", parent_id=parent.pk)

    page = plain(shown(desk_of))

    for words in (
        "Held comment by Lena",
        "guest · here since",
        "1 published · 1 waiting",
        "Omar wrote What is the budget?",
        "Ruth wrote Nine millions.",
        "See https://spam.example now",
        "Every comment is read by a moderator first.",
        "only this story (Bridge)",
        "Publish Decline …",
    ):
        assert words in page


def test_reports_stand_first_with_who_reported(desk_of, bridge, waiting_room):
    held = hold(bridge)
    comment = said(bridge)
    report(comment, complaint())
    report(said(bridge, "Worse."), notice(), guest="c")
    reported = QueueItem.objects.get(comment=comment)
    illegal = QueueItem.objects.get(is_urgent=True)

    page = shown(desk_of)

    assert order(page) == [illegal.pk, reported.pk, held.pk]
    assert "Illegal content reported by Lena" in plain(page)
    assert (
        "Defamation (StGB 185) : She says that I stole. Omar Field, omar@reader.example"
        in plain(page)
    )


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("kind=comment", ["held"]),
        ("kind=report", ["report"]),
        ("kind=appeal", []),
        ("kind=nonsense", ["report", "held"]),
        ("reason=admission", ["held"]),
        ("reason=insult", ["report"]),
        ("reason=%27%25", ["report", "held"]),
        ("urgent=1", []),
        ("story=999", []),
        ("story=x", ["report", "held"]),
        ("after=0-0", ["report", "held"]),
        ("after=99999999999999999-1", []),
        ("after=999999999999999999999-1", ["report", "held"]),
    ],
)
def test_queue_is_narrowed_to_what_is_asked_for(desk_of, bridge, waiting_room, query, wanted):
    held = hold(bridge)
    report(said(bridge))
    items = {"held": held.pk, "report": QueueItem.objects.exclude(pk=held.pk).get().pk}

    assert order(shown(desk_of, f"{QUEUE}?{query}")) == [items[name] for name in wanted]


def test_published_by_one_click_and_undone_by_another(desk_of, bridge, waiting_room):
    item = hold(bridge)

    answer = desk_of.post(f"{QUEUE}decide/", {"item": item.pk, "do": "publish", "kind": "comment"})

    batch = Decision.objects.get().batch
    assert answer.status_code == 303
    assert answer["Location"] == f"{QUEUE}?kind=comment&done={batch}"
    assert "1 decided: published. Undo for 10 minutes" in plain(shown(desk_of, answer["Location"]))
    assert desk_of.post(f"{QUEUE}undo/", {"batch": batch})["Location"] == QUEUE
    assert order(shown(desk_of)) == [item.pk]


def test_refused_decision_stands_first_with_what_was_typed(desk_of, bridge, waiting_room):
    items = [hold(bridge, f"Number {n}.") for n in range(2)]
    data = {"item": items[1].pk, "do": "decline", "ground": "rules", "words": " "}

    answer = desk_of.post(f"{QUEUE}decide/", data)

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Say in your own words why: this ground alone says too little." in page
    assert '<option value="rules" selected>' in page


def test_bulk_decides_each_and_says_what_it_could_not(desk_of, bridge, waiting_room):
    items = [hold(bridge, f"Number {n}.") for n in range(3)]
    gone = hold(bridge, "Gone.")
    desk_of.post(f"{QUEUE}decide/", {"item": gone.pk, "do": "publish"})
    comment = said(bridge, "Reported.")
    report(comment)
    reported = QueueItem.objects.get(comment=comment)
    wanted = [*(item.pk for item in items), gone.pk, reported.pk]

    answer = desk_of.post(f"{QUEUE}decide/", {"item": wanted, "do": "publish"})

    page = plain(unescape(answer.content.decode()))
    assert answer.status_code == 422
    assert "3 decided. 1 not decided: see below. 1 did not wait any more" in page
    assert "This cannot be done with: reported comment." in page
    assert "3 decided. Undo" in page


@pytest.mark.parametrize("data", [{}, {"item": "x", "do": "publish"}, {"item": "1", "do": "burn"}])
def test_form_without_sense_is_answered_in_words(desk_of, bridge, data):
    answer = desk_of.post(f"{QUEUE}decide/", data)

    assert answer.status_code == 422
    assert "Select what you decide" in answer.content.decode()


def test_script_is_told_what_became_of_it_and_how_much_waits(desk_of, bridge, waiting_room):
    items = [hold(bridge, f"Number {n}.") for n in range(2)]

    answer = desk_of.post(
        f"{QUEUE}decide/", {"item": [items[0].pk, 999], "do": "publish"}, headers=JSON
    ).json()

    assert (answer["done"], answer["refused"], answer["words"]) == (
        [items[0].pk],
        {"999": "This does not wait any more."},
        "Published",
    )
    assert answer["counts"] == {
        "total": 1,
        "urgent": 0,
        "kinds": {"comment": 1, "edit": 0, "report": 0, "appeal": 0},
    }
    assert desk_of.get(f"{QUEUE}counts/").json() == {**answer["counts"], "gone": {}}
    undone = desk_of.post(f"{QUEUE}undo/", {"batch": answer["batch"]}, headers=JSON).json()
    assert (undone["undone"], undone["counts"]["total"]) == (1, 2)


def test_claim_of_another_is_shown_and_taken_over_knowingly(
    desk_of, bridge, waiting_room, mod, second
):
    item = hold(bridge)
    other = Client()
    other.force_login(second)

    assert other.post(f"{QUEUE}{item.pk}/claim/")["Location"] == f"{QUEUE}{item.pk}/"
    assert "Sol Second is looking at this, until" in shown(desk_of)
    refusal = desk_of.post(f"{QUEUE}decide/", {"item": item.pk, "do": "publish"}, headers=JSON)
    assert refusal.json()["refused"] == {
        str(item.pk): "Sol Second is looking at this. Take it over to decide it yourself."
    }
    desk_of.post(f"{QUEUE}{item.pk}/claim/", {"take_over": "1"})
    answer = desk_of.post(f"{QUEUE}decide/", {"item": item.pk, "do": "publish"}, headers=JSON)
    assert answer.json()["done"] == [item.pk]


def test_all_that_is_known_is_on_the_page_of_one_thing(desk_of, bridge, waiting_room, mod):
    bad = said(bridge, "Bad words.")
    remove(
        comment_id=bad.pk, ruling=Ruling(Measure.REMOVED, Ground.SPAM), by=mod, batch=new_batch()
    )
    said(bridge, "Good words.")
    comment = said(bridge, "Reported words.")
    report(comment)

    page = plain(shown(desk_of, f"{QUEUE}{QueueItem.objects.get().pk}/"))

    assert "Good words." in page
    assert "removed: Advertising or spam." in page
    assert "3 published · 1 removed · 1 report" in page


def test_what_is_decided_has_no_page_any_more(desk_of, bridge, waiting_room):
    item = hold(bridge)
    desk_of.post(f"{QUEUE}decide/", {"item": item.pk, "do": "publish"})

    answer = desk_of.get(f"{QUEUE}{item.pk}/")
    assert answer.status_code == 404
    assert "This does not wait any more" in answer.content.decode()


def test_appeal_is_shown_to_who_decided_without_the_decision(desk_of, bridge, mod, second):
    removal = remove(
        comment_id=said(bridge).pk,
        ruling=Ruling(Measure.REMOVED, Ground.INSULT),
        by=mod,
        batch=new_batch(),
    )
    file_appeal(decision_id=removal.pk, words="It was a quotation.")

    page = plain(shown(desk_of))
    assert "You made this decision; the appeal is for another moderator." in page
    assert "Reverse …" not in page
    other = Client()
    other.force_login(second)
    page = plain(shown(other))
    assert "Removed by Mia Mod" in page
    assert "You fool." in page
    assert "It was a quotation." in page
    assert "Reverse …" in page


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_whatever_waits(
    desk_of, bridge, waiting_room, count, mod, second, django_assert_num_queries
):
    root = factories.comment(bridge, "Root.")
    parent = factories.comment(bridge, "Reply.", parent=root)
    for n in range(count):
        hold(bridge, f"Held {n}.", parent_id=parent.pk, guest_key=str(n) * 64)
        report(said(bridge, f"Said {n}.", guest_key=str(n) * 64), guest=str(n))
    desk_of.get(QUEUE)

    with django_assert_num_queries(21):
        desk_of.get(QUEUE)


def test_pages_follow_each_other_without_a_gap(desk_of, bridge, waiting_room):
    items = [hold(bridge, f"Number {n}.") for n in range(30)]

    first = shown(desk_of)
    following = re.search(r'href="([^"]+)" rel="next"', first)[1]
    second = desk_of.get(following, headers=JSON).json()

    assert order(first) + order(second["html"]) == [item.pk for item in items]
    assert second["next"] == ""


def test_held_edit_shows_what_stands_and_what_would(desk_of, bridge):
    comment = said(bridge, "The words that stand.")
    posting = prepared(
        document_id=bridge.pk,
        draft=Draft(text="The words that would.", name="Lena"),
        sender=Sender(address="192.0.2.7", guest_key=GUEST),
    )
    verdict = Verdict([Reason("links", Outcome.HOLD, "It has many links.")])
    put_aside(replace(posting, edits_id=comment.pk), verdict)
    item = QueueItem.objects.get()

    page = plain(shown(desk_of))
    assert "Held edit by Lena" in page
    assert "It stands now as The words that stand. The words that would." in page
    answer = desk_of.post(f"{QUEUE}decide/", {"item": item.pk, "do": "publish"}, headers=JSON)

    assert answer.json()["done"] == [item.pk]
    assert comment.versions.get(valid_to=None).text == "The words that would."
    undone = desk_of.post(f"{QUEUE}undo/", {"batch": answer.json()["batch"]}, headers=JSON)
    assert undone.json()["undone"] == 1
    assert comment.versions.get(valid_to=None).text == "The words that stand."
    assert QueueItem.objects.get().closed_at is None
