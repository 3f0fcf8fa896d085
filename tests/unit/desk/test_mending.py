from __future__ import annotations

import doctest
import json
from html import escape

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from broadsheet.desk import mending
from broadsheet.desk.markup import skeleton
from broadsheet.desk.mending import (
    CannotMend,
    in_place,
    mend,
    mend_draft,
    text_of,
    with_its_space,
)
from broadsheet.desk.models import StoryPage

Piece = dict[str, object]


def page_of(*pieces: Piece) -> StoryPage:
    # A page asks the database for its type unless that is given.
    return StoryPage(title="A story", content_type_id=1, body=json.dumps(pieces))


def rich(*paragraphs: str) -> Piece:
    """Return a text block; a paragraph that is no markup of its own gets a <p>."""
    source = "".join(
        text if text.startswith(("<p", "<h", "<ul", "<ol")) else f"<p>{text}</p>"
        for text in paragraphs
    )
    for number in range(source.count("<p>")):
        source = source.replace("<p>", f'<p data-block-key="k{number}">', 1)
    return {"type": "text", "id": "t1", "value": source}


def stored(page: StoryPage) -> list[Piece]:
    return page.body.get_prep_value()


def replace(page: StoryPage, old: str, new: str) -> None:
    """Replace words that stand in the page's text once."""
    text = text_of(page)
    assert text.count(old) == 1
    start = text.index(old)
    mend(page, start=start, end=start + len(old), replacement=new)
    assert text_of(page) == text.replace(old, new)


