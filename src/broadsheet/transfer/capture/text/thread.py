"""The thread of a saved text, read from its bullets and indents.

A line that begins a comment is a *name line*: a bullet and a name, with deeper text under it.
What stands deeper than the bullet belongs to the comment, a deeper bullet begins a reply. Saving
loses things: a text that follows a reply but stands as far out as the text of an earlier level, or
that two empty lines set off, is a comment that lost its bullet and its name; it is kept without a
name on the level that its indent tells. One pass, linear in the number of lines.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from broadsheet.transfer.capture.counts import find_count
from broadsheet.transfer.capture.dates import DayOrder, FoundDate, find_date
from broadsheet.transfer.capture.names import LONGEST_NAME, clean_name, is_saying, tidy
from broadsheet.transfer.capture.text.lines import Line

_LONGEST_NAME_LINE = 140  # characters, with date and wording
_LONGEST_NAME = 60  # characters of a line that can be a name alone
_SENTENCE_END = re.compile(r"[.!?…][\"”’»')\]]*\Z")
_BUTTON = re.compile(
    r"(?:reply|antworten|responder|répondre|rispondi|reageer|svar(?:a)?|permalink|link|"
    r"log in to reply|report(?: abuse)?|edit|quote|share|\d+ likes?|↩|#)"
    r"(?:\s*[|·•/]?\s*(?:reply|permalink|link|edit|like|quote|report|share|#))*",
    re.IGNORECASE,
)
_HEADING_WORD = re.compile(
    r"(?:comments?|responses?|replies|discussion|kommentare|commentaires|comentarios|commenti|"
    r"reacties|kommentarer|comentários|leserkommentare|reader comments)\s*:?",
    re.IGNORECASE,
)
_SAYS = "says|said|wrote|writes|sagt|schreibt|dit|dice|dijo|disse|diz|scrive|zegt|skriver"
# Without a colon only in lower case: people are called Said.
_SAYS_END = re.compile(rf"\s(?:(?i:{_SAYS})\s*:|(?:{_SAYS}))\Z")
_AGO = re.compile(
    r"[\s•·|,(–—-]+(?:about\s+|vor\s+|hace\s+|il y a\s+)?(?:\d{1,3}|an?|eine[mr]?|un[ae]?)\s+"
    r"(?:(?:second|minute|hour|day|week|month|year)s?\s+ago|sekunden?|minuten?|stunden?|tag(?:en)?|"
    r"wochen?|monat(?:en)?|jahr(?:en)?|días?|semanas?|meses|mes|años?|horas?|jours?|semaines?|mois|"
    r"ans?|heures?)\)?\s*(?:[•·|]\s*(?:reply|edited|share))?\s*\Z",
    re.IGNORECASE,
)
_MOST_NAME_WORDS = 5
_AROUND_DATE = re.compile(
    r"(?:\b(?:on|at|am|um|le|el|à|posted|permalink|reply|uhr|says|said|wrote|the|il|op|om)\b|[\W_])*",
    re.IGNORECASE,
)


@dataclass
class TextComment:
    """A comment of a text; ``lines`` hold its paragraphs, lines and all."""

    line: int
    parent: TextComment | None
    name: str | None
    date: FoundDate | None = None
    paragraphs: list[list[str]] = field(default_factory=list)
    is_lost: bool = False
    """Its bullet and its name are gone."""

    @property
    def text(self) -> str:
        return "\n\n".join("\n".join(paragraph) for paragraph in self.paragraphs)


@dataclass
class TextThread:
    comments: list[TextComment] = field(default_factory=list)
    outside: list[Line] = field(default_factory=list)
    """Lines after the thread's beginning that no comment can have."""


@dataclass
class _Level:
    indent: int
    comment: TextComment
    text_indent: int | None = None


