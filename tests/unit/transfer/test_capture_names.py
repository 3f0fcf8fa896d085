"""Names are taken out of their wording; likely the same persons are offered, no more."""

from __future__ import annotations

import pytest

from broadsheet.transfer.capture.aliases import suggest_author_aliases
from broadsheet.transfer.capture.model import Capture, CapturedComment
from broadsheet.transfer.capture.names import byline_names, clean_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Tom \n Warren ", "Tom Warren"),
        ("Ramón dijo:", "Ramón"),
        ("sarah sagt:", "sarah"),
        ("Mark Said", "Mark Said"),
        ("nobody@home", "nobody@home"),
        ("???", "???"),
        ("\u200bAnn\u200b", "Ann"),
        (" : ", None),
        ("x" * 121, None),
    ],
)
def test_clean_name(text: str, name: str | None) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Tom Warren", ("Tom Warren",)),
        ("Posted by Ada Lind", ("Ada Lind",)),
        ("by Ruth Osei and Tom Bell, Staff Writers", ("Ruth Osei", "Tom Bell")),
        ("Von Jana Weiss und Uwe Ott", ("Jana Weiss", "Uwe Ott")),
        ("A. One, B. Two & C. Three", ("A. One", "B. Two", "C. Three")),
        ("John Smith, Jr.", ("John Smith, Jr.",)),
        ("View all posts by Daniel Orr", ("Daniel Orr",)),
        ("By: Kim Park (Reuters)", ("Kim Park",)),
    ],
)
def test_byline_names(text: str, names: tuple[str, ...]) -> None:
    assert byline_names(text) == names


def _capture(names: list[str], byline: tuple[str, ...]) -> Capture:
    comments = tuple(
        CapturedComment(str(place), None, 1, name, "Text.") for place, name in enumerate(names)
    )
    return Capture("text", "A headline", byline=byline, comments=comments)


@pytest.mark.parametrize(
    "name",
    ["Tom W", "Tom W.", "tom warren", "twarren", "TomW", "T. Warren", "Warren Tom", "Tom Warr"],
)
def test_alias_is_offered(name: str) -> None:
    capture = _capture([name, "Nick"], ("Tom Warren",))

    assert suggest_author_aliases(capture) == ((name, "Tom Warren"),)


@pytest.mark.parametrize("name", ["Tom", "Warren", "Tom Bell", "Tommy W", "W", "Tom W Bell", ""])
def test_alias_is_not_offered(name: str) -> None:
    assert suggest_author_aliases(_capture([name], ("Tom Warren",))) == ()


def test_name_that_fits_two_authors_is_not_offered() -> None:
    assert suggest_author_aliases(_capture(["Tom W"], ("Tom Warren", "Tom White"))) == ()


def test_name_is_offered_once() -> None:
    assert len(suggest_author_aliases(_capture(["Tom W", "Tom W"], ("Tom Warren",)))) == 1
