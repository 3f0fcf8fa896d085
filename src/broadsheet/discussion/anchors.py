"""Which words of the story a comment is about.

The writer marks them, or quotes them and they are recognised, or an editor says so of an old
comment. Each is an entry of the journal; the passage itself belongs to the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from broadsheet import clock
from broadsheet.discussion.enums import MadeBy, Origin
from broadsheet.discussion.models import Comment, CommentPassage, CommentVersion
from broadsheet.discussion.signals import quoted_words_changed
from broadsheet.passages.quotations import may_quote, quotations
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.enums import EntryKind, PlacementStatus
from broadsheet.record.models import Document, Edition, Passage, Reconstruction
from broadsheet.record.placements import MAX_PASSAGE, keep_passage
from broadsheet.record.signals import document_changed, edition_published

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
    document: Document,
    said: Sequence[tuple[Comment, str]],
    *,
    at: dt.datetime,
    may_link: Callable[[Comment, Edition], bool] = lambda comment, edition: True,
) -> list[CommentPassage]:
    """Recognise the words of the story that comments quote, where there is no doubt.

    Looked for in every edition, the newest first, since a reader may quote words that are gone;
    ``may_link`` can rule one out. The document is locked by the running transaction. No statement
    when nothing is quoted.
    """
    links = [
        anchor_comment(document, comment, passage, MadeBy.QUOTATION, at=at)
        for comment, passage in quoted_passages(document, said, may_link=may_link)
    ]
    return [link for link in links if link]


def quoted_passages(
    document: Document,
    said: Sequence[tuple[Comment, str]],
    *,
    may_link: Callable[[Comment, Edition], bool] = lambda comment, edition: True,
) -> list[tuple[Comment, Passage]]:
    """Return the passages that comments quote, kept; see :func:`link_quotations`."""
    said = [(comment, text) for comment, text in said if may_quote(text)]
    if not said:
        return []
    editions = list(
        Edition.objects.filter(document=document)
        .only("document_id", "number", "published_at", "canonical_text")
        .order_by("-published_at", "-number")
    )
    for edition in editions:
        edition.document = document
    texts = [edition.canonical_text for edition in editions]
    quoted = []
    for comment, text in said:
        for found in quotations(text, texts)[:MAX_RECOGNISED]:
            if not may_link(comment, editions[found.text]):
                continue
            passage = keep_passage(editions[found.text], found.start, found.end)
            quoted.append((comment, passage))
    return quoted


@transaction.atomic
def relink_quotations(*, document_id: int) -> list[CommentPassage]:
    """Recognise quotations in comments that are about no words yet, as after a reconstruction.

    Who wrote here could refuse to have a quotation recognised; so their comments are put only to
    words of editions that were not in the record when they wrote.
    """
    document = lock_document(document_id)
    versions = (
        CommentVersion.objects.filter(
            comment__document=document, comment__passages=None, valid_to=None
        )
        .select_related("comment")
        .order_by("comment__sequence")
    )
    added = dict(
        Reconstruction.objects.filter(edition__document=document).values_list("edition_id", "at")
    )

    def may_link(comment: Comment, edition: Edition) -> bool:
        if comment.origin == Origin.IMPORTED or comment.posted_at is None:
            return True
        return edition.pk in added and comment.posted_at < added[edition.pk]

    return link_quotations(
        document,
        [(version.comment, version.text) for version in versions],
        at=clock.now(),
        may_link=may_link,
    )


@transaction.atomic
def anchor_to_words(
    *, document_id: int, edition_number: int, chosen: Sequence[tuple[int, int, int]]
) -> list[CommentPassage]:
    """Put comments to words of an edition, as an editor sees them.

    ``chosen`` holds the comment's id and the span of the edition's canonical text. What was said
    before is left out of the result. Raises :class:`AnchorRefused`, and then nothing is changed.
    """
    document = lock_document(document_id)
    edition = Edition.objects.filter(document=document, number=edition_number).first()
    if edition is None:
        raise AnchorRefused(f"There is no edition {edition_number} of this story.")
    comments = Comment.objects.filter(document=document).in_bulk([pk for pk, _, _ in chosen])
    links = []
    for pk, start, end in chosen:
        if pk not in comments:
            raise AnchorRefused("One of these comments is not on this story.")
        if not 0 <= start < end <= min(len(edition.canonical_text), start + MAX_PASSAGE):
            raise AnchorRefused(f"These words are not in edition {edition_number}.")
        passage = keep_passage(edition, start, end)
        links.append(anchor_comment(document, comments[pk], passage, MadeBy.EDITOR, at=clock.now()))
    if any(links):
        transaction.on_commit(
            lambda: document_changed.send_robust(sender=Document, document=document), robust=True
        )
    return [link for link in links if link]


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
        Comment.objects.filter(passages__passage__in=lost, removed_at=None)
        .distinct()
        .order_by("sequence")
    )
    if comments:
        quoted_words_changed.send_robust(sender=Comment, comments=comments, edition=edition)
