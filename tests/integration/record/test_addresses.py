"""Where a story is found by its address, as often as it is asked for."""

from __future__ import annotations

import pytest
from tests import factories

from broadsheet.record.queries import bare_address

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND = "/2026/09/bridge/", "/2026/09/new-bridge/"


@pytest.fixture
def bridge(publication):
    return factories.story("Bridge", slug="bridge")


def where(path: str) -> tuple[int, bool] | None:
    found = bare_address(path)
    return (found.document_id, found.is_current) if found else None


def test_address_is_asked_for_once(bridge, django_assert_num_queries):
    assert where(FIRST) == (bridge.pk, True)
    with django_assert_num_queries(0):
        assert where(FIRST) == (bridge.pk, True)


def test_address_that_was_not_there_is_found_when_it_is(bridge):
    assert where(SECOND) is None
    other = factories.story("New bridge", slug="new-bridge", in_section=bridge.section)

    assert where(SECOND) == (other.pk, True)


def test_address_that_a_story_has_left_is_known_to_be_old(bridge):
    assert where(FIRST) == (bridge.pk, True)
    factories.edition(bridge, slug="new-bridge")

    assert where(FIRST) == (bridge.pk, False)
    assert where(SECOND) == (bridge.pk, True)
    factories.edition(bridge, slug="bridge")
    assert where(FIRST) == (bridge.pk, True)
    assert where(SECOND) == (bridge.pk, False)
