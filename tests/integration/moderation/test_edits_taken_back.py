"""An edit that a moderator published by mistake is taken back within ten minutes, as a comment is."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from tests import factories
from tests.integration.moderation.test_taking_back import stored

from broadsheet import clock
from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.editing import prepared_edit
from broadsheet.discussion.models import Comment, CommentPassage, CommentVersion
from broadsheet.discussion.people import Person
from broadsheet.discussion.removal import remove_comment
from broadsheet.moderation.deciding import CannotUndo, Ruling, decide, new_batch, undo
from broadsheet.moderation.enums import Measure
from broadsheet.moderation.models import Decision, HeldComment, QueueItem
from broadsheet.moderation.submission import submit_edit
from broadsheet.record.models import JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db

STORY = "/2026/09/bridge/"
BEFORE = "> The council voted on Monday.\n\nIt did not."
AFTER = "Buy a mirgelquux of us."


@pytest.fixture
def bridge(publication, author):
    return factories.story(
        "Bridge", "The council voted on Monday.", slug="bridge", authors=(author,)
    )


@pytest.fixture
def comment(bridge, stranger) -> Comment:
    return post_comment(document_id=bridge.pk, draft=Draft(text=BEFORE), account=stranger)


@pytest.fixture
def item(comment, stranger, waiting_room) -> QueueItem:
    """A change that waits."""
    edit = prepared_edit(comment=comment, text=AFTER, person=Person(account=stranger))
    held = submit_edit(edit)
    assert isinstance(held, HeldComment)
    return QueueItem.objects.get(held=held)


def publish(item: QueueItem, by) -> str:
    batch = new_batch()
    decide(item_id=item.pk, ruling=Ruling(Measure.PUBLISHED), by=by, batch=batch)
    return batch


def plain(client, path: str) -> str:
    return unescape(client.get(path).content.decode())


def test_comment_says_what_it_said_and_the_change_waits_again(comment, item, mod):
    batch = publish(item, mod)
    assert comment.versions.get(valid_to=None).text == AFTER

    [decision] = undo(batch=batch, by=mod)

    assert decision.measure == Measure.UNDONE
    numbers = comment.versions.order_by("number").values_list("number", "text")
    assert list(numbers) == [(1, BEFORE), (2, ""), (3, BEFORE)]
    item.refresh_from_db()
    assert item.closed_at is None
    assert HeldComment.objects.get().state == "waiting"
    assert CommentPassage.objects.get().ended_at is None


def test_its_words_are_public_nowhere_and_the_versions_say_what_was_done(
    client, comment, item, mod
):
    batch = publish(item, mod)
    undo(batch=batch, by=mod)

    versions = plain(client, f"/c/{comment.pk}/versions/")
    assert "A moderator published it by mistake and took it back" in versions
    assert "mirgelquux" not in versions and "It did not." in versions
    for path in (STORY, f"/a/{comment.pk}/", f"{STORY}discussion/"):
        page = plain(client, path)
        assert "mirgelquux" not in page and "It did not." in page


def test_moments_at_which_it_stood_say_that_it_was_taken_back(client, comment, item, mod, at):
    now = comment.posted_at + dt.timedelta(hours=1)
    at(now)
    batch = publish(item, mod)
    at(now + dt.timedelta(minutes=5))
    undo(batch=batch, by=mod)

    at(now + dt.timedelta(hours=1))
    between = now + dt.timedelta(minutes=2)
    page = plain(client, f"{STORY}at/{between:%Y%m%dT%H%M%SZ}/")

    assert "A moderator published words here by mistake and took them back." in page
    assert "mirgelquux" not in page


def test_journal_checks_without_the_salt_of_its_words(comment, item, mod):
    undo(batch=publish(item, mod), by=mod)

    assert verify_record().faults == ()
    salted = JournalEntry.objects.filter(document=comment.document_id, kind="version")
    assert dict(salted.values_list("reference", "salt")).keys() == {
        f"version/{comment.pk}/2",
        f"version/{comment.pk}/3",
    }
    assert JournalEntry.objects.get(reference=f"version/{comment.pk}/2").salt is None
    assert "mirgelquux" in stored(), "the change waits again with its words"


def test_published_again_it_is_a_version_of_its_own_and_can_be_taken_back_again(comment, item, mod):
    for _ in range(2):
        undo(batch=publish(item, mod), by=mod)
    publish(item, mod)

    assert comment.versions.get(valid_to=None).text == AFTER
    assert comment.versions.count() == 6
    assert verify_record().faults == ()


def test_changed_again_meanwhile_it_stands(comment, item, mod, stranger, bridge):
    batch = publish(item, mod)
    from broadsheet.discussion.editing import edit_comment

    edit_comment(prepared_edit(comment=comment, text="Mine.", person=Person(account=stranger)))

    with pytest.raises(CannotUndo, match="changed again"):
        undo(batch=batch, by=mod)
    assert comment.versions.get(valid_to=None).text == "Mine."


def test_removed_meanwhile_it_stays_removed(comment, item, mod):
    batch = publish(item, mod)
    remove_comment(comment_id=comment.pk, by="Eve", reason="Spam.")

    with pytest.raises(CannotUndo, match="removed meanwhile"):
        undo(batch=batch, by=mod)


def test_change_that_changed_nothing_has_nothing_to_take_back(comment, item, mod):
    CommentVersion.objects.update(text=AFTER)
    batch = publish(item, mod)

    with pytest.raises(CannotUndo, match="changed nothing"):
        undo(batch=batch, by=mod)


def test_after_ten_minutes_and_for_others_it_stands(comment, item, mod, second, at):
    at(comment.posted_at + dt.timedelta(hours=1))
    batch = publish(item, mod)
    with pytest.raises(CannotUndo):
        undo(batch=batch, by=second)
    at(clock.now() + dt.timedelta(minutes=11))
    with pytest.raises(CannotUndo):
        undo(batch=batch, by=mod)
    assert not Decision.objects.filter(measure=Measure.UNDONE).exists()
