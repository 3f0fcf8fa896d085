"""The history of a story: its editions, and the difference between any two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.paper.presenters.cards import and_list
from broadsheet.paper.presenters.editions import EditionView
from broadsheet.passages import Fate, ParagraphChange, align, difference
from broadsheet.record.alignments import alignment_between
from broadsheet.record.content import EditionContent
from broadsheet.record.models import Edition

AROUND = 1
"""Unchanged paragraphs that are shown before and after a changed one."""


@dataclass(frozen=True)
class PartChange:
    """A part of the edition beside its body (headline, byline, picture …) that changed."""

    name: str
    changes: Sequence[ParagraphChange]
    remark: str = ""


@dataclass(frozen=True)
class ShownParagraph:
    """A paragraph of the difference, or a number of paragraphs that did not change."""

    change: ParagraphChange | None
    unchanged: int = 0


@dataclass(frozen=True)
class Difference:
    """What changed from one edition to another."""

    earlier: EditionView
    later: EditionView
    parts: Sequence[PartChange]
    body: Sequence[ShownParagraph]

    @property
    def is_empty(self) -> bool:
        return not self.parts and all(item.change is None for item in self.body)


def difference_of(earlier: EditionView, later: EditionView) -> Difference:
    """Compare two editions, the parts beside the body first. Two statements."""
    whole = Edition.objects.in_bulk([earlier.edition.pk, later.edition.pk])
    old, new = whole[earlier.edition.pk], whole[later.edition.pk]
    body = difference(alignment_between(old, new), old.canonical_text, new.canonical_text)
    return Difference(earlier, later, _parts(old.content, new.content), _shortened(body))


def _parts(old: EditionContent, new: EditionContent) -> list[PartChange]:
    texts = [
        ("Headline", old.headline, new.headline),
        ("Short headline", old.short_headline, new.short_headline),
        ("Standing", old.standing_label, new.standing_label),
        ("What the standing rests on", old.standing_basis, new.standing_basis),
        ("Standfirst", old.standfirst, new.standfirst),
        ("Byline", _byline(old), _byline(new)),
        ("Dateline", old.dateline, new.dateline),
        ("Caption of the lead image", _caption(old), _caption(new)),
        ("Topics", _topics(old), _topics(new)),
    ]
    parts = [
        PartChange(name, difference(align(before, after), before, after))
        for name, before, after in texts
        if before != after
    ]
    pictures = (_pictures(old), _pictures(new))
    if pictures[0] != pictures[1]:
        parts.append(PartChange("Pictures", (), _remark(*pictures)))
    return parts


def _byline(content: EditionContent) -> str:
    return and_list(
        [
            f"{name.name} ({name.disclosed})" if name.disclosed else name.name
            for name in content.byline
        ]
    )


def _caption(content: EditionContent) -> str:
    lead = content.lead_image
    if lead is None:
        return ""
    return "\n\n".join(part for part in (lead.caption, lead.credit, lead.alt) if part)


def _topics(content: EditionContent) -> str:
    return ", ".join(topic.name for topic in content.topics)


def _pictures(content: EditionContent) -> list[str]:
    """Return what identifies each picture, the lead image first."""
    lead = [content.lead_image.picture.digest] if content.lead_image else []
    blocks = (block for block in content.blocks if block.type == "image")
    return [*lead, *(block.picture.digest if block.picture else block.url for block in blocks)]


def _remark(old: Sequence[str], new: Sequence[str]) -> str:
    added, removed = len(set(new) - set(old)), len(set(old) - set(new))
    if added and added == removed:
        return "1 picture was replaced." if added == 1 else f"{added} pictures were replaced."
    said = [
        f"{count} picture{'' if count == 1 else 's'} {verb}"
        for count, verb in ((added, "added"), (removed, "removed"))
        if count
    ]
    return f"{', '.join(said)}." if said else "The order of the pictures changed."


def _shortened(body: Sequence[ParagraphChange]) -> list[ShownParagraph]:
    """Leave out paragraphs that did not change, but for those beside a change."""
    changed = [index for index, item in enumerate(body) if item.fate is not Fate.SAME]
    near = {
        neighbour for index in changed for neighbour in range(index - AROUND, index + AROUND + 1)
    }
    shown: list[ShownParagraph] = []
    left_out = 0
    for index, item in enumerate(body):
        if index in near:
            if left_out:
                shown.append(ShownParagraph(None, left_out))
                left_out = 0
            shown.append(ShownParagraph(item))
        else:
            left_out += 1
    if left_out:
        shown.append(ShownParagraph(None, left_out))
    return shown
