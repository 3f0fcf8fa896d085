"""What moderation forgets when it has served: traces, refused tries and their words.

From which addresses they came is forgotten before, see retention.py.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Model

from broadsheet import clock
from broadsheet.moderation.models import RefusedTry, Trace
from broadsheet.moderation.rules.duplicates import DAYS

TRACES_FOR = dt.timedelta(days=DAYS)
TRIES_FOR = dt.timedelta(days=30)
WORDS_FOR = dt.timedelta(days=7)
"""Long enough for a moderator to see that a rule refuses the wrong people."""
AT_ONCE = 1_000
"""Rows of one statement; between two others can write."""


def forget_old() -> None:
    """Delete and empty what is old. Some statements, more where much is old."""
    now = clock.now()
    _delete(Trace, now - TRACES_FOR)
    _delete(RefusedTry, now - TRIES_FOR)
    RefusedTry.objects.filter(at__lt=now - WORDS_FOR).exclude(text="").update(text="")


def _delete(model: type[Model], before: dt.datetime) -> None:
    """Delete the rows before a moment; they are in the order of time, so the first tell."""
    while True:
        first = list(model._default_manager.order_by("pk").values_list("pk", "at")[:AT_ONCE])
        old = [pk for pk, at in first if at < before]
        if not old:
            return
        model._default_manager.filter(pk__in=old).delete()
        if len(old) < AT_ONCE:
            return
