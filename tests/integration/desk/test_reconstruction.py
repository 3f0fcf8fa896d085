"""A text that was not kept takes its place in time; what readers said about it stands beside it."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.urls import reverse
from tests import factories
from tests.integration.desk.conftest import revise
from tests.shared_fixtures import shared_files

from broadsheet.desk.adoption import adopt_document, front_page
from broadsheet.desk.models import StoryPage
from broadsheet.discussion.models import Comment, CommentPassage
from broadsheet.record.models import Document, Edition
from broadsheet.record.queries import editions_of
from broadsheet.record.verify import verify_record
from broadsheet.transfer.capture import read_capture
from broadsheet.transfer.importing import import_capture

SAID = "The charismatic CEO <em>spoke</em> about growth."


@pytest.fixture
def story(desk, publication) -> StoryPage:
    """A story that was imported: its page at the desk, and one edition."""
    front_page()
    document = factories.story("Growth", SAID, "He left early.")
    return adopt_document(document)


def address(page: StoryPage) -> str:
    return reverse("desk_reconstruct", args=[page.pk])


def typed(page: StoryPage, **fields: str) -> dict[str, str]:
    """What the form sends when the words of the first paragraph are put back."""
    at = page.document.edition.published_at
    return {
        "base": "1",
        "headline": page.document.edition.headline,
        "standfirst": page.document.edition.standfirst,
        "date": f"{at:%Y-%m-%d}",
        "time": "08:00:00",
        "evidence": "Two readers quoted it.",
        "kind": "minor",
        "note": "",
        "words_0": "charismatic CEO",
        "then_0": "outgoing CEO",
        "block_0": "The charismatic CEO spoke about growth.",
        "block_1": "He left early.",
        **fields,
    }


def save(desk, page: StoryPage, **fields: str):
    """Look at the difference, and add what was seen."""
    data = typed(page, **fields)
    seen = desk.post(address(page), {**data, "preview": "1"})
    found = seen.context["form"].print_of_content
    return desk.post(address(page), {**data, "previewed": found, "save": "1"}, follow=True)


def texts(page: StoryPage) -> list[tuple[int, str]]:
    return [(each.number, each.canonical_text) for each in editions_of(page.document)]


def test_form_starts_from_the_earliest_edition_or_another(desk, story):
    factories.edition(story.document, "Growth", "Later words.", slug="growth")

    first = desk.get(address(story)).context["form"]
    second = desk.get(address(story) + "?from=2").context["form"]

    assert (first.base.number, second.base.number) == (1, 2)
    assert first.initial["headline"] == "Growth"
    assert [field.initial for field in first.blocks] == [
        "The charismatic CEO spoke about growth.",
        "He left early.",
    ]


def test_preview_shows_the_difference_and_adds_nothing(desk, story):
    answer = desk.post(address(story), {**typed(story), "preview": "1"})

    shown = answer.content.decode()
    assert "outgoing</del>" in shown
    assert "charismatic</ins>" in shown
    assert "Add it to the history" in shown
    assert Edition.objects.count() == 1


def test_saving_puts_the_text_into_its_place_with_its_markup(desk, story):
    save(desk, story)

    edition = Edition.objects.get(number=2)
    assert texts(story)[0] == (2, "The outgoing CEO spoke about growth.\n\nHe left early.")
    assert edition.content.blocks[0].html == "The outgoing CEO <em>spoke</em> about growth."
    assert edition.published_at == factories.MORNING - dt.timedelta(hours=1)
    assert (edition.kind, edition.reconstruction.by) == ("original", "Eve Editor")
    assert edition.reconstruction.evidence == "Two readers quoted it."
    assert StoryPage.objects.get(pk=story.pk).document.edition.number == 1
    assert verify_record().faults == ()


def test_time_is_the_publications(desk, story):
    save(desk, story, time="08:30:10")

    assert Edition.objects.get(number=2).published_at.isoformat() == "2026-09-01T07:30:10+00:00"


def test_paragraph_can_be_written_anew(desk, story):
    save(desk, story, words_0="", then_0="", block_0="He spoke.\n\nOf growth.", block_1="")

    assert texts(story)[0] == (2, "He spoke.\n\nOf growth.")


def test_saving_something_else_than_was_seen_shows_it_first(desk, story):
    seen = desk.post(address(story), {**typed(story), "preview": "1"}).context["form"]
    data = typed(story, headline="Another headline", previewed=seen.print_of_content)

    answer = desk.post(address(story), {**data, "save": "1"})

    assert "The text changed since you last saw the difference" in answer.content.decode()
    assert Edition.objects.count() == 1


REFUSED = [
    ("no evidence", {"evidence": " "}, "evidence", "This field is required."),
    ("no headline", {"headline": ""}, "headline", "This field is required."),
    ("no day", {"date": "31 Sept"}, "date", "Enter a valid date."),
    ("not before the edition in force", {"date": "2027-01-01"}, "date", "from before"),
    (
        "an hour that the clocks left out",
        {"date": "2026-03-29", "time": "01:30"},
        "time",
        "not exist",
    ),
    ("words that are not there", {"words_0": "CFO"}, "words_0", "not in the text"),
    ("words that stand twice", {"words_0": "e"}, "words_0", "times in the text"),
    ("no words to replace", {"words_1": "", "then_1": "x"}, "words_1", "Which words"),
    ("the same text", {"words_0": "", "then_0": ""}, None, "This is the text of edition 1"),
    (
        "nothing left",
        {"words_0": "", "then_0": "", "block_0": "", "block_1": ""},
        None,
        "Nothing is left",
    ),
    ("a note is missing", {"kind": "correction"}, "note", "had a note"),
    ("too much evidence", {"evidence": "x" * 2001}, "evidence", "at most 2000"),
]


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [case[1:] for case in REFUSED],
    ids=[case[0].replace(" ", "-") for case in REFUSED],
)
def test_refusal_stands_beside_its_field_and_keeps_what_was_typed(desk, story, fields, field, says):
    data = {**typed(story), "then_1": "", "standfirst": "My own words.", **fields}
    if field is None:
        data["standfirst"] = story.document.edition.standfirst

    answer = desk.post(address(story), {**data, "preview": "1"})

    form = answer.context["form"]
    errors = form.errors[field or "__all__"]
    assert any(says in error for error in errors), form.errors
    assert unescape(answer.content.decode()).count(data["standfirst"]) >= 1
    assert Edition.objects.count() == 1


def test_refusal_of_the_record_is_shown_in_the_form(desk, story):
    save(desk, story)

    answer = save(desk, story)

    assert "The edition beside it says the same already" in answer.content.decode()
    assert Edition.objects.count() == 2


def test_who_may_not_publish_may_not_reconstruct(client, story, stranger):
    client.force_login(stranger)

    answers = [
        client.get(reverse(name, args=args))
        for name, args in (
            ("desk_reconstruct", [story.pk]),
            ("desk_editions", [story.pk]),
            ("desk_edition_note", [story.pk, 1]),
            ("desk_edition_comments", [story.pk, 1]),
        )
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 302]
    assert Edition.objects.count() == 1


def test_draft_has_no_history(desk, draft):
    page = draft()

    assert desk.get(address(page)).status_code == 404


def test_list_names_everything_by_time(desk, story):
    save(desk, story)

    shown = unescape(desk.get(reverse("desk_editions", args=[story.pk])).content.decode())

    assert shown.index("Edition 1\n") < shown.index("Edition 2\n")
    assert "Reconstructed" in shown
    assert "from: Two readers quoted it." in shown


def test_edit_page_leads_to_the_editions(desk, story):
    shown = desk.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()

    assert shown.count(reverse("desk_editions", args=[story.pk])) >= 2


def test_kind_chosen_before_a_reconstruction_still_holds(desk, story):
    page = revise(story, "New words.", "update", "Adds.")
    save(desk, story)

    page.get_latest_revision().publish()

    assert [number for number, _ in texts(story)] == [2, 1, 3]
    assert verify_record().faults == ()


def about(page: StoryPage, number: int) -> str:
    return reverse("desk_edition_comments", args=[page.pk, number])


def test_comments_are_linked_suggested_and_left(desk, story):
    quoting = factories.comment(story.document, "“The outgoing CEO”? Do you know something?")
    factories.comment(story.document, "Re-worded, thanks.", parent=quoting)
    mentioning = factories.comment(story.document, "He meant outgoing as in friendly.")
    other = factories.comment(story.document, "An awesome ride!")

    answer = save(desk, story)

    assert "1 comment quotes its words" in answer.content.decode()
    found = answer.context["about"]
    assert [(item.comment, item.words, item.replies) for item in found.linked] == [
        (quoting, "The outgoing CEO", 1)
    ]
    assert [(item.comment, item.words) for item in found.suggested] == [
        (mentioning, "The outgoing CEO")
    ]
    assert [item.comment for item in found.others] == [other]

    desk.post(about(story, 2), {"about": [found.suggested[0].value]})
    start, end, _ = answer.context["spans"][0]
    desk.post(about(story, 2), {"other": [str(other.pk)], "words": f"{start}:{end}"})

    links = CommentPassage.objects.order_by("comment__sequence")
    assert [(link.comment_id, link.passage.exact, link.made_by) for link in links] == [
        (quoting.pk, "The outgoing CEO", "quotation"),
        (mentioning.pk, "The outgoing CEO", "editor"),
        (other.pk, "outgoing", "editor"),
    ]
    assert {link.passage.status for link in links} == {"reworded"}
    assert verify_record().faults == ()


@pytest.mark.parametrize(
    "sent",
    [
        {"about": ["x"]},
        {"about": ["1:2"]},
        {"about": ["99999:0:3"]},
        {"about": ["{pk}:5:5"]},
        {"about": ["{pk}:0:100000"]},
        {"other": ["{pk}"], "words": ""},
    ],
    ids=["words", "two-parts", "no-such-comment", "empty-span", "outside", "no-words-chosen"],
)
def test_form_that_makes_no_sense_is_refused_in_words(desk, story, sent):
    comment = factories.comment(story.document, "He meant outgoing as in friendly.")
    save(desk, story)
    data = {
        name: [value.format(pk=comment.pk) for value in values]
        if isinstance(values, list)
        else values
        for name, values in sent.items()
    }

    answer = desk.post(about(story, 2), data)

    assert answer.status_code == 200
    assert answer.context["error"]
    assert CommentPassage.objects.count() == 0


@pytest.mark.parametrize("path", shared_files("seed/*.txt"), ids=lambda path: path.name)
def test_silent_edit_of_2011_is_healed(desk, publication, path):
    front_page()
    import_capture(
        read_capture(path.read_bytes(), filename=path.name),
        source=path.name,
        authority=factories.AUTHORITY,
        adopt=adopt_document,
        aliases={"Tom W": "Tom Warren"},
    )
    page = StoryPage.objects.get()
    form = desk.get(address(page)).context["form"]
    data = {
        "base": "1",
        **{field.name: str(field.value() or "") for field in form},
        "date": f"{form.initial['date']:%Y-%m-%d}",
        "time": f"{form.initial['time']:%H:%M:%S}",
        "words_0": "The charismatic CEO",
        "then_0": "The outgoing CEO",
        "evidence": "Jamie Thomson and Nick quote it; the author answers that it was re-worded.",
    }
    seen = desk.post(address(page), {**data, "preview": "1"}).context["form"]
    assert seen.errors == {}

    answer = desk.post(
        address(page), {**data, "previewed": seen.print_of_content, "save": "1"}, follow=True
    )
    found = answer.context["about"]
    assert [(item.comment.name, item.replies) for item in found.linked] == [
        ("Jamie Thomson", 2),
        ("Nick", 0),
    ]
    assert [item.comment.name for item in found.suggested] == ["Daniel"]
    desk.post(about(page, 2), {"about": [item.value for item in found.suggested]})

    document = Document.objects.get()
    assert [each.number for each in editions_of(document)] == [2, 1]
    healed = Comment.objects.filter(passages__passage__edition__number=2).order_by("sequence")
    assert [comment.name for comment in healed] == ["Jamie Thomson", "Daniel", "Nick"]
    passage = CommentPassage.objects.get(comment=healed[0]).passage
    now = document.edition.canonical_text[passage.placed_start : passage.placed_end]
    assert (passage.exact, passage.status, now) == (
        "The outgoing CEO",
        "reworded",
        "The charismatic CEO",
    )
    assert verify_record().faults == ()
