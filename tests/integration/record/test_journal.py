"""The journal: its order, its chain, and what verification says about tampering."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from tests import factories

from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.record import guards, journal
from broadsheet.record.models import Document, Edition, JournalEntry
from broadsheet.record.verify import verify_record


@pytest.fixture
def history(publication):
    """A story with two editions and two comments: five entries."""
    document = factories.story("Bridge", slug="bridge")
    first = factories.comment(document)
    factories.edition(document, "Bridge", "Changed.", slug="bridge")
    factories.comment(document, "Thanks.", parent=first)
    return Document.objects.get(pk=document.pk)


@pytest.fixture
def unguarded(history):
    """Somebody who owns the database and takes the guards away."""
    with connection.cursor() as cursor:

        class Editor:
            def execute(self, statement: str) -> None:
                cursor.execute(statement)

        editor = Editor()
        editor.connection = connection
        guards.remove(editor)
    return history


def test_entries_are_numbered_in_order(history):
    entries = JournalEntry.objects.filter(document=history).order_by("sequence")

    assert [(entry.sequence, entry.kind) for entry in entries] == [
        (1, "edition"),
        (2, "address"),
        (3, "comment"),
        (4, "edition"),
        (5, "comment"),
    ]
    assert history.head_sequence == 5


def test_untouched_history_verifies(history):
    verification = verify_record()

    assert (verification.documents, verification.entries, verification.faults) == (1, 5, ())


def change_edition(document):
    Edition.objects.filter(document=document, number=1).update(canonical_text="Other.")


def change_comment(document):
    CommentVersion.objects.filter(comment__document=document, text="Thanks.").update(text="No.")


def change_name(document):
    Comment.objects.filter(document=document, parent__isnull=False).update(name="Else")


def change_entry(document):
    JournalEntry.objects.filter(document=document, sequence=3).update(reference="comment/999")


def remove_entry(document):
    JournalEntry.objects.filter(document=document, sequence=2)._raw_delete("default")


def remove_last(document):
    JournalEntry.objects.filter(document=document, sequence=5)._raw_delete("default")


def remove_comment(document):
    CommentVersion.objects.filter(text="Thanks.")._raw_delete("default")


@pytest.mark.parametrize(
    ("tamper", "sequences", "says"),
    [
        (change_edition, [1], "the content of edition edition/1 was changed"),
        (change_comment, [5], "was changed"),
        (change_name, [5], "was changed"),
        (change_entry, [3], "the digest of comment comment/999 does not follow"),
        (remove_entry, [3], "entries 2 are missing"),
        (remove_last, [4], "its journal ends at entry 5"),
        (remove_comment, [5], "is missing"),
    ],
)
@pytest.mark.parametrize("window", [1, 2, 500])
def test_tampering_is_found_at_its_entry(unguarded, monkeypatch, window, tamper, sequences, says):
    monkeypatch.setattr(journal, "WINDOW", window)
    tamper(unguarded)

    faults = verify_record().faults

    assert sorted({fault.sequence for fault in faults})[:1] == sequences
    assert any(says in fault.problem for fault in faults)
    assert {fault.document for fault in faults} == {unguarded.urn}


def test_verification_of_a_longer_thread_takes_statements_by_the_window(
    publication, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(journal, "WINDOW", 10)
    document = factories.story()
    for number in range(38):
        factories.comment(document, f"Comment {number}.")

    # Heads of five windows (the last is empty), entries of five, contents by kind: 3 + 1 + 1 + 1.
    with django_assert_num_queries(16):
        assert list(journal.chain_faults(document)) == []


def test_erased_content_still_verifies(unguarded):
    JournalEntry.objects.filter(document=unguarded, sequence=5).update(salt=None)
    change_comment(unguarded)

    assert verify_record().faults == ()


def test_edition_that_the_journal_does_not_know_is_found(unguarded):
    Edition.objects.filter(number=2).update(number=3)

    problems = [fault.problem for fault in verify_record().faults]

    assert "the content of edition edition/2 is missing" in problems
    assert "edition 3 is not in the journal" in problems


@pytest.mark.django_db(transaction=True)
def test_sequence_has_no_gap_under_concurrent_writers(publication):
    document = factories.story()
    failures = []

    def write(number: int) -> None:
        try:
            for turn in range(5):
                factories.comment(document, f"Comment {turn} of writer {number}.")
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert failures == []
    sequences = JournalEntry.objects.filter(document=document).order_by("sequence")
    assert list(sequences.values_list("sequence", flat=True)) == list(range(1, 23))
    assert document.thread.comment_count == 20
    assert verify_record().faults == ()
