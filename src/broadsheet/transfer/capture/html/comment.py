"""One comment of a page: its writer, its time, its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from broadsheet.transfer.capture.dates import FoundDate, find_date
from broadsheet.transfer.capture.html.addresses import Addresses
from broadsheet.transfer.capture.html.comments import Found
from broadsheet.transfer.capture.html.markers import (
    AUTHOR_CLASS,
    AWAITING,
    BYLINE_WORD_CLASS,
    DATE_CLASS,
    TEXT_CLASS,
    class_matches,
    class_or_id_matches,
    is_furniture,
    properties,
)
from broadsheet.transfer.capture.html.moments import Moments
from broadsheet.transfer.capture.html.page import Node, Page, text_pieces
from broadsheet.transfer.capture.html.render import PlainText
from broadsheet.transfer.capture.html.threads import OwnNodes
from broadsheet.transfer.capture.names import clean_name, is_saying, tidy, without_by

_PINGBACK = re.compile(r"(?:ping|track)(?:back|s)?s?\Z")
_PINGBACK_LIST = re.compile(r"(?:ping|track)(?:back|s)?s?(?:[-_]?list)?\Z")
_PINGBACK_TEXT = re.compile(r"\s*(?:\[[^\]]{0,20}\]\s*)?(?:ping|track)back\b", re.IGNORECASE)
_TEXT_PROPERTIES = frozenset({"text", "commentText", "articleBody", "reviewBody"})
_MOST_CANDIDATES = 20  # elements of a comment that could be its name or its text
_LONGEST_SIGNATURE = 200  # characters
_NAME_TAGS = frozenset({"a", "b", "strong", "cite", "span", "em", "i", "h3", "h4", "h5"})
_WORDING = re.compile(
    r"(?P<name>[^\n|]{1,80}?)\s*(?:\s(?:says|said|wrote|writes|sagt|schreibt|dit|dice|dijo)\b.{0,60})?:?"
)
_POSTED_BY = re.compile(
    r"(?:posted|comment|written|submitted|left|von|par|por|geschrieben|publicado|publié)?\s*"
    r"(?:by|von|par|por|di|door|av|af):?\s+(?P<name>[^\n|•·]{1,80}?)\s*(?:[|•·,(]|\bat\b|\bon\b|\bam\b|\ble\b|\Z)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Reading:
    """What one element of a page says as a comment."""

    name: str | None
    text: str
    moment: FoundDate | None
    url: str | None
    is_pingback: bool


class CommentReader:
    """Reads comments of one page."""

    def __init__(self, page: Page, addresses: Addresses, moments: Moments, own: OwnNodes):
        self._page = page
        self._addresses = addresses
        self._moments = moments
        self._own = own

    def read(self, one: Found) -> Reading:
        nodes = self._own.of(one)
        if len(one.parts) > 1:
            # The lines of a definition list: the first tells the name, a later one is the text.
            nodes = sorted([*one.parts, *nodes], key=lambda node: node.index)
        content = self._content(nodes)
        outside = nodes
        if content is not None:
            outside = [node for node in nodes if not content.index <= node.index < content.end]
        named = self._named(outside)
        if named is None and content is not None:
            named = self._named(nodes)
        name, name_node = named if named else (None, None)
        if self._is_pingback(one):
            return self._pingback(one, nodes, name)
        moment = self._moment(outside) or (self._moment(nodes) if content is not None else None)
        if name is None or moment is None:
            header = self._header(one, content)
            name = name or self._name_in_words(header)
            moment = moment or self._moments.in_text(header)
        text = self._text([content] if content is not None else one.parts, name_node)
        url = self._home_page(name_node, outside) if name_node is not None else None
        return Reading(name, text, moment, url, False)

    def _content(self, nodes: list[Node]) -> Node | None:
        """Choose the element that holds what the writer said, if the page marks one."""
        for node in nodes:
            if properties(node) & _TEXT_PROPERTIES and node.tag != "meta":
                return node
        marked = [
            node
            for node in nodes
            if class_matches(node, TEXT_CLASS) and not _is_meta_line(node) and node.tag != "a"
        ][:_MOST_CANDIDATES]
        while marked:
            outer = marked[0]
            inner = [node for node in marked[1:] if outer.holds(node)]
            beside = [node for node in marked[1:] if not outer.holds(node)]
            if not inner:
                # A first element without words, such as a rating, is not the text.
                if beside and not self._page.letters(outer) and not self._page.has_picture(outer):
                    marked = marked[1:]
                    continue
                return outer
            largest = max(inner, key=self._page.letters)
            if self._page.letters(largest) * 2 < self._own_letters(outer, nodes):
                has_meta = any(
                    _is_meta(node) or class_matches(node, AUTHOR_CLASS)
                    for node in nodes
                    if outer.holds(node) and not largest.holds(node)
                )
                if not has_meta:
                    return outer
            marked = [node for node in inner if node is largest or largest.holds(node)]
        return None

    def _own_letters(self, node: Node, nodes: list[Node]) -> int:
        """Letters below a node that are no furniture and in no other comment."""
        total = self._page.letters(node)
        until = 0
        for inner in nodes:
            if node.holds(inner) and inner.index >= until and is_furniture(inner):
                total -= self._page.letters(inner)
                until = inner.end
        for inner in self._page.below(node) if node.end - node.index > len(nodes) else ():
            if self._own.is_other(inner):
                total -= self._page.letters(inner)
        return total

    def _named(self, nodes: list[Node]) -> tuple[str, Node] | None:
        ranked: list[tuple[int, int, Node]] = []
        for place, node in enumerate(nodes):
            rank = _name_rank(node)
            if rank is not None:
                ranked.append((rank, place, node))
        for _rank, _place, node in sorted(ranked, key=lambda item: item[:2])[:_MOST_CANDIDATES]:
            name = self._name(node)
            if name:
                return name, node
        return None

    def _name(self, node: Node) -> str | None:
        """Take the name out of an element that may hold its wording, a picture and a date too."""
        if node.tag == "meta":
            return clean_name(node.get("content"))
        if not self._page.brief(node):
            return None
        for inner in self._page.below(node):
            if "name" in properties(inner) or inner.classes & {"fn", "p-name"}:
                name = clean_name(inner.get("content") or self._page.text(inner))
                if name:
                    return name
        plain = PlainText(Addresses(""), lambda part: _is_about_name(part))
        whole = tidy("".join(text_pieces(node)))
        for inner in node.elements():
            if inner.tag not in _NAME_TAGS or _is_about_name(inner):
                continue
            shown = self._page.text(inner)
            rest = whole.replace(shown, " ", 1) if shown else ""
            if shown and (_is_wording(rest)):
                return clean_name(without_by(shown)[0])
        plain.write(node)
        words = without_by(" ".join(plain.text().split()))[0]
        # Links were written with their addresses; a name has none.
        words = re.sub(r"\s*\((?:https?|mailto):[^)]*\)", "", words)
        date = find_date(words)
        if date is not None:
            words = re.sub(r"[\s,|·•(@-]*(?:on|at|am|le|el|den|,)?\s*\Z", "", words[: date.start])
        words = re.sub(r"\s+(?:says|said|wrote|sagt|schreibt|dit|dice|dijo|writes)\s*\Z", "", words)
        return clean_name(words)

    def _header(self, one: Found, content: Node | None) -> str:
        """The words around the text, without it, for pages that mark nothing in them."""
        words = []
        for part in one.parts:
            plain = PlainText(
                Addresses(""),
                lambda node: node is content or self._own.is_other(node) or node.tag == "form",
            )
            plain.write(part)
            words.append(plain.text())
        text = "\n".join(words)
        if content is None:
            lines = text.split("\n")
            text = "\n".join([*lines[:2], *lines[-2:]])
        return text[:600]

    def _name_in_words(self, header: str) -> str | None:
        for line in header.split("\n"):
            if match := _POSTED_BY.search(line):
                return clean_name(match["name"])
            match = re.match(r"(?P<name>[^\n|]{1,60}?)\s+(?:says|said|wrote|writes)\b", line)
            if match:
                return clean_name(match["name"])
        return None

    def _moment(self, nodes: list[Node]) -> FoundDate | None:
        return self._moments.of(nodes)

    def _text(self, roots: list[Node], name_node: Node | None) -> str:
        def is_left_out(node: Node) -> bool:
            return self._own.is_other(node) or is_furniture(node) or node is name_node

        plain = PlainText(self._addresses, is_left_out)
        for root in roots:
            if len(roots) == 1 or not (root is name_node or is_furniture(root)):
                plain.write(root)
        kept = [line for line in plain.text().split("\n") if not AWAITING.match(line)]
        paragraphs = re.split(r"\n{2,}", "\n".join(kept).strip("\n"))
        if name_node is not None and any(root.index < name_node.index < root.end for root in roots):
            # The line of the name is dropped, what remains of it is its wording.
            while paragraphs and _is_wording(paragraphs[0]):
                paragraphs.pop(0)
            while len(paragraphs) > 1 and _is_wording(paragraphs[-1]):
                paragraphs.pop()
        elif name_node is None and len(paragraphs) > 1:
            # Old systems close with "Posted by NAME at DATE", and mark nothing in it.
            for end in (0, -1):
                if len(paragraphs) > 1 and _is_signature(paragraphs[end]):
                    paragraphs.pop(end)
        return "\n\n".join(paragraphs).strip("\n")

    def _is_pingback(self, one: Found) -> bool:
        if any(_PINGBACK.match(name) for name in one.node.classes):
            return True
        around = one.node.parent
        if around is not None and class_or_id_matches(around, _PINGBACK_LIST):
            return True
        return bool(_PINGBACK_TEXT.match(self._page.brief(one.node, 1500)))

    def _pingback(self, one: Found, nodes: list[Node], name: str | None) -> Reading:
        link = next(
            (
                node
                for node in nodes
                if node.tag == "a"
                and self._addresses.link(node.get("href"))
                and not _is_meta(node)
                and self._page.letters(node)
            ),
            None,
        )
        url = self._addresses.link(link.get("href")) if link is not None else None
        content = self._content(nodes)
        text = self._text([content] if content is not None else one.parts, None)
        text = text or " ".join(self._page.text(part) for part in one.parts)
        if name is None or _PINGBACK_TEXT.match(name):
            name = clean_name(self._page.text(link)) if link is not None else None
        return Reading(name, text, self._moment(nodes), url or None, True)

    def _home_page(self, name_node: Node, nodes: list[Node]) -> str | None:
        around = [name_node, *self._page.below(name_node)]
        around += [node for node, _step in zip(name_node.ancestors(), range(2), strict=False)]
        for node in around:
            if node.tag != "a" or "comment" in node.get("href").rsplit("#", 1)[-1]:
                continue
            address = self._addresses.link(node.get("href"))
            if address.startswith(("http://", "https://")):
                return address
        return None


def _name_rank(node: Node) -> int | None:
    kinds = properties(node)
    if kinds & {"author", "creator"}:
        return 0
    if node.classes & {"fn", "p-name", "p-author"}:
        return 1
    if BYLINE_WORD_CLASS.match(node.get("class").lower()) or _is_picture_part(node):
        return None
    relation = node.get("rel").lower()
    if class_matches(node, AUTHOR_CLASS):
        return 2 if any(name.endswith(("name", "link", "nick")) for name in node.classes) else 3
    if node.tag == "cite":
        return 4
    if "external" in relation and "nofollow" in relation and "reply" not in node.get("class"):
        return 5
    if node.tag in {"b", "strong"} and node.parent is not None and node.parent.tag != "p":
        return 6
    return None


def _is_picture_part(node: Node) -> bool:
    return any("avatar" in name or "gravatar" in name or "photo" in name for name in node.classes)


def _is_about_name(node: Node) -> bool:
    """Tell whether a part beside a name is a date, "says:", a picture or a button."""
    if node.tag in {"img", "time", "abbr", "form", "button", "small", "sup"}:
        return True
    if node.tag == "a" and "#" in node.get("href"):
        return True
    return _is_meta(node) or any(
        name in {"says", "said", "avatar", "badge", "comment-edit-link"} for name in node.classes
    )


def _is_meta(node: Node) -> bool:
    return (
        class_matches(node, DATE_CLASS)
        or class_matches(node, BYLINE_WORD_CLASS)
        or any("reply" in name or "edit" in name for name in node.classes)
    )


def _is_meta_line(node: Node) -> bool:
    return class_matches(node, AUTHOR_CLASS) or class_matches(node, DATE_CLASS)


def _is_signature(text: str) -> bool:
    is_short = len(text) < _LONGEST_SIGNATURE
    return is_short and bool(_POSTED_BY.match(text)) and find_date(text) is not None


def _is_wording(text: str) -> bool:
    """Tell whether what stands beside a name is only its wording: "says:", "•", a date."""
    rest = tidy(text)
    date = find_date(rest) if len(rest) < 120 else None
    if date is not None:
        rest = tidy(rest[: date.start] + " " + rest[date.end :])
    rest = re.sub(r"^(?:posted\s+)?(?:by|von|par|por)\b", "", rest, flags=re.IGNORECASE)
    if not re.search(r"\w", rest):
        return True
    if is_saying(rest):
        return True
    words = re.sub(r"[^\w\s]", " ", rest).split()
    return len(words) <= 3 and all(
        word.lower()
        in {
            "on",
            "at",
            "am",
            "um",
            "le",
            "el",
            "à",
            "a",
            "the",
            "posted",
            "said",
            "uhr",
            "says",
            "sagt",
            "schreibt",
            "dit",
            "dice",
            "dijo",
            "wrote",
            "permalink",
            "reply",
            "link",
            "from",
            "comment",
            "by",
            "edit",
            "delete",
            "antworten",
        }
        for word in words
    )
