"""Read a saved story page (HTML, or its plain text) into a story and its thread."""

from __future__ import annotations

import dataclasses

from broadsheet.transfer.capture.aliases import suggest_author_aliases
from broadsheet.transfer.capture.html.reader import read_html
from broadsheet.transfer.capture.model import (
    Capture,
    CapturedBlock,
    CapturedComment,
    CaptureUnreadable,
    Unreadable,
)
from broadsheet.transfer.capture.source import open_source
from broadsheet.transfer.capture.text.reader import read_text

__all__ = [
    "Capture",
    "CaptureUnreadable",
    "CapturedBlock",
    "CapturedComment",
    "Unreadable",
    "read_capture",
    "suggest_author_aliases",
]


def read_capture(data: bytes, *, filename: str = "") -> Capture:
    """Read the bytes of a saved page, packed with gzip or not.

    Raises ``CaptureUnreadable`` with the reason, and the file's name if it was given; whatever the
    bytes are, nothing else is raised.
    """
    try:
        source = open_source(data)
        capture = read_html(source.text) if source.is_markup else read_text(source.text)
    except CaptureUnreadable as error:
        if filename:
            raise CaptureUnreadable(f"{filename}: {error}") from error
        raise
    if not source.warnings:
        return capture
    return dataclasses.replace(capture, warnings=source.warnings + capture.warnings)
