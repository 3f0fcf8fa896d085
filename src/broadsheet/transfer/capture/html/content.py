"""Which part of a page is its story: the element with the body, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterable

from broadsheet.transfer.capture.html.comments import Found
from broadsheet.transfer.capture.html.markers import (
    ABOUT_STORY,
    BODY_MARKS,
    NOISE_TAGS,
    ORNAMENT,
    SURE_STANDFIRST,
    THREAD_AREA,
    class_matches,
    class_or_id_matches,
    item_kind,
    properties,
)
from broadsheet.transfer.capture.html.page import SILENT, Node, Page

_STORY_KINDS = frozenset(
    {
        "AnalysisNewsArticle",
        "Article",
        "Blog",
        "BlogPosting",
        "CreativeWork",
        "LiveBlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "Report",
        "ReportageNewsArticle",
        "ScholarlyArticle",
        "TechArticle",
    }
)
_STORY_CLASSES = frozenset({"hentry", "h-entry", "hnews", "h-news"})
# A better mark wins if it holds this part of the words that the best mark holds.
_ENOUGH = 0.4
_NEARLY_ALL = 0.85
_LONGEST_FRONT = 120  # elements
_SHORTEST_TEXT = 100  # letters; shorter lines at the front may be a byline


class Content:
    """The story inside a page: ``parts`` hold the body, ``story`` the body and what is around."""

    def __init__(self, page: Page, found: Iterable[Found]):
        self._page = page
        self.comments = [part for one in found for part in one.parts]
        self._left_out = self._zones()
        self._prose = self._prose_before()
        self.parts: list[Node] = []
        self.how = "markup"
        self._choose()
        self.front_until = self._front()
        self.story = self._story()
        self.standfirst = self._standfirst()

    def prose(self, node: Node) -> int:
        """Length of the text inside a node that is no link, no comment and no ornament."""
        return self._prose[node.end] - self._prose[node.index]

    def is_body(self, node: Node) -> bool:
        """Tell whether an element stands in the body, after what may be printed over it."""
        if node.index < self.front_until:
            return False
        return any(part.index <= node.index < part.end for part in self.parts)

    def is_left_out(self, node: Node) -> bool:
        """Tell whether an element stands in the thread, in navigation or in another ornament."""
        return self._left_out[node.index]

    def _zones(self) -> list[bool]:
        comments = {part.index for part in self.comments}
        whole = max(1, self._page.letters(self._page.nodes[0]))
        zones = [False] * len(self._page.nodes)
        until = article_until = 0
        for node in self._page.nodes:
            if node.index >= until:
                is_thread = node.index in comments or (
                    class_or_id_matches(node, THREAD_AREA)
                    and (bool(comments) or self._page.letters(node) < whole * 0.5)
                    and not self._holds_headline(node)
                )
                is_aside = node.tag in {"nav", "aside", "form"} or class_or_id_matches(
                    node, ORNAMENT
                )
                is_aside = is_aside or (node.tag == "footer" and node.index >= article_until)
                if node.tag == "article":
                    article_until = max(article_until, node.end)
                if is_thread or (is_aside and self._page.letters(node) < whole * 0.4):
                    until = node.end
            zones[node.index] = node.index < until
        return zones

    def _holds_headline(self, node: Node) -> bool:
        return self._page.count(node, frozenset({"h1"})) > 0

    def _prose_before(self) -> list[int]:
        sums = [0] * (len(self._page.nodes) + 1)
        until = 0
        for node in self._page.nodes:
            is_meta = class_matches(node, ABOUT_STORY) and self._page.letters(node) < 1000
            if node.tag == "a" or node.tag in SILENT or node.tag in NOISE_TAGS or is_meta:
                until = max(until, node.end)
            own = 0
            if node.index >= until and not self._left_out[node.index]:
                own = sum(len(part.strip()) for part in node.children if isinstance(part, str))
            sums[node.index + 1] = sums[node.index] + own
        return sums

    def _choose(self) -> None:
        ranks: dict[int, list[Node]] = {}
        for node in self._page.nodes:
            if self._left_out[node.index] or node.tag in SILENT or node.tag in {"body", "html"}:
                continue
            rank = _body_rank(node)
            if rank is not None and self.prose(node):
                ranks.setdefault(rank, []).append(node)
        if not ranks:
            return
        most = max(self.prose(node) for nodes in ranks.values() for node in nodes)
        for rank in sorted(ranks):
            best = self._innermost(max(ranks[rank], key=self.prose), ranks[rank])
            parts = [
                node
                for node in ranks[rank]
                if node.parent is best.parent and node.classes == best.classes
            ]
            together = sum(self.prose(node) for node in parts)
            if len(parts) > 1 and (_is_article(parts[0]) or rank > 2):
                # Several stories on one page, not several parts of one.
                parts, together = [best], self.prose(best)
            if together >= most * _ENOUGH:
                self.parts = parts
                self.rank = rank
                if "articleBody" in properties(parts[0]):
                    self.how = "microdata"
                elif parts[0].classes & {"entry-content", "e-content", "p-content"}:
                    self.how = "hentry"
                return

    def _innermost(self, node: Node, others: list[Node]) -> Node:
        """Go inside as long as nearly all text comes along; headers stay outside."""
        enough = self.prose(node) * _NEARLY_ALL
        for other in others:
            if node.holds(other) and self.prose(other) >= enough:
                node = other
        return node

    def _front(self) -> int:
        """Where the text begins: some themes print byline and date inside the body's element."""
        if not self.parts:
            return 0
        first = self.parts[0]
        longest, most = first, 0
        for node in self._page.below(first):
            if node.index > first.index + _LONGEST_FRONT:
                break
            if node.tag in SILENT or self._left_out[node.index]:
                continue
            if class_matches(node, SURE_STANDFIRST) or class_matches(node, ABOUT_STORY):
                continue
            own = sum(len(part.strip()) for part in node.children if isinstance(part, str))
            if node.tag == "p":
                own = max(own, self.prose(node))
            if own >= _SHORTEST_TEXT:
                return node.index
            if own > most:
                longest, most = node, own
        return longest.index

    def _story(self) -> Node | None:
        """The nearest element around the body that is marked as a story, or a little larger."""
        self.is_story_marked = True
        if not self.parts:
            self.is_story_marked = False
            return None
        body = self.parts[0]
        size = sum(self._page.letters(part) for part in self.parts)
        for node in (body, *_climb(body)):
            if (
                item_kind(node) in _STORY_KINDS
                or not node.classes.isdisjoint(_STORY_CLASSES)
                or (node is not body and node.tag == "article")
            ):
                return node
        self.is_story_marked = False
        story = body
        for node in _climb(body):
            if node.tag in {"body", "html"} or self._visible(node) > size * 1.5 + 600:
                break
            story = node
        return story

    def _visible(self, node: Node) -> int:
        return self._page.letters(node)

    def _standfirst(self) -> Node | None:
        """A subtitle printed inside the body's element, before its text."""
        for part in self.parts[:1]:
            for node in self._page.below(part):
                if node.index > self.front_until:
                    break
                if class_matches(node, SURE_STANDFIRST):
                    return node
        return None


def _body_rank(node: Node) -> int | None:
    if "articleBody" in properties(node):
        return 0
    if class_matches(node, ORNAMENT) or class_matches(node, ABOUT_STORY):
        return None
    names = [*node.classes, node.get("id").lower()]
    for rank, pattern in enumerate(BODY_MARKS, 1):
        if any(pattern.match(name) for name in names):
            return rank
    if _is_article(node):
        return 3
    return 4 if node.tag == "main" or node.get("role") == "main" else None


def _is_article(node: Node) -> bool:
    return node.tag == "article" or item_kind(node) in _STORY_KINDS


def _climb(node: Node) -> Iterable[Node]:
    for place, above in enumerate(node.ancestors()):
        if place > 60:
            return
        yield above
