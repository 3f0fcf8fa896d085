"""What stands at a moment, as conditions; ``None`` means now."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q


def standing(at: dt.datetime | None) -> Q:
    """Return what holds of the comments that stand at a moment."""
    return Q() if at is None else Q(posted_at=None) | Q(posted_at__lte=at)


def valid(at: dt.datetime | None) -> Q:
    """Return what holds of the versions of comments that are valid at a moment."""
    if at is None:
        return Q(valid_to=None)
    return (Q(valid_from=None) | Q(valid_from__lte=at)) & (Q(valid_to=None) | Q(valid_to__gt=at))


def linked(at: dt.datetime | None) -> Q:
    """Return what holds of the links to passages that hold at a moment."""
    return Q(ended_at=None) if at is None else Q(ended_at=None) | Q(ended_at__gt=at)
