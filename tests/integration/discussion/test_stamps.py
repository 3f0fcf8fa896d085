"""What stands beside a name, as it was when the comment was written."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused, Draft, post_comment
from broadsheet.discussion.interests import (
    ASKED_AN_HOUR,
    QuestionRefused,
    answer_interest,
    ask_for_interest,
)
from broadsheet.discussion.models import Comment, InterestQuestion, RemovedWords
from broadsheet.discussion.removal import remove_comment
from broadsheet.paper.presenters.thread import InterestView, interest_view
from broadsheet.readers.disclosures import (
    MAX_LINES,
    DisclosureRefused,
    Line,
    bearing,
    disclose,
    lines_of,
    take_back,
)
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(publication, author):
    topic = factories.topic("Acme", kind="organisation")
    return factories.story(
        "Bridge", "Paid by Globex, said Monday.", authors=(author,), topics=(topic,)
    )


def said_by(document, account=None, **fields) -> Comment:
    said = {"text": "I think so.", "name": "" if account else "Zoe", **fields}
    draft = Draft(**said)
    return post_comment(document_id=document.pk, draft=draft, account=account)


def test_line_of_the_profile_stands_where_it_bears_on_the_story(story, stranger):
    disclose(account=stranger, about="acme", text="I work for them.")
    disclose(account=stranger, about="Globex", text="I own  shares.")
    disclose(account=stranger, about="Initech", text="My uncle works there.")

    assert said_by(story, stranger).disclosures == [
        "Acme: I work for them.",
        "Globex: I own shares.",
    ]


def test_line_is_as_it_was_when_the_comment_was_written(story, stranger):
    line = disclose(account=stranger, about="Acme", text="I work for them.")
    first = said_by(story, stranger)
    disclose(account=stranger, about="ACME", text="I was sacked by them.")
    second = said_by(story, stranger, text="More.")
    take_back(account=stranger, disclosure_id=line.pk)
    stranger.disclosures.all().delete()
    third = said_by(story, stranger, text="Even more.")

    for comment in (first, second, third):
        comment.refresh_from_db()
    assert [each.disclosures for each in (first, second, third)] == [
        ["Acme: I work for them."],
        ["Acme: I was sacked by them."],
        None,
    ]
    assert verify_record().faults == ()


def test_guest_discloses_for_one_comment(story):
    assert said_by(story, disclosure="  I sell\nbridges. ").disclosures == ["I sell bridges."]
    assert said_by(story, text="Other.").disclosures is None


@pytest.mark.parametrize("disclosure", ["x" * 201, "x" * 5000, "\u200b...\u202e"])
def test_disclosure_that_cannot_be_shown_is_refused(story, disclosure):
    with pytest.raises(CommentRefused) as refusal:
        said_by(story, disclosure=disclosure)
    assert [error.field for error in refusal.value.errors] == ["disclosure"]


def test_author_and_staff_are_marked_as_they_were(story, author, editor):
    author.disclosure = "owns a boat"
    by_author = post_comment(
        document_id=story.pk, draft=Draft(text="Mine."), account=author.account, author=author
    )
    by_staff = said_by(story, editor)
    editor.is_staff = editor.is_superuser = False
    editor.save()
    later = said_by(story, editor, text="I left.")

    assert (by_author.author, by_author.mark, by_author.disclosures) == (
        author,
        "",
        ["owns a boat"],
    )
    assert (by_staff.mark, later.mark) == ("staff", "")


def test_profile_has_room_for_so_many_lines(publication, stranger):
    for number in range(MAX_LINES):
        disclose(account=stranger, about=f"Company {number}", text="I own shares.")

    disclose(account=stranger, about="company 3", text="I sold them.")
    with pytest.raises(DisclosureRefused, match="room for 20"):
        disclose(account=stranger, about="One more", text="I own shares.")
    assert len(lines_of(stranger)) == MAX_LINES


@pytest.mark.parametrize(
    ("about", "bears"),
    [("Acme", True), ("acme", True), ("Globex", True), ("Glob", False), ("C++", True), ("", True)],
)
def test_line_bears_by_topic_or_by_words(about, bears):
    lines = bearing([Line("x", about)], ["Acme"], "Paid by Globex", "in C++ and so on")
    assert bool(lines) is bears


def test_removed_comment_keeps_nothing_beside_its_name(story, editor):
    comment = said_by(story, editor, disclosure="I sell bridges.")
    ask_for_interest(comment_id=comment.pk)
    answer_interest(comment_id=comment.pk, account=editor, answer="Yes, many.")

    remove_comment(comment_id=comment.pk, by="Eve", reason="Advertising.")

    comment.refresh_from_db()
    assert (comment.mark, comment.disclosures) == ("", None)
    assert InterestQuestion.objects.get().answer == ""
    assert RemovedWords.objects.get().stamp == {
        "mark": "staff",
        "disclosures": ["I sell bridges."],
        "answer": "Yes, many.",
    }
    assert verify_record().faults == ()


def test_question_is_told_after_the_days_of_the_publication(story, stranger):
    now = clock.now()
    comment = said_by(story, stranger)
    question = ask_for_interest(comment_id=comment.pk, at=now - dt.timedelta(days=4)).question
    comment.refresh_from_db()

    def seen(days_ago: float) -> InterestView | None:
        return interest_view(comment, zone=dt.UTC, at=now - dt.timedelta(days=days_ago))

    assert seen(3.9) is None
    assert seen(1.1) is None
    assert seen(0.9) is not None
    assert seen(0.9).answered is None
    answer_interest(
        comment_id=comment.pk, account=stranger, answer="None.", at=now - dt.timedelta(hours=12)
    )
    comment = Comment.objects.get(pk=comment.pk)
    assert seen(0.9).answer == ""
    assert seen(0.1).answer == "None."
    assert question.comment_id == comment.pk


def test_bounds_of_asking(story, stranger, author):
    comments = [said_by(story, text=f"Number {number}.") for number in range(ASKED_AN_HOUR + 1)]
    own = said_by(story, stranger)

    with pytest.raises(QuestionRefused, match="your own comment"):
        ask_for_interest(comment_id=own.pk, account=stranger)
    for comment in comments[:-1]:
        ask_for_interest(comment_id=comment.pk)
    with pytest.raises(QuestionRefused, match="already"):
        ask_for_interest(comment_id=comments[0].pk)
    with pytest.raises(QuestionRefused, match="in an hour"):
        ask_for_interest(comment_id=comments[-1].pk)


def test_only_the_writer_answers_and_once(story, stranger, author):
    comment = said_by(story)
    asked = ask_for_interest(comment_id=comment.pk)

    for keys in ({}, {"account": stranger}, {"key": "wrong"}, {"guest_key": "0" * 64}):
        with pytest.raises(QuestionRefused, match="Only who wrote"):
            answer_interest(comment_id=comment.pk, answer="Yes.", **keys)
    for answer in ("", " \u200b ", "x" * 301):
        with pytest.raises(QuestionRefused):
            answer_interest(comment_id=comment.pk, answer=answer, key=asked.key)
    answer_interest(comment_id=comment.pk, answer="Yes.", key=asked.key)
    with pytest.raises(QuestionRefused, match="answered already"):
        answer_interest(comment_id=comment.pk, answer="No.", key=asked.key)