IN_RICH_TEXT = [
    (
        "words of plain text",
        "The outgoing CEO spoke.",
        ("outgoing CEO", "charismatic CEO"),
        "The charismatic CEO spoke.",
    ),
    (
        "a number",
        "It costs 24 million pounds.",
        ("24 million", "2.4 million"),
        "It costs 2.4 million pounds.",
    ),
    (
        "words in a link",
        'See <a href="https://a.example/?x=1&amp;y=2">the anual report</a>.',
        ("anual", "annual"),
        'See <a href="https://a.example/?x=1&amp;y=2">the annual report</a>.',
    ),
    (
        "all the words of a link",
        'See <a href="https://a.example/">this</a>.',
        ("this", "the report"),
        'See <a href="https://a.example/">the report</a>.',
    ),
    (
        "words in bold",
        "It is <b>verry late</b> now.",
        ("verry late", "very late"),
        "It is <b>very late</b> now.",
    ),
    (
        "a span over the start of bold, a change before it",
        "It is very <b>late now</b>.",
        ("very late", "too late"),
        "It is too <b>late now</b>.",
    ),
    (
        "a span over the start of bold, a change in it",
        "It is very <b>late now</b>.",
        ("very late now", "very early now"),
        "It is very <b>early now</b>.",
    ),
    (
        "two changes on both sides of what stays",
        "The old <i>Town</i> Hal",
        ("old Town Hal", "new Town Hall"),
        "The new <i>Town</i> Hall",
    ),
    ("a word taken out", "It is very late.", ("very ", ""), "It is late."),
    (
        "a word taken out before bold, with the space that stands in the other node",
        "It is so <b>very late</b>.",
        (" very", ""),
        "It is so <b>late</b>.",
    ),
    ("a word at the end", "The council voted", ("voted", "voted today"), "The council voted today"),
    (
        "a word at the end, after bold",
        "The council <b>voted</b>",
        ("voted", "voted today"),
        "The council <b>voted</b> today",
    ),
    (
        "a word at the end, after a link in bold",
        'The <b>council <a href="https://a.example/">voted</a></b>',
        ("voted", "voted today"),
        'The <b>council <a href="https://a.example/">voted</a></b> today',
    ),
    (
        "a word before a link",
        'The <a href="https://a.example/">report</a> is out.',
        ("The report", "The full report"),
        'The full <a href="https://a.example/">report</a> is out.',
    ),
    (
        "a word between two links",
        '<a href="https://a.example/">One</a><a href="https://b.example/">two</a>',
        ("Onetwo", "One, two"),
        '<a href="https://a.example/">One</a>, <a href="https://b.example/">two</a>',
    ),
    (
        "a word in the middle of a link",
        'The <a href="https://a.example/">annual report</a> is out.',
        ("annual report", "annual sales report"),
        'The <a href="https://a.example/">annual sales report</a> is out.',
    ),
    (
        "entities stay as they are written",
        "Marks &amp; Spencer&#8217;s sold&nbsp;9 &lt; 10",
        ("sold", "bought"),
        "Marks &amp; Spencer&#8217;s bought&nbsp;9 &lt; 10",
    ),
    (
        "beside a character as old pages wrote it",
        "It rained &#150; again",
        ("again", "twice"),
        "It rained &#150; twice",
    ),
    (
        "an entity is replaced whole",
        "Marks &amp; Spencer",
        ("Marks &", "Marks and"),
        "Marks and Spencer",
    ),
    (
        "markup in the replacement is text",
        "Rock and roll",
        ("and", "&amp; <b>"),
        "Rock &amp;amp; &lt;b&gt; roll",
    ),
    (
        "after no-break spaces",
        "On 9&nbsp;May&nbsp;2026 it\u00a0rained",
        ("rained", "snowed"),
        "On 9&nbsp;May&nbsp;2026 it\u00a0snowed",
    ),
    ("a no-break space", "On 9\u00a0May", ("9\u00a0May", "9 May"), "On 9 May"),
    (
        "beside emoji",
        "Good 👩‍👩‍👧 morning 🦊 <b>fox</b>",
        ("fox", "🐺 wolf \U0001fae9"),
        "Good 👩‍👩‍👧 morning 🦊 <b>🐺 wolf \U0001fae9</b>",
    ),
    (
        "after a line break",
        "One <br/> two<br>three",
        ("two", "2"),
        "One <br/> 2<br>three",
    ),
    (
        "lines on both sides of a break",
        "Roses are red<br/>violets are blue",
        ("red\nviolets", "white\ndaisies"),
        "Roses are white<br/>daisies are blue",
    ),
    (
        "spaces of the source stay",
        "  The \n outgoing\t <b> CEO </b> ",
        ("outgoing CEO", "charismatic CEO"),
        "  The \n charismatic\t <b> CEO </b> ",
    ),
    (
        "part of a word, with a bold part",
        "It is over<b>deu</b> now",
        ("overdeu", "overdue"),
        "It is over<b>due</b> now",
    ),
    ("in code", "Type <code>gti</code>.", ("gti", "git"), "Type <code>git</code>."),
    (
        "in markup within markup",
        '<a href="https://a.example/">a <b>b <i>c d</i></b></a>',
        ("d", "e"),
        '<a href="https://a.example/">a <b>b <i>c e</i></b></a>',
    ),
]


@pytest.mark.parametrize(
    ("old", "change", "new"), [case[1:] for case in IN_RICH_TEXT], ids=[c[0] for c in IN_RICH_TEXT]
)
def test_mend_rich_text(old: str, change: tuple[str, str], new: str):
    page = page_of(rich("Before it.", old, "After it."))

    replace(page, *change)

    assert stored(page) == [rich("Before it.", new, "After it.")]


def test_mend_heading_in_rich_text():
    page = page_of(rich('<h2 data-block-key="h">The anual fair</h2>', "All came."))

    replace(page, "anual", "annual")

    assert stored(page) == [rich('<h2 data-block-key="h">The annual fair</h2>', "All came.")]


@pytest.mark.parametrize("word", ["one", "two", "three", "four", "five"])
def test_mend_item_of_nested_list(word: str):
    source = (
        '<ul><li data-block-key="a">one x<ol><li data-block-key="b">two x<ul>'
        '<li data-block-key="c"><b>three</b> x</li></ul></li>\n<li data-block-key="d">four x</li>'
        '</ol></li><li data-block-key="e">five x</li></ul>'
    )
    page = page_of(rich("Before.", source, "After."))

    replace(page, f"{word} x", f"{word.upper()} x")

    assert stored(page) == [rich("Before.", source.replace(word, word.upper()), "After.")]


