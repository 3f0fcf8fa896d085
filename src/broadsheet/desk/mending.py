"""Replace words on a page of the desk, as a reader proposed and an editor accepts with one click.

The words are named by their place in the canonical text; they stand in rich text with links and
bold words, in captions and in names of speakers. How the canonical text came from there is not
worked out a second time: every character of the page's block is replaced by a mark of its own, the
block is read as an edition reads it, and the marks tell where each character came from.

The change is reduced to the words that differ, and each of these must stand in one text node. The
result is read again before the page gets it: its canonical text, its blocks and its tags must be
what they have to be. Whatever is in doubt is refused, and the editor does it by hand.

Cost: the block is read three or four times; the comparison is quadratic in the words of a line.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import accumulate, takewhile
from typing import Any, NamedTuple

from wagtail.blocks import StreamBlock, StreamValue

from broadsheet.desk.editions import blocks_of
from broadsheet.desk.markup import TextNode, characters, skeleton, text_nodes
from broadsheet.desk.models import StoryPage
from broadsheet.passages import CanonicalText, Status, align, canonical_text, carry
from broadsheet.passages.canonical import BLOCK_SEPARATOR, normal_space

MOST_WORDS = 300
"""Words between the first and the last change of a line that are compared: half a second at worst."""
FARTHEST = 100
"""Characters by which an edit is shifted at most to where it does the same to the text."""
_WORD = re.compile(r"\w+|\s|[^\w\s]")
_SPACES = " \t\n\r\f\v"
_PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
_TURNING = {
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
}
"""Characters that nobody sees and that turn the direction of the text around them."""
_FIRST_MARK = 0xF0000
_MARKS = 0xFFFD
"""The marks: a plane for private use. More characters than marks are told apart by several reads."""


class CannotMend(ValueError):
    """The words cannot be replaced safely; the message tells an editor why."""


def mend(page: StoryPage, *, start: int, end: int, replacement: str) -> None:
    """Replace the words from ``start`` to ``end`` (code points of the canonical text) on the page.

    The page is changed in memory only. Afterwards its canonical text is
    ``text[:start] + replacement + text[end:]`` (white space of the replacement made as canonical
    text has it), its blocks have the ids they had, and the tags of its rich text are untouched.
    Raises ``CannotMend``, with the page as it was, if that cannot be had.
    """
    body = _Body.of(page)
    text = body.canonical.text
    if not 0 <= start <= end <= len(text):
        raise CannotMend(
            f"There are no words from {start} to {end}: the text has {len(text)} characters."
        )
    words = in_place(text, start, end, replacement)
    if words == text[start:end]:
        return
    expected = text[:start] + words + text[end:]
    _refuse_other_lines(text, expected)
    edits = tuple(_edits(text[start:end], words, start))
    block = _the_block(body.canonical, edits)
    mended = body.with_piece(*_mended_piece(body, edits, block))
    if mended.canonical.text != expected or _ids(mended.canonical) != _ids(body.canonical):
        raise CannotMend(
            "The words cannot be replaced without other changes to the text around them."
        )
    page.body = mended.stream()


def mend_draft(live_text: str, draft: StoryPage, *, start: int, end: int, replacement: str) -> bool:
    """Replace the same words in another version of a page, and say whether that was done.

    ``start`` and ``end`` are code points of ``live_text``, the canonical text of the version in
    which they were marked. Where the draft has words of its own in their place, or cannot be
    changed safely, it is left as it is. Raises ``CannotMend`` for words outside of ``live_text``.
    """
    if not 0 <= start < end <= len(live_text):
        raise CannotMend(
            f"There are no words from {start} to {end}: the text has {len(live_text)} characters."
        )
    text = text_of(draft)
    placed = carry(align(live_text, text), start, end)
    if placed.start is None or placed.end is None or placed.status is Status.REWORDED:
        return False
    # Capitals and line breaks are the draft's own words too, though a passage survives them.
    if text[placed.start : placed.end] != live_text[start:end]:
        return False
    try:
        mend(draft, start=placed.start, end=placed.end, replacement=replacement)
    except CannotMend:
        return False
    return True


def text_of(page: StoryPage) -> str:
    """Return the canonical text of the page as it is; unlike ``content_of``, it stores nothing."""
    return _Body.of(page).canonical.text


def with_its_space(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span by the space that would be left over if its words were taken out.

    >>> with_its_space("the outgoing CEO", 4, 12)
    (3, 12)
    """
    before, after = text[:start][-1:] or "\n", text[end : end + 1] or "\n"
    if before == " " and after in " \n.,;:!?":
        return start - 1, end
    return (start, end + 1) if before == "\n" and after == " " else (start, end)


