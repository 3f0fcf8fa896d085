"""Random edits of a text with the truth known by construction.

Every word of the old text keeps its origin while paragraphs, sentences, clauses and words are
moved, taken out, put in, reworded, doubled, split and joined. So for any span of the old text
it is known what became of it, without any alignment.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text being edited.

    ``origins`` are the numbers of the old words it is or stands for (none: it was put in),
    ``altered`` says that it is no longer spelled as its origin was.
    """

    text: str
    origins: frozenset[int] = frozenset()
    altered: bool = False
    copy_of: frozenset[int] = frozenset()


Sentence = list[Word]
Paragraph = list[Sentence]
Story = list[Paragraph]


@dataclass(frozen=True, slots=True)
class Truth:
    """A span of the old text and what became of it: ``intact``, ``reworded`` or ``removed``."""

    start: int
    end: int
    kind: str
    status: str
    new_start: int = 0
    new_end: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """An old text, a new one, and the true fate of some spans."""

    old: str
    new: str
    truths: list[Truth]
    operations: list[str]


def story_of(text: str) -> Story:
    """Cut a text into words that know their number."""
    number = 0
    story: Story = []
    for block in text.split("\n\n"):
        paragraph: Paragraph = []
        for sentence in re.split(r"(?<=[.!?])\s+(?=\S)", block):
            words = []
            for word in sentence.split():
                words.append(Word(word, frozenset((number,))))
                number += 1
            if words:
                paragraph.append(words)
        if paragraph:
            story.append(paragraph)
    return story


def text_of(story: Story) -> tuple[str, list[tuple[int, int, Word]]]:
    """Write a story out, and say where each word stands."""
    out: list[str] = []
    places = []
    at = 0
    for paragraph in story:
        if not any(paragraph):
            continue
        if out:
            out.append("\n\n")
            at += 2
        first = True
        for sentence in paragraph:
            for word in sentence:
                if not first:
                    out.append(" ")
                    at += 1
                first = False
                places.append((at, at + len(word.text), word))
                out.append(word.text)
                at += len(word.text)
    return "".join(out), places


def edit(rnd: random.Random, text: str, pool: Sequence[str], count: int, spans: int = 12) -> Edit:
    """Apply ``count`` random edits; ``pool`` are foreign sentences and, cut up, foreign words."""
    story = story_of(text)
    old, old_places = text_of(story)
    names = []
    for _ in range(count):
        operation = rnd.choice(OPERATIONS)
        if story and any(story) and operation(rnd, story, pool):
            names.append(operation.__name__)
        story[:] = [kept for paragraph in story if (kept := [s for s in paragraph if s])]
    new, new_places = text_of(story)
    heirs: dict[int, list[int]] = {}
    for place, (_, _, word) in enumerate(new_places):
        for origin in word.origins:
            heirs.setdefault(origin, []).append(place)
    both = _Comparison(old, new, old_places, new_places, heirs)
    return Edit(old, new, list(_truths(rnd, both, spans)), names)


Places = list[tuple[int, int, Word]]
"""Where each word of a text stands."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two texts with the places of their words, and where the old words went."""

    old: str
    new: str
    old_places: Places
    new_places: Places
    heirs: dict[int, list[int]]


def _truths(rnd: random.Random, both: _Comparison, count: int) -> Iterator[Truth]:
    """Choose spans, most of them where something changed, and say what became of each."""
    words = len(both.old_places)
    sentences, paragraphs = _units(both.old, both.old_places)
    touched = [
        word
        for word in range(words)
        if word not in both.heirs or any(both.new_places[p][2].altered for p in both.heirs[word])
    ]
    for _ in range(count):
        kind = rnd.choice(("word", "word", "phrase", "phrase", "sentence", "paragraph"))
        near = rnd.choice(touched) if touched and rnd.random() < 0.7 else rnd.randrange(words)
        if kind == "word":
            first, after = near, near + 1
        elif kind == "phrase":
            first = max(0, near - rnd.randrange(4))
            after = min(words, first + rnd.randrange(2, 8))
            if "\n" in both.old[both.old_places[first][0] : both.old_places[after - 1][1]]:
                continue
        else:
            units = sentences if kind == "sentence" else paragraphs
            first, after = next(unit for unit in units if unit[0] <= near < unit[1])
        truth = _truth(both, kind, first, after)
        if truth:
            yield truth


