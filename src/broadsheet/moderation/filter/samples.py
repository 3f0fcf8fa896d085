"""Labelled texts in files, and how well a filter tells them apart.

Read are tables with a header that has ``CONTENT`` (or ``text``) and ``CLASS`` or ``label`` (1 or
``spam`` is spam), by commas, as the YouTube Spam Collection has it; and lines of a label, a tab and a
text without a header, as the SMS Spam Collection. Either may be compressed by gzip.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Sequence
from pathlib import Path

_TEXT = ("content", "text", "message", "comment")
_LABEL = ("class", "label", "is_spam", "spam")
_SPAM = {"1", "spam", "true", "yes"}
_HAM = {"0", "ham", "false", "no"}


class SamplesUnreadable(ValueError):
    """The file has none of the forms above; the message says what is missing."""


def read_samples(path: Path) -> tuple[list[str], list[bool]]:
    """Return the texts of a file, and for each whether it is spam. Raises :class:`SamplesUnreadable`."""
    data = path.read_bytes()
    try:
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as wrong:
        raise SamplesUnreadable(f"{path.name} is no text in UTF-8: {wrong}") from wrong
    first = text.partition("\n")[0]
    label, tab, _ = first.partition("\t")
    if tab and label.strip().lower() in _SPAM | _HAM:
        rows = [line.split("\t", 1) for line in text.split("\n") if "\t" in line]
        return _labelled(path, [(row[1].rstrip("\r"), row[0]) for row in rows])
    # Two newlines within a quoted field, and NUL characters, are of real files.
    table = csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""))
    names = {name.strip().lower(): name for name in table.fieldnames or () if name}
    said = next((names[each] for each in _TEXT if each in names), None)
    told = next((names[each] for each in _LABEL if each in names), None)
    if said is None or told is None:
        raise SamplesUnreadable(
            f"{path.name} has neither the columns CONTENT and CLASS (or label) nor lines of a label"
            " and a text."
        )
    return _labelled(path, [(row[said] or "", row[told] or "") for row in table])


def _labelled(path: Path, rows: Sequence[tuple[str, str]]) -> tuple[list[str], list[bool]]:
    texts, labels = [], []
    for number, (text, label) in enumerate(rows, 1):
        told = label.strip().lower()
        if told not in _SPAM | _HAM:
            raise SamplesUnreadable(f"{path.name}, text {number}: “{label[:40]}” is no label.")
        texts.append(text)
        labels.append(told in _SPAM)
    return texts, labels


def area_under_curve(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Return the probability that a spam text has a greater score than one that is none; equal
    scores count half (Mann–Whitney). Not a number where one kind is missing."""
    ranked = sorted(zip(scores, labels, strict=True))
    spam = sum(labels)
    others = len(labels) - spam
    if not spam or not others:
        return float("nan")
    total = 0.0
    place = 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        rank = (place + 1 + end) / 2
        total += rank * sum(label for _, label in ranked[place:end])
        place = end
    return (total - spam * (spam + 1) / 2) / (spam * others)


def precision_at_recall(
    scores: Sequence[float], labels: Sequence[bool], recall: float
) -> tuple[float, float]:
    """Return the share of spam in what a threshold takes that finds ``recall`` of it, and the
    threshold."""
    spam = sum(labels)
    ranked = sorted(zip(scores, labels, strict=True), reverse=True)
    found = 0
    for taken, (score, label) in enumerate(ranked, 1):
        found += label
        is_last = taken == len(ranked) or ranked[taken][0] != score
        if is_last and found >= recall * spam:
            return found / taken, score
    return float("nan"), float("nan")
