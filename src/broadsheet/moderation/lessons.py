"""How the filter learns: decisions become lessons, and the task worker makes weights of them.

A lesson is kept in the transaction of its decision and goes when that is taken back. It has numbers
in place of words, so that it stays lawful where the words have to go. Learning is logistic regression
again, by stochastic gradient, in plain Python: it begins at what the shipped weights say of each
lesson and learns only what they got wrong. Thousands of lessons take seconds, and nothing to install.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from broadsheet import clock
from broadsheet.discussion.models import CommentVersion, RemovedWords
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.filter.features import features_of
from broadsheet.moderation.filter.model import Own, number_of, probability_of, shipped
from broadsheet.moderation.keys import FILTER
from broadsheet.moderation.models import Decision, Lesson, Taught
from broadsheet.press.kept import kept

MOST_LESSONS = 5_000
"""Lessons that are learned from; older ones have served."""
LEAST_LESSONS = 4
"""Of each kind, before anything is believed."""
ROUNDS = 8
RATE = 1.0
PENALTY = 0.002
"""How much a weight shrinks with each lesson that it is part of."""
MOST_BEGIN = 1.0
"""Log odds that the share of spam in the lessons may add: moderators see more spam than there is."""
MOST_WEIGHTS = 5_000
LEAST_WEIGHT = 0.05


def taught() -> Own:
    """Return what this publication has taught. No statement, one when it learned more."""
    return kept(FILTER, _read)


def _read() -> Own:
    found = Taught.objects.filter(pk=Taught.ONLY).first()
    if found is None:
        return Own()
    weights = {int(number): float(weight) for number, weight in found.weights.items()}
    return Own(weights, found.begin, found.lessons)


def take_lesson(sender: object, instance: Decision, created: bool = False, **more: object) -> None:
    """Keep what a decision teaches, when it is made; what is taken back teaches nothing."""
    if not created:
        return
    if instance.reverses_id is not None:
        Lesson.objects.filter(decision=instance.reverses_id).delete()
    is_spam = _verdict_of(instance)
    text = words_of(instance) if is_spam is not None else ""
    if is_spam is None or not text:
        return
    seen = features_of(text)
    Lesson.objects.create(
        decision=instance,
        is_spam=is_spam,
        odds=shipped().odds(seen, Own()),
        grams=array("I", map(number_of, seen.words)).tobytes(),
    )


def _verdict_of(decision: Decision) -> bool | None:
    """Return whether a decision says that something is spam; ``None``: it says nothing of that."""
    if decision.measure in (Measure.DECLINED, Measure.REMOVED):
        # An insult is no spam, and no example of what is none.
        return True if decision.ground == Ground.SPAM else None
    if decision.measure == Measure.PUBLISHED:
        return False
    return None


def words_of(decision: Decision) -> str:
    """Return the words that a decision is about; empty where they are gone for good."""
    if decision.held is not None:
        return decision.held.text
    removed = RemovedWords.objects.filter(comment=decision.comment_id).first()
    if removed and removed.texts:
        return str(removed.texts[max(removed.texts, key=int)])
    version = CommentVersion.objects.filter(comment=decision.comment_id, valid_to=None).first()
    return version.text if version else ""


def learn() -> bool:
    """Learn from all lessons if there are new ones; says whether there were. For the task worker."""
    lessons = list(Lesson.objects.order_by("-decision")[:MOST_LESSONS])
    before = Taught.objects.filter(pk=Taught.ONLY).first()
    last = max((each.decision_id for each in lessons), default=0)
    known = (before.lessons, before.last_lesson) if before else (0, 0)
    if (len(lessons), last) == known:
        return False
    own = learned(
        [(each.is_spam, each.odds, _numbers(bytes(each.grams))) for each in reversed(lessons)]
    )
    strongest = sorted(own.weights.items(), key=lambda pair: -abs(pair[1]))[:MOST_WEIGHTS]
    values: Mapping[str, Any] = {
        "weights": {
            str(number): round(weight, 3)
            for number, weight in strongest
            if abs(weight) >= LEAST_WEIGHT
        },
        "begin": round(own.begin, 4),
        "lessons": len(lessons),
        "last_lesson": last,
        "learned_at": clock.now(),
    }
    with transaction.atomic():
        Taught.objects.update_or_create(pk=Taught.ONLY, defaults=values)
    return True


def _numbers(grams: bytes) -> Sequence[int]:
    numbers = array("I")
    numbers.frombytes(grams)
    return numbers


def learned(lessons: Sequence[tuple[bool, float, Sequence[int]]]) -> Own:
    """Return what lessons teach: each says whether it is spam, what was thought before, and its words.

    Nothing before there are some of both kinds.
    """
    spam = sum(is_spam for is_spam, _, _ in lessons)
    if min(spam, len(lessons) - spam) < LEAST_LESSONS:
        return Own(lessons=len(lessons))
    weights: dict[int, float] = {}
    begin = 0.0
    # Each kind counts the same: a flood is one event, however many comments it has.
    balance = {True: len(lessons) / (2 * spam), False: len(lessons) / (2 * (len(lessons) - spam))}
    for turn in range(ROUNDS):
        rate = RATE / (1 + turn / 2)
        for is_spam, odds, numbers in lessons:
            if not numbers:
                continue
            share = 1 / math.sqrt(len(numbers))
            said = begin + share * sum(weights.get(number, 0.0) for number in numbers)
            wrong = (is_spam - probability_of(odds + said)) * min(balance[is_spam], 3.0)
            begin = max(-MOST_BEGIN, min(MOST_BEGIN, begin + rate * wrong / 20))
            step = rate * wrong * share
            for number in numbers:
                weights[number] = weights.get(number, 0.0) * (1 - PENALTY) + step
    return Own(weights, begin, len(lessons))
