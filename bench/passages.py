"""Passages: is the right place found, how fast, and how slow can it get?

    python bench/passages.py [DATA.jsonl.gz]

prints, for a data set of edits with known truth, the score, the wrong attachments and the moved
passages found, over all and by source, beside those of difflib and diff-match-patch (passage_peers.py)
with the time each takes for the whole set; then the time for 1,000 passages (alignment and
carrying) beside the time the others take to compare the same texts in the same run; then the time
for texts of 20,000 words made to be as repetitive as can be, which need no data set. All times
are processor time. docs/bench.md has the figures of one run and says what they mean.

The data set is looked for in the folder named by BROADSHEET_SHARED, else in ``shared`` beside the
repository. Its fields are those ``place`` and ``Tally`` read. ``place`` has the signature that
the data set's own scorer calls, so that ``score.py passages:place DATA`` checks these figures,
with this folder in PYTHONPATH; ``score.py passage_peers:place_by_difflib DATA`` those of the others.
Needs nothing but the package; for the others, diff-match-patch.
"""

from __future__ import annotations

import difflib
import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from broadsheet.passages import align, carry  # noqa: E402 (the path comes first)

NAMES = {"intact": "same", "moved": "moved", "reworded": "reworded", "removed": "deleted"}
WRONG = 0.1
"""Overlap (intersection over union) with the truth below which an attachment is wrong."""
FOUND = 0.5
"""Overlap from which a reworded or moved passage is found."""
GOALS = "goals: score >= 97.5, wrong <= 0.15 %, moved >= 93 %; <= 10 ms and <= 40 ms; <= 2 s"

Answer = tuple[str, int | None, int | None]
Place = Callable[[str, str, Iterable[tuple[int, int]]], Sequence[Answer]]


def place(old_text: str, new_text: str, spans: Iterable[tuple[int, int]]) -> list[Answer]:
    """Carry spans of one text into another: ``(same|moved|reworded|deleted, start, end)`` each."""
    alignment = align(old_text, new_text)
    answers: list[Answer] = []
    for start, end in spans:
        placement = carry(alignment, start, end)
        answers.append((NAMES[placement.status], placement.start, placement.end))
    return answers


class Tally:
    """Right and wrong answers, counted as the data set's own scorer does."""

    def __init__(self) -> None:
        self.truths: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.wrong = self.moved = self.moved_found = 0

    def add(self, truth: dict[str, Any], answer: Answer, new: str) -> None:
        """Count an answer."""
        status, start, end = answer
        status = "same" if status == "moved" else status
        gold, overlap, exact = truth["gold"], 0.0, False
        if start is not None and end is not None:
            while start < end and new[start].isspace():
                start += 1
            while start < end and new[end - 1].isspace():
                end -= 1
            if gold != "deleted":
                ends = truth["gold_start"], truth["gold_end"]
                exact = (start, end) == ends
                inside = min(end, ends[1]) - max(start, ends[0])
                overlap = max(0, inside) / (max(end, ends[1]) - min(start, ends[0]))
            self.wrong += gold == "deleted" or overlap < WRONG
        self.truths[gold] += 1
        self.answers[status] += 1
        is_right = {"same": exact, "reworded": overlap >= FOUND, "deleted": True}[gold]
        self.right[gold] += status == gold and is_right
        if truth.get("moved"):
            self.moved += 1
            self.moved_found += overlap >= FOUND

    @property
    def total(self) -> int:
        """Give the number of passages."""
        return sum(self.truths.values())

    @property
    def shares(self) -> dict[str, float]:
        """Give F1 of each answer, in percent."""
        return {
            kind: 200 * self.right[kind] / max(1, self.truths[kind] + self.answers[kind])
            for kind in ("same", "reworded", "deleted")
        }

    @property
    def score(self) -> float:
        """Give the mean of the three F1 less twice the wrong attachments, all in percent."""
        return sum(self.shares.values()) / 3 - 200 * self.wrong / self.total

    def show(self, name: str) -> str:
        """Give the figures as a line."""
        moved = f"{100 * self.moved_found / self.moved:.1f} %" if self.moved else "-"
        shares = " ".join(f"{kind} {share:.2f}" for kind, share in self.shares.items())
        return (
            f"{name:12} {self.total:5} passages  score {self.score:6.2f}  "
            f"wrong {self.wrong:3} = {100 * self.wrong / self.total:.2f} %  "
            f"moved found {moved} of {self.moved}  F1 {shares}"
        )


