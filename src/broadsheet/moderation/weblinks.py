"""The links of a comment, as a reader would follow or type them, and the hosts they lead to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.moderation.folding import fold

MAX_LINKS = 200
"""Links that are looked at; whoever gives more has given too many."""
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOTS = r"(?:\.|\[\.\]|\(dot\)| dot )"
_ADDRESS = re.compile(
    r"(?:h(?:tt|xx)ps?://|(?<![\w@])www\.)[^\s<>\"')\]]{1,2000}"
    # Without a scheme: only under endings that are rarely the end of one sentence and the begin of
    # the next.
    rf"|(?<![\w@./-]){_LABEL}(?:{_DOTS}{_LABEL}){{0,4}}{_DOTS}"
    r"(?:com|net|org|info|biz|ru|cn|tk|ml|xyz|top|online|site|shop|club|store|vip|bet|casino|loan|icu"
    r"|buzz|website|tv|ly|gl|io|cc|uk)"
    r"\b(?!\.\w)(?:/[^\s<>\"')\]]{0,2000})?",
    re.IGNORECASE,
)
_SHORTENERS = """
bit.ly bitly.com tinyurl.com goo.gl t.co ow.ly is.gd buff.ly rebrand.ly cutt.ly shorturl.at rb.gy t.ly
tiny.cc adf.ly bc.vc shorte.st ouo.io soo.gd v.gd x.co lnkd.in db.tt qr.ae clck.ru vk.cc u.to tny.im
trib.al bl.ink short.io shorturl.com urlz.fr clicky.me snip.ly linktr.ee lnk.to lnk.bio smarturl.it
amzn.to wa.me t.me dlvr.it po.st su.pr 1url.com
"""
SHORTENERS = frozenset(_SHORTENERS.split())
"""Hosts that hide where a link leads, and those that lead into private chats."""


@dataclass(frozen=True)
class Link:
    written: str
    host: str
    """In lower case, with the letters that it is shown with; empty where none can be made out."""
    imitated: str
    """What the host looks like, where it has letters that look like others; else empty."""


def links_of(text: str) -> list[Link]:
    """Return the links of a text, in order; what is linked twice is there twice."""
    found: list[Link] = []
    for match in _ADDRESS.finditer(text):
        written = match.group()
        if len(found) == MAX_LINKS:
            break
        host = host_of(written)
        found.append(Link(written[:200], host, imitated_by(host)))
    return found


def host_of(address: str) -> str:
    """Return the host of an address as it is shown, without *www*; empty where there is none."""
    plain = re.sub(r"\[\.\]|\(dot\)| dot ", ".", address, flags=re.IGNORECASE)
    plain = plain.partition("://")[2] or plain
    authority = re.split(r"[/?#\\]", plain, maxsplit=1)[0].rpartition("@")[2]
    host = authority.partition(":")[0].casefold().strip(".[")
    return shown_host(host.removeprefix("www."))


@lru_cache(maxsize=2_000)
def shown_host(host: str) -> str:
    """Return a host with its labels as they are shown (``xn--…`` is what a browser sends)."""
    labels = []
    for label in host.split(".")[:12]:
        if label.startswith("xn--") and len(label) <= 63:
            try:
                label = label[4:].encode("ascii").decode("punycode")
            except (UnicodeError, ValueError):
                return ""
        labels.append(label)
    return ".".join(labels)


@lru_cache(maxsize=2_000)
def imitated_by(host: str) -> str:
    """Return the plain host that one is drawn like with letters of other alphabets, or nothing.

    A host that is all in one other alphabet imitates nobody, unless it can be read as Latin
    throughout; accents do not make another alphabet.
    """
    if all(map(_is_latin, host)):
        return ""
    alike = fold(host)
    return alike if alike.isascii() else ""


def _is_latin(character: str) -> bool:
    return character.isascii() or "LATIN" in unicodedata.name(character, "")


def is_below(host: str, domain: str) -> bool:
    """Say whether a host is a domain or lies below it."""
    return host == domain or host.endswith("." + domain)


def clean_domain(line: str) -> str:
    """Return a domain as it is compared, from what an editor wrote; raises :class:`ValueError`."""
    host = host_of(line.strip())
    if "." not in host or any(not label or len(label) > 63 for label in host.split(".")):
        raise ValueError(f"“{line[:80]}” is not a domain, as in “example.com”.")
    if any(each.isspace() for each in host):
        raise ValueError(f"“{line[:80]}” is not one domain.")
    return host
