"""What readers say of a comment without words: thanks, and that it answers the question.

One of each for a person and comment, kept with its times, so that the counts of any moment are
known; taken back, it stays as something that was. A guest is a browser, and whoever wants can have
many: what guests of one network say of one comment, and on one day, is bounded.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet

from broadsheet import clock
from broadsheet.discussion.enums import ReactionKind
from broadsheet.discussion.keys import reactions_key
from broadsheet.discussion.models import Comment, Reaction, Thread
from broadsheet.discussion.people import Person
from broadsheet.discussion.queries import is_closed
from broadsheet.discussion.questions import question_above
from broadsheet.discussion.scores import best_score, best_score_in_store, is_due
from broadsheet.press.keys import change_after_commit
from broadsheet.record.models import Document

WITHIN = dt.timedelta(minutes=10)
PER_PERSON = 60
"""Reactions of one person in that time; more than anybody can mean."""
PER_NETWORK = 200
"""Reactions of guests of one network on one day."""
PER_NETWORK_AND_COMMENT = 10
"""Reactions of guests of one network to one comment on one day: a household or an office, not a
browser that forgets who it is."""
_COUNTS = {ReactionKind.THANKS: "thanks_count", ReactionKind.ANSWERS: "answers_count"}


class ReactionRefused(ValueError):
    """It cannot be said of this comment, or not by this person; the message is for them."""


class TooManyReactions(ReactionRefused):
    """More than one person, or one network, may say in a while."""


def react(
    *,
    comment_id: int,
    kind: ReactionKind,
    person: Person,
    address: str | None = None,
    at: dt.datetime | None = None,
) -> bool:
    """Say something of a comment; ``False`` if this person had said it already.

    Nine statements. Raises :class:`ReactionRefused`.
    """
    now = at or clock.now()
    try:
        with transaction.atomic():
            return _react(comment_id, kind, person, address, now)
    except IntegrityError:
        # The same press of a button arrived twice at the same moment.
        if open_reactions(person).filter(comment=comment_id, kind=kind).exists():
            return False
        raise


def _react(
    comment_id: int, kind: ReactionKind, person: Person, address: str | None, now: dt.datetime
) -> bool:
    thread, comment = _locked(comment_id)
    if open_reactions(person).filter(comment=comment, kind=kind).exists():
        return False
    _check_may(comment, kind, person, thread, now)
    network = "" if person.account else network_of(address, now)
    _check_few(comment, person, network, now)
    Reaction.objects.create(
        comment=comment,
        document_id=comment.document_id,
        kind=kind,
        account=person.account,
        guest_key="" if person.account else person.guest_key,
        network=network,
        reacted_at=now,
    )
    _count(thread, comment, kind, 1)
    return True


@transaction.atomic
def take_back(
    *, comment_id: int, kind: ReactionKind, person: Person, at: dt.datetime | None = None
) -> bool:
    """Take back what was said of a comment; ``False`` if nothing was."""
    thread, comment = _locked(comment_id)
    said = open_reactions(person).filter(comment=comment, kind=kind)
    if not said.update(taken_back_at=at or clock.now()):
        return False
    _count(thread, comment, kind, -1)
    return True


def open_reactions(person: Person) -> QuerySet[Reaction]:
    """Return what a person says of comments now."""
    found = Reaction.objects.filter(taken_back_at=None)
    if person.account:
        return found.filter(account=person.account)
    return found.filter(guest_key=person.guest_key) if person.guest_key else found.none()


def counts_then(comments: Sequence[Comment], at: dt.datetime) -> None:
    """Set the counts of comments to what they were at a moment. One statement."""
    held = Q(reacted_at__lte=at) & (Q(taken_back_at=None) | Q(taken_back_at__gt=at))
    by_comment = {comment.pk: comment for comment in comments}
    for comment in comments:
        comment.thanks_count = comment.answers_count = 0
    rows = Reaction.objects.filter(held, comment__in=list(by_comment)).values_list(
        "comment", "kind"
    )
    for pk, kind, count in rows.annotate(count=Count("pk")).order_by():
        setattr(by_comment[pk], _COUNTS[ReactionKind(kind)], count)


def scores_then(document: Document, at: dt.datetime) -> dict[int, int]:
    """Return the scores of the roots that had thanks at a moment, by their number. One statement,
    which reads all thanks until then.

    As if they had been weighed at that moment; so they may differ a little from what was shown.
    """
    held = Q(reacted_at__lte=at) & (Q(taken_back_at=None) | Q(taken_back_at__gt=at))
    rows = list(
        Reaction.objects.filter(held, document=document, kind=ReactionKind.THANKS)
        .values_list("comment__root_number", "comment__depth", "comment__thanks_before")
        .annotate(count=Count("pk"))
        .order_by()
    )
    total = sum(count for *_, count in rows)
    return {
        number: best_score(count, total - before)
        for number, depth, before, count in rows
        if depth == 1
    }


def network_of(address: str | None, now: dt.datetime) -> str:
    """Return what tells the network of a guest from others on one day; from one day to the next
    nobody can connect it. A network is an IPv4 address, or 64 bits of an IPv6 one."""
    if not address:
        return ""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False)[0]
    said = f"reaction {parsed} {now:%Y-%m-%d}"
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()


def _locked(comment_id: int) -> tuple[Thread, Comment]:
    """Lock a thread and then the comment, in the order in which posting takes them."""
    document_id = Comment.objects.values_list("document_id", flat=True).get(pk=comment_id)
    thread = (
        Thread.objects.select_for_update(of=("self",))
        .select_related("document")
        .get(pk=document_id)
    )
    return thread, Comment.objects.select_for_update(of=("self",)).get(pk=comment_id)


def _check_may(
    comment: Comment, kind: ReactionKind, person: Person, thread: Thread, now: dt.datetime
) -> None:
    if not person.is_known:
        raise ReactionRefused("It is not known who says it: does your browser keep cookies?")
    if comment.removed_at:
        raise ReactionRefused("This comment was removed.")
    if thread.document.withdrawn_at or is_closed(thread, now):
        raise ReactionRefused("The discussion was closed; it can be read.")
    if kind == ReactionKind.ANSWERS and question_above(comment) is None:
        raise ReactionRefused("This comment is no reply to a question.")
    if person.wrote(comment):
        raise ReactionRefused("This is your own comment.")


def _check_few(comment: Comment, person: Person, network: str, now: dt.datetime) -> None:
    own = Q(account=person.account) if person.account else Q(guest_key=person.guest_key)
    own &= Q(reacted_at__gt=now - WITHIN)
    if not network:
        if Reaction.objects.filter(own).count() >= PER_PERSON:
            raise TooManyReactions("That were many at once. Please wait some minutes.")
        return
    counted = Reaction.objects.filter(own | Q(network=network)).aggregate(
        of_person=Count("pk", filter=own),
        of_network=Count("pk", filter=Q(network=network)),
        of_network_here=Count("pk", filter=Q(network=network, comment=comment)),
    )
    if counted["of_person"] >= PER_PERSON:
        raise TooManyReactions("That were many at once. Please wait some minutes.")
    if (
        counted["of_network"] >= PER_NETWORK
        or counted["of_network_here"] >= PER_NETWORK_AND_COMMENT
    ):
        raise TooManyReactions(
            "Too many guests of your network did the same today. Who signs in is not held up."
        )


def _count(thread: Thread, comment: Comment, kind: ReactionKind, more: int) -> None:
    """Count a reaction and weigh what it changes; thread and comment are locked."""
    if kind == ReactionKind.THANKS:
        thread.thanks_count += more
        is_to_weigh = is_due(thread.thanks_count, thread.thanks_weighed)
        if is_to_weigh:
            thread.thanks_weighed = thread.thanks_count
        Thread.objects.filter(pk=thread.pk).update(
            thanks_count=thread.thanks_count, thanks_weighed=thread.thanks_weighed
        )
        Comment.objects.filter(pk=comment.pk).update(
            thanks_count=F("thanks_count") + more,
            best_score=best_score_in_store(thread.thanks_weighed, more=more),
        )
        if is_to_weigh:
            weigh(thread)
    else:
        Comment.objects.filter(pk=comment.pk).update(answers_count=F("answers_count") + more)
    change_after_commit(reactions_key(comment.document_id))


def weigh(thread: Thread) -> None:
    """Set the scores of all comments of a thread that were thanked. One statement."""
    Comment.objects.filter(document=thread.pk, thanks_count__gt=0).update(
        best_score=best_score_in_store(thread.thanks_weighed)
    )
