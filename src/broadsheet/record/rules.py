"""The guard against stealth edits, and where the note of an edition stands (standards.md, section 9).

A *minor* edition mends spelling, grammar, layout, links and descriptions of pictures. Whether it
does more is judged by what can be seen without understanding: numbers, names, quotations and words
of certainty are the *facts* of a text, and an edit touches what does not come out of it as it went
in. In doubt it is a touch, because a false alarm costs an editor a sentence and a silence costs
readers their trust. What it cannot see: a name in a script without capitals, a word that changes
the meaning and is none of these, a picture described as something else. So it is a help for honest
editors and no proof.

Cost: linear in the texts; some 40 ms for a story of a thousand words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise, zip_longest

from broadsheet.passages import Alignment, Status, align, carry
from broadsheet.passages.segments import KEPT, REPLACED
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import EditionKind

LATE = timedelta(days=30)
"""Age of the words from which on a correction says why it comes so late."""


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


NUMBER_WORDS = _set_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " hundred hundreds thousand thousands million millions billion billions trillion trillions"
    " first second third fourth fifth sixth seventh eighth ninth tenth thirds fourths fifths"
    " half halves quarter quarters dozen dozens once twice double doubled triple tripled"
    " percent cent cents percentage dollar dollars euro euros pound pounds"
    " am pm hour hours day days week weeks month months year years decade decades century centuries"
    " mile miles km kilometre kilometres kilometer kilometers metre metres meter meters foot feet"
    " kg kilogram kilograms tonne tonnes ton tons litre litres liter liters acre acres hectare"
    " hectares degree degrees"
)
"""English words that count or measure. Whoever edits in another language is helped by its digits."""

CERTAINTY_WORDS = _set_of(
    "may might could would should must can cannot will shall not never no none nobody nothing"
    " neither nor without reportedly allegedly apparently supposedly possibly probably likely"
    " unlikely perhaps maybe certainly definitely alleged alleges claim claims claimed suspected"
    " accused charged convicted acquitted rumour rumours rumoured rumor rumors rumored said says"
    " denied denies deny confirmed confirms confirm admitted admits unconfirmed expected"
)
"""English words that say how sure a thing is, or who vouches for it. A help, not a proof."""

ORDINARY_WORDS = _set_of(
    "a about above after again against all also although among an and another any are as at"
    " because been before being below between both but by did do does during each either else"
    " even every few for from had has have he her here hers him his how however i if in instead"
    " into is it its just like many me meanwhile more most much my now of off often on only or"
    " other our ours out over own same several she since so some such than that the their theirs"
    " them then there these they this those though through thus to too under until up upon us very"
    " was we were what when where which while who whom whose why with yet you your yours"
)
"""English words that are no names when they begin with a capital letter."""

_DIGIT = (
    r"\d\u00b2\u00b3\u00b9\u00bc-\u00be\u2070\u2074-\u2079\u2080-\u2089\u2150-\u218b"
    r"〇零一二三四五六七八九十百千万萬亿億兆半两兩"
)
_CURRENCY = r"$¢£¤¥\u09f2\u09f3\u0e3f\u20a0-\u20cf\uff04\uffe0\uffe1\uffe5\uffe6"
_NUMBER = re.compile(
    rf"(?:(?<!\w)[-−–+±<>≤≥~≈.,](?=[{_DIGIT}{_CURRENCY}.,])|[{_CURRENCY}]\s?(?=[-−{_DIGIT}.,])){{0,3}}"
    rf"[{_DIGIT}](?:[{_DIGIT}]|[.,:/'’·٫٬×‐‑—–−-](?=[{_DIGIT}]))*[A-Za-z]*"
    rf"(?:\s?[%‰°]|\s?[{_CURRENCY}](?!\s?[-−.,]?[{_DIGIT}]))?"
)
_LETTERS = r"(?:[^\W_]|[\u0300-\u036f])+"
_WORD = re.compile(rf"{_LETTERS}(?:['’ʼ]{_LETTERS})*")
_POSSESSIVE = re.compile(r"'s$", re.IGNORECASE)
_PRONOUN = re.compile(r"I(?:'(?:m|d|ll|ve))?")
_SENTENCE_END = re.compile(r"[.!?…。！？]")
_QUOTATION_MARKS = ("“”„‟〝〞", '"＂', "«»", "‹›", "「」", "『』", "《》", "〈〉")
"""Marks that enclose together, in whatever order a language uses them."""
_ANY_MARK = re.compile(f"[{''.join(_QUOTATION_MARKS)}‘‚‛]")
_PAIRED = [re.compile(f"[{marks}]") for marks in _QUOTATION_MARKS]
_SINGLE_OPEN = re.compile(r"(?<!\w)['‘’‚‛](?=\S)")
_SINGLE_CLOSE = re.compile(r"(?<=\S)['’‘](?!\w)")
_UNIT = re.compile(r"(?:[^\n]|\n(?!\n))+")
"""A block of the canonical text; a quotation is looked for within one."""
_APOSTROPHES = str.maketrans("’ʼ‘", "'''")
_BETWEEN = re.compile(r"[ \u00a0\u202f]?[-‐‑]?")
"""What may stand between two facts that are shown as one: "Steve Ballmer", "24 million"."""
_OPENING, _CLOSING = "“„«»「『‘'\"", "”“«»」』’'\""
_SHOWN = 90
"""Characters of words shown to an editor before they are shortened."""
_CONTEXT = 24
"""Characters shown before the first difference of two long texts."""
_LOOSE = 40
"""Characters that what came instead of a fact may be longer and still be named beside it."""


@dataclass(frozen=True)
class Touch:
    """Something an edit changed that a minor edition may not change.

    ``what`` is ``number``, ``name``, ``quotation``, ``certainty``, ``headline``,
    ``short headline``, ``standing``, ``byline``, ``interest``, ``picture`` or ``embed``.
    ``before`` is empty for what was added, ``after`` for what was taken out; both are the same for
    what was moved or stands among other words now.
    """

    what: str
    before: str
    after: str

    @property
    def in_words(self) -> str:
        """Say it for an editor.

        >>> Touch("number", "24 million", "2.4 million").in_words
        'the number “24 million” became “2.4 million”'
        """
        thing = "word" if self.what == "certainty" else self.what
        before, after = _shortened(self.before, self.after)
        if self.before == self.after:
            return f"the {thing} {before} now stands among other words"
        if not self.before:
            return f"the {thing} {after} was added"
        if not self.after:
            return f"the {thing} {before} was taken out"
        return f"the {thing} {before} became {after}"

    def __str__(self) -> str:
        return self.in_words

    def undone(self) -> Touch:
        """Give the touch of the edit that takes this one back."""
        return Touch(self.what, self.after, self.before)


def touches(
    old: EditionContent, new: EditionContent, alignment: Alignment | None = None
) -> list[Touch]:
    """Find what keeps an edit from being minor; an empty list lets it pass.

    ``alignment`` is that of the canonical texts, if it is at hand. Not looked at: white space,
    other punctuation, links, descriptions of pictures (alt texts), topics, block ids, levels.
    Raises ``ValueError`` for an alignment of other texts.
    """
    found = _touches(old, new, alignment)
    # An alignment is not the same in both directions, and to undo a touch must be one too.
    return found or [touch.undone() for touch in _touches(new, old, None)]


def note_belongs_on_top(kind: EditionKind | str, old: EditionContent, new: EditionContent) -> bool:
    """Say whether the note of an edition stands above the text; else at its end.

    A correction goes up if the headline, the standing or the main point (standfirst or first
    paragraph) changed, a clarification if the headline or the standing did. Updates, editor's
    notes and retractions always stand above. Kinds without a note do not.
    """
    match kind:
        case EditionKind.UPDATE | EditionKind.EDITORS_NOTE | EditionKind.RETRACTION:
            return True
        case EditionKind.CORRECTION:
            return _gist(old) != _gist(new) or _main_point(old) != _main_point(new)
        case EditionKind.CLARIFICATION:
            return _gist(old) != _gist(new)
    return False


def is_late(first_published_at: datetime, at: datetime) -> bool:
    """Say whether a correction published ``at`` comes so late that it should say why.

    ``first_published_at`` is when the words that are corrected came out.
    """
    return at - first_published_at > LATE


def _gist(content: EditionContent) -> tuple[str, str, str]:
    headlines = _fold_space(content.headline), _fold_space(content.short_headline)
    return *headlines, content.standing


def _main_point(content: EditionContent) -> tuple[str, str]:
    first = (block.text for block in content.blocks if block.type == "paragraph")
    paragraphs = filter(None, map(_fold_space, first))
    return _fold_space(content.standfirst), next(paragraphs, "")


def _fold_space(text: str) -> str:
    return " ".join(text.split())


def _touches(old: EditionContent, new: EditionContent, alignment: Alignment | None) -> list[Touch]:
    """Find the touches that show in one direction."""
    usage = _Usage([*_texts(old), *_texts(new)])
    found = [
        *_whole("headline", old.headline, new.headline),
        *_whole("short headline", old.short_headline, new.short_headline),
        *_whole("standing", old.standing_label, new.standing_label),
        *_text_touches(usage, old.standing_basis, new.standing_basis),
        *_text_touches(usage, old.standfirst, new.standfirst),
        *_whole("byline", *(", ".join(n.name for n in content.byline) for content in (old, new))),
        *_text_touches(usage, _disclosures(old), _disclosures(new)),
        *_whole("interest", *(_interests(content) for content in (old, new))),
        *_text_touches(usage, old.dateline, new.dateline),
        *_text_touches(usage, _lead_caption(old), _lead_caption(new)),
    ]
    old_body, new_body = old.canonical().text, new.canonical().text
    if alignment is None:
        alignment = align(old_body, new_body)
    elif (alignment.old_length, alignment.new_length) != (len(old_body), len(new_body)):
        raise ValueError("this is not the alignment of these editions")
    before = _Reading(old_body, usage, _quotation_blocks(old))
    after = _Reading(new_body, usage, _quotation_blocks(new))
    found += _reading_touches(before, after, alignment)
    found += _exchanged("picture", _pictures(old), _pictures(new))
    found += _exchanged("embed", _embeds(old), _embeds(new))
    return list(dict.fromkeys(found))


def _texts(content: EditionContent) -> Iterator[str]:
    yield from (content.headline, content.short_headline, content.standfirst, content.dateline)
    yield content.standing_basis
    yield from (_disclosures(content), _lead_caption(content), content.canonical().text)


def _disclosures(content: EditionContent) -> str:
    return "\n\n".join(name.disclosure for name in content.byline if name.disclosure)


def _interests(content: EditionContent) -> str:
    """Return what authors disclosed for this one story; to take that back is never minor."""
    return "; ".join(name.interest for name in content.byline if name.interest)


def _lead_caption(content: EditionContent) -> str:
    lead = content.lead_image
    return "\n\n".join(filter(None, (lead.caption, lead.credit))) if lead else ""


def _quotation_blocks(content: EditionContent) -> list[tuple[int, int]]:
    """Say where the blocks stand that are quotations as a whole."""
    canonical = content.canonical()
    spans = iter(canonical.blocks)
    places = []
    for block in content.blocks:
        # Ids need not be unique; blocks with text are in the order of their spans.
        if block.text.strip(" \t\f\v\r\n"):
            span = next(spans)
            if block.type == "quotation":
                places.append((span.start, span.end))
    return places


def _pictures(content: EditionContent) -> dict[str, str]:
    """Give the pictures, each by its digest with what an editor knows it by."""
    holders = [content.lead_image, *content.blocks]
    return {
        h.picture.digest: f"{_fold_space(h.caption or h.alt)} ({h.picture.digest[:8]})".strip()
        for h in holders
        if h and h.picture
    }


def _embeds(content: EditionContent) -> dict[str, str]:
    return {block.url: block.url for block in content.blocks if block.type == "embed"}


def _exchanged(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Touch]:
    """Give what is in one edition only, paired in order of reading."""
    gone = [name for key, name in old.items() if key not in new]
    come = [name for key, name in new.items() if key not in old]
    for before, after in zip_longest(gone, come, fillvalue=""):
        yield Touch(what, before, after)


def _whole(what: str, old: str, new: str) -> Iterator[Touch]:
    """Give the touch of a text of which nothing may change but white space."""
    if _fold_space(old) != _fold_space(new):
        yield Touch(what, _fold_space(old), _fold_space(new))


def _text_touches(usage: _Usage, old: str, new: str) -> list[Touch]:
    if old == new:
        return []
    return _reading_touches(_Reading(old, usage), _Reading(new, usage), align(old, new))


@dataclass(frozen=True, slots=True)
class _Fact:
    """A number, name, quotation or word of certainty, where it stands in a text.

    ``text`` is what must stay the same: white space and the form of apostrophes left out of it.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text, and whether it begins a sentence or a quotation."""

    text: str
    start: int
    end: int
    is_initial: bool


def _words(text: str) -> list[_Word]:
    """Split a text into words; hyphens part them, apostrophes inside do not."""
    words: list[_Word] = []
    before, end = "", 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        words.append(_Word(match[0], *match.span(), not words or _ends_sentence(before, gap)))
        before, end = match[0], match.end()
    return words


def _ends_sentence(word: str, gap: str) -> bool:
    """Say whether a sentence ends between a word and the next, or a quotation begins."""
    if "\n" in gap or _ANY_MARK.search(gap):
        return True
    # "Mr. Smith", "J. Smith", "e.g. Nokia": the next word is a name as likely as not.
    is_short = len(word) == 1 or (len(word) <= 4 and word[0].isupper())
    return bool(_SENTENCE_END.search(gap)) and not (gap.startswith(".") and is_short)


class _Usage:
    """How words are used in both editions: written small, or with a capital inside a sentence."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.small: set[str] = set()
        self.capital: set[str] = set()
        for text in texts:
            for word in _words(text):
                plain = _plain(word.text)
                if plain[0].islower():
                    self.small.add(plain)
                elif not word.is_initial:
                    self.capital.add(plain.lower())

    def is_name(self, word: _Word) -> bool:
        """Say whether a word has to be taken for a name, or a part of one.

        A word that begins a sentence is none if it is an ordinary one, known from a list or by
        being written small elsewhere.
        """
        plain = _plain(word.text)
        if plain == plain.lower() or _PRONOUN.fullmatch(plain):
            return False
        small = plain.lower()
        if plain[1:] != small[1:]:
            return True
        if small in ORDINARY_WORDS:
            return False
        return not word.is_initial or small in self.capital or small not in self.small