def in_place(text: str, start: int, end: int, replacement: str) -> str:
    """Return the replacement with white space as canonical text has it at that place.

    >>> in_place("The CEO spoke.", 4, 7, " chief  executive ")
    'chief executive'

    Raises ``CannotMend`` for characters that no text of readers may have.
    """
    if found := next(filter(_is_forbidden, replacement), None):
        raise CannotMend(f"The replacement has a control character (U+{ord(found):04X}) in it.")
    raw = replacement.replace("\r\n", "\n").replace("\r", "\n")
    core = BLOCK_SEPARATOR.join(map(normal_space, _PARAGRAPH_BREAK.split(raw.strip(_SPACES))))
    if not core:
        before, after = _edge(raw), ""
    else:
        before = _edge(raw[: len(raw) - len(raw.lstrip(_SPACES))])
        after = _edge(raw[len(raw.rstrip(_SPACES)) :])
    if before == " " and (start == 0 or text[start - 1] in " \n"):
        before = ""
    if after == " " and (end == len(text) or text[end] in " \n"):
        after = ""
    if not core and before == " " and (end == len(text) or text[end] in " \n"):
        before = ""
    return before + core + after


def _is_forbidden(character: str) -> bool:
    is_control = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
    is_none = ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return (is_control and character not in _SPACES) or is_none or character in _TURNING


def _edge(space: str) -> str:
    """Return white space at an end of the replacement as canonical text would have it inside."""
    lines = space.count("\n")
    return "\n" * min(lines, 2) if lines else space and " "


def _refuse_other_lines(text: str, expected: str) -> None:
    """Refuse a change after which other lines or paragraphs would stand there."""
    before, after = text.split("\n"), expected.split("\n")
    is_filled = any(new and not old for old, new in zip(before, after, strict=False))
    if len(before) != len(after) or is_filled:
        raise CannotMend(
            "The change would join or divide paragraphs or lines; only words inside them can be "
            "replaced."
        )
    for old, new in zip(before, after, strict=True):
        if old and not new.strip():
            raise CannotMend("Nothing would be left of a paragraph or line.")
        if old != new and new != normal_space(new):
            raise CannotMend("Two spaces would follow each other, or stand at the end of a line.")


class _Edit(NamedTuple):
    """Words to be put in the place of a stretch of the text, which may be empty."""

    start: int
    end: int
    words: str


def _edits(old: str, new: str, offset: int) -> Iterator[_Edit]:
    """Reduce a change to the words that differ. Both texts have the same number of lines."""
    for before, after in zip(old.split("\n"), new.split("\n"), strict=True):
        if before != after:
            for edit in _line_edits(before, after):
                yield _Edit(edit.start + offset, edit.end + offset, edit.words)
        offset += len(before) + 1


def _line_edits(old: str, new: str) -> Iterator[_Edit]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    first = _shared(before, after)
    last = _shared(reversed(before[first:]), reversed(after[first:]))
    position = sum(map(len, before[:first]))
    before, after = before[first : len(before) - last], after[first : len(after) - last]
    if max(len(before), len(after)) > 2 * MOST_WORDS:
        raise CannotMend("The change is too long to be made with one click.")
    starts = list(accumulate(map(len, before), initial=position))
    # Spaces alone hold no words in their place: else new words would slip into a link among them.
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield _Edit(starts[start], starts[end], "".join(after[new_start:new_end]))


def _the_block(canonical: CanonicalText, edits: Sequence[_Edit]) -> int:
    """Return where the one block in which words change begins."""
    starts = {
        block.start
        for block in canonical.blocks
        for edit in edits
        if block.start <= edit.start and edit.end <= block.end
    }
    if len(starts) != 1:
        raise CannotMend("Words of more than one paragraph change; each is a change of its own.")
    return starts.pop()


def _ids(canonical: CanonicalText) -> list[str]:
    return [block.id for block in canonical.blocks]


def _canonical(stream: StreamBlock, raw: Sequence[dict[str, Any]]) -> CanonicalText:
    """Return the canonical text of a body as it is stored; pictures are not looked at."""
    pieces = [
        {**piece, "value": {**piece["value"], "image": None}} if piece["type"] == "image" else piece
        for piece in raw
    ]
    blocks = blocks_of(stream.to_python(deepcopy(pieces)))
    return canonical_text((block.id, block.text) for block in blocks)


