"""Parts of a page as text: a comment as plain text, a line of the story as inline markup."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

import nh3

from broadsheet.transfer.capture.html.addresses import Addresses, is_same_address
from broadsheet.transfer.capture.html.page import INLINE, SILENT, Node

Skip = Callable[[Node], bool]

EMBEDS = frozenset({"iframe", "video", "audio", "embed"})
_LINES = frozenset({"tr", "dt", "dd"})
_CELLS = frozenset({"td", "th"})
_EMPTY = frozenset({"br", "img"})
_DEEPEST_QUOTE = 20  # quotation marks before a line
_DEEPEST_MARKUP = 40  # elements around a word; more is hostile
_LINK_REACH = 200  # pieces of text; a longer link is not its own address
_INLINE_TAGS = {
    "em": "em",
    "i": "em",
    "cite": "em",
    "var": "em",
    "strong": "strong",
    "b": "strong",
    "code": "code",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
}
# Stands for a space of an indent until the markup is tidied; a private character.
KEPT_SPACE = "\ue000"
_ENDS = re.compile(r"\A(?:[ \u00a0]|<br>)+|(?:[ \u00a0]|<br>)+\Z")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SMILEY = re.compile(r"smil|emoji|emoticon", re.IGNORECASE)


class PlainText:
    """Collects the text of one comment: paragraphs, line breaks, quotations, lists."""

    def __init__(self, addresses: Addresses, skip: Skip):
        self._addresses = addresses
        self._skip = skip
        self._paragraphs: list[str] = []
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._quotes = 0
        self._kept = 0
        self._lists: list[int | None] = []

    def write(self, root: Node) -> None:
        """Add the content of an element; the element itself makes no mark."""
        self._paragraph_ends()
        stack: list[Node | str | tuple[Node, int]] = list(reversed(root.children))
        while stack:
            part = stack.pop()
            if isinstance(part, str):
                self._add(part)
            elif isinstance(part, tuple):
                self._close(*part)
            elif part.tag in EMBEDS:
                self._embed(part)
            elif part.tag not in SILENT and not self._skip(part):
                stack.append((part, len(self._pieces)))
                self._open(part)
                stack.extend(reversed(part.children))
        self._paragraph_ends()

    def text(self) -> str:
        return "\n\n".join(self._paragraphs)

    def _paragraph_ends(self) -> None:
        self._line_ends()
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        if self._lines:
            front = "> " * min(self._quotes, _DEEPEST_QUOTE)
            self._paragraphs.append("\n".join(front + line for line in self._lines))
        self._lines = []

    def _add(self, text: str) -> None:
        if not self._kept:
            self._pieces.append(_SPACE.sub(" ", text))
            return
        *lines, last = text.replace("\r\n", "\n").expandtabs(4).split("\n")
        for line in lines:
            self._pieces.append(line)
            self._line_ends()
        self._pieces.append(last)

    def _line_ends(self) -> None:
        line = "".join(self._pieces)
        line = line.rstrip() if self._kept else " ".join(line.split())
        self._pieces = []
        # An empty line inside preformatted text is part of it; elsewhere it ends a paragraph.
        if line or (self._kept and self._lines and self._lines[-1]):
            self._lines.append(line)

    def _open(self, node: Node) -> None:
        tag = node.tag
        if tag == "br":
            is_second = not self._kept and not any(piece.strip() for piece in self._pieces)
            self._paragraph_ends() if is_second else self._line_ends()
        elif tag == "img":
            self._image(node)
        elif tag == "q":
            self._pieces.append("“")
        elif tag == "li":
            self._line_ends()
            self._pieces.append(self._bullet())
        elif tag in _LINES:
            self._line_ends()
        elif tag in _CELLS:
            self._pieces.append(" ")
        elif tag not in INLINE:
            self._paragraph_ends()
            self._quotes += tag == "blockquote"
            self._kept += tag == "pre"
            if tag in {"ul", "ol"}:
                self._lists.append(1 if tag == "ol" else None)

    def _close(self, node: Node, start: int) -> None:
        tag = node.tag
        if tag == "a":
            self._link(node, start)
        elif tag == "q":
            self._pieces.append("”")
        elif tag == "li":
            self._line_ends()
        elif tag not in INLINE and tag not in _LINES and tag not in _CELLS and tag not in _EMPTY:
            self._paragraph_ends()
            self._quotes -= tag == "blockquote"
            self._kept -= tag == "pre"
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()

    def _bullet(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- " if self._lists else ""
        self._lists[-1] = number + 1
        return f"{number}. "

    def _link(self, node: Node, start: int) -> None:
        address = self._addresses.link(node.get("href"))
        # A link over several lines ends in a line that began after it.
        pieces = self._pieces[start:] if start <= len(self._pieces) else self._pieces
        shown = "".join(pieces[-_LINK_REACH:]).strip()
        if address and shown and address not in shown and not is_same_address(shown, address):
            self._pieces.append(f" ({address})")

    def _image(self, node: Node) -> None:
        alt = node.get("alt")
        if _is_smiley(node) or (alt and len(alt) <= 2):
            self._pieces.append(alt)
        elif address := image_address(node, self._addresses):
            self._pieces.append(f" {address} ")

    def _embed(self, node: Node) -> None:
        if address := embed_address(node, self._addresses):
            self._paragraph_ends()
            self._pieces.append(address)
            self._paragraph_ends()


def _is_smiley(node: Node) -> bool:
    return bool(_SMILEY.search(node.get("class") + " " + node.get("src")[-200:]))


def embed_address(node: Node, addresses: Addresses) -> str:
    """Find the address of an embedded player or document."""
    names = ("src", "data-src", "data-lazy-src")
    for part in [node, *node.elements()]:
        for name in names:
            if address := addresses.link(part.get(name)):
                return address
    return ""


def image_address(node: Node, addresses: Addresses) -> str:
    """Find the address of an image, also where a script was to load it later."""
    for name in ("data-orig-file", "data-lazy-src", "data-src", "data-original", "src"):
        value = node.get(name)
        if value and not value.startswith("data:"):
            return addresses.absolute(value)
    for name in ("data-srcset", "srcset"):
        largest = node.get(name).split(",")[-1].split()
        if largest and not largest[0].startswith("data:"):
            return addresses.absolute(largest[0])
    return ""


def inline_markup(parts: Sequence[Node | str], addresses: Addresses, skip: Skip) -> str:
    """Write inline content as ``a``, ``em``, ``strong``, ``code`` and ``br``, sanitized."""
    out: list[str] = []
    stack: list[Node | str | tuple[str]] = list(reversed(parts))
    depth = 0
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            depth -= 1
            out.append(part[0])
        elif isinstance(part, str):
            out.append(html.escape(_spaced(part), quote=False))
        elif part.tag not in SILENT and not skip(part):
            opening, closing = _inline_tags(part, addresses)
            if depth < _DEEPEST_MARKUP:
                out.append(opening)
                stack.append((closing,))
                depth += 1
            stack.extend(reversed(part.children))
    return tidy_markup("".join(out))


def _spaced(text: str) -> str:
    """Make single spaces; unbreakable ones stay only where French puts them."""
    if "\u00a0" in text:
        text = re.sub(r"\u00a0(?![:;!?»%])(?<!«\u00a0)", " ", text)
    return _SPACE.sub(" ", text)


def _inline_tags(node: Node, addresses: Addresses) -> tuple[str, str]:
    if node.tag == "br":
        return "<br>", ""
    if node.tag == "img":
        alt = node.get("alt")
        return (html.escape(alt) if _is_smiley(node) else ""), ""
    if node.tag == "a":
        address = addresses.link(node.get("href"))
        if not address:
            return "", ""
        return f'<a href="{html.escape(address)}">', "</a>"
    if name := _INLINE_TAGS.get(node.tag):
        return f"<{name}>", f"</{name}>"
    if node.tag == "q":
        return "“", "”"
    return (" ", " ") if node.tag not in INLINE else ("", "")


def tidy_markup(markup: str) -> str:
    """Sanitize inline markup; drop empty elements and space at its ends."""
    if "<" in markup:
        markup = _sanitized(markup)
    # Unbreakable spaces indent code and stay.
    markup = _SPACE.sub(" ", markup).replace(KEPT_SPACE, "\u00a0").replace("&nbsp;", "\u00a0")
    markup = markup.replace(" <br>", "<br>").replace("<br> ", "<br>")
    return _ENDS.sub("", markup)


def _sanitized(markup: str) -> str:
    markup = nh3.clean(
        markup,
        tags={"a", "em", "strong", "code", "br"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    for _round in range(3):
        markup = re.sub(r"<(a|em|strong|code)(?: [^>]*)?>(\s*)</\1>", r"\2", markup)
    return markup


def visible(markup: str) -> str:
    """The words of inline markup."""
    if "<" in markup:
        markup = re.sub(r"<[^>]*>", "", markup.replace("<br>", " "))
    return html.unescape(markup) if "&" in markup else markup
