"""The learned filter: how likely it is that a text is spam, and what speaks for it.

>>> from broadsheet.moderation.filter import score
>>> score("Great article, thank you.") < 0.5 < score("Check out my channel and subscribe!!")
True

Plain Python, some hundred microseconds for a comment. :mod:`.training` makes the weights that are
shipped, :mod:`.lessons` what a publication teaches beside.
"""

from __future__ import annotations

from broadsheet.moderation.filter.features import features_of, words_about
from broadsheet.moderation.filter.model import Opinion, Own, shipped

__all__ = ["Opinion", "Own", "opinion", "score"]

_NOTHING = Own()


def score(text: str, *, story: str = "", parent: str = "", own: Own = _NOTHING) -> float:
    """Return the probability that a text is spam, 0 to 1.

    ``story`` and ``parent`` are what it is written beneath and what it answers, if that is known;
    ``own`` is what this publication has taught.
    """
    return opinion(text, story=story, parent=parent, own=own).probability


def opinion(text: str, *, story: str = "", parent: str = "", own: Own = _NOTHING) -> Opinion:
    """Return the same with its reasons."""
    about = words_about(story, parent) if story or parent else frozenset()
    return shipped().opinion(features_of(text, about=about), own)