@dataclass(frozen=True)
class _Body:
    """A page's body as it is stored."""

    block: StreamBlock
    raw: list[dict[str, Any]]

    @classmethod
    def of(cls, page: StoryPage) -> _Body:
        return cls(page.body.stream_block, deepcopy(page.body.get_prep_value()))

    @cached_property
    def canonical(self) -> CanonicalText:
        return _canonical(self.block, self.raw)

    def stream(self) -> StreamValue:
        return self.block.to_python(deepcopy(self.raw))

    def piece_at(self, position: int) -> tuple[int, int, str]:
        """Return the piece in which a position of the text stands: number, start and text."""
        start = 0
        for number, piece in enumerate(self.raw):
            text = _canonical(self.block, [piece]).text
            if text and position <= start + len(text):
                return number, start, text
            if text:
                start += len(text) + len(BLOCK_SEPARATOR)
        raise CannotMend("The words are not in the body of the story.")

    def with_piece(self, number: int, piece: dict[str, Any]) -> _Body:
        return _Body(self.block, [*self.raw[:number], piece, *self.raw[number + 1 :]])


def _mended_piece(body: _Body, edits: Sequence[_Edit], block: int) -> tuple[int, dict[str, Any]]:
    """Return the number of the piece in which words change, and what it is afterwards."""
    number, offset, text = body.piece_at(block)
    piece = body.raw[number]
    source = _Source(body.block, piece, text)
    splices: dict[int, list[_Splice]] = {}
    for edit in edits:
        splice = source.place(_Edit(edit.start - offset, edit.end - offset, edit.words))
        splices.setdefault(splice.field, []).append(splice)
    mended = deepcopy(piece)
    for index, found in splices.items():
        field = source.fields[index]
        stored = field.spliced(found)
        field.refuse_too_long(stored)
        field.put(mended, stored)
    return number, mended


class _Splice(NamedTuple):
    """Words to be put in the place of a stretch of a field, in code points of what is stored."""

    field: int
    start: int
    end: int
    words: str


@dataclass(frozen=True)
class _Field:
    """A stored string of which the canonical text has words.

    ``path`` says where it stands in its piece; ``limit`` how many characters it may have.
    """

    path: tuple[str | int, ...]
    stored: str
    nodes: tuple[TextNode, ...]
    is_markup: bool
    limit: int | None = None

    @classmethod
    def markup(cls, stored: str, *path: str | int) -> _Field:
        return cls(path, stored, text_nodes(stored), is_markup=True)

    @classmethod
    def plain(cls, stored: str, limit: int | None, *path: str | int) -> _Field:
        return cls(path, stored, (TextNode(0, len(stored)),), is_markup=False, limit=limit)

    def put(self, piece: dict[str, Any], stored: str) -> None:
        """Store another string in a piece."""
        holder: Any = piece
        for key in self.path[:-1]:
            holder = holder[key]
        holder[self.path[-1]] = stored

    def spliced(self, splices: Sequence[_Splice]) -> str:
        """Return the string after the splices; refuse one that is not good to store."""
        stored, before = self.stored, len(self.stored)
        for splice in sorted(splices, key=lambda splice: splice[1:3], reverse=True):
            if splice.end > before:
                raise CannotMend("The changes come too close to each other.")
            words = html.escape(splice.words, quote=False) if self.is_markup else splice.words
            stored = stored[: splice.start] + words + stored[splice.end :]
            before = splice.start
        if self.is_markup:
            old, new = skeleton(self.stored), skeleton(stored)
            if old.tags != new.tags:
                raise CannotMend("The words cannot be replaced without a change to their markup.")
            if old.is_emptied_in(new):
                raise CannotMend(
                    "Nothing would be left of a link, or of words in bold or italic; take it out "
                    "at the desk."
                )
        return stored

    def refuse_too_long(self, stored: str) -> None:
        """Refuse a string for which the field has no room, unless it was too long before."""
        if self.limit is not None and len(stored) > max(self.limit, len(self.stored)):
            raise CannotMend(
                f"With the replacement, the {self.path[-1]} would be too long: {len(stored)} "
                f"characters, and {self.limit} are possible."
            )


