"""A comment that its writer takes back: nothing of it is kept, replies stay, the journal checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from tests import factories

from broadsheet.discussion.editing import edit_comment, prepared_edit
from broadsheet.discussion.enums import Admission, CommentKind, RemovedBy
from broadsheet.discussion.keys import ERASED
from broadsheet.discussion.models import (
    Comment,
    CommentSource,
    DiscussionSettings,
    RemovedWords,
    Submission,
)
from broadsheet.discussion.people import Person
from broadsheet.discussion.removal import RemovalRefused, delete_comment, remove_comment
from broadsheet.discussion.wire import news
from broadsheet.moderation.enums import HeldState
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.submission import submit_edit
from broadsheet.paper.presenters.fragments import forget, fragments
from broadsheet.press.counters import place
from broadsheet.press.keys import counters
from broadsheet.record.keys import document_key
from broadsheet.record.models import Document, JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
NINE = factories.MORNING + dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
LENA = Person(guest_key="a" * 64)
WORDS, LATER_WORDS, NAME = "xyzzy plugh", "frotz gnusto", "Grumio Vance"


@pytest.fixture
def bridge(publication) -> Document:
    return factories.story("Bridge", slug="bridge")


@pytest.fixture
def comment(bridge) -> Comment:
    """A comment with two versions and an answer, whose writer left an address."""
    comment = factories.comment(bridge, WORDS, name=NAME, at=NINE)
    source = {"guest_key": LENA.guest_key, "email": "grumio@reader.example"}
    CommentSource.objects.filter(comment=comment).update(**source)
    posting = prepared_edit(comment=comment, text=LATER_WORDS, person=LENA)
    edit_comment(replace(posting, at=NINE + 20 * MINUTE))
    factories.comment(bridge, "Please.", name="Omar", parent=comment, at=NINE + 30 * MINUTE)
    return comment


def delete(comment: Comment, person: Person = LENA) -> Comment:
    return delete_comment(comment_id=comment.pk, person=person, at=NINE + 60 * MINUTE)


def dump() -> str:
    """All that the store has, as text."""
    out = StringIO()
    call_command("dumpdata", "discussion", "moderation", "record.journalentry", stdout=out)
    return out.getvalue()


def test_nothing_of_it_is_left_in_the_store(comment):
    assert {WORDS, LATER_WORDS, NAME, "grumio@reader.example", LENA.guest_key} <= {
        word
        for word in (WORDS, LATER_WORDS, NAME, "grumio@reader.example", LENA.guest_key)
        if word in dump()
    }

    delete(comment)

    left = dump()
    assert not [
        word
        for word in (WORDS, LATER_WORDS, NAME, "grumio@reader.example", LENA.guest_key)
        if word in left
    ]
    assert not CommentSource.objects.filter(comment=comment).exists()
    assert not Submission.objects.filter(comment=comment).exists()


def test_digests_have_lost_their_salt_and_the_journal_checks(comment):
    delete(comment)

    unsalted = JournalEntry.objects.filter(salt=None).order_by("sequence")
    assert list(unsalted.values_list("reference", flat=True)) == [
        f"comment/{comment.pk}",
        f"version/{comment.pk}/2",
    ]
    assert verify_record().faults == ()


@pytest.mark.parametrize("below", ["", "at/20260901T093500Z/", "at/20260901T095900Z/"])
def test_tombstone_says_who_and_when_at_every_moment(client, comment, below):
    delete(comment)

    page = client.get(STORY + below).content.decode()
    assert "Deleted by its writer, <time" in page
    assert "Please." in page
    assert not {word for word in (WORDS, LATER_WORDS, NAME) if word in page}


def test_versions_are_gone(client, comment):
    assert LATER_WORDS in client.get(f"/c/{comment.pk}/versions/").content.decode()

    delete(comment)

    answer = client.get(f"/c/{comment.pk}/versions/")
    assert answer.status_code == 410
    assert WORDS not in answer.content.decode()


@pytest.mark.parametrize("person", [Person(), Person(guest_key="b" * 64)])
def test_stranger_cannot_delete_it(comment, person):
    with pytest.raises(RemovalRefused, match="Only its writer"):
        delete(comment, person)


def test_second_time_nothing_happens(comment):
    Comment.objects.filter(pk=comment.pk).update(account=None)
    delete(comment)
    entries = JournalEntry.objects.count()

    delete(comment)

    assert JournalEntry.objects.count() == entries


def test_proposal_is_decided_and_not_deleted(comment):
    Comment.objects.filter(pk=comment.pk).update(kind=CommentKind.PROPOSAL)

    with pytest.raises(RemovalRefused, match="decided"):
        delete(comment)


def test_what_was_kept_for_a_decision_goes_too(client, comment):
    remove_comment(
        comment_id=comment.pk,
        by="Eve",
        reason="Rude.",
        role=RemovedBy.MODERATOR,
        at=NINE + 40 * MINUTE,
    )
    assert WORDS in dump()

    delete(comment)

    assert not RemovedWords.objects.exists()
    assert WORDS not in dump()
    assert "Removed by a moderator, <time" in client.get(STORY).content.decode()
    assert verify_record().faults == ()


def test_new_words_that_wait_go_with_it(comment):
    DiscussionSettings.objects.update_or_create(pk=1, defaults={"admission": Admission.HELD})
    held = submit_edit(prepared_edit(comment=comment, text="zorkmid", person=LENA))
    assert isinstance(held, HeldComment)

    delete(comment)

    held.refresh_from_db()
    assert (held.state, held.text, held.name, held.guest_key) == (HeldState.WITHDRAWN, "", "", "")
    assert "zorkmid" not in dump()


def test_pages_are_withdrawn_and_fragments_forgotten(client, bridge, comment):
    client.get(STORY)
    assert [html for html in fragments._kept.values() if LATER_WORDS in html]
    places = [place(key) for key in (document_key(bridge.pk), ERASED)]
    before = counters().read_withdrawals(places)

    delete(comment)
    client.get(STORY)

    after = counters().read_withdrawals(places)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert not [html for html in fragments._kept.values() if LATER_WORDS in html]


def test_fragments_can_be_forgotten_by_those_above(client, comment):
    client.get(STORY)
    assert fragments._kept

    forget()
    fragments.heed()

    assert not fragments._kept


def test_streams_tell_who_took_it(bridge, comment):
    delete(comment)

    event = news(bridge.pk, 2, 500).events[-1]
    assert event.data == {"story": bridge.pk, "comment": comment.pk, "by": "writer"}


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (RemovedBy.MODERATOR, "Removed by a moderator"),
        (RemovedBy.EDITOR, "Removed by an editor"),
        (RemovedBy.PUBLICATION, "Removed by the publication"),
    ],
)
def test_removal_says_in_what_role(client, comment, role, words):
    remove_comment(comment_id=comment.pk, by="Eve", reason="Rude.", role=role)

    assert f"{words}, <time" in client.get(STORY).content.decode()
