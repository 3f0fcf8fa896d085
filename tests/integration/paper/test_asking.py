"""What readers can do about a comment, without scripts."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from tests import factories

from broadsheet.discussion.actions import (
    Draft,
    ImportedComment,
    import_comments,
    post_comment,
)
from broadsheet.discussion.models import Comment, Follow, FollowSettings, InterestQuestion
from broadsheet.readers.actions import change_name
from broadsheet.readers.disclosures import disclose, lines_of
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
    return f"/c/{comment.pk}/acts/"


def test_page_is_private_and_led_to_from_the_comment(client, bridge):
    comment = factories.comment(bridge)

    answer = client.get(here(comment))

    assert answer["Cache-Control"] == "private, no-store"
    assert f'href="{here(comment)}"' in text(client.get(STORY))
    assert client.get("/c/999999/acts/").status_code == 404


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


def test_computer_that_asks_too_often_is_told_when_to_come_back(client, bridge):
    comment = factories.comment(bridge)
    form = {"do": "ask-to-follow", "email": "zoe@elsewhere.example", "digest": "daily"}
    for number in range(20):
        other = {**form, "email": f"zoe{number}@elsewhere.example"}
        assert client.post(here(comment), other).status_code == 303

    answer = client.post(here(comment), form)

    assert answer.status_code == 422
    assert "Please come back in" in text(answer)


def test_profile_shows_the_names_that_it_had_and_what_it_discloses(client, bridge, stranger):
    stranger.has_profile = True
    stranger.save()
    change_name(account=stranger, name="Sam Smith")
    disclose(account=stranger, about="Steve Jobs", text="I know him.")
    comment = said_by(bridge, stranger)

    profile = text(client.get(f"/reader/{stranger.pk}/"))

    assert "<bdi>Sam Smith</bdi></td>" in profile and "<bdi>Sam Stranger</bdi></td>" in profile
    assert "<strong>Steve Jobs:</strong> I know him." in profile
    page = text(client.get(STORY))
    assert f'<a class="who" href="/reader/{stranger.pk}/"><bdi>Sam Smith</bdi></a>' in page
    assert "Steve Jobs: I know him." in page
    assert comment.name == "Sam Smith"


def test_staff_is_marked_in_the_same_element_as_the_name(client, bridge, editor):
    said_by(bridge, editor)

    assert '<span class="who"><bdi>Eve Editor</bdi> <span class="mark">Staff</span></span>' in text(
        client.get(STORY)
    )


def test_imported_name_of_somebody_here_is_not_verified(client, bridge):
    import_comments(
        document_id=bridge.pk,
        comments=[
            ImportedComment("c1", None, "Steve Jobs", "I approve.", None),
            ImportedComment("c2", None, "Jamie", "Do you?", None),
        ],
    )

    page = text(client.get(STORY))

    assert page.count("imported, identity not verified") == 1
    assert page.count('class="imported"') == 2


def test_pages_of_an_account_are_for_who_is_signed_in(client, publication, stranger):
    for path in ("/account/inbox/", "/account/disclosures/"):
        assert client.get(path)["Location"] == f"/account/sign-in/?next={path}"
    client.force_login(stranger)
    for path in ("/account/inbox/", "/account/disclosures/", "/account/muted/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_line_is_added_replaced_and_taken_out(client, publication, stranger):
    client.force_login(stranger)
    path = "/account/disclosures/"

    refused = client.post(path, {"about": "", "text": "I work there."}, headers=FROM_US)
    assert (refused.status_code, 'value="I work there."' in text(refused)) == (422, True)
    client.post(path, {"about": "Acme", "text": "I work there."}, headers=FROM_US)
    client.post(path, {"about": "ACME", "text": "I left."}, headers=FROM_US)
    assert [each.text for each in lines_of(stranger)] == ["I left."]
    line = stranger.disclosures.get()
    client.post(path, {"do": "take-back", "line": line.pk}, headers=FROM_US)
    assert lines_of(stranger) == []


def test_inbox_changes_how_one_is_told(client, bridge, stranger):
    client.force_login(stranger)
    path = "/account/inbox/"

    client.post(path, {"do": "choose", "digest": "hourly"}, headers=FROM_US)
    chosen = FollowSettings.objects.get()
    assert (chosen.digest, chosen.own_replies) == ("hourly", False)
    assert client.post(path, {"do": "choose", "digest": "x"}, headers=FROM_US).status_code == 422
    made = client.post(path, {"do": "feed"}, headers=FROM_US)
    feed = re.search(r"/inbox/[0-9a-f]+\.xml", text(made))[0]
    assert client.get(feed).status_code == 200
    client.post(path, {"do": "end-feed"}, headers=FROM_US)
    assert client.get(feed).status_code == 404


def test_story_and_author_are_followed(client, bridge, stranger, author):
    client.force_login(stranger)
    pages = {f"/follow/story/{bridge.pk}/": STORY, f"/follow/author/{author.slug}/": "/by/ann-lee/"}

    for path, page in pages.items():
        assert f'href="{path}"' in text(client.get(page))
        client.post(path, {"do": "follow"}, headers=FROM_US)
    assert Follow.objects.count() == 2
    assert "Bridge" in text(client.get("/account/inbox/"))
    for path in pages:
        client.post(path, {"do": "unfollow"}, headers=FROM_US)
    assert Follow.objects.count() == 0
    assert client.get("/follow/story/999999/").status_code == 404
