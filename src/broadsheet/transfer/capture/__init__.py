"""Read a saved story page (HTML, or its plain text) into a story and its thread."""

from __future__ import annotations

from broadsheet.transfer.capture.html.reader import read_html
from broadsheet.transfer.capture.model import Capture, CaptureUnreadable
from broadsheet.transfer.capture.source import open_source

__all__ = ["Capture", "CaptureUnreadable", "read_capture"]


def read_capture(data: bytes, *, filename: str = "") -> Capture:
    source = open_source(data)
    return read_html(source.text)