def data_set(arguments: Sequence[str]) -> Path | None:
    """Find the data set."""
    if arguments:
        return Path(arguments[0])
    shared = Path(os.environ.get("BROADSHEET_SHARED", ROOT.parent / "shared"))
    path = shared / "passages" / "dev.jsonl.gz"
    return path if path.exists() else None


def score(edits: Sequence[dict[str, Any]], place: Place) -> dict[str, Tally]:
    """Count how many answers are right: in all, and by part and source."""
    tallies: dict[str, Tally] = {}
    for edit in edits:
        spans = [(span["start"], span["end"]) for span in edit["spans"]]
        answers = place(edit["old"], edit["new"], spans)
        for truth, answer in zip(edit["spans"], answers, strict=True):
            for name in ("all", edit["part"], edit["source"]):
                tallies.setdefault(name, Tally()).add(truth, answer, edit["new"])
    return tallies


def others() -> dict[str, Place]:
    """Give what is measured beside ours, if it is installed."""
    try:
        from bench.passage_peers import PEERS
    except ImportError as error:
        print(f"without the others: {error}")
        return {}
    return PEERS


def scores(edits: Sequence[dict[str, Any]]) -> None:
    """Print how many answers are right, ours by source and then beside the others."""
    tallies = score(edits, place)
    for name in sorted(tallies, key=lambda name: (name != "all", name)):
        print(tallies[name].show(name))
    print("beside others, with the time for all edits:")
    for name, place_by in {"ours": place, **others()}.items():
        begin = time.process_time()
        tally = score(edits, place_by)["all"]
        print(f"{tally.show(name)}  {time.process_time() - begin:.1f} s")


def milliseconds(best_of: int, work: Any, *arguments: Any) -> float:
    """Time a call, the best of several; processor time, which a busy machine does not stretch."""
    times = []
    for _ in range(best_of):
        begin = time.process_time()
        work(*arguments)
        times.append(time.process_time() - begin)
    return 1000 * min(times)


def compare_by_difflib(old: str, new: str) -> None:
    """Compare the words of two texts as the standard library does."""
    matcher = difflib.SequenceMatcher(None, old.split(), new.split(), autojunk=False)
    matcher.get_opcodes()


def speed(edits: Sequence[dict[str, Any]]) -> None:
    """Print the time for 1,000 passages on stories put together from real edits."""
    real = sorted((edit for edit in edits if edit["part"] == "real"), key=lambda edit: edit["id"])
    random.Random(5).shuffle(real)
    for wanted in (1000, 5000):
        old: list[str] = []
        new: list[str] = []
        count = 0
        for edit in real:
            words = len(edit["old"].split())
            if count + words <= 1.08 * wanted:
                old.append(edit["old"])
                new.append(edit["new"])
                count += words
            if count >= 0.95 * wanted:
                break
        texts = "\n\n".join(old), "\n\n".join(new)
        ours = milliseconds(5, place, *texts, some_spans(texts[0], 1000))
        theirs = milliseconds(2, compare_by_difflib, *texts)
        line = (
            f"{count} words: 1,000 passages {ours:.1f} ms; difflib, comparison only, "
            f"{theirs:.1f} ms; ratio {theirs / ours:.1f}"
        )
        for name, place_by in others().items():
            whole = milliseconds(1, place_by, *texts, some_spans(texts[0], 1000))
            line += f"; {name}, 1,000 passages, {whole:.0f} ms"
        print(line)


def some_spans(text: str, count: int) -> list[tuple[int, int]]:
    """Choose spans of 1 to 31 words."""
    rnd = random.Random(len(text))
    words = [match.span() for match in re.finditer(r"\S+", text)]
    spans = []
    for _ in range(count if words else 0):
        first = rnd.randrange(len(words))
        last = min(len(words) - 1, first + rnd.choice((0, 1, 2, 3, 5, 8, 12, 20, 30)))
        spans.append((words[first][0], words[last][1]))
    return spans