def _fields(stream: StreamBlock, piece: dict[str, Any]) -> Iterator[_Field]:
    """Yield the strings of a piece in the order in which readers see them."""
    kind, value = piece["type"], piece["value"]

    def plain(name: str) -> _Field:
        limit = stream.child_blocks[kind].child_blocks[name].field.max_length
        return _Field.plain(value.get(name) or "", limit, "value", name)

    match kind:
        case "text":
            yield _Field.markup(value or "", "value")
        case "heading":
            yield plain("text")
        case "quotation":
            yield _Field.markup(value.get("quotation") or "", "value", "quotation")
            yield plain("speaker")
            yield plain("role")
        case "image":
            yield plain("caption")
            yield plain("credit")
        case "embed":
            yield plain("title")
        case "list":
            for number, item in enumerate(value.get("items") or ()):
                if isinstance(item, str):
                    # As lists were stored before their items had ids.
                    yield _Field.markup(item, "value", "items", number)
                else:
                    yield _Field.markup(item["value"] or "", "value", "items", number, "value")


class _Unit(NamedTuple):
    """A character as it is written in a field."""

    field: int
    node: int
    start: int
    end: int
    character: str


class _Slot(NamedTuple):
    """A place between characters where words can be put in; the least marked one sorts first."""

    links: int
    marks: int
    shift: int
    splice: _Splice


