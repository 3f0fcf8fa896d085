"""Commands about the learned filter."""

from __future__ import annotations

from pathlib import Path

import click

from broadsheet.cli import shared


@click.group("filter")
def filter_group() -> None:
    """Try the filter that learns what spam is."""


@filter_group.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@shared.json_option
def score(files: tuple[Path, ...], as_json: bool) -> None:
    """Judge labelled files, and say how well spam was told from what is none.

    A table with the columns CONTENT and CLASS (or label), or lines of a label, a tab and a text. The
    filter is the shipped one; what a publication taught it is not asked.
    """
    from broadsheet.moderation.filter import score as score_of
    from broadsheet.moderation.filter.samples import (
        SamplesUnreadable,
        area_under_curve,
        precision_at_recall,
        read_samples,
    )

    found = []
    for path in files:
        try:
            texts, is_spam = read_samples(path)
        except SamplesUnreadable as wrong:
            raise click.ClickException(str(wrong)) from wrong
        scores = [score_of(text) for text in texts]
        precision, threshold = precision_at_recall(scores, is_spam, 0.9)
        found.append(
            {
                "file": path.name,
                "texts": len(texts),
                "spam": sum(is_spam),
                "auc": round(area_under_curve(scores, is_spam), 4),
                "precision_at_recall_0.9": round(precision, 4),
                "threshold": round(threshold, 4),
            }
        )
    lines = [
        f"{each['file']}: {each['texts']} texts, {each['spam']} spam, AUC {each['auc']},"
        f" precision {each['precision_at_recall_0.9']} at recall 0.9 (from {each['threshold']})"
        for each in found
    ]
    shared.answer(found, as_json=as_json, text="\n".join(lines))
