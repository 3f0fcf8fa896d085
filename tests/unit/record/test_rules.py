"""What a minor edition may not change, where its note stands, and when a correction is late."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.shared_fixtures import shared_files

from broadsheet.passages import align
from broadsheet.record.content import Block, BylineName, EditionContent, LeadImage, text_to_inline
from broadsheet.record.enums import EditionKind
from broadsheet.record.pictures import Picture
from broadsheet.record.rules import (
    CERTAINTY_WORDS,
    NUMBER_WORDS,
    ORDINARY_WORDS,
    Touch,
    is_late,
    note_belongs_on_top,
    touches,
)

PICTURE = Picture("ab" * 32, 1200, 800, (480, 800, 1200))
OTHER_PICTURE = Picture("cd" * 32, 1200, 800, (480, 800, 1200))


def story(text: str, headline: str = "Deal", **fields: object) -> EditionContent:
    """Make a story of paragraphs."""
    blocks = tuple(
        Block(f"b{place}", "paragraph", html=text_to_inline(paragraph))
        for place, paragraph in enumerate(text.split("\n\n"))
    )
    return EditionContent(headline, blocks=blocks, **fields)  # type: ignore[arg-type]


def said(old: EditionContent, new: EditionContent) -> list[str]:
    """Say in words what an edit touches."""
    return [touch.in_words for touch in touches(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "The bridge will cost 24 million now.",
            "The bridge will cost 2.4 million now.",
            ["the number “24 million” became “2.4 million”"],
        ),
        ("The Nokai phone sold well.", "The Nokia phone sold well.",
         ["the name “Nokai” became “Nokia”"]),
        ("Ballmer left.", "Balmer left.", ["the name “Ballmer” became “Balmer”"]),
        ("We met Mr. Smith there.", "We met Mr. Smyth there.",
         ["the name “Smith” became “Smyth”"]),
        ("So Steve Balmer, it seems, left.", "So Steve Ballmer, it seems, left.",
         ["the name “Steve Balmer” became “Steve Ballmer”"]),
        ("They sell the iPhone here.", "They sell the iphone here.",
         ["the name “iPhone” became “iphone”"]),
        ("Der Bürgermeister sah die Brücke.", "Der Bürgermeister sah die Burg.",
         ["the name “Brücke” became “Burg”"]),
        ("He was “the outgoing CEO” then.", "He was “the charismatic CEO” then.",
         ["the quotation “the outgoing CEO” became “the charismatic CEO”"]),
        ("A “burning platform” it is.", "A burning platform it is.",
         ["the quotation “burning platform” was taken out"]),
        ("Er nannte es „gut so“ heute.", "Er nannte es „gut, so“ heute.",
         ["the quotation „gut so“ became „gut, so“"]),
        ("Elle dit « oui et non » ici.", "Elle dit « oui ou non » ici.",
         ["the quotation « oui et non » became « oui ou non »"]),
        ("A 'quiet' talk was held.", "A quiet talk was held.",
         ["the quotation 'quiet' was taken out"]),
        ("他说「好的」然后走了。", "他说「好吧」然后走了。",
         ["the quotation 「好的」 became 「好吧」"]),
        ("他说三百人来了。", "他说四百人来了。", ["the number “三百” became “四百”"]),
        ("It fell by −5 points.", "It fell by 5 points.", ["the number “−5” became “5”"]),
        ("It cost $5 then.", "It cost €5 then.", ["the number “$5” became “€5”"]),
        ("They won 3–1 there.", "They won 3:1 there.", ["the number “3–1” became “3:1”"]),
        ("It may rain soon.", "It will rain soon.", ["the word “may” became “will”"]),
        ("He doesn’t know them.", "He does know them.", ["the word “doesn’t” became “does”"]),
        ("It rained. Nokia rose.", "It rained.", ["the name “Nokia” was taken out"]),
        ("It rained.", "It rained. Nokia rose.", ["the name “Nokia” was added"]),
        ("Nokia bought it.", "So it bought Nokia.",
         ["the name “Nokia” now stands among other words"]),
    ],
)  # fmt: skip
def test_touch_in_words(old: str, new: str, found: list[str]) -> None:
    assert said(story(old), story(new)) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("the partnershp was good.", "the partnership was good."),
        ("In Berlin Merkel met them.", "In Berlin, Merkel met them."),
        ("It ended; the rest is known.", "It ended. The rest is known."),
        ("The dogs' bowl and the cat.", "The dog's bowl and the cat."),
        ("Nokia's phone", "Nokia’s  phone"),
        ("One line\nand another.", "One line and another."),
        ("Back in the 1990s $20 was enough.", "Back in the 1990s, $20 was enough."),
        ("Twenty-four boats came.", "Twenty four boats came."),
        ("The outgoing CEO spoke.", "The charismatic CEO spoke."),
        ("I think so and I'm sure.", "I think so, and I’m sure."),
        ("大桥关闭了。", "大桥开放了。"),
        (
            "Anna came.\n\nThen Ben went.\n\nMore here.",
            "Then Ben went.\n\nAnna came.\n\nMore here.",
        ),
        ("", ""),
    ],
)
def test_minor_edits_pass(old: str, new: str) -> None:
    assert said(story(old), story(new)) == []
    assert said(story(new), story(old)) == []


def test_moved_quotation_is_touched_though_its_words_are_the_same() -> None:
    old = story("Ann came and sat.\n\n“It is so.”\n\nThen Ben went on to talk about the weather.")
    new = story("Ann came and sat.\n\nThen Ben went on to talk about the weather.\n\n“It is so.”")

    assert said(old, new) == ["the quotation “It is so.” now stands among other words"]


def test_quotation_is_touched_when_its_speakers_change_places() -> None:
    said_it = "“We have waited long enough for this bridge, and we shall not wait again.”"
    old = story(f"Ann spoke first.\n\n{said_it}\n\nBen spoke last.")
    new = story(f"Ben spoke last.\n\n{said_it}\n\nAnn spoke first.")

    assert "quotation" in {touch.what for touch in touches(old, new)}
    assert touches(old, story(f"Ann spoke first.\n\nBen spoke last.\n\n{said_it}"))


def test_moved_line_of_a_list_is_touched() -> None:
    def ranking(*items: str) -> EditionContent:
        return EditionContent("Race", blocks=(Block("a", "list", items=items, ordered=True),))

    assert touches(ranking("Ann", "Ben", "Cleo"), ranking("Ben", "Ann", "Cleo"))


@pytest.mark.parametrize(
    ("fields", "changed", "what"),
    [
        ({"headline": "deal is done"}, {"headline": "deal is dead"}, "headline"),
        ({"headline": "Is it done?"}, {"headline": "Is it done"}, "headline"),
        ({"short_headline": "deal"}, {"short_headline": "no deal"}, "short headline"),
        ({"standfirst": "with Nokai"}, {"standfirst": "with Nokia"}, "name"),
        ({"dateline": "at Bonn, 2 May"}, {"dateline": "at Bonn, 3 May"}, "number"),
        (
            {"byline": (BylineName("t", "Tom Waren"),)},
            {"byline": (BylineName("t", "Tom Warren"),)},
            "byline",
        ),
        (
            {"byline": (BylineName("t", "Tom", "owns 5 shares"),)},
            {"byline": (BylineName("t", "Tom", "owns 6 shares"),)},
            "number",
        ),
        (
            {"lead_image": LeadImage(PICTURE, caption="from left: Ann")},
            {"lead_image": LeadImage(PICTURE, caption="from left: Anne")},
            "name",
        ),
        (
            {"lead_image": LeadImage(PICTURE, caption="the deal")},
            {"lead_image": LeadImage(OTHER_PICTURE, caption="the deal")},
            "picture",
        ),
        (
            {"blocks": (Block("a", "image", picture=PICTURE, caption="it is Ann"),)},
            {"blocks": (Block("a", "image", picture=PICTURE, caption="it is Eve"),)},
            "name",
        ),
        (
            {"blocks": (Block("a", "embed", url="https://a.example/1", title="film"),)},
            {"blocks": (Block("a", "embed", url="https://a.example/2", title="film"),)},
            "embed",
        ),
        (
            {"blocks": (Block("a", "list", items=("we sell Nokia", "more")),)},
            {"blocks": (Block("a", "list", items=("we sell Nikon", "more")),)},
            "name",
        ),
        (
            {"blocks": (Block("a", "quotation", html="it is good", speaker="Ann"),)},
            {"blocks": (Block("a", "quotation", html="it was good", speaker="Ann"),)},
            "quotation",
        ),
        (
            {"blocks": (Block("a", "quotation", html="it is good"),)},
            {"blocks": (Block("a", "paragraph", html="it is good"),)},
            "quotation",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_part_of_an_edition_is_looked_at(fields: dict, changed: dict, what: str) -> None:
    old = EditionContent(**{"headline": "deal", **fields})
    new = dataclasses.replace(old, **changed)

    assert [touch.what for touch in touches(old, new)] == [what]
    assert touches(new, old)


def test_what_readers_do_not_read_as_facts_is_not_looked_at() -> None:
    old = EditionContent(
        "Deal",
        lead_image=LeadImage(PICTURE, alt="two men"),
        blocks=(
            Block("a", "paragraph", html='see <a href="https://a.example/1">this</a>'),
            Block("b", "heading", html="more", level=2),
        ),
    )
    new = EditionContent(
        "Deal ",
        lead_image=LeadImage(PICTURE, alt="Ann and Ben, 2011"),
        blocks=(
            Block("c", "paragraph", html='see <a href="https://b.example/2"><em>this</em></a>'),
            Block("d", "heading", html="more", level=3),
        ),
    )

    assert touches(old, new) == []


def test_touch_that_shows_in_one_direction_only_counts_in_both() -> None:
    old, new = story("council boats river river Ann"), story("council river Ann river boats")
    touch = Touch("name", "Ann", "Ann")

    assert touches(old, new) == touches(new, old) == [touch]
    assert Touch("name", "Ann", "").undone() == Touch("name", "", "Ann")


def test_long_texts_are_shown_from_where_they_differ() -> None:
    old = "“" + "so it is " * 30 + "and we like it”"
    touch = Touch("quotation", old, old.replace("like", "hate"))

    assert touch.in_words == (
        "the quotation “…it is so it is and we like it” became “…it is so it is and we hate it”"
    )


def test_alignment_at_hand_is_used_and_that_of_other_texts_refused() -> None:
    old, new = story("Now 5 came."), story("Now 6 came.")
    alignment = align(old.canonical().text, new.canonical().text)

    assert touches(old, new, alignment) == [Touch("number", "5", "6")]
    with pytest.raises(ValueError, match="not the alignment"):
        touches(old, story("Now 600 came."), alignment)


plain_words = st.text(string.ascii_lowercase, min_size=2, max_size=9).filter(
    lambda word: word not in NUMBER_WORDS | CERTAINTY_WORDS
)
names = (
    st.text(string.ascii_lowercase, min_size=3, max_size=8)
    .filter(lambda word: word not in ORDINARY_WORDS)
    .map(str.capitalize)
)
numbers = st.one_of(
    st.integers(0, 10**7).map(str),
    st.decimals(0, 9999, places=2).map(str),
    st.integers(0, 10**7).map("{:,}".format),
    st.sampled_from(["half", "hundred", "dozen", "5%", "$20", "3–1", "1990s", "٣٤", "½"]),
)
MARKS = ["“{}”", "„{}“", "«{}»", "»{}«", '"{}"', "'{}'", "‘{}’", "「{}」", "‹{}›", "”{}”"]
quotations = st.builds(
    lambda marks, words: marks.format(" ".join(words)),
    st.sampled_from(MARKS),
    st.lists(plain_words, min_size=1, max_size=5),
)
tokens = st.one_of(plain_words, plain_words, plain_words, names, numbers, quotations)
paragraphs = st.lists(tokens, min_size=1, max_size=12)
stories = st.lists(paragraphs, min_size=1, max_size=5)


def written(paragraphs: list[list[str]]) -> EditionContent:
    """Print lists of words as a story; each paragraph begins with an ordinary word."""
    return story("\n\n".join(f"The {' '.join(words)} again." for words in paragraphs))


@given(stories, st.data())
def test_no_fact_changes_or_goes_or_comes_as_minor(
    paragraphs: list[list[str]], data: st.DataObject
) -> None:
    facts = data.draw(st.sampled_from([names, numbers, quotations]))
    fact, other = data.draw(facts), data.draw(st.one_of(facts, plain_words, st.just("")))
    assume(other not in (fact, fact[1:-1]))
    row = data.draw(st.integers(0, len(paragraphs) - 1))
    place = data.draw(st.integers(0, len(paragraphs[row])))

    def with_word(word: str) -> EditionContent:
        words = [*paragraphs[row][:place], *word.split(" "), *paragraphs[row][place:]]
        return written([*paragraphs[:row], words, *paragraphs[row + 1 :]])

    assert touches(with_word(fact), with_word(other))
    assert touches(with_word(other), with_word(fact))


@given(stories, st.data())
def test_no_slip_of_a_finger_in_a_fact_is_minor(
    paragraphs: list[list[str]], data: st.DataObject
) -> None:
    fact = data.draw(st.one_of(names, st.integers(10, 10**7).map(str)))
    place = data.draw(st.integers(0, len(fact) - 2))
    slip = data.draw(
        st.sampled_from(
            [
                fact[:place] + fact[place + 1] + fact[place] + fact[place + 2 :],
                fact[:place] + fact[place + 1 :],
                fact[:place] + fact[place] + fact[place:],
            ]
        )
    )
    assume(slip != fact)

    assert touches(written([[fact], *paragraphs]), written([[slip], *paragraphs]))
    assert touches(written([*paragraphs, [slip]]), written([*paragraphs, [fact]]))


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_no_headline_changes_as_minor(one: str, other: str) -> None:
    assert bool(touches(story("a", one), story("a", other))) == (one.split() != other.split())


@given(stories, st.data())
def test_ordinary_words_and_punctuation_pass(
    paragraphs: list[list[str]], data: st.DataObject
) -> None:
    def respelled(word: str) -> str:
        if not (word.isascii() and word.isalpha() and word.islower()) or word in NUMBER_WORDS:
            return word
        return data.draw(st.one_of(st.just(word), plain_words))

    def punctuated(words: list[str]) -> list[str]:
        return [word + data.draw(st.sampled_from(["", "", ",", ";", " –"])) for word in words]

    # A comma beside a digit may be part of a number, so it is put after letters only.
    new = [
        [respelled(w) if not w[-1].isalpha() else punctuated([respelled(w)])[0] for w in words]
        for words in paragraphs
    ]

    assert said(written(paragraphs), written(new)) == []


contents = st.builds(
    lambda text, headline: story(text, headline),
    st.text(alphabet="aA bB.\n\n“”\"'’5½ 三-,", max_size=60),
    st.sampled_from(["One", "Two"]),
)


@given(contents, contents)
def test_to_undo_a_touch_is_a_touch(old: EditionContent, new: EditionContent) -> None:
    there, back = touches(old, new), touches(new, old)

    assert bool(there) == bool(back)
    assert touches(old, old) == []
    assert all(touch.in_words.startswith("the ") for touch in there)


@pytest.mark.parametrize("data", shared_files("passages/dev.jsonl.gz"), ids=lambda path: path.name)
def test_real_edits_that_change_digits_are_never_minor(data: Path) -> None:
    tried = 0
    with gzip.open(data, "rt", encoding="utf-8") as lines:
        for edit in map(json.loads, lines):
            digits = [sorted(re.findall(r"\d", edit[side])) for side in ("old", "new")]
            if len(edit["old"]) < 4000 and digits[0] != digits[1]:
                tried += 1
                assert "number" in {t.what for t in touches(story(edit["old"]), story(edit["new"]))}
    assert tried > 30


BASE = story("The deal is on.\n\nMore later.", "Deal", standfirst="A deal.")


@pytest.mark.parametrize(
    ("kind", "new", "is_top"),
    [
        (EditionKind.CORRECTION, dataclasses.replace(BASE, headline="No deal"), True),
        (EditionKind.CORRECTION, dataclasses.replace(BASE, short_headline="No"), True),
        (EditionKind.CORRECTION, dataclasses.replace(BASE, standfirst="No deal."), True),
        (EditionKind.CORRECTION, story("It is off.\n\nMore later.", standfirst="A deal."), True),
        (EditionKind.CORRECTION, story("The deal is on.\n\nNo.", standfirst="A deal."), False),
        (EditionKind.CORRECTION, dataclasses.replace(BASE, standfirst=" A  deal."), False),
        (EditionKind.CLARIFICATION, dataclasses.replace(BASE, headline="No deal"), True),
        (EditionKind.CLARIFICATION, dataclasses.replace(BASE, standfirst="No deal."), False),
        (EditionKind.UPDATE, BASE, True),
        (EditionKind.EDITORS_NOTE, BASE, True),
        (EditionKind.RETRACTION, BASE, True),
        (EditionKind.MINOR, dataclasses.replace(BASE, headline="deal"), False),
        ("retraction", BASE, True),
    ],
    ids=str,
)
def test_place_of_the_note(kind: EditionKind | str, new: EditionContent, is_top: bool) -> None:
    assert note_belongs_on_top(kind, BASE, new) is is_top


@pytest.mark.parametrize(("days", "late"), [(0, False), (30, False), (31, True)])
def test_correction_after_a_month_is_late(days: int, late: bool) -> None:
    published = datetime(2011, 2, 11, 10, 26, tzinfo=UTC)

    assert is_late(published, published + timedelta(days=days)) is late


def test_standing_and_what_it_rests_on_are_facts():
    old = story("It rained.", standing="rumour", standing_basis="A man on the ferry.")

    confirmed = dataclasses.replace(
        old, standing="confirmed", standing_basis="The minutes of 9 May."
    )
    assert said(old, confirmed)[0] == "the standing “Rumour” became “Confirmed”"
    assert said(story("It rained."), old)[0] == "the standing “Rumour” was added"
    assert said(old, story("It rained."))[0] == "the standing “Rumour” was taken out"
    assert said(old, dataclasses.replace(old, standing_basis="A man on the ferry")) == []


@pytest.mark.parametrize("kind", [EditionKind.CORRECTION, EditionKind.CLARIFICATION])
def test_note_on_another_standing_stands_above_the_story(kind):
    old = story("It rained.", standing="confirmed", standing_basis="The mayor.")
    new = dataclasses.replace(old, standing="denied")

    assert note_belongs_on_top(kind, old, new)