def test_mend_several_items_of_a_list():
    page = page_of(rich("<ul><li>one</li><li>two</li><li>three</li></ul>"))

    replace(page, "one\ntwo\nthree", "1\ntwo\n3")

    assert stored(page) == [rich("<ul><li>1</li><li>two</li><li>3</li></ul>")]


def value_of(**fields: object) -> dict[str, object]:
    return fields


PIECES = [
    (
        "heading",
        value_of(text="Tea & <cake>", level="2"),
        ("<cake>", "cakes & buns"),
        "text",
        "Tea & cakes & buns",
    ),
    (
        "quotation",
        value_of(quotation="<p>We <b>wil</b> win.</p>", speaker="Ann Lee", role="mayor"),
        ("wil win", "will win"),
        "quotation",
        "<p>We <b>will</b> win.</p>",
    ),
    (
        "quotation",
        value_of(quotation="<p>We win.</p>", speaker="Ann Lee", role="mayor"),
        ("Ann Lee,", "Anne Lee,"),
        "speaker",
        "Anne Lee",
    ),
    (
        "quotation",
        value_of(quotation="<p>We win.</p>", speaker="Ann Lee", role="mayor"),
        ("Lee, mayor", "Lee, Mayor"),
        "role",
        "Mayor",
    ),
    (
        "quotation",
        value_of(quotation="<p>We win.</p>", speaker="Ann", role="mayor"),
        ("Ann,", "Ann Lee,"),
        "speaker",
        "Ann Lee",
    ),
    (
        "quotation",
        value_of(quotation="<p>We win.</p>", speaker="Ann", role="mayor"),
        ("mayor", "deputy mayor"),
        "role",
        "deputy mayor",
    ),
    (
        "image",
        value_of(image=None, source="", alt="A", caption="The brigde at dawn", credit="AP"),
        ("brigde", "bridge"),
        "caption",
        "The bridge at dawn",
    ),
    (
        "image",
        value_of(image=7, source="", alt="A", caption="The bridge", credit="AP"),
        ("AP", "Reuters"),
        "credit",
        "Reuters",
    ),
    (
        "embed",
        value_of(url="https://a.example/", title="The falls on film"),
        ("falls", "Falls"),
        "title",
        "The Falls on film",
    ),
]


@pytest.mark.parametrize(
    ("kind", "value", "change", "name", "expected"),
    PIECES,
    ids=[f"{number} {case[0]} {case[3]}" for number, case in enumerate(PIECES)],
)
def test_mend_other_blocks(kind, value, change, name, expected):
    before, after = rich("Before."), {**rich("After."), "id": "t2"}
    page = page_of(before, {"type": kind, "id": "b1", "value": value}, after)

    replace(page, *change)

    mended = {"type": kind, "id": "b1", "value": {**value, name: expected}}
    assert stored(page) == [before, mended, after]


def test_mend_list_block():
    items = [{"type": "item", "id": f"i{n}", "value": f"<p>item <i>{n}</i></p>"} for n in range(3)]
    page = page_of({"type": "list", "id": "l", "value": {"ordered": True, "items": items}})

    replace(page, "item 1", "part 1")

    items[1]["value"] = "<p>part <i>1</i></p>"
    assert stored(page) == [{"type": "list", "id": "l", "value": {"ordered": True, "items": items}}]


def test_mend_list_block_as_once_stored():
    value = value_of(ordered=False, items=["<p>one</p>", "<p>two <b>three</b></p>"])
    page = page_of({"type": "list", "id": "l", "value": value})

    replace(page, "three", "four")

    items = value_of(ordered=False, items=["<p>one</p>", "<p>two <b>four</b></p>"])
    assert stored(page) == [{"type": "list", "id": "l", "value": items}]


def test_mend_beside_text_that_no_edition_has():
    """Readers never see what follows a list inside an item."""
    source = "<ul><li>one<ol><li>two</li></ol>lost</li><li>three<!-- a --> four</li></ul>"
    page = page_of(rich(source))

    replace(page, "two\nthree four", "2\nthree 4")

    assert stored(page) == [rich(source.replace("two", "2").replace("four", "4"))]


