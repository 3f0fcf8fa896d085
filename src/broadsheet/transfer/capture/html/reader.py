"""Read a saved HTML page into a capture: parse, find the thread, find the story."""

from __future__ import annotations

from broadsheet.transfer.capture.dates import FoundDate
from broadsheet.transfer.capture.html.addresses import Addresses, host_of
from broadsheet.transfer.capture.html.body import BodyReader
from broadsheet.transfer.capture.html.claims import claimed_by_data, claimed_by_markup
from broadsheet.transfer.capture.html.comments import find_comments
from broadsheet.transfer.capture.html.content import Content
from broadsheet.transfer.capture.html.discussion import (
    Thread,
    read_linked_thread,
    read_marked_thread,
)
from broadsheet.transfer.capture.html.fallback import unmarked_body
from broadsheet.transfer.capture.html.headline import find_headline
from broadsheet.transfer.capture.html.linked import LinkedData
from broadsheet.transfer.capture.html.meta import PageMeta
from broadsheet.transfer.capture.html.moments import Moments
from broadsheet.transfer.capture.html.page import Node, Page, parse_page
from broadsheet.transfer.capture.html.render import visible
from broadsheet.transfer.capture.html.story import StoryReader
from broadsheet.transfer.capture.html.trim import trimmed
from broadsheet.transfer.capture.model import Capture, CapturedBlock, CaptureUnreadable
from broadsheet.transfer.capture.warnings import count_warnings


def read_html(text: str) -> Capture:
    """Read the text of an HTML file; refuse pages that hold no story."""
    page = parse_page(text)
    linked = LinkedData(page)
    meta = PageMeta(page, linked)
    addresses = Addresses(meta.base or meta.address)
    found = find_comments(page)
    shown = [page.brief(part, 300) for one in found for part in one.parts]
    moments = Moments(page, meta.language, shown)
    thread = _fuller(
        read_marked_thread(page, found, addresses, moments), read_linked_thread(linked, addresses)
    )
    content = Content(page, found)
    headline, headline_node = find_headline(page, meta, linked, content)
    story = StoryReader(page, meta, linked, content, addresses, moments, headline_node)
    standfirst, standfirst_node = story.standfirst()
    left_out = [*content.comments, *(node for node in (headline_node, standfirst_node) if node)]
    blocks = _body(page, addresses, content, left_out)
    if not blocks:
        blocks = unmarked_body(text, page, content, addresses, left_out)
    blocks = tuple(block for block in blocks if not _repeats(block, headline, standfirst))
    if not headline:
        raise CaptureUnreadable("The page has no headline: no title, no heading, no metadata.")
    if not blocks and not thread.comments:
        raise CaptureUnreadable(
            f"The page has a title ({headline[:80]!r}) but neither text of a story nor comments."
        )
    byline, section = story.byline(), story.section()
    blocks = trimmed(blocks, names=byline, section=section, host=host_of(meta.address))
    published = story.published()
    claimed = claimed_by_markup(page, found)
    if claimed is None:
        claimed = claimed_by_data(page, linked)
    lead = story.lead_image()
    if lead is not None and blocks and blocks[0].type == "image" and _same(blocks[0], lead):
        lead, blocks = blocks[0], blocks[1:]
    return Capture(
        format=thread.how or _how(content, linked),
        headline=headline,
        standfirst=standfirst,
        byline=byline,
        published_at=published.at if published else None,
        section=section,
        address=meta.address or None,
        language=meta.language,
        lead_image=lead,
        blocks=blocks,
        comments=tuple(thread.comments),
        claimed_comments=claimed,
        unreadable=tuple(thread.unreadable),
        warnings=(
            *linked.warnings,
            *_date_warnings(published),
            *thread.warnings,
            *count_warnings(claimed, thread.comments, thread.unreadable),
        ),
    )


def _fuller(marked: Thread, linked: Thread) -> Thread:
    """Take the comments from where the page gives more of them; the markup knows their order."""
    if len(linked.comments) > len(marked.comments) + len(marked.unreadable):
        return linked
    return marked


def _body(
    page: Page, addresses: Addresses, content: Content, left_out: list[Node]
) -> tuple[CapturedBlock, ...]:
    reader = BodyReader(page, addresses, left_out)
    return reader.read(content.parts) if content.parts else ()


def _repeats(block: CapturedBlock, headline: str, standfirst: str) -> bool:
    if block.type not in {"heading", "paragraph"}:
        return False
    return visible(block.html).strip().casefold() in {headline.casefold(), standfirst.casefold()}


def _same(one: CapturedBlock, other: CapturedBlock) -> bool:
    return one.source.rsplit("/", 1)[-1] == other.source.rsplit("/", 1)[-1]


def _how(content: Content, linked: LinkedData) -> str:
    if content.how != "markup":
        return content.how
    return "json-ld" if linked.story else "markup"


def _date_warnings(published: FoundDate | None) -> list[str]:
    if published is None:
        return []
    if published.at is None:
        return ["The date of the story can mean two days; it is not recorded."]
    if published.is_day_only:
        return ["The page gives the day of publication but not the time."]
    return []
