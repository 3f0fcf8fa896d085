"""The thread of a saved page: its comments in order, and how many it claims to have."""

from __future__ import annotations

import datetime as dt
import html as entities
import re
from dataclasses import dataclass, field

from broadsheet.transfer.capture.dates import read_machine_date
from broadsheet.transfer.capture.html.addresses import Addresses
from broadsheet.transfer.capture.html.comment import CommentReader, Reading
from broadsheet.transfer.capture.html.comments import COMMENT_KINDS, Found
from broadsheet.transfer.capture.html.linked import LinkedComment, LinkedData, text_in
from broadsheet.transfer.capture.html.markers import item_kind
from broadsheet.transfer.capture.html.moments import Moments
from broadsheet.transfer.capture.html.page import Page, parse_page
from broadsheet.transfer.capture.html.render import PlainText
from broadsheet.transfer.capture.html.threads import OwnNodes, link_replies
from broadsheet.transfer.capture.model import CapturedComment, CaptureUnreadable, Unreadable
from broadsheet.transfer.capture.names import clean_name
from broadsheet.transfer.capture.warnings import counted, gaps

_EXCERPT = 200  # characters of an unreadable part that are kept


@dataclass
class Thread:
    """What a page shows of its thread, ready for the capture."""

    comments: list[CapturedComment] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    how: str = ""
    """The format by which the comments were found; empty without comments."""


def read_marked_thread(
    page: Page, found: list[Found], addresses: Addresses, moments: Moments
) -> Thread:
    """Read the comments that the markup of a page shows."""
    own = OwnNodes(page, found)
    found = link_replies(page, found, own)
    reader = CommentReader(page, addresses, moments, own)
    thread = Thread(how=_how(found))
    answered = {id(one.parent) for one in found if one.parent is not None}
    keys = _keys(found)
    ambiguous = day_only = 0
    for one in found:
        reading = reader.read(one)
        if reading.moment is not None:
            ambiguous += reading.moment.at is None
            day_only += reading.moment.is_day_only
        if not reading.text and id(one) not in answered:
            thread.unreadable.append(_unreadable(page, one, keys[id(one)], reading))
            continue
        if not reading.text:
            thread.warnings.append(f"{keys[id(one)]} has replies but no text.")
        thread.comments.append(
            CapturedComment(
                key=keys[id(one)],
                parent=keys[id(one.parent)] if one.parent is not None else None,
                depth=one.depth,
                name=reading.name,
                text=reading.text,
                posted_at=reading.moment.at if reading.moment else None,
                url=reading.url,
                kind="pingback" if reading.is_pingback else "comment",
            )
        )
    thread.unreadable.extend(_unnumbered_pings(page, found))
    thread.warnings.extend(gaps(thread.comments, day_only, ambiguous))
    beside = _number_beside(page, found)
    if 0 < beside < len(found):
        thread.warnings.append(
            f"{counted(beside).capitalize()} of the page stand in a list beside the story."
        )
    return thread


def _unnumbered_pings(page: Page, found: list[Found]) -> list[Unreadable]:
    """Links from other sites that a theme lists without an id, beside numbered comments."""
    if not any(one.is_numbered for one in found):
        return []
    until = 0
    starts = {part.index: part.end for one in found for part in one.parts}
    pings = []
    for node in page.nodes:
        until = max(until, starts.get(node.index, 0))
        if node.tag == "li" and node.index >= until and node.classes & {"pingback", "trackback"}:
            text = page.brief(node, 1500)
            if text and not any(index in starts for index in range(node.index, node.end)):
                pings.append(Unreadable("the thread", "A pingback without an id.", text[:_EXCERPT]))
    return pings


def _number_beside(page: Page, found: list[Found]) -> int:
    """Number of comments in side columns, such as the newest ones of the whole site."""
    starts = {one.parts[0].index for one in found}
    number = until = 0
    for node in page.nodes:
        if node.tag == "aside" or "widget" in node.classes:
            until = max(until, node.end)
        number += node.index in starts and node.index < until
    return number


def _unreadable(page: Page, one: Found, key: str, reading: Reading) -> Unreadable:
    excerpt = " ".join(page.text(part) for part in one.parts)[:_EXCERPT]
    who = f" by {reading.name}" if reading.name else ""
    return Unreadable(where=key, why=f"The comment{who} has no text on the page.", excerpt=excerpt)


def _how(found: list[Found]) -> str:
    if not found:
        return ""
    if any(item_kind(one.node) in COMMENT_KINDS for one in found):
        return "microdata"
    if any(one.is_numbered for one in found):
        return "wordpress"
    if any(one.node.classes & {"h-cite", "h-entry", "hentry", "u-comment"} for one in found):
        return "hentry"
    return "markup"