def _plain(word: str) -> str:
    """Leave out the possessive ending and the form of the apostrophe."""
    return _POSSESSIVE.sub("", word.translate(_APOSTROPHES)) or word


class _Reading:
    """A text with its facts."""

    def __init__(
        self, text: str, usage: _Usage, quotations: Sequence[tuple[int, int]] = ()
    ) -> None:
        self.text = text
        self.words = _words(text)
        spans = sorted({*_quoted(text), *quotations})
        self.facts = sorted(
            {
                *self._numbers(),
                *self._of_words(usage),
                *(_Fact("quotation", _fold_space(text[a:b]), a, b) for a, b in spans),
            },
            key=lambda fact: (fact.start, fact.end, fact.kind),
        )

    def _numbers(self) -> Iterator[_Fact]:
        for match in _NUMBER.finditer(self.text):
            yield _Fact("number", "".join(match[0].split()), *match.span())

    def _of_words(self, usage: _Usage) -> Iterator[_Fact]:
        for word in self.words:
            plain = _plain(word.text)
            small = plain.lower()
            if small in NUMBER_WORDS:
                yield _Fact("number", small, word.start, word.end)
            elif small.endswith("n't") or (
                small in CERTAINTY_WORDS and (plain[0].islower() or word.is_initial)
            ):
                yield _Fact("certainty", small, word.start, word.end)
            elif usage.is_name(word):
                yield _Fact("name", plain, word.start, word.end)

    @cached_property
    def skeleton(self) -> tuple[list[str], list[tuple[str, str]]]:
        """Give the text without what may change: a blank for each ordinary word, and the facts."""
        told = iter(sorted((fact.start, fact.end) for fact in self.facts))
        fact = next(told, None)
        outline = []
        reach = -1
        for word in self.words:
            while fact and fact[0] < word.end:
                reach = max(reach, fact[1])
                fact = next(told, None)
            outline.append(_plain(word.text).lower() if word.start < reach else "")
        return outline, [(fact.kind, fact.text) for fact in self.facts]

    @cached_property
    def places(self) -> frozenset[tuple[str, int, str]]:
        """Give the facts with where they begin."""
        return frozenset((fact.kind, fact.start, fact.text) for fact in self.facts)

    @cached_property
    def _sentences(self) -> list[int]:
        return [word.start for word in self.words if word.is_initial]

    def sentence(self, offset: int) -> str:
        """Give the sentence in which an offset stands, white space folded."""
        place = bisect_right(self._sentences, offset)
        start = self._sentences[place - 1] if place else 0
        end = self._sentences[place] if place < len(self._sentences) else len(self.text)
        return _fold_space(self.text[start:end])

    def runs(self, touched: Iterable[_Fact]) -> list[_Fact]:
        """Join touched facts with those of their kind beside them, for showing."""
        wanted = set(touched)
        shown: list[_Fact] = []
        for kind in sorted({fact.kind for fact in wanted}):
            facts = [fact for fact in self.facts if fact.kind == kind]
            run = [facts[0]]
            for before, fact in pairwise(facts):
                between = self.text[before.end : fact.start]
                if kind == "quotation" or not _BETWEEN.fullmatch(between):
                    shown += self._run(run, wanted)
                    run = []
                run.append(fact)
            shown += self._run(run, wanted)
        return sorted(shown, key=lambda fact: (fact.start, fact.end, fact.kind))

    def _run(self, run: Sequence[_Fact], wanted: set[_Fact]) -> Iterator[_Fact]:
        if not wanted.isdisjoint(run):
            start, end = run[0].start, max(fact.end for fact in run)
            yield _Fact(run[0].kind, _fold_space(self.text[start:end]), start, end)


