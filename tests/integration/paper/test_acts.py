"""What readers can do about a comment, without scripts."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from tests import factories

from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.models import Comment, Follow, InterestQuestion
from broadsheet.readers.models import Mute
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"


@pytest.fixture
def bridge(publication, author):
    return factories.story(
        "Bridge", slug="bridge", authors=(author,), topics=(factories.topic("Steve Jobs"),)
    )


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def said_by(document, account, words="I think so.", **fields) -> Comment:
    return post_comment(document_id=document.pk, draft=Draft(text=words, **fields), account=account)


def here(comment) -> str:
    return f"/c/{comment.pk}/more/"


def test_page_is_private_and_led_to_from_the_comment(client, bridge):
    comment = factories.comment(bridge)

    answer = client.get(here(comment))

    assert answer["Cache-Control"] == "private, no-store"
    assert f'href="{here(comment)}"' in text(client.get(STORY))
    assert client.get("/c/999999/more/").status_code == 404


@pytest.mark.parametrize("wanted", ["follow", "mute"])
def test_guest_cannot_do_what_needs_an_account(client, bridge, wanted):
    comment = factories.comment(bridge)

    answer = client.post(here(comment), {"do": wanted})

    assert (answer.status_code, Follow.objects.count(), Mute.objects.count()) == (422, 0, 0)
    assert "Please sign in first." in text(answer)


def test_form_from_elsewhere_does_nothing(bridge, stranger):
    client = Client(enforce_csrf_checks=True)
    client.force_login(stranger)
    comment = factories.comment(bridge)

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answer = client.post(here(comment), {"do": "follow"}, headers=headers)
        assert (answer.status_code, Follow.objects.count()) == (422, 0)


FROM_US = {"Sec-Fetch-Site": "same-origin"}


def test_reader_follows_and_stops(client, bridge, stranger):
    client.force_login(stranger)
    comment = factories.comment(bridge)

    answer = client.post(here(comment), {"do": "follow"}, headers=FROM_US, follow=True)
    assert "You will be told of replies." in text(answer)
    assert Follow.objects.get().comment == comment
    client.post(here(comment), {"do": "unfollow"}, headers=FROM_US)
    assert Follow.objects.count() == 0


def test_reader_mutes_and_shows_again(client, bridge, stranger):
    client.force_login(stranger)
    comment = factories.comment(bridge)

    client.post(here(comment), {"do": "mute"}, headers=FROM_US)
    assert client.get("/me/").json()["muted"] == [{"who": "", "name": comment.name}]
    assert comment.name in text(client.get("/account/muted/"))
    client.post("/account/muted/", {"mute": Mute.objects.get().pk}, headers=FROM_US)
    assert client.get("/me/").json()["muted"] == []


def test_who_mutes_is_nobody_elses_business(client, bridge, stranger, colleague):
    Mute.objects.create(account=stranger, muted=colleague.account, name="Ben")
    client.force_login(colleague.account)

    client.post("/account/muted/", {"mute": Mute.objects.get().pk}, headers=FROM_US)

    assert Mute.objects.count() == 1


def test_interest_is_asked_and_answered(client, bridge, stranger):
    comment = said_by(bridge, stranger)

    client.post(here(comment), {"do": "ask"})
    assert 'class="interest"' not in text(client.get(STORY))
    again = client.post(here(comment), {"do": "ask"})
    assert "Somebody asked that already." in text(again)
    refused = client.post(here(comment), {"do": "answer", "answer": "None of mine."})
    assert "Only who wrote the comment can answer." in text(refused)
    client.force_login(stranger)
    assert "You were asked whether you have an interest" in text(client.get(here(comment)))
    client.post(here(comment), {"do": "answer", "answer": "I work  there."}, headers=FROM_US)

    assert '<q dir="auto">I work there.</q>' in text(client.get(STORY))
    assert verify_record().faults == ()


def test_guest_answers_from_the_same_browser(client, bridge):
    posted = client.post(
        f"{STORY}comment/",
        {"text": "They are wonderful.", "name": "Zoe"},
        headers={"Accept": "application/json"},
    )
    comment = Comment.objects.get(pk=posted.json()["id"])
    client.post(here(comment), {"do": "ask"})

    client.post(here(comment), {"do": "answer", "answer": "No, none."})

    assert InterestQuestion.objects.get().answer == "No, none."


def test_guest_confirms_before_anything_is_told(client, bridge, django_capture_on_commit_callbacks):
    comment = factories.comment(bridge)
    form = {"do": "ask-to-follow", "email": "Zoe@Elsewhere.example", "digest": "immediately"}

    with django_capture_on_commit_callbacks(execute=True):
        client.post(here(comment), form)
    [letter] = mail.outbox
    path = re.search(r"https?://[^/]+(/follow/confirm/\S+)", letter.body).group(1)
    assert letter.to == ["zoe@elsewhere.example"]
    client.get(path)
    assert Follow.objects.get().confirmed_at is None
    assert "You will be told by mail" in text(client.post(path))
    assert Follow.objects.get().confirmed_at is not None
    assert client.post(path[:-5] + "0000/").status_code == 404


@pytest.mark.parametrize("email", ["", "x", "a@b\r\nBcc: c@d.example", "a" * 300 + "@b.example"])
def test_address_that_is_none_is_refused(client, bridge, email):
    comment = factories.comment(bridge)

    answer = client.post(here(comment), {"do": "ask-to-follow", "email": email, "digest": "daily"})

    assert (answer.status_code, Follow.objects.count()) == (422, 0)
    assert "This is not an e-mail address" in text(answer)
