"""The story page: an edition, its notes, and the thread beneath."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from broadsheet import clock
from broadsheet.corrections.models import Proposal
from broadsheet.corrections.queries import proposals_of_story
from broadsheet.discussion.heat import hot_branches
from broadsheet.discussion.pages import (
    ThreadPage,
    add_passages,
    comment_count,
    talked_about,
    thread_page,
)
from broadsheet.discussion.queries import is_closed
from broadsheet.discussion.questions import Questions, thread_questions
from broadsheet.paper.memento import compact
from broadsheet.paper.presenters.cards import LEAD_SIZES, headline_of
from broadsheet.paper.presenters.editions import EditionView, edition_views, first_published
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.paper.presenters.openness import OPEN, Openness, openness_of, openness_then
from broadsheet.paper.presenters.passages import Body, BodyBlock, body_of, talk_of
from broadsheet.paper.presenters.storylines import StorylineBox, storyline_boxes
from broadsheet.paper.presenters.structured import json_ld, story_data
from broadsheet.paper.presenters.thread import (
    NO_PACES,
    ThreadView,
    thread_view,
    thread_views,
)
from broadsheet.record.content import EditionContent
from broadsheet.record.models import Document, Edition, Passage, Section
from broadsheet.record.queries import edition_at, editions_of, what_there_is, with_notes
from broadsheet.record.rendering import block_html, picture_html
from broadsheet.record.storyline_queries import Line, lines_with


@dataclass(frozen=True)
class StoryView:
    """All that the story's template prints."""

    content: EditionContent
    body: Body
    path: str
    section: Section | None
    published: Moment | None
    editions: Sequence[EditionView]
    current: EditionView | None
    withdrawn: Moment | None
    imported: Moment | None
    source: str
    thread: ThreadView
    comment_count: int
    claimed_comments: int | None
    structured: SafeString | str
    document_id: int | None
    sequence: int = 0
    """The document's journal number, read before the rest: what happens later has a higher one."""
    openness: Openness = OPEN
    openness_then: Openness | None = None
    """How open the discussion was at a past moment, where that was kept."""
    is_preview: bool = False
    is_past: bool = False
    storylines: Sequence[StorylineBox] = ()
    next_edition_at: dt.datetime | None = None
    """The last second in which a past edition was in force."""

    @property
    def has_reconstructions(self) -> bool:
        return any(item.reconstructed for item in self.editions)

    @property
    def write_path(self) -> str:
        return f"{self.path}comment/"

    @property
    def notes(self) -> list[EditionView]:
        """The editions whose notes readers are shown, the newest first."""
        return [item for item in reversed(self.editions) if item.note]

    @property
    def standings(self) -> list[EditionView]:
        """The editions that gave the story its standing and those before it, the newest first."""
        return [item for item in reversed(self.editions) if item.standing]

    @property
    def retraction(self) -> EditionView | None:
        """The edition that retracted the story: its note stands where the text stood."""
        return self.current if self.current and self.current.is_retraction else None

    @property
    def has_text(self) -> bool:
        """Say whether the text stands on the page: not of a story that was taken back."""
        return self.retraction is None and (self.withdrawn is None or self.is_past)

    @property
    def headline(self) -> str:
        return headline_of(self.content, is_retracted=self.retraction is not None)

    def lead_picture(self) -> SafeString | str:
        lead = self.content.lead_image
        if lead is None:
            return ""
        return picture_html(lead.picture, alt=lead.alt, sizes=LEAD_SIZES, eager=True)


class EditionWithheld(LookupError):
    """The words of the edition that was in force are removed by law."""

    def __init__(self, edition: Edition) -> None:
        super().__init__(f"{edition} is withheld")
        self.edition = edition


def story_view(
    document: Document, *, path: str, around: Frame, at: dt.datetime | None = None
) -> StoryView | None:
    """Return a story as it stood at a moment, or ``None`` before its first edition.

    Five statements: what there is, editions, their notes, roots, and comments. Where words of it were
    ever marked, three more: passages with their counts, what the comments are about, and what was
    proposed; one for storylines with all their stories, one for questions and one for branches that
    are slow, if there are any. At a past moment also the edition, the count, and the alignments if
    passages are to be carried.
    """
    edition = edition_at(document, at)
    if edition is None:
        return None
    if edition.withheld_at is not None:
        raise EditionWithheld(edition)
    editions = list(
        with_notes(editions_of(document, at), at).defer(
            "body_html", "canonical_text", "content_data"
        )
    )
    has = what_there_is(document)
    talked = talked_about(document, at) if has.passages else []
    comments = thread_page(document, at=at)
    if talked:
        add_passages(comments.comments, at)
    questions = thread_questions(document, at)
    return _view(
        document,
        edition,
        editions,
        comments,
        talked,
        path=path,
        around=around,
        at=at,
        is_past=at is not None,
        questions=questions,
        lines=lines_with(document, at) if has.storylines else (),
        has_proposals=has.passages,
    )


