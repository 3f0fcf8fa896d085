"""Bans as decisions, and what is done about a flood: ban, and take away all of the last day.

A ban is told to whom it concerns, lifted by undo and on appeal. Of a flood each comment is a decision
of its own, in a transaction of its own; their batch is what one undoes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q, QuerySet

from broadsheet import clock
from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.models import Comment
from broadsheet.moderation.bans import BanLifted, BanRefused, lift_ban, make_ban
from broadsheet.moderation.deciding import (
    DecisionRefused,
    Ruling,
    decide,
    keep_decision,
    remove,
)
from broadsheet.moderation.enums import BanKind, Ground, HeldState, Measure
from broadsheet.moderation.models import Decision, HeldComment, QueueItem
from broadsheet.moderation.people import Person
from broadsheet.moderation.senders import network_of
from broadsheet.readers.models import Account

LENGTHS = {
    "day": ("one day", dt.timedelta(days=1)),
    "week": ("one week", dt.timedelta(days=7)),
    "month": ("thirty days", dt.timedelta(days=30)),
    "good": ("for good", None),
}
"""How long a ban lasts, by the name in forms."""
ADDRESS_AT_MOST = dt.timedelta(days=30)
"""Addresses of a network change hands; for good they would keep others away."""
LAST = dt.timedelta(days=1)
AT_ONCE = 100
"""Comments of a flood that one request decides; what is left is told, and goes on in the next."""


@dataclass(frozen=True)
class Suspect:
    """Somebody who may be banned, with all that a ban can name."""

    person: Person
    email: str = ""
    address: str | None = None

    @property
    def network(self) -> str:
        return network_of(self.address)

    def kinds(self) -> list[BanKind]:
        """Return what can be banned of them."""
        if self.person.account_id is not None:
            return [BanKind.ACCOUNT, *([BanKind.ADDRESS] if self.network else [])]
        found = [BanKind.EMAIL] if self.email else []
        return [*found, BanKind.ADDRESS] if self.network else found


def suspect_of(comment: Comment | None, held: HeldComment | None) -> Suspect:
    """Return who wrote what waits. A statement for an account's or an unloaded source."""
    if held is not None:
        key = "" if held.account_id else held.guest_key
        return Suspect(Person(held.account_id, key), held.email, held.address)
    if comment is None:
        return Suspect(Person())
    source = getattr(comment, "source", None)
    guest_key = source.guest_key if source and comment.account_id is None else ""
    return Suspect(
        Person(comment.account_id, guest_key),
        source.email if source else "",
        source.address if source else None,
    )


@transaction.atomic
def ban(
    *,
    suspect: Suspect,
    kinds: Collection[BanKind],
    lasts: dt.timedelta | None,
    ruling: Ruling,
    by: Account,
    batch: str,
) -> Decision:
    """Let somebody not comment for a while, or for good. Raises :class:`DecisionRefused`."""
    ruling = ruling.checked()
    wanted = [kind for kind in suspect.kinds() if kind in kinds]
    if not wanted:
        raise DecisionRefused("Choose what is banned: an account, an address, or both.")
    now = clock.now()
    values = {BanKind.EMAIL: suspect.email, BanKind.ADDRESS: suspect.network}
    account = (
        Account.objects.filter(pk=suspect.person.account_id).first()
        if suspect.person.account_id is not None
        else None
    )
    made = []
    for kind in wanted:
        length = ADDRESS_AT_MOST if kind == BanKind.ADDRESS and lasts is None else lasts
        try:
            made.append(
                make_ban(
                    kind=kind,
                    reason=ruling.reason,
                    by=by,
                    account=account if kind == BanKind.ACCOUNT else None,
                    value=values.get(kind, ""),
                    expires_at=now + length if length else None,
                ).pk
            )
        except BanRefused as refusal:
            raise DecisionRefused(str(refusal)) from refusal
    return keep_decision(
        ruling,
        by=by,
        batch=batch,
        person=suspect.person,
        until=now + lasts if lasts else None,
        bans=made,
    )


def lift(decision: Decision, by: Account) -> None:
    """End the bans that a decision made; those that were lifted before stay so."""
    for number in decision.bans:
        with contextlib.suppress(BanLifted):
            lift_ban(ban_id=number, by=by)


@dataclass(frozen=True)
class Flood:
    """All that came from somebody in the last day, and whether from their network too."""

    suspect: Suspect
    with_network: bool
    since: dt.datetime

    def comments(self) -> QuerySet[Comment]:
        """Return the comments that stand; proposals are decided by editors."""
        whose = Q(pk__in=[])
        if self.suspect.person:
            whose |= self.suspect.person.comments()
        if self.with_network and self.suspect.address:
            whose |= Q(account=None, source__address=self.suspect.address)
        return (
            Comment.objects.filter(whose, posted_at__gte=self.since, removed_at=None)
            .exclude(kind=CommentKind.PROPOSAL)
            .order_by("-pk")
        )

    def waiting(self) -> QuerySet[QueueItem]:
        whose = Q(pk__in=[])
        if self.suspect.person:
            person = self.suspect.person
            whose |= (
                Q(held__account=person.account_id)
                if person.account_id is not None
                else Q(held__account=None, held__guest_key=person.guest_key)
            )
        if self.with_network and self.suspect.address:
            whose |= Q(held__account=None, held__address=self.suspect.address)
        return QueueItem.objects.filter(
            whose, closed_at=None, held__state=HeldState.WAITING, held__held_at__gte=self.since
        ).order_by("pk")

    @property
    def count(self) -> int:
        return self.comments().count() + self.waiting().count()


def flood_of(suspect: Suspect, *, with_network: bool) -> Flood:
    return Flood(suspect, with_network, clock.now() - LAST)


def sweep(
    *, flood: Flood, ruling: Ruling, by: Account, batch: str
) -> tuple[Sequence[Decision], int]:
    """Remove and decline what came in the last day, a hundred at once; returns the decisions, and how
    many could not be made. Raises :class:`DecisionRefused` for a ruling that is none.

    Of a flood of advertising nobody is told each time: the ban says it once.
    """
    checked = replace(
        ruling, measure=Measure.REMOVED, is_flood=ruling.ground == Ground.SPAM
    ).checked()
    made: list[Decision] = []
    failed = 0
    for comment_id in list(flood.comments().values_list("pk", flat=True)[:AT_ONCE]):
        try:
            made.append(remove(comment_id=comment_id, ruling=checked, by=by, batch=batch))
        except DecisionRefused:
            failed += 1
    declined = replace(checked, measure=Measure.DECLINED)
    for item_id in list(flood.waiting().values_list("pk", flat=True)[: AT_ONCE - len(made)]):
        try:
            made.append(
                decide(item_id=item_id, ruling=declined, by=by, batch=batch, take_over=True)
            )
        except DecisionRefused:
            failed += 1
    return made, failed
