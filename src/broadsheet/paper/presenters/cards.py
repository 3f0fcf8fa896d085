"""A story in a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.safestring import SafeString
from django.utils.text import Truncator

from broadsheet.discussion.queries import comment_counts
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Edition
from broadsheet.record.rendering import picture_html

LEAD_SIZES = "(min-width: 64rem) 46rem, 100vw"
CARD_SIZES = "(min-width: 64rem) 11rem, (min-width: 40rem) 28vw, 6.2rem"


@dataclass(frozen=True)
class Card:
    edition: Edition
    content: EditionContent
    path: str
    published: Moment
    comment_count: int

    @property
    def is_retracted(self) -> bool:
        return self.edition.kind == EditionKind.RETRACTION

    @property
    def headline(self) -> str:
        return headline_of(self.content, is_retracted=self.is_retracted)

    @property
    def short_headline(self) -> str:
        return headline_of(self.content, is_retracted=self.is_retracted, is_short=True)

    @property
    def standfirst(self) -> str:
        return Truncator(self.content.standfirst).chars(240)

    @property
    def standing(self) -> str:
        return self.content.standing_label

    @property
    def names(self) -> str:
        return and_list([name.name for name in self.content.byline])

    @property
    def section(self) -> object:
        return self.edition.document.section

    def lead_picture(self) -> SafeString | str:
        return self._picture(LEAD_SIZES, eager=True)

    def picture(self) -> SafeString | str:
        return self._picture(CARD_SIZES, eager=False)

    def _picture(self, sizes: str, *, eager: bool) -> SafeString | str:
        lead = self.content.lead_image
        if lead is None:
            return ""
        # In a list the headline beside it says what the link is; the picture would say it twice.
        return picture_html(lead.picture, alt="", sizes=sizes, eager=eager)


class Headed(Protocol):
    """What has a headline, and perhaps a short one."""

    @property
    def headline(self) -> str: ...

    @property
    def short_headline(self) -> str: ...


def headline_of(content: Headed, *, is_retracted: bool, is_short: bool = False) -> str:
    """Return the headline as printed: that of a retracted story says so."""
    headline = (is_short and content.short_headline) or content.headline
    return f"Retracted: {headline}" if is_retracted else headline


def and_list(names: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def cards(editions: Iterable[Edition], around: Frame) -> list[Card]:
    """Make cards of editions that came from ``editions_in_force``. One more statement."""
    found = list(editions)
    counts = comment_counts(edition.document_id for edition in found)
    return [card(edition, counts.get(edition.document_id, 0), around) for edition in found]


def card(edition: Edition, comment_count: int, around: Frame) -> Card:
    addresses = edition.document.current_addresses
    first = edition.document.first_published_at or edition.published_at
    return Card(
        edition=edition,
        content=edition.content,
        path=addresses[0].path,
        published=moment(first, around.zone),
        comment_count=comment_count,
    )
