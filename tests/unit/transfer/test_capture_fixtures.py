"""Pages and texts of other people, where they lie beside the repository, against counted truth."""

from __future__ import annotations

import datetime as dt
import io
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from tests.shared_fixtures import SHARED, shared_files

from broadsheet.transfer.capture import CaptureUnreadable, read_capture, suggest_author_aliases

# Per page: histogram of depths, pingbacks, comments that the page claims, headline.
PAGES = {
    "archive.org.muffinrezept.net.grundrezept": ((42, 8, 1), 0, 51, "Muffin Grundrezept"),
    "californiaglobe.com.amazon": (
        (18, 2), 8, 20,
        "Amazon Liable for Defective Third-Party Products Rules CA Appellate Court",
    ),
    "cubadebate.cu-sesiona": ((5, 4, 2), 0, 11, "Sesiona IV Pleno del Comité Central del Partido"),
    "foxyfolksy.com.buttercream": (
        (39, 37, 3, 1), 0, 80,
        "Chocolate Buttercream Frosting without Powdered Sugar (Ermine Icing)",
    ),
    "gormulus.wordpress.com.durfen": (
        (20, 9, 16), 5, 45, "„Das wird man ja wohl noch sagen dürfen!“",
    ),
    "hearya.com.metal": ((38,), 0, 38, "Hit Parader’s Top 100 Metal Vocalists of All Time"),
    "insubordinant.wordpress.com.speed": ((3,), 0, 3, "Need for Speed"),
    "lemire.me.json": ((3, 2), 0, 5, "JSON parsing: simdjson vs. JSON for Modern C++"),
    "netzpolitik.org.abmahnungen": (
        (36, 17, 10, 7, 4), 0, 91,
        "Die Cider Connection: Abmahnungen gegen Nutzer von Creative-Commons-Bildern",
    ),
    "pewresearch.org1": (
        (16, 7, 1), 0, 24, "Those from Mexico will benefit most from Obama’s executive action",
    ),
    "readability-firefox-nightly-blog": ((2,), 0, 2, "These Weeks in Firefox: Issue 85"),
    "readability-lwn-1": ((), 0, None, "LWN.net Weekly Edition for March 26, 2015"),
    "readability-wordpress": (
        (4, 5, 2, 2), 0, 13,
        "Stack Overflow Jobs Data Shows ReactJS Skills in High Demand, "
        "WordPress Market Oversaturated with Developers",
    ),
    # Five of them stand in a side column with the newest comments of the site.
    "spektrum.de.engelbart": (
        (58, 1), 0, 54, "Die Ablehnung von “Gendersprache” – medial produziert",
    ),
    "thenervousbreakdown.com.loneliest": (
        (9, 2), 0, 11, "The Loneliest Woman in the World: An Appreciation of Heart’s “Alone”",
    ),
    "uebermedien.de-Israel": (
        (17,), 0, 17,
        "Gute Tabus, schlechte Tabus: Die vertauschten Rollen in der Debatte über Israel",
    ),
}  # fmt: skip

pages = shared_files("fixtures/html-captures/*.html.gz")
microformats = shared_files("fixtures/microformats/*.html")
seeds = shared_files("seed/*.txt")
if not pages:
    print(f"No pages in {SHARED}: the tests on them have nothing to run on.")


def _name(path: Path) -> str:
    return path.name.removesuffix(".html.gz")


@pytest.mark.parametrize("path", pages, ids=_name)
def test_saved_page(path: Path) -> None:
    capture = read_capture(path.read_bytes(), filename=path.name)
    depths = Counter(comment.depth for comment in capture.comments)
    pingbacks = sum(comment.kind == "pingback" for comment in capture.comments)

    found = (
        tuple(depths[depth] for depth in sorted(depths)),
        pingbacks,
        capture.claimed_comments,
        capture.headline,
    )

    assert found == PAGES[_name(path)]


@pytest.mark.parametrize("path", pages, ids=_name)
def test_saved_page_is_whole(path: Path) -> None:
    capture = read_capture(path.read_bytes(), filename=path.name)

    assert capture.blocks
    assert capture.unreadable == ()
    assert all(comment.name and comment.text for comment in capture.comments)
    body = " ".join(block.html for block in capture.blocks)
    for comment in capture.comments:
        assert len(comment.text) < 60 or comment.text not in body


@pytest.mark.parametrize("path", microformats, ids=lambda path: path.stem)
def test_microformats_are_read_or_refused(path: Path) -> None:
    try:
        capture = read_capture(path.read_bytes(), filename=path.name)
    except CaptureUnreadable:
        return
    assert capture.headline


@pytest.mark.parametrize("path", seeds, ids=lambda path: path.stem)
def test_plain_text_of_a_story(path: Path) -> None:
    capture = read_capture(path.read_bytes(), filename=path.name)

    assert capture.format == "text"
    assert capture.headline == "Ballmer talks up Nokia Windows Phone 7 partnership"
    assert capture.byline == ("Tom Warren",)
    assert capture.published_at == dt.datetime(2011, 2, 11, 10, 26)
    assert capture.standfirst == "Nokia and Microsoft historic partnership"
    assert [block.type for block in capture.blocks] == ["paragraph"] * 6
    assert [(comment.depth, comment.name) for comment in capture.comments] == [
        (1, "Jamie Thomson"),
        (2, "Tom W"),
        (2, "Jamie Thomson"),
        (1, None),
        (1, "Daniel"),
        (1, "Steve Jobs"),
        (2, "EuroSkeptiC"),
        (1, "Nick"),
        (1, "Jason Carter"),
        (1, "Aethec"),
        (1, "J. Ian Irby"),
        (2, "Joe05"),
    ]
    assert capture.comments[3].text == "its going to be an awesome ride !"
    assert (capture.claimed_comments, capture.max_depth, capture.people) == (12, 2, 10)
    assert suggest_author_aliases(capture) == (("Tom W", "Tom Warren"),)
    assert capture.warnings == (
        "The comment in line 34 has lost its name.",
        "The page does not give the time of the comments.",
    )


@pytest.mark.parametrize(
    "path",
    [
        *shared_files("fixtures/bad-input/json-ld/*.html"),
        *shared_files("fixtures/bad-input/encoding/*.tar.gz"),
        *shared_files("fixtures/bad-input/json/*.tar.gz"),
        *shared_files("fixtures/bad-input/xml/*"),
        *shared_files("fixtures/bad-input/xss/*"),
        *shared_files("fixtures/bad-input/uploads/*"),
        *shared_files("fixtures/bad-input/naughty-strings/*"),
    ],
    ids=lambda path: path.name,
)
def test_bad_input_is_read_or_refused(path: Path) -> None:
    for data in _contents(path):
        for variant in (data, b"<html><title>A page</title><p>" + data):
            try:
                read_capture(variant)
            except CaptureUnreadable:
                continue


def _contents(path: Path) -> list[bytes]:
    if not path.name.endswith(".tar.gz"):
        return [path.read_bytes()]
    with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
        files = [archive.extractfile(member) for member in archive if member.isfile()]
        return [file.read() for file in files if file is not None]