def test_mend_the_same_words_changes_nothing():
    page = page_of(rich("The council voted."))
    body = page.body

    mend(page, start=4, end=11, replacement=" council ")

    assert page.body is body


REFUSED = [
    (
        "the whole text of a link taken out",
        ['See <a href="https://a.example/">the report</a> now.'],
        (" the report", ""),
        "Nothing would be left of a link",
    ),
    (
        "a whole bold word taken out",
        ["It is <b>very</b> late."],
        ("very ", ""),
        "Nothing would be left of a link",
    ),
    (
        "two words taken out of two nodes",
        ["It is so <b>very late</b>."],
        ("so very ", ""),
        "do not stand in one piece of text",
    ),
    (
        "two paragraphs change",
        ["It rained all day.", "The fair was off."],
        ("all day.\n\nThe fair", "at noon.\n\nThe show"),
        "more than one paragraph",
    ),
    (
        "two paragraphs made one",
        ["It rained all day.", "The fair was off."],
        ("day.\n\nThe", "day. The"),
        "join or divide",
    ),
    (
        "two paragraphs made three lines",
        ["It rained.", "The fair was off."],
        ("rained.\n", "rained.\nMuch."),
        "join or divide",
    ),
    ("a paragraph divided", ["It rained all day."], ("all", "a\n\nb"), "join or divide"),
    ("a line divided", ["It rained all day."], ("all", "a\nb"), "join or divide"),
    ("a control character", ["It rained."], ("rained", "sno\x00wed"), "control character (U+0000)"),
    ("an unseen turn", ["It rained."], ("rained", "\u202edewons"), "control character (U+202E)"),
    ("no character", ["It rained."], ("rained", "\uffff"), "control character (U+FFFF)"),
    ("half of a pair", ["It rained."], ("rained", "\ud83d"), "control character (U+D83D)"),
    ("a paragraph emptied", ["It rained.", "It did."], ("It rained.", " "), "Nothing would be"),
    (
        "words replaced over an edge of bold",
        ["It is very <b>late now</b>."],
        ("very late", "quite early"),
        "do not stand in one piece of text",
    ),
    (
        "two spaces left",
        ["It is very late."],
        ("very", ""),
        "Two spaces would follow each other",
    ),
    (
        "a space that readers would not see",
        ["It rained."],
        ("rained.", "rained.\u2003"),
        "without other changes to the text around",
    ),
    (
        "an entity of old pages, without an end",
        ["Rock &amp roll"],
        ("roll", "pop"),
        "too unusual",
    ),
    (
        "the comma between speaker and role",
        [],
        ("Lee, mayor", "Lee; mayor"),
        "do not stand in one piece of text",
    ),
]


@pytest.mark.parametrize(
    ("paragraphs", "change", "reason"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_mend_refused(paragraphs: list[str], change: tuple[str, str], reason: str):
    quotation = value_of(quotation="<p>We win.</p>", speaker="Ann Lee", role="mayor")
    pieces = [rich(*paragraphs), {"type": "quotation", "id": "q", "value": quotation}]
    page = page_of(*pieces)
    start = text_of(page).index(change[0])

    with pytest.raises(CannotMend) as refusal:
        mend(page, start=start, end=start + len(change[0]), replacement=change[1])

    assert reason in str(refusal.value)
    assert stored(page) == pieces


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (5, 11), (11, 11)])
def test_mend_outside_of_the_text(start: int, end: int):
    page = page_of(rich("It rained."))

    with pytest.raises(CannotMend, match="the text has 10 characters"):
        mend(page, start=start, end=end, replacement="x")


def test_mend_empty_page():
    page = page_of()

    with pytest.raises(CannotMend):
        mend(page, start=0, end=0, replacement="x")