def _quoted(text: str) -> Iterator[tuple[int, int]]:
    """Give the spans of a text that are quotations, their marks included.

    The marks of a kind take turns in opening and closing, which is right in every language that
    uses them. Where one is left over, the whole block counts.
    """
    for unit in _UNIT.finditer(text):
        for pattern in _PAIRED:
            marks = [m.start() for m in pattern.finditer(text, unit.start(), unit.end())]
            if len(marks) % 2:
                yield unit.start(), unit.end()
            else:
                yield from ((a, b + 1) for a, b in zip(marks[::2], marks[1::2], strict=True))
        yield from _single_quoted(text, unit.start(), unit.end())


def _single_quoted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give what stands between single marks; one that nothing closes is an apostrophe."""
    while opening := _SINGLE_OPEN.search(text, start, end):
        closing = _SINGLE_CLOSE.search(text, opening.end(), end)
        if not closing:
            return
        yield opening.start(), closing.end()
        start = closing.end()


def _reading_touches(old: _Reading, new: _Reading, alignment: Alignment) -> list[Touch]:
    """Find the facts of two texts that did not come through the edit as they were."""
    if old.skeleton == new.skeleton:
        return []
    kept: dict[_Fact, int] = {}
    gone, moved = [], []
    for fact in old.facts:
        place, block = _image(alignment, fact.start)
        if (fact.kind, place, fact.text) not in new.places:
            gone.append(fact)
            continue
        kept[fact] = place
        if block and _is_out_of_context(fact, old.sentence(fact.start), new.sentence(place)):
            moved.append(fact)
    moved += _passed(kept)
    images = {(fact.kind, place, fact.text) for fact, place in kept.items()}
    come = [fact for fact in new.facts if (fact.kind, fact.start, fact.text) not in images]
    found = [(run.start, Touch(run.kind, run.text, run.text)) for run in old.runs(moved)]
    found += _paired(old.runs(gone), new.runs(come), new, alignment)
    return [touch for _, touch in sorted(found, key=lambda each: each[0])]


def _image(alignment: Alignment, offset: int) -> tuple[int, int]:
    """Say where a place of the old text stands now, and in which block; -1 if it does not."""
    index = bisect_right(alignment.index.starts, offset) - 1
    if index >= 0:
        segment = alignment.segments[index]
        into = offset - segment.old_start
        is_kept = segment.kind == KEPT and offset < segment.old_end
        if is_kept or (segment.kind == REPLACED and not into):
            return segment.new_start + into, segment.block
    return -1, 0


def _is_out_of_context(fact: _Fact, old_sentence: str, new_sentence: str) -> bool:
    """Say whether a moved fact may say something else where it stands now.

    A whole sentence says the same elsewhere; a quotation may seem to be somebody else's, and a
    line of a list or a table belongs to what stands above it.
    """
    is_whole = old_sentence == new_sentence and _SENTENCE_END.search(old_sentence[-3:])
    return fact.kind == "quotation" or not is_whole


def _passed(kept: Mapping[_Fact, int]) -> Iterator[_Fact]:
    """Give the quotations that another fact has passed: one may be somebody else's now.

    ``kept`` says where each fact stands in the new text, in the order of the old one.
    """
    ranks = {
        fact: rank
        for rank, fact in enumerate(
            sorted(kept, key=lambda fact: (kept[fact], fact.end, fact.kind))
        )
    }
    furthest = -1
    for rank, fact in enumerate(kept):
        # What stood before it still does, and nothing else, if nothing before it came further.
        if fact.kind == "quotation" and (ranks[fact] != rank or furthest > rank):
            yield fact
        furthest = max(furthest, ranks[fact])


def _paired(
    gone: Sequence[_Fact], come: Sequence[_Fact], new: _Reading, alignment: Alignment
) -> list[tuple[int, Touch]]:
    """Name what is gone and what has come, together where one stands in the other's place."""
    left = list(come)
    pairs = []
    for fact in gone:
        after = ""
        placement = carry(alignment, fact.start, fact.end)
        if placement.start is not None and placement.end is not None:
            start, end = placement.start, placement.end
            heirs = [f for f in left if f.kind == fact.kind and f.start < end and start < f.end]
            if heirs:
                left.remove(heirs[0])
                after = heirs[0].text
            elif (
                fact.kind != "quotation"
                and placement.status is Status.REWORDED
                and end - start <= len(fact.text) + _LOOSE
            ):
                after = _fold_space(new.text[start:end])
        pairs.append((fact, after))
    found = []
    for fact, after in pairs:
        # Where all words around changed too, the only one left on each side belong together.
        heirs = [f for f in left if f.kind == fact.kind]
        orphans = [one for one, heir in pairs if one.kind == fact.kind and not heir]
        if not after and len(heirs) == len(orphans) == 1:
            left.remove(heirs[0])
            after = heirs[0].text
        found.append((fact.start, Touch(fact.kind, fact.text, after)))
    return found + [(fact.start, Touch(fact.kind, "", fact.text)) for fact in left]


def _shortened(before: str, after: str) -> tuple[str, str]:
    """Put both texts in quotation marks, long ones cut to where they begin to differ."""
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    begin = max(0, same - _CONTEXT) if before != after else 0
    return _cut(before, begin), _cut(after, begin)


def _cut(text: str, begin: int) -> str:
    if not text:
        return ""
    if len(text) <= _SHOWN:
        has_marks = text[0] in _OPENING and text[-1] in _CLOSING
        return text if has_marks else f"“{text}”"
    cut = text[begin : begin + _SHOWN]
    if begin:
        cut = "…" + (cut.partition(" ")[2] or cut)
    return f"“{cut.strip(_OPENING + _CLOSING)}{'…' if begin + _SHOWN < len(text) else ''}”"
