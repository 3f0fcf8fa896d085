"""What stands in the addresses of the paper besides words; to import this is to register them."""

from __future__ import annotations

import datetime as dt

from django.urls import register_converter
from django.urls.converters import IntConverter, SlugConverter


class NumberConverter(IntConverter):
    """A number that a database can hold. With more digits there is nothing to look for, and looking
    through a relation fails on SQLite."""

    regex = "[0-9]{1,18}"


class StoryPathConverter(SlugConverter):
    """The path of a story without its slashes: ``2011/02/slug``."""

    regex = r"\d{4}/\d{2}/[-a-zA-Z0-9_]+"


class InstantConverter:
    """A second in UTC, written so that it can stand in a path: ``20260902T101500Z``."""

    regex = r"\d{8}T\d{6}Z"

    def to_python(self, value: str) -> dt.datetime:
        return dt.datetime.strptime(value, "%Y%m%dT%H%M%S%z")

    def to_url(self, value: dt.datetime) -> str:
        return value.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


register_converter(NumberConverter, "number")
register_converter(StoryPathConverter, "story")
register_converter(InstantConverter, "instant")
