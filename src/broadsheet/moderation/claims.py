"""Who is looking at what, so that two moderators do not decide the same thing.

A claim is a courtesy with teeth: it ends by itself after some minutes, can be taken over knowingly,
and a decision on what somebody else claims is refused until then. Two who decide at the same moment
are kept apart by the lock of the item, claim or not.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from broadsheet import clock
from broadsheet.moderation.models import QueueItem
from broadsheet.readers.models import Account

CLAIMED_FOR = dt.timedelta(minutes=5)


class ClaimedByAnother(ValueError):
    """Another moderator is looking at it; ``item`` says who, and until when."""

    def __init__(self, item: QueueItem) -> None:
        who = item.claimed_by.get_full_name() if item.claimed_by else "Another moderator"
        super().__init__(f"{who} is looking at this. Take it over to decide it yourself.")
        self.item = item


def claim(*, item_id: int, by: Account, take_over: bool = False) -> QueueItem:
    """Say that somebody looks at an item, for five minutes from now. One statement decides.

    Raises :class:`ClaimedByAnother`, and ``QueueItem.DoesNotExist`` for what no longer waits.
    """
    now = clock.now()
    open_items = QueueItem.objects.filter(pk=item_id, closed_at=None)
    free = Q() if take_over else Q(claimed_by=None) | Q(claimed_by=by) | Q(claimed_until__lte=now)
    taken = open_items.filter(free).update(claimed_by=by, claimed_until=now + CLAIMED_FOR)
    item = open_items.select_related("claimed_by").get()
    if not taken:
        raise ClaimedByAnother(item)
    return item


def release(*, item_id: int, by: Account) -> None:
    """Give a claim up; that of another stays."""
    QueueItem.objects.filter(pk=item_id, claimed_by=by).update(claimed_by=None, claimed_until=None)


def is_claimed_by_another(item: QueueItem, by: Account | None, now: dt.datetime) -> bool:
    return (
        item.claimed_by_id is not None
        and item.claimed_by_id != (by.pk if by else None)
        and item.claimed_until is not None
        and item.claimed_until > now
    )
