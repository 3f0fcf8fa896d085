"""What readers are told by the forms: nothing typed is lost, and each knows what to do next."""

from __future__ import annotations

import pytest

from broadsheet.corrections.models import Proposal
from broadsheet.discussion.models import Comment
from broadsheet.moderation.models import HeldComment, RefusedTry, Trace

pytestmark = pytest.mark.django_db
WRITE = "/2026/09/bridge/comment/"
PROPOSE = "/2026/09/bridge/propose/"
JSON = {"Accept": "application/json"}


def test_too_fast_is_answered_with_when_to_come_again(client, bridge, rule, at):
    rule("rates", writer=1, writer_new=1)
    client.post(WRITE, {"text": "One.", "name": "Lena"})

    answer = client.post(WRITE, {"text": "Two <b>.", "name": "Lena"})

    assert (answer.status_code, answer["Retry-After"]) == (429, "601")
    assert answer["Cache-Control"] == "private, no-store"
    assert "Two &lt;b&gt;.</textarea>" in answer.content.decode()
    assert "please send them again in 11 minutes." in answer.content.decode()


def test_blocked_word_is_answered_beside_the_field(client, bridge, rule):
    rule("words", blocked=["casino"])

    answer = client.post(WRITE, {"text": "A casino!", "name": "Lena"}, headers=JSON)

    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {"text": "It has “casino” in it, which is not published here."},
        "was_told": False,
    }


def test_nudge_gives_the_form_back_and_takes_it_the_second_time(client, bridge, rule):
    rule("words", watched=["casino"])
    form = {"text": "A casino!", "name": "Lena"}

    first = client.post(WRITE, form)
    page = first.content.decode()
    second = client.post(WRITE, {**form, "was_told": "1"})

    assert first.status_code == 422
    assert '<input type="hidden" name="was_told" value="1">' in page
    assert "Send as it is</button>" in page
    assert "A casino!</textarea>" in page
    assert second.status_code == 202
    assert HeldComment.objects.get().text == "A casino!"
    assert RefusedTry.objects.get().is_nudge


def test_script_is_told_of_the_nudge(client, bridge, rule):
    rule("words", watched=["casino"])

    answer = client.post(WRITE, {"text": "A casino!", "name": "Lena"}, headers=JSON)

    assert (answer.status_code, answer.json()["was_told"]) == (422, True)


def test_preview_is_no_try(client, bridge, rule):
    rule("words", blocked=["casino"])

    assert client.post(WRITE, {"text": "A casino!", "do": "preview"}).status_code == 200
    assert not RefusedTry.objects.exists()


def proposal(**more):
    return {
        "edition": "1",
        "exact": "Monday",
        "replacement": "Tuesday",
        "reason": "The minutes say so.",
        "name": "Lena",
        **more,
    }


def test_proposal_passes_the_rules_and_leaves_a_trace(client, bridge):
    answer = client.post(PROPOSE, proposal(key="k" * 20))
    client.post(PROPOSE, proposal(key="k" * 20))

    assert answer.status_code == 303
    assert Trace.objects.get().comment_id == Proposal.objects.get().comment_id


@pytest.mark.parametrize("field", ["replacement", "reason", "source_url", "name"])
def test_proposal_with_a_blocked_word_is_refused(client, bridge, rule, field):
    rule("words", blocked=["casino"])
    word = "https://casino.example/" if field == "source_url" else "casino"

    answer = client.post(PROPOSE, proposal(**{field: word}))

    assert answer.status_code == 422
    assert "which is not published here" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_proposals_have_the_rates_of_comments(client, bridge, rule, at):
    rule("rates", network=1, network_new=1)
    client.post(WRITE, {"text": "One.", "name": "Lena"})

    answer = client.post(PROPOSE, proposal())

    assert (answer.status_code, answer["Retry-After"]) == (429, "601")


def test_proposal_is_never_held(client, bridge, rule):
    rule("words", watched=["minutes"])

    assert client.post(PROPOSE, proposal()).status_code == 303
    assert not HeldComment.objects.exists()


@pytest.mark.parametrize("was_told", ["", "1", "x" * 9_000])
def test_saying_that_one_was_told_helps_nobody_past_a_rule(client, bridge, rule, was_told):
    rule("words", blocked=["casino"])

    client.post(WRITE, {"text": "A casino!", "name": "Lena", "was_told": was_told})

    assert not Comment.objects.exists()
