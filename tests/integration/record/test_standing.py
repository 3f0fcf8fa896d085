"""How sure it is what a story says: kept with each edition, and shown with time and basis."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html import unescape

import pytest
from tests import factories

from broadsheet.record.actions import StandingRefused, StealthRefused, append_edition
from broadsheet.record.erasure import withhold_edition
from broadsheet.record.models import Document, Edition
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"


def publish(document: Document, standing: str, basis: str, *, hours: int = 0, kind: str = "update"):
    return append_edition(
        document_id=document.pk,
        content=replace(factories.content("Bridge"), standing=standing, standing_basis=basis),
        kind=kind,
        note="Says how sure it is." if kind == "update" else "",
        slug="bridge",
        at=factories.MORNING + dt.timedelta(hours=hours),
    )


@pytest.fixture
def bridge(publication) -> Document:
    return factories.story("Bridge", slug="bridge")


@pytest.fixture
def confirmed(bridge) -> Document:
    publish(bridge, "rumour", "A man on the ferry.", hours=1)
    publish(bridge, "rumour", "A man on the ferry.", hours=2)
    publish(bridge, "confirmed", "The minutes.", hours=3)
    return bridge


def plain(page: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", "", page).split()))


def test_standing_is_shown_with_time_and_basis_and_those_before_it(client, confirmed):
    page = client.get(STORY).content.decode()

    assert (
        "Confirmed since 1 September 2026, 12:00: The minutes. Before: Rumour, 1 September 2026,"
        " 10:00 (A man on the ferry.)" in plain(page)
    )
    assert f'<a href="{STORY}v/2/">Rumour</a>' in page


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("v/1/", ""),
        ("v/3/", "Rumour since 1 September 2026, 10:00: A man on the ferry."),
        ("at/20260901T083000Z/", ""),
        ("at/20260901T103000Z/", "Rumour since 1 September 2026, 10:00: A man on the ferry."),
    ],
)
def test_past_moment_shows_the_standing_of_then(client, confirmed, path, shown):
    page = client.get(STORY + path).content.decode()

    found = re.search(r'<p class="standing">.*?</p>', page)
    assert plain(found[0] if found else "") == shown


def test_history_says_when_the_standing_changed(client, confirmed):
    publish(confirmed, "", "", hours=4)

    page = client.get(f"{STORY}changes/?from=3&to=4").content.decode()

    told = [plain(each) for each in re.findall(r'<p class="reason".*?</p>', page)]
    assert told == [
        "Standing taken back",
        "Standing Confirmed: The minutes.",
        "Standing Rumour: A man on the ferry.",
    ]
    assert '<div class="part"><h3>Standing</h3>' in page
    assert '<div class="part"><h3>What the standing rests on</h3>' in page


def test_edition_removed_by_law_takes_no_standing_back(client, confirmed):
    withhold_edition(edition_id=confirmed.editions.get(number=3).pk, reason="By court order.")

    page = plain(client.get(STORY).content.decode())

    assert "Confirmed since 1 September 2026, 12:00: The minutes. Before: Rumour" in page
    assert "taken back" not in client.get(f"{STORY}changes/").content.decode()


def test_lists_of_stories_show_it(client, confirmed):
    assert '<span class="standing-mark">Confirmed</span>' in client.get("/city/").content.decode()


def test_minor_edition_cannot_change_it_silently(confirmed):
    with pytest.raises(StealthRefused, match="the standing “Confirmed” became “Denied”"):
        publish(confirmed, "denied", "The minutes.", hours=5, kind="minor")

    assert Edition.objects.count() == 4


@pytest.mark.parametrize(
    ("standing", "basis", "message"),
    [
        ("rumour", " ", "“Bridge” is marked rumour. Say what that rests on: readers are told."),
        ("", "The minutes.", "“Bridge” says what its standing rests on, and has no standing."),
        ("sure", "The minutes.", "“sure” is not a standing of a story."),
    ],
)
def test_standing_without_a_basis_is_refused(bridge, standing, basis, message):
    with pytest.raises(StandingRefused) as refused:
        publish(bridge, standing, basis)

    assert str(refused.value) == message
    assert Edition.objects.count() == 1


def test_standing_is_under_the_digest(confirmed):
    assert verify_record().faults == ()
