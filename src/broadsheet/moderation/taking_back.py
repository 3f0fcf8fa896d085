"""A writer takes back what waits for a moderator: the words go for good, and the queue hears of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from broadsheet.discussion.actions import Draft
from broadsheet.discussion.people import Person
from broadsheet.discussion.removal import delete_comment
from broadsheet.moderation.actions import AlreadyDecided
from broadsheet.moderation.emptying import empty_held
from broadsheet.moderation.enums import HeldKind, HeldState
from broadsheet.moderation.keeping import draft_of
from broadsheet.moderation.models import HeldComment
from broadsheet.record.actions import lock_document

MAX_LISTED = 100


@dataclass(frozen=True)
class TakenBack:
    """What was taken back. ``draft`` has the words once more, for the writer alone: they are stored
    nowhere any more. ``None``: it had been taken back before."""

    held: HeldComment
    draft: Draft | None


def held_by(person: Person) -> QuerySet[HeldComment]:
    """Return what is or was held of somebody.

    Who has an account is known by it alone: a browser may be another person's tomorrow.
    """
    if person.account:
        whose = Q(account=person.account)
    elif person.guest_key:
        whose = Q(account=None, guest_key=person.guest_key)
    else:
        whose = Q(pk__in=())
    return HeldComment.objects.filter(whose)


def waiting_of(person: Person) -> list[HeldComment]:
    """Return what waits of somebody, the last first, with the stories. One statement."""
    waiting = held_by(person).filter(state=HeldState.WAITING)
    return list(waiting.select_related("document__edition").order_by("-pk")[:MAX_LISTED])


@transaction.atomic
def take_back(*, held_id: int, person: Person) -> TakenBack:
    """Take back what waits; the second time nothing happens.

    What stood in the discussion, and came to wait again, keeps its tombstone there without the words.
    Raises :class:`HeldComment.DoesNotExist` where it is not theirs, and
    :class:`AlreadyDecided`.
    """
    document_id = held_by(person).values_list("document_id", flat=True).get(pk=held_id)
    # The document first, as everywhere: who decides at this moment is done before, or finds it gone.
    lock_document(document_id)
    held = held_by(person).select_for_update(of=("self",)).get(pk=held_id)
    if held.state == HeldState.WITHDRAWN:
        return TakenBack(held, None)
    if held.state != HeldState.WAITING:
        raise AlreadyDecided(held)
    draft = draft_of(held)
    if held.kind == HeldKind.COMMENT and held.comment_id is not None:
        delete_comment(comment_id=held.comment_id, person=person)
        # Whose it was goes with the words of a comment; here it stays, to be told of it once more.
        whose = {"account": held.account, "guest_key": held.guest_key}
        HeldComment.objects.filter(pk=held.pk).update(**whose)
        held.refresh_from_db()
    else:
        empty_held(held)
    return TakenBack(held, draft)
