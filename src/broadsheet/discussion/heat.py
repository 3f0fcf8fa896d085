"""Slow mode: how long somebody waits between two comments.

An editor sets it for a story. A branch grows slow by itself when it is reported: a heated branch is
slower for everybody, nobody is silenced. The steps are in :data:`STEPS`; a branch is cool again when
nobody reported it for :data:`COOL_AFTER`. Authors of the publication are not held up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q

from broadsheet import clock
from broadsheet.discussion.models import BranchHeat, Comment, CommentSource, Thread
from broadsheet.discussion.senders import NOT_KNOWN, Sender
from broadsheet.press.keys import change_after_commit
from broadsheet.readers.models import Account
from broadsheet.record.keys import document_key

STEPS = ((8, 15 * 60), (4, 5 * 60), (2, 60))
"""From so many reports of a branch on, so many seconds between two comments of one person there."""
COOL_AFTER = dt.timedelta(hours=2)
"""After the last report; then a branch is as fast as others, and its reports are counted anew."""


@dataclass(frozen=True)
class Pace:
    """How slow it is somewhere: seconds between two comments of one person, and for how long."""

    seconds: int
    is_branch: bool = False
    """Whether for the reports of a branch; otherwise an editor set it for the story."""
    until: dt.datetime | None = None

    @property
    def every(self) -> str:
        """Return how long somebody waits, as words after “every”."""
        return _in_words(self.seconds)

    @property
    def words(self) -> str:
        where = "In this part of the discussion" if self.is_branch else "In this discussion"
        return f"{where} everybody can post one comment every {self.every}."


def _in_words(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest or not minutes:
        return f"{seconds} seconds"
    return "minute" if minutes == 1 else f"{minutes} minutes"


def interval_for(reports: int) -> int:
    """Return the seconds between two comments in a branch that was reported so often.

    >>> [interval_for(reports) for reports in (0, 1, 2, 3, 4, 8, 100)]
    [0, 0, 60, 60, 300, 900, 900]
    """
    return next((seconds for least, seconds in STEPS if reports >= least), 0)


@transaction.atomic
def note_report(comment: Comment, *, at: dt.datetime | None = None) -> int:
    """Note that a comment was reported; returns the seconds that its branch is slow by from now on.

    To be called once for each person who reports. At most five statements.
    """
    now = at or clock.now()
    heat, _ = BranchHeat.objects.select_for_update().get_or_create(
        document_id=comment.document_id,
        root_number=comment.root_number,
        defaults={"reported_at": now},
    )
    heat.reports = heat.reports + 1 if heat.reported_at > now - COOL_AFTER else 1
    heat.reported_at = now
    heat.save(update_fields=["reports", "reported_at"])
    seconds = interval_for(heat.reports)
    if seconds:
        Thread.objects.filter(pk=comment.document_id).update(hot_until=now + COOL_AFTER)
        change_after_commit(document_key(comment.document_id))
    return seconds


def hot_branches(thread: Thread | None, at: dt.datetime) -> dict[int, Pace]:
    """Return how slow the branches of a thread are now, by the number of their root; those that are
    as fast as the rest are left out. No statement while nothing is reported, else one."""
    if thread is None or thread.hot_until is None or thread.hot_until <= at:
        return {}
    hot = BranchHeat.objects.filter(document=thread.pk, reported_at__gt=at - COOL_AFTER)
    return {
        heat.root_number: Pace(seconds, is_branch=True, until=heat.reported_at + COOL_AFTER)
        for heat in hot
        if (seconds := interval_for(heat.reports)) > thread.slow_seconds
    }


def pace_of(thread: Thread | None, root_number: int | None, at: dt.datetime) -> Pace | None:
    """Return how slow it is to post in a thread, or beneath one of its roots; ``None``: not at all."""
    if thread is None:
        return None
    if root_number and (hot := hot_branches(thread, at).get(root_number)):
        return hot
    return Pace(thread.slow_seconds) if thread.slow_seconds else None


@dataclass
class Pacing:
    """Slow mode for comments that are stored together: one that is accepted counts for the next."""

    _accepted: dict[tuple[int, object], dt.datetime] = field(default_factory=dict)

    def next_at(
        self, thread: Thread, comment: Comment, person: Account | Sender, now: dt.datetime
    ) -> tuple[Pace, dt.datetime] | None:
        """Return when somebody can post there, if not yet; otherwise count the comment.

        No statement where nothing is slow, two at most.
        """
        root = comment.parent.root_number if comment.parent else None
        pace = pace_of(thread, root, now)
        if pace is None or person == NOT_KNOWN:
            return None
        who = person.pk if isinstance(person, Account) else (person.guest_key, person.address)
        last = self._accepted.get((thread.pk, who)) or _last(thread, root, person, pace, now)
        free_at = last + dt.timedelta(seconds=pace.seconds) if last else now
        if free_at > now:
            return pace, free_at
        self._accepted[thread.pk, who] = now
        return None


def _last(
    thread: Thread, root: int | None, person: Account | Sender, pace: Pace, now: dt.datetime
) -> dt.datetime | None:
    """Return when a person last posted there, as far back as it matters.

    Guests are known by browser and by address: a browser that forgets who it is, waits as well.
    """
    since = now - dt.timedelta(seconds=pace.seconds)
    branch = Q(root_number=root) if pace.is_branch and root else Q()
    if isinstance(person, Account):
        found = Comment.objects.filter(
            branch, document=thread.pk, account=person, posted_at__gt=since
        )
        return found.order_by("-posted_at").values_list("posted_at", flat=True).first()
    who = Q(guest_key=person.guest_key) if person.guest_key else Q(pk__in=())
    if person.address:
        who |= Q(address=person.address)
    sources = CommentSource.objects.filter(
        who, comment__document=thread.pk, comment__account=None, sent_at__gt=since
    )
    if pace.is_branch and root:
        sources = sources.filter(comment__root_number=root)
    return sources.order_by("-sent_at").values_list("sent_at", flat=True).first()
