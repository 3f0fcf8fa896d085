"""The texts that a comment had, each with what changed from the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from broadsheet.discussion.models import CommentVersion
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.passages import ParagraphChange, align, difference


@dataclass(frozen=True)
class VersionView:
    """One text of a comment."""

    number: int
    since: Moment | None
    html: SafeString
    changes: Sequence[ParagraphChange]
    """From the version before; of the first none."""
    is_marked: bool
    """Whether it came so late that readers are told beside the comment."""
    is_last: bool
    taken_back: Moment | None
    """When a moderator took it back, who had published it by mistake."""


def version_views(versions: Sequence[CommentVersion], zone: dt.tzinfo) -> list[VersionView]:
    """Return the versions of a comment, given in their order, the newest first."""
    views = []
    before: CommentVersion | None = None
    """The one before that has words."""
    for version in versions:
        changes: Sequence[ParagraphChange] = ()
        if before is not None and version.taken_back_at is None:
            changes = difference(align(before.text, version.text), before.text, version.text)
        views.append(
            VersionView(
                number=version.number,
                since=moment(version.valid_from, zone) if version.valid_from else None,
                # Made safe when it was stored: broadsheet.discussion.markdown.
                html=mark_safe(version.html),
                changes=changes,
                is_marked=bool(before and version.marked_at != before.marked_at),
                is_last=version.valid_to is None,
                taken_back=moment(version.taken_back_at, zone) if version.taken_back_at else None,
            )
        )
        before = before if version.taken_back_at else version
    return views[::-1]
