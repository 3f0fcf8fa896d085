"""Comments about passages: marked, quoted, told when their words change, answered in time."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.discussion.actions import (
    ChangedMeanwhile,
    CommentRefused,
    Draft,
    ImportedComment,
    import_comments,
    post_comment,
)
from broadsheet.discussion.anchors import AnchorRefused, anchor_to_words
from broadsheet.discussion.models import CommentPassage, CommentVersion
from broadsheet.discussion.signals import quoted_words_changed
from broadsheet.record.models import Passage
from broadsheet.record.placements import Pointer
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
FIRST = ("The outgoing CEO spoke about phones.", "Nokia agreed to everything.")
SECOND = ("The charismatic CEO spoke about phones.", "Nokia agreed to everything.")
SEEN = Pointer(1, "outgoing CEO")


@pytest.fixture
def document(publication):
    return factories.story("Bridge", *FIRST, slug="bridge")


def reword(document):
    edition = factories.edition(
        document, "Bridge", *SECOND, slug="bridge", at=factories.MORNING + HOUR
    )
    document.refresh_from_db()
    return edition


def post(document, text: str = "Is he leaving?", **fields):
    return post_comment(document_id=document.pk, draft=Draft(text=text, name="Lena", **fields))


def about(comment) -> list[tuple[str, str]]:
    links = CommentPassage.objects.filter(comment=comment).select_related("passage")
    return [(link.passage.exact, link.made_by) for link in links]


def test_comment_is_about_the_marked_words(document):
    comment = post(document, pointer=SEEN)

    assert about(comment) == [("outgoing CEO", "writer")]
    assert verify_record().faults == ()


def test_words_that_are_not_there_refuse_the_comment(document):
    with pytest.raises(CommentRefused) as refusal:
        post(document, pointer=Pointer(1, "leaving CEO"))

    assert [error.field for error in refusal.value.errors] == ["exact"]
    assert not document.comments.exists()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("“The outgoing CEO…” Really?", "The outgoing CEO", id="quoted"),
        pytest.param("> Nokia agreed\n\nDid it?", "Nokia agreed", id="lines"),
        pytest.param("The outgoing CEO is fine.", None, id="no marks"),
        pytest.param("“the” of “CEO”", None, id="too little"),
    ],
)
def test_quoted_words_are_recognised(document, said, found):
    comment = post(document, said)

    assert about(comment) == ([(found, "quotation")] if found else [])


def test_writer_can_refuse_recognition(document):
    assert about(post(document, "“The outgoing CEO…” Really?", links_quotations=False)) == []


def test_quotations_of_earlier_editions_are_recognised(document):
    reword(document)

    comment = post(document, "“The outgoing CEO” was better.")

    assert about(comment) == [("The outgoing CEO", "quotation")]
    assert Passage.objects.get().status == "reworded"


def test_imported_comments_are_recognised(document):
    import_comments(
        document_id=document.pk,
        comments=[
            ImportedComment(
                key="1", parent_key=None, name="Nick", text="“The outgoing CEO…”", posted_at=None
            )
        ],
    )

    assert about(document.comments.get()) == [("The outgoing CEO", "quotation")]
    assert verify_record().faults == ()


def test_same_words_on_two_passages_are_two_comments(document):
    first = post(document, "Says who?", pointer=SEEN)
    second = post(document, "Says who?", pointer=Pointer(1, "Nokia agreed"))
    again = post(document, "Says who?", pointer=SEEN)

    assert second != first
    assert again == first


def test_those_who_quoted_are_told_when_their_words_change(
    document, django_capture_on_commit_callbacks
):
    told = []

    def listen(sender, comments, edition, **kwargs):
        told.append(([comment.pk for comment in comments], edition.number))

    marked = post(document, pointer=SEEN)
    post(document, "Fine.", pointer=Pointer(1, "Nokia agreed"))
    quoted_words_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            reword(document)
    finally:
        quoted_words_changed.disconnect(listen)

    assert told == [([marked.pk], 2)]


def test_passage_that_changed_meanwhile_is_shown_and_the_words_can_be_posted(document):
    reword(document)

    with pytest.raises(ChangedMeanwhile) as changed:
        post(document, pointer=SEEN, seen_edition=1)

    (change,) = changed.value.changes
    assert (change.what, change.before, change.after) == (
        "passage",
        "outgoing CEO",
        "charismatic CEO",
    )
    assert not document.comments.exists()
    comment = post(document, pointer=SEEN, seen_edition=changed.value.edition)
    assert about(comment) == [("outgoing CEO", "writer")]


def test_parent_that_changed_meanwhile_is_shown(document):
    parent = factories.comment(document, "It was nine.", at=factories.MORNING + HOUR)
    now = parent.posted_at + HOUR
    CommentVersion.objects.filter(comment=parent).update(valid_to=now)
    CommentVersion.objects.create(
        comment=parent, number=2, text="It was ten.", html="<p>It was ten.</p>", valid_from=now
    )

    with pytest.raises(ChangedMeanwhile) as changed:
        post(document, "No, nine.", parent_id=parent.pk, seen_version=1)

    (change,) = changed.value.changes
    assert (change.before, change.after) == ("It was nine.", "It was ten.")
    assert post(document, "No, nine.", parent_id=parent.pk, seen_version=changed.value.version)


def put(document, comment) -> None:
    start = document.edition.canonical_text.index("outgoing CEO")
    anchor_to_words(
        document_id=document.pk,
        edition_number=1,
        chosen=[(comment.pk, start, start + len("outgoing CEO"))],
    )


def test_editor_puts_an_old_comment_to_its_words(document):
    comment = factories.comment(document, "Pretty sure he meant outgoing as in charismatic.")

    put(document, comment)
    put(document, comment)

    assert about(comment) == [("outgoing CEO", "editor")]
    assert verify_record().faults == ()


def test_comment_is_not_put_to_words_of_another_story(document):
    other = factories.story("Other", "The outgoing CEO spoke.")

    with pytest.raises(AnchorRefused):
        put(document, factories.comment(other))
