"""Content of an edition: canonical text, cleaning, and the way to JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.record.content import (
    BLOCK_TYPES,
    Block,
    BylineName,
    EditionContent,
    LeadImage,
    TopicName,
    clean_inline,
    inline_text,
    text_to_inline,
)
from broadsheet.record.enums import Standing
from broadsheet.record.pictures import Picture

PICTURE = Picture("ab" * 32, 1200, 800, (480, 800, 1200))

blocks = st.builds(
    Block,
    id=st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
    type=st.sampled_from(sorted(BLOCK_TYPES)),
    html=st.text(max_size=30),
    items=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    ordered=st.booleans(),
    level=st.sampled_from([2, 3]),
    speaker=st.text(max_size=10),
    picture=st.sampled_from([None, PICTURE]),
    caption=st.text(max_size=10),
)
contents = st.builds(
    EditionContent,
    headline=st.text(min_size=1, max_size=20),
    standing=st.sampled_from(["", *Standing.values]),
    standing_basis=st.text(max_size=10),
    standfirst=st.text(max_size=20),
    byline=st.lists(
        st.builds(BylineName, st.text(max_size=5), st.text(max_size=5)), max_size=2
    ).map(tuple),
    lead_image=st.sampled_from([None, LeadImage(PICTURE, "alt", "caption")]),
    blocks=st.lists(blocks, max_size=4).map(tuple),
    topics=st.just((TopicName("elop", "Stephen Elop", "person"),)),
)


@given(contents)
def test_content_comes_back_from_json_as_it_was(content):
    data = json.loads(json.dumps(content.to_data()))

    assert EditionContent.from_data(data) == content


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Block("a", "paragraph", html="A <em>b</em> &amp; c"), "A b & c"),
        (Block("a", "paragraph", html="one<br>two"), "one\ntwo"),
        (Block("a", "list", items=("one", "<strong>two</strong>")), "one\ntwo"),
        (
            Block("a", "quotation", html="We waited.", speaker="Mara", role="chair"),
            "We waited.\nMara, chair",
        ),
        (Block("a", "image", caption="The bridge.", credit="A. Lee"), "The bridge.\nA. Lee"),
        (Block("a", "embed", url="https://e.example/", title="A film"), "A film"),
    ],
)
def test_text_of_a_block_is_what_a_reader_sees(block, text):
    assert block.text == text


def test_canonical_text_knows_where_blocks_stand():
    content = EditionContent(
        "H",
        blocks=(
            Block("a", "paragraph", html="One  two."),
            Block("b", "image"),
            Block("c", "paragraph", html="<em>Three</em>."),
        ),
    )

    canonical = content.canonical()

    assert canonical.text == "One two.\n\nThree."
    assert [(span.id, canonical.text[span.start : span.end]) for span in canonical.blocks] == [
        ("a", "One two."),
        ("c", "Three."),
    ]


@pytest.mark.parametrize(
    ("given_markup", "kept"),
    [
        ('<p onclick="x()">a <b>b</b> <em>c</em></p>', "a <strong>b</strong> <em>c</em>"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        (
            '<a href="https://e.example/?a=1&amp;b=2">a</a>',
            '<a href="https://e.example/?a=1&amp;b=2">a</a>',
        ),
        ("<script>x()</script>a", "a"),
    ],
)
def test_inline_markup_keeps_only_what_is_inline(given_markup, kept):
    assert clean_inline(given_markup) == kept


@given(st.text(alphabet=st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"])))
def test_text_becomes_markup_and_text_again(text):
    assert inline_text(text_to_inline(text)) == text