class ThreadShape:
    """Where the thread of a text begins and what its name lines look like."""

    def __init__(
        self,
        lines: Sequence[Line],
        start: int,
        order: DayOrder | None,
        *,
        is_claimed: bool = False,
    ):
        self._lines = lines
        self._order = order
        self._is_claimed = is_claimed
        self.heading: int | None = self._find_heading(start)
        begin = start if self.heading is None else self.heading + 1
        self.bullets: frozenset[str] = frozenset()
        self.is_flat = False
        self.is_set_off = False
        self.is_by_indent = False
        self.begin: int | None = None
        self.begin = self._with_bullets(begin)
        if self.begin is None:
            self.begin = self._without_bullets(begin)
        if self.begin is None:
            self.begin = self._by_indent(begin)

    @property
    def claimed(self) -> int | None:
        if self.heading is None:
            return None
        found = find_count(self._lines[self.heading].text)
        return found[0] if found else None

    def _find_heading(self, start: int) -> int | None:
        for place in range(start, len(self._lines)):
            text = self._lines[place].text.lstrip("# ")
            if len(text) > 120:
                continue
            found = find_count(text)
            is_title = (
                found is not None
                and found[1] < 12
                and (
                    found[2] >= len(text.rstrip(" :"))
                    or re.match(r"\s+(?:to|on|zu|à|a|sur|en|auf|op)\b", text[found[2] :])
                )
            )
            is_title = is_title or bool(_HEADING_WORD.fullmatch(text))
            if is_title and any(map(self._can_begin, self._lines[place + 1 : place + 4])):
                return place
        return None

    def _can_begin(self, line: Line) -> bool:
        return bool(line.bullet or _SAYS_END.search(line.text)) or self._is_dated(line.text)

    def _with_bullets(self, begin: int) -> int | None:
        lines = self._lines
        candidates = [
            place
            for place in range(begin, len(lines))
            if lines[place].bullet and self._has_deeper(place)
        ]
        symbols = [place for place in candidates if not lines[place].bullet[0].isdigit()]
        candidates = symbols or candidates
        # Where empty lines set the comments off, tight bullets are lists inside their texts.
        set_off = [place for place in candidates if lines[place].gap]
        self.is_set_off = len(set_off) * 2 > len(candidates)
        candidates = set_off if self.is_set_off else candidates
        if not candidates:
            return self._with_flat_bullets(begin)
        margin = min(lines[place].indent for place in candidates)
        # The thread is the last part: text at the margin, if comments follow it, is the body.
        last_body = begin - 1
        last_candidate = candidates[-1]
        for place in range(begin, last_candidate):
            line = lines[place]
            is_at_margin = line.indent == margin and line.gap and len(line.text) > _LONGEST_NAME
            if not line.bullet and (line.indent < margin or is_at_margin):
                last_body = place
        candidates = [place for place in candidates if place > last_body]
        first = candidates[0]
        if self.heading is not None and lines[begin].bullet and begin > last_body:
            first = begin
        self.bullets = frozenset(
            lines[place].bullet for place in candidates if _is_symbol(lines[place])
        )
        if not self.bullets:
            self.bullets = frozenset({"1."})
        return self._with_lost_before(first, last_body + 1)

    def _with_lost_before(self, first: int, begin: int) -> int:
        """Begin earlier if the first comment of the thread has lost its bullet."""
        lines = self._lines
        after = lines[first + 1].indent if first + 1 < len(lines) else 0
        place = first
        while place > begin and not lines[place - 1].bullet and lines[place - 1].indent == after:
            place -= 1
        is_lost = place < first and after > lines[first].indent and lines[place].gap > 1
        return place if is_lost else first

    def _with_flat_bullets(self, begin: int) -> int | None:
        lines = self._lines
        if self.heading is None and not self._is_claimed:
            return None
        for place in range(begin, len(lines)):
            is_name = len(lines[place].rest) <= _LONGEST_NAME_LINE and self.heading is not None
            if lines[place].bullet and (is_name or _named_text(lines[place].rest)):
                self.bullets = frozenset(
                    {lines[place].bullet if _is_symbol(lines[place]) else "1."}
                )
                self.is_flat = True
                return place
        return None

    def _without_bullets(self, begin: int) -> int | None:
        """A copied page without bullets: "NAME says:", or a name over a line with the date."""
        places = [place for place in range(begin, len(self._lines)) if self._is_bare_name(place)]
        if not places or (len(places) < 2 and self.heading is None):
            return None
        self.is_flat = True
        return places[0]

    def _by_indent(self, begin: int) -> int | None:
        """A thread whose bullets are all lost: short lines with deeper text under them."""
        lines = self._lines
        if begin >= len(lines) or (self.heading is None and not self._is_claimed):
            return None
        margin = min(line.indent for line in lines[begin:])
        places = [
            place
            for place in range(begin, len(lines))
            if self._is_over_deeper(place)
            and (self.heading is not None or lines[place].indent > margin)
        ]
        if len(places) < 2:
            return None
        self.is_by_indent = True
        return places[0]

    def _is_over_deeper(self, place: int) -> bool:
        line = self._lines[place]
        is_short = len(line.text) <= _LONGEST_NAME and not _SENTENCE_END.search(line.text)
        return is_short and not line.bullet and line.gap > 0 and self._has_deeper(place)

    def is_name(self, place: int) -> bool:
        """Tell whether a line begins a comment."""
        line = self._lines[place]
        if self.is_by_indent:
            return self._is_over_deeper(place)
        if not self.bullets:
            return self._is_bare_name(place)
        if not line.bullet:
            return False
        if len(line.rest) > _LONGEST_NAME_LINE and not (self.is_flat and _named_text(line.rest)):
            return False
        if self.is_set_off and not line.gap and place != self.begin:
            return False
        if line.bullet in self.bullets:
            return True
        if self.bullets == {"1."}:
            return line.bullet[0].isdigit()
        # Another sign: a reply of a text browser's list, if text stands under it.
        return _is_symbol(line) and "*" in self.bullets and self._has_deeper(place)

    def _is_bare_name(self, place: int) -> bool:
        line = self._lines[place]
        if len(line.rest) > _LONGEST_NAME_LINE or place + 1 >= len(self._lines):
            return False
        if _SAYS_END.search(line.rest):
            return True
        if _AGO.search(line.rest) and line.gap:
            return True
        date = find_date(line.rest, order=self._order)
        if date is not None:
            tail = _AROUND_DATE.fullmatch(line.rest[date.end :])
            name = line.rest[: date.start].strip()
            return bool(tail and name and len(name.split()) <= 6 and line.gap)
        after = self._lines[place + 1]
        is_short = len(line.rest) <= _LONGEST_NAME and not _SENTENCE_END.search(line.rest)
        return is_short and line.gap > 0 and after.gap <= 1 and self._is_dated(after.text)

    def _is_dated(self, text: str) -> bool:
        return only_date(text, self._order) is not None

    def _has_deeper(self, place: int) -> bool:
        if place + 1 >= len(self._lines):
            return False
        line, after = self._lines[place], self._lines[place + 1]
        if not line.rest or len(line.rest) > _LONGEST_NAME_LINE:
            return False
        hangs = after.gap == 0 and after.indent == line.indent + len(line.text) - len(line.rest)
        is_list_item = hangs and len(line.text) > 60
        return after.indent > line.indent and not is_list_item