def _keys(found: list[Found]) -> dict[int, str]:
    """Give each comment the page's own id, or its place in the thread: ``place-2.1``."""
    keys: dict[int, str] = {}
    places: dict[int, str] = {}
    replies: dict[int | None, int] = {}
    taken: set[str] = {one.key for one in found if one.key}
    for one in found:
        above = id(one.parent) if one.parent is not None else None
        replies[above] = replies.get(above, 0) + 1
        front = f"{places[above]}." if above is not None else ""
        # A thread nested thousands deep would make keys as long as a page.
        places[id(one)] = f"{front}{replies[above]}" if len(front) < 100 else f"n{len(places)}"
        key = one.key or f"place-{places[id(one)]}"
        while not one.key and key in taken:
            key += "-"
        taken.add(key)
        keys[id(one)] = key
    return keys


def read_linked_thread(linked: LinkedData, addresses: Addresses) -> Thread:
    """Read the comments that a page gives as JSON-LD."""
    thread = Thread(how="json-ld")
    keys: list[str] = []
    depths: list[int] = []
    numbers: dict[int | None, int] = {}
    for one in linked.comments():
        numbers[one.parent] = numbers.get(one.parent, 0) + 1
        above = one.parent
        front = keys[above] + "." if above is not None and len(keys[above]) < 100 else "place-"
        key = (
            f"{front}{numbers[one.parent]}"
            if above is None or front != "place-"
            else f"n{len(keys)}"
        )
        keys.append(key)
        depths.append(depths[above] + 1 if above is not None else 1)
        comment = _linked_comment(one, linked, addresses, key, keys, depths[-1])
        if comment.text:
            thread.comments.append(comment)
        else:
            thread.unreadable.append(
                Unreadable(key, "The comment has no text in the JSON-LD.", str(one.item)[:_EXCERPT])
            )
    shown = {comment.key for comment in thread.comments}
    if any(comment.parent and comment.parent not in shown for comment in thread.comments):
        thread.warnings.append("Some comments answer one without text.")
        thread.comments = _without_missing_parents(thread.comments)
    thread.warnings.extend(gaps(thread.comments))
    return thread


def _without_missing_parents(comments: list[CapturedComment]) -> list[CapturedComment]:
    depths: dict[str, int] = {}
    result = []
    for comment in comments:
        parent = comment.parent if comment.parent in depths else None
        depths[comment.key] = depths[parent] + 1 if parent is not None else 1
        result.append(
            CapturedComment(
                comment.key,
                parent,
                depths[comment.key],
                comment.name,
                comment.text,
                comment.posted_at,
                comment.url,
                comment.kind,
            )
        )
    return result


def _linked_comment(
    one: LinkedComment,
    linked: LinkedData,
    addresses: Addresses,
    key: str,
    keys: list[str],
    depth: int,
) -> CapturedComment:
    item = one.item
    names = linked.names(item.get("author") or item.get("creator"))
    author = linked.resolve(item.get("author")) or {}
    return CapturedComment(
        key=key,
        parent=keys[one.parent] if one.parent is not None else None,
        depth=depth,
        name=clean_name(entities.unescape(names[0])) if names else None,
        text=plain_text(text_in(item.get("text")) or text_in(item.get("commentText")), addresses),
        posted_at=_moment(item),
        url=addresses.link(text_in(author.get("url"))) or None,
    )


def _moment(item: dict[str, object]) -> dt.datetime | None:
    for name in ("dateCreated", "datePublished", "commentTime", "uploadDate"):
        found = read_machine_date(text_in(item.get(name)))
        if found is not None:
            return found.at
    return None


def plain_text(text: str, addresses: Addresses) -> str:
    """Make plain text of a property that may be plain, escaped or HTML."""
    if re.search(r"&(?:lt|gt|amp|quot|#\d+|nbsp);", text):
        text = entities.unescape(text)
    if not re.search(
        r"</?(?:p|br|a|b|i|em|strong|div|blockquote|ul|li|span)\b", text, re.IGNORECASE
    ):
        paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
        lines = [[" ".join(line.split()) for line in part.split("\n")] for part in paragraphs]
        return "\n\n".join("\n".join(line for line in part if line) for part in lines if any(part))
    try:
        fragment = parse_page(f"<div>{text}</div>")
    except CaptureUnreadable:
        return ""
    plain = PlainText(addresses, lambda node: False)
    plain.write(fragment.nodes[0])
    return plain.text()