class _Source:
    """Where each character of a piece's text is written."""

    def __init__(self, stream: StreamBlock, piece: dict[str, Any], text: str) -> None:
        self.text = text
        self.fields = tuple(_fields(stream, piece))
        self._units = [
            _Unit(number, index, start, end, character)
            for number, field in enumerate(self.fields)
            for index, node in enumerate(field.nodes)
            for character, start, end in _written(field, node)
        ]
        self._numbers = self._read_marks(stream, piece)

    def _read_marks(self, stream: StreamBlock, piece: dict[str, Any]) -> list[int | None]:
        """Return the number of the unit behind each character of the text; spaces have none."""
        numbers: list[int | None] = [None] * len(self.text)
        weight = 1
        while weight <= len(self._units):
            marked = _canonical(stream, [self._marked(piece, weight)]).text
            if len(marked) != len(self.text):
                raise CannotMend("The markup of this block is too unusual for a change by itself.")
            for position, mark in enumerate(marked):
                if 0 <= (digit := ord(mark) - _FIRST_MARK) < _MARKS:
                    numbers[position] = (numbers[position] or 0) + digit * weight
            weight *= _MARKS
        return numbers

    def _marked(self, piece: dict[str, Any], weight: int) -> dict[str, Any]:
        """Return the piece with a mark for each character that is no space."""
        parts: list[list[str]] = [[] for _ in self.fields]
        ends = [0] * len(self.fields)
        for number, unit in enumerate(self._units):
            stored = self.fields[unit.field].stored
            mark = chr(_FIRST_MARK + number // weight % _MARKS)
            parts[unit.field] += (
                stored[ends[unit.field] : unit.start],
                mark if _is_marked(unit.character) else stored[unit.start : unit.end],
            )
            ends[unit.field] = unit.end
        marked = deepcopy(piece)
        for field, found, end in zip(self.fields, parts, ends, strict=True):
            if found:
                field.put(marked, "".join(found) + field.stored[end:])
        return marked

    def place(self, edit: _Edit) -> _Splice:
        """Return where and how an edit is to be made; refuse one that has no safe place."""
        refusal: CannotMend | None = None
        for attempt in (edit, _narrowed(self.text, edit)):
            for splice in self._splices(attempt):
                try:
                    self.fields[splice.field].spliced([splice])
                except CannotMend as error:
                    refusal = refusal or error
                else:
                    return splice
        if refusal is None and not edit.words:
            # A word that is all there is of a link, and a space outside: tell the true reason.
            for splice in self._replacements(_without_spaces(self.text, edit)):
                self.fields[splice.field].spliced([splice])
        raise refusal or CannotMend(
            "The words that change do not stand in one piece of text: a link, bold or italic "
            "begins or ends among them, or they belong to different lines."
        )

    def _splices(self, edit: _Edit) -> Iterator[_Splice]:
        return self._insertions(edit) if edit.start == edit.end else self._replacements(edit)

    def _replacements(self, edit: _Edit) -> Iterator[_Splice]:
        for shifted, _ in _shifts(self.text, edit):
            ranges = [self._units_at(position) for position in range(shifted.start, shifted.end)]
            found = [units for units in ranges if units]
            if (
                len(found) == len(ranges)
                and len({unit[:2] for pair in found for unit in pair}) == 1
            ):
                first, last = found[0][0], found[-1][1]
                yield _Splice(first.field, first.start, last.end, shifted.words)

    def _insertions(self, edit: _Edit) -> Iterator[_Splice]:
        slots = [
            self._slot(field, node, offset, shifted.words, abs(distance))
            for shifted, distance in _shifts(self.text, edit)
            for field, node, offset in self._gaps(shifted.start)
        ]
        for slot in sorted(slots):
            yield slot.splice

    def _slot(self, field: int, node: int, offset: int, words: str, shift: int) -> _Slot:
        marks = self.fields[field].nodes[node].marks
        return _Slot(marks.count("a"), len(marks), shift, _Splice(field, offset, offset, words))

    def _gaps(self, position: int) -> Iterator[tuple[int, int, int]]:
        """Yield the places (field, node, offset) between two characters of one line."""
        if position and (units := self._units_at(position - 1)):
            unit = units[1]
            nodes = self.fields[unit.field].nodes
            node, offset = unit.node, unit.end
            yield unit.field, node, offset
            while (
                offset == nodes[node].end and node + 1 < len(nodes) and not nodes[node + 1].is_apart
            ):
                node += 1
                offset = nodes[node].start
                yield unit.field, node, offset
        if position < len(self.text) and (units := self._units_at(position)):
            unit = units[0]
            nodes = self.fields[unit.field].nodes
            node, offset = unit.node, unit.start
            yield unit.field, node, offset
            while offset == nodes[node].start and node and not nodes[node].is_apart:
                node -= 1
                offset = nodes[node].end
                yield unit.field, node, offset

    def _units_at(self, position: int) -> tuple[_Unit, _Unit] | None:
        """Return the first and the last unit of which a character of the text was made.

        ``None`` if it is written nowhere, as a line break is, or in more than one text node.
        """
        number = self._numbers[position]
        if number is not None:
            return self._units[number], self._units[number]
        if self.text[position] == "\n" or not 0 < position < len(self.text) - 1:
            return None
        before, after = self._numbers[position - 1], self._numbers[position + 1]
        if before is None or after is None:
            return None
        spaces = self._units[before + 1 : after]
        if (
            not spaces
            or any(_is_marked(unit.character) for unit in spaces)
            or spaces[0][:2] != spaces[-1][:2]
        ):
            return None
        return spaces[0], spaces[-1]


def _written(field: _Field, node: TextNode) -> Iterator[tuple[str, int, int]]:
    """Yield the characters of a node of a field and where they are written."""
    if field.is_markup:
        yield from characters(field.stored, node)
    else:
        for position, character in enumerate(field.stored):
            yield character, position, position + 1


def _is_marked(character: str) -> bool:
    """Say whether a character gets a mark; spaces do not, since they are judged by their looks."""
    # An entity that stands for two characters cannot have one mark.
    return len(character) == 1 and (character == "\xa0" or not character.isspace())


def _narrowed(text: str, edit: _Edit) -> _Edit:
    """Return the letters that differ, of a single word: a part of it may be in bold."""
    old = text[edit.start : edit.end]
    if any(character.isspace() for character in old):
        return edit
    before = _shared(old, edit.words)
    after = _shared(reversed(old[before:]), reversed(edit.words[before:]))
    words = edit.words[before : len(edit.words) - after]
    return _Edit(edit.start + before, edit.end - after, words)


def _shared(one: Iterable[str], two: Iterable[str]) -> int:
    """Return how many characters or words are the same from the start on."""
    pairs = zip(one, two, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _without_spaces(text: str, edit: _Edit) -> _Edit:
    old = text[edit.start : edit.end]
    start = edit.start + len(old) - len(old.lstrip(" "))
    return _Edit(start, start + len(old.strip(" ")), edit.words)


def _shifts(text: str, edit: _Edit) -> Iterator[tuple[_Edit, int]]:
    """Yield an edit and those near it that make the same text of ``text``, nearest first.

    To take " old" out of "the old man" is to take out "old ", and words come in after the space
    or, with one before them, before it.
    """
    yield edit, 0
    if edit.words and edit.start != edit.end:
        return
    forward: _Edit | None = edit
    backward: _Edit | None = edit
    for distance in range(1, FARTHEST + 1):
        forward = forward and _shifted_on(text, forward)
        backward = backward and _shifted_back(text, backward)
        if forward:
            yield forward, distance
        if backward:
            yield backward, -distance
        if not forward and not backward:
            return


def _shifted_on(text: str, edit: _Edit) -> _Edit | None:
    start, end, words = edit
    if end >= len(text) or text[end] == "\n" or text[end] != (words or text[start:])[0]:
        return None
    return _Edit(start + 1, end + 1, words[1:] + words[:1])


def _shifted_back(text: str, edit: _Edit) -> _Edit | None:
    start, end, words = edit
    if not start or text[start - 1] == "\n" or text[start - 1] != (words or text[:end])[-1]:
        return None
    return _Edit(start - 1, end - 1, words[-1:] + words[:-1])
