"""Comments that may be about words which a later edition changed, for an editor to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.discussion.models import Comment, CommentPassage
from broadsheet.discussion.queries import thread_comments
from broadsheet.passages.quotations import mentions
from broadsheet.record.models import Document, Edition, Passage
from broadsheet.record.queries import editions_of

WIDEST = 120
"""Code points of a passage to which a mention inside it is added instead of standing alone."""


@dataclass(frozen=True)
class CommentAbout:
    """A comment that is, or may be, about a span of an edition; ``replies`` stand below it."""

    comment: Comment
    text: str
    start: int
    end: int
    words: str
    replies: int = 0

    @property
    def value(self) -> str:
        """What the form sends for it."""
        return f"{self.comment.pk}:{self.start}:{self.end}"


@dataclass(frozen=True)
class CommentsAbout:
    """The comments of a story, seen from the words of one edition."""

    linked: Sequence[CommentAbout]
    suggested: Sequence[CommentAbout]
    others: Sequence[CommentAbout]


def edition_after(document: Document, edition: Edition) -> Edition | None:
    """Return the edition that came next in time."""
    return (
        editions_of(document)
        .filter(published_at__gt=edition.published_at)
        .order_by("published_at", "number")
        .first()
    )


def comments_about(document: Document, edition: Edition) -> CommentsAbout:
    """Sort the comments of a story: about words of the edition, perhaps about words that it alone
    has, and the others.

    Replies belong to what they answer, so those below a comment that is about some words already,
    or may be, are counted with it.
    """
    later = edition_after(document, edition)
    comments = thread_comments(document)
    passages = list(Passage.objects.filter(edition=edition).order_by("pk"))
    linked: list[CommentAbout] = []
    suggested: list[CommentAbout] = []
    others: list[CommentAbout] = []
    # Comments that are about words, or stand below such a one: by their id the one above.
    settled: dict[int, int] = {}
    below: dict[int, int] = {}
    for comment in comments:
        if comment.parent_id in settled:
            top = settled[comment.pk] = settled[comment.parent_id]
            below[top] = below.get(top, 0) + 1
            continue
        text = comment.shown_versions[0].text if comment.shown_versions else ""
        here = [link for link in comment.shown_passages if link.passage.edition_id == edition.pk]
        if comment.shown_passages:
            settled[comment.pk] = comment.pk
            linked += [_linked(comment, text, link) for link in here]
        elif later and (found := mentions(text, edition.canonical_text, later.canonical_text)):
            settled[comment.pk] = comment.pk
            start, end = _widened(found[0].start, found[0].end, passages)
            words = edition.canonical_text[start:end]
            suggested.append(CommentAbout(comment, text, start, end, words))
        elif text:
            others.append(CommentAbout(comment, text, 0, 0, ""))
    return CommentsAbout(_with_replies(linked, below), _with_replies(suggested, below), others)


def _linked(comment: Comment, text: str, link: CommentPassage) -> CommentAbout:
    passage = link.passage
    return CommentAbout(comment, text, passage.start, passage.end, passage.exact)


def _widened(start: int, end: int, passages: Sequence[Passage]) -> tuple[int, int]:
    """Return the smallest passage around a span that readers speak of already, or the span."""
    around = [
        (passage.end - passage.start, passage.start, passage.end)
        for passage in passages
        if passage.start <= start and end <= passage.end and passage.end - passage.start <= WIDEST
    ]
    return min(around)[1:] if around else (start, end)


def _with_replies(found: Sequence[CommentAbout], below: dict[int, int]) -> list[CommentAbout]:
    return [
        CommentAbout(
            item.comment, item.text, item.start, item.end, item.words, below.get(item.comment.pk, 0)
        )
        for item in found
    ]
