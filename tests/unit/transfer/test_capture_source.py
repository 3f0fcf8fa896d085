"""Files are unpacked and decoded; what is no page is refused by what it is."""

from __future__ import annotations

import gzip

import pytest
from tests.unit.transfer.capture_samples import STORY, page

from broadsheet.transfer.capture import CaptureUnreadable, read_capture
from broadsheet.transfer.capture.source import LARGEST_SOURCE, open_source

TEXT = "Höhere Mieten\n\nVon Jana Weiss am 3. Mai 2012\n\nDie Mieten steigen – schon wieder.\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
        gzip.compress(TEXT.encode(), mtime=0),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.encode() + b"\x00\x00",
    ],
)
def test_text_in_any_encoding(data: bytes) -> None:
    capture = read_capture(data)

    assert capture.headline == "Höhere Mieten"
    assert [block.html for block in capture.blocks] == ["Die Mieten steigen – schon wieder."]


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("windows-1251", "cp1251"),
        ("shift_jis", "cp932"),
    ],
)
def test_declared_encoding(declared: str, real: str) -> None:
    letters = {"cp1251": "Мост", "cp932": "橋の話"}.get(real, "Brücke")
    head = f"<meta charset={declared}><title>{letters}</title>"
    data = page(f"<p>{letters} und so weiter, ein Satz.</p>", head).decode().encode(real)

    assert read_capture(data).headline == letters


def test_false_declaration_gives_way_to_utf8_with_a_warning() -> None:
    head = "<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-1'><title>Brücke</title>"

    capture = read_capture(page("<p>Ein Satz über die Brücke.</p>", head))

    assert capture.headline == "Brücke"
    assert "declares cp1252 but is UTF-8" in capture.warnings[0]


def test_false_declaration_of_utf8() -> None:
    data = page("<p>Über größere Brücken.</p>", "<meta charset=utf-8><title>Brücke</title>")

    capture = read_capture(data.decode().encode("cp1252"))

    assert capture.headline == "Brücke"
    assert "declares utf-8 but is not" in capture.warnings[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\x00\t", "empty"),
        (b"%PDF-1.4 rest", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (bytes(range(256)) * 20, "neither HTML nor text"),
        (b"\x1f\x8bnot gzip", "gzip file is damaged"),
        (gzip.compress(b"words " * 100, mtime=0)[:-9], "cut off"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", "XML of the kind <rss>"),
        (b"<?xml version='1.0'?><other><a/></other>", "XML of the kind <other>"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "XML of the kind <svg>"),
        (b"From: x\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\n<html>", "MHTML"),
        (b"Only one line", "only one line"),
        (b"x" * 400 + b"\n\nText.", "too many for a headline"),
        (b'{"a": 1,\n"b": 2}', "is not a headline"),
        (b"<html><body></body></html>", "no headline"),
        (b"<html><title>Not found</title></html>", "neither text of a story nor comments"),
    ],
)
def test_what_is_no_page_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(CaptureUnreadable, match=reason):
        read_capture(data)


def test_refusal_names_the_file() -> None:
    with pytest.raises(CaptureUnreadable, match=r"^story\.html: The file is empty"):
        read_capture(b"", filename="story.html")


def test_unpacked_size_is_bounded() -> None:
    with pytest.raises(CaptureUnreadable, match="larger than 32 MiB"):
        read_capture(gzip.compress(b" " * (LARGEST_SOURCE + 1), mtime=0))


def test_size_at_the_bound_is_accepted() -> None:
    data = b"A headline\n\nSome text of it.\n".ljust(LARGEST_SOURCE)

    assert open_source(gzip.compress(data, mtime=0)).is_markup is False


def test_fragment_without_html_element_is_markup() -> None:
    assert read_capture(STORY.encode()).headline == "A title of the page"
