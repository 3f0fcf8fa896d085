"""Hostile pages end in a capture or a refusal, without recursion and without long waits."""

from __future__ import annotations

import pytest
from tests.unit.transfer.capture_samples import STORY, page

from broadsheet.transfer.capture import CaptureUnreadable, read_capture
from broadsheet.transfer.capture.html import page as pages

MANY = 5000


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * MANY + "text",
        "<div class='comment author date comment-text'>" * MANY + "text",
        "<blockquote>q" * MANY,
        "<ul><li>q" * MANY,
        "<ul><li>" * MANY,
        "<table><tr><td>q" * MANY,
        "<figure>q" * MANY,
        "<p>" + "<em>" * MANY + "text",
        "<p>" + "<a href='http://a.example/'>w</a> " * MANY,
        "<time class='date'>" * MANY + "q",
        "<h1 class='entry-title'><div>" * MANY + "q",
        "<article class='entry-content'><p>x" * MANY,
        "<a name='c1'></a>" * MANY,
        "<li id='comment-1'>x" * MANY,
        "<br>" * MANY + "x",
        "<p " + "a='1' " * MANY + ">x",
        "<p class='" + "comment author-" * MANY + "'>x",
        "<!-- -->" * MANY,
        "<script type='application/ld+json'>" + "[" * MANY,
        "<script type='application/ld+json'>" + '{"a":' * MANY,
        "<script type='application/ld+json'>[" + ",  " * MANY + "</script>",
        "&lt;&amp;&unknown;&#x110000;&#0;" * MANY,
        "<![CDATA[" * 100 + "<!DOCTYPE x [<!ENTITY a '&b;&b;'>]>&a;",
    ],
    ids=lambda markup: markup[:30],
)
def test_hostile_markup(markup: str) -> None:
    for data in (page(STORY + markup), page(markup), markup.encode()):
        try:
            read_capture(data)
        except CaptureUnreadable:
            continue


def test_thread_nested_very_deep() -> None:
    markup = "".join(
        f"<li id='comment-{n}'><b class='fn'>A</b><p>x</p><ul class='children'>"
        for n in range(3000)
    )

    capture = read_capture(page(STORY + markup))

    assert (len(capture.comments), capture.max_depth) == (3000, 3000)
    assert max(len(comment.key) for comment in capture.comments) < 20


def test_text_nested_very_deep() -> None:
    text = "A headline\n\nSome text.\n" + "".join(
        f"\n{' ' * n}• N{n}\n\n{' ' * n}  x\n" for n in range(1000)
    )

    capture = read_capture(text.encode())

    assert (len(capture.comments), capture.max_depth) == (1000, 1000)
    assert max(len(comment.key) for comment in capture.comments) < 120


def test_number_of_elements_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_NODES", 50)
    # html, head, title, body, and the rest.
    within = page("<p>Some words of a story, enough of them.</p>" * 46)

    assert read_capture(within).headline == "A title of the page"
    with pytest.raises(CaptureUnreadable, match="more than 50 elements"):
        read_capture(page("<p>Some words of a story.</p>" * 47))
