"""Guests by the publication's setting: allowed, confirmed by mail, or asked to sign in."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from tests import factories

from broadsheet import clock
from broadsheet.discussion.enums import Admission, GuestPolicy
from broadsheet.discussion.models import Comment, DiscussionSettings
from broadsheet.moderation.enums import HeldState
from broadsheet.moderation.guests import VALID_FOR, forget_unconfirmed_comments
from broadsheet.moderation.models import HeldComment
from broadsheet.readers import tickets
from broadsheet.readers.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_at_once")]

STORY = "/2026/09/council-sets-bridge-budget/"
WORDS = "Who counted the votes that evening?"
OTHERS = (
    "Nine to four is not what the minutes of the last meeting lead one to expect.",
    "My grandfather helped to paint that bridge; the rust was there in his time.",
    "Could somebody say when the work on the northern pier is to begin?",
    "The ferry costs more in a year than this sum, and nobody talks of that.",
    "Thank you for printing the figures in full, they are hard to find elsewhere.",
    "I cross it twice a day with a pram and would like a railing first.",
)
"""Words that nobody takes for copies of each other."""


@pytest.fixture
def story(publication):
    return factories.story()


def setting(guests, admission=Admission.OPEN):
    DiscussionSettings.objects.update_or_create(
        pk=DiscussionSettings.ONLY, defaults={"guests": guests, "admission": admission}
    )


def post(client, text=WORDS, email="omar@reader.example", **data):
    form = {"text": text, "name": "Omar", "email": email, "do": "post", **data}
    return client.post(f"{STORY}comment/", {k: v for k, v in form.items() if v is not None})


def link() -> str:
    return re.search(r"http://localhost:8000(/account/comment/\S+)", mail.outbox[-1].body).group(1)


def test_guest_may_write_where_all_may(client, story):
    setting(GuestPolicy.ALLOWED)

    assert post(client, email="").status_code == 303
    assert (Comment.objects.count(), mail.outbox) == (1, [])


def test_comment_waits_until_its_writer_presses_the_button_of_the_mail(client, story):
    setting(GuestPolicy.CONFIRMED)

    waiting = post(client)
    page = client.get(STORY).content.decode()
    opened = [Client().get(link()) for _ in range(2)]
    assert waiting.status_code == 202 and "We sent you a mail" in waiting.content.decode()
    assert WORDS not in page and Comment.objects.count() == 0
    assert all(WORDS in answer.content.decode() for answer in opened)

    answer = Client().post(link())

    comment = Comment.objects.get()
    assert (comment.name, answer.status_code) == ("Omar", 303)
    assert answer["Location"].endswith(f"#c-{comment.pk}")
    assert HeldComment.objects.get().state == HeldState.PUBLISHED


def test_link_publishes_once(client, story):
    setting(GuestPolicy.CONFIRMED)
    post(client)
    client.post(link())

    again = client.post(link())

    assert (again.status_code, Comment.objects.count()) == (410, 1)


def test_old_link_publishes_nothing_and_the_comment_is_forgotten(client, story, monkeypatch):
    setting(GuestPolicy.CONFIRMED)
    post(client)
    assert forget_unconfirmed_comments() == 0
    later = clock.now() + VALID_FOR
    monkeypatch.setattr(clock, "now", lambda: later)

    answer = client.post(link())

    assert (answer.status_code, Comment.objects.count()) == (410, 0)
    assert (forget_unconfirmed_comments(), HeldComment.objects.count()) == (1, 0)


def test_what_waits_for_a_moderator_is_not_forgotten(client, story, monkeypatch):
    setting(GuestPolicy.ALLOWED, Admission.HELD)
    post(client)
    later = clock.now() + 2 * VALID_FOR
    monkeypatch.setattr(clock, "now", lambda: later)

    assert (forget_unconfirmed_comments(), HeldComment.objects.count()) == (0, 1)


def test_same_form_sent_twice_sends_one_mail(client, story):
    setting(GuestPolicy.CONFIRMED)

    assert [post(client, key="k" * 20).status_code for _ in range(2)] == [202, 202]
    assert (len(mail.outbox), HeldComment.objects.count()) == (1, 1)


def test_confirming_does_not_pass_by_the_moderator(client, story):
    setting(GuestPolicy.CONFIRMED, Admission.HELD)
    post(client)

    answer = client.post(link())

    assert "A moderator reads the comment" in answer.content.decode()
    held = HeldComment.objects.get()
    assert (held.state, [each["rule"] for each in held.reasons]) == ("waiting", ["admission"])
    assert Comment.objects.count() == 0


def test_browser_need_not_confirm_the_same_address_again(client, story):
    setting(GuestPolicy.CONFIRMED)
    post(client)
    client.post(link())

    same = post(client, "And who will pay for all of it?")
    other = post(client, "Nobody has said that so far, or?", "sam@reader.example")

    assert (same.status_code, other.status_code, Comment.objects.count()) == (303, 202, 2)


def test_proof_of_one_address_is_none_of_another(client, story):
    setting(GuestPolicy.CONFIRMED)
    client.cookies["confirmed"] = "0" * 64

    assert post(client).status_code == 202


def test_address_is_asked_for(client, story):
    setting(GuestPolicy.CONFIRMED)

    answer = post(client, email="")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="email-error"' in page and WORDS in page


def test_too_many_mails_to_one_address_are_not_sent(client, story):
    setting(GuestPolicy.CONFIRMED)

    answers = [post(Client(REMOTE_ADDR=f"198.51.{n}.1"), OTHERS[n]) for n in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[-1]["Retry-After"] and len(mail.outbox) == 5
    assert OTHERS[5] in answers[-1].content.decode()


def test_no_link_of_another_comment_or_purpose_publishes(client, story, stranger):
    setting(GuestPolicy.CONFIRMED)
    post(client)
    ticket = tickets.issue(purpose="sign-in", email=stranger.email)

    assert client.post(f"/account/comment/{tickets.token_of(ticket)}/").status_code == 410
    assert client.post("/account/comment/1.x/").status_code == 410


def test_guest_is_asked_to_sign_in_and_the_words_come_back(client, story):
    setting(GuestPolicy.MEMBERS)
    first = factories.comment(story, "What is known so far?")

    refused = post(client, parent=first.pk)

    page = refused.content.decode()
    assert refused.status_code == 403 and WORDS in page
    [_, way] = re.findall(r'href="(/account/sign-in/\?next=[^"]+)"', page)
    client.get(way)
    next_path = re.search(r'name="next" value="([^"]+)"', client.get(way).content.decode()).group(1)
    client.post(
        "/account/sign-in/",
        {"email": "omar@reader.example", "next": next_path.replace("&amp;", "&")},
    )
    code = re.search(r"\d{4}-\d{4}", mail.outbox[-1].body).group()
    client.post("/account/sign-in/code/", {"code": code})

    back = client.get(next_path.replace("&amp;", "&"))
    assert WORDS in back.content.decode() and f'value="{first.pk}"' in back.content.decode()
    assert WORDS not in client.get(next_path.replace("&amp;", "&")).content.decode()


def test_public_form_says_who_may_write(client, story):
    seen = {}
    for policy in GuestPolicy.values:
        setting(policy)
        page = client.get(STORY).content.decode()
        seen[policy] = (
            'name="name"' in page, "please <a" in page, "we send you a link" in page
        )  # fmt: skip

    assert seen == {
        "allowed": (True, False, False),
        "confirmed": (True, False, True),
        "members": (False, True, False),
    }


def test_who_is_signed_in_writes_whatever_the_setting(client, story, stranger):
    client.force_login(stranger)
    for n, policy in enumerate(GuestPolicy.values):
        setting(policy)
        assert post(client, OTHERS[n], None).status_code == 303


def test_proposal_of_a_guest_is_refused_where_only_members_write(client, story):
    setting(GuestPolicy.MEMBERS)
    data = {
        "edition": 1,
        "exact": "Monday",
        "replacement": "Tuesday",
        "reason": "So it was.",
        "name": "Omar",
    }

    answer = client.post(f"{STORY}propose/", data)

    assert (answer.status_code, story.proposals.count()) == (422, 0)
    assert "sign in to propose" in answer.content.decode()


def test_nothing_that_publishes_is_stored(client, story):
    setting(GuestPolicy.CONFIRMED)
    post(client)
    ticket = Ticket.objects.get()

    assert tickets.token_of(ticket) not in repr(list(Ticket.objects.values_list()))
