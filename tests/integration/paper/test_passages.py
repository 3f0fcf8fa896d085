"""Passages on the paper: marks beside the story, placements in the thread, forms without scripts."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from tests import factories

from broadsheet.corrections.actions import decline, record_acceptance
from broadsheet.corrections.models import Proposal
from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.record.actions import withdraw_document
from broadsheet.record.models import Passage

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
HOUR = dt.timedelta(hours=1)
FIRST = ("Steve spoke 👍 on Friday.", "The outgoing CEO spoke about phones.", "Nokia agreed.")
SECOND = ("Steve spoke 👍 on Friday.", "The charismatic CEO spoke about phones.", "Nokia agreed.")
THIRD = ("Steve spoke 👍 on Friday.", "Nokia agreed.")
ABOUT = {"edition": "1", "exact": "outgoing CEO", "text": "Is he leaving?", "name": "Lena"}
PROPOSAL = {
    "edition": "1",
    "exact": "outgoing CEO",
    "replacement": "charismatic CEO",
    "reason": "He is not leaving.",
    "name": "Omar",
}


@pytest.fixture
def bridge(publication):
    return factories.story("Bridge", *FIRST, slug="bridge")


def publish(document, *paragraphs: str, hours: int = 1, at: dt.datetime | None = None):
    edition = factories.edition(
        document,
        "Bridge",
        *paragraphs,
        slug="bridge",
        kind="clarification",
        note="“Outgoing” could be misread.",
        at=at or factories.MORNING + hours * HOUR,
    )
    document.refresh_from_db()
    return edition


def shown(client, path: str = STORY, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client, below: str, data: dict[str, str], **headers: str):
    return client.post(f"{STORY}{below}", data, headers=headers)


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def places(page: str) -> dict:
    return json.loads(re.search(r'id="passages">(.*?)</script>', page)[1])


def test_comment_on_words_is_beside_them_and_tells_them(client, bridge):
    answer = post(client, "comment/", ABOUT)

    page = shown(client)
    passage = Passage.objects.get()
    assert answer.status_code == 303
    assert f'id="p-{passage.pk}" href="{STORY}passage/{passage.pk}/"' in page
    assert (
        f'<a href="#p-{passage.pk}" data-passage="{passage.pk}">On <q>outgoing CEO</q></a>' in page
    )


def test_places_count_as_browsers_do(client, bridge):
    post(client, "comment/", ABOUT)

    data = places(shown(client))

    text = bridge.edition.canonical_text
    start = len(text[: text.index("outgoing")].encode("utf-16-le")) // 2
    assert data["passages"] == [[Passage.objects.get().pk, start, start + len("outgoing CEO")]]
    assert [block[0] for block in data["blocks"]] == ["b1", "b2", "b3"]
    assert data["blocks"][1][1] == len("Steve spoke 👍 on Friday.") + 1 + 2


def test_replies_count_with_the_comment_they_answer(client, bridge):
    post(client, "comment/", ABOUT)
    factories.comment(bridge, "No.", parent=Comment.objects.get())

    assert '<span class="talk-count">2</span>' in shown(client)


def test_reworded_passage_tells_old_and_new(client, bridge):
    post(client, "comment/", ABOUT)
    publish(bridge, *SECOND)

    page = shown(client)

    said = plain(page)
    assert "Written about: before: outgoing CEO — reworded in edition 2 to: charismatic CEO" in said
    assert f"{STORY}changes/?from=1&amp;to=2#difference" in page


def test_removed_passage_stays_visible_with_its_edition(client, bridge):
    post(client, "comment/", ABOUT)
    publish(bridge, *THIRD)

    said = plain(shown(client))

    assert "Written about words that are gone removed: outgoing CEO" in said
    assert "outgoing CEO — removed in edition 2 ; the words stand in edition 1" in said


def test_moved_passage_says_so(client, bridge):
    post(client, "comment/", ABOUT)
    publish(bridge, FIRST[1], FIRST[2], "They left.", FIRST[0])

    passage = Passage.objects.get()

    assert passage.status in ("intact", "moved")
    assert ("moved in edition 2" in plain(shown(client))) == (passage.status == "moved")


def test_page_of_a_moment_shows_what_readers_saw(client, bridge):
    post(client, "comment/", ABOUT)
    Comment.objects.update(posted_at=factories.MORNING + HOUR / 2)
    Comment.objects.get().versions.update(valid_from=factories.MORNING + HOUR / 2)
    publish(bridge, *SECOND)

    then = plain(shown(client, f"{STORY}at/20260901T083000Z/"))
    earlier = plain(shown(client, f"{STORY}at/20260901T080000Z/"))
    now = plain(shown(client, f"{STORY}at/20260901T090000Z/"))

    assert "On outgoing CEO" in then
    assert "reworded" not in then
    assert "Is he leaving?" not in earlier
    assert "reworded in edition 2 to: charismatic CEO" in now


def test_paragraph_has_a_form_without_scripts(client, bridge):
    link = re.search(r'class="par" href="([^"]+)"', shown(client))[1].replace("&amp;", "&")

    page = client.get(link).content.decode()

    assert "Steve spoke 👍 on Friday.</textarea>" in page
    assert f"{STORY}propose/?edition=1&amp;block=b1" in page
    answer = post(
        client, "comment/", {**ABOUT, "exact": "spoke 👍", "block": "b1", "text": "Really?"}
    )
    assert answer.status_code == 303
    assert Passage.objects.get().exact == "spoke 👍"


def test_words_that_are_not_there_are_told_and_nothing_is_lost(client, bridge):
    answer = post(client, "comment/", {**ABOUT, "exact": "leaving CEO"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "These words are not in edition 1" in page
    assert "leaving CEO</textarea>" in page
    assert "Is he leaving?</textarea>" in page


def test_change_while_writing_is_shown_and_the_words_are_kept(client, bridge):
    publish(bridge, *SECOND)

    answer = post(client, "comment/", {**ABOUT, "seen_edition": "1"})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Is he leaving?</textarea>" in page
    assert "<del>" in page
    assert "charismatic" in page
    assert 'name="seen_edition" value="2"' in page
    assert post(client, "comment/", {**ABOUT, "seen_edition": "2"}).status_code == 303


def test_change_while_writing_is_told_to_scripts(client, bridge):
    publish(bridge, *SECOND)

    answer = post(client, "comment/", {**ABOUT, "seen_edition": "1"}, accept="application/json")

    body = answer.json()
    assert answer.status_code == 409
    assert body["seen_edition"] == 2
    assert "charismatic" in body["changed"]
    assert "text" in body["errors"]


def test_proposal_stands_in_the_thread_with_its_difference(client, bridge):
    answer = post(client, "propose/", PROPOSAL)

    said = plain(shown(client))
    assert answer.status_code == 303
    assert "Proposes a correction Open removed: outgoing added: charismatic" in said
    assert "He is not leaving." in said


def test_own_page_of_a_proposal_lets_its_writer_withdraw(client, bridge):
    address = post(client, "propose/", PROPOSAL)["Location"]
    own, other = client.get(address), client.get(address.partition("?")[0])
    key = address.partition("key=")[2]

    assert "Withdraw this proposal" in own.content.decode()
    assert own["Cache-Control"] == "private, no-store"
    assert "Withdraw this proposal" not in other.content.decode()
    refused = client.post(address.partition("?")[0], {"key": "wrong"})
    assert refused.status_code == 422
    assert client.post(address.partition("?")[0], {"key": key}).status_code == 303
    assert Proposal.objects.get().state == "withdrawn"


def test_decisions_are_shown_in_the_thread(client, bridge):
    post(client, "propose/", PROPOSAL)
    post(client, "propose/", {**PROPOSAL, "replacement": "leaving CEO", "name": "Ida"})
    accepted, declined = Proposal.objects.order_by("pk")
    edition = publish(bridge, *SECOND)
    record_acceptance(proposal_id=accepted.pk, edition=edition, by="Ann Lee")
    decline(proposal_id=declined.pk, by="Ann Lee", reason="He stays.")

    said = plain(shown(client))

    assert "Accepted by Ann Lee" in said
    assert "in edition 2" in said
    assert "Declined by Ann Lee" in said
    assert "He stays." in said


def test_typographical_proposal_is_between_its_writer_and_the_desk(client, bridge):
    data = {**PROPOSAL, "exact": "Steve spoke", "replacement": "Steve spoke,", "reason": ""}

    address = post(client, "propose/", {**data, "is_typographical": "on"})["Location"]

    assert "Proposes a correction" not in shown(client)
    assert client.get(address).status_code == 200
    assert client.get(address.partition("?")[0]).status_code == 404


def test_difference_of_a_proposal_is_previewed(client, bridge):
    page = post(client, "propose/", {**PROPOSAL, "do": "preview"}).content.decode()

    assert "added: </span>charismatic" in page
    assert "He is not leaving.</textarea>" in page
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("below", ["comment/", "propose/"])
def test_forms_from_other_sites_are_refused(client, bridge, below):
    data = {**ABOUT, **PROPOSAL}

    answer = post(client, below, data, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert not Comment.objects.exists()


def test_withdrawn_story_takes_no_proposal(client, bridge):
    withdraw_document(document_id=bridge.pk)

    answer = post(client, "propose/", PROPOSAL)

    assert answer.status_code == 422
    assert "no corrections can be proposed" in answer.content.decode()


def test_page_of_a_passage_tells_its_way_and_its_comments(client, bridge):
    post(client, "comment/", ABOUT)
    factories.comment(bridge, "No.", parent=Comment.objects.get())
    factories.comment(bridge, "Something else.")
    publish(bridge, *SECOND)

    page = shown(client, f"{STORY}passage/{Passage.objects.get().pk}/")

    said = plain(page)
    assert "The outgoing CEO spoke" in said
    assert "The charismatic CEO spoke" in said
    assert "2 comments on outgoing CEO" in said
    assert "Something else." not in said
    assert client.get(f"{STORY}passage/9999/").status_code == 404


def test_words_of_readers_and_editors_stay_words(client, publication):
    factories.story("Bridge", "A &lt;script&gt; &amp; a CEO spoke.", slug="bridge")
    data = {
        **PROPOSAL,
        "exact": "<script> & a CEO",
        "replacement": '"><img src=x> & b',
        "reason": "<script>alert(1)</script>",
    }
    post(client, "comment/", {**ABOUT, "exact": "<script> & a CEO"})

    assert post(client, "propose/", data).status_code == 422
    page = shown(client)
    assert "<script> & a" not in page
    assert "&lt;script&gt; &amp; a CEO" in page


def test_passages_cost_a_fixed_number_of_statements(client, bridge, django_assert_num_queries):
    for number, words in enumerate(("outgoing CEO", "Steve spoke", "Nokia agreed")):
        post(client, "comment/", {**ABOUT, "exact": words, "text": f"Number {number}."})
    post(client, "propose/", PROPOSAL)
    early = factories.MORNING + HOUR / 2
    Comment.objects.update(posted_at=early)
    CommentVersion.objects.update(valid_from=early)
    publish(bridge, *SECOND)
    publish(bridge, *THIRD, hours=2)

    # Two of them are of the frame, which is kept outside of transactions.
    with django_assert_num_queries(12):
        client.get(STORY)
    with django_assert_num_queries(21):
        client.get(f"{STORY}at/20260901T093000Z/")


@pytest.mark.parametrize("start", ["-5", "abc", "1e9", "9" * 40, "٣"])
def test_place_that_is_no_number_is_not_taken_for_the_first(client, bridge, start):
    """The words stand there twice; the first place must not be guessed."""
    publish(bridge, "Steve spoke. Steve spoke again.", *FIRST[1:])
    asked = {"edition": "2", "exact": "Steve", "start": start, "text": "Who?", "name": "Lena"}

    answer = post(client, "comment/", asked)

    assert answer.status_code == 422
    assert "The marked place is outside of edition 2." in answer.content.decode()
    assert not Comment.objects.exists()
