"""Random edits of a text with the truth known by construction.

Every word of the old text keeps its origin while paragraphs, sentences, clauses and words are
moved, taken out, put in, reworded, doubled, split and joined. So for any span of the old text
it is known what became of it, without any alignment.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
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
    repeated: bool = False


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
    return Edit(old, new, list(_truths(rnd, old, old_places, new, new_places, spans)), names)


def _truths(rnd, old, old_places, new, new_places, count):  # type: ignore[no-untyped-def]
    by_origin: dict[int, list[int]] = {}
    for place, (_, _, word) in enumerate(new_places):
        for origin in word.origins:
            by_origin.setdefault(origin, []).append(place)
    sentences, paragraphs = [], []
    first = start = 0
    for number, (_, end, word) in enumerate(old_places):
        after = old[end : end + 2]
        if after == "\n\n" or number == len(old_places) - 1:
            sentences.append((first, number + 1))
            paragraphs.append((start, number + 1))
            first = start = number + 1
        elif word.text[-1] in ".!?":
            sentences.append((first, number + 1))
            first = number + 1
    touched = [
        k
        for k in range(len(old_places))
        if any(new_places[p][2].altered for p in by_origin.get(k, ())) or k not in by_origin
    ]
    for _ in range(count):
        kind = rnd.choice(("word", "word", "phrase", "phrase", "sentence", "paragraph"))
        near = (
            rnd.choice(touched)
            if touched and rnd.random() < 0.7
            else rnd.randrange(len(old_places))
        )
        if kind == "word":
            a, b = near, near + 1
        elif kind == "phrase":
            a = max(0, near - rnd.randrange(4))
            b = min(len(old_places), a + rnd.randrange(2, 8))
            if "\n" in old[old_places[a][0] : old_places[b - 1][1]]:
                continue
        else:
            a, b = next(
                r for r in (sentences if kind == "sentence" else paragraphs) if r[0] <= near < r[1]
            )
        truth = _truth(kind, a, b, old, old_places, new, new_places, by_origin)
        if truth:
            yield truth


def _truth(kind, a, b, old, old_places, new, new_places, by_origin):  # type: ignore[no-untyped-def]
    start, end = old_places[a][0], old_places[b - 1][1]
    if kind in ("word", "phrase"):
        while start < end and not old[start].isalnum():
            start += 1
        while end > start and not old[end - 1].isalnum():
            end -= 1
    exact = old[start:end]
    if not exact.strip():
        return None
    repeated = old.count(exact) > 1 or new.count(exact) > 1
    places = sorted({p for k in range(a, b) for p in by_origin.get(k, ())})
    # Of a sentence that was doubled and then changed, the copy may be the better heir.
    wanted = frozenset(range(a, b))
    if any(word.copy_of & wanted for _, _, word in new_places):
        whole = len(places) == b - a and not any(new_places[p][2].altered for p in places)
        if not whole:
            return None
    if not places:
        return Truth(start, end, kind, "removed", repeated=repeated)
    first, last = places[0], places[-1]
    # The words of the span were torn apart: what its place is now is a matter of taste.
    if any(
        w.origins and not w.origins & frozenset(range(a, b))
        for _, _, w in new_places[first : last + 1]
    ):
        return None
    new_start, new_end = new_places[first][0], new_places[last][1]
    same_order = [new_places[p][2] for p in places]
    intact = last - first + 1 == b - a and all(
        not w.altered and w.origins == {k} for w, k in zip(same_order, range(a, b), strict=False)
    )
    if intact:
        lead = old_places[a][1] - start
        tail = old_places[b - 1][1] - end
        return Truth(
            start, end, kind, "intact", new_places[first][1] - lead, new_end - tail, repeated
        )
    if kind in ("word", "phrase"):
        while new_start < new_end and not new[new_start].isalnum():
            new_start += 1
        while new_end > new_start and not new[new_end - 1].isalnum():
            new_end -= 1
    return (
        Truth(start, end, kind, "reworded", new_start, new_end, repeated)
        if new_start < new_end
        else None
    )


# The operations: each changes the story in place and says whether it did.


def _pick(rnd: random.Random, story: Story, least: int = 1) -> tuple[Paragraph, int] | None:
    found = [(p, k) for p in story for k, s in enumerate(p) if len(s) >= least]
    return rnd.choice(found) if found else None


def _foreign(rnd: random.Random, pool: Sequence[str]) -> list[str]:
    return rnd.choice(pool).split() or ["indeed"]


def _typo(rnd: random.Random, word: str) -> str:
    k = rnd.randrange(len(word))
    way = rnd.randrange(3)
    if way == 0 and len(word) > 3:
        return word[:k] + word[k + 1 :]
    if way == 1 and k + 1 < len(word):
        return word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    return word[:k] + word[k] + word[k:]


def _other(rnd: random.Random, word: Word, pool: Sequence[str]) -> Word:
    if rnd.random() < 0.5:
        text = _typo(rnd, word.text)
    else:
        tail = re.search(r"\W*$", word.text)
        text = rnd.choice(_foreign(rnd, pool)).strip(".,;:!?()\"'") + (tail.group() if tail else "")
    text = text or "x"
    return Word(text, word.origins, word.altered or text != word.text, word.copy_of)


def word(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    picked = _pick(rnd, story, 2)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    for _ in range(rnd.choice((1, 1, 2))):
        k = rnd.randrange(len(sentence))
        sentence[k] = _other(rnd, sentence[k], pool)
    return True


def phrase(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
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


def heavy(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
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
    picked = _pick(rnd, story, 4)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    k = rnd.randrange(1, len(sentence))
    words = _foreign(rnd, pool)[: rnd.randrange(3, 10)]
    sentence[k:k] = [Word(w.strip(".!?") or "and") for w in words]
    return True


def clause_out(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    picked = _pick(rnd, story, 8)
    if not picked:
        return False
    sentence = picked[0][picked[1]]
    k = rnd.randrange(1, len(sentence) - 4)
    del sentence[k : k + rnd.randrange(2, max(3, len(sentence) // 2))]
    return True


def sentence_in(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    paragraph = rnd.choice(story)
    paragraph.insert(rnd.randrange(len(paragraph) + 1), [Word(w) for w in _foreign(rnd, pool)])
    return True


def sentence_out(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    picked = _pick(rnd, story)
    if not picked:
        return False
    del picked[0][picked[1]]
    return True


def sentence_replaced(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    picked = _pick(rnd, story)
    if not picked:
        return False
    picked[0][picked[1]] = [Word(w) for w in _foreign(rnd, pool)]
    return True


def sentence_moved(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
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
    count = rnd.randrange(1, 4)
    story.insert(
        rnd.randrange(len(story) + 1),
        [[Word(w) for w in _foreign(rnd, pool)] for _ in range(count)],
    )
    return True


def paragraph_out(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    if len(story) < 3:
        return False
    del story[rnd.randrange(len(story))]
    return True


def paragraph_moved(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    if len(story) < 3:
        return False
    moved = story.pop(rnd.randrange(len(story)))
    if rnd.random() < 0.4:
        moved = [[_other(rnd, w, pool) if rnd.random() < 0.15 else w for w in s] for s in moved]
    story.insert(rnd.randrange(len(story) + 1), moved)
    return True


def paragraph_split(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    k = rnd.randrange(len(story))
    if len(story[k]) < 2:
        return False
    cut = rnd.randrange(1, len(story[k]))
    story[k : k + 1] = [story[k][:cut], story[k][cut:]]
    return True


def paragraphs_joined(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
    if len(story) < 2:
        return False
    k = rnd.randrange(len(story) - 1)
    story[k : k + 2] = [story[k] + story[k + 1]]
    return True


def doubled(rnd: random.Random, story: Story, pool: Sequence[str]) -> bool:
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
    word, word, word, phrase, phrase, heavy, clause_in, clause_out, sentence_in, sentence_out,
    sentence_out, sentence_replaced, sentence_moved, paragraph_in, paragraph_out, paragraph_moved,
    paragraph_split, paragraphs_joined, doubled,
)  # fmt: skip


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
