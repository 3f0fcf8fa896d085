"""Names in a thread that are likely one of the story's authors, for an editor to confirm."""

from __future__ import annotations

import re
import unicodedata

from broadsheet.transfer.capture.model import Capture


def suggest_author_aliases(capture: Capture) -> tuple[tuple[str, str], ...]:
    """Pair names of the thread with byline names they are likely the same person as.

    Pairs are ``(name_in_thread, byline_name)``, each name of the thread at most once, in the order
    of the thread. A first name alone is not enough.
    """
    pairs: list[tuple[str, str]] = []
    seen: set[str] = set()
    for comment in capture.comments:
        name = comment.name
        if name is None or name in seen:
            continue
        seen.add(name)
        likely = [author for author in capture.byline if _is_likely_the_same(name, author)]
        # With two fitting authors the name says nothing.
        if len(likely) == 1:
            pairs.append((name, likely[0]))
    return tuple(pairs)


def _is_likely_the_same(name: str, author: str) -> bool:
    given, printed = _words(name), _words(author)
    if not given or not printed:
        return False
    if given == printed or "".join(given) == "".join(printed):
        return True
    if len(printed) < 2:
        return False
    first, last = printed[0], printed[-1]
    if len(given) == 1:
        # The account names that people make of their own: twarren, tomw, tom.warren.
        return given[0] in {first[0] + last, first + last[0], first[0] + "".join(printed[1:])}
    rest = printed[1:]
    if given[0] == first and len(given) - 1 <= len(rest):
        tail = rest[-(len(given) - 1) :]
        return all(full.startswith(part) for part, full in zip(given[1:], tail, strict=True))
    # "T. Warren", or the last name first.
    return (len(given) == 2 and given[0] == first[0] and given[1] == last) or given == [last, first]


def _words(name: str) -> list[str]:
    """Fold case and accents: ``"Tom W."`` becomes ``["tom", "w"]``."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", plain)
