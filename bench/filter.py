"""The learned filter on texts that it was not trained on: does it tell spam from what is none?

    python -m bench.filter             the shared samples, each source by a model of the others
    python -m bench.filter FILE …      the filter as it is shipped, on labelled files

Prints for each source the area under the curve, precision where nine tenths of the spam are found,
and how often comments of saved pages would be held; then how far its probabilities are true (a
reliability table, and ``reliability.svg`` where matplotlib is installed), and what one comment costs.
Files are those that ``broadsheet.moderation.filter.samples`` reads. Training needs the extra
``filter``, judging files nothing.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from bench.figures import markdown_table  # noqa: E402 (the path comes first)
from tools.train_filter import labelled_sources, page_comments  # noqa: E402

from broadsheet.moderation.filter import opinion, score  # noqa: E402
from broadsheet.moderation.filter.features import features_of  # noqa: E402
from broadsheet.moderation.filter.model import Own, probability_of  # noqa: E402
from broadsheet.moderation.filter.samples import (  # noqa: E402
    SamplesUnreadable,
    area_under_curve,
    precision_at_recall,
    read_samples,
)

GOAL = 0.97
RECALL = 0.9
HOLD = 0.9
"""The probability from which on a comment waits, if nobody sets another."""
BINS = 10
OUT = ROOT / "build" / "bench"


@dataclass(frozen=True)
class Judged:
    """What a filter said of the texts of a source."""

    name: str
    scores: Sequence[float]
    is_spam: Sequence[bool]

    def row(self) -> list[str]:
        others = [each for each, spam in zip(self.scores, self.is_spam, strict=True) if not spam]
        held = sum(each >= HOLD for each in others) / len(others) if others else float("nan")
        if not any(self.is_spam):
            return [self.name, str(len(self.scores)), "–", "–", f"{100 * held:.1f} %", "–"]
        area = area_under_curve(self.scores, self.is_spam)
        precision, _ = precision_at_recall(self.scores, self.is_spam, RECALL)
        met = "met" if area >= GOAL else "MISSED"
        return [
            self.name,
            f"{len(self.scores)}",
            f"{area:.4f}",
            f"{precision:.3f}",
            f"{100 * held:.1f} %",
            met,
        ]


def left_out_judged() -> list[Judged]:
    """Let models judge each source that they were not trained on, calibrated without it as well."""
    from broadsheet.moderation.filter.training import calibrated

    sources = [*labelled_sources(), page_comments()]
    found = []
    for source in sources:
        model = calibrated([each for each in sources if each is not source])
        odds = [model.odds(features_of(text), Own()) for text in source.texts]
        found.append(Judged(source.name, [probability_of(each) for each in odds], source.is_spam))
    return found


def judged_files(paths: Sequence[Path]) -> list[Judged]:
    """Let the filter as it is shipped judge labelled files."""
    found = []
    for path in paths:
        texts, is_spam = read_samples(path)
        found.append(Judged(path.name, [score(text) for text in texts], is_spam))
    return found


def reliability(found: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """Return for each tenth of probability: the mean that was said, the share that was spam, and how
    many texts there were."""
    pairs = [pair for each in found for pair in zip(each.scores, each.is_spam, strict=True)]
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for said, spam in pairs:
        bins[min(int(said * BINS), BINS - 1)].append((said, spam))
    return [
        (
            statistics.fmean(said for said, _ in each),
            statistics.fmean(spam for _, spam in each),
            len(each),
        )
        for each in bins
        if each
    ]


def draw(rows: Sequence[tuple[float, float, int]], target: Path) -> None:
    """Draw the reliability curve. Raises :class:`ImportError` without matplotlib."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="0.7", label="as it should be")
    axes.plot([said for said, _, _ in rows], [true for _, true, _ in rows], marker="o", label="was")
    axes.set_xlabel("probability of spam that was said")
    axes.set_ylabel("share that was spam")
    axes.legend()
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target)
    pyplot.close(figure)


def cost(texts: Sequence[str]) -> float:
    """Return the microseconds of processor time for one text, the least of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for text in texts:
            opinion(text)
        rounds.append((time.process_time() - began) / len(texts) * 1e6)
    return min(rounds)


def report(found: Sequence[Judged], *, is_shipped: bool) -> str:
    """Lay out what was found."""
    head = ["source", "texts", "AUC", f"precision at recall {RECALL}", f"others held at {HOLD}", ""]
    parts = [
        "The filter as it is shipped."
        if is_shipped
        else "Each source by a model of all the others.",
        markdown_table(head, [each.row() for each in found]),
    ]
    rows = reliability(found)
    parts.append(
        markdown_table(
            ["said", "was", "texts"],
            [[f"{said:.2f}", f"{true:.2f}", str(count)] for said, true, count in rows],
        )
    )
    return "\n\n".join(parts)


def main(given: Sequence[str]) -> int:
    try:
        found = judged_files([Path(each) for each in given]) if given else left_out_judged()
    except (OSError, SamplesUnreadable) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    print(report(found, is_shipped=bool(given)))
    if not given:
        try:
            draw(reliability(found), OUT / "reliability.svg")
            print(f"\n{OUT / 'reliability.svg'}")
        except ImportError as reason:
            print(f"\nNo picture: {reason} (pip install 'broadsheet[bench]').")
    sample = [f"{text} " for text in page_comments().texts[:200]] or ["Are you sure?"]
    length = statistics.fmean(map(len, sample))
    print(f"\n{cost(sample):.0f} µs of processor time for a comment of {length:.0f} characters.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
