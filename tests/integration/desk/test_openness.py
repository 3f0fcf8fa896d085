"""The discussion of a story at the desk: open, held, closed, slow."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from tests import factories

from broadsheet import clock
from broadsheet.desk.models import StoryPage
from broadsheet.discussion.enums import SetBy, ThreadMode
from broadsheet.discussion.models import OpennessChange, Thread
from broadsheet.discussion.openness import OpennessRefused, close_due, set_openness
from broadsheet.moderation.models import Decision
from broadsheet.press.counters import place
from broadsheet.press.keys import counters
from broadsheet.record.enums import EntryKind
from broadsheet.record.keys import document_key
from broadsheet.record.models import JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


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


@pytest.mark.parametrize("mode", ["closed", "held"])
def test_who_closes_or_holds_it_says_why(client, editor, story_page, mode):
    client.force_login(editor)

    refused = save(client, story_page, mode=mode)

    assert refused.status_code == 422
    assert "Say why, by a ground or in your words" in refused.content.decode()
    assert not Decision.objects.exists() and not OpennessChange.objects.exists()
    assert save(client, story_page, mode=mode, ground="off_topic").status_code == 302
    assert OpennessChange.objects.get().reason == "Off topic."


def test_editors_decision_stands_in_the_public_log_and_restricts_nobody(client, editor, story_page):
    client.force_login(editor)
    save(client, story_page, mode="closed", reason="It came to threats.")
    save(client, story_page, mode="open", slow_seconds="300")
    save(client, story_page, mode="open", slow_seconds="60")
    save(client, story_page, mode="open", slow_seconds="60")

    decisions = list(Decision.objects.order_by("pk"))
    assert [each.measure for each in decisions] == ["closed", "opened", "paced"]
    assert {(each.statement, each.account, each.is_public) for each in decisions} == {
        (None, None, True)
    }
    page = client.get("/moderation/log/").content.decode()
    assert "Discussion closed" in page and "It came to threats." in page
    assert page.count("· an editor") == 3
    assert client.get("/moderation/log/?what=closed").content.decode().count("log-line") == 1


def test_moderator_at_the_desk_is_named_by_role(client, story_page):
    account = factories.account("mia@news.example", "Mia Mod")
    for label, codename in (("moderation", "moderate"), ("wagtailadmin", "access_admin")):
        account.user_permissions.add(
            Permission.objects.get(content_type__app_label=label, codename=codename)
        )
    client.force_login(account)

    assert save(client, story_page, mode="held", reason="Calm down.").status_code == 302

    change = OpennessChange.objects.get()
    assert (change.by, change.reason) == (SetBy.MODERATOR, "Calm down.")
    assert "· a moderator" in client.get("/moderation/log/").content.decode()


# What the journal and past moments know of it


def instants(document) -> list[dt.datetime]:
    """Let a discussion be held, slowed, closed and opened again, a minute between two of it."""
    begin = factories.MORNING + HOUR
    for minute, said in enumerate(
        (
            {"mode": ThreadMode.HELD, "reason": "A trial is on.", "by": SetBy.MODERATOR},
            {"mode": ThreadMode.OPEN, "slow_seconds": 300},
            {"mode": ThreadMode.CLOSED, "reason": "Enough was said."},
            {"mode": ThreadMode.OPEN},
        )
    ):
        set_openness(document_id=document.pk, at=begin + minute * MINUTE, **said)
    return [begin + minute * MINUTE for minute in range(-1, 4)]


def at_moment(client: Client, instant: dt.datetime, below: str = "") -> str:
    path = f"/2026/09/bridge/at/{instant:%Y%m%dT%H%M%SZ}/{below}"
    return unescape(client.get(path).content.decode())


def test_each_change_is_an_entry_of_the_journal_that_verifies(document):
    instants(document)

    entries = JournalEntry.objects.filter(document=document, kind=EntryKind.OPENNESS)
    assert [each.reference.split("/")[2] for each in entries] == ["held", "open", "closed", "open"]
    assert verify_record().faults == ()
    OpennessChange.objects.filter(mode="closed").update(reason="Something else.")
    [fault] = verify_record().faults
    assert fault.problem.startswith("the content of openness") and "changed" in fault.problem


def test_what_is_so_already_is_no_entry(document):
    for _ in range(2):
        set_openness(document_id=document.pk, mode=ThreadMode.HELD, reason="Again.")

    assert OpennessChange.objects.count() == 1


def test_clock_that_closes_is_named_in_the_journal(document):
    now = clock.now()
    set_openness(document_id=document.pk, mode=ThreadMode.OPEN, closes_at=now + HOUR, at=now)
    close_due(at=now + HOUR)

    last = OpennessChange.objects.latest("pk")
    assert (last.mode, last.by) == (ThreadMode.CLOSED, SetBy.CLOCK)
    assert verify_record().faults == ()


@pytest.mark.parametrize("below", ["", "discussion/"])
def test_page_of_a_past_moment_says_how_it_stood_then(client, document, below):
    before, held, slow, closed, opened = instants(document)

    assert "At this moment the discussion was open." in at_moment(client, before, below)
    page = at_moment(client, held, below)
    assert "At this moment a moderator read each comment" in page and "A trial is on." in page
    page = at_moment(client, slow, below)
    assert "was open. The pace: In this discussion everybody can post one comment" in page
    page = at_moment(client, closed, below)
    assert "At this moment the discussion was closed, by an editor, since" in page
    assert "Enough was said." in page
    assert "At this moment the discussion was open." in at_moment(client, opened, below)


def test_closing_that_was_set_holds_at_moments_before_anybody_noted_it(client, document):
    at = factories.MORNING + HOUR
    set_openness(document_id=document.pk, mode=ThreadMode.OPEN, closes_at=at + HOUR, at=at)

    assert "It was to close on" in at_moment(client, at + MINUTE)
    assert "At this moment the discussion was closed" in at_moment(client, at + HOUR + MINUTE)


def test_moments_before_changes_were_kept_say_nothing(client, document):
    """A store of before: closed, and nobody knows since when."""
    Thread.objects.update_or_create(document=document, defaults={"mode": ThreadMode.CLOSED})
    assert "At this moment" not in at_moment(client, factories.MORNING + MINUTE)
    assert verify_record().faults == ()

    set_openness(document_id=document.pk, mode=ThreadMode.OPEN, at=factories.MORNING + HOUR)

    assert "At this moment" not in at_moment(client, factories.MORNING + MINUTE)
    assert "At this moment the discussion was open" in at_moment(
        client, factories.MORNING + HOUR + MINUTE
    )


def test_story_and_its_history_say_who_closed_it_and_why(client, document):
    set_openness(
        document_id=document.pk, mode=ThreadMode.CLOSED, by=SetBy.MODERATOR, reason="Threats."
    )

    story = unescape(client.get("/2026/09/bridge/").content.decode())
    assert "The discussion was closed by a moderator on" in story and "Threats." in story
    changes = unescape(client.get("/2026/09/bridge/changes/").content.decode())
    assert "<strong>Closed</strong>: " in changes and "by a moderator" in changes


def test_mode_that_was_changed_past_the_journal_is_found(document):
    set_openness(document_id=document.pk, mode=ThreadMode.HELD)
    Thread.objects.update(mode=ThreadMode.OPEN)

    [fault] = verify_record().faults
    assert "not as the journal says" in fault.problem


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
