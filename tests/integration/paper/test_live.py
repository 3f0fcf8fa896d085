"""What the page of a story asks while it is read."""

from __future__ import annotations

import re

import pytest
from tests import factories

from broadsheet.discussion import pages
from broadsheet.record.actions import withdraw_document
from broadsheet.record.queries import current_path


@pytest.fixture
def bridge(publication):
    return factories.story("Council sets bridge budget")


def get(client, document, below=""):
    return client.get(f"{current_path(document.pk)}{below}")


def items(response) -> list[tuple[int, str, int]]:
    """The comments of a page of arrivals: id, parent, level."""
    found = re.findall(
        r'<li data-comment="(\d+)" data-parent="(\d*)" data-level="(\d)"', response.content.decode()
    )
    return [(int(pk), parent, int(level)) for pk, parent, level in found]


def test_state_of_a_story(client, bridge):
    factories.comment(bridge)
    factories.edition(bridge, kind="correction", note="The sum was wrong.")

    response = get(client, bridge, "live/")

    assert response.json() == {
        "sequence": 4,
        "comments": 1,
        "edition": 2,
        "kind": "correction",
        "is_withdrawn": False,
    }
    assert response.headers["Cache-Control"] == "public, no-cache"
    again = client.get(response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not response.cookies


def test_state_of_a_withdrawn_story_says_so(client, bridge):
    withdraw_document(document_id=bridge.pk)

    assert get(client, bridge, "live/").json()["is_withdrawn"] is True


def test_page_says_where_its_stream_is_and_from_when_on(client, bridge):
    factories.comment(bridge)
    path = current_path(bridge.pk)

    body = get(client, bridge).content.decode()

    assert f'data-live="/live/{bridge.pk}/" data-state="{path}live/"' in body
    assert f'data-since="{path}discussion/since/" data-sequence="3" data-comments="1"' in body
    assert "paper/live.js" in body


def test_pages_that_do_not_change_have_no_stream(client, bridge):
    past = get(client, bridge, "v/1/").content.decode()
    moment = get(client, bridge, "at/20260901T080000Z/").content.decode()
    withdraw_document(document_id=bridge.pk)
    withdrawn = get(client, bridge).content.decode()

    assert [("data-live" in body) for body in (past, moment, withdrawn)] == [False] * 3


def test_arrivals_are_those_between_two_numbers(client, bridge):
    first = factories.comment(bridge, "One.")
    second = factories.comment(bridge, "Two.", parent=first)
    third = factories.comment(bridge, "Three.", parent=second)
    factories.comment(bridge, "Four.")

    response = get(client, bridge, "discussion/since/3/5/")

    assert items(response) == [(second.pk, str(first.pk), 2), (third.pk, str(second.pk), 3)]
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_arrivals_are_bounded_and_say_where_to_go_on(client, bridge, monkeypatch):
    monkeypatch.setattr(pages, "ARRIVALS_PER_PAGE", 2)
    said = [factories.comment(bridge, f"Said {number}.") for number in range(3)]

    first = get(client, bridge, "discussion/since/2/5/")
    second = get(client, bridge, "discussion/since/4/5/")

    assert [pk for pk, _, _ in items(first)] == [comment.pk for comment in said[:2]]
    assert 'data-next="4"' in first.content.decode()
    assert [pk for pk, _, _ in items(second)] == [said[2].pk]
    assert 'data-next=""' in second.content.decode()


@pytest.mark.parametrize(
    "below", ["3/3/", "4/3/", "2/4/", "0/99999999999999999999999/", "9999999999999999999/9/"]
)
def test_stretch_that_there_is_not_is_not_found(client, bridge, below):
    factories.comment(bridge)

    assert get(client, bridge, f"discussion/since/{below}").status_code == 404


def test_old_address_leads_to_the_new_one(client, bridge):
    old = current_path(bridge.pk)
    factories.edition(bridge, slug="the-bridge-budget", kind="minor", note="")
    new = current_path(bridge.pk)

    moved = [
        client.get(f"{old}{below}")["Location"] for below in ("live/", "discussion/since/1/2/")
    ]

    assert moved == [f"{new}live/", f"{new}discussion/since/1/2/"]


@pytest.mark.parametrize("count", [1, 3])
def test_cost_is_a_fixed_number_of_statements(client, bridge, count, django_assert_num_queries):
    for number in range(count):
        factories.comment(bridge, f"Said {number}.")
    path = current_path(bridge.pk)

    with django_assert_num_queries(1):
        client.get(f"{path}live/")
    with django_assert_num_queries(6):
        client.get(f"{path}discussion/since/2/{2 + count}/")
