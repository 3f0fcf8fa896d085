"""A story with a discussion of any size, invented, for measuring and for trying things out.

It is added to whatever the store holds, in a section of its own that stands in no page's head. For
one seed and number it is the same story each time, to the word and the instant; loaded again it
stands beside the first under another address.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from broadsheet.desk.adoption import adopt_document
from broadsheet.desk.editions import minting_authority
from broadsheet.discussion.actions import append_comments
from broadsheet.discussion.markdown import comment_html
from broadsheet.discussion.models import Comment
from broadsheet.discussion.storing import BATCH, NewComment
from broadsheet.record.actions import append_edition, create_document, free_slug, unlist_section
from broadsheet.record.content import (
    Block,
    BylineName,
    EditionContent,
    LeadImage,
    TopicName,
    text_to_inline,
)
from broadsheet.record.models import Author, Document, Section, Topic
from broadsheet.record.pictures import store_picture
from broadsheet.record.queries import current_path
from broadsheet.sample.invented import PUBLISHED_AT, RECENT, SEED, Said, body, discussion
from broadsheet.sample.loading import CONTENT

SAY_EVERY = 10_000
"""Comments after which progress is told."""


@dataclass(frozen=True)
class LoadedThread:
    """What was made: the story's address in the publication, and what it holds."""

    address: str
    path: str
    document: int
    comments: int
    seed: int


def load_corpus(
    count: int,
    *,
    seed: int = SEED,
    origin: str = "",
    say: Callable[[str], None] = lambda line: None,
) -> LoadedThread:
    """Publish an invented story with ``count`` comments; ``origin`` stands before its address.

    The comments come in transactions of :data:`BATCH`, so that a store in use is never held up for
    long; what is there after an interruption is a whole, shorter discussion.
    """
    document = _publish(count, seed)
    posted = 0
    for batch in _batches(document, discussion(count, seed)):
        append_comments(document_id=document.pk, comments=batch)
        posted += len(batch)
        if posted % SAY_EVERY == 0:
            say(f"  {posted:,} of {count:,} comments")
    path = current_path(document.pk)
    assert path is not None, "it was published above"
    return LoadedThread(f"{origin}{path}", path, document.pk, posted, seed)


@transaction.atomic
def _publish(count: int, seed: int) -> Document:
    section, is_new = Section.objects.get_or_create(
        slug="corpus", defaults={"name": "Corpus", "position": 99}
    )
    author, _ = Author.objects.get_or_create(slug="ada-rowan", defaults={"name": "Ada Rowan"})
    topic, _ = Topic.objects.get_or_create(
        kind="place", name="East Bridge", defaults={"slug": "east-bridge"}
    )
    picture = store_picture((CONTENT / "images" / "east-bridge.webp").read_bytes())
    paragraphs = body(seed)
    document = create_document(authority=minting_authority(), section=section)
    append_edition(
        document_id=document.pk,
        content=EditionContent(
            headline=f"A story with {count} comments",
            standfirst=paragraphs[0][:150],
            byline=(BylineName(author.slug, author.name, author.disclosure),),
            lead_image=LeadImage(picture, "A bridge.", "The bridge.", "Drawing: the sample"),
            blocks=tuple(
                Block(f"b{number}", "paragraph", html=text_to_inline(text))
                for number, text in enumerate(paragraphs, 1)
            ),
            topics=(TopicName(topic.slug, topic.name, topic.kind),),
        ),
        kind="",
        published_by=author.name,
        slug=free_slug(f"a-story-with-{count}-comments", first_published_at=PUBLISHED_AT),
        at=PUBLISHED_AT,
    )
    document.refresh_from_db()
    adopt_document(document)
    if is_new:
        # Its page at the desk listed it.
        unlist_section(section.pk)
    return document


def _batches(document: Document, said: Iterator[Said]) -> Iterator[list[NewComment]]:
    """Turn what is to be said into comments, :data:`BATCH` at a time."""
    # Replies go to recent comments only; older ones need not be held in memory.
    recent: deque[Comment] = deque(maxlen=RECENT)
    place = 0
    while taken := list(islice(said, BATCH)):
        batch = []
        for each in taken:
            parent = None if each.parent is None else recent[each.parent - place]
            comment = Comment(
                document=document,
                parent=parent,
                depth=parent.depth + 1 if parent else 1,
                name=each.name,
                posted_at=each.at,
            )
            batch.append(NewComment(comment, each.text, comment_html(each.text), at=each.at))
            recent.append(comment)
            place += 1
        yield batch
