"""Addresses of stories and sections."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.core.exceptions import ValidationError

from broadsheet.record.addresses import MAX_SLUG, check_section_slug, slug_for, story_path


def test_story_path_is_dated_in_the_publications_time_zone():
    new_year = dt.datetime(2011, 1, 1, 0, 30, tzinfo=dt.UTC)

    path = story_path(
        slug="x", first_published_at=new_year, zone=zoneinfo.ZoneInfo("America/New_York")
    )

    assert path == "/2010/12/x/"


@pytest.mark.parametrize("slug", ["desk", "search", "c", "2011"])
def test_section_may_not_hide_another_page(slug):
    with pytest.raises(ValidationError):
        check_section_slug(slug)


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("Ballmer talks up Nokia", "ballmer-talks-up-nokia"),
        ("Die „Nähe“", "die-nahe"),
        ("新聞", "story"),
        ("word " * 40, "-".join(["word"] * 16)),
        ("x" * 200, "x" * MAX_SLUG),
    ],
)
def test_slug_is_cut_at_a_word(headline, slug):
    assert slug_for(headline) == slug