@pytest.mark.parametrize(
    ("kind", "name", "limit"),
    [
        ("heading", "text", 200),
        ("quotation", "speaker", 120),
        ("image", "caption", 400),
        ("embed", "title", 300),
    ],
)
def test_mend_at_the_longest_and_beyond(kind: str, name: str, limit: int):
    values = {
        "heading": value_of(text="word", level="2"),
        "quotation": value_of(quotation="<p>Yes.</p>", speaker="word", role=""),
        "image": value_of(image=None, source="", alt="", caption="word", credit=""),
        "embed": value_of(url="https://a.example/", title="word"),
    }
    page = page_of({"type": kind, "id": "b1", "value": values[kind]})

    with pytest.raises(CannotMend, match=f"{limit + 1} characters, and {limit} are possible"):
        replace(page, "word", "x" * (limit + 1))
    replace(page, "word", "x" * limit)


def test_mend_with_more_characters_than_marks():
    page = page_of(rich("word " * 14_000, "The end is <b>neer</b>."))

    replace(page, "neer", "near")

    assert stored(page) == [rich("word " * 14_000, "The end is <b>near</b>.")]


def test_mend_refuses_too_long_a_change():
    page = page_of(rich("a b " * 151))
    text = text_of(page)

    with pytest.raises(CannotMend, match="too long"):
        mend(page, start=0, end=len(text), replacement="c a " * 151)
    mend(page, start=0, end=len(text), replacement="c a " * 149 + "a b")
    mend(page, start=0, end=len(text_of(page)), replacement="d")


@pytest.mark.parametrize(
    ("span", "replacement", "expected"),
    [
        ((4, 7), "  chief \t executive ", "chief executive"),
        ((3, 7), " chief", " chief"),
        ((4, 7), "", ""),
        ((4, 7), "  ", ""),
        ((3, 8), "  ", " "),
        ((3, 14), "  ", ""),
        ((14, 14), " today\n", " today\n"),
        ((4, 7), "a\r\nb", "a\nb"),
        ((4, 7), "a \n \n\n b", "a\n\nb"),
    ],
)
def test_in_place(span: tuple[int, int], replacement: str, expected: str):
    assert in_place("The CEO spoke.", *span, replacement) == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("the outgoing CEO", "outgoing", "the CEO"),
        ("he said so, again.", "again", "he said so,."),
        ("Well he said", "Well", "he said"),
        ("One\nWell he", "Well", "One\nhe"),
        ("he said so", "so", "he said"),
        ("(well)", "well", "()"),
    ],
)
def test_with_its_space(text: str, word: str, expected: str):
    start, end = with_its_space(text, text.index(word), text.index(word) + len(word))

    assert text[:start] + text[end:] == expected


LIVE = "The outgoing CEO spoke.\n\nAll rivers rose on Monday in the north of the county."


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (
            ["A word <b>before</b>. The outgoing CEO spoke.", "All rivers fell."],
            ["A word <b>before</b>. The charismatic CEO spoke.", "All rivers fell."],
        ),
        (
            [
                "All rivers rose on Monday in the north of the county.",
                "The outgoing <i>CEO</i> spoke.",
            ],
            [
                "All rivers rose on Monday in the north of the county.",
                "The charismatic <i>CEO</i> spoke.",
            ],
        ),
    ],
    ids=["intact", "moved"],
)
def test_mend_draft(draft: list[str], expected: list[str]):
    page = page_of(rich(*draft))

    done = mend_draft(LIVE, page, start=4, end=16, replacement="charismatic CEO")

    assert done
    assert stored(page) == [rich(*expected)]


@pytest.mark.parametrize(
    "draft",
    [
        ["The departing CEO spoke.", "All rivers rose on Monday in the north of the county."],
        ["The outgoing boss spoke.", "All rivers rose on Monday in the north of the county."],
        ["The OUTGOING CEO spoke.", "All rivers rose on Monday in the north of the county."],
        ["All rivers rose on Monday in the north of the county."],
        ["The out<b>going</b> CEO spoke."],
        [],
    ],
    ids=["reworded", "half", "capitals", "removed", "marked", "empty"],
)
def test_mend_draft_keeps_words_of_its_own(draft: list[str]):
    page = page_of(rich(*draft))

    done = mend_draft(LIVE, page, start=4, end=16, replacement="charismatic CEO")

    assert not done
    assert stored(page) == [rich(*draft)]


