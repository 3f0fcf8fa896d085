"""What a capture has to say about what its page does not say."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.transfer.capture.model import CapturedComment, Unreadable


def gaps(
    comments: Sequence[CapturedComment],
    day_only: int = 0,
    ambiguous: int = 0,
    *,
    names: bool = True,
) -> list[str]:
    """Say what a thread does not record: times, names, and dates that mean two days."""
    written = [comment for comment in comments if comment.kind == "comment"]
    without_time = sum(comment.posted_at is None for comment in written)
    without_name = sum(comment.name is None for comment in written)
    warnings = []
    if ambiguous:
        warnings.append(
            f"The dates of {counted(ambiguous)} can mean two days each; they are not recorded."
        )
    if without_time > ambiguous:
        which = "the comments" if without_time == len(written) else counted(without_time)
        warnings.append(f"The page does not give the time of {which}.")
    if day_only:
        warnings.append(f"Of {counted(day_only)} the page gives the day but not the time.")
    if names and without_name:
        warnings.append(f"The page does not give the name of {counted(without_name)}.")
    return warnings


def count_warnings(
    claimed: int | None, comments: Sequence[CapturedComment], unreadable: Sequence[Unreadable]
) -> list[str]:
    """Name both numbers where the page claims another number than it shows."""
    whole = len(comments) + len(unreadable)
    written = sum(comment.kind == "comment" for comment in comments)
    if claimed is None or claimed in (whole, len(comments), written):
        return []
    return [f"The page claims {counted(claimed)}; {len(comments)} were found."]


def counted(number: int) -> str:
    return "one comment" if number == 1 else f"{number} comments"
