"""Two who do the same at the same moment: one does it, the other is told."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from tests import factories
from tests.integration.moderation.answering import hold, moderator, said

from broadsheet.discussion.actions import Draft, Sender, post_comment
from broadsheet.discussion.editing import EditRefused, prepared_edit
from broadsheet.discussion.enums import ReactionKind
from broadsheet.discussion.models import Comment, CommentVersion, Reaction
from broadsheet.discussion.people import Person
from broadsheet.discussion.questions import AnswerRefused, mark_answer
from broadsheet.discussion.reactions import react
from broadsheet.discussion.removal import delete_comment
from broadsheet.moderation.claims import ClaimedByAnother, claim
from broadsheet.moderation.deciding import ItemGone, Ruling, decide, new_batch
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import Decision, HeldComment
from broadsheet.moderation.submission import submit_edit
from broadsheet.readers import tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.tickets import TicketInvalid
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts) -> list[object]:
    """Do all at the same moment, each in a thread; return what each gave or raised."""
    ready = threading.Barrier(len(acts), timeout=20)
    came: list[object] = [None] * len(acts)

    def run(number: int, act) -> None:
        try:
            ready.wait()
            came[number] = act()
        except Exception as error:
            came[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=given) for given in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return came


def refusals(came: list[object]) -> list[type]:
    return [type(each) for each in came if isinstance(each, BaseException)]


@pytest.fixture
def bridge(publication):
    return factories.story("Bridge", slug="bridge")


@pytest.fixture
def lena(publication):
    return factories.account("lena@reader.example", "Lena Marsh")


def test_one_of_two_moderators_decides(bridge):
    both = [moderator("mia@news.example", "Mia"), moderator("sol@news.example", "Sol")]
    item = hold(bridge)
    rulings = [Ruling(Measure.PUBLISHED), Ruling(Measure.DECLINED, Ground.OFF_TOPIC)]

    def act(by, ruling):
        return lambda: decide(item_id=item.pk, ruling=ruling, by=by, batch=new_batch())

    came = at_once(*(act(*each) for each in zip(both, rulings, strict=True)))

    assert refusals(came) == [ItemGone]
    decision = Decision.objects.get()
    assert Comment.objects.count() == (decision.measure == Measure.PUBLISHED)
    assert verify_record().faults == ()


def test_one_of_two_moderators_gets_the_claim(bridge):
    both = [moderator("mia@news.example", "Mia"), moderator("sol@news.example", "Sol")]
    item = hold(bridge)

    came = at_once(*(lambda by=by: claim(item_id=item.pk, by=by) for by in both))

    assert refusals(came) == [ClaimedByAnother]
    item.refresh_from_db()
    assert isinstance(came[both.index(item.claimed_by)], type(item))


def test_of_two_answers_one_is_marked(bridge, lena):
    question = post_comment(
        document_id=bridge.pk, draft=Draft(text="Who?", name="", is_question=True), account=lena
    )
    replies = [said(bridge, text, parent=question) for text in ("Bo did.", "Ann did.")]
    who = Person(lena, None)

    came = at_once(*(lambda pk=each.pk: mark_answer(reply_id=pk, person=who) for each in replies))

    assert set(refusals(came)) <= {AnswerRefused}
    question.refresh_from_db()
    assert question.answer_id in {each.pk for each in replies}
    marks = Comment.objects.filter(pk=question.pk, answer__in=replies).count()
    assert (marks, verify_record().faults) == (1, ())


def test_thanks_given_twice_at_once_count_once(bridge, lena):
    comment = said(bridge)

    def act():
        return react(comment_id=comment.pk, kind=ReactionKind.THANKS, person=Person(lena, None))

    came = at_once(act, act, act)

    comment.refresh_from_db()
    assert refusals(came) == []
    assert sorted(came) == [False, False, True]
    assert (comment.thanks_count, Reaction.objects.count()) == (1, 1)


def test_words_that_are_deleted_while_they_are_edited_are_gone(bridge, lena):
    comment = post_comment(
        document_id=bridge.pk, draft=Draft(text="It was Bo.", name=""), account=lena
    )
    who = Person(lena, None)
    posting = prepared_edit(
        comment=comment,
        text="It was Bo Field.",
        person=who,
        seen_version=1,
        links_quotations=False,
        sender=Sender(),
    )

    came = at_once(
        lambda: submit_edit(posting), lambda: delete_comment(comment_id=comment.pk, person=who)
    )

    assert set(refusals(came)) <= {EditRefused}
    comment.refresh_from_db()
    assert comment.removed_at is not None
    texts = CommentVersion.objects.filter(comment=comment).values_list("text", flat=True)
    assert not any("Bo" in text for text in texts)
    assert not HeldComment.objects.filter(comment=comment, text__contains="Bo").exists()
    assert verify_record().faults == ()


def test_deleted_twice_at_once_is_deleted_once(bridge, lena):
    comment = post_comment(
        document_id=bridge.pk, draft=Draft(text="It was Bo.", name=""), account=lena
    )

    def act():
        return delete_comment(comment_id=comment.pk, person=Person(lena, None))

    came = at_once(act, act)

    assert refusals(came) == []
    removals = JournalEntry.objects.filter(kind=EntryKind.REMOVAL, reference__contains=comment.pk)
    assert removals.count() == 1
    assert verify_record().faults == ()


def test_link_that_is_redeemed_twice_at_once_opens_once(publication):
    ticket = tickets.issue(purpose=Purpose.SIGN_IN, email="lena@reader.example")
    token = tickets.token_of(ticket)

    def act():
        tickets.use_up(tickets.find_by_token(token, Purpose.SIGN_IN))

    assert refusals(at_once(act, act, act)) == [TicketInvalid, TicketInvalid]
