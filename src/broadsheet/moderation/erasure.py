"""What moderation keeps about an account: told to its owner, and erased with it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from broadsheet.moderation.models import HeldComment
from broadsheet.readers.export import text_of
from broadsheet.readers.models import Account


def erase_held(sender: object, account: Account, **_: Any) -> None:
    """Delete what an account, or a guest with its address, sent and what was kept of it.

    What waits is not published any more; what was published stands in the thread by itself.
    """
    HeldComment.objects.filter(Q(account=account) | Q(email__iexact=account.email)).delete()


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
