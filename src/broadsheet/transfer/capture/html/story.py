"""The story of a saved page: what is printed over it, and when, by whom, under which address."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from broadsheet.transfer.capture.dates import FoundDate, read_machine_date
from broadsheet.transfer.capture.html.addresses import Addresses
from broadsheet.transfer.capture.html.body import image_block, leads_away
from broadsheet.transfer.capture.html.content import Content
from broadsheet.transfer.capture.html.linked import LinkedData, as_list, text_in
from broadsheet.transfer.capture.html.markers import (
    AUTHOR_CLASS,
    STANDFIRST_CLASS,
    class_matches,
    is_hidden,
    properties,
)
from broadsheet.transfer.capture.html.meta import PageMeta
from broadsheet.transfer.capture.html.moments import Moments
from broadsheet.transfer.capture.html.page import SILENT, Node, Page
from broadsheet.transfer.capture.html.render import image_address
from broadsheet.transfer.capture.model import CapturedBlock
from broadsheet.transfer.capture.names import byline_names, clean_name, without_by
from broadsheet.transfer.capture.text.head import read_meta

_AUTHOR_META = (
    "author", "byl", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
    "article:author_name", "article:author", "cxenseparse:author", "twitter:creator_name",
)  # fmt: skip
_DATE_META = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "pubdate", "publish-date",
    "publishdate", "cxenseparse:recs:publishtime", "date", "article.published",
)  # fmt: skip
_NOT_A_NAME = re.compile(r"https?:|www\.|@|\.(?:com|org|net|de)\b|^\W*$", re.IGNORECASE)
_BYLINE_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:by-?line|authors?|entry-author|post-author|autor(?:en)?)\Z"
)
_LARGER = frozenset({"p", "h1", "h2"})
_FRONT_OF_HEADLINE = 20  # elements
_LARGEST_FRONT = 200  # elements of a story's header
_FRONT = 80  # elements before the body among which the byline and the date stand
_TAIL = 30  # elements after the body, where some themes print the byline
_LONGEST_STANDFIRST = 700  # characters
_ADDRESS_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|\Z)")


class StoryReader:
    """Reads what is printed around the body of a story."""

    def __init__(
        self,
        page: Page,
        meta: PageMeta,
        linked: LinkedData,
        content: Content,
        addresses: Addresses,
        moments: Moments,
        headline_node: Node | None,
    ):
        self._page = page
        self._meta = meta
        self._linked = linked
        self._item = linked.story or {}
        self._content = content
        self._addresses = addresses
        self._moments = moments
        self._headline_node = headline_node
        self._around = self._elements_around()

    def _elements_around(self) -> list[Node]:
        """The elements of the story outside its body: first those before it, then those after."""
        story, parts = self._content.story, self._content.parts
        if story is None or not parts:
            return []
        first = parts[0].index
        low = max(0, first - _FRONT)
        if self._headline_node is not None and self._headline_node.index < first:
            low = max(low, self._headline_node.index - _FRONT_OF_HEADLINE)
        if first - story.index < _LARGEST_FRONT:
            low = min(low, story.index)
        before = self._page.nodes[low:first]
        after = itertools.chain(
            self._page.nodes[first : self._content.front_until],
            self._page.nodes[parts[-1].end : max(story.end, parts[-1].end)],
        )
        inside_first = story.index if story.index < low else low
        rest = self._page.nodes[inside_first:low] if inside_first < low else []
        return [node for node in (*before, *after, *rest) if self._is_around(node)]

    def _is_around(self, node: Node) -> bool:
        return not self._content.is_left_out(node) and not is_hidden(node)

    def _is_near(self, node: Node) -> bool:
        """Tell whether an element stands between headline and body, or in a marked story."""
        if node.tag in SILENT or not self._content.parts:
            return False
        if self._content.is_story_marked:
            return True
        start = self._headline_node.index if self._headline_node is not None else node.index + 1
        return start < node.index < self._content.parts[-1].end + _TAIL

    def byline(self) -> tuple[str, ...]:
        """The names of the authors, as the page prints them or tells them to machines."""
        told: list[str] = []
        for name in self._linked.names(self._item.get("author")):
            told.extend(byline_names(name) if not _NOT_A_NAME.search(name) else ())
        site = self._meta.site_name.casefold()
        if told and not all(name.casefold() == site for name in told):
            return tuple(dict.fromkeys(told))
        printed = self._printed_byline()
        if printed:
            return printed
        for name in _AUTHOR_META:
            value = self._meta.get(name)
            if value and not _NOT_A_NAME.search(value):
                return byline_names(value)
        return tuple(dict.fromkeys(told))

    def _printed_byline(self) -> tuple[str, ...]:
        ranked: dict[int, list[Node]] = {}
        for node in self._around:
            rank = self._byline_rank(node)
            if rank is not None:
                ranked.setdefault(rank, []).append(node)
        for rank in sorted(ranked):
            names: list[str] = []
            last_end = -1
            parent = None
            for node in ranked[rank][:12]:
                if node.index < last_end or (names and node.parent is not parent):
                    continue
                found = self._names_in(node)
                if found:
                    last_end, parent = node.end, node.parent
                    names.extend(name for name in found if name not in names)
            if names:
                return tuple(names)
        return self._byline_in_words()

    def _byline_rank(self, node: Node) -> int | None:
        kinds = properties(node)
        if node.tag in {"img", "figure", "time"} or not (self._page.letters(node) or kinds):
            return None
        if kinds & {"author", "creator"}:
            return 0
        if "author" in node.get("rel").lower().split() or "p-author" in node.classes:
            return 1
        if "fn" in node.classes or "nickname" in node.classes:
            return 2
        if class_matches(node, AUTHOR_CLASS) and not node.classes & {"user", "poster"}:
            return 3
        return 4 if class_matches(node, _BYLINE_CLASS) else None

    def _names_in(self, node: Node) -> tuple[str, ...]:
        if node.tag == "meta":
            return byline_names(node.get("content"))
        text = self._page.brief(node, 200)
        if not text:
            return ()
        inner = [
            part
            for part in self._page.below(node)
            if "name" in properties(part)
            or part.classes & {"fn", "p-name"}
            or "author" in part.get("rel").lower().split()
        ]
        names = [name for part in inner if (name := clean_name(self._name_text(part)))]
        if not names:
            links = [part for part in self._page.below(node) if part.tag == "a"]
            named = [name for part in links if (name := clean_name(self._page.text(part)))]
            names = named if len(named) == 1 and len(text) < 120 else []
        if names:
            found = [one for name in names for one in byline_names(name)]
            return tuple(dict.fromkeys(found))
        text = self._without_date(text)
        return byline_names(text) if len(text) <= 120 else ()

    def _name_text(self, node: Node) -> str:
        return node.get("content") or self._page.brief(node, 120)

    def _without_date(self, text: str) -> str:
        found = self._moments.in_text(text)
        if found is None:
            return text
        before = re.sub(
            r"\W*\b(?:on|am|at|le|el|vom|published|posted)?\W*\Z", "", text[: found.start]
        )
        return before or text[found.end :].lstrip(" ,|·•–—-by")

    def _byline_in_words(self) -> tuple[str, ...]:
        for node in self._around:
            if not self._is_near(node) or self._page.count(node, _LARGER):
                continue
            text = self._page.brief(node, 160)
            meta = read_meta(text, None) if text else None
            if meta is None or not (meta.is_dated or without_by(text)[1]):
                continue
            if meta.byline and all(not name[:1].islower() for name in meta.byline):
                return meta.byline
        return ()

    def published(self) -> FoundDate | None:
        """When the story was published, from the surest place that says so."""
        best: FoundDate | None = None
        for found in self._dates():
            if best is None or found.completes(best):
                best = found
            if best.at is not None and not best.is_day_only:
                break
        return best

    def _dates(self) -> Iterator[FoundDate]:
        told = [text_in(self._item.get(name)) for name in ("datePublished", "dateCreated")]
        for value in [*told, *(self._meta.get(name) for name in _DATE_META)]:
            if value and (found := read_machine_date(value) or self._moments.in_text(value)):
                yield found
        around = self._around
        for node in around:
            if "datePublished" in properties(node) and (found := self._moments.at(node)):
                yield found
        dated = [node for node in around if not _is_change(node)]
        if found := self._moments.of(dated):
            yield found
        for node in dated:
            if node.tag != "a" and self._is_near(node) and not self._page.has_block(node):
                text = self._page.brief(node, 120)
                if text and len(text) < 120 and (found := self._moments.in_text(text)):
                    yield found
        if found := self._moments.of(around):
            yield found
        match = _ADDRESS_DAY.search(self._meta.address)
        day = match and read_machine_date(f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}")
        if day:
            yield day

    def section(self) -> str:
        """The part of the publication that the story stands in."""
        value = self._item.get("articleSection")
        told = text_in(value) or self._meta.get("article:section") or self._meta.get("section")
        if told:
            # Some plugins list all categories in one text.
            return told.split(",")[0].strip()[:100]
        for node in self._around:
            if "articleSection" in properties(node):
                links = (part for part in self._page.below(node) if part.tag == "a")
                named = next(links, node)
                return (node.get("content") or self._page.brief(named, 80)).split(",")[0].strip()
        inside = [node for part in self._content.parts for node in self._page.below(part)]
        near = (
            node for node in self._around if self._content.is_story_marked or self._is_near(node)
        )
        for node in itertools.chain(near, inside):
            if node.tag == "a" and _is_category(node) and (text := self._page.brief(node, 60)):
                return text
        return ""

    def standfirst(self) -> tuple[str, Node | None]:
        """The printed sentences under the headline, and the element that holds them."""
        first = self._content.parts[0].index if self._content.parts else 0
        start = self._headline_node.index if self._headline_node is not None else -1
        for node in self._around:
            if not start < node.index < first or node.tag in {"a", "img", "meta", "body", "time"}:
                continue
            if class_matches(node, STANDFIRST_CLASS) or (
                properties(node) & {"description", "alternativeHeadline"}
            ):
                text = self._page.brief(node, _LONGEST_STANDFIRST)
                if len(text) > 9 and not class_matches(node, AUTHOR_CLASS):
                    return text, node
        inside = self._content.standfirst
        if inside is not None:
            return self._page.brief(inside, _LONGEST_STANDFIRST), inside
        return "", None

    def lead_image(self) -> CapturedBlock | None:
        """The picture over the story: the one printed there, else the one the page names."""
        for node in self._around:
            if node.tag != "img":
                continue
            marks = node.classes | (node.parent.classes if node.parent is not None else frozenset())
            is_lead = any(
                re.search(r"wp-post-image|featured|post-thumb|lead|hero|u-photo|u-featured", name)
                for name in marks
            ) or "image" in properties(node)
            figure = next(
                (
                    one
                    for one, _ in zip(node.ancestors(), range(4), strict=False)
                    if one.tag == "figure"
                ),
                None,
            )
            if (is_lead or figure is not None) and not leads_away(
                node, self._addresses, self._meta.address
            ):
                block = image_block(self._page, self._addresses, node, figure or node)
                if block is not None:
                    return block
        for value in (
            *as_list(self._item.get("image")),
            self._meta.get("og:image"),
            self._meta.get("twitter:image"),
        ):
            item = self._linked.resolve(value)
            address = text_in(item.get("url") or item.get("contentUrl")) if item else text_in(value)
            block = self._named_image(address)
            if block is not None:
                return block
        return None

    def _named_image(self, address: str) -> CapturedBlock | None:
        node = Node("img", {"src": address, "alt": self._meta.get("og:image:alt")}, None, 0)
        if not image_address(node, self._addresses).startswith("http"):
            return None
        if re.search(
            r"logo|default|placeholder|fallback|favicon|s0\.wp\.com", address, re.IGNORECASE
        ):
            return None
        return image_block(self._page, self._addresses, node, node)


def _is_category(node: Node) -> bool:
    around = node.parent.classes if node.parent is not None else frozenset()
    return "category" in node.get("rel").lower().split() or any(
        re.search(r"\bcat(?:egory|egories|-links)?\b", name) for name in around
    )


def _is_change(node: Node) -> bool:
    return bool(
        node.classes & {"updated", "modified", "dt-updated", "date-modified", "entry-updated"}
        and "published" not in node.classes
    ) or "dateModified" in properties(node)