def past_edition_view(
    document: Document, edition: Edition, *, path: str, around: Frame
) -> StoryView:
    """Return one edition by itself, without thread: its text, whatever came later."""
    editions = list(
        with_notes(editions_of(document, edition.published_at)).defer(
            "body_html", "canonical_text", "content_data"
        )
    )
    return _view(
        document, edition, editions, ThreadPage([]), [], path=path, around=around, is_past=True
    )


def _view(
    document: Document,
    edition: Edition,
    editions: Sequence[Edition],
    page: ThreadPage,
    talked: Sequence[tuple[Passage, int]],
    *,
    path: str,
    around: Frame,
    is_past: bool,
    at: dt.datetime | None = None,
    questions: Questions | None = None,
    lines: Sequence[Line] = (),
    has_proposals: bool = True,
) -> StoryView:
    content = edition.content
    thread = getattr(document, "thread", None)
    if at is None:
        count = thread.comment_count if thread and not is_past else 0
    else:
        count = comment_count(document, at)
    below = f"at/{compact(at)}/" if at else ""
    comments = page.comments
    talk = talk_of(comments, edition, path, talked)
    now = clock.now()
    closed = not is_past and is_closed(thread, now)
    carried: Mapping[int, list[Proposal]] = {}
    proposed: Mapping[int, Proposal] = {}
    if has_proposals:
        carried, proposed = proposals_of_story(
            [each.pk for each in editions], [each.pk for each in comments], at
        )
    views = edition_views(editions, around, path, proposals=carried)
    boxes = storyline_boxes(lines, document.pk, around.zone, below)
    structured = story_data(
        document=document,
        edition=edition,
        editions=views,
        content=content,
        comments=comments,
        comment_count=count,
        storylines=boxes,
        around=around,
        path=path,
    )
    return StoryView(
        content=content,
        body=body_of(edition, content, talk),
        path=path,
        section=document.section,
        published=moment(first_published(document, editions), around.zone),
        editions=views,
        current=next(view for view in views if view.edition.pk == edition.pk),
        withdrawn=moment(document.withdrawn_at, around.zone)
        if document.withdrawn_at and (at is None or document.withdrawn_at <= at)
        else None,
        imported=moment(document.imported_at, around.zone) if document.imported_at else None,
        source=document.source,
        thread=thread_view(
            thread_views(
                page,
                zone=around.zone,
                path=path,
                talk=talk,
                proposals=proposed,
                below=below,
                at=at,
                paces=NO_PACES if is_past else hot_branches(thread, now),
                is_closed=closed,
            ),
            page,
            path=path,
            below=below,
            with_orders=count > 1,
            questions=questions,
        ),
        comment_count=count,
        claimed_comments=thread.claimed_comments if thread else None,
        structured="" if is_past else json_ld(structured),
        document_id=document.pk,
        sequence=document.head_sequence,
        openness_then=openness_then(document, at, around.zone) if at else None,
        openness=OPEN if is_past else openness_of(thread, now, around.zone),
        is_past=is_past,
        storylines=boxes,
        next_edition_at=_end_of_force(document, edition),
    )


def _end_of_force(document: Document, edition: Edition) -> dt.datetime | None:
    """Return the last second in which an edition was in force; of the one that is: ``None``."""
    if document.edition_id == edition.pk:
        return None
    following = (
        Edition.objects.filter(document=document, published_at__gt=edition.published_at)
        .order_by("published_at")
        .values_list("published_at", flat=True)
        .first()
    )
    return following - dt.timedelta(seconds=1) if following else None


def preview_view(
    content: EditionContent, *, document: Document | None, section: Section | None, path: str
) -> StoryView:
    """Return a story that is not saved, as its page would show it."""
    return StoryView(
        content=content,
        body=Body([BodyBlock(block.id, block_html(block), False) for block in content.blocks]),
        path=path,
        section=section,
        published=None,
        editions=[],
        current=None,
        withdrawn=None,
        imported=None,
        source="",
        thread=ThreadView([]),
        comment_count=0,
        claimed_comments=None,
        structured="",
        document_id=document.pk if document else None,
        is_preview=True,
    )
