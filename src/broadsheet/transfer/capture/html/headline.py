"""The headline of a saved page, chosen between what is printed and what the head says."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from broadsheet.transfer.capture.html.addresses import unwrapped
from broadsheet.transfer.capture.html.content import Content
from broadsheet.transfer.capture.html.linked import LinkedData, text_in
from broadsheet.transfer.capture.html.markers import (
    HEADLINE_CLASS,
    class_matches,
    class_or_id_matches,
    properties,
)
from broadsheet.transfer.capture.html.meta import PageMeta
from broadsheet.transfer.capture.html.page import Node, Page
from broadsheet.transfer.capture.names import tidy

LONGEST_HEADLINE = 400  # characters
_MASTHEAD = re.compile(
    r"(?:site[-_]?(?:title|name|header|branding|description|logo)|masthead|logo|banner|branding|"
    r"blog[-_]?(?:title|name|header)|header|page-header-title|top-?bar)\Z"
)
_PARTS = re.compile(r"\s+(?:[|–—»«•·:/~]|::|-|->|>)\s+|\s*[|»]\s*")


def find_headline(
    page: Page, meta: PageMeta, linked: LinkedData, content: Content
) -> tuple[str, Node | None]:
    """Choose the headline; with it the element that prints it, if one does."""
    told = [
        text
        for value in (
            text_in((linked.story or {}).get("headline")),
            meta.get("og:title"),
            meta.get("twitter:title"),
            meta.get("dc.title"),
            meta.title,
        )
        if (text := tidy(_unescaped(value)))
    ]
    best: tuple[float, Node, str] | None = None
    for node in _printed(page, content):
        text = page.brief(node, LONGEST_HEADLINE)
        if not text:
            continue
        score = _score(page, node, text, told, meta, content)
        if best is None or score > best[0]:
            best = (score, node, text)
    if best is not None and best[0] >= 2:
        return best[2], best[1]
    for text in told:
        bare = without_site(text, meta.site_name)
        if bare:
            return bare[:LONGEST_HEADLINE], None
    if best is not None:
        return best[2], best[1]
    return "", None


def _printed(page: Page, content: Content) -> Iterable[Node]:
    for node in page.nodes:
        if content.is_left_out(node) and node.tag != "h1":
            continue
        kinds = properties(node)
        is_heading = node.tag in {"h1", "h2", "h3"}
        if (
            node.tag == "h1"
            or "headline" in kinds
            or (
                (is_heading or node.tag in {"div", "span", "a", "p", "td", "font"})
                and class_matches(node, HEADLINE_CLASS)
            )
            or (node.tag in {"h2", "h3"} and not content.is_body(node))
        ):
            yield node


def _score(
    page: Page, node: Node, text: str, told: list[str], meta: PageMeta, content: Content
) -> float:
    score = 0.0
    plain = _letters(text)
    if not plain:
        return -1
    for value in told:
        whole, bare = _letters(value), _letters(without_site(value, meta.site_name))
        if plain in (whole, bare):
            score += 3
        elif len(plain) > 3 and (whole.startswith(plain) or whole.endswith(plain)):
            score += 1.5
        elif (len(plain) > 11 and plain in whole) or (len(bare) > 11 and plain.startswith(bare)):
            score += 1
    if told and score == 0:
        score -= 0.5
    if plain == _letters(meta.site_name):
        score -= 2
    if _is_site_title(node):
        score -= 3
    first = content.parts[0] if content.parts else None
    story = content.story
    if node.tag == "h1":
        score += 1
    if "headline" in properties(node) or class_matches(node, HEADLINE_CLASS):
        score += 0.9
    if story is not None and (story.holds(node) or story is node):
        score += 0.6
    if first is not None and node.index < first.index and first.index - node.index < 150:
        score += 0.4
    if content.is_body(node):
        score -= 0.5
    if node.tag in {"h2", "h3"}:
        score -= 0.1
    if content.is_left_out(node):
        score -= 1
    return score


def _is_site_title(node: Node) -> bool:
    """Tell whether a heading names the site: it stands in the masthead, or leads to the front."""
    for above, _step in zip((node, *node.ancestors()), range(5), strict=False):
        if class_or_id_matches(above, _MASTHEAD):
            return True
    for inner in node.elements():
        path = re.sub(r"\Ahttps?://[^/]+", "", unwrapped(inner.get("href")))
        if inner.tag == "a" and inner.get("href") and path in {"", "/"}:
            return True
    return False


def without_site(title: str, site: str) -> str:
    """Take the name of the site off a title: ``Story – The Paper`` becomes ``Story``."""
    title = tidy(title)
    if site:
        for pattern in (
            rf"\s*[|–—»«•·:/~-]+\s*(?:the\s+)?{re.escape(site)}\s*\Z",
            rf"\A{re.escape(site)}\s*[|–—»«•·:/~-]+\s*",
        ):
            shorter = re.sub(pattern, "", title, flags=re.IGNORECASE)
            if shorter and shorter != title:
                return shorter
        return title
    parts = [part for part in _PARTS.split(title) if part.strip()]
    # Without the site's name the longest part is the headline; a short title stays whole.
    longest = max(parts, key=len, default=title)
    return longest if len(longest) >= 12 and len(parts) <= 4 else title


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _unescaped(text: str) -> str:
    return html.unescape(text) if "&" in text else text
