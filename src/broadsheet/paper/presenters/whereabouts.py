"""A passage through the editions: where its words stand in each, and the comments about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from broadsheet.paper.presenters.editions import EditionView
from broadsheet.paper.presenters.passages import in_context
from broadsheet.passages import Status
from broadsheet.record.models import Passage
from broadsheet.record.placements import Chain


@dataclass(frozen=True)
class Whereabouts:
    """A run of editions in which a passage stands alike: the first of them, and the words there."""

    view: EditionView
    status: str
    words: SafeString | str


def whereabouts(passage: Passage, editions: Sequence[EditionView]) -> list[Whereabouts]:
    """Return where a passage was marked, and each edition that changed how it stands."""
    chain = Chain(passage.document_id)
    told: list[Whereabouts] = []
    before: tuple[str, str] | None = None
    for view in editions:
        placement = chain.placement(passage, view.edition.pk)
        if placement is None:
            continue
        words = ""
        shown: SafeString | str = ""
        if placement.start is not None and placement.end is not None:
            words = view.edition.canonical_text[placement.start : placement.end]
            shown = in_context(view.edition, placement.start, placement.end)
        is_first = view.edition.pk == passage.edition_id
        status = "marked" if is_first else str(placement.status)
        now = (status if status != Status.INTACT else "marked", words)
        if now != before:
            told.append(Whereabouts(view, status, shown))
        before = now
    return told
