"""The press keys of what the record keeps: what a page says that it was made from."""

from __future__ import annotations

FRAME = "frame"
"""The publication's name, notice and sections, which stand around every page."""
STORIES = "stories"
"""Which stories are out, and what lists say of them."""


def document_key(document_id: int) -> str:
    """Everything of one document: its editions, address, standing in time, and its thread."""
    return f"document:{document_id}"