def _units(text: str, places: Places) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Give the ranges of words of the sentences and of the paragraphs."""
    sentences, paragraphs = [], []
    sentence = paragraph = 0
    for number, (_, end, word) in enumerate(places, 1):
        is_paragraph = number == len(places) or text[end : end + 2] == "\n\n"
        if is_paragraph or word.text[-1] in ".!?":
            sentences.append((sentence, number))
            sentence = number
        if is_paragraph:
            paragraphs.append((paragraph, number))
            paragraph = number
    return sentences, paragraphs


def _truth(both: _Comparison, kind: str, first: int, after: int) -> Truth | None:
    """Say what became of a range of old words; ``None`` where people would not agree."""
    start, end = both.old_places[first][0], both.old_places[after - 1][1]
    if kind in ("word", "phrase"):
        start, end = _bare(both.old, start, end)
    if start >= end:
        return None
    span = frozenset(range(first, after))
    heirs = sorted({place for word in span for place in both.heirs.get(word, ())})
    found = [both.new_places[place] for place in heirs]
    is_intact = (
        len(found) == after - first
        and heirs[-1] - heirs[0] == after - first - 1
        and all(
            not w.altered and w.origins == {k}
            for (_, _, w), k in zip(found, range(first, after), strict=True)
        )
    )
    # Of a sentence that was doubled and then changed, the copy may be the better heir.
    if not is_intact and any(word.copy_of & span for _, _, word in both.new_places):
        return None
    if not found:
        return Truth(start, end, kind, "removed")
    # Words torn apart, with words of other origin among them, have no one place.
    between = both.new_places[heirs[0] : heirs[-1] + 1]
    if any(word.origins and not word.origins & span for _, _, word in between):
        return None
    new_start, new_end = found[0][0], found[-1][1]
    if is_intact:
        new_start += start - both.old_places[first][0]
        new_end -= both.old_places[after - 1][1] - end
        return Truth(start, end, kind, "intact", new_start, new_end)
    if kind in ("word", "phrase"):
        new_start, new_end = _bare(both.new, new_start, new_end)
    if new_start >= new_end:
        return None
    return Truth(start, end, kind, "reworded", new_start, new_end)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the punctuation around a range."""
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return start, end


# The operations: each changes the story in place and says whether it did.


def _pick(rnd: random.Random, story: Story, least: int = 1) -> tuple[Paragraph, int] | None:
    """Choose a sentence with so many words."""
    found = [(p, k) for p in story for k, s in enumerate(p) if len(s) >= least]
    return rnd.choice(found) if found else None


def _foreign(rnd: random.Random, pool: Sequence[str]) -> list[str]:
    """Give the words of a foreign sentence."""
    return rnd.choice(pool).split() or ["indeed"]


def _typo(rnd: random.Random, word: str) -> str:
    """Misspell a word."""
    k = rnd.randrange(len(word))
    way = rnd.randrange(3)
    if way == 0 and len(word) > 3:
        return word[:k] + word[k + 1 :]
    if way == 1 and k + 1 < len(word):
        return word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    return word[:k] + word[k] + word[k:]


def _other(rnd: random.Random, word: Word, pool: Sequence[str]) -> Word:
    """Put a misspelling or a foreign word in the place of a word."""
    if rnd.random() < 0.5:
        text = _typo(rnd, word.text)
    else:
        tail = re.search(r"\W*$", word.text)
        text = rnd.choice(_foreign(rnd, pool)).strip(".,;:!?()\"'") + (tail.group() if tail else "")
    text = text or "x"
    return Word(text, word.origins, word.altered or text != word.text, word.copy_of)


