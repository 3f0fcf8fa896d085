"""Helpers of the capture tests: our own samples, and a short way to state a thread."""

from __future__ import annotations

from pathlib import Path

from broadsheet.transfer.capture import Capture, read_capture

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> Capture:
    return read_capture((SAMPLES / name).read_bytes(), filename=name)


def outline(capture: Capture) -> list[tuple[int, str | None, str]]:
    """The thread as ``(depth, name, text)``."""
    return [(comment.depth, comment.name, comment.text) for comment in capture.comments]


def page(body: str, head: str = "<title>A title of the page</title>") -> bytes:
    """A small page around some markup."""
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


STORY = (
    "<article><h1>A title of the page</h1><div class='entry-content'>"
    "<p>Some words that make a story, and then some more of them.</p></div></article>"
)
