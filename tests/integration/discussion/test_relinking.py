"""After a reconstruction quotations are recognised, but not over the head of who refused it."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.discussion.actions import Draft, ImportedComment, import_comments, post_comment
from broadsheet.discussion.anchors import AnchorRefused, anchor_to_words, relink_quotations
from broadsheet.discussion.models import Comment, CommentPassage
from broadsheet.record.healing import reconstruct_edition
from broadsheet.record.models import Document
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
QUOTES_OLD = "“The outgoing CEO”? Really?"
QUOTES_NEW = "“The charismatic CEO”? Really?"


@pytest.fixture
def document(publication) -> Document:
    return factories.story("CEO", "The charismatic CEO spoke about growth.")


def say(document: Document, text: str, *, links: bool = True) -> Comment:
    draft = Draft(text=text, name=f"Reader {Comment.objects.count()}", links_quotations=links)
    return post_comment(document_id=document.pk, draft=draft)


def bring(document: Document, text: str) -> Comment:
    imported = ImportedComment(key=text, parent_key=None, name="Jamie", text=text, posted_at=None)
    return import_comments(document_id=document.pk, comments=[imported])[0]


def reconstruct(document: Document) -> None:
    reconstruct_edition(
        document_id=document.pk,
        content=factories.content("CEO", "The outgoing CEO spoke about growth."),
        at=factories.MORNING - dt.timedelta(hours=1),
        by="Eve Editor",
        evidence="Readers quote it.",
    )


def test_comments_without_words_are_linked_and_the_others_left(document):
    imported, here = bring(document, QUOTES_OLD), say(document, QUOTES_OLD)
    linked = say(document, QUOTES_NEW)
    say(document, "No quotation.")
    reconstruct(document)

    links = relink_quotations(document_id=document.pk)

    assert [(link.comment, link.passage.exact) for link in links] == [
        (imported, "The outgoing CEO"),
        (here, "The outgoing CEO"),
    ]
    assert linked.passages.count() == 1
    assert relink_quotations(document_id=document.pk) == []
    assert verify_record().faults == ()


def test_refusal_of_the_writer_holds(document):
    say(document, QUOTES_NEW, links=False)
    reconstruct(document)
    say(document, QUOTES_OLD, links=False)

    assert relink_quotations(document_id=document.pk) == []


def test_editor_puts_comments_to_words_once(document):
    comment = say(document, "He meant outgoing as in friendly.")
    reconstruct(document)
    asked = {"document_id": document.pk, "edition_number": 2, "chosen": [(comment.pk, 4, 12)]}

    first, again = anchor_to_words(**asked), anchor_to_words(**asked)

    assert [(link.passage.exact, link.made_by) for link in first] == [("outgoing", "editor")]
    assert again == []


@pytest.mark.parametrize(
    ("number", "start", "end"), [(9, 0, 3), (1, 3, 3), (1, 0, 4000), (1, -1, 3)], ids=str
)
def test_words_that_are_not_there_are_refused_and_nothing_is_linked(document, number, start, end):
    good, bad = say(document, "One."), say(document, "Two.")

    with pytest.raises(AnchorRefused):
        anchor_to_words(
            document_id=document.pk,
            edition_number=number,
            chosen=[(good.pk, 0, 3), (bad.pk, start, end)],
        )

    assert CommentPassage.objects.count() == 0


def test_comment_of_another_story_is_refused(document):
    other = factories.comment(factories.story("Other", "Words.", slug="other"), "One.")

    with pytest.raises(AnchorRefused):
        anchor_to_words(document_id=document.pk, edition_number=1, chosen=[(other.pk, 0, 3)])
