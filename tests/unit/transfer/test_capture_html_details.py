"""What goes wrong in the markup of threads and stories, one thing at a time."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.unit.transfer.capture_samples import STORY, outline, page

from broadsheet.transfer.capture import Capture, read_capture


def thread(markup: str) -> Capture:
    return read_capture(page(f"{STORY}<div id='comments'>{markup}</div>"))


def comment(number: int, body: str, name: str = "Ann", more: str = "") -> str:
    return (
        f"<li class='comment' id='comment-{number}'><cite class='fn'>{name}</cite>"
        f"<div class='comment-content'>{body}</div>{more}</li>"
    )


def text_of(body: str) -> str:
    return thread(f"<ol>{comment(1, body)}</ol>").comments[0].text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("One.<br>Two.<br><br>Three.", "One.\nTwo.\n\nThree."),
        ("<blockquote><p>Said.</p><p>So.</p></blockquote><p>No.</p>", "> Said.\n\n> So.\n\nNo."),
        ("<p>See <a href='http://a.example/x'>this</a>.</p>", "See this (http://a.example/x)."),
        ("<p><a href='http://a.example/x'>http://a.example/x</a></p>", "http://a.example/x"),
        ("<p><a href='http://www.a.example/x/'>a.example/x</a></p>", "a.example/x"),
        (
            "<p><a href='http://a.example/long/path'>http://a.example/lon…</a></p>",
            "http://a.example/lon…",
        ),
        ("<p><a href='#comment-9'>@Bob</a> yes</p>", "@Bob yes"),
        ("<p><a href='javascript:alert(1)'>click</a></p>", "click"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<p>x <img class='wp-smiley' src='/s.gif' alt=':-)'></p>", "x :-)"),
        ("<img src='http://a.example/cat.jpg' alt='a cat'>", "http://a.example/cat.jpg"),
        ("<iframe src='http://a.example/film'></iframe>", "http://a.example/film"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>He said <q>no</q>.</p>", "He said “no”."),
        ("<p>a<script>x()</script><style>p{}</style>b</p>", "ab"),
        ("<p>One.</p><p class='reply'><a class='comment-reply-link'>Reply</a></p>", "One."),
        ("<p>One.</p><p id='comment-like-1' class='comment-likes'><a>Like</a></p>", "One."),
        ("<p>&lt;b&gt; &amp; co</p>", "<b> & co"),
        ("<p>Your comment is awaiting moderation.</p><p>One.</p>", "One."),
    ],
)
def test_text_of_a_comment(body: str, text: str) -> None:
    assert text_of(body) == text


def test_comment_shown_twice_is_counted_once() -> None:
    capture = thread(
        f"<div>{comment(7, 'Best')}</div><ol>{comment(7, 'Best')}{comment(8, 'Next')}</ol>"
    )

    assert [one.key for one in capture.comments] == ["comment-7", "comment-8"]


def test_li_and_inner_element_with_the_same_number_are_one() -> None:
    capture = thread(
        "<ol><li class='comment' id='li-comment-5'><article id='comment-5' class='comment'>"
        "<div id='div-comment-5'><b class='fn'>Ann</b><p>One.</p></div></article></li></ol>"
    )

    assert outline(capture) == [(1, "Ann", "One.")]


def test_children_beside_their_comment() -> None:
    capture = thread(
        f"<div>{comment(1, 'One')}<div class='children'>{comment(2, 'Two')}"
        f"<div class='children'>{comment(3, 'Three')}</div></div>{comment(4, 'Four')}</div>"
    )

    assert [one.parent for one in capture.comments] == [None, "comment-1", "comment-2", None]


def test_depth_classes_of_a_flat_page() -> None:
    markup = "".join(
        f"<div class='comment depth-{depth}' id='comment-{place}'><b class='fn'>A</b><p>x</p></div>"
        for place, depth in enumerate([1, 2, 3, 2, 1, 2], 1)
    )

    assert [one.parent for one in thread(markup).comments] == [
        None, "comment-1", "comment-2", "comment-1", None, "comment-5",
    ]  # fmt: skip


def test_newest_first_page_shows_parents_before_replies() -> None:
    markup = "".join(
        f"<div class='comment' id='comment-{number}' data-parent-id='{parent}'>"
        f"<b class='fn'>A</b><p>x</p></div>"
        for number, parent in [(3, 2), (2, 1), (1, 0)]
    )

    assert [(one.key, one.depth) for one in thread(markup).comments] == [
        ("comment-1", 1), ("comment-2", 2), ("comment-3", 3),
    ]  # fmt: skip


def test_comments_that_answer_each_other_make_no_circle() -> None:
    markup = "".join(
        f"<div class='comment' id='comment-{number}' data-parent-id='{parent}'>"
        f"<b class='fn'>A</b><p>x</p></div>"
        for number, parent in [(1, 2), (2, 1), (3, 3)]
    )

    assert [one.parent for one in thread(markup).comments] == [None, "comment-1", None]


def test_pingback_without_id_is_kept_as_unreadable() -> None:
    capture = thread(
        f"<ol>{comment(1, 'One')}<li class='post pingback'><p>Pingback: "
        "<a href='http://b.example/'>Elsewhere</a></p></li></ol>"
    )

    assert len(capture.comments) == 1
    assert [lost.excerpt for lost in capture.unreadable] == ["Pingback: Elsewhere"]


def test_empty_comment_with_replies_keeps_its_place() -> None:
    capture = thread(
        f"<ol>{comment(1, '', more=f'<ol class=children>{comment(2, chr(120))}</ol>')}</ol>"
    )

    assert outline(capture) == [(1, "Ann", ""), (2, "Ann", "x")]
    assert "comment-1 has replies but no text." in capture.warnings


def test_day_for_machines_and_time_for_readers_complete_each_other() -> None:
    capture = thread(
        "<div class='comment' id='comment-1'><b class='fn'>A</b><time datetime='2020-12-24'>"
        "December 24, 2020 at 3:53 am</time><p>x</p></div>"
    )

    assert capture.comments[0].posted_at == dt.datetime(2020, 12, 24, 3, 53)


def test_ambiguous_dates_are_not_recorded_but_named() -> None:
    capture = thread(
        "<div class='comment' id='comment-1'><b class='fn'>A</b><span class='date'>03/04/2012</span>"
        "<p>x</p></div>"
    )

    assert capture.comments[0].posted_at is None
    assert capture.warnings == (
        "The dates of one comment can mean two days each; they are not recorded.",
    )


def test_relative_dates_are_not_recorded() -> None:
    capture = thread(
        "<div class='comment' id='comment-1'><b class='fn'>A</b><span class='date'>2 weeks ago</span>"
        "<p>x</p></div>"
    )

    assert capture.comments[0].posted_at is None


def test_other_number_than_claimed_is_named() -> None:
    capture = thread(f"<h3>5 comments</h3><ol>{comment(1, 'One')}</ol>")

    assert capture.claimed_comments == 5
    assert "The page claims 5 comments; 1 were found." in capture.warnings


def test_pingbacks_may_be_left_out_of_the_claim() -> None:
    capture = thread(
        f"<h3>One comment</h3><ol>{comment(1, 'One')}<li class='pingback' id='comment-2'>"
        "<p>Pingback: <a href='http://b.example/'>B</a></p></li></ol>"
    )

    assert not [warning for warning in capture.warnings if "claims" in warning]


def test_comments_and_ornaments_stay_out_of_the_body() -> None:
    capture = read_capture(
        page(
            "<article><h1>A title of the page</h1><div class='entry-content'>"
            "<p>By <a href='/ann'>Ann Lee</a>, May 3, 2011</p>"
            "<p>Some words that make a story, and then some more of them, up to here.</p>"
            "<div class='sharedaddy'><a href='http://x.example/'>Tweet</a></div>"
            "<p><a href='https://www.facebook.com/sharer.php?u=1'>Share</a></p>"
            "<h3>Related posts</h3><ul><li><a href='/a'>Other</a></li><li><a href='/b'>More</a></li></ul>"
            f"</div></article><ol class='commentlist'>{comment(1, 'A comment')}</ol>"
            "<div id='respond'><p>Leave a reply</p></div>"
        )
    )

    assert [block.html for block in capture.blocks] == [
        "Some words that make a story, and then some more of them, up to here."
    ]
    assert capture.byline == ("Ann Lee",)


def test_inline_markup_is_sanitized() -> None:
    capture = read_capture(
        page(
            "<article><h1>A title of the page</h1><div class='entry-content'><p onclick='x()'>"
            "<b>Bold</b> <i>it</i> <a href='javascript:x()' onclick='y()'>bad</a> "
            "<a href='http://a.example/?a=1&b=2' target=_blank>good</a> <span style='x'>plain</span>"
            "<script>alert(1)</script><img src=x onerror=alert(1)></p></div></article>"
        )
    )

    assert capture.blocks[0].html == (
        "<strong>Bold</strong> <em>it</em> bad "
        '<a href="http://a.example/?a=1&amp;b=2">good</a> plain'
    )


def test_image_with_caption_and_credit() -> None:
    capture = read_capture(
        page(
            "<article><h1>A title of the page</h1><div class='entry-content'>"
            "<p>Some words that make a story, and then some more of them.</p>"
            "<figure><img src='/bridge.jpg' alt='A bridge'><figcaption>The <em>old</em> bridge "
            "<span class='credit'>Photo: Ann</span></figcaption></figure></div></article>",
            "<title>A title of the page</title><link rel='canonical' href='http://p.example/2011/a/'>",
        )
    )
    image = capture.blocks[1]

    assert (image.type, image.source, image.alt) == (
        "image",
        "http://p.example/bridge.jpg",
        "A bridge",
    )
    assert (image.html, image.credit) == ("The <em>old</em> bridge", "Photo: Ann")


def test_headline_without_the_name_of_the_site() -> None:
    head = (
        "<title>Bridge opens - The Paper</title><meta property='og:site_name' content='The Paper'>"
    )

    assert (
        read_capture(page("<p>Some words of a story, enough of them.</p>", head)).headline
        == "Bridge opens"
    )


def test_masthead_is_no_headline() -> None:
    capture = read_capture(
        page(
            "<header id='masthead'><h1><a href='/'>The Paper</a></h1></header><div class='post'>"
            "<h2 class='entry-title'>Bridge opens</h2>"
            "<div class='entry-content'><p>Some words.</p></div></div>",
            "<title>The Paper » Bridge opens</title>",
        )
    )

    assert capture.headline == "Bridge opens"


def test_description_that_is_not_shown_is_no_standfirst() -> None:
    head = "<title>Bridge opens</title><meta name='description' content='All about bridges'>"

    assert read_capture(page(STORY, head)).standfirst == ""


def test_broken_json_ld_is_left_with_a_warning() -> None:
    head = "<title>Bridge opens</title><script type='application/ld+json'>{'a': }</script>"

    assert read_capture(page(STORY, head)).warnings == (
        "JSON-LD block 1 of the page is broken and was left.",
    )


def test_keys_stay_the_same_when_read_again() -> None:
    data = page(
        f"{STORY}<ol class='commentlist'><li class='comment'><b class='fn'>A</b><p>x</p></li></ol>"
    )

    assert [one.key for one in read_capture(data).comments] == ["place-1"]
    assert read_capture(data) == read_capture(data)


def body(markup: str) -> list[tuple[str, str, tuple[str, ...]]]:
    capture = read_capture(
        page(
            "<article><h1>A title of the page</h1><div class='entry-content'>"
            f"<p>Some words that make a story.</p>{markup}<p>The end.</p></div></article>"
        )
    )
    return [(block.type, block.html, block.items) for block in capture.blocks[1:-1]]


@pytest.mark.parametrize(
    ("markup", "blocks"),
    [
        ("<pre>a = 1\n  b</pre>", [("paragraph", "<code>a = 1<br>\u00a0\u00a0b</code>", ())]),
        ("<p>One.<br><br>Two.</p>", [("paragraph", "One.", ()), ("paragraph", "Two.", ())]),
        ("<h4>Small</h4>", [("heading", "Small", ())]),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li></ol>", [("list", "", ("a", "b", "c"))]),
        ("<table><tr><th>A</th><td>1</td></tr></table>", [("list", "", ("A | 1",))]),
        ("<table><tr><td><p>Laid out.</p></td></tr></table>", [("paragraph", "Laid out.", ())]),
        (
            "<blockquote><p>One.</p><p>Two.</p></blockquote>",
            [("quotation", "One.<br><br>Two.", ())],
        ),
        ("<blockquote>One.<ul><li>a</li></ul></blockquote>", [("quotation", "One.<br><br>a", ())]),
        ("<iframe src='https://film.example/1'></iframe>", [("embed", "", ())]),
        ("<iframe src='https://www.facebook.com/plugins/like.php?x'></iframe>", []),
        ("<img src='http://a.example/pixel.gif' width='1' height='1'>", []),
        ("<div>Loose <b>words</b></div>", [("paragraph", "Loose <strong>words</strong>", ())]),
        ("<p>Tags: <a href='http://p.example/t'>town</a></p>", []),
        ("<p>Comments (5 posted)</p>", []),
        ("<p style='display:none'>Hidden.</p>", []),
        ("<p>nbsp&nbsp;here</p>", [("paragraph", "nbsp here", ())]),
    ],
)
def test_blocks_of_a_body(markup: str, blocks: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert body(markup) == blocks


def linked(data: str) -> Capture:
    head = f"<title>A title of the page</title><script type='application/ld+json'>{data}</script>"
    return read_capture(page(STORY, head))


@pytest.mark.parametrize(
    "claim",
    [
        '"commentCount": 7',
        '"commentCount": "7"',
        '"interactionCount": "UserComments:7"',
        '"interactionStatistic": {"interactionType": "https://schema.org/CommentAction",'
        ' "userInteractionCount": 7}',
    ],
)
def test_number_of_comments_in_json_ld(claim: str) -> None:
    assert linked(f'{{"@type": "NewsArticle", "headline": "H", {claim}}}').claimed_comments == 7


def test_comments_of_json_ld_by_parent_item() -> None:
    capture = linked(
        '[{"@type": "Article", "headline": "H", "comment": ['
        '{"@type": "Comment", "@id": "#a", "text": "One", "author": {"@id": "#p"}},'
        '{"@type": "Comment", "text": "Two", "parentItem": {"@id": "#a"}, "author": "Bob"}]},'
        '{"@type": "Person", "@id": "#p", "name": "Ann"}]'
    )

    assert outline(capture) == [(1, "Ann", "One"), (2, "Bob", "Two")]


def test_json_ld_comment_without_text_gives_its_replies_up() -> None:
    capture = linked(
        '{"@type": "Article", "headline": "H", "comment": {"@type": "Comment", "text": "",'
        ' "comment": {"@type": "Comment", "text": "Two", "author": "Bob"}}}'
    )

    assert outline(capture) == [(1, "Bob", "Two")]
    assert [lost.where for lost in capture.unreadable] == ["place-1"]
    assert "Some comments answer one without text." in capture.warnings
