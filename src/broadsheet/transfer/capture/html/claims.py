"""How many comments a page claims to have: above its thread, at its story, or in its data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from broadsheet.transfer.capture.counts import LONGEST_CLAIM, claimed_count, find_count
from broadsheet.transfer.capture.html.comments import Found
from broadsheet.transfer.capture.html.linked import LinkedData, as_list
from broadsheet.transfer.capture.html.markers import class_or_id_matches, properties
from broadsheet.transfer.capture.html.page import SILENT, Node, Page

_TITLE_REACH = 60  # elements before the first comment among which its title stands
_TITLE = re.compile(
    r"(?:[\w-]*[-_])?(?:comments?[-_]{1,2}(?:title|heading|header|headline|count(?:er)?|number|num|total)|"
    r"(?:num|total|number)[-_]?(?:of[-_]?)?comments?|commentcount|comments-count|comment-num)\Z|"
    r"comments\Z|comment-reply-title-count\Z"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LONGEST_TITLE = 12  # words
_LONGEST_PLAIN_TITLE = 8  # words of a title that is no heading
_FRONT_OF_CLAIM = 4  # characters before it in a title, such as a brace
_TO_COMMENTS = re.compile(r"#(?:comments?|respond|disqus_thread)\Z")
_COUNT_LINK = re.compile(r"(?:[\w-]*[-_])?comments?[-_]?(?:link|count|number|num|popup)\w*\Z")


def claimed_by_markup(page: Page, found: Sequence[Found]) -> int | None:
    """Read the number that stands right above the thread, else the one at the story."""
    above = _claim_above(page, found)
    if above is not None:
        return above
    titles: list[int] = []
    links: list[int] = []
    until = 0
    spans = sorted((part.index, part.end) for one in found for part in one.parts)
    place = 0
    for node in page.nodes:
        while place < len(spans) and node.index >= spans[place][0]:
            until = max(until, spans[place][1])
            place += 1
        if node.index < until:
            continue
        is_title = class_or_id_matches(node, _TITLE)
        if not is_title and not _is_count_link(node):
            continue
        number = _claim_of(page, node)
        text = page.brief(node, 20)
        if number is None and (bare := re.fullmatch(r"\(?\s*(\d{1,6})\s*\)?", text)):
            number = int(bare[1])
        if number is not None:
            (titles if is_title else links).append(number)
    if titles:
        return titles[0]
    # Links with several numbers belong to several stories.
    return links[0] if len(set(links)) == 1 else None


def _claim_above(page: Page, found: Sequence[Found]) -> int | None:
    if not found:
        return None
    first = min(one.parts[0].index for one in found)
    for node in reversed(page.nodes[max(0, first - _TITLE_REACH) : first]):
        if node.end > first:
            continue
        is_title = node.tag in _HEADINGS or class_or_id_matches(node, _TITLE)
        text = page.brief(node, LONGEST_CLAIM)
        found_count = find_count(text)
        begins_so = found_count is not None and found_count[1] <= _FRONT_OF_CLAIM
        if not (is_title or begins_so or len(text.split()) <= _LONGEST_PLAIN_TITLE):
            continue
        number = _claim_of(page, node)
        if number:
            return number
    return None


def _is_count_link(node: Node) -> bool:
    if class_or_id_matches(node, _COUNT_LINK):
        return True
    return node.tag == "a" and bool(_TO_COMMENTS.search(node.get("href")))


def claimed_by_data(page: Page, linked: LinkedData) -> int | None:
    """Read the number of comments from JSON-LD or microdata."""
    story = linked.story
    if story is not None:
        count = story.get("commentCount")
        if isinstance(count, int) or (isinstance(count, str) and count.strip().isdigit()):
            return int(count)
        for statistic in as_list(story.get("interactionStatistic")):
            if isinstance(statistic, dict) and "Comment" in str(statistic.get("interactionType")):
                value = str(statistic.get("userInteractionCount", ""))
                if value.isdigit():
                    return int(value)
        for value in as_list(story.get("interactionCount")):
            if isinstance(value, str) and (number := claimed_count(value)) is not None:
                return number
    for node in page.nodes:
        kinds = properties(node)
        value = node.get("content") or page.brief(node, 40)
        if "commentCount" in kinds and value.isdigit():
            return int(value)
        if "interactionCount" in kinds and "UserComments" in value:
            return claimed_count(value)
    return None


def _claim_of(page: Page, node: Node) -> int | None:
    if node.tag in SILENT:
        return None
    text = page.brief(node, LONGEST_CLAIM)
    number = claimed_count(text)
    if number is None and class_or_id_matches(node, _TITLE):
        # A title in words of the site's own: "91 Ergänzungen".
        match = re.match(r"\W*(\d{1,6})\s+[^\W\d]", text)
        number = int(match[1]) if match and len(text.split()) < _LONGEST_TITLE else None
    words = text.split()
    if number is not None and len(words) > _LONGEST_TITLE:
        # A sentence of the story may speak of comments; a claim begins with its number or noun.
        return number if claimed_count(" ".join(words[:8])) is not None else None
    return number
