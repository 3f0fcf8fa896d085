"""Any moment: story and thread as they stood, at a second in the address."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from tests import factories

from broadsheet.record.actions import withdraw_document
from broadsheet.record.healing import reconstruct_edition

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


def test_before_the_first_edition_is_said_when_that_was(client, morning):
    answer = client.get(f"{AT}20260901T075959Z/")

    assert answer.status_code == 404
    assert f'<a href="{AT}20260901T080000Z/"><time datetime="2026-09-01T09:00:00+01:00">' in (
        answer.content.decode()
    )


def test_coming_moment_is_the_story_now(client, morning):
    answer = client.get(f"{AT}29990101T000000Z/")

    assert (answer.status_code, answer["Location"]) == (302, "/2026/09/bridge/")


@pytest.mark.parametrize(
    "at",
    ["20261301T000000Z", "20260901T250000Z", "20260230T250000Z", "00000000T000000Z", "yesterday"],
)
def test_moment_that_never_was_is_told_how_one_is_written(client, morning, at):
    answer = client.get(f"{AT}{at}/")
    page = answer.content.decode()

    assert answer.status_code == 400
    assert f"“<bdi>{at}</bdi>” cannot be read as a time" in page
    assert "20260902T101500Z" in page
    assert f'href="{AT}20260901T080000Z/"' in page
    assert "Memento-Datetime" not in answer


@pytest.mark.parametrize(
    ("given", "leads_to"),
    [
        ("2026-09-01T09:10", "20260901T081000Z"),
        ("2026-09-01T09:10:30", "20260901T081030Z"),
        ("2026-09-01T08:10Z", "20260901T081000Z"),
        ("2026-01-01 00:00", "20260101T000000Z"),
        ("0500-01-01T00:00Z", "05000101T000000Z"),
    ],
)
def test_form_leads_to_a_moment_of_the_publications_zone(client, morning, given, leads_to):
    answer = client.get(AT, {"time": given})

    assert (answer.status_code, answer["Location"]) == (302, f"{AT}{leads_to}/")


@pytest.mark.parametrize(
    "given",
    ["", "soon", "2026-02-30T10:00", "0001-01-01T00:00+20:00", "x" * 9000, "<b>", "\x00"],
    ids=["nothing", "word", "no such day", "before time", "long", "markup", "control"],
)
def test_form_with_what_is_no_time_asks_again(client, morning, given):
    answer = client.get(AT, {"time": given})
    page = answer.content.decode()

    assert answer.status_code == 400
    assert 'name="time" type="datetime-local"' in page
    assert "<b>" not in page
    assert len(page) < 9000


def test_edition_with_a_higher_number_may_be_an_earlier_one(client, morning):
    reconstruct_edition(
        document_id=morning.pk,
        content=factories.content("Bridge", "The leaving CEO."),
        at=factories.MORNING + dt.timedelta(minutes=5),
        by="Ann Lee",
        evidence="A saved copy.",
    )

    at_nine = client.get(f"{AT}20260901T080900Z/").content.decode()
    third = client.get("/2026/09/bridge/v/3/").content.decode()

    assert "leaving CEO" in at_nine
    assert "Edition 3.</strong>" in third
    editions = third.split('id="editions"')[1].split("</section>")[0]
    assert re.findall(r"Edition (\d)", editions) == ["1", "3"]
    assert "edition 3, reconstructed, 1 September 2026, 09:05 (BST)" in third
    assert 'href="/2026/09/bridge/at/20260901T081959Z/"' in third


def test_story_was_published_when_its_earliest_known_text_was(client, morning):
    reconstruct_edition(
        document_id=morning.pk,
        content=factories.content("Bridge", "The leaving CEO."),
        at=factories.MORNING - dt.timedelta(minutes=5),
        by="Ann Lee",
        evidence="A saved copy.",
    )

    for path in ("", "v/3/", "at/20260901T075800Z/"):
        page = client.get(f"/2026/09/bridge/{path}").content.decode()
        assert 'Published <time datetime="2026-09-01T08:55:00+01:00">' in page
    kept = client.get("/2026/09/bridge/v/1/").content.decode()
    assert "first kept edition" in kept


def test_withdrawal_did_not_happen_before_it_happened(client, morning):
    withdraw_document(document_id=morning.pk)

    page = client.get(f"{AT}20260901T081500Z/").content.decode()

    assert "outgoing CEO" in page
    assert "Withdrawn" not in page


def test_past_edition_leads_to_its_last_moment(client, morning):
    page = client.get("/2026/09/bridge/v/1/").content.decode()

    assert 'href="/2026/09/bridge/at/20260901T081959Z/"' in page
