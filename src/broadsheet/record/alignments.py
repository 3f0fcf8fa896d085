"""Where the words of one edition stand in another."""

from __future__ import annotations

from broadsheet.passages import Alignment, align
from broadsheet.record.models import Edition, EditionAlignment


def keep_alignment(earlier: Edition, later: Edition) -> EditionAlignment:
    """Align two consecutive editions and store it; done once, when the later one is appended."""
    return EditionAlignment.objects.create(
        earlier=earlier,
        later=later,
        data=align(earlier.canonical_text, later.canonical_text).to_data(),
    )


def alignment_between(earlier: Edition, later: Edition) -> Alignment:
    """Return the stored alignment, or, of editions that are not consecutive, a new one."""
    stored = EditionAlignment.objects.filter(earlier=earlier, later=later).first()
    if stored:
        return stored.alignment
    return align(earlier.canonical_text, later.canonical_text)
