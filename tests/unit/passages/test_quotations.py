"""Quotations of a story in comments, written by hand."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_fixtures import shared_files
from tests.unit.passages.passage_samples import BOILERPLATE, CHINESE, NEWS

from broadsheet.passages import mentions, quotations
from broadsheet.passages.quotations import CANDIDATES, LONGEST

STORY = (
    "The outgoing CEO spoke on Friday – in the old harbor – about plans that aren’t secret. "
    "“We won’t wait,” said the mayor.\n\nShe won't say more. It was a start, it was."
)


def found(comment: str, *texts: str) -> list[tuple[str, str]]:
    """Give what is recognized: the words of the comment, and those of the story."""
    texts = texts or (STORY,)
    return [
        (comment[q.said_start : q.said_end], texts[q.text][q.start : q.end])
        for q in quotations(comment, texts)
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "“The outgoing CEO” Uh?",
        "“The outgoing CEO ” Uh?",
        "“The outgoing CEO…”\n\nWhat? Is he leaving?",
        "“The outgoing CEO…\nWhat? “Is he leaving”?",
        "“The outgoing CEO...\nWhat?",
        "“... the outgoing CEO ...”",
        "„the outgoing CEO“ says who?",
        "«The outgoing  CEO» and « le reste »",
        "»The outgoing\nCEO« sagt wer?",
        '"the OUTGOING ceo", really?',
        "‘The outgoing CEO’?",
        "It's 'the outgoing CEO' isn't it?",
        "「The outgoing CEO」ですか",
        "> The outgoing CEO\n\nReally?",
        ">> *The outgoing* __CEO__\nReally?",
        "> The outgoing\n> CEO\n\nReally?",
        "> Nothing of the story\n> The outgoing CEO\n",
        'My 5" screen says “he said ‘the outgoing CEO’ twice”.',
        "“The outgoing CEO” and again “The outgoing CEO”",
    ],
)
def test_hand_made_quotation_is_recognized(comment: str) -> None:
    assert [story for _, story in found(comment)] == ["The outgoing CEO"]


@pytest.mark.parametrize(
    ("comment", "story"),
    [
        ('"We won\'t wait"', "We won’t wait"),
        ('"on Friday - in the old harbor - about"', "on Friday – in the old harbor – about"),
        ("“The outgoing CEO … in the old harbor”", "The outgoing CEO spoke on Friday – in the old harbor"),
        ("> spoke [...] plans", "spoke on Friday – in the old harbor – about plans"),
        ("“outgoing”", "outgoing"),
        ("“aren't secret”", "aren’t secret"),
    ],
)  # fmt: skip
def test_marks_dashes_and_ellipses_may_differ(comment: str, story: str) -> None:
    assert [story for _, story in found(comment)] == [story]


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("The outgoing CEO, really?", "no quotation"),
        ("“The outgoing CEOs”", "part of a longer word"),
        ("“The charismatic CEO”", "not in the story"),
        ("“it was”", "stands there twice"),
        ("“of it”", "too little"),
        ("“Friday”", "a word of six letters"),
        ("“won't”", "one word, whatever its apostrophe"),
        ("meant ‘outgoing’ as in nice", "a word spoken of"),
        ("“The outgoing CEO", "not closed, without points"),
        ("“plans … The outgoing CEO”", "in another order"),
        ("“won't … more”", "one of the parts stands there twice"),
        ("“The outgoing CEO … was fired”", "one of the parts is missing"),
        ("the mayors' outgoing CEO and the boats' harbor", "apostrophes"),
        ("“”", "nothing"),
        ("", "nothing"),
    ],
)
def test_what_is_in_doubt_is_not_recognized(comment: str, why: str) -> None:
    assert found(comment) == [], why


def test_parts_too_far_apart_are_not_one_quotation() -> None:
    text = f"The first words here. {'Then so on. ' * 200}The final words there."

    assert found("“The first words … final words there”", text) == []


def test_scripts_without_spaces() -> None:
    text = "市长说大桥关闭了三年。反对者说费用太高。"

    assert found("“大桥关闭了”？", text) == [("大桥关闭了", "大桥关闭了")]
    assert found("他说“反对者说”吗", text) == [("反对者说", "反对者说")]
    assert found("「费用」", text) == []


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert found("“Cafe\u0301 Noir”", "At Café Noir today.") == [("Cafe\u0301 Noir", "Café Noir")]


def test_first_text_with_the_words_decides() -> None:
    newer, older = "A charismatic CEO. One CEO, one CEO.", "An outgoing CEO. One CEO."

    assert [q.text for q in quotations("“charismatic CEO” “outgoing CEO”", [newer, older])] == [
        0,
        1,
    ]
    assert quotations("“one CEO”", [newer, older]) == []
    assert quotations("“one CEO”", []) == []


def test_several_quotations_come_in_the_order_of_the_comment() -> None:
    comment = "> say more\n\nNo. “the old harbor” and “outgoing CEO”."

    assert found(comment) == [
        ("say more", "say more"),
        ("the old harbor", "the old harbor"),
        ("outgoing CEO", "outgoing CEO"),
    ]


quoted = st.text(alphabet="aeit .…'’“”\"«»„>\n-", max_size=80)


@given(st.one_of(quoted, st.text()), st.lists(st.one_of(quoted, st.text()), max_size=3))
def test_anything_goes_and_spans_are_inside(comment: str, texts: list[str]) -> None:
    for quotation in quotations(comment, texts):
        assert 0 <= quotation.start < quotation.end <= len(texts[quotation.text])
        assert 0 <= quotation.said_start < quotation.said_end <= len(comment)


def words(text: str) -> list[str]:
    """Give the words that are compared."""
    return re.findall(r"[^\W_]+", text.casefold())


@given(st.sampled_from([NEWS, BOILERPLATE, STORY]), st.sampled_from(["“{}”", "«{}…»", "> {}\n", '"{}"']),
       st.data())  # fmt: skip
def test_what_is_found_are_the_words_and_they_stand_there_once(
    text: str, marks: str, data: st.DataObject
) -> None:
    pieces = [match.span() for match in re.finditer(r"[^\W_]+", text)]
    first = data.draw(st.integers(0, len(pieces) - 1))
    last = data.draw(st.integers(first, min(len(pieces) - 1, first + 8)))
    start, end = pieces[first][0], pieces[last][1]
    comment = "So: " * (marks[0] != ">") + marks.format(" ".join(text[start:end].upper().split()))

    answers = quotations(comment, [text])

    wanted, all_words = words(text[start:end]), words(text)
    times = sum(
        all_words[k : k + len(wanted)] == wanted for k in range(len(all_words) - len(wanted) + 1)
    )
    for answer in answers:
        assert words(text[answer.start : answer.end]) == words(
            comment[answer.said_start : answer.said_end]
        )
    is_plain = not re.search(r"[\"“”]", text[start:end])
    if is_plain and times > 1:
        assert answers == []
    elif is_plain and len(wanted) > 2 and len("".join(wanted)) > 8:
        assert [(a.start, a.end) for a in answers] == [(start, end)]


HOSTILE = {
    "marks": "“" * 10_000,
    "straight marks": '"' * 10_000,
    "apostrophes": "'a " * 3_500,
    "marks inside one another": "“some words " * 800 + "”" * 800,
    "angles": ">" * 10_000,
    "quoted lines": "> a b c d e f\n" * 700,
    "points": "“" + "." * 10_000,
    "parts": "“" + "some word … " * 800 + "”",
    "spaces": "“" + " " * 10_000,
    "line breaks": "“" + "\n" * 10_000,
    "the story's one word": "> " + "word " * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_comments_are_answered_soon(name: str) -> None:
    texts = ["word " * 20_000, "some word " * 10_000 + NEWS]
    begin = time.process_time()

    quotations(HOSTILE[name], texts)

    # A hundredth of what it takes if one of the searches is quadratic.
    assert time.process_time() - begin < 2


def test_a_hundred_quotations_are_looked_for() -> None:
    comment = "“nothing of it” " * (CANDIDATES - 1) + "“the outgoing CEO” “the old harbor”"

    assert found(comment) == [("the outgoing CEO", "The outgoing CEO")]
    assert found("“" + "x" * LONGEST + "” “the outgoing CEO”") != []


def test_mentions_are_words_that_an_edit_took_away() -> None:
    new = STORY.replace("outgoing", "charismatic")
    comment = "Pretty sure he meant outgoing as in ‘charismatic’, outgoing. On Friday."

    (mention,) = mentions(comment, STORY, new)

    assert STORY[mention.start : mention.end] == "outgoing"
    assert comment[mention.said_start : mention.said_end] == "outgoing"
    assert mention.said_start == comment.index("outgoing")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("a vivid red boat and a red car", "a faded red boat and a red car", ["vivid"]),
        ("we saw the vivid boat of theirs", "we saw the faded boat of theirs, vivid", ["vivid"]),
        (
            "we saw vivid boats of theirs or vivid cars",
            "we saw faded boats of theirs or vivid cars",
            ["vivid"],
        ),
        ("vivid vivid vivid boats", "faded vivid vivid boats", []),
        ("the vivid boat", "the vivid boat", []),
        ("the vivid boat", "", ["vivid"]),
        ("", "the vivid boat", []),
        ("boats sail here. a vivid end came after all.", "boats sail here.", ["vivid"]),
    ],
)
def test_what_counts_as_mentioned(old: str, new: str, words: list[str]) -> None:
    assert [old[m.start : m.end] for m in mentions("So Vivid! Red boat.", old, new)] == words


@given(quoted, quoted, quoted)
def test_mentions_never_raise_and_stay_inside(comment: str, old: str, new: str) -> None:
    for mention in mentions(comment, old, new):
        assert old[mention.start : mention.end].casefold() == (
            comment[mention.said_start : mention.said_end].casefold()
        )


def test_chinese_sample_is_quoted() -> None:
    sentence = CHINESE.split("。")[0]

    assert [story for _, story in found(f"> {sentence}", CHINESE)] == [sentence]


@pytest.mark.parametrize("page", shared_files("seed/*.txt"), ids=lambda path: path.name)
def test_morning_of_2011(page: Path) -> None:
    text = page.read_text()
    cut = text.index("  • Jamie Thomson")
    story = text[:cut]
    outgoing = story.replace("charismatic CEO", "outgoing CEO")
    comments = [comment.strip(" •\n") for comment in re.split(r"\n\s*•", text[cut:])]

    def quoting(*texts: str) -> list[str]:
        return [c.split("\n")[0] for c in comments if quotations(c, texts)]

    assert quoting(story) == ["Aethec"]
    assert quoting(outgoing) == ["Jamie Thomson", "Nick"]
    assert quoting(story, outgoing) == ["Jamie Thomson", "Nick", "Aethec"]
    spoken_of = [c.split("\n")[0] for c in comments if mentions(c, outgoing, story)]
    assert spoken_of == ["Jamie Thomson", "Daniel", "Nick"]
