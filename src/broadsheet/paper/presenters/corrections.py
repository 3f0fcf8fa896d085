"""The corrections of the whole publication: as a list, in figures, and as a feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.html import format_html
from django.utils.safestring import SafeString

from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.queries import Figures
from broadsheet.paper.presenters.editions import EditionView, edition_view
from broadsheet.paper.presenters.feed import xml_text
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.moments import Moment, duration_in_words, moment
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Edition, Section
from broadsheet.record.queries import CorrectionCounts

PLURALS = {
    EditionKind.CORRECTION: ("correction", "corrections"),
    EditionKind.CLARIFICATION: ("clarification", "clarifications"),
    EditionKind.EDITORS_NOTE: ("editor’s note", "editor’s notes"),
    EditionKind.RETRACTION: ("retraction", "retractions"),
}


@dataclass(frozen=True)
class CorrectionView:
    """A correction with the story that it belongs to."""

    item: EditionView
    headline: str
    section: Section | None
    withdrawn: Moment | None
    told_at: dt.datetime
    urn: str

    @property
    def story_path(self) -> str:
        return self.item.story_path


def correction_views(editions: Iterable[Edition], zone: dt.tzinfo) -> list[CorrectionView]:
    """Make views of editions that came ``told`` from ``record.queries.corrections``. No statement."""
    return [_view(edition, zone) for edition in editions]


def _view(edition: Edition, zone: dt.tzinfo) -> CorrectionView:
    document = edition.document
    path = document.current_addresses[0].path
    return CorrectionView(
        item=edition_view(edition, zone, path, previous=edition.previous_number),  # type: ignore[attr-defined]  # annotated by the query
        headline=edition.headline,
        section=document.section,
        withdrawn=moment(document.withdrawn_at, zone) if document.withdrawn_at else None,
        told_at=edition.told_at,  # type: ignore[attr-defined]  # annotated by the query
        urn=f"tag:{document.authority}:edition/{edition.pk}",
    )


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to, as asked for; empty: not at all. ``wrong`` names what cannot be."""

    kind: str = ""
    section: str = ""
    year: str = ""
    words: str = ""
    wrong: Sequence[str] = ()

    @property
    def is_any(self) -> bool:
        return bool(self.kind or self.section or self.year or self.words)

    def query(self, **more: str) -> str:
        """Return the query of an address that asks for the same."""
        asked = {"kind": self.kind, "section": self.section, "year": self.year, "q": self.words}
        return f"?{urlencode({name: value for name, value in {**asked, **more}.items() if value})}"


@dataclass(frozen=True)
class FigureView:
    """A number and what it counts."""

    number: str
    what: str


def figure_views(counts: CorrectionCounts, proposed: Figures) -> list[list[FigureView]]:
    """Return the figures of the page: what was published, and how proposals fared."""
    published = [
        FigureView(f"{counts.by_kind[kind]:,}", _plural(counts.by_kind[kind], *PLURALS[kind]))
        for kind in PLURALS
    ]
    state = proposed.by_state
    received = [
        FigureView(f"{proposed.total:,}", _plural(proposed.total, "proposal", "proposals")),
        FigureView(f"{state[ProposalState.ACCEPTED]:,}", "accepted"),
        FigureView(f"{state[ProposalState.ACCEPTED_IN_PART]:,}", "accepted in part"),
        FigureView(f"{state[ProposalState.DECLINED]:,}", "declined"),
        FigureView(
            f"{state[ProposalState.DUPLICATE]:,}",
            _plural(state[ProposalState.DUPLICATE], "duplicate", "duplicates"),
        ),
        FigureView(f"{state[ProposalState.OPEN]:,}", "open"),
    ]
    if state[ProposalState.WITHDRAWN]:
        received.append(FigureView(f"{state[ProposalState.WITHDRAWN]:,}", "withdrawn"))
    return [published, received if proposed.total else []]


def median_in_words(proposed: Figures) -> str:
    return duration_in_words(proposed.median) if proposed.median is not None else ""


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


@dataclass(frozen=True)
class CorrectionEntry:
    """A correction in the Atom feed (RFC 4287); instants as RFC 3339 writes them."""

    urn: str
    title: str
    url: str
    published: str
    updated: str
    author: str
    category: str
    content: str


def correction_entry(view: CorrectionView, around: Frame) -> CorrectionEntry:
    """Make an entry: its id never changes, and it is updated when the note is superseded."""
    item, edition = view.item, view.item.edition
    path = item.difference_path or item.path
    return CorrectionEntry(
        urn=view.urn,
        title=xml_text(f"{item.label}: {view.headline}"),
        url=around.origin + path,
        published=_rfc3339(edition.published_at),
        updated=_rfc3339(view.told_at),
        author=xml_text(around.publication.name),
        category=str(edition.kind),
        content=xml_text(_content(view, around)),
    )


def _content(view: CorrectionView, around: Frame) -> SafeString:
    item = view.item
    credit = f" Spotted by {item.credit.name}." if item.credit else ""
    stamp = ""
    if item.reconstructed:
        stamp = f" Reconstructed on {item.reconstructed.at.day} from: {item.reconstructed.evidence}"
    return format_html(
        '<p><strong>{}, {}.</strong> {}{}{}</p><p><a href="{}">{}</a></p>',
        item.label,
        item.at.text,
        item.note,
        credit,
        stamp,
        around.origin + view.story_path,
        view.headline,
    )


def _rfc3339(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
