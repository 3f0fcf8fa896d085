"""What the story's page offers of its time: points, links, a form, and how to cite it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from tests import factories

from broadsheet.discussion.actions import ImportedComment, import_comments
from broadsheet.discussion.pages import comment_points
from broadsheet.record.healing import reconstruct_edition

STORY = "/2026/09/bridge/"
EIGHT = factories.MORNING
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bridge(publication, author):
    return factories.story("Bridge", slug="bridge", authors=(author,))


def text(answer) -> str:
    return answer.content.decode()


def test_points_are_editions_and_comments_in_order_of_time(client, bridge):
    factories.comment(bridge, "First.", at=EIGHT + 10 * MINUTE)
    factories.comment(bridge, "Second.", at=EIGHT + 10 * MINUTE + dt.timedelta(microseconds=9))
    factories.comment(bridge, "Third.", at=EIGHT + 11 * MINUTE)
    factories.edition(
        bridge, "Bridge", "Later.", slug="bridge", kind="correction", at=EIGHT + 20 * MINUTE
    )
    reconstruct_edition(
        document_id=bridge.pk,
        content=factories.content("Bridge", "In between."),
        at=EIGHT + 5 * MINUTE,
        by="Ann Lee",
        evidence="A saved copy.",
    )

    answer = client.get(f"{STORY}moments/")

    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "public, no-cache"
    assert answer.json() == {
        "editions": [
            edition(1, "2026-09-01T08:00:00Z", "original", "published"),
            edition(3, "2026-09-01T08:05:00Z", "minor", "small mending", reconstructed=True),
            edition(2, "2026-09-01T08:20:00Z", "correction", "corrected"),
        ],
        "comments": {
            "points": [
                {"at": "2026-09-01T08:10:00Z", "count": 2},
                {"at": "2026-09-01T08:11:00Z", "count": 1},
            ],
            "count": 3,
            "untimed": 0,
        },
    }


def edition(number, at, kind, verb, *, reconstructed=False):
    return {
        "number": number,
        "at": at,
        "kind": kind,
        "verb": verb,
        "is_reconstructed": reconstructed,
    }


def test_comments_without_a_time_are_only_counted(client, bridge):
    import_comments(
        document_id=bridge.pk,
        comments=[
            ImportedComment("c1", None, "Jamie", "No time.", None),
            ImportedComment("c2", None, "Robin", "Before the story.", EIGHT - 60 * MINUTE),
        ],
    )

    answer = client.get(f"{STORY}moments/").json()

    assert answer["comments"] == {
        "points": [{"at": "2026-09-01T08:00:00Z", "count": 1}],
        "count": 2,
        "untimed": 1,
    }


def counted(document, times):
    """Put comments at times into a story, and return its points."""
    import_comments(
        document_id=document.pk,
        comments=[
            ImportedComment(f"c{number}", None, "Robin", f"{number}.", at)
            for number, at in enumerate(times)
        ],
    )
    return comment_points(document, EIGHT, limit=10)


def test_as_many_points_as_fit_are_not_counted_together(bridge):
    times = [EIGHT + place * MINUTE for place in range(10)]

    assert counted(bridge, times) == [(at, 1) for at in times]


@pytest.mark.parametrize("count", [11, 33])
def test_more_points_are_counted_in_groups_at_their_last_comment(bridge, count):
    times = [EIGHT + place * MINUTE for place in range(count)]

    points = counted(bridge, times)

    assert len(points) == 10
    assert points[-1][0] == times[-1]
    shown = 0
    for at, posted in points:
        shown += posted
        assert at == times[shown - 1]
    assert shown == count
    assert {posted for _, posted in points} <= {count // 10, count // 10 + 1}


def test_a_remark_of_a_year_later_does_not_hide_a_lively_morning(bridge):
    morning = [EIGHT + dt.timedelta(seconds=place) for place in range(40)]

    points = counted(bridge, [*morning, EIGHT + dt.timedelta(days=365)])

    assert len([at for at, _ in points if at <= morning[-1]]) == 9


@pytest.mark.parametrize("count", [1, 3])
def test_points_cost_three_statements(client, bridge, django_assert_num_queries, count):
    for number in range(count):
        factories.comment(bridge, f"Comment {number}.")
        factories.edition(bridge, "Bridge", f"Text {number}.", slug="bridge", kind="minor")

    with django_assert_num_queries(3):
        client.get(f"{STORY}moments/")


@pytest.mark.parametrize("count", [1, 3])
def test_pages_of_the_past_cost_a_fixed_number_of_statements(
    client, bridge, django_assert_num_queries, count
):
    for number in range(count):
        factories.comment(bridge, f"Comment {number}.", at=EIGHT + number * MINUTE)
        factories.edition(
            bridge, "Bridge", f"Text {number}.", slug="bridge", kind="minor", at=EIGHT + MINUTE
        )

    for below, cost in {"at/20260901T090000Z/": 14, "v/1/": 9}.items():
        with django_assert_num_queries(cost):
            assert client.get(STORY + below).status_code == 200


def test_points_are_the_same_bytes_for_everybody(client, bridge, editor):
    guest = client.get(f"{STORY}moments/")
    client.force_login(editor)
    signed_in = client.get(f"{STORY}moments/")

    assert guest.content == signed_in.content
    assert not guest.cookies
    assert (
        client.get(f"{STORY}moments/", headers={"If-None-Match": guest["ETag"]}).status_code == 304
    )


def test_story_links_the_moment_of_each_edition_and_has_a_form(client, bridge):
    factories.edition(bridge, "Bridge", "Later.", slug="bridge", at=EIGHT + 20 * MINUTE)

    section = text(client.get(STORY)).split('class="through-time"')[1].split("</details>")[0]

    assert f'data-path="{STORY}" data-zone="Europe/London"' in section
    assert re.findall(r'<a href="([^"]*)">As of edition (\d)</a>', section) == [
        (f"{STORY}at/20260901T080000Z/", "1"),
        (f"{STORY}at/20260901T082000Z/", "2"),
    ]
    assert f'<form class="time-form" action="{STORY}at/" method="get">' in section
    assert 'min="2026-09-01T09:00" value="2026-09-01T09:20"' in section


def test_form_begins_with_a_minute_at_which_the_story_was_there(client, publication):
    factories.story("Bridge", slug="bridge", at=EIGHT + dt.timedelta(seconds=1))

    assert 'min="2026-09-01T09:01"' in text(client.get(STORY))
    assert client.get(f"{STORY}at/", {"time": "2026-09-01T09:01"}, follow=True).status_code == 200


@pytest.mark.parametrize("below", ["v/1/", "at/20260901T080500Z/"])
def test_pages_of_the_past_have_links_and_no_script_for_them(client, bridge, below):
    page = text(client.get(STORY + below))

    assert "data-time " not in page
    assert f'<a href="{STORY}">Now</a>' in page
    assert "Removals apply backwards" in page


def test_present_page_says_nothing_of_removals(client, bridge):
    assert "Removals apply backwards" not in text(client.get(STORY))


@pytest.mark.parametrize(
    ("below", "number", "edition_at", "moment"),
    [
        ("", 2, "1 September 2026, 09:20 (BST)", "20260901T082000Z"),
        ("v/1/", 1, "1 September 2026, 09:00 (BST)", "20260901T080000Z"),
        ("at/20260901T081500Z/", 1, "1 September 2026, 09:00 (BST)", "20260901T081500Z"),
    ],
)
def test_version_is_cited_with_its_permanent_address(
    client, bridge, author, below, number, edition_at, moment
):
    factories.edition(
        bridge, "Bridge", "Later.", slug="bridge", at=EIGHT + 20 * MINUTE, authors=(author,)
    )
    origin = f"http://localhost:8000{STORY}"

    page = text(client.get(STORY + below))
    section = page.split('class="cite"')[1].split("</details>")[0]

    cited = re.search(r"data-cite-text>([^<]*)<", section)[1]
    assert cited == (
        f"Ann Lee: “Bridge”. The Test, edition {number}, {edition_at}. {origin}v/{number}/"
    )
    assert f'<a href="{origin}at/{moment}/">' in section


def test_story_without_a_byline_is_cited_by_its_headline(client, publication):
    factories.story("Bridge", slug="bridge")

    assert "data-cite-text>“Bridge”. The Test, edition 1," in text(client.get(STORY))
