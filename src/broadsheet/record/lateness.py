"""When the words that a correction takes back came out.

A story may have had other editions since, so the last one's time says little. Words are followed
back through the editions as long as they stand there: whole paragraphs, and the facts in them, so
that a comma mended yesterday does not make an old error young.
"""

from __future__ import annotations

import datetime as dt

from broadsheet.record import rules
from broadsheet.record.content import EditionContent
from broadsheet.record.models import Edition


def came_out_at(last: Edition, content: EditionContent) -> dt.datetime:
    """Return when the oldest of the words came out that ``last`` has and ``content`` has not.

    One statement; editions are read one by one until the words are not there.
    """
    came = last.published_at
    words = _units(last.content) - _units(content)
    facts = _facts(last.content, content)
    earlier = Edition.objects.filter(
        document=last.document_id, published_at__lt=last.published_at
    ).order_by("-published_at", "-number")
    for edition in earlier.iterator(chunk_size=20):
        older = edition.content
        words &= _units(older)
        facts &= _facts(older, content) if facts else set()
        if not words and not facts:
            break
        came = edition.published_at
    return came


def _units(content: EditionContent) -> set[str]:
    """Return what an edition says in pieces that are compared as wholes."""
    pieces = (content.headline, content.standfirst, *(block.text for block in content.blocks))
    return {" ".join(piece.split()) for piece in pieces if piece.strip()}


def _facts(old: EditionContent, new: EditionContent) -> set[tuple[str, str]]:
    """Return the facts of an old text that a new one changed or has not."""
    return {(touch.what, touch.before) for touch in rules.touches(old, new) if touch.before}