def words_changed(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Change one or two words."""
    picked = _pick(rnd, story, 2)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    for _ in range(rnd.choice((1, 1, 2))):
        k = rnd.randrange(len(sentence))
        sentence[k] = _other(rnd, sentence[k], pool)
    return True


def phrase_changed(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Put other words in the place of a few."""
    picked = _pick(rnd, story, 6)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    k = rnd.randrange(1, len(sentence) - 4)
    length = rnd.randrange(2, 6)
    gone = sentence[k : min(k + length, len(sentence) - 1)]
    origins = frozenset().union(*(w.origins for w in gone))
    words = _foreign(rnd, pool)
    at = rnd.randrange(len(words))
    put = [w.strip(".!?") or "and" for w in words[at : at + rnd.randrange(1, 6)]]
    sentence[k : k + len(gone)] = [Word(w, origins, True) for w in put]
    return True


def sentence_rewritten(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Change many words of a sentence, one by one."""
    picked = _pick(rnd, story, 6)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    share = rnd.choice((0.25, 0.4, 0.55))
    for k in range(len(sentence)):
        if rnd.random() < share:
            sentence[k] = _other(rnd, sentence[k], pool)
    return True


def clause_in(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Put a few words in."""
    picked = _pick(rnd, story, 4)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    k = rnd.randrange(1, len(sentence))
    words = _foreign(rnd, pool)[: rnd.randrange(3, 10)]
    sentence[k:k] = [Word(w.strip(".!?") or "and") for w in words]
    return True


def clause_out(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Take a few words out."""
    picked = _pick(rnd, story, 8)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    k = rnd.randrange(1, len(sentence) - 4)
    del sentence[k : k + rnd.randrange(2, max(3, len(sentence) // 2))]
    return True


def sentence_in(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Put a sentence in."""
    paragraph = rnd.choice(story)
    paragraph.insert(rnd.randrange(len(paragraph) + 1), [Word(w) for w in _foreign(rnd, pool)])
    return True


def sentence_out(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Take a sentence out."""
    picked = _pick(rnd, story)
    if not picked:
        return False
    del picked[0][picked[1]]
    return True


def sentence_replaced(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Put an unrelated sentence in the place of one."""
    picked = _pick(rnd, story)
    if not picked:
        return False
    picked[0][picked[1]] = [Word(w) for w in _foreign(rnd, pool)]
    return True


def sentence_moved(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Move a sentence, sometimes with a few words changed."""
    picked = _pick(rnd, story, 3)
    if not picked:
        return False
    moved = picked[0].pop(picked[1])
    if rnd.random() < 0.3:
        moved = [_other(rnd, w, pool) if rnd.random() < 0.2 else w for w in moved]
    paragraph = rnd.choice(story)
    paragraph.insert(rnd.randrange(len(paragraph) + 1), moved)
    return True


def paragraph_in(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Put a paragraph in."""
    count = rnd.randrange(1, 4)
    story.insert(
        rnd.randrange(len(story) + 1),
        [[Word(w) for w in _foreign(rnd, pool)] for _ in range(count)],
    )
    return True


def paragraph_out(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Take a paragraph out."""
    if len(story) < 3:
        return False
    del story[rnd.randrange(len(story))]
    return True


def paragraph_moved(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Move a paragraph, sometimes with a few words changed."""
    if len(story) < 3:
        return False
    moved = story.pop(rnd.randrange(len(story)))
    if rnd.random() < 0.4:
        moved = [[_other(rnd, w, pool) if rnd.random() < 0.15 else w for w in s] for s in moved]
    story.insert(rnd.randrange(len(story) + 1), moved)
    return True


def paragraph_split(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Split a paragraph."""
    k = rnd.randrange(len(story))
    if len(story[k]) < 2:
        return False
    cut = rnd.randrange(1, len(story[k]))
    story[k : k + 1] = [story[k][:cut], story[k][cut:]]
    return True


def paragraphs_joined(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Join two paragraphs."""
    if len(story) < 2:
        return False
    k = rnd.randrange(len(story) - 1)
    story[k : k + 2] = [story[k] + story[k + 1]]
    return True


def doubled(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    """Put a copy of a sentence somewhere else, sometimes with a few words changed."""
    picked = _pick(rnd, story, 3)
    if not picked:
        return False
    copy = [Word(w.text, copy_of=w.origins | w.copy_of) for w in picked[0][picked[1]]]
    if rnd.random() < 0.5:
        copy = [_other(rnd, w, pool) if rnd.random() < 0.15 else w for w in copy]
    paragraph = rnd.choice(story)
    paragraph.insert(rnd.randrange(len(paragraph) + 1), copy)
    return True


OPERATIONS: tuple[Callable[[random.Random, Story, Sequence[str]], bool], ...] = (
    *[words_changed] * 3,
    *[phrase_changed] * 2,
    sentence_rewritten,
    clause_in,
    clause_out,
    sentence_in,
    *[sentence_out] * 2,
    sentence_replaced,
    sentence_moved,
    paragraph_in,
    paragraph_out,
    paragraph_moved,
    paragraph_split,
    paragraphs_joined,
    doubled,
)


def with_twins(rnd: random.Random, text: str, pool: Sequence[str], count: int) -> str:
    """Put near-equal sentences into a text, so that siblings compete for the survivor's place."""
    story = story_of(text)
    for _ in range(count):
        picked = _pick(rnd, story, 4)
        if picked:
            copy = [
                _other(rnd, w, pool) if rnd.random() < 0.15 else w for w in picked[0][picked[1]]
            ]
            paragraph = rnd.choice(story)
            paragraph.insert(rnd.randrange(len(paragraph) + 1), copy)
    return text_of(story)[0]
