"""The gate: what is published, what waits, and what becomes of it."""

from __future__ import annotations

import pytest
from tests import factories

from broadsheet.discussion.actions import CommentRefused, Draft, Sender, prepared
from broadsheet.discussion.enums import Admission
from broadsheet.discussion.models import Comment, CommentSource, DiscussionSettings
from broadsheet.moderation.actions import (
    AlreadyDecided,
    ReasonMissing,
    decline_held,
    publish_held,
)
from broadsheet.moderation.enums import HeldState
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.submission import submit
from broadsheet.record.models import JournalEntry
from broadsheet.record.placements import Pointer

pytestmark = pytest.mark.django_db
WRITE = "/2026/09/bridge/comment/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def bridge(publication, author):
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def waiting_room(db):
    """A publication that reads each comment first."""
    DiscussionSettings.objects.update_or_create(
        pk=DiscussionSettings.ONLY, defaults={"admission": Admission.HELD}
    )


def posting(document, text="Are you sure?", **more):
    draft = Draft(text=text, name="Lena", email="lena@reader.example", **more)
    return prepared(
        document_id=document.pk,
        draft=draft,
        submission_key="k" * 20,
        sender=Sender(address="192.0.2.7", agent="Browser", guest_key="g" * 64),
    )


def test_comment_that_nothing_speaks_against_is_published_with_its_source(bridge):
    comment = submit(posting(bridge))

    source = CommentSource.objects.get()
    assert isinstance(comment, Comment)
    assert (source.comment, source.email, source.address, source.agent, source.verdict) == (
        comment,
        "lena@reader.example",
        "192.0.2.7",
        "Browser",
        [],
    )


def test_held_comment_is_no_part_of_the_discussion(bridge, waiting_room):
    entries = JournalEntry.objects.count()

    held = submit(posting(bridge))

    assert isinstance(held, HeldComment)
    assert [reason["rule"] for reason in held.reasons] == ["admission"]
    assert not Comment.objects.exists()
    assert JournalEntry.objects.count() == entries


def test_same_form_waits_once_and_stays_what_it_became(bridge, waiting_room, editor):
    held = submit(posting(bridge))
    again = submit(posting(bridge))
    comment = publish_held(held_id=held.pk, by=editor)

    assert again == held
    assert submit(posting(bridge)) == comment
    assert Comment.objects.count() == 1


def test_published_comment_stands_where_it_was_written(bridge, waiting_room, editor):
    parent = factories.comment(bridge)
    pointer = Pointer(edition=1, exact="voted on Monday")
    held = submit(posting(bridge, parent_id=parent.pk, pointer=pointer))

    comment = publish_held(held_id=held.pk, by=editor)

    held.refresh_from_db()
    source = CommentSource.objects.get(comment=comment)
    assert (comment.parent, comment.name) == (parent, "Lena")
    assert [link.passage.exact for link in comment.passages.all()] == ["voted on Monday"]
    assert (held.state, held.comment, held.decided_by) == (HeldState.PUBLISHED, comment, editor)
    assert (source.guest_key, source.verdict) == ("g" * 64, held.reasons)


def test_what_is_decided_stays_decided(bridge, waiting_room, editor):
    held = submit(posting(bridge))
    decline_held(held_id=held.pk, by=editor, reason="Off topic.")

    with pytest.raises(AlreadyDecided) as told:
        publish_held(held_id=held.pk, by=editor)

    assert told.value.held.decision_reason == "Off topic."
    assert not Comment.objects.exists()


def test_declining_needs_a_reason(bridge, waiting_room, editor):
    held = submit(posting(bridge))

    with pytest.raises(ReasonMissing):
        decline_held(held_id=held.pk, by=editor, reason=" ")


def test_comment_of_a_withdrawn_story_goes_on_waiting(bridge, waiting_room, editor):
    from broadsheet.record.actions import withdraw_document

    held = submit(posting(bridge))
    withdraw_document(document_id=bridge.pk)

    with pytest.raises(CommentRefused):
        publish_held(held_id=held.pk, by=editor)

    held.refresh_from_db()
    assert held.state == HeldState.WAITING


def test_authors_of_the_publication_do_not_wait(bridge, waiting_room, author):
    written = prepared(
        document_id=bridge.pk, draft=Draft(text="Yes."), account=author.account, author=author
    )

    assert isinstance(submit(written), Comment)


def test_writer_is_told_that_the_comment_waits_and_why(client, bridge, waiting_room):
    answer = client.post(WRITE, {"text": "Are *you* sure?", "name": "Lena"})
    page = answer.content.decode()

    assert (answer.status_code, answer["Cache-Control"]) == (202, "private, no-store")
    assert "Every comment is read by a moderator first." in page
    assert "<p>Are <em>you</em> sure?</p>" in page
    assert "Are" not in client.get("/2026/09/bridge/").content.decode().split("discussion")[-1]


def test_script_is_told_that_the_comment_waits(client, bridge, waiting_room):
    answer = client.post(WRITE, {"text": "Sure?", "name": "Lena"}, headers=JSON)

    assert answer.status_code == 202
    assert answer.json()["held"] == HeldComment.objects.get().pk


def test_guest_is_known_again_by_the_browser_and_not_by_the_store(client, bridge):
    client.post(WRITE, {"text": "One.", "name": "Lena"})
    token = client.cookies["guest"].value
    client.post(WRITE, {"text": "Two.", "name": "Lena"})

    keys = set(CommentSource.objects.values_list("guest_key", flat=True))
    assert client.cookies["guest"].value == token
    assert len(keys) == 1
    assert token not in keys.pop()


def test_page_that_is_read_sets_no_cookie(client, bridge):
    assert not client.get("/2026/09/bridge/").cookies
    assert not client.get(WRITE).cookies
