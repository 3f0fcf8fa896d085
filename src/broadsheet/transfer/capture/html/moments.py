"""When something on a page was said: machine-readable first, else the visible date."""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.transfer.capture.dates import (
    DayOrder,
    FoundDate,
    day_order,
    find_date,
    read_machine_date,
)
from broadsheet.transfer.capture.html.markers import DATE_CLASS, class_matches, properties
from broadsheet.transfer.capture.html.page import Node, Page

_DATE_PROPERTIES = frozenset(
    {"datePublished", "dateCreated", "commentTime", "uploadDate", "datepublished"}
)
_CHANGE_CLASSES = frozenset({"updated", "modified", "dt-updated", "date-modified"})
# Where the day always comes first; English alone does not tell.
_DAY_FIRST = frozenset(
    "de fr es it pt nl sv da nb nn no fi pl cs sk ru uk tr ro el ca gl hu hr bg id vi".split()
)


class Moments:
    """Reads the dates of one page; figures are read in the order that the page itself proves."""

    def __init__(self, page: Page, language: str, texts: Iterable[str]):
        self._page = page
        proven = day_order(texts)
        self._order: DayOrder | None = proven
        if proven is None and language[:2].lower() in _DAY_FIRST:
            self._order = "dmy"

    def of(self, nodes: Iterable[Node]) -> FoundDate | None:
        """Find the first date that the elements give; one of a change counts only if alone."""
        best: FoundDate | None = None
        later: FoundDate | None = None
        for node in nodes:
            found = self.at(node)
            if found is None:
                continue
            if not node.classes.isdisjoint(_CHANGE_CLASSES) and "published" not in node.classes:
                later = later or found
            elif best is None:
                best = found
            elif self._is_more_exact(found, best):
                best = found
            if best is not None and best.at is not None and not best.is_day_only:
                return best
        return best or later

    def at(self, node: Node) -> FoundDate | None:
        """Read the date of one element, if it is one that gives a date."""
        machine = None
        is_dated = node.tag == "time" or bool(properties(node) & _DATE_PROPERTIES)
        is_dated = is_dated or class_matches(node, DATE_CLASS)
        for name in ("datetime", "content", "title", "data-datetime", "data-time"):
            value = node.attributes.get(name)
            if value and (is_dated or name == "datetime" or node.tag == "abbr"):
                machine = read_machine_date(value)
                if machine is None and name in {"title", "datetime"}:
                    machine = find_date(value, order=self._order)
                if machine is not None and machine.at is not None:
                    break
        if machine is not None and machine.at is not None and not machine.is_day_only:
            return machine
        if not is_dated and machine is None:
            return None
        visible = self.in_text(self._page.brief(node))
        if visible is None or visible.at is None:
            return machine or visible
        if machine is None or machine.at is None:
            return visible
        # A day for machines and a time for readers complete each other.
        return visible if visible.at.date() == machine.at.date() else machine

    def in_text(self, text: str) -> FoundDate | None:
        return find_date(text, order=self._order)

    @staticmethod
    def _is_more_exact(found: FoundDate, than: FoundDate) -> bool:
        if found.at is None:
            return False
        if than.at is None:
            return True
        return than.is_day_only and not found.is_day_only and found.at.date() == than.at.date()
