"""Threads whose truth is known by construction are read back; anything else is refused by name."""

from __future__ import annotations

import gzip
import html
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.transfer.capture import CaptureUnreadable, read_capture

LETTERS = "abcdefghijklmnopqrstuvwxyzäöüéßñ"
words = st.text(LETTERS, min_size=2, max_size=9)
names = st.lists(words.map(str.capitalize), min_size=1, max_size=3).map(" ".join)
sentences = st.lists(words, min_size=3, max_size=12).map(
    lambda parts: " ".join(parts).capitalize() + "."
)
paragraphs = st.lists(sentences, min_size=1, max_size=3).map("\n".join)
texts = st.lists(paragraphs, min_size=1, max_size=3).map("\n\n".join)


@dataclass
class Written:
    name: str | None
    text: str
    replies: list[Written] = field(default_factory=list)


comments = st.recursive(
    st.builds(Written, names, texts),
    lambda deeper: st.builds(Written, names, texts, st.lists(deeper, max_size=3)),
    max_leaves=6,
)
threads = st.lists(comments, max_size=4)


def outline(thread: list[Written], depth: int = 1) -> list[tuple[int, str | None, str]]:
    told: list[tuple[int, str | None, str]] = []
    for comment in thread:
        told.append((depth, comment.name, comment.text))
        told.extend(outline(comment.replies, depth + 1))
    return told


def as_plain_text(thread: list[Written], bullet: str, width: int, margin: int) -> list[str]:
    lines: list[str] = []
    for comment in thread:
        front = " " * margin
        inner = " " * (margin + width)
        lines += ["", f"{front}{bullet} {comment.name}"]
        for paragraph in comment.text.split("\n\n"):
            lines += ["", *(inner + line for line in paragraph.split("\n"))]
        lines += as_plain_text(comment.replies, bullet, width, margin + width)
    return lines


def as_wordpress(thread: list[Written], number: list[int]) -> str:
    out = []
    for comment in thread:
        number[0] += 1
        own = number[0] * 7 + 1
        body = "".join(
            "<p>" + html.escape(part).replace("\n", "<br />\n") + "</p>"
            for part in comment.text.split("\n\n")
        )
        replies = as_wordpress(comment.replies, number)
        out.append(
            f'<li id="comment-{own}" class="comment">'
            f'<article class="comment-body"><footer class="comment-meta">'
            f'<div class="comment-author vcard"><img class="avatar" src="/a.png" alt="" />'
            f'<b class="fn">{html.escape(comment.name or "")}</b> <span class="says">says:</span></div>'
            f'<div class="comment-metadata"><a href="#c"><time datetime="2012-03-04T05:06:07+00:00">'
            f"March 4, 2012 at 5:06 am</time></a></div></footer>"
            f'<div class="comment-content">{body}</div>'
            f'<div class="reply"><a class="comment-reply-link" href="#">Reply</a></div></article>'
            + (f'<ol class="children">{replies}</ol>' if replies else "")
            + "</li>"
        )
    return "\n".join(out)


def read_back(data: bytes) -> list[tuple[int, str | None, str]]:
    capture = read_capture(data)
    assert not capture.unreadable
    assert not [warning for warning in capture.warnings if "claims" in warning]
    keys = [comment.key for comment in capture.comments]
    assert len(set(keys)) == len(keys)
    depths = {comment.key: comment.depth for comment in capture.comments}
    for comment in capture.comments:
        assert comment.depth == (depths[comment.parent] + 1 if comment.parent else 1)
    return [(comment.depth, comment.name, comment.text) for comment in capture.comments]


