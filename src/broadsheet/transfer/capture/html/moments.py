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
    {"bg", "ca", "cs", "da", "de", "el", "es", "fi", "fr", "gl", "hr", "id", "it", "nb", "nl", "nn"}
    | {"no", "pl", "pt", "ro", "ru", "sk", "sv", "tr", "uk", "vi"}
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
        """Find the first date that the elements give.

        One for machines goes before a visible one, and one of a change counts only if alone; a day
        and a visible time of that day complete each other.
        """
        first: FoundDate | None = None
        shown: FoundDate | None = None
        changed: FoundDate | None = None
        for node in nodes:
            machine, visible = self._machine(node), self._visible(node)
            if not node.classes.isdisjoint(_CHANGE_CLASSES) and "published" not in node.classes:
                changed = changed or machine or visible
                continue
            if machine is not None and (first is None or machine.completes(first)):
                first = machine
            if visible is not None and (shown is None or visible.completes(shown)):
                shown = visible
            if first is not None and not first.is_day_only:
                return first
        if first is not None and shown is not None:
            return shown if shown.completes(first) else first
        return first or shown or changed

    def at(self, node: Node) -> FoundDate | None:
        """Read the date of one element, if it is one that gives a date."""
        return self.of([node])

    def _machine(self, node: Node) -> FoundDate | None:
        is_dated = _is_dated(node)
        for name in ("datetime", "content", "title", "data-datetime", "data-time"):
            value = node.attributes.get(name)
            if value and (is_dated or name == "datetime" or node.tag == "abbr"):
                found = read_machine_date(value)
                if found is None and name in {"title", "datetime"}:
                    found = find_date(value, order=self._order)
                if found is not None and found.at is not None:
                    return found
        return None

    def _visible(self, node: Node) -> FoundDate | None:
        if not _is_dated(node) and "datetime" not in node.attributes:
            return None
        return self.in_text(self._page.brief(node))

    def in_text(self, text: str) -> FoundDate | None:
        return find_date(text, order=self._order)


def _is_dated(node: Node) -> bool:
    return (
        node.tag == "time"
        or bool(properties(node) & _DATE_PROPERTIES)
        or class_matches(node, DATE_CLASS)
    )
