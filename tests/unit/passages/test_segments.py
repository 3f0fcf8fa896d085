"""Paired words turned into stretches of characters."""

from __future__ import annotations

from broadsheet.passages.matching import Matching
from broadsheet.passages.segments import KEPT, REPLACED, SPACE, Segment, segments_of


def test_words_out_of_order_in_their_block_become_blocks_of_their_own() -> None:
    matching = Matching("one three four", "three four one")
    matching.claim(0, 2, 1)
    matching.claim(1, 0, 2)
    assert segments_of(matching) == [
        Segment(0, 3, 11, 14, KEPT, 1),
        Segment(3, 4, 14, 14, SPACE, 1),
        Segment(4, 14, 0, 10, KEPT, 0),
    ]


def test_other_white_space_and_capitals_cut_a_run() -> None:
    matching = Matching("one two three four", "one two\n\nThree four")
    matching.claim(0, 0, 4)
    assert segments_of(matching) == [
        Segment(0, 7, 0, 7, KEPT, 0),
        Segment(7, 8, 7, 9, SPACE, 0),
        Segment(8, 13, 9, 14, REPLACED, 0),
        Segment(13, 14, 14, 15, SPACE, 0),
        Segment(14, 18, 15, 19, KEPT, 0),
    ]
