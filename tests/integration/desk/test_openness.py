"""The discussion of a story at the desk: open, held, closed, slow."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from tests import factories

from broadsheet import clock
from broadsheet.desk.models import StoryPage
from broadsheet.discussion.enums import ThreadMode
from broadsheet.discussion.models import Thread
from broadsheet.discussion.openness import OpennessRefused, close_due, set_openness
from broadsheet.press.counters import place
from broadsheet.press.keys import counters
from broadsheet.record.keys import document_key

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def document(publication):
    return factories.story("Bridge", slug="bridge")


@pytest.fixture
def story_page(published) -> StoryPage:
    return published()


def test_closed_now_says_since_when_and_keeps_it(document):
    now = clock.now()
    first = set_openness(document_id=document.pk, mode=ThreadMode.CLOSED, at=now)
    again = set_openness(document_id=document.pk, mode=ThreadMode.CLOSED, at=now + HOUR)

    assert (first.closes_at, again.closes_at) == (now, now)


def test_opened_again_it_has_no_end(document):
    set_openness(document_id=document.pk, mode=ThreadMode.CLOSED)
    thread = set_openness(document_id=document.pk, mode=ThreadMode.OPEN)

    assert (thread.mode, thread.closes_at) == (ThreadMode.OPEN, None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closes_at": factories.MORNING}, "This time is past"),
        ({"slow_seconds": 86_401}, "at most one comment a day"),
        ({"slow_seconds": -1}, "at most one comment a day"),
    ],
)
def test_what_makes_no_sense_is_refused(document, fields, words):
    with pytest.raises(OpennessRefused, match=words):
        set_openness(document_id=document.pk, mode=ThreadMode.OPEN, **fields)
    assert not Thread.objects.exists()


def test_discussion_is_closed_when_its_time_has_come(document):
    now = clock.now()
    set_openness(document_id=document.pk, mode=ThreadMode.OPEN, closes_at=now + HOUR, at=now)
    mark = counters().read([place(document_key(document.pk))])

    assert close_due(at=now) == 0
    assert counters().read([place(document_key(document.pk))]) == mark
    assert close_due(at=now + HOUR) == 1
    assert counters().read([place(document_key(document.pk))]) != mark
    assert Thread.objects.get().mode == ThreadMode.CLOSED
    assert close_due(at=now + HOUR) == 0


def save(client: Client, page: StoryPage, **fields: str):
    values = {"mode": "open", "closes_at": "", "slow_seconds": "0", **fields}
    return client.post(f"/desk/stories/{page.pk}/discussion/", values)


def test_editor_sets_it_in_the_publications_time(client, editor, story_page):
    client.force_login(editor)
    saved = save(client, story_page, closes_at="2030-05-01T12:00", slow_seconds="300")

    thread = Thread.objects.get()
    assert saved.status_code == 302
    assert (thread.closes_at, thread.slow_seconds) == (
        dt.datetime(2030, 5, 1, 11, 0, tzinfo=dt.UTC),
        300,
    )
    shown = client.get(f"/desk/stories/{story_page.pk}/discussion/").content.decode()
    assert 'value="2030-05-01T12:00"' in shown


@pytest.mark.parametrize(
    "fields",
    [{"mode": "nonsense"}, {"closes_at": "soon"}, {"closes_at": "2001-01-01T00:00"}, {"mode": ""}],
)
def test_what_cannot_be_is_said_beside_the_field(client, editor, story_page, fields):
    client.force_login(editor)

    assert save(client, story_page, **fields).status_code == 422
    assert not Thread.objects.exists()


def test_stranger_cannot_set_it(client, stranger, story_page):
    client.force_login(stranger)

    assert save(client, story_page, mode="closed").status_code in (302, 403)
    assert not Thread.objects.filter(mode=ThreadMode.CLOSED).exists()


def test_list_of_stories_leads_to_it(client, editor, story_page):
    set_openness(document_id=story_page.document_id, mode=ThreadMode.HELD)
    client.force_login(editor)

    page = client.get("/desk/stories/").content.decode()
    assert f'<a href="/desk/stories/{story_page.pk}/discussion/">0 comments</a>' in page
    assert "Held" in page