@given(
    threads,
    st.sampled_from("•*‣◦-–"),
    st.integers(2, 6),
    st.integers(0, 4),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_plain_text_thread_is_read_back(thread, bullet, width, margin, line_end, has_mark) -> None:
    told = outline(thread)
    head = [
        "A headline about the town",
        "",
        f"By Ann Lee, on 11th Feb 11 10:26 am with {len(told)} Comments",
        "",
        "The council met on Monday. It was long.",
        "",
        "Nothing was decided, and the lights went out at nine.",
    ]
    text = line_end.join(head + as_plain_text(thread, bullet, width, margin))
    data = (b"\xef\xbb\xbf" if has_mark else b"") + text.encode()

    assert read_back(data) == told


@given(threads)
@settings(max_examples=40, deadline=None)
def test_wordpress_thread_is_read_back(thread) -> None:
    told = outline(thread)
    page = (
        "<html lang='en'><head><title>A headline about the town</title></head><body><article>"
        "<h1 class='entry-title'>A headline about the town</h1><div class='entry-content'>"
        "<p>The council met on Monday, and nothing was decided.</p></div></article>"
        f"<div id='comments'><h2 class='comments-title'>{len(told)} comments</h2>"
        f"<ol class='comment-list'>{as_wordpress(thread, [0])}</ol>"
        "<div id='respond'><form><p>Your comment</p></form></div></div></body></html>"
    )

    assert read_back(page.encode()) == told


@given(threads, st.data())
@settings(max_examples=40, deadline=None)
def test_lost_bullet_is_kept_without_name(thread, data) -> None:
    if not thread:
        return
    place = data.draw(st.integers(0, len(thread) - 1))
    lost = Written(None, data.draw(sentences))
    lines = as_plain_text(thread[: place + 1], "•", 2, 2)
    lines += ["", "", "    " + lost.text]
    lines += as_plain_text(thread[place + 1 :], "•", 2, 2)
    head = ["A headline about the town", "", "By Ann Lee | 11th Feb 11 10:26 am", "", "Text of it."]

    found = read_back("\n".join(head + lines).encode())

    assert found == outline([*thread[: place + 1], lost, *thread[place + 1 :]])


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for variant in (data, gzip.compress(data), b"<html><body>" + data, b"\xff\xfe" + data):
        try:
            read_capture(variant)
        except CaptureUnreadable:
            continue


tags = st.sampled_from(
    [
        "div",
        "p",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "a",
        "b",
        "i",
        "article",
        "section",
        "h1",
        "h2",
        "blockquote",
        "table",
        "tr",
        "td",
        "pre",
        "img",
        "br",
        "time",
        "figure",
        "script",
        "style",
        "title",
        "meta",
        "iframe",
        "footer",
    ]
)
attributes = st.sampled_from(
    [
        "",
        ' id="comment-1"',
        ' id="comment-2"',
        ' class="comment"',
        ' class="children"',
        ' class="entry-content"',
        ' class="author vcard"',
        ' class="comment-content"',
        ' class="date"',
        ' itemprop="comment" itemscope itemtype="http://schema.org/Comment"',
        ' itemprop="author"',
        ' class="h-entry"',
        ' href="#comment-1" class="in-reply-to"',
        ' name="c12"',
        ' data-parentid="2"',
        ' src="/a.jpg"',
        ' datetime="2011-02-03"',
        ' type="application/ld+json"',
        ' content="2 comments" property="og:title"',
    ]
)
pieces = st.one_of(
    st.builds(lambda tag, attribute: f"<{tag}{attribute}>", tags, attributes),
    tags.map(lambda tag: f"</{tag}>"),
    sentences,
    st.sampled_from(
        ["3 comments", "11/02/2011", "&nbsp;", "Ann says:", '{"@type":"Article"}', "\x00"]
    ),
)


@given(st.lists(pieces, max_size=60).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_markup_is_read_or_refused(markup: str) -> None:
    try:
        capture = read_capture(f"<html>{markup}".encode())
    except CaptureUnreadable:
        return
    before: set[str] = set()
    for comment in capture.comments:
        assert comment.parent is None or comment.parent in before
        assert comment.key not in before
        before.add(comment.key)


lines = st.builds(
    lambda indent, bullet, text: " " * indent + bullet + text,
    st.integers(0, 9),
    st.sampled_from(["", "", "• ", "* ", "- ", "1. ", "o ", "> "]),
    st.one_of(
        sentences, names, st.sampled_from(["", "5 Comments", "Ann says:", "3 May 2011", "Reply"])
    ),
)


@given(st.lists(lines, max_size=40).map("\n".join))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused_with_nothing_lost(text: str) -> None:
    try:
        capture = read_capture(text.encode())
    except CaptureUnreadable:
        return
    parents = {comment.key for comment in capture.comments}
    assert all(comment.parent is None or comment.parent in parents for comment in capture.comments)
