"""An earlier text made from an edition: words put back, paragraphs written as they stood.

Inline markup (links, emphasis) stays around words that did not change. Offsets are code points of
the text that markup shows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.passages import align, canonical_text
from broadsheet.passages.segments import KEPT
from broadsheet.record.content import Block, EditionContent, inline_text, text_to_inline

_TOKEN = re.compile(
    r"(?P<tag><[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>)|&(?:#\w+|\w+);|.", re.DOTALL
)
_EMPTY_ELEMENT = re.compile(r"<(\w+)(?:\s(?:[^>\"]|\"[^\"]*\")*)?></\1>")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")


class WordsNotOnce(ValueError):
    """The words to be replaced are not in the text, or stand there more than once."""


def replaced_inline(markup: str, start: int, end: int, words: str) -> str:
    """Return inline markup in which the text from ``start`` to ``end`` says ``words``.

    Elements that begin or end inside the span stay around what is left of their text.
    """
    parts: list[str] = []
    at, is_said = 0, False
    for token in _TOKEN.finditer(markup):
        if token["tag"] and not token[0].startswith("<br"):
            parts.append(token[0])
            continue
        if at >= start and not is_said:
            parts.append(text_to_inline(words))
            is_said = True
        length = 1 if token["tag"] else len(html.unescape(token[0]))
        if not start <= at < end:
            parts.append(token[0])
        at += length
    if not is_said:
        parts.append(text_to_inline(words))
    made = "".join(parts)
    while (tidier := _EMPTY_ELEMENT.sub("", made)) != made:
        made = tidier
    return made


@dataclass(frozen=True)
class _Place:
    """Where words stand: the block, the text they stand in, and how it is written anew."""

    block: int
    text: str
    start: int
    end: int
    write: Callable[[str, int, int, str], Block]


def with_words(content: EditionContent, words: str, then: str) -> EditionContent:
    """Return the content with ``words``, which stand in its body once, saying ``then``.

    White space between the words may differ. Raises :class:`WordsNotOnce`.
    """
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())))
    places = list(_places(content, pattern)) if words.split() else []
    if not places:
        raise WordsNotOnce("These words are not in the text, at least not within one paragraph.")
    if len(places) > 1:
        raise WordsNotOnce(
            f"These words stand {len(places)} times in the text. Take a few more of those around"
            " them, so that it is clear which are meant."
        )
    place = places[0]
    before, after = _same_ends(place.text[place.start : place.end], then)
    block = place.write(
        place.text, place.start + before, place.end - after, then[before : len(then) - after]
    )
    blocks = list(content.blocks)
    blocks[place.block] = block
    return replace(content, blocks=tuple(blocks))


def _same_ends(old: str, new: str) -> tuple[int, int]:
    """Return how many characters two texts share at their beginning and at their end."""
    limit = min(len(old), len(new))
    before = next((n for n in range(limit) if old[n] != new[n]), limit)
    limit -= before
    after = next((n for n in range(limit) if old[-1 - n] != new[-1 - n]), limit)
    return before, after


def _places(content: EditionContent, pattern: re.Pattern[str]) -> Iterator[_Place]:
    """Find words in all that the canonical text is made of."""
    for number, block in enumerate(content.blocks):
        for text, write in _texts(block):
            for match in pattern.finditer(text):
                yield _Place(number, text, *match.span(), write)


def _texts(block: Block) -> Iterator[tuple[str, Callable[[str, int, int, str], Block]]]:
    """Yield the texts of a block, each with how the block is made when a part of it is replaced."""
    if block.html:

        def write_html(_text: str, start: int, end: int, words: str) -> Block:
            return replace(block, html=replaced_inline(block.html, start, end, words))

        yield inline_text(block.html), write_html
    for number, item in enumerate(block.items):

        def write_item(_text: str, start: int, end: int, words: str, number: int = number) -> Block:
            items = list(block.items)
            items[number] = replaced_inline(items[number], start, end, words)
            return replace(block, items=tuple(items))

        yield inline_text(item), write_item
    for name in ("speaker", "role", "caption", "credit", "title"):

        def write_plain(text: str, start: int, end: int, words: str, name: str = name) -> Block:
            changed: dict[str, Any] = {name: text[:start] + words + text[end:]}
            return replace(block, **changed)

        if plain := getattr(block, name):
            yield plain, write_plain


def editable_text(block: Block) -> str | None:
    """Return the words of a block for an editor to write anew; ``None`` of pictures and embeds."""
    if block.type == "list":
        return "\n".join(inline_text(item).replace("\n", " ") for item in block.items)
    return inline_text(block.html) if block.type in ("paragraph", "heading", "quotation") else None


def with_blocks(content: EditionContent, texts: Mapping[int, str]) -> EditionContent:
    """Return the content with blocks, by their number from 0, saying other words.

    A block whose words are the same keeps its markup; one without words is left out; an empty line
    parts a paragraph in two.
    """
    blocks: list[Block] = []
    for number, block in enumerate(content.blocks):
        text = texts.get(number)
        old = editable_text(block)
        if text is None or old is None or text.split() == old.split():
            blocks.append(block)
        else:
            blocks += _written(block, text)
    return replace(content, blocks=tuple(blocks))


def _written(block: Block, text: str) -> Iterator[Block]:
    if block.type == "list":
        items = [line.strip() for line in text.splitlines() if line.strip()]
        if items:
            yield replace(block, items=tuple(map(text_to_inline, items)))
        return
    parts = [part.strip() for part in _BLANK_LINES.split(text) if part.strip()]
    for number, part in enumerate(parts):
        if number == 0:
            yield replace(block, html=text_to_inline(part))
        else:
            yield Block(f"{block.id}-then{number + 1}", "paragraph", html=text_to_inline(part))


def changed_words(old: str, new: str) -> list[tuple[int, int]]:
    """Return where the words stand in an old text that a new one has not, in order.

    Words with nothing but space between them are one span.
    """
    kept = sorted(
        (segment.old_start, segment.old_end)
        for segment in align(old, new).segments
        if segment.kind == KEPT
    )
    spans: list[tuple[int, int]] = []
    at = 0
    for start, end in [*kept, (len(old), len(old))]:
        if at < start and (words := old[at:start].strip()):
            begin = old.index(words, at)
            if (
                spans
                and not old[spans[-1][1] : begin].strip()
                and "\n" not in old[spans[-1][1] : begin]
            ):
                spans[-1] = (spans[-1][0], begin + len(words))
            else:
                spans.append((begin, begin + len(words)))
        at = max(at, end)
    return spans


def texts_of(content: EditionContent) -> list[tuple[str, str]]:
    """Return what a difference of two contents shows, each part with its name."""
    return [
        ("Headline", content.headline),
        ("Standing", content.standing_label),
        ("Standfirst", content.standfirst),
        ("Text", canonical_text((block.id, block.text) for block in content.blocks).text),
    ]
