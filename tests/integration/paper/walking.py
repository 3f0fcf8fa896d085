"""All addresses of the product, found in its own tables, and what may be put in their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")

LONG = "a" * 600
HOSTILE = {
    "number": ["0", "99999999999999999999999999", "9223372036854775807", "9223372036854775808"],
    "int": ["99999999999999999999999999", "9223372036854775808"],
    "str": ["%00", "%ED%A0%80", "%FF%FE", LONG, "%27%22%3E%3Cscript%3E", "..", "%F0%9F%92%A9", "1.%00"],
    "slug": [LONG, "-", "__proto__"],
    "story": ["0000/00/x", "9999/99/x", f"2026/09/{LONG}", "2026/13/x"],
    "instant": ["00000000T000000Z", "99991231T235959Z", "00010101T000000Z", "20260230T256161Z"],
    "path": ["%00", "..", LONG],
}  # fmt: skip
"""For each kind of place what is no plain value of it."""


@dataclass(frozen=True)
class Found:
    """A pattern of addresses: its route from the root, and what its places are."""

    route: str
    name: str
    places: tuple[tuple[str, str], ...]
    """Kind and name of each."""
    view: Any

    def filled(self, plain: Mapping[str, str]) -> str:
        """Return the address with a plain value in each place."""
        return self._filled(dict(plain))

    def hostile(self, plain: Mapping[str, str]) -> Iterator[str]:
        """Return the addresses with a hostile value in one of the places."""
        for kind, name in self.places:
            for value in HOSTILE.get(kind, HOSTILE["str"]):
                yield self._filled({**plain, name: value, f"{self.name} {name}": value})

    def _filled(self, values: dict[str, str]) -> str:
        def value(found: re.Match[str]) -> str:
            name = found[2]
            return values.get(f"{self.name} {name}", values.get(name, "1"))

        return "/" + _PLACE.sub(value, self.route)


def walk(prefix: str = "") -> list[Found]:
    """Return each pattern whose route begins so; those that are regular expressions are left out."""
    return [each for each in _walk(get_resolver(), "") if each.route.startswith(prefix)]


def _walk(resolver: URLResolver, before: str) -> Iterator[Found]:
    for entry in resolver.url_patterns:
        if not isinstance(entry.pattern, RoutePattern):
            continue
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        elif isinstance(entry, URLPattern):
            places = tuple((kind or "str", name) for kind, name in _PLACE.findall(route))
            yield Found(route, entry.name or "", places, entry.callback)
