"""Readers' Markdown: what it makes, and that nothing a reader writes gets out of it."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterator

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shared_fixtures import shared_files

from broadsheet.discussion.markdown import clean_text, comment_html, plain_html
from broadsheet.readers.names import MAX_MARKS

ALLOWED = {"p", "br", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "s"}
ALLOWED_ATTRIBUTES = {"a": {"href", "rel"}, "ol": {"start"}}
FRAME = {"html", "head", "body"}

# Samples of our own of what the world tries; the long lists are used where they are there.
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    '[x](https://a.example/"onmouseover=alert(1)//)',
    "![x](https://a.example/x.png)",
    "</p></article></li></ol><h1>mine</h1>",
    "<svg><style><img src=1 onerror=alert(1)></style></svg>",
    "<!-- --!><b>",
    "```</code></pre><script>x</script>\n```",
    "\x00\x0b\ud7ff\uffff",
    "{{ 7 * 7 }} {% csrf_token %} ${7*7}",
]


def check(markup: str) -> None:
    """Assert that the markup holds only what a comment may hold, once a browser has parsed it."""
    tree = html5lib.parse(f"<body>{markup}", namespaceHTMLElements=False)
    for element in tree.iter():
        assert isinstance(element.tag, str), "a comment or instruction came through"
        assert element.tag in ALLOWED | FRAME, element.tag
        assert set(element.attrib) <= ALLOWED_ATTRIBUTES.get(element.tag, set()), element.attrib
        if "href" in element.attrib:
            assert re.match(r"(?i)(https?:|mailto:)", element.attrib["href"]), element.attrib


def strings_in(value: object) -> Iterator[str]:
    """Yield every string in what JSON holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (found for item in value.values() for found in strings_in(item))
    elif isinstance(value, list):
        yield from (found for item in value for found in strings_in(item))


def long_lists() -> list[str]:
    """Return what the world has tried: the shared lists, where they are there."""
    found: list[str] = []
    for folder in ("xss", "naughty-strings", "unicode"):
        for path in shared_files(f"fixtures/bad-input/{folder}/*"):
            if path.suffix == ".json":
                found += strings_in(json.loads(path.read_text("utf-8")))
            elif path.suffix == ".gz":
                with tarfile.open(path) as archive:
                    members = [archive.extractfile(member) for member in archive]
                    found += [
                        member.read().decode("utf-8", "replace") for member in members if member
                    ]
            elif path.name != "confusables.txt":
                found += path.read_text("utf-8", errors="replace").splitlines()
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("render", [comment_html, plain_html])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text, render):
    check(render(clean_text(text)))


def test_long_lists_of_hostile_text_stay_text():
    for text in long_lists():
        check(comment_html(clean_text(text)))
        check(plain_html(clean_text(text)[:200]))


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>[]()`*_>\n-&\"'#!:/"))))
def test_any_text_stays_text(text):
    check(comment_html(clean_text(text)))
    check(plain_html(clean_text(text)))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One.\nTwo.", "<p>One.<br>\nTwo.</p>"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>"),
        ("> said\n\nno", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>no</p>"),
        (
            "[page](https://a.example/?a=1&b=2)",
            '<p><a href="https://a.example/?a=1&amp;b=2" rel="ugc nofollow noopener">page</a></p>',
        ),
        (
            "see https://a.example/x_y_z.",
            '<p>see <a href="https://a.example/x_y_z" rel="ugc nofollow noopener">'
            "https://a.example/x_y_z</a>.</p>",
        ),
        ("# not a heading", "<p># not a heading</p>"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
    ],
)
def test_markdown(text, html):
    assert comment_html(text) == html


def test_imported_text_is_not_markdown():
    assert plain_html("*a*\n1. b\n\n> c") == (
        "<p>*a*<br>\n1. b</p>\n<blockquote>\n<p>c</p>\n</blockquote>"
    )


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x07", "ab"),
        ("e\u0301", "\u00e9"),
        ("x" + "\u0336" * 20, "x" + "\u0336" * MAX_MARKS),
        ("👩\u200d👧", "👩\u200d👧"),
    ],
)
def test_text_is_cleaned_of_what_nobody_can_read(text, cleaned):
    assert clean_text(text) == cleaned