def test_mend_draft_outside_of_the_text():
    with pytest.raises(CannotMend):
        mend_draft(LIVE, page_of(rich("One.")), start=4, end=400, replacement="x")


def test_examples():
    assert doctest.testmod(mending).failed == 0


WORDS = st.sampled_from(
    [
        "a",
        "b",
        "the",
        "CEO",
        "24",
        "2.4",
        "é",
        "e\u0301",
        "🦊",
        "&",
        "<",
        "nbsp\xa0",
        "\u2003",
        "“x”",
    ]
)
SPACE = st.sampled_from([" ", " ", " ", "", "  ", "\n"])
PLAIN = st.lists(st.tuples(WORDS, SPACE), max_size=5).map(
    lambda parts: "".join(word + space for word, space in parts)
)
WRITTEN = PLAIN.map(lambda text: escape(text, quote=False).replace("\xa0", "&nbsp;"))
WRAPS = st.sampled_from(
    [
        "<b>{}</b>",
        "<i>{}</i>",
        "<code>{}</code>",
        '<a href="https://a.example/?a=1&amp;b=2">{}</a>',
        '<a linktype="external" href="https://b.example/">{}</a>',
        "{}<br/>{}",
        "{}{}{}",
        "<em>{}</em>{}<strong>{}</strong>",
    ]
)
INLINE = st.recursive(
    WRITTEN,
    lambda inner: st.builds(
        lambda wrap, parts: wrap.format(*parts), WRAPS, st.lists(inner, min_size=3, max_size=3)
    ),
    max_leaves=8,
)


def item(texts: list[str], number: int = 0) -> str:
    nested = f"<ol>{item(texts[1:], number + 1)}</ol>" if len(texts) > 1 else ""
    return f'<li data-block-key="i{number}">{texts[0]}{nested}</li>'


BLOCKS = st.one_of(
    INLINE.map('<p data-block-key="p">{}</p>'.format),
    INLINE.map('<h2 data-block-key="h">{}</h2>'.format),
    st.lists(st.lists(INLINE, min_size=1, max_size=3), min_size=1, max_size=3).map(
        lambda items: "<ul>" + "\n".join(map(item, items)) + "</ul>"
    ),
)
BODIES = st.lists(
    st.one_of(
        st.lists(BLOCKS, max_size=4).map(lambda blocks: ("text", "".join(blocks))),
        st.tuples(INLINE, PLAIN, PLAIN).map(
            lambda parts: (
                "quotation",
                value_of(quotation=f"<p>{parts[0]}</p>", speaker=parts[1], role=parts[2]),
            )
        ),
        PLAIN.map(lambda text: ("heading", value_of(text=text, level="2"))),
        st.tuples(PLAIN, PLAIN).map(
            lambda parts: (
                "image",
                value_of(image=None, source="", alt="", caption=parts[0], credit=parts[1]),
            )
        ),
    ),
    min_size=1,
    max_size=4,
)


def bones(value: object) -> object:
    """Return everything stored but the text: the shape of the values, and the tags in them."""
    if isinstance(value, dict):
        return {key: bones(inner) for key, inner in value.items()}
    return skeleton(value).tags if isinstance(value, str) else value


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(body=BODIES, data=st.data())
def test_mend_replaces_exactly_or_refuses(body, data):
    pieces = [
        {"type": kind, "id": f"id{number}", "value": value}
        for number, (kind, value) in enumerate(body)
    ]
    page = page_of(*pieces)
    text = text_of(page)
    assume(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 12)))
    words = st.one_of(PLAIN, st.text(max_size=5), PLAIN.map(lambda new: text[start:end] + new))
    replacement = data.draw(words)

    try:
        mend(page, start=start, end=end, replacement=replacement)
    except CannotMend:
        assert stored(page) == pieces
    else:
        new = in_place(text, start, end, replacement)
        assert text_of(page) == text[:start] + new + text[end:]
        assert [(p["type"], p["id"], bones(p["value"])) for p in stored(page)] == [
            (p["type"], p["id"], bones(p["value"])) for p in pieces
        ]
