"""The canonical text rule."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.passages import canonical
from broadsheet.passages.canonical import canonical_text, normal_space

texts = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=40)), max_size=6)


def test_examples_in_the_docs_hold():
    assert doctest.testmod(canonical).failed == 0


@given(texts)
def test_spans_cut_out_the_blocks(blocks):
    result = canonical_text(blocks)

    cut = [result.text[span.start : span.end] for span in result.blocks]
    assert cut == [normal_space(text) for _, text in blocks if normal_space(text)]


@given(st.text())
def test_normal_space_is_stable(text):
    assert normal_space(normal_space(text)) == normal_space(text)
