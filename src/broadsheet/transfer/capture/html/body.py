"""The body of a story: which element holds it, and its blocks in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from broadsheet.transfer.capture.counts import claimed_count
from broadsheet.transfer.capture.html.addresses import Addresses
from broadsheet.transfer.capture.html.markers import (
    ABOUT_STORY,
    NOISE_TAGS,
    ORNAMENT,
    class_or_id_matches,
    is_hidden,
)
from broadsheet.transfer.capture.html.page import INLINE, SILENT, Node, Page
from broadsheet.transfer.capture.html.render import (
    EMBEDS,
    KEPT_SPACE,
    embed_address,
    image_address,
    inline_markup,
    tidy_markup,
    visible,
)
from broadsheet.transfer.capture.model import BlockType, CapturedBlock

_IMAGES = frozenset({"img"})
_TITLES = frozenset({"h1", "h2", "h3", "h4"})
_LAYOUT = frozenset({"p", "table", "h1", "h2", "h3", "ul", "ol"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_QUOTED_AS_WELL = frozenset({"blockquote", "ul", "ol", "table"})
"""A quotation inside a quotation is quoted text as well; so is a list."""
_CAPTION = re.compile(r"(?:[\w-]*[-_])?(?:caption|caption-text|wp-caption-text|legend)\Z")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)\b", re.IGNORECASE)
_CREDIT = re.compile(r"(?:[\w-]*[-_])?(?:credits?|photographer|copyright|source|byline)\Z")
_FURNITURE_TEXT = re.compile(
    r"(?:share(?: this| on.{0,20})?|teilen(?: mit)?|tweet|like this|gefällt mir|loading|advertisement|"
    r"anzeige|publicidad|publicité|werbung|wird geladen|me gusta|compartir|partager|print|email|"
    r"read more|continue reading|mehr lesen|drucken|imprimir|imprimer|subscribe)"
    r"\s*[.:…→»]*\s*(?:\.\.\.)?",
    re.IGNORECASE,
)
_SHARE_TARGET = re.compile(
    r"(?:://share\.|/share(?:\.php)?[/?]|/sharer|social_plugins/|facebook\.com/(?:share|dialog|plugins)"
    r"|twitter\.com/(?:share|intent|home\?status)|x\.com/intent|plus\.google\.com/share"
    r"|linkedin\.com/share|pinterest\.\w+/pin/create|reddit\.com/submit|tumblr\.com/(?:share|widgets)"
    r"|wa\.me|api\.whatsapp\.com|t\.me/share|whatsapp://|mailto:\?|addtoany"
    r"|getpocket\.com/(?:save|edit)|xing\.com/spi|digg\.com/submit|stumbleupon\.com/submit"
    r"|del\.icio\.us/post|platform\.twitter\.com|news\.ycombinator\.com/submit)",
    re.IGNORECASE,
)
_ABOUT_TEXT = re.compile(
    r"\s*(?:topics?|tags?|tagged|kategorien?|categor(?:y|ies)|filed under|posted in|"
    r"schlagw(?:orte?|örter)|etiquetas|categorías?|catégories?|mots-clés|abgelegt unter|"
    r"veröffentlicht in|publicado en)\b\s*:?\s*<a ",
    re.IGNORECASE,
)
# An element that holds this part of the story is not an ornament of it, whatever its class.
_TOO_LARGE_FOR_NOISE = 0.4
_SMALLEST_PICTURE = 40  # pixels; smaller ones count visits or draw bullets


class BodyReader:
    """Turns elements into blocks; leaves out the parts that belong to other things."""

    def __init__(self, page: Page, addresses: Addresses, left_out: Iterable[Node]):
        self._page = page
        self._addresses = addresses
        self._left_out = {node.index for node in left_out}
        self._known: dict[int, bool] = {}
        self._letters = 1
        self._blocks: list[CapturedBlock] = []
        self._run: list[Node | str] = []

    def read(self, parts: Sequence[Node]) -> tuple[CapturedBlock, ...]:
        """Give the blocks of some elements in reading order."""
        self._known = {}
        self._letters = max(1, sum(self._page.letters(part) for part in parts))
        self._blocks = []
        for part in parts:
            self._walk(part)
        return tuple(self._blocks)

    def is_left_out(self, node: Node) -> bool:
        """Tell whether an element is no part of the text; the answer is kept."""
        known = self._known.get(node.index) if node.index else None
        if known is None:
            known = self._known[node.index] = self._decide_left_out(node)
        return known

    def _decide_left_out(self, node: Node) -> bool:
        if node.index in self._left_out:
            return True
        if node.tag in SILENT and node.tag not in EMBEDS:
            return True
        is_noise = (
            node.tag in NOISE_TAGS
            or class_or_id_matches(node, ORNAMENT)
            or class_or_id_matches(node, ABOUT_STORY)
            or is_hidden(node)
            or is_share_link(node)
        )
        return is_noise and self._page.letters(node) < self._letters * _TOO_LARGE_FOR_NOISE

    def _walk(self, root: Node, *, through: frozenset[str] = frozenset()) -> None:
        """Read blocks; elements of the tags that are seen ``through`` are none of their own."""
        stack: list[Node | str | None] = [None, *reversed(root.children)]
        while stack:
            part = stack.pop()
            if part is None:
                self._flush()
            elif isinstance(part, str):
                self._run.append(part)
            elif self.is_left_out(part):
                continue
            elif part.tag == "br":
                self._break()
            elif part.tag in INLINE and not self._page.has_block(part):
                self._run.append(part)
            elif part.tag in INLINE and not through:
                # A link around a picture, or an emphasis around paragraphs.
                stack.extend(reversed(part.children))
            else:
                self._flush()
                if part.tag in through or not self._block(part):
                    stack.append(None)
                    stack.extend(reversed(part.children))
        self._flush()

    def _block(self, node: Node) -> bool:
        """Add an element that is a block of its own kind; false: look inside it."""
        if node.tag in _HEADINGS:
            if not self._page.has_picture(node) or self._page.letters(node):
                self._add("heading", self._inline(node), level=max(2, _HEADINGS[node.tag]))
                return True
            return False
        if node.tag == "blockquote":
            self._quotation(node)
        elif node.tag in {"ul", "ol"}:
            return self._list(node)
        elif node.tag == "table":
            return self._table(node)
        elif node.tag == "pre":
            self._preformatted(node)
        elif node.tag == "img":
            self._image(node, node)
        elif node.tag in EMBEDS:
            address = embed_address(node, self._addresses)
            if address and not _SHARE_TARGET.search(address):
                self._blocks.append(CapturedBlock("embed", source=address, alt=node.get("title")))
        elif node.tag == "figure" or "wp-caption" in node.classes:
            return self._figure(node)
        else:
            return node.tag == "hr"
        return True

    def _inline(self, node: Node) -> str:
        return inline_markup(node.children, self._addresses, self.is_left_out)

    def _flush(self) -> None:
        run, self._run = self._run, []
        if any(not isinstance(part, str) or part.strip() for part in run):
            self._add("paragraph", inline_markup(run, self._addresses, self.is_left_out))

    def _break(self) -> None:
        """A second break in a row ends the paragraph, as old pages wrote them."""
        for part in reversed(self._run):
            if isinstance(part, str):
                if part.strip():
                    break
            elif part.tag == "br":
                self._flush()
                return
            else:
                break
        self._run.append(Node("br", {}, None, 0))

    def _add(self, kind: BlockType, markup: str, level: int = 2) -> None:
        words = visible(markup).strip()
        if not words or _FURNITURE_TEXT.fullmatch(words):
            return
        if kind == "paragraph" and (
            _ABOUT_TEXT.match(markup) or (not re.search(r"\w", words) and len(words) < 4)
        ):
            return
        if claimed_count(words) is not None and re.fullmatch(r"\W*(?:\w+\W*){1,4}", words):
            # "Comments (5 posted)" leads to the thread and is none of the story's words.
            return
        self._blocks.append(CapturedBlock(kind, html=markup, level=level))

    def _quotation(self, node: Node) -> None:
        inner = BodyReader(self._page, self._addresses, ())
        inner._left_out = self._left_out
        inner._letters = self._letters
        inner._walk(node, through=_QUOTED_AS_WELL)
        lines: list[str] = []
        for block in inner._blocks:
            lines.extend(block.items or ([block.html] if block.html else []))
        if lines:
            self._add("quotation", tidy_markup("<br><br>".join(lines)))
        self._blocks.extend(block for block in inner._blocks if block.type in {"image", "embed"})

    def _list(self, node: Node) -> bool:
        if not self._page.letters(node) or self._page.count(node, _TITLES):
            return False
        items: list[str] = []
        for entry in self._page.below(node):
            if entry.tag != "li" or self._is_inside_left_out(entry, node):
                continue
            markup = inline_markup(entry.children, self._addresses, self._is_left_out_of_item)
            if visible(markup).strip():
                items.append(markup)
        if items:
            self._blocks.append(CapturedBlock("list", items=tuple(items), ordered=node.tag == "ol"))
            self._pictures(node)
        return bool(items)

    def _is_left_out_of_item(self, node: Node) -> bool:
        """A list inside a list has items of its own."""
        return node.tag in {"ul", "ol"} or self.is_left_out(node)

    def _pictures(self, node: Node) -> None:
        if self._page.has_picture(node):
            for inner in self._page.below(node):
                is_shown = inner.tag == "img" and not self._is_inside_left_out(inner, node)
                if is_shown and not leads_away(inner, self._addresses):
                    self._image(inner, inner)

    def _is_inside_left_out(self, node: Node, root: Node) -> bool:
        """Tell whether a part of a list is ornament; lists are shallow, so the climb is short."""
        climbed: Node | None = node
        for _step in range(20):
            if climbed is None or climbed is root:
                return False
            if self.is_left_out(climbed):
                return True
            climbed = climbed.parent
        return False

    def _table(self, node: Node) -> bool:
        if self._page.count(node, _LAYOUT):
            # A table for layout, as old pages have them.
            return False
        rows = []
        for row in self._page.below(node):
            if row.tag == "tr":
                cells = [cell for cell in row.elements() if cell.tag in {"td", "th"}]
                texts = [self._inline(cell) for cell in cells]
                if any(visible(text).strip() for text in texts):
                    rows.append(" | ".join(texts))
        if rows:
            self._blocks.append(CapturedBlock("list", items=tuple(rows)))
        self._pictures(node)
        return True

    def _preformatted(self, node: Node) -> None:
        whole = inline_markup(_lines_kept(node), self._addresses, self.is_left_out)
        whole = re.sub(r"</?code>", "", whole)
        if visible(whole).strip():
            self._add("paragraph", f"<code>{whole}</code>")

    def _figure(self, node: Node) -> bool:
        if self._page.count(node, _IMAGES) != 1 or self._page.count(node, EMBEDS):
            # A gallery, a quotation, a table or a player in a figure.
            return False
        picture = next(inner for inner in self._page.below(node) if inner.tag == "img")
        self._image(picture, node)
        return True

    def _image(self, picture: Node, around: Node) -> None:
        block = image_block(self._page, self._addresses, picture, around)
        if block is not None:
            self._blocks.append(block)


def leads_away(picture: Node, addresses: Addresses, own: str = "") -> bool:
    """Tell whether a picture is a link to another page, as those of other stories are."""
    for above, _step in zip(picture.ancestors(), range(4), strict=False):
        if above.tag == "a":
            target = addresses.link(above.get("href")).split("#")[0]
            return bool(target) and target != own and not _PICTURE_FILE.search(target)
    return False


def is_share_link(node: Node) -> bool:
    return node.tag == "a" and bool(_SHARE_TARGET.search(node.get("href")))


def image_block(
    page: Page, addresses: Addresses, picture: Node, around: Node
) -> CapturedBlock | None:
    """Read a picture with its caption and credit; ``None`` for pictures that are no content."""
    address = image_address(picture, addresses)
    if not address or _is_ornament(picture, address):
        return None
    caption = credit = ""
    if around is not picture:
        for inner in page.below(around):
            if not credit and any(_CREDIT.match(name) for name in inner.classes):
                credit = page.text(inner)
            elif not caption and (
                inner.tag == "figcaption" or any(_CAPTION.match(name) for name in inner.classes)
            ):
                caption = inline_markup(
                    inner.children,
                    addresses,
                    lambda node: any(_CREDIT.match(name) for name in node.classes),
                )
    return CapturedBlock(
        "image", html=caption, source=address, alt=picture.get("alt"), credit=credit
    )


def _is_ornament(picture: Node, address: str) -> bool:
    for name in ("width", "height"):
        size = re.match(r"\d+", picture.get(name))
        if size and int(size[0]) < _SMALLEST_PICTURE:
            return True
    marks = picture.get("class").lower()
    return bool(
        re.search(r"avatar|smil|emoji|icon|pixel|spacer", marks)
        or re.search(
            r"gravatar\.com/b?l?avatar|/blank\.|pixel\.|spacer|1x1|/smil|vgwort|emoji|/themes/",
            address,
        )
    )


def _lines_kept(node: Node) -> list[Node | str]:
    """Copy preformatted content with its line ends as elements and its indents unbreakable."""
    out: list[Node | str] = []
    stack: list[Node | str] = list(reversed(node.children))
    while stack:
        part = stack.pop()
        if isinstance(part, Node):
            if part.tag == "br":
                out.append(part)
            elif part.tag not in SILENT:
                stack.extend(reversed(part.children))
            continue
        for number, line in enumerate(part.replace("\r", "").expandtabs(4).split("\n")):
            if number:
                out.append(Node("br", {}, None, 0))
            indent = len(line) - len(line.lstrip(" "))
            out.append(KEPT_SPACE * indent + line[indent:])
    return out
