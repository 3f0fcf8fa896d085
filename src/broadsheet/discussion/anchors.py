"""Which words of the story a comment is about.

The writer marks them, or quotes them and they are recognised, or an editor says so of an old
comment. Each is an entry of the journal; the passage itself belongs to the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from broadsheet import clock
from broadsheet.discussion.enums import MadeBy
from broadsheet.discussion.models import Comment, CommentPassage
from broadsheet.discussion.signals import quoted_words_changed
from broadsheet.passages.quotations import may_quote, quotations
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind, PlacementStatus
from broadsheet.record.models import Document, Edition, Passage
from broadsheet.record.placements import keep_passage
from broadsheet.record.signals import edition_published

MAX_RECOGNISED = 3
"""Quotations of one comment that become passages; a comment that quotes more is about the story."""


class AnchorRefused(ValueError):
    """The comment cannot be put to these words; the message is for the editor."""


def anchor_comment(
    document: Document,
    comment: Comment,
    passage: Passage,
    made_by: MadeBy,
    *,
    at: dt.datetime,
) -> CommentPassage | None:
    """Say that a comment is about a passage; ``None`` when that was said before.

    The document is locked by the running transaction.
    """
    link, is_new = CommentPassage.objects.get_or_create(
        comment=comment, passage=passage, defaults={"made_by": made_by}
    )
    if not is_new:
        return None
    journal.append_entry(
        document=document,
        kind=EntryKind.PASSAGE,
        reference=f"passage/{link.pk}",
        content=link_content(link),
        at=at,
    )
    return link


def link_content(link: CommentPassage) -> dict[str, object]:
    """Return what the journal's digest of such a link is made of."""
    passage = link.passage
    return {
        "comment": link.comment_id,
        "edition": passage.edition_id,
        "start": passage.start,
        "end": passage.end,
        "exact": passage.exact,
        "made_by": link.made_by,
    }


def link_quotations(
    document: Document, said: Sequence[tuple[Comment, str]], *, at: dt.datetime
) -> list[CommentPassage]:
    """Recognise the words of the story that comments quote, where there is no doubt.

    Looked for in every edition, the newest first, since a reader may quote words that are gone.
    The document is locked by the running transaction. No statement when nothing is quoted.
    """
    said = [(comment, text) for comment, text in said if may_quote(text)]
    if not said:
        return []
    editions = list(Edition.objects.filter(document=document).order_by("-published_at", "-number"))
    texts = [edition.canonical_text for edition in editions]
    links = []
    for comment, text in said:
        for found in quotations(text, texts)[:MAX_RECOGNISED]:
            passage = keep_passage(editions[found.text], found.start, found.end)
            links.append(anchor_comment(document, comment, passage, MadeBy.QUOTATION, at=at))
    return [link for link in links if link]


@transaction.atomic
def anchor_by_editor(*, comment_id: int, passage_id: int) -> CommentPassage | None:
    """Put an old comment to the words that it is about, as an editor sees it.

    Raises :class:`AnchorRefused` when comment and passage belong to different stories.
    """
    comment = Comment.objects.get(pk=comment_id)
    document = lock_document(comment.document_id)
    passage = Passage.objects.filter(pk=passage_id, document=document).first()
    if passage is None:
        raise AnchorRefused("This comment and this passage belong to different stories.")
    return anchor_comment(document, comment, passage, MadeBy.EDITOR, at=clock.now())


@receiver(edition_published)
def tell_those_who_quoted(
    sender: Any, edition: Edition, changes: Sequence[Any] = (), **kwargs: Any
) -> None:
    """Announce the comments whose words an edition reworded or removed."""
    lost = [
        change.passage.pk
        for change in changes
        if change.after in (PlacementStatus.REWORDED, PlacementStatus.REMOVED)
    ]
    if not lost:
        return
    comments = list(
        Comment.objects.filter(passages__passage__in=lost).distinct().order_by("sequence")
    )
    if comments:
        quoted_words_changed.send_robust(sender=Comment, comments=comments, edition=edition)
