"""A thread as Web Annotations (W3C Web Annotation Data Model, 2017), to be read only.

Each comment is one annotation, and its id is the comment's: ``/a/77/`` is the annotation that
``/c/77/`` shows in its thread. A proposed correction has a comment, whose words are its reason, and
is one annotation with it. Typographical proposals stand in no thread and are not public, so there
is no annotation of them. An annotation is about the story (``source``, its one address) in the state
in which the words were marked (``state``: when, and the edition's own address).

Bodies are HTML, as the paper shows them: old comments were not written in Markdown. Positions count
Unicode code points of one block's text, white space collapsed (:mod:`broadsheet.passages.canonical`);
a passage over several blocks has its quote only. ``rights`` is left out: nobody was asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broadsheet.corrections.models import Proposal
from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.models import Comment
from broadsheet.passages.canonical import BlockSpan
from broadsheet.record.models import Passage

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
CONTAINER_CONTEXT = "http://www.w3.org/ns/ldp.jsonld"
PER_PAGE = 100
FRAGMENTS = "http://tools.ietf.org/rfc/rfc3236"


@dataclass(frozen=True)
class MarkedEdition:
    """An edition in which words were marked, and where its blocks stand in its text."""

    number: int
    published_at: dt.datetime
    blocks: Sequence[BlockSpan]


@dataclass(frozen=True)
class Annotated:
    """What the annotations of one story are made from besides its comments.

    ``proposals`` by comment; ``editions``, in which words were marked, by their key.
    """

    origin: str
    path: str
    language: str
    headline: str
    proposals: Mapping[int, Proposal]
    editions: Mapping[int, MarkedEdition]

    @property
    def story(self) -> str:
        return self.origin + self.path

    @property
    def container(self) -> str:
        return f"{self.story}annotations/"


def annotation_iri(origin: str, comment_id: int) -> str:
    return f"{origin}/a/{comment_id}/"


def annotation_data(comment: Comment, about: Annotated) -> dict[str, Any]:
    """Describe one comment; ``@context`` is for who puts it into a document of its own."""
    proposal = about.proposals.get(comment.pk)
    targets = _targets(comment, proposal, about)
    data: dict[str, Any] = {
        "id": annotation_iri(about.origin, comment.pk),
        "type": "Annotation",
        "motivation": _motivation(comment, proposal),
        "body": _bodies(comment, proposal, about),
        "target": targets[0] if len(targets) == 1 else targets,
    }
    if comment.posted_at:
        data["created"] = instant(comment.posted_at)
    version = comment.shown_versions[0] if comment.shown_versions else None
    if version and version.number > 1 and version.valid_from:
        data["modified"] = instant(version.valid_from)
    if creator := _creator(comment, about.origin):
        data["creator"] = creator
    return data


def _motivation(comment: Comment, proposal: Proposal | None) -> str:
    if proposal:
        return "editing"
    if comment.kind == CommentKind.PINGBACK:
        return "linking"
    return "replying" if comment.parent_id else "commenting"


def _creator(comment: Comment, origin: str) -> dict[str, str]:
    """Name who wrote it; nobody where that was not recorded."""
    if comment.author:
        return {
            "id": f"{origin}/by/{comment.author.slug}/",
            "type": "Person",
            "name": comment.author.name,
        }
    return {"type": "Person", "name": comment.name} if comment.name else {}


def _bodies(comment: Comment, proposal: Proposal | None, about: Annotated) -> list[dict[str, Any]]:
    said = {
        "type": "TextualBody",
        "value": comment.shown_versions[0].html if comment.shown_versions else "",
        "format": "text/html",
        "language": about.language,
    }
    if proposal is None:
        return [said]
    bodies: list[dict[str, Any]] = [{**said, "purpose": "describing"}]
    if proposal.words_erased_at is None:
        proposed = {
            "type": "TextualBody",
            "value": proposal.replacement,
            "format": "text/plain",
            "language": about.language,
            "purpose": "editing",
        }
        bodies.insert(0, proposed)
    if proposal.source_url:
        bodies.append(
            {"type": "SpecificResource", "source": proposal.source_url, "purpose": "linking"}
        )
    return bodies


def _targets(comment: Comment, proposal: Proposal | None, about: Annotated) -> list[Any]:
    """Return what it is about: what it answers, and the words that it marks; else the story."""
    targets: list[Any] = []
    if comment.parent_id:
        targets.append(annotation_iri(about.origin, comment.parent_id))
    passages = [link.passage for link in comment.shown_passages]
    if proposal and proposal.passage_id not in {passage.pk for passage in passages}:
        passages.insert(0, proposal.passage)
    targets += [_specific(passage, about) for passage in passages]
    return targets or [about.story]


def _specific(passage: Passage, about: Annotated) -> dict[str, Any]:
    edition = about.editions[passage.edition_id]
    return {
        "type": "SpecificResource",
        "source": about.story,
        "state": {
            "type": "TimeState",
            "sourceDate": instant(edition.published_at),
            "cached": f"{about.story}v/{edition.number}/",
        },
        "selector": selectors(passage, edition.blocks),
    }


def selectors(passage: Passage, blocks: Iterable[BlockSpan]) -> list[dict[str, Any]]:
    """Return selectors of a passage, each enough by itself: place in its block, and quote."""
    found: list[dict[str, Any]] = [
        {
            "type": "FragmentSelector",
            "value": f"b-{block.id}",
            "conformsTo": FRAGMENTS,
            "refinedBy": {
                "type": "TextPositionSelector",
                "start": passage.start - block.start,
                "end": passage.end - block.start,
            },
        }
        for block in blocks
        if block.start <= passage.start and passage.end <= block.end
    ]
    quote = {"type": "TextQuoteSelector", "exact": passage.exact}
    around = {"prefix": passage.prefix, "suffix": passage.suffix}
    return [*found, {**quote, **{name: words for name, words in around.items() if words}}]


def container_data(
    about: Annotated,
    *,
    total: int,
    modified: dt.datetime | None,
    iris: bool,
    first: Sequence[Comment] | None,
) -> dict[str, Any]:
    """Describe the container (Web Annotation Protocol, section 4) with its first page, if given."""
    data: dict[str, Any] = {
        "@context": [CONTEXT, CONTAINER_CONTEXT],
        "id": f"{about.container}?iris={int(iris)}",
        "type": ["BasicContainer", "AnnotationCollection"],
        "label": f"What readers say about “{about.headline}”",
        "total": total,
    }
    if modified:
        data["modified"] = instant(modified)
    if total:
        data["first"] = page_iri(about, 0, iris=iris)
        data["last"] = page_iri(about, last_page(total), iris=iris)
    if total and first is not None:
        data["first"] = _page(about, first, number=0, total=total, iris=iris)
    return data


def page_data(
    about: Annotated, comments: Sequence[Comment], *, number: int, total: int, iris: bool
) -> dict[str, Any]:
    """Describe one page of the container."""
    return {
        "@context": CONTEXT,
        **_page(about, comments, number=number, total=total, iris=iris),
        "partOf": f"{about.container}?iris={int(iris)}",
    }


def _page(
    about: Annotated, comments: Sequence[Comment], *, number: int, total: int, iris: bool
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": page_iri(about, number, iris=iris),
        "type": "AnnotationPage",
        "startIndex": number * PER_PAGE,
    }
    if number > 0:
        data["prev"] = page_iri(about, number - 1, iris=iris)
    if number < last_page(total):
        data["next"] = page_iri(about, number + 1, iris=iris)
    data["items"] = [
        annotation_iri(about.origin, comment.pk) if iris else annotation_data(comment, about)
        for comment in comments
    ]
    return data


def page_iri(about: Annotated, number: int, *, iris: bool) -> str:
    return f"{about.container}?iris={int(iris)}&page={number}"


def last_page(total: int) -> int:
    """Return the number of the last page, from 0."""
    return max(total - 1, 0) // PER_PAGE


def instant(moment: dt.datetime) -> str:
    """Return an instant as ``xsd:dateTime`` in UTC, to the second."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
