"""The score by which the best comments stand first.

Nobody votes against a comment, so its thanks alone say nothing of how many passed it by. What is
known is how often somebody gave thanks in this thread while the comment stood there: each of these
was a trial, and a success if it was this comment that was thanked. The score is the lower end of the
95 % confidence interval of that share (Wilson, "Probable Inference, the Law of Succession, and
Statistical Inference", J. American Statistical Association 22, 1927; for ranking: Evan Miller, "How
Not To Sort By Average Rating", 2009). So a comment that came late is not behind one that had all day,
and two thanks of two do not beat ninety of a hundred: :data:`PRIOR` trials without success are
added to each.

A score changes with the thanks of its comment and, for all comments of a thread at once, when the
thread has a quarter more thanks than when they were last weighed (one statement; over the life of a
thread as much work as a few statements for each thanks). Between two weighings one more thanks
never lowers a score. It is a whole number of millionths, so that pages can be continued after it;
equal scores stand in the order of arrival.
"""

from __future__ import annotations

import math

from django.db.models import F, FloatField, IntegerField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Floor, Greatest, Sqrt

Z = 1.959964
"""Of 95 %."""
PRIOR = 10
"""Trials that each comment is given beforehand: the first thanks of a quiet hour say little."""
MILLION = 1_000_000
WEIGH_AGAIN = 1.25
"""The scores of a thread are weighed again when its thanks have grown by this factor."""


def best_score(thanks: int, trials: int) -> int:
    """Return the score in millionths.

    >>> best_score(0, 50)
    0
    >>> best_score(2, 2) < best_score(90, 100)
    True
    """
    if thanks <= 0:
        return 0
    n = max(thanks, trials) + PRIOR
    share = thanks / n
    square = Z * Z
    spread = Z * math.sqrt((share * (1 - share) + square / (4 * n)) / n)
    return math.floor((share + square / (2 * n) - spread) / (1 + square / n) * MILLION)


def best_score_in_store(weighed: int, *, more: int = 0) -> Combinable:
    """Return the same as an expression over comments, with ``more`` thanks than they have.

    ``weighed`` is how many thanks the thread had at the last weighing.
    """
    square = Z * Z
    thanks = Cast(F("thanks_count") + Value(more), FloatField())
    stood = Cast(Value(weighed, output_field=IntegerField()) - F("thanks_before"), FloatField())
    n = Greatest(thanks, stood) + Value(float(PRIOR))
    share = thanks / n
    spread = Value(Z) * Sqrt((share * (Value(1.0) - share) + Value(square / 4) / n) / n)
    lower = (share + Value(square / 2) / n - spread) / (Value(1.0) + Value(square) / n)
    # Without thanks the interval begins at nothing, but for what rounding leaves.
    return Cast(Floor(Greatest(lower, Value(0.0)) * Value(float(MILLION))), IntegerField())


def is_due(thanks: int, weighed: int) -> bool:
    """Say whether the scores of a thread are to be weighed again."""
    return thanks >= max(weighed * WEIGH_AGAIN, 1) and thanks != weighed