def read_thread(lines: Sequence[Line], shape: ThreadShape, order: DayOrder | None) -> TextThread:
    """Read the comments from the thread's first line to the end of the text."""
    thread = TextThread()
    levels: list[_Level] = []
    if shape.begin is None:
        return thread
    usual = _usual_gap(lines, shape)
    for place in range(shape.begin, len(lines)):
        line = lines[place]
        if shape.is_name(place):
            _begin_comment(thread, levels, line, order)
        elif not levels:
            # A text before the first bullet: the first comment has lost its own.
            _lost_comment(thread, levels, line, parent=None, indent=max(0, line.indent - 2))
        else:
            _add_line(thread, levels, line, usual, is_flat=shape.is_flat)
    for comment in thread.comments:
        _finish(comment, order)
    return thread


def _usual_gap(lines: Sequence[Line], shape: ThreadShape) -> int:
    """Empty lines between paragraphs of this thread; lost bullets leave one more."""
    gaps = [
        lines[place].gap
        for place in range((shape.begin or 0) + 1, len(lines))
        if not lines[place].bullet and lines[place].gap
    ]
    return int(statistics.median_low(gaps)) if gaps else 1


def _begin_comment(
    thread: TextThread, levels: list[_Level], line: Line, order: DayOrder | None
) -> None:
    # Right-aligned numbers shift a bullet by one column.
    slack = 1 if line.bullet[:1].isdigit() else 0
    while levels and levels[-1].indent >= line.indent - slack:
        levels.pop()
    name, date, rest = split_name_line(line.rest, order)
    comment = TextComment(line.number, levels[-1].comment if levels else None, name, date)
    if rest:
        comment.paragraphs.append([rest])
    thread.comments.append(comment)
    levels.append(_Level(line.indent, comment))


def _lost_comment(
    thread: TextThread, levels: list[_Level], line: Line, *, parent: TextComment | None, indent: int
) -> None:
    comment = TextComment(line.number, parent, None, is_lost=True)
    comment.paragraphs.append([line.text])
    thread.comments.append(comment)
    levels.append(_Level(indent, comment, line.indent))


