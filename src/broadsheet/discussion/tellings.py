"""What a notice says, in words: the same in the inbox, in a mail and in a feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.discussion.enums import NoticeKind
from broadsheet.discussion.models import Comment, CommentVersion, Notice
from broadsheet.record.models import Address

MAX_EXCERPT = 280
"""Characters of a reply that are shown along."""


@dataclass(frozen=True)
class Telling:
    """A notice as it is read; ``path`` leads to what it tells of."""

    id: int
    words: str
    path: str
    at: dt.datetime
    excerpt: str = ""
    is_read: bool = False


def tellings(notices: Sequence[Notice]) -> list[Telling]:
    """Return notices in words, in their order, without those of stories that have no address.

    The notices come with document, edition in force, comment and follow, as ``follows.inbox`` loads
    them. Two statements.
    """
    paths = dict(
        Address.objects.filter(
            document__in={notice.document_id for notice in notices}, is_current=True
        ).values_list("document_id", "path")
    )
    replies = {
        notice.comment_id
        for notice in notices
        if notice.kind == NoticeKind.REPLY and notice.comment_id
    }
    texts = dict(
        CommentVersion.objects.filter(comment__in=replies, valid_to=None).values_list(
            "comment_id", "text"
        )
    )
    return [
        Telling(
            id=notice.pk,
            words=_words(notice),
            path=_path(notice, paths[notice.document_id]),
            at=notice.at,
            excerpt=_excerpt(texts.get(notice.comment_id or 0, ""))
            if notice.kind == NoticeKind.REPLY
            else _note(notice),
            is_read=notice.read_at is not None,
        )
        for notice in notices
        if notice.document_id in paths
    ]


def _words(notice: Notice) -> str:
    edition = notice.edition or notice.document.edition
    headline = f"“{edition.headline if edition else 'a story'}”"
    match notice.kind:
        case NoticeKind.COMMENTS:
            count = notice.count
            return f"{count} new comment{'' if count == 1 else 's'} on {headline}"
        case NoticeKind.REPLY:
            return f"{_name(notice.comment)} replied on {headline}"
        case NoticeKind.STANDING:
            label = edition.content.standing_label if edition else ""
            return (
                f"{headline} is now said to be {label.lower()}"
                if label
                else (f"{headline} says no more how sure it is")
            )
        case NoticeKind.WITHDRAWN:
            return f"{headline} was withdrawn"
        case NoticeKind.STORY:
            author = notice.follow.author if notice.follow else None
            return f"{author.name if author else 'An author'} has published {headline}"
        case NoticeKind.JOINED:
            storyline = notice.follow.storyline if notice.follow else None
            return f"“{storyline or 'A storyline'}” goes on: {headline}"
        case NoticeKind.WORDS:
            return f"The words that you wrote about were changed in {headline}"
        case NoticeKind.ASKED:
            return f"Somebody asks whether you have an interest in what you wrote on {headline}"
        case NoticeKind.ANSWERED:
            return f"{_name(notice.comment)} answered whether there is an interest, on {headline}"
    assert notice.edition is not None
    return f"{notice.edition.get_kind_display()}: {headline}"


def _name(comment: Comment | None) -> str:
    return (comment.name if comment else "") or "Somebody"


def _path(notice: Notice, story: str) -> str:
    if notice.kind == NoticeKind.ASKED:
        return f"/c/{notice.comment_id}/acts/"
    if notice.kind == NoticeKind.WORDS and notice.edition:
        return f"{story}changes/?to={notice.edition.number}#difference"
    if notice.kind in (NoticeKind.EDITION, NoticeKind.STANDING) and notice.edition:
        return f"{story}changes/?to={notice.edition.number}#difference"
    return f"/c/{notice.comment_id}/" if notice.comment_id else story


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_EXCERPT else f"{line[: MAX_EXCERPT - 1].rstrip()}…"


def _note(notice: Notice) -> str:
    return _excerpt(notice.edition.note) if notice.edition and notice.edition.note else ""