def hard_pairs(words: int = 20_000) -> dict[str, tuple[str, str]]:
    """Make pairs of texts on which comparing words is slow."""
    rnd = random.Random(3)

    def of(vocabulary: int, seed: int) -> list[str]:
        own = random.Random(seed)
        return [f"w{min(vocabulary, int(own.paretovariate(0.9)))}" for _ in range(words)]

    def shuffled(parts: list[str], by: str) -> str:
        mixed = parts[:]
        random.Random(5).shuffle(mixed)
        return by.join(mixed)

    prose = of(3000, 1)
    sentences = [" ".join(prose[k : k + 15]) + "." for k in range(0, words, 15)]
    paragraphs = [" ".join(sentences[k : k + 5]) for k in range(0, len(sentences), 5)]
    text = "\n\n".join(paragraphs)
    line = "the quick brown fox jumps over the lazy dog again."
    lines = words // 10
    unique = [f"u{k}" for k in range(words)]
    han = [chr(0x4E00 + min(3000, int(rnd.paretovariate(0.7)))) for _ in range(2 * words)]
    return {
        "one word repeated": ("a " * words, "a " * (words - 7)),
        "one word repeated, changed here and there": ("a " * words, ("a " * 5000 + "b ") * 4),
        "one sentence repeated": ((line + " ") * lines, (line + " ") * (lines - 5)),
        "one sentence repeated, every 7th changed": (
            (line + " ") * lines,
            " ".join(line if k % 7 else line.replace("fox", "cat") for k in range(lines)),
        ),
        "two words alternating": ("a b " * (words // 2), "a b b " * (words // 3)),
        "two words at random": (
            " ".join(rnd.choice("ab") for _ in range(words)),
            " ".join(rnd.choice("ab") for _ in range(words)),
        ),
        "a hundred words at random": (
            " ".join(rnd.choice(unique[:100]) for _ in range(words)),
            " ".join(rnd.choice(unique[:100]) for _ in range(words)),
        ),
        "unrelated, common words shared": (" ".join(prose), " ".join(of(3000, 2))),
        "unrelated, nothing shared": (" ".join(prose), " ".join(unique)),
        "the same words in random order": (" ".join(prose), shuffled(prose, " ")),
        "different words in random order": (" ".join(unique), shuffled(unique, " ")),
        "words in reverse": (" ".join(prose), " ".join(reversed(prose))),
        "paragraphs shuffled": (text, shuffled(paragraphs, "\n\n")),
        "sentences shuffled": (text, shuffled(sentences, " ")),
        "every third word changed": (
            " ".join(prose),
            " ".join(word if k % 3 else word + "x" for k, word in enumerate(prose)),
        ),
        "every word changed": (" ".join(unique), " ".join(word + "x" for word in unique)),
        "12 of 40 words kept, the others respelled": (
            " ".join(unique),
            " ".join(word if k % 40 < 12 else word + "s" for k, word in enumerate(unique)),
        ),
        "10 of 27 words kept, the others respelled": (
            " ".join(unique),
            " ".join(word if k % 27 < 10 else word + "s" for k, word in enumerate(unique)),
        ),
        "one giant sentence, then many short ones of its words": (
            " ".join(unique),
            " ".join("X " + " ".join(rnd.sample(unique, 9)) + "." for _ in range(words // 10)),
        ),
        "one pattern, other numbers": (
            " ".join(f"Ship {k} of line {k % 50} sails at {k % 37} today." for k in range(lines)),
            " ".join(f"Boat {k} of line {k % 53} sails at {k % 31} now." for k in range(lines)),
        ),
        "short runs moved, words between them changed": (
            " ".join(" ".join(unique[k : k + 6]) + f" f{k}" for k in range(0, words, 7)),
            " ".join(
                " ".join(unique[k : k + 6]) + f" g{k}"
                for k in rnd.sample(range(0, words, 7), len(range(0, words, 7)))
            ),
        ),
        "one giant word": ("x" * 6 * words, "x" * 3 * words + "y" + "x" * 3 * words),
        "no spaces (Chinese), unrelated": ("".join(han[:words]), "".join(han[words:])),
        "no spaces (Chinese), shuffled": ("".join(han[:words]), shuffled(han[:words], "")),
        "full stops only": (". " * words, ", . " * (words // 2)),
        "identical": (text, text),
    }


def worst() -> None:
    """Print the time for the hard pairs, slowest first."""
    times = {}
    for name, (old, new) in hard_pairs().items():
        times[name] = milliseconds(1, place, old, new, some_spans(old, 1000))
    for name in sorted(times, key=times.__getitem__, reverse=True):
        print(f"{times[name] / 1000:6.2f} s  20,000 words, {name}")


def main(arguments: Sequence[str]) -> None:
    """Print all figures."""
    path = data_set(arguments)
    if path is None:
        print("no data set: name a file, or set BROADSHEET_SHARED; score and speed left out")
    else:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            edits = [json.loads(line) for line in lines if line.strip()]
        scores(edits)
        speed(edits)
    worst()
    print(GOALS)


if __name__ == "__main__":
    main(sys.argv[1:])
