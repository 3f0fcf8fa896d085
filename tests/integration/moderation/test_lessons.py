"""The filter learns from what moderators decide, and forgets what they take back."""

from __future__ import annotations

import pytest
from tests.integration.moderation.conftest import send

from broadsheet.discussion.models import Comment
from broadsheet.moderation.deciding import Ruling, decide, new_batch, remove, undo
from broadsheet.moderation.enums import Ground, Measure, Outcome
from broadsheet.moderation.lessons import learn, taught
from broadsheet.moderation.models import HeldComment, Lesson, QueueItem, RefusedTry, Taught
from broadsheet.moderation.submission import RefusedByRule

pytestmark = pytest.mark.django_db
SPAM = "Check out my channel and subscribe, www.channel.example.com!!"


def held(document, text, rule):
    rule("words", watched=["council"])
    waits = send(document, text, was_told=True)
    assert isinstance(waits, HeldComment)
    return QueueItem.objects.get(held=waits)


def ruled(item, editor, measure, ground=None):
    batch = new_batch()
    ruling = Ruling(measure, ground, words="Because." if ground else "")
    decide(item_id=item.pk, ruling=ruling, by=editor, batch=batch)
    return batch


LESSONS = [
    (Measure.PUBLISHED, None, [False]),
    (Measure.DECLINED, Ground.SPAM, [True]),
    (Measure.DECLINED, Ground.INSULT, []),
]


@pytest.mark.parametrize(("measure", "ground", "taught_so"), LESSONS)
def test_decision_about_what_waited(bridge, rule, editor, measure, ground, taught_so):
    ruled(held(bridge, "What the council says.", rule), editor, measure, ground)

    assert list(Lesson.objects.values_list("is_spam", flat=True)) == taught_so


def test_removal_as_spam_teaches_by_words_that_are_gone(bridge, editor):
    comment = send(bridge, "Great bridge, and cheap zorblax for everybody.")
    ruling = Ruling(Measure.REMOVED, Ground.SPAM)

    remove(comment_id=comment.pk, ruling=ruling, by=editor, batch=new_batch())

    lesson = Lesson.objects.get()
    assert lesson.is_spam
    assert len(bytes(lesson.grams)) > 4 * 7
    assert b"zorblax" not in bytes(lesson.grams)


def test_what_is_taken_back_teaches_nothing(bridge, rule, editor):
    item = held(bridge, "What the council says.", rule)
    batch = ruled(item, editor, Measure.DECLINED, Ground.SPAM)

    undo(batch=batch, by=editor)

    assert not Lesson.objects.exists()


def test_worker_learns_once_from_each_lesson(bridge, rule, editor):
    rule("rates", writer=99, writer_new=99, story=99, story_new=99)
    rule("duplicates", is_on=False)
    for number in range(5):
        item = held(bridge, f"The council buys zorblax tonic, says number {number}.", rule)
        ruled(item, editor, Measure.DECLINED, Ground.SPAM)
        item = held(bridge, f"The council meets again on day {number} of March.", rule)
        ruled(item, editor, Measure.PUBLISHED)

    assert learn()
    assert not learn()
    assert (taught().lessons, Taught.objects.get().lessons) == (10, 10)
    assert taught().weights


def test_filter_holds_and_says_why(bridge):
    with pytest.raises(RefusedByRule) as told:
        send(bridge, SPAM)

    assert told.value.is_nudge
    assert str(told.value).startswith("It reads like advertising or spam: it ")
    waits = send(bridge, SPAM, was_told=True)
    [reason] = [each for each in waits.reasons if each["rule"] == "filter"]
    assert reason["outcome"] == Outcome.HOLD
    assert reason["details"]["probability"] > 0.9
    assert RefusedTry.objects.get().is_nudge


def test_filter_can_be_set_and_switched_off(bridge, rule):
    rule("filter", is_on=False)

    assert isinstance(send(bridge, SPAM), Comment)


def test_refusal_cannot_come_before_holding(db, rule):
    from broadsheet.moderation.options import OptionsRefused

    with pytest.raises(OptionsRefused) as told:
        rule("filter", hold=0.9, refuse=0.5)

    assert list(told.value.errors) == ["refuse"]
