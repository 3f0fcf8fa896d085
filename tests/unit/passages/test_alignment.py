"""An alignment as a thing that is kept."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.passages.passage_samples import BOILERPLATE, LIST, NEWS, STORIES

from broadsheet.passages import Alignment, AlignmentUnreadable, align

# Few different words and marks, so that texts have much in common by chance.
TEXTS = st.lists(
    st.sampled_from(["the", "bridge", "is", "closed", "open", ".", ". ", "\n\n", "桥", "(", "x"]),
    max_size=40,
).map(" ".join)


@pytest.mark.parametrize("text", [*STORIES, "", " ", "x", "\n\n"])
def test_a_text_and_itself_are_identical(text: str) -> None:
    alignment = align(text, text)
    assert [s[:4] for s in alignment.segments] == ([(0, len(text), 0, len(text))] if text else [])


@given(TEXTS, TEXTS)
def test_segments_are_in_order_apart_and_true(old: str, new: str) -> None:
    alignment = align(old, new)
    taken: list[tuple[int, int]] = []
    at = 0
    for old_start, old_end, new_start, new_end, kind, _ in alignment.segments:
        assert at <= old_start < old_end <= len(old)
        assert 0 <= new_start <= new_end <= len(new)
        if kind == 0:
            assert old[old_start:old_end] == new[new_start:new_end]
        if kind == 1:
            assert not (old[old_start:old_end] + new[new_start:new_end]).strip()
        at = old_end
        taken.append((new_start, new_end))
    taken.sort()
    assert all(a[1] <= b[0] for a, b in pairwise(taken))


@given(TEXTS, TEXTS)
def test_blocks_keep_their_order(old: str, new: str) -> None:
    ends: dict[int, int] = {}
    for segment in align(old, new).segments:
        assert ends.get(segment.block, 0) <= segment.new_start
        ends[segment.block] = segment.new_end


@given(TEXTS, TEXTS)
def test_storing_and_reading_gives_the_same(old: str, new: str) -> None:
    alignment = align(old, new)
    assert Alignment.from_data(json.loads(json.dumps(alignment.to_data()))) == alignment


def test_the_stored_form_is_small() -> None:
    new = NEWS.replace("24 million", "2.4 million").replace("Engineers", "Divers")
    assert len(json.dumps(align(NEWS, new).to_data(), separators=(",", ":"))) < 200


GOOD = {"form": 1, "old": 4, "new": 4, "segments": [0, 0, 4, 0]}


@pytest.mark.parametrize(
    "change",
    [
        {"form": 2},
        {"old": "many"},
        {"old": 3},
        {"new": 3},
        {"segments": [0, 0, 4]},
        {"segments": [1, 0, 4, 0]},
        {"segments": [0, 0, 0, 0]},
        {"segments": [0, -1, 4, 0]},
        {"segments": [-3, 0, 4, 0]},
        {"segments": [0, 0, 2, 0, 0, -1, 2, 0]},
        {"segments": None},
    ],
)
def test_other_data_is_refused(change: dict[str, Any]) -> None:
    assert Alignment.from_data(GOOD) == align("same", "same")
    with pytest.raises(AlignmentUnreadable):
        Alignment.from_data({**GOOD, **change})
    with pytest.raises(AlignmentUnreadable):
        Alignment.from_data({key: GOOD[key] for key in GOOD if key not in change})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 3000, "a " * 2990),
        ("a b " * 1500, "b a " * 1500),
        ("a b " * 1500, "a b b " * 1000),
        (NEWS * 12, NEWS * 11),
        (BOILERPLATE * 20, LIST * 20),
        ("x" * 50000, "x" * 25000 + "y" + "x" * 25000),
        ("桥" * 3000, "关" + "桥" * 2800),
        (". " * 3000, ", . " * 1500),
        (NEWS * 5, "\n\n".join(reversed((NEWS * 5).split("\n\n")))),
        (NEWS * 5, " ".join(reversed((NEWS * 5).split(" ")))),
    ],
)
def test_repetitive_texts_are_aligned_too(old: str, new: str) -> None:
    alignment = align(old, new)
    assert (alignment.old_length, alignment.new_length) == (len(old), len(new))