def _add_line(
    thread: TextThread, levels: list[_Level], line: Line, usual: int, *, is_flat: bool
) -> None:
    level = levels[-1]
    is_new = line.gap > 0
    if level.text_indent is None and (is_flat or line.indent > level.indent):
        level.text_indent = line.indent
        is_new = True
    elif line.gap and not is_flat and line.indent <= level.indent:
        while levels and line.indent <= levels[-1].indent:
            level = levels.pop()
        if not levels:
            thread.outside.append(line)
            # What follows at this depth is as far outside; the last comment stays open for more.
            levels.append(level)
            return
        outer = levels.pop()
        _lost_comment(thread, levels, line, parent=outer.comment.parent, indent=outer.indent)
        return
    elif level.text_indent is not None and line.gap > usual and not is_flat:
        if line.indent > level.text_indent + 1:
            _lost_comment(thread, levels, line, parent=level.comment, indent=level.text_indent)
        else:
            levels.pop()
            _lost_comment(thread, levels, line, parent=level.comment.parent, indent=level.indent)
        return
    if is_new or not level.comment.paragraphs:
        level.comment.paragraphs.append([])
    level.comment.paragraphs[-1].append(line.text)


def split_name_line(text: str, order: DayOrder | None) -> tuple[str | None, FoundDate | None, str]:
    """Split what follows a bullet into name, date and text: "Ada, 3 May 2011: Fine" has all."""
    text = re.sub(r"\A(\*\*|__)(.+?)\1", r"\2", text)
    ago = _AGO.search(text)
    if ago is not None:
        # Perhaps with the name that is answered, too: "Ann > Bob • 3 days ago".
        return clean_name(re.split(r"\s+[>→↪➤»]\s*", text[: ago.start()])[0]), None, ""
    date = find_date(text, order=order)
    if date is not None and date.end - date.start >= 6:
        before, after = text[: date.start], text[date.end :]
        is_tail = bool(_AROUND_DATE.fullmatch(after)) or after.lstrip(" )]").startswith(":")
        if is_tail and before.strip():
            rest = after.lstrip(" )]").removeprefix(":").strip() if ":" in after[:3] else ""
            front = re.sub(
                r"[\s,;|·•(\[@–—-]*(?:\b(?:on|at|am|le|el|den|il|op|posted|wrote|said)\b[\s:,]*)*\Z",
                "",
                before,
            )
            return clean_name(_SAYS_END.sub("", front)), date, rest
    if len(text) > LONGEST_NAME and (named := _named_text(text)):
        return named[0], None, named[1]
    name = clean_name(_SAYS_END.sub("", text))
    if name is None or len(text) > LONGEST_NAME:
        return None, None, text if len(text) > LONGEST_NAME else ""
    return name, None, ""


def only_date(text: str, order: DayOrder | None) -> FoundDate | None:
    """Read a line that holds a date and nothing else but its wording."""
    if len(text) > 100:
        return None
    date = find_date(text, order=order)
    if date is None:
        return None
    around = text[: date.start] + " " + text[date.end :]
    weekday = re.sub(r"\b[^\W\d]{2,12},?\s*\Z", "", text[: date.start]) if date.start else ""
    fits = _AROUND_DATE.fullmatch(around) or _AROUND_DATE.fullmatch(weekday + text[date.end :])
    return date if fits else None


def _finish(comment: TextComment, order: DayOrder | None) -> None:
    """Take date and buttons out of a comment's lines, and a text out of its name line."""
    paragraphs = comment.paragraphs
    if comment.date is None and paragraphs and not comment.is_lost:
        date = only_date(paragraphs[0][0], order)
        if date is not None and (len(paragraphs) > 1 or len(paragraphs[0]) > 1):
            comment.date = date
            paragraphs[0].pop(0)
    while paragraphs and (not paragraphs[-1] or _BUTTON.fullmatch(paragraphs[-1][-1])):
        if paragraphs[-1] and sum(map(len, paragraphs)) == 1:
            break
        if paragraphs[-1]:
            paragraphs[-1].pop()
        if not paragraphs[-1]:
            paragraphs.pop()
    comment.paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    if not comment.paragraphs and comment.name and (named := _named_text(comment.name)):
        comment.name, comment.paragraphs = named[0], [[named[1]]]


def _named_text(text: str) -> tuple[str, str] | None:
    """Split a line such as "Ann Lee: Not so fast" into name and text."""
    name, colon, rest = text.partition(": ")
    is_name = len(name) <= _LONGEST_NAME and len(name.split()) <= _MOST_NAME_WORDS
    cleaned = clean_name(name)
    if not colon or not rest.strip() or not is_name or cleaned is None or is_saying(name):
        return None
    return cleaned, tidy(rest)


def _is_symbol(line: Line) -> bool:
    return bool(line.bullet) and not line.bullet[0].isdigit()
