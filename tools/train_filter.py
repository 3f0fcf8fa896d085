"""Make the weights that the learned filter is shipped with.

    python tools/train_filter.py

Reads the labelled samples and the saved pages of the shared folder (BROADSHEET_SHARED, else beside
the repository), writes ``src/broadsheet/moderation/filter/weights.json.gz``, and prints what models
say of each source that they were not trained on. Needs the extra ``filter``. The same data make the
same bytes. docs/decisions/0025-learned-filter.md says what the sources are and why.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from broadsheet.moderation.filter.features import features_of  # noqa: E402 (the path comes first)
from broadsheet.moderation.filter.model import data_of  # noqa: E402
from broadsheet.moderation.filter.samples import area_under_curve, read_samples  # noqa: E402
from broadsheet.moderation.filter.training import Source, calibrated, left_out  # noqa: E402
from broadsheet.transfer.capture import CaptureUnreadable, read_capture  # noqa: E402

SHARED = Path(os.environ.get("BROADSHEET_SHARED") or ROOT.parent / "shared")
TARGET = ROOT / "src" / "broadsheet" / "moderation" / "filter" / "weights.json.gz"
OF_PAGES = 0.3
"""How much the comments of saved pages weigh beside a source that has both kinds. At 1 they make
links as good as harmless, for what is said on blogs is full of them."""


def labelled_sources(shared: Path = SHARED) -> list[Source]:
    """Return the samples of the shared folder that are labelled, one source for each file."""
    return [
        Source(path.name.partition(".")[0], *read_samples(path))
        for path in sorted((shared / "fixtures" / "spam").glob("*/*"))
    ]


def page_comments(shared: Path = SHARED) -> Source:
    """Return comments that stand on pages of news sites and blogs: nobody there took them for spam."""
    texts: dict[str, None] = {}
    for path in sorted((shared / "fixtures" / "html-captures").glob("*.html.gz")):
        try:
            capture = read_capture(gzip.decompress(path.read_bytes()))
        except CaptureUnreadable:
            continue
        texts |= dict.fromkeys(
            each.text for each in capture.comments if each.kind == "comment" and each.text
        )
    return Source("saved pages", list(texts), [False] * len(texts), OF_PAGES)


def main() -> int:
    sources = [*labelled_sources(), page_comments()]
    if len(sources) < 3:
        print(f"There are no samples in {SHARED}.", file=sys.stderr)
        return 2
    for source, model in left_out(sources):
        sums = [model.sum_of(features_of(text)) for text in source.texts]
        if any(source.is_spam):
            found = f"AUC {area_under_curve(sums, source.is_spam):.4f}"
        else:
            found = f"{100 * sum(each > 0 for each in sums) / len(sums):.1f} % taken for spam"
        print(f"{source.name}: {len(sums)} texts, without it {found}")
    data = json.dumps(data_of(calibrated(sources)), ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(data.encode(), 9, mtime=0))
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
