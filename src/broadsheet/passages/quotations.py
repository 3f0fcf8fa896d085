"""Quotations of a story in a comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Quotation:
    text: int
    start: int
    end: int
    said_start: int
    said_end: int


def may_quote(comment: str) -> bool:
    return False


def quotations(comment: str, texts: Sequence[str]) -> list[Quotation]:
    return []
