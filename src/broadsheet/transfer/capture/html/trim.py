"""What themes print inside a body and is not text: byline and date before it, lists after it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from broadsheet.transfer.capture.html.render import visible
from broadsheet.transfer.capture.model import CapturedBlock
from broadsheet.transfer.capture.text.head import read_meta

_FRONT = 6  # blocks among which byline and date stand
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
_LIST_TITLES = re.compile(
    r"\W*(?:related|ähnlich|verwandte|you may also|recommended|more from|artículos relacionados|"
    r"share|teilen|compartir|partager|à lire aussi|lesen sie auch|mehr zum thema|latest posts|"
    r"recent posts|see also|read also|lee también|más noticias|leia também|leggi anche)",
    re.IGNORECASE,
)
_SHORT_TITLE = 4  # words
_MOSTLY = 0.75  # of the letters of a list stand in links


def trimmed(
    blocks: Sequence[CapturedBlock], *, names: Sequence[str], section: str, host: str
) -> tuple[CapturedBlock, ...]:
    """Leave out byline, date and section before the text and lists of other stories after it."""
    front = [block for block in blocks[:_FRONT] if not _is_about(block, names, section)]
    kept = _without_lists([*front, *blocks[_FRONT:]])
    while kept and _is_tail(kept[-1], section, host):
        kept.pop()
    return tuple(kept)


def _is_about(block: CapturedBlock, names: Sequence[str], section: str) -> bool:
    """Tell whether a block only repeats byline, date or section of the story."""
    if block.type not in {"paragraph", "heading"}:
        return False
    text = visible(block.html).strip()
    if len(text) > 160:
        return False
    if section and text.casefold() == section.casefold():
        return True
    meta = read_meta(text, None)
    known = {name.casefold() for name in names}
    if meta.is_empty or not all(name.casefold() in known for name in meta.byline):
        return False
    return bool(meta.byline) or meta.is_dated


def _without_lists(blocks: Sequence[CapturedBlock]) -> list[CapturedBlock]:
    """Drop lists of links under titles such as "Related posts", with their titles."""
    kept: list[CapturedBlock] = []
    for block in blocks:
        if (
            block.type == "list"
            and kept
            and kept[-1].type in {"heading", "paragraph"}
            and _LIST_TITLES.match(visible(kept[-1].html))
            and _is_list_of_links(block, visible(kept[-1].html))
        ):
            kept.pop()
        else:
            kept.append(block)
    return kept


def _is_list_of_links(block: CapturedBlock, title: str) -> bool:
    # A page without an address of its own gives no addresses to its links.
    return len(title.split()) <= _SHORT_TITLE or all("<a " in item for item in block.items)


def _is_tail(block: CapturedBlock, section: str, host: str) -> bool:
    if block.type == "heading":
        return True
    if block.type != "list":
        return bool(block.type == "paragraph" and _LIST_TITLES.fullmatch(visible(block.html)))
    if section and section in block.items:
        return True
    links = [_LINK.findall(item) for item in block.items]
    if len(block.items) < 2 or not all(links):
        return False
    to_own = sum(host in address for item in links for address, _text in item) if host else 0
    linked = sum(len(visible(text)) for item in links for _address, text in item)
    whole = sum(len(visible(item)) for item in block.items)
    return to_own >= len(block.items) and linked >= whole * _MOSTLY
