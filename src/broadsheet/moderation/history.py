"""What became of a writer's comments so far, counted to a bound."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.moderation.enums import HeldState
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.senders import Writer

BOUND = 50
"""Comments that are counted; who has more is known well enough."""
LATELY = dt.timedelta(days=90)


@dataclass(frozen=True)
class History:
    """Of a writer: numbers up to :data:`BOUND`."""

    published: int = 0
    """Comments that stand."""
    approved: int = 0
    """Comments that were held and published by a moderator."""
    removed: int = 0
    """Comments that were removed lately."""
    declined: int = 0
    """Comments that were held and not published, lately."""

    def is_new(self, until: int) -> bool:
        """Say whether the writer has fewer comments that stand than somebody who is known here."""
        return self.published < until


def history_of(writer: Writer, *, now: dt.datetime) -> History:
    """Return what became of the comments of an account, or of a guest's browser. One statement."""
    if not writer.is_known:
        return History()
    name = connection.ops.quote_name
    comments, held = name(Comment._meta.db_table), name(HeldComment._meta.db_table)
    if writer.account_id is not None:
        who: int | str = writer.account_id
        own, of_held = f"{comments} WHERE account_id = %s", f"{held} WHERE account_id = %s"
    else:
        who = writer.guest_key
        sources = name(CommentSource._meta.db_table)
        own = (
            f"{sources} JOIN {comments} ON {comments}.id = {sources}.comment_id"
            f" WHERE {sources}.guest_key = %s AND NOT ({sources}.guest_key = '')"
        )
        of_held = f"{held} WHERE guest_key = %s AND NOT (guest_key = '')"
    counted = "(SELECT count(*) FROM (SELECT 1 FROM {} AND {} LIMIT %s) AS counted)"
    parts = (
        counted.format(own, f"{comments}.removed_at IS NULL"),
        counted.format(of_held, f"state = '{HeldState.PUBLISHED}'"),
        counted.format(own, f"{comments}.removed_at > %s"),
        counted.format(of_held, f"state = '{HeldState.DECLINED}' AND decided_at > %s"),
    )
    since = connection.ops.adapt_datetimefield_value(now - LATELY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(parts)}",
            [who, BOUND, who, BOUND, who, since, BOUND, who, since, BOUND],
        )
        return History(*cursor.fetchone())
