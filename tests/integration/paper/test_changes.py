"""The history page: every edition with what it says of itself, and what changed between two."""

from __future__ import annotations

import re

import pytest
from tests import factories

from broadsheet.record.alignments import alignment_between
from broadsheet.record.models import Edition, EditionAlignment

pytestmark = pytest.mark.django_db
CHANGES = "/2026/09/bridge/changes/"


@pytest.fixture
def bridge(publication):
    document = factories.story(
        "Bridge", "The outgoing CEO spoke.", "It rained.", "They left.", slug="bridge"
    )
    factories.edition(
        document,
        "Bridge",
        "The charismatic CEO spoke.",
        "It rained.",
        "They left.",
        slug="bridge",
        kind="clarification",
        note="“Outgoing” could be misread.",
    )
    factories.edition(
        document,
        "The bridge",
        "It rained.",
        "The charismatic CEO spoke.",
        "They left late.",
        slug="bridge",
        kind="minor",
        note="",
    )
    return document


def shown(client, query: str = "") -> str:
    return client.get(CHANGES + query).content.decode()


def words(page: str, element: str) -> list[str]:
    return re.findall(rf'<{element}><span class="vh">\w+: </span>([^<]*)</{element}>', page)


def test_every_edition_is_listed_with_kind_and_note(client, bridge):
    page = shown(client)

    assert re.findall(r">Edition (\d)</a> <span class=\"verb\">([^<]*)", page) == [
        ("3", "Minor"),
        ("2", "Clarification"),
        ("1", "Original"),
    ]
    assert "“Outgoing” could be misread." in page


@pytest.mark.parametrize("query", ["?to=2", "?from=1&to=2", "?from=2&to=1"])
def test_difference_of_two_editions_in_words(client, bridge, query):
    page = shown(client, query)

    assert (words(page, "del"), words(page, "ins")) == (["outgoing"], ["charismatic"])
    assert "1 paragraph unchanged" in page
    assert "From edition 1 to edition 2" in page


def test_difference_shows_headline_and_moved_paragraphs(client, bridge):
    page = shown(client)

    assert "From edition 2 to edition 3" in page
    assert "<h3>Headline</h3>" in page
    assert "Moved here:" in page
    assert "late" in "".join(words(page, "ins"))


def test_difference_over_several_editions(client, bridge):
    page = shown(client, "?from=1&to=3")

    assert "From edition 1 to edition 3" in page
    assert "outgoing" in "".join(words(page, "del"))


@pytest.mark.parametrize("query", ["?from=x&to=y", "?to=99", "?from=&to=", "?from=2&to=2"])
def test_numbers_that_do_not_exist_show_the_list(client, bridge, query):
    answer = client.get(CHANGES + query)

    assert answer.status_code == 200


def test_story_without_changes_has_a_history_of_one(client, publication):
    factories.story("Quiet", slug="quiet")

    page = client.get("/2026/09/quiet/changes/").content.decode()

    assert page.count("Edition 1</a>") == 1
    assert 'id="difference"' not in page


def test_old_address_leads_to_the_history(client, bridge):
    factories.edition(bridge, "Bridge", slug="moved")

    answer = client.get(CHANGES)

    assert (answer.status_code, answer["Location"]) == (301, "/2026/09/moved/changes/")


def test_alignment_is_computed_once_and_stored(bridge, monkeypatch):
    first, second, third = Edition.objects.order_by("number")

    def fail(*texts):
        raise AssertionError("aligned again")

    monkeypatch.setattr("broadsheet.record.alignments.align", fail)

    assert EditionAlignment.objects.count() == 2
    assert alignment_between(first, second).to_data()
    with pytest.raises(AssertionError):
        alignment_between(first, third)
