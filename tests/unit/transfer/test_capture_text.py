"""Plain texts of pages: the head, the body, and a thread by its indents."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.unit.transfer.capture_samples import outline, sample

from broadsheet.transfer.capture import CaptureUnreadable, read_capture
from broadsheet.transfer.capture.text.head import read_meta

HEAD = "A headline\n\nBy Ann Lee, on 11th Feb 11 10:26 am with 3 Comments\n\nSome text of it.\n"


def thread(text: str) -> list[tuple[int, str | None, str]]:
    return outline(read_capture((HEAD + text).encode()))


@pytest.mark.parametrize(
    ("line", "byline", "at", "claimed"),
    [
        (
            "By Tom Warren, on 11th Feb 11 10:26 am with 12 Comments",
            ("Tom Warren",),
            "2011-02-11T10:26",
            12,
        ),
        ("By Tom Warren | 11 February 2011 | 12 comments", ("Tom Warren",), "2011-02-11T00:00", 12),
        ("Posted by Ada Lind on March 3, 2014 at 9:15 pm", ("Ada Lind",), "2014-03-03T21:15", None),
        ("Von Jana Weiss, 12.03.2015, 14:30 Uhr", ("Jana Weiss",), "2015-03-12T14:30", None),
        (
            "Par Luc Petit le 5 août 2012 à 20h14 — 4 commentaires",
            ("Luc Petit",),
            "2012-08-05T20:14",
            4,
        ),
        ("By RUTH OSEI and TOM BELL, Staff Writers", ("RUTH OSEI", "TOM BELL"), None, None),
        ("Ada Lind, 3 May 2014", ("Ada Lind",), "2014-05-03T00:00", None),
        ("June 12th, 2009 by Ina Brandt", ("Ina Brandt",), "2009-06-12T00:00", None),
        ("Published on 3 May 2014 10:00 by Ada Lind", ("Ada Lind",), "2014-05-03T10:00", None),
        ("3 comments", (), None, 3),
        ("February 11, 2011", (), "2011-02-11T00:00", None),
    ],
)
def test_byline_in_many_wordings(
    line: str, byline: tuple[str, ...], at: str | None, claimed: int | None
) -> None:
    meta = read_meta(line, None)

    assert (meta.byline, meta.claimed) == (byline, claimed)
    assert meta.at == (dt.datetime.fromisoformat(at) if at else None)


@pytest.mark.parametrize(
    "line",
    [
        "By the time they came, the bridge had gone.",
        "The council voted on 3 May 2014 to build the bridge after long talks.",
        "Nokia and Microsoft historic partnership",
        "By",
    ],
)
def test_text_is_no_byline(line: str) -> None:
    assert read_meta(line, None).is_empty


def test_head_with_standfirst() -> None:
    capture = read_capture(
        b"A headline\n\nBy Ann Lee, on 11th Feb 11 10:26 am\n\nA short line\n\nA first sentence.\n\nMore.\n"
    )

    assert capture.headline == "A headline"
    assert capture.byline == ("Ann Lee",)
    assert capture.published_at == dt.datetime(2011, 2, 11, 10, 26)
    assert capture.standfirst == "A short line"
    assert [block.html for block in capture.blocks] == ["A first sentence.", "More."]


def test_short_sentence_is_no_standfirst() -> None:
    capture = read_capture(b"A headline\n\nBy Ann Lee\n\nIt rained.\n\nThen it stopped.\n")

    assert (capture.standfirst, len(capture.blocks)) == ("", 2)


def test_text_is_escaped() -> None:
    capture = read_capture(b"A headline\n\nWords <script>alert(1)</script> & so on.\n")

    assert capture.blocks[0].html == "Words &lt;script&gt;alert(1)&lt;/script&gt; &amp; so on."


def test_lines_that_a_program_broke_are_joined() -> None:
    long = "word " * 13
    capture = read_capture(f"A headline\n\n{long}\n{long}\nend.\n\nOne\ntwo\n".encode())

    assert capture.blocks[0].html == f"{long}{long}end."
    assert capture.blocks[1].html == "One<br>two"


def test_replies_by_indent() -> None:
    found = thread(
        "\n  • Ann\n\n    One.\n    Two.\n\n    Three.\n\n    • Bob\n\n      Four.\n\n  • Cid\n\n    Five.\n"
    )

    assert found == [(1, "Ann", "One.\nTwo.\n\nThree."), (2, "Bob", "Four."), (1, "Cid", "Five.")]


def test_comment_that_lost_bullet_and_name_after_a_reply() -> None:
    found = thread(
        "\n  • Ann\n\n    One.\n\n    • Bob\n\n      Two.\n\n\n    Lost.\n\n  • Cid\n\n    Three.\n"
    )

    assert found == [
        (1, "Ann", "One."),
        (2, "Bob", "Two."),
        (1, None, "Lost."),
        (1, "Cid", "Three."),
    ]


def test_reply_that_lost_bullet_and_name() -> None:
    found = thread("\n  • Ann\n\n    One.\n\n\n      Lost.\n\n  • Cid\n\n    Three.\n")

    assert found == [(1, "Ann", "One."), (2, None, "Lost."), (1, "Cid", "Three.")]


def test_lost_comment_is_named_in_a_warning() -> None:
    capture = read_capture((HEAD + "\n  • Ann\n\n    One.\n\n\n    Lost.\n").encode())

    assert capture.warnings[0] == "The comment in line 12 has lost its name."


def test_first_comment_that_lost_its_bullet() -> None:
    found = thread("\n\n    Lost.\n\n  • Ann\n\n    One.\n")

    assert found == [(1, None, "Lost."), (1, "Ann", "One.")]


def test_list_inside_a_comment_is_text() -> None:
    found = thread(
        "\n  • Ann\n\n    Two things:\n\n    - this\n    - that\n\n  • Bob\n\n    Yes.\n"
    )

    assert found == [(1, "Ann", "Two things:\n\n- this\n- that"), (1, "Bob", "Yes.")]


def test_list_in_the_body_is_no_thread() -> None:
    capture = read_capture(
        b"A headline\n\nSome text of it, with a list.\n\n* cost\n* noise\n\nThen more text of it.\n"
    )

    assert capture.comments == ()
    assert capture.blocks[1].items == ("cost", "noise")


def test_dates_in_name_lines() -> None:
    capture = read_capture(
        (HEAD + "\n* Ann (3 May 2011 10:00)\n\n  One.\n\n* Bob on 4 May 2011\n\n  Two.\n").encode()
    )

    assert [(comment.name, comment.posted_at) for comment in capture.comments] == [
        ("Ann", dt.datetime(2011, 5, 3, 10)),
        ("Bob", dt.datetime(2011, 5, 4)),
    ]


def test_date_line_and_buttons_are_no_text() -> None:
    found = thread(
        "\n  * Ann says:\n    May 3, 2011 at 10:00 am\n\n    One.\n\n    Reply\n\n  * Bob\n\n    Two.\n"
    )

    assert found == [(1, "Ann", "One."), (1, "Bob", "Two.")]


def test_comment_without_text_is_unreadable_and_kept() -> None:
    capture = read_capture(
        (HEAD + "\n  • Ann\n\n    One.\n\n  • Bob\n\n  • Cid\n\n    Three.\n").encode()
    )

    assert [comment.name for comment in capture.comments] == ["Ann", "Cid"]
    assert [(lost.where, lost.excerpt) for lost in capture.unreadable] == [("line 11", "Bob")]


def test_line_after_the_thread_is_kept_as_unreadable() -> None:
    capture = read_capture((HEAD + "\n  • Ann\n\n    One.\n\nCopyright of the paper\n").encode())

    assert [lost.excerpt for lost in capture.unreadable] == ["Copyright of the paper"]


def test_other_number_than_claimed_is_named() -> None:
    capture = read_capture((HEAD + "\n  • Ann\n\n    One.\n").encode())

    assert capture.warnings[-1] == "The page claims 3 comments; 1 were found."


def test_keys_stay_the_same() -> None:
    data = (HEAD + "\n  • Ann\n\n    One.\n\n    • Bob\n\n      Two.\n").encode()

    assert [comment.key for comment in read_capture(data).comments] == ["1", "1.1"]
    assert read_capture(data) == read_capture(data)


def test_bullets_by_depth() -> None:
    capture = sample("bullets-by-depth.txt")

    assert [(depth, name) for depth, name, _text in outline(capture)] == [
        (1, "Old Skipper"),
        (2, "Ada Lindqvist"),
        (2, "M. Ferry"),
        (3, "Old Skipper"),
        (1, "nobody@home"),
    ]
    assert capture.claimed_comments == 5
    assert capture.blocks[2].items == ("cost", "noise")


def test_tabs_and_windows_1252() -> None:
    capture = sample("tabs-windows-1252.txt")

    assert outline(capture) == [
        (1, "Peter Müller", "Das war klar."),
        (2, "Jana Weiss", "Leider ja."),
        (1, "Uwe", "Unsinn – alles."),
    ]


def test_numbered_list_of_a_text_browser() -> None:
    capture = sample("numbered-wrapped.txt")

    assert outline(capture) == [
        (1, "Walker", "I was there."),
        (2, "Ruth Osei", "What was it like?"),
        (1, "Driver", "Closed again."),
    ]
    assert capture.published_at == dt.datetime(2013, 12, 2)
    assert capture.blocks[0].html.startswith(
        "Heavy snow closed the pass on Monday, and it will stay closed until the end"
    )


def test_names_with_says_and_no_bullets() -> None:
    capture = sample("names-with-says.txt")

    assert outline(capture) == [
        (1, "Reader One", "Great news."),
        (1, "Reader Two", "Too late for me.\n\nI moved away."),
    ]
    assert capture.byline == ("Kim Park",)


def test_text_without_paragraphs_is_refused() -> None:
    with pytest.raises(CaptureUnreadable, match="no paragraphs"):
        read_capture(b"A headline\n\nBy Ann Lee, 3 May 2011\n")


def test_section_line_is_no_standfirst() -> None:
    capture = read_capture(
        b"A headline\n\nBy Ann Lee, 3 May 2011\n\nFiled under: Bridges\n\nSome text.\n"
    )

    assert (capture.section, capture.standfirst) == ("Bridges", "")


@pytest.mark.parametrize(
    "text",
    [
        "\n3 Comments\n\n* Ann: One.\n* Bob: Two.\n  * Cid: Three.\n",
        "\n3 Comments\n\nAnn • 3 years ago\n\nOne.\n\nBob • 2 years ago\n\nTwo.\n\n"
        "  Cid > Bob • 2 years ago\n\n  Three.\n",
        "\n## 3 comments\n\n- **Ann** (3 May 2011)\n\n  One.\n\n- **Bob**\n\n  Two.\n\n"
        "  - **Cid**\n\n    Three.\n",
        "\n3 Comments\n\n  Ann\n\n    One.\n\n  Bob\n\n    Two.\n\n    Cid\n\n      Three.\n",
        "\n 1. Ann says:\n    3 May 2011 at 10:00\n\n    One.\n\n 2. Bob says:\n\n    Two.\n\n"
        "     1. Cid says:\n\n        Three.\n",
        "\n+ Ann\n\n  One.\n\n+ Bob\n\n  Two.\n\n  + Cid\n\n    Three.\n",
        "\n   * Ann\n\n     One.\n\n   * Bob\n\n     Two.\n\n          o Cid\n\n            Three.\n",
        "\n• Ann\n\n\n  One.\n\n\n• Bob\n\n\n  Two.\n\n\n  • Cid\n\n\n    Three.\n",
        "\n•\tAnn\n\n\tOne.\n\n•\tBob\n\n\tTwo.\n\n\t•\tCid\n\n\t\tThree.\n",
    ],
    ids=["colon", "ago", "markdown", "indent", "numbers", "plus", "lynx", "loose", "tabs"],
)
def test_same_thread_in_other_shapes(text: str) -> None:
    assert thread(text) == [(1, "Ann", "One."), (1, "Bob", "Two."), (2, "Cid", "Three.")]
