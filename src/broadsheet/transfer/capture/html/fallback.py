"""The body of a page that marks nothing, by trafilatura's reading of its layout."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from broadsheet.transfer.capture.html.addresses import Addresses
from broadsheet.transfer.capture.html.body import BodyReader
from broadsheet.transfer.capture.html.content import Content
from broadsheet.transfer.capture.html.page import Node, Page, parse_page
from broadsheet.transfer.capture.model import CapturedBlock

# What it thinks of a page is of no interest where no logging is set up.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

# trafilatura copies trees by recursion, and its time grows with the square of some elements: 4,000
# list items take four seconds. Beyond these bounds it is not asked.
_MOST_NODES = 4000
_LARGEST_PAGE = 2 * 1024 * 1024  # characters
_DEEPEST_PAGE = 200  # elements inside each other


def unmarked_body(
    text: str, page: Page, content: Content, addresses: Addresses, left_out: Iterable[Node]
) -> tuple[CapturedBlock, ...]:
    """Find the text of a story in a page without marks; empty if there is none."""
    is_small = len(page.nodes) <= _MOST_NODES and len(text) <= _LARGEST_PAGE
    if is_small and _depth(page) <= _DEEPEST_PAGE:
        extracted = _extracted(text)
        if extracted is not None:
            return BodyReader(extracted, addresses, ()).read([extracted.nodes[0]])
    densest = _densest(page, content)
    return BodyReader(page, addresses, left_out).read([densest]) if densest is not None else ()


def _extracted(text: str) -> Page | None:
    # The import takes as long as reading some pages, and most pages are marked.
    import trafilatura

    try:
        extracted = trafilatura.extract(
            text,
            output_format="html",
            include_comments=False,
            include_links=True,
            include_images=True,
            include_formatting=True,
        )
        return parse_page(extracted) if extracted else None
    except Exception:
        # Whatever it stumbles over, the page simply has no text that could be found.
        return None


def _densest(page: Page, content: Content) -> Node | None:
    """The element whose own paragraphs hold most words."""
    sums: dict[int, int] = {}
    for node in page.nodes:
        if node.tag == "p" and node.parent is not None and not content.is_left_out(node):
            place = node.parent.index
            sums[place] = sums.get(place, 0) + content.prose(node)
    best = max(sums, key=sums.__getitem__, default=None)
    return page.nodes[best] if best is not None and sums[best] else None


def _depth(page: Page) -> int:
    deepest = 0
    open_ends: list[int] = []
    for node in page.nodes:
        while open_ends and open_ends[-1] <= node.index:
            open_ends.pop()
        open_ends.append(node.end)
        deepest = max(deepest, len(open_ends))
    return deepest
