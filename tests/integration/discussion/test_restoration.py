"""A removal that is taken back: the words return to where, and when, they stood."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.discussion.models import Comment, CommentVersion, RemovedWords, Restoration
from broadsheet.discussion.removal import remove_comment
from broadsheet.discussion.restoration import RestorationRefused, restore_comment
from broadsheet.discussion.signals import comment_restored
from broadsheet.discussion.wire import news
from broadsheet.record.models import Document, JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
HOUR = dt.timedelta(hours=1)
REMOVED = factories.MORNING + 5 * HOUR
RESTORED = factories.MORNING + 8 * HOUR
WORDS = "xyzzy *plugh*"
REASON = "Insults a reader."


@pytest.fixture
def bridge(publication, author) -> Document:
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def comment(bridge) -> Comment:
    comment = factories.comment(bridge, WORDS, name="Grumio", at=factories.MORNING + HOUR)
    factories.comment(bridge, "Please.", name="Omar", parent=comment, at=factories.MORNING + HOUR)
    return comment


def remove(comment: Comment, at: dt.datetime = REMOVED) -> Comment:
    return remove_comment(comment_id=comment.pk, by="Ann Lee", reason=REASON, at=at)


def restore(comment: Comment, at: dt.datetime = RESTORED) -> Comment:
    return restore_comment(comment_id=comment.pk, by="Ben Moss", reason="No insult.", at=at)


def test_words_name_and_author_are_back(bridge, author):
    comment = factories.comment(bridge, WORDS, author=author)
    remove(comment)

    restored = restore(comment)

    version = CommentVersion.objects.get(comment=comment)
    assert (restored.name, restored.author, restored.removed_at) == ("Ann Lee", author, None)
    assert (version.text, version.html) == (WORDS, "<p>xyzzy <em>plugh</em></p>")
    assert not RemovedWords.objects.exists()


@pytest.mark.parametrize(
    ("moment", "stands"),
    [
        ("20260901T093000Z", True),
        ("20260901T125959Z", True),
        ("20260901T130000Z", False),
        ("20260901T155959Z", False),
        ("20260901T160000Z", True),
    ],
)
def test_each_moment_shows_what_readers_saw_then(client, comment, moment, stands):
    """Published at 9:00, removed at 13:00, restored at 16:00 (UTC)."""
    remove(comment)
    restore(comment)

    for below in (f"at/{moment}/", f"at/{moment}/discussion/{comment.pk}/"):
        page = client.get(STORY + below).content.decode()
        assert ("xyzzy" in page, "Grumio" in page) == (stands, stands)
        assert (REASON in page) == (not stands)
        assert ("a removed comment" in page) == (not stands)


def test_page_of_now_shows_it_as_if_nothing_had_been(client, comment):
    before = client.get(STORY).content
    remove(comment)
    restore(comment)

    page = client.get(STORY)
    assert page.content.count(b"xyzzy") == before.count(b"xyzzy")
    assert REASON not in page.content.decode()
    assert client.get(f"/a/{comment.pk}/").status_code == 200


def test_journal_takes_note_of_each_removal_and_restoration_and_checks(comment):
    for hours in (0, 2):
        remove(comment, REMOVED + hours * HOUR)
        restore(comment, REMOVED + (hours + 1) * HOUR)
    remove(comment, REMOVED + 9 * HOUR)

    entries = JournalEntry.objects.filter(kind__in=["removal", "restoration"]).order_by("sequence")
    assert [entry.kind for entry in entries] == [*["removal", "restoration"] * 2, "removal"]
    assert verify_record().faults == ()


@pytest.mark.parametrize("column", ["reason", "by"])
def test_change_of_what_was_noted_is_found(comment, column):
    remove(comment)
    restore(comment)
    Restoration.objects.update(**{column: "Something else"})

    (fault,) = verify_record().faults
    assert fault.problem == f"the content of restoration restoration/{comment.pk} was changed"


def test_stream_tells_of_it(bridge, comment):
    remove(comment)
    restore(comment)

    batch = news(bridge.pk, 0, 50)
    assert [(event.name, event.data) for event in batch.events][-1] == (
        "restoration",
        {"story": bridge.pk, "comment": comment.pk},
    )


def test_what_stands_is_not_restored(comment):
    with pytest.raises(RestorationRefused, match="stands"):
        restore(comment)


def test_erased_words_do_not_come_back(comment):
    remove(comment)
    RemovedWords.objects.all().delete()

    with pytest.raises(RestorationRefused, match="erased"):
        restore(comment)


def test_it_is_announced_after_the_commit(comment, django_capture_on_commit_callbacks):
    remove(comment)
    heard = []

    def hear(sender, comment, **said):
        heard.append(comment)

    comment_restored.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            restore(comment)
    finally:
        comment_restored.disconnect(hear)

    assert heard == [comment]
