"""A note is superseded from the desk, and every wording stays to be read."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse
from tests import factories
from tests.integration.desk.conftest import revise

from broadsheet.desk.models import StoryPage
from broadsheet.record.models import JournalEntry, NoteRevision
from broadsheet.record.verify import verify_record


@pytest.fixture
def corrected(desk, published) -> StoryPage:
    """A story whose second edition is a correction."""
    page = revise(published(), "The council did not vote.", "correction", "It did not vote.")
    page.get_latest_revision().publish()
    return StoryPage.objects.get(pk=page.pk)


def address(page: StoryPage, number: int = 2) -> str:
    return reverse("desk_edition_note", args=[page.pk, number])


def supersede(desk, page: StoryPage, text: str, number: int = 2):
    return desk.post(address(page, number), {"text": text})


def test_note_is_superseded(desk, corrected):
    supersede(desk, corrected, "The council postponed its vote.")
    supersede(desk, corrected, "The council postponed its vote to Friday.")

    revisions = NoteRevision.objects.order_by("number").values_list("number", "text", "by")
    assert list(revisions) == [
        (1, "The council postponed its vote.", "Eve Editor"),
        (2, "The council postponed its vote to Friday.", "Eve Editor"),
    ]
    assert JournalEntry.objects.filter(kind="note").count() == 2
    assert verify_record().faults == ()


def test_all_wordings_are_shown_the_last_one_first(desk, corrected):
    supersede(desk, corrected, "The council postponed its vote.")

    answer = desk.get(address(corrected))

    shown = unescape(answer.content.decode()).split("Wordings so far")[1]
    assert shown.index("The council postponed its vote.") < shown.index("It did not vote.")
    assert answer.context["form"].initial["text"] == "The council postponed its vote."
    assert "Eve Editor" in shown


def test_list_shows_the_wording_in_force(desk, corrected):
    supersede(desk, corrected, "The council postponed its vote.")

    shown = desk.get(reverse("desk_editions", args=[corrected.pk])).content.decode()

    assert "The council postponed its vote." in shown
    assert "(wording 2)" in shown
    assert "It did not vote." not in shown


def test_edition_without_a_note_can_be_given_one(desk, corrected):
    supersede(desk, corrected, "Published by mistake at night.", 1)

    assert NoteRevision.objects.get().edition.number == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "This field is required"),
        ("It did not vote.", "The note says exactly this already"),
        ("x" * 2001, "at most 2000 characters"),
        ("null\x00byte", "Null characters are not allowed"),
    ],
    ids=["nothing", "the-same", "too-long", "null"],
)
def test_refusal_keeps_what_was_typed(desk, corrected, text, says):
    answer = supersede(desk, corrected, text)

    assert answer.status_code == 200
    assert any(says in error for error in answer.context["form"].errors["text"])
    assert text.replace("\x00", "") in answer.content.decode().replace("\x00", "")
    assert NoteRevision.objects.count() == 0


def test_edition_that_is_not_there_has_no_note(desk, corrected):
    assert desk.get(address(corrected, 9)).status_code == 404


def test_who_may_not_publish_may_not_supersede(client, corrected, stranger):
    client.force_login(stranger)

    assert supersede(client, corrected, "Mine.").status_code == 302
    assert NoteRevision.objects.count() == 0


def test_list_names_reason_and_second_editor(desk, published):
    ben = factories.administrator("ben@news.example", "Ben Moss")
    page = revise(published(), "The council did vote.", "minor", reason="A slip.", by=ben)
    desk.post(
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={page.pk}",
        {"include_descendants": ""},
    )

    shown = desk.get(reverse("desk_editions", args=[page.pk])).content.decode()

    assert "Ben Moss" in shown
    assert "second editor: Eve Editor" in shown
    assert "A slip." in shown
