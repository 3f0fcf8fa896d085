"""Words put back into inline markup and paragraphs, and nothing else."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.desk.reconstruction import (
    WordsNotOnce,
    changed_words,
    editable_text,
    replaced_inline,
    with_blocks,
    with_words,
)
from broadsheet.record.content import Block, EditionContent, clean_inline, inline_text


def content(*blocks: Block) -> EditionContent:
    return EditionContent("Headline", blocks=blocks)


def paragraph(markup: str, block_id: str = "b1") -> Block:
    return Block(block_id, "paragraph", html=markup)


WITHIN = [
    ("The old CEO spoke.", "old", "new", "The new CEO spoke."),
    ('The <a href="/x">old CEO</a> spoke.', "old", "new", 'The <a href="/x">new CEO</a> spoke.'),
    ("The <em>old</em> CEO", "old CEO", "new CEO", "The <em>new</em> CEO"),
    ("The <em>old</em> CEO", "The old", "A new", "A new CEO"),
    ("a <strong>b <em>c</em></strong> d", "c d", "x", "a <strong>b <em>x</em></strong>"),
    ("R&amp;D was cut", "R&D was", "A < B is", "A &lt; B is cut"),
    ("one<br>two", "one two", "three", "three"),
    ('<a href="/?a=1&amp;b=2" title="a > b">old</a>', "old", "", ""),
    ("early and late", "early and", "early", "early late"),
    ("He left.", "left", "left early", "He left early."),
]


@pytest.mark.parametrize(("markup", "words", "then", "made"), WITHIN)
def test_words_are_replaced_and_markup_around_them_stays(markup, words, then, made):
    found = with_words(content(paragraph(markup)), words, then)

    assert found.blocks[0].html == made


def test_words_are_found_in_every_text_of_a_block():
    story = content(
        Block("l", "list", items=("one <em>two</em>", "three")),
        Block("q", "quotation", html="yes", speaker="Ann Lee", role="mayor"),
        Block("i", "image", caption="The bridge", credit="Ben"),
        Block("e", "embed", title="A film"),
    )
    for words, then in (("two", "2"), ("Ann", "Anna"), ("bridge", "quay"), ("film", "clip")):
        story = with_words(story, words, then)

    assert [block.text for block in story.blocks] == [
        "one 2\nthree",
        "yes\nAnna Lee, mayor",
        "The quay\nBen",
        "A clip",
    ]


@pytest.mark.parametrize("words", ["CFO", "the", " ", "end. Next"])
def test_words_that_do_not_stand_there_once_are_refused(words):
    story = content(paragraph("the one, the end."), paragraph("Next.", "b2"))

    with pytest.raises(WordsNotOnce):
        with_words(story, words, "x")


TOKENS = st.lists(
    st.sampled_from(
        ["a", "b ", "&amp;", "&lt;", "é", "😀", "<em>", "</em>", "<strong>", "</strong>"]
    ),
    max_size=20,
)


@given(
    TOKENS.map(lambda tokens: clean_inline("".join(tokens))),
    st.data(),
    st.sampled_from(["", "x", "a<b&c"]),
)
def test_replacing_changes_the_span_and_keeps_the_markup_whole(markup, draw, words):
    text = inline_text(markup)
    start = draw.draw(st.integers(0, len(text)))
    end = draw.draw(st.integers(start, len(text)))

    made = replaced_inline(markup, start, end, words)

    assert inline_text(made) == text[:start] + words + text[end:]
    assert clean_inline(made) == made.strip()
    assert html.unescape(made).count("<em>") == made.count("</em>")


def test_paragraphs_written_anew_lose_their_markup_and_the_others_keep_it():
    story = content(
        paragraph("Old <em>words</em>."),
        paragraph("Same <em>words</em>.", "b2"),
        Block("l", "list", items=("<em>one</em>", "two")),
        Block("i", "image", caption="A bridge"),
        paragraph("Gone.", "b3"),
    )
    texts = {0: "New.\n\nAnd <more>.", 1: " Same  words.", 2: "one\n\nthree", 3: "x", 4: " "}

    found = with_blocks(story, texts).blocks

    assert [(block.id, block.html or block.items or block.caption) for block in found] == [
        ("b1", "New."),
        ("b1-then2", "And &lt;more&gt;."),
        ("b2", "Same <em>words</em>."),
        ("l", ("one", "three")),
        ("i", "A bridge"),
    ]


def test_pictures_and_embeds_have_no_text_to_write():
    assert editable_text(Block("i", "image", caption="x")) is None
    assert editable_text(Block("e", "embed", title="x")) is None


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("The outgoing CEO spoke.", "The charismatic CEO spoke.", ["outgoing"]),
        (
            "The outgoing chief spoke at length.",
            "The charismatic boss spoke at length.",
            ["outgoing chief"],
        ),
        ("Same words here.", "Same words here.", []),
        (
            "One paragraph stays.\n\nAnother one goes away.",
            "One paragraph stays.",
            ["Another one goes away."],
        ),
        ("", "New.", []),
    ],
)
def test_changed_words_are_those_that_the_new_text_has_not(old, new, changed):
    assert [old[start:end] for start, end in changed_words(old, new)] == changed
