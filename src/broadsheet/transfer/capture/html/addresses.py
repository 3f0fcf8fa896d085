"""Addresses on a saved page: made absolute, and freed from the archive that rewrote them."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

_ARCHIVED = re.compile(
    r"(?:https?:)?(?://(?:web\.archive\.org|(?:wayback|web)\.archive-it\.org(?:/\d+)?|archive\.org))?"
    r"/web/[0-9]{4,14}\*?(?:[a-z]{2}_)?/(?P<address>(?:https?|ftp|mailto):/?.*)",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_ADDRESS = 2000  # characters; browsers and proxies cut there too


def unwrapped(address: str) -> str:
    """Give the address that the Wayback Machine rewrote, or the address as it is."""
    match = _ARCHIVED.fullmatch(address)
    if match is None:
        return address
    # Some captures lost one of the slashes.
    return re.sub(r"\A(https?):/+", r"\1://", match["address"], flags=re.IGNORECASE)


class Addresses:
    """Resolves the addresses of one page against the page's own address."""

    def __init__(self, base: str):
        self._base = base

    def absolute(self, address: str) -> str:
        """Give an address absolute where the page's own address is known; ``""`` if unusable."""
        address = re.sub(r"[\t\r\n]", "", address).strip()
        if not address or len(address) > LONGEST_ADDRESS:
            return ""
        address = unwrapped(address)
        try:
            joined = urljoin(self._base, address) if self._base else address
            scheme = urlsplit(joined).scheme.lower()
        except ValueError:
            return ""
        if scheme not in {"http", "https", "mailto", ""}:
            return ""
        return unwrapped(joined)

    def link(self, address: str) -> str:
        """Give the target of a link to somewhere else; ``""`` for places on the page itself."""
        if address.strip().startswith("#"):
            return ""
        joined = self.absolute(address)
        return joined if joined.lower().startswith(("http://", "https://", "mailto:")) else ""


def host_of(address: str) -> str:
    """The host of an address without "www."; empty if there is none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_same_address(shown: str, address: str) -> bool:
    """Tell whether a link's visible text is its address, perhaps shortened."""
    shown, address = _bare(shown), _bare(address)
    if shown.endswith(("…", "...")):
        return len(shown) > 6 and address.startswith(shown.rstrip("….")[:-1])
    return shown == address


def _bare(address: str) -> str:
    address = re.sub(r"\A(?:https?://|mailto:)?(?:www\.)?", "", address.strip().lower())
    return address.rstrip("/")
