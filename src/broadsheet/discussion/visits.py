"""Up to where somebody with an account read a discussion, for their other devices.

Others' browsers keep it for themselves.
"""

from __future__ import annotations

import datetime as dt

from broadsheet import clock
from broadsheet.discussion.models import Visit
from broadsheet.readers.models import Account
from broadsheet.record.models import Document

MAX_VISITS = 500
"""Stories that are remembered for one account, the ones visited last."""


def last_visit(account: Account, document: Document) -> Visit | None:
    """Return up to where somebody read. One statement."""
    return Visit.objects.filter(account=account, document=document).first()


def note_visit(
    *,
    account: Account,
    document: Document,
    sequence: int,
    comments: int,
    at: dt.datetime | None = None,
) -> None:
    """Remember up to where somebody read; never less far than before. Three statements."""
    now = at or clock.now()
    seen = {"sequence": sequence, "comments": comments, "visited_at": now}
    visit, is_new = Visit.objects.get_or_create(account=account, document=document, defaults=seen)
    if is_new:
        old = Visit.objects.filter(account=account).order_by("-visited_at", "-pk")
        if last := old.values_list("pk", flat=True)[MAX_VISITS : MAX_VISITS + 1].first():
            Visit.objects.filter(pk=last).delete()
    else:
        Visit.objects.filter(pk=visit.pk, sequence__lte=sequence).update(**seen)
