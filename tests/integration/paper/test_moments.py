"""Any moment: story and thread as they stood, at a second in the address."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.record.actions import withdraw_document

pytestmark = pytest.mark.django_db
AT = "/2026/09/bridge/at/"


@pytest.fixture
def morning(publication):
    """08:00 edition 1, 08:10 a question, 08:20 edition 2, 08:30 thanks."""
    minute = dt.timedelta(minutes=1)
    document = factories.story("Bridge", "The outgoing CEO.", slug="bridge", at=factories.MORNING)
    factories.comment(document, "Outgoing?", at=factories.MORNING + 10 * minute)
    factories.edition(
        document,
        "Bridge",
        "The charismatic CEO.",
        slug="bridge",
        kind="clarification",
        note="Could be misread.",
        at=factories.MORNING + 20 * minute,
    )
    factories.comment(document, "Thanks.", at=factories.MORNING + 30 * minute)
    return document


@pytest.mark.parametrize(
    ("at", "holds", "lacks"),
    [
        ("20260901T080000Z", ["outgoing CEO"], ["Outgoing?", "charismatic", "misread", "Thanks"]),
        ("20260901T080959Z", ["outgoing CEO"], ["Outgoing?"]),
        ("20260901T081000Z", ["outgoing CEO", "Outgoing?"], ["charismatic", "Thanks"]),
        ("20260901T081959Z", ["outgoing CEO", "Outgoing?"], ["charismatic"]),
        ("20260901T082000Z", ["charismatic", "misread", "Outgoing?"], ["outgoing CEO", "Thanks"]),
        ("20260901T083000Z", ["charismatic", "Outgoing?", "Thanks"], ["outgoing CEO"]),
    ],
)
def test_page_of_a_moment(client, morning, at, holds, lacks):
    answer = client.get(f"{AT}{at}/")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert [words for words in holds if words not in page] == []
    assert [words for words in lacks if words in page] == []
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<form class="write"' not in page
    assert "data-reply" not in page
    assert 'rel="canonical" href="http://localhost:8000/2026/09/bridge/"' in page


def test_memento_datetime_is_the_moment(client, morning):
    answer = client.get(f"{AT}20260901T081500Z/")

    assert answer["Memento-Datetime"] == "Tue, 01 Sep 2026 08:15:00 GMT"


def test_before_the_first_edition_there_is_nothing(client, morning):
    assert client.get(f"{AT}20260901T075959Z/").status_code == 404


def test_coming_moment_is_the_story_now(client, morning):
    answer = client.get(f"{AT}29990101T000000Z/")

    assert (answer.status_code, answer["Location"]) == (302, "/2026/09/bridge/")


@pytest.mark.parametrize("at", ["20261301T000000Z", "20260901T250000Z", "00000000T000000Z"])
def test_moment_that_never_was_is_not_found(client, morning, at):
    assert client.get(f"{AT}{at}/").status_code == 404


def test_withdrawal_did_not_happen_before_it_happened(client, morning):
    withdraw_document(document_id=morning.pk)

    page = client.get(f"{AT}20260901T081500Z/").content.decode()

    assert "outgoing CEO" in page
    assert "Withdrawn" not in page


def test_past_edition_leads_to_its_last_moment(client, morning):
    page = client.get("/2026/09/bridge/v/1/").content.decode()

    assert 'href="/2026/09/bridge/at/20260901T081959Z/"' in page
