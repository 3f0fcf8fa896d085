"""The body of a page that marks nothing, by trafilatura's reading of its layout."""

from __future__ import annotations

from lxml import etree

from broadsheet.transfer.capture.html.addresses import Addresses
from broadsheet.transfer.capture.html.body import BodyReader
from broadsheet.transfer.capture.html.page import Page, parse_page
from broadsheet.transfer.capture.model import CapturedBlock, CaptureUnreadable

# trafilatura copies trees again and again, and by recursion; beyond this it is not asked.
_LARGEST_PAGE = 3 * 1024 * 1024  # characters
_DEEPEST_PAGE = 200  # elements inside each other


def unmarked_body(text: str, page: Page, addresses: Addresses) -> tuple[CapturedBlock, ...]:
    """Find the text of a story in a page without marks; empty if there is none."""
    if len(text) > _LARGEST_PAGE or _depth(page) > _DEEPEST_PAGE:
        return ()
    import trafilatura

    try:
        extracted = trafilatura.extract(
            text, output_format="html", include_comments=False, include_links=True,
            include_images=True, include_formatting=True,
        )  # fmt: skip
        body = parse_page(extracted) if extracted else None
    except (CaptureUnreadable, ValueError, TypeError, AttributeError, KeyError, IndexError,
            RecursionError, etree.LxmlError):  # fmt: skip
        # Whatever it stumbles over, the page simply has no text that could be found.
        return ()
    if body is None:
        return ()
    return BodyReader(body, addresses, ()).read([body.nodes[0]])


def _depth(page: Page) -> int:
    deepest = 0
    open_ends: list[int] = []
    for node in page.nodes:
        while open_ends and open_ends[-1] <= node.index:
            open_ends.pop()
        open_ends.append(node.end)
        deepest = max(deepest, len(open_ends))
    return deepest
