"""What moderation keeps about an account: told to its owner, and erased with it.

Erased are the words that never came into the thread, and whom reports, appeals and decisions are of.
That something was decided, on what ground and by whom stays: the figures and the public log are made
of it, and neither has a name or words of who wrote.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from broadsheet import clock
from broadsheet.discussion.erasure import guest_keys_of
from broadsheet.discussion.models import Comment
from broadsheet.moderation.emptying import empty_held
from broadsheet.moderation.enums import AppealState
from broadsheet.moderation.models import (
    Appeal,
    Decision,
    HeldComment,
    Lesson,
    QueueItem,
    RefusedTry,
    Report,
    Trace,
)
from broadsheet.moderation.people import writer_of_comment
from broadsheet.moderation.queueing import close
from broadsheet.readers.actions import confirmed_address
from broadsheet.readers.export import text_of
from broadsheet.readers.models import Account

NOTHING_LEFT = "The words are erased: there is nothing left to decide about."


def erase_person(sender: object, account: Account, *, keeps_words: bool, **_: Any) -> None:
    """Delete what an account, or a guest with its address, sent, and take it out of what was decided.

    What waits is not published any more; what was published stands in the thread by itself. Called
    before the discussion forgets where comments came from, in the same transaction.
    """
    email = confirmed_address(account) or account.email
    held = HeldComment.objects.filter(Q(account=account) | Q(email__iexact=email))
    keys = guest_keys_of(account) | set(
        held.filter(account=None).exclude(guest_key="").values_list("guest_key", flat=True)
    )
    is_theirs = Q(account=account) | Q(guest_key__in=keys)
    _end_appeals(Appeal.objects.filter(is_writers(account), state=AppealState.OPEN))
    _take_out_of_reports(account, email, keys, keeps_words=keeps_words)
    # What was taken back has no address any more, but is still known by the browser.
    HeldComment.objects.filter(Q(account=account) | Q(email__iexact=email) | is_theirs).delete()
    RefusedTry.objects.filter(is_theirs).delete()
    Trace.objects.filter(is_theirs).delete()
    Lesson.objects.filter(Q(decision__account=account) | Q(decision__guest_key__in=keys)).delete()
    Decision.objects.filter(is_theirs).update(account=None, guest_key="")


def is_writers(account: Account) -> Q:
    """Return the condition of appeals that an account made against what was decided about it."""
    return Q(report=None, decision__account=account)


def _take_out_of_reports(
    account: Account, email: str, keys: set[str], *, keeps_words: bool
) -> None:
    """Leave neither who reported or appealed nor, if they are to go, their words.

    What was reported is decided all the same: it is about somebody else.
    """
    said = {} if keeps_words else {"words": ""}
    reports = Report.objects.filter(Q(account=account) | Q(email__iexact=email))
    appeals = Appeal.objects.filter(
        is_writers(account) | Q(report__in=reports) | Q(email__iexact=email)
    )
    appeals.update(email="", **said)
    reports.update(name="", email="", guest_key="", network="", account=None, **said)
    Report.objects.filter(guest_key__in=keys).update(guest_key="", network="")


def let_words_go(sender: object, comment: Comment, **more: object) -> None:
    """When the words of a comment are erased for good, let go what is kept of them here.

    Words that wait for it are taken back one by one: the queue hears of each. Reports and appeals
    tend to quote; what they were about is gone, and their words with it. Traces go: what a comment
    resembled says what it said. So do the tries of its writer there, which may have the same words.
    """
    for held in HeldComment.objects.filter(comment=comment):
        held.guest_key, held.account = "", None
        empty_held(held)
    Trace.objects.filter(comment=comment.pk).delete()
    Lesson.objects.filter(decision__comment=comment.pk).delete()
    Report.objects.filter(comment=comment).update(words="")
    appeals = Appeal.objects.filter(decision__comment=comment)
    _end_appeals(appeals.filter(state=AppealState.OPEN))
    appeals.update(words="")
    if person := writer_of_comment(comment):
        whose = Q(account=person.account_id) if person.account_id else Q(guest_key=person.guest_key)
        RefusedTry.objects.filter(whose, document=comment.document_id).delete()


def let_held_words_go(held: HeldComment) -> None:
    """When words that never stood are erased for good, let go what else has them; the document is
    locked. Who wrote them stays known, to be told."""
    empty_held(held, keeps_address=True)
    appeals = Appeal.objects.filter(decision__held=held)
    _end_appeals(appeals.filter(state=AppealState.OPEN))
    appeals.update(words="")
    Lesson.objects.filter(decision__held=held).delete()
    whose = Q(account=held.account_id) if held.account_id else Q(guest_key=held.guest_key)
    if held.account_id or held.guest_key:
        RefusedTry.objects.filter(whose, document=held.document_id).delete()


def _end_appeals(appeals: Any) -> None:
    """End appeals that nothing can come of any more, each with its place in the queue."""
    for appeal in appeals:
        appeal.state, appeal.decided_at = AppealState.UPHELD, clock.now()
        appeal.answer = NOTHING_LEFT
        appeal.save(update_fields=["state", "decided_at", "answer"])
        close(QueueItem.objects.filter(appeal=appeal), at=appeal.decided_at)


def held_of(account: Account) -> list[dict[str, Any]]:
    """Return what an account sent and what was held of it. One statement."""
    return [
        {
            "text": each.text,
            "name": each.name,
            "held_at": text_of(each.held_at),
            "state": each.state,
            "reasons": [reason["words"] for reason in each.reasons],
            "decision_reason": each.decision_reason,
        }
        for each in HeldComment.objects.filter(account=account).order_by("pk")
    ]
