"""New words for a comment: every version is kept, late changes are marked, quotations follow."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from tests import factories

from broadsheet.discussion import editing
from broadsheet.discussion.actions import ChangedMeanwhile, CommentRefused, Draft, post_comment
from broadsheet.discussion.editing import (
    EditedMeanwhile,
    EditRefused,
    edit_comment,
    prepared_edit,
    window_closes_at,
)
from broadsheet.discussion.enums import CommentKind, ThreadMode
from broadsheet.discussion.models import (
    Comment,
    CommentPassage,
    CommentSource,
    CommentVersion,
    DiscussionSettings,
    Thread,
)
from broadsheet.discussion.pages import add_passages, talked_about, thread_page
from broadsheet.discussion.people import Person
from broadsheet.discussion.wire import news
from broadsheet.record.models import Document, JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
NINE = factories.MORNING + dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
LENA = Person(guest_key="a" * 64)


@pytest.fixture
def bridge(publication, author) -> Document:
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def comment(bridge) -> Comment:
    comment = factories.comment(bridge, "Are you sure?", at=NINE)
    CommentSource.objects.filter(comment=comment).update(guest_key=LENA.guest_key)
    return comment


def edit(comment: Comment, text: str, at: dt.datetime = NINE + MINUTE, **more: object) -> Comment:
    posting = prepared_edit(comment=comment, text=text, person=LENA, **more)
    return edit_comment(replace(posting, at=at))


def texts(comment: Comment) -> list[tuple[int, str, bool]]:
    found = CommentVersion.objects.filter(comment=comment).order_by("number")
    return [(each.number, each.text, each.marked_at is not None) for each in found]


def test_versions_follow_one_another_in_time(comment):
    edit(comment, "Are you *quite* sure?")

    first, second = CommentVersion.objects.filter(comment=comment).order_by("number")
    assert (first.valid_to, second.valid_from) == (NINE + MINUTE, NINE + MINUTE)
    assert (second.valid_to, second.html) == (None, "<p>Are you <em>quite</em> sure?</p>")
    entry = JournalEntry.objects.latest("sequence")
    assert (entry.kind, entry.reference) == ("version", f"version/{comment.pk}/2")
    assert verify_record().faults == ()


@pytest.mark.parametrize(
    ("minutes", "replied", "is_marked"),
    [(9, False, False), (11, False, True), (9, True, True)],
)
def test_change_is_marked_when_the_window_is_closed(bridge, comment, minutes, replied, is_marked):
    if replied:
        factories.comment(bridge, "Yes.", parent=comment, at=NINE + MINUTE)

    edit(comment, "Are you?", NINE + minutes * MINUTE)

    assert texts(comment) == [(1, "Are you sure?", False), (2, "Are you?", is_marked)]


def test_mark_stays_with_later_versions(comment):
    edit(comment, "Are you?", NINE + 20 * MINUTE)
    edit(comment, "Sure?", NINE + 30 * MINUTE)

    marks = CommentVersion.objects.order_by("number").values_list("marked_at", flat=True)
    assert list(marks) == [None, NINE + 20 * MINUTE, NINE + 30 * MINUTE]


def test_publication_says_how_long_the_window_is(comment):
    DiscussionSettings.objects.update_or_create(pk=1, defaults={"edit_minutes": 0})
    assert window_closes_at(comment) == NINE

    DiscussionSettings.objects.update(edit_minutes=30)
    assert window_closes_at(comment) == NINE + 30 * MINUTE


def test_same_words_change_nothing(comment):
    edit(comment, " Are you sure? ")

    assert texts(comment) == [(1, "Are you sure?", False)]


def test_past_moment_shows_the_words_of_then(bridge, comment):
    edit(comment, "Are you?", NINE + 20 * MINUTE)

    shown = [
        thread_page(bridge, at=at).comments[0].shown_versions[0].text
        for at in (NINE, NINE + 19 * MINUTE, NINE + 20 * MINUTE)
    ]
    assert shown == ["Are you sure?", "Are you sure?", "Are you?"]


@pytest.mark.parametrize(
    "person", [Person(), Person(guest_key="b" * 64)], ids=["nobody", "another guest"]
)
def test_stranger_cannot_change_it(comment, person):
    with pytest.raises(EditRefused, match="Only its writer"):
        prepared_edit(comment=comment, text="Spam!", person=person)


def test_account_counts_and_not_the_browser(comment, stranger):
    Comment.objects.filter(pk=comment.pk).update(account=stranger)
    comment.refresh_from_db()

    with pytest.raises(EditRefused):
        prepared_edit(comment=comment, text="No.", person=LENA)
    prepared_edit(comment=comment, text="Yes.", person=Person(stranger))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: Thread.objects.update(mode=ThreadMode.CLOSED), "closed"),
        (lambda c: Document.objects.update(withdrawn_at=NINE), "withdrawn"),
        (
            lambda c: Comment.objects.update(removed_at=NINE, removal_reason="Rude.", name=""),
            "removed",
        ),
        (lambda c: Comment.objects.update(kind=CommentKind.PROPOSAL), "decided"),
    ],
)
def test_refused_where_nothing_is_said_any_more(comment, change, words):
    change(comment)
    comment.refresh_from_db()

    with pytest.raises(CommentRefused, match=words):
        edit(comment, "New words.")
    assert texts(comment) == [(1, "Are you sure?", False)]


@pytest.mark.parametrize("text", ["", "\u200b", "x" * 10_001])
def test_words_are_checked_like_the_first(comment, text):
    with pytest.raises(CommentRefused):
        edit(comment, text)


def test_two_windows_do_not_undo_one_another(comment):
    edit(comment, "Are you?", seen_version=1)

    with pytest.raises(EditedMeanwhile) as refused:
        edit(comment, "Sure?", NINE + 2 * MINUTE, seen_version=1)
    assert refused.value.version.text == "Are you?"
    edit(comment, "Sure?", NINE + 2 * MINUTE, seen_version=2)
    assert texts(comment)[-1][1] == "Sure?"


def test_versions_are_bounded(comment, monkeypatch):
    monkeypatch.setattr(editing, "MAX_VERSIONS", 2)
    edit(comment, "Are you?")

    with pytest.raises(EditRefused, match="1 times"):
        edit(comment, "Sure?", NINE + 2 * MINUTE)


def test_who_answers_is_told_that_the_words_changed(bridge, comment):
    edit(comment, "Are you?")

    with pytest.raises(ChangedMeanwhile) as changed:
        post_comment(
            document_id=bridge.pk,
            draft=Draft("Yes.", name="Omar", parent_id=comment.pk, seen_version=1),
        )
    assert changed.value.changes[0].before == "Are you sure?"


def test_quotations_follow_the_words(bridge, comment):
    edit(comment, "“The council voted on Monday” is wrong.", NINE + MINUTE)
    edit(comment, "“Work starts in spring” is wrong.", NINE + 3 * MINUTE)

    def about(at: dt.datetime | None) -> list[str]:
        comments = thread_page(bridge, at=at).comments
        add_passages(comments, at)
        return [link.passage.exact for link in comments[0].shown_passages]

    assert about(None) == ["Work starts in spring"]
    # As before, a link that holds is shown at each moment; one that ended only before its end.
    assert about(NINE + 2 * MINUTE) == ["The council voted on Monday", "Work starts in spring"]
    assert [passage.exact for passage, _ in talked_about(bridge)] == ["Work starts in spring"]
    assert verify_record().faults == ()


def test_words_quoted_again_are_linked_again(bridge, comment):
    quoting = "“Work starts in spring” is wrong."
    edit(comment, quoting, NINE + MINUTE)
    edit(comment, "Wrong.", NINE + 2 * MINUTE)
    edit(comment, quoting, NINE + 3 * MINUTE)

    assert CommentPassage.objects.get().ended_at is None
    assert verify_record().faults == ()


def test_writer_can_refuse_to_be_put_beside_the_words(comment):
    edit(comment, "“Work starts in spring” is wrong.", links_quotations=False)

    assert not CommentPassage.objects.exists()


def test_streams_tell_of_a_version(bridge, comment):
    edit(comment, "Are you?")

    event = news(bridge.pk, 2, 500).events[-1]
    assert (event.name, event.data) == (
        "version",
        {"story": bridge.pk, "comment": comment.pk, "version": 2},
    )


def test_change_of_a_kept_version_is_found(comment):
    edit(comment, "Are you?")
    CommentVersion.objects.filter(comment=comment, number=2).update(text="Am I?")

    problems = [fault.problem for fault in verify_record().faults]
    assert problems == [f"the content of version version/{comment.pk}/2 was changed"]


@pytest.mark.parametrize("earlier", [0, 3])
def test_edit_costs_a_fixed_number_of_statements(comment, django_assert_num_queries, earlier):
    for number in range(earlier):
        edit(comment, f"Version {number}.", NINE + (number + 1) * MINUTE)
    posting = prepared_edit(comment=comment, text="The last one.", person=LENA)

    # PostgreSQL tells the other machines by a statement.
    with django_assert_num_queries(13 + (connection.vendor == "postgresql")):
        edit_comment(replace(posting, at=NINE + 9 * MINUTE))
