"""What readers disclose: one line for each topic, on the profile or for one comment."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from broadsheet import clock
from broadsheet.readers.models import Account, Disclosure
from broadsheet.readers.names import is_legible, without_piles
from broadsheet.record.models import Topic

MAX_TEXT = 200
"""Characters of a line."""
MAX_ABOUT = 80
MAX_LINES = 20
"""Lines of one account."""


class DisclosureRefused(ValueError):
    """The line cannot stand so; ``field`` is ``about`` or ``text``, the message for its writer."""

    def __init__(self, message: str, field: str = "text") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Line:
    """A line as it is said; ``about`` is empty where it is about the whole of a comment."""

    text: str
    about: str = ""


def clean_line(text: str, *, limit: int = MAX_TEXT, field: str = "text") -> str:
    """Return a line as it is shown, in one line; empty stays empty. Raises :class:`DisclosureRefused`."""
    if len(text) > 20 * limit:
        raise DisclosureRefused(f"Please use at most {limit} characters.", field)
    plain = "".join(
        each
        for each in without_piles(text)
        if each.isspace() or unicodedata.category(each)[0] != "C" or each in "\u200c\u200d"
    )
    line = " ".join(plain.split())
    if line and not is_legible(line):
        raise DisclosureRefused("There is nothing in it that others could read.", field)
    if len(line) > limit:
        raise DisclosureRefused(
            f"Please use at most {limit} characters; this has {len(line)}.", field
        )
    return line


@transaction.atomic
def disclose(*, account: Account, about: str, text: str) -> Disclosure:
    """Let a reader say what interest they have in a topic; a line about the same one is replaced.

    ``about`` is the name of a topic of the publication, or any words. Raises
    :class:`DisclosureRefused`.
    """
    Account.objects.select_for_update().get(pk=account.pk)
    about = clean_line(about, limit=MAX_ABOUT, field="about")
    text = clean_line(text)
    if not about:
        raise DisclosureRefused("Say what it is about: a company, a person, a place.", "about")
    if not text:
        raise DisclosureRefused("Say what your interest is, such as “I work for them”.")
    topic = Topic.objects.filter(name__iexact=about).order_by("pk").first()
    earlier = Disclosure.objects.filter(account=account, about__iexact=about)
    count = Disclosure.objects.filter(account=account).count()
    if count >= MAX_LINES and not earlier.exists():
        raise DisclosureRefused(f"A profile has room for {MAX_LINES} lines. Take one out first.")
    earlier.delete()
    return Disclosure.objects.create(
        account=account,
        topic=topic,
        about=topic.name if topic else about,
        text=text,
        since=clock.now(),
    )


def take_back(*, account: Account, disclosure_id: int) -> None:
    """Take a line from the profile; comments keep what was said when they were written."""
    Disclosure.objects.filter(account=account, pk=disclosure_id).delete()


def lines_of(account: Account) -> list[Line]:
    """Return what an account discloses. One statement."""
    rows = Disclosure.objects.filter(account=account).values_list("text", "about")
    return [Line(text, about) for text, about in rows]


def bearing(lines: Iterable[Line], topics: Sequence[str], *texts: str) -> list[Line]:
    """Return the lines that bear on a story: their topic is one of its topics, or is in its words."""
    named = {topic.casefold() for topic in topics}
    said = "\n".join(texts).casefold()
    return [
        line
        for line in lines
        if not line.about
        or line.about.casefold() in named
        or re.search(rf"(?<!\w){re.escape(line.about.casefold())}(?!\w)", said)
    ]
