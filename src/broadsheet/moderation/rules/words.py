"""Words that the publication does not take, and words that somebody looks at first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.folding import WordList, fold, word_list, words_of
from broadsheet.moderation.options import choice, lines
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule

_HELP = (
    "One word or phrase on each line. Whole words are found, in any case, with accents or without, and"
    " with look-alike letters; “casino*” finds all words that begin so."
)


def _clean(line: str) -> str:
    if not words_of(fold(line)):
        raise ValueError(f"“{line[:40]}” has no letters or digits.")
    return line


@dataclass(frozen=True)
class Options:
    blocked: tuple[str, ...] = lines("Blocked words", clean_line=_clean, about=_HELP)
    blocked_outcome: str = choice(
        "A comment with a blocked word",
        Outcome.REFUSE,
        [(str(Outcome.REFUSE), "is refused"), (str(Outcome.HOLD), "waits for a moderator")],
    )
    watched: tuple[str, ...] = lines(
        "Watched words",
        clean_line=_clean,
        about="A comment with one of them waits for a moderator.",
    )


@lru_cache(maxsize=8)
def _prepared(written: tuple[str, ...]) -> WordList:
    return word_list(written)


def _judge(case: Case, options: Options) -> Reason | None:
    said = f"{case.posting.draft.name}\n{case.text}"
    if blocked := _prepared(options.blocked).found_in(said):
        outcome = Outcome(options.blocked_outcome)
        becomes = "is not published here" if outcome == Outcome.REFUSE else "is read first"
        return Reason(
            RULE.name,
            outcome,
            f"It has {_listed(blocked)} in it, which {becomes}.",
            details={"blocked": blocked[:20]},
        )
    if watched := _prepared(options.watched).found_in(said):
        return Reason(
            RULE.name,
            Outcome.HOLD,
            f"A comment with {_listed(watched)} in it is read by a moderator first.",
            details={"watched": watched[:20]},
            is_soft=True,
        )
    return None


def _listed(words: list[str]) -> str:
    quoted = [f"“{word}”" for word in words[:3]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


RULE = Rule(
    "words",
    "Words",
    "A comment, or a guest’s name, with a blocked word is refused or waits; with a watched word it"
    " waits.",
    Options,
    _judge,
)
