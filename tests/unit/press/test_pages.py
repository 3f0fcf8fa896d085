"""Pages held ready: their encodings, their sizes, and the bound of what is kept."""

from __future__ import annotations

import gzip

import brotli
import pytest

from broadsheet.press.counters import Counters
from broadsheet.press.pages import CACHE_CONTROL, Page, Store, chosen_encoding

HTML = (b"content-type", b"text/html; charset=utf-8")
TEXT = b"<p>The council voted on Monday.</p>" * 40
MARKS = Counters().snapshot()


def page(key: str = "/a/", body: bytes = TEXT, headers=(HTML,)) -> Page:
    return Page(
        key=key,
        status=200,
        headers=list(headers),
        body=body,
        keys=("frame", "document:1"),
        sequence=7,
        marks=MARKS,
        made_at=0.0,
    )


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (b"", ""),
        (b"br", "br"),
        (b"gzip", "gzip"),
        (b"gzip, deflate, br, zstd", "br"),
        (b"GZIP, BR", "br"),
        (b"gzip;q=1, br;q=0.5", "gzip"),
        (b"gzip;q=0.5, br;q=0.5", "br"),
        (b"br;q=0, gzip", "gzip"),
        (b"br;q=0, gzip;q=0", ""),
        (b"*", "br"),
        (b"*;q=0", ""),
        (b"br;q=0, *", "gzip"),
        (b"identity", ""),
        (b"identity, br;q=0.5", ""),
        (b"identity;q=0.5, br", "br"),
        (b"identity;q=0, *", "br"),
        (b"br ; q = 0.8", "br"),
        (b"br;q=", ""),
        (b"br;q=nan", ""),
        (b"br;q=1e9", ""),
        (b"br;q=-1", ""),
        (b"br;q=2", ""),
        (b"deflate, zstd", ""),
        (b"x" * 300 + b", br", ""),
        (b"\xff\xfe, br", "br"),
        (b",,;;=,", ""),
    ],
)
def test_encoding_is_chosen_by_what_is_accepted(accepted, encoding):
    assert chosen_encoding(accepted) == encoding


@pytest.mark.parametrize(
    ("encoding", "decode"),
    [("br", brotli.decompress), ("gzip", gzip.decompress), ("", lambda body: body)],
)
def test_each_encoding_holds_the_same_text(encoding, decode):
    answer = page().answer(encoding)

    assert decode(answer.body) == TEXT
    named = dict(answer.headers)
    assert named.get(b"content-encoding", b"").decode() == encoding
    assert named[b"content-length"] == str(len(answer.body)).encode()
    assert named[b"vary"] == b"Accept-Encoding"


def test_encoding_is_made_once():
    made = page()
    assert made.answer("br") is made.answer("br")
    assert made.add("br", b"of somebody slower") is made.answer("br")


def test_same_page_has_the_same_tag_every_time():
    assert page().etag == page("/b/").etag
    assert page().etag != page(body=TEXT + b".").etag


@pytest.mark.parametrize(
    ("body", "media"), [(b"short", b"text/plain"), (TEXT, b"image/png"), (b"", b"text/html")]
)
def test_what_gains_nothing_is_not_compressed(body, media):
    answer = page(body=body, headers=[(b"content-type", media)]).answer("br")

    assert answer.body == body
    assert b"content-encoding" not in dict(answer.headers)


def test_headers_of_the_application_stay_and_those_of_caches_are_replaced():
    made = page(
        headers=[
            HTML,
            (b"link", b"<https://news.example/>; rel=canonical"),
            (b"cache-control", b"public, no-cache"),
            (b"etag", b'"of the application"'),
            (b"vary", b"Accept-Datetime, accept-encoding"),
            (b"content-length", b"1"),
        ]
    )

    assert made.answer("").headers == [
        HTML,
        (b"link", b"<https://news.example/>; rel=canonical"),
        (b"cache-control", CACHE_CONTROL),
        (b"etag", made.etag),
        (b"vary", b"Accept-Encoding, Accept-Datetime"),
        (b"accept-ranges", b"none"),
        (b"surrogate-key", b"frame document:1"),
        (b"content-length", str(len(TEXT)).encode()),
    ]


def test_not_modified_tells_what_the_page_would_and_no_more():
    """RFC 9110, section 15.4.5; the date is the server's."""
    made = page(headers=[HTML, (b"content-location", b"/here/"), (b"expires", b"0")])

    assert made.not_modified.status == 304
    assert made.not_modified.body == b""
    assert made.not_modified.headers == [
        (b"content-location", b"/here/"),
        (b"expires", b"0"),
        (b"cache-control", CACHE_CONTROL),
        (b"etag", made.etag),
        (b"vary", b"Accept-Encoding"),
    ]


def test_time_that_a_view_gives_its_page_stays():
    given = (b"cache-control", b"public, max-age=86400")
    made = page(headers=[HTML, given])
    assert given in made.answer("").headers
    assert given in made.not_modified.headers
    assert CACHE_CONTROL not in dict(made.answer("").headers).values()


def test_fields_are_the_headers_as_they_go_on_the_wire():
    answer = page(body=b"x").answer("")
    assert answer.fields == b"".join(b"%s: %s\r\n" % each for each in answer.headers)


def test_size_grows_by_each_encoding_and_counts_the_body_once():
    made = page()
    bare = made.size
    plain = made.answer("")
    assert made.size == bare + len(plain.fields)
    small = made.answer("gzip")
    assert made.size == bare + len(plain.fields) + len(small.body) + len(small.fields)
    before = made.size
    made.answer("gzip")
    assert made.size == before


def test_store_counts_what_it_keeps():
    store = Store(1_000_000)
    first, second = page("/1/"), page("/2/")
    store.keep(first)
    store.keep(second)
    before = first.size
    first.answer("gzip")
    store.grown(first, before)
    assert store.size == first.size + second.size

    store.keep(page("/1/"))
    assert store.size == sum(each.size for each in store.pages.values())
    store.drop("/1/")
    store.drop("/none/")
    assert store.size == second.size


def test_growth_of_what_is_kept_no_more_is_not_counted():
    store = Store(1_000_000)
    gone = page()
    store.keep(gone)
    store.keep(page())
    before, size = gone.size, store.size
    gone.answer("br")
    store.grown(gone, before)
    assert store.size == size


def test_longest_unused_go_first():
    store = Store(3 * page().size)
    for key in ("/1/", "/2/", "/3/"):
        store.keep(page(key))
    store.get("/1/")

    store.keep(page("/4/"))

    assert list(store.pages) == ["/3/", "/1/", "/4/"]
    assert store.size <= store.limit


def test_growing_makes_room_too():
    store = Store(2 * page().size + 10)
    store.keep(page("/1/"))
    grows = page("/2/")
    store.keep(grows)
    before = grows.size
    grows.answer("gzip")
    store.grown(grows, before)
    assert list(store.pages) == ["/2/"]


def test_page_larger_than_all_room_lets_the_others_stay():
    store = Store(2 * page().size)
    store.keep(page("/1/"))
    store.keep(page("/2/", body=bytes(store.limit)))
    assert list(store.pages) == ["/1/"]


def test_ten_thousand_pages_stay_within_the_bound():
    store = Store(2_000_000)
    for number in range(10_000):
        store.keep(page(f"/{number}/"))
        assert store.size <= store.limit
    assert store.size == sum(each.size for each in store.pages.values())
    assert next(reversed(store.pages)) == "/9999/"
