"""A removed comment: place, time and reason stay; the words go, from every moment."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape

import pytest
from django.db import IntegrityError
from tests import factories

from broadsheet.corrections.models import Proposal
from broadsheet.discussion.models import Comment, CommentVersion, RemovedWords
from broadsheet.discussion.removal import MAX_REASON, RemovalRefused, remove_comment
from broadsheet.discussion.signals import comment_removed, quoted_words_changed
from broadsheet.press.counters import place
from broadsheet.press.keys import counters
from broadsheet.record.keys import document_key
from broadsheet.record.models import Document, JournalEntry
from broadsheet.record.signals import document_changed
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
HOUR = dt.timedelta(hours=1)
LATER = factories.MORNING + 5 * HOUR
WORDS = "xyzzy plugh"
NAME = "Grumio Vance"


@pytest.fixture
def bridge(publication) -> Document:
    return factories.story("Bridge", slug="bridge")


@pytest.fixture
def comment(bridge) -> Comment:
    """A comment with an answer, written an hour after the story."""
    comment = factories.comment(bridge, WORDS, name=NAME, at=factories.MORNING + HOUR)
    factories.comment(bridge, "Please.", name="Omar", parent=comment, at=factories.MORNING + HOUR)
    return comment


def remove(comment: Comment, reason: str = "Insults a reader (rule 3).") -> Comment:
    return remove_comment(comment_id=comment.pk, by="Ann Lee", reason=reason, at=LATER)


def plain(page: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", "", page).split()))


@pytest.mark.parametrize(
    "below",
    ["", "at/20260901T093000Z/", "at/20260901T093000Z/discussion/", "discussion/?sort=newest"],
)
def test_tombstone_stands_at_every_moment_in_place_of_the_words(client, comment, below):
    assert WORDS in client.get(STORY + below).content.decode()

    remove(comment)

    page = client.get(STORY + below).content.decode()
    stone = re.search(
        rf'<article class="comment tombstone" id="c-{comment.pk}".*?</article>', page, re.S
    )
    assert plain(stone[0]) == (
        "Removed comment 1 September 2026, 10:00 Removed by the publication, 1 September 2026,"
        " 14:00: Insults a reader (rule 3)."
    )
    assert "replying to <bdi>a removed comment</bdi>" in page
    assert "Please." in page
    assert not {word for word in (WORDS, NAME) if word in page}


def test_words_are_in_no_page_that_readers_can_ask_for(client, bridge, comment):
    remove(comment)

    for path in (
        *("/", "/feed.xml", "/corrections/", "/corrections/feed.xml", "/search/?q=xyzzy"),
        *(f"{STORY}{below}" for below in ("changes/", "v/1/", "moments/", "timemap/json/")),
        *(f"{STORY}{below}" for below in ("discussion/", f"discussion/{comment.pk}/")),
        *(f"{STORY}{below}" for below in ("annotations/", f"comment/?to={comment.pk}")),
        *(f"/c/{comment.pk}/", f"/a/{comment.pk}/"),
    ):
        answer = client.get(path, follow=True)
        page = answer.content.decode().replace('value="xyzzy"', "")
        assert not {word for word in (WORDS, NAME) if word in page}, path


def test_count_and_place_stay(client, bridge, comment):
    remove(comment)

    page = client.get(STORY).content.decode()
    assert "2 comments" in page
    assert f'<article class="comment tombstone" id="c-{comment.pk}"' in page
    assert f"?to={comment.pk}" not in page


def test_structured_data_says_that_it_was_deleted(client, comment):
    remove(comment)

    page = client.get(STORY).content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    (described,) = data["@graph"][0]["comment"]
    assert described["creativeWorkStatus"] == "Deleted"
    assert {"text", "author"} & described.keys() == set()
    assert described["comment"][0]["text"] == "Please."


def test_annotation_is_gone_and_no_longer_counted(client, comment):
    remove(comment)

    collection = client.get(f"{STORY}annotations/").json()
    assert collection["total"] == 1
    assert [item["body"][0]["value"] for item in collection["first"]["items"]] == ["<p>Please.</p>"]
    assert client.get(f"/a/{comment.pk}/").status_code == 410


def test_journal_takes_note_and_still_checks(comment):
    remove(comment)

    entry = JournalEntry.objects.latest("sequence")
    assert (entry.kind, entry.reference) == ("removal", f"removal/{comment.pk}/publication")
    assert verify_record().faults == ()


def test_journal_checks_when_the_words_are_erased_for_good(comment):
    remove(comment)

    RemovedWords.objects.all().delete()
    JournalEntry.objects.filter(
        reference__in=[f"comment/{comment.pk}", f"removal/{comment.pk}/publication"]
    ).update(salt=None)

    assert verify_record().faults == ()


def test_change_of_what_was_kept_is_found(comment):
    remove(comment)
    RemovedWords.objects.update(texts={"1": "something milder"})

    (fault,) = verify_record().faults
    assert fault.problem == f"the content of comment comment/{comment.pk} was changed"


def test_what_was_said_is_kept_apart(comment):
    removed = remove(comment)

    kept = RemovedWords.objects.get()
    assert (kept.comment, kept.by, kept.name, kept.texts) == (
        removed,
        "Ann Lee",
        NAME,
        {"1": WORDS},
    )
    assert (removed.removed_at, removed.removal_reason) == (LATER, "Insults a reader (rule 3).")
    assert not CommentVersion.objects.filter(comment=comment).exclude(text="", html="").exists()


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("", "Say why: the reason stands where the words stood."),
        (" \n\t ", "Say why: the reason stands where the words stood."),
        ("x" * 301, "The reason can have 300 characters; it has 301."),
    ],
)
def test_removal_needs_a_reason_that_can_be_shown(comment, reason, message):
    with pytest.raises(RemovalRefused) as refused:
        remove(comment, reason)

    assert str(refused.value) == message
    assert comment.versions.get().text == WORDS


def test_reason_at_the_bound_is_taken(comment):
    assert len(remove(comment, "x" * MAX_REASON).removal_reason) == MAX_REASON


def test_second_removal_is_refused(comment):
    remove(comment)

    with pytest.raises(RemovalRefused, match="was removed already"):
        remove(comment, "Another reason.")

    assert Comment.objects.get(pk=comment.pk).removal_reason == "Insults a reader (rule 3)."


def test_proposal_is_decided_and_not_removed(bridge):
    proposal: Proposal = factories.proposal(bridge)

    with pytest.raises(RemovalRefused, match="decided, not removed"):
        remove(proposal.comment)


def test_it_is_announced_after_the_commit(comment, django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, **said):
        heard.append(said.get("comment") or said["document"])

    comment_removed.connect(hear)
    document_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            remove(comment)
    finally:
        comment_removed.disconnect(hear)
        document_changed.disconnect(hear)

    assert heard == [comment, comment.document]


def test_pages_held_ready_with_the_words_are_withdrawn(
    bridge, comment, django_capture_on_commit_callbacks
):
    places = [place(document_key(bridge.pk))]
    before = counters().read_withdrawals(places)

    with django_capture_on_commit_callbacks(execute=True):
        remove(comment)

    assert counters().read_withdrawals(places) != before


def test_fragments_with_the_words_are_not_used_again(client, comment):
    """A comment of which only the reason is new: no name, and no words that its page would show."""
    Comment.objects.filter(pk=comment.pk).update(name="")
    CommentVersion.objects.filter(comment=comment).update(text="", html="")
    assert "Name not recorded" in client.get(STORY).content.decode()

    remove(comment)

    page = client.get(STORY).content.decode()
    assert "Insults a reader (rule 3)." in page
    assert "Name not recorded" not in page


def test_writer_of_a_removed_comment_is_not_told_of_its_words(
    client, bridge, django_capture_on_commit_callbacks
):
    client.post(
        f"{STORY}comment/",
        {"edition": "1", "exact": "Monday", "text": "Which one?", "name": NAME},
    )
    remove(Comment.objects.get())
    heard = []

    def hear(sender, comments, **said):
        heard.extend(comments)

    quoted_words_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            factories.edition(bridge, "Bridge", "The council voted on Tuesday.", slug="bridge")
    finally:
        quoted_words_changed.disconnect(hear)

    assert heard == []


@pytest.mark.parametrize(
    "columns",
    [
        {"removed_at": LATER, "removal_reason": "Rude."},
        {"removed_at": LATER, "name": ""},
        {"removal_reason": "Rude."},
    ],
)
def test_database_keeps_a_removal_whole(comment, columns):
    with pytest.raises(IntegrityError):
        Comment.objects.filter(pk=comment.pk).update(**columns)
