"""Threads as more themes and systems mark them; each sample is the thread alone, in our words."""

from __future__ import annotations

import pytest
from tests.unit.transfer.capture_samples import SAMPLES, STORY, outline, page

from broadsheet.transfer.capture import read_capture

THREADS = {
    "wordpress-genesis": [
        (1, "Xenia", "Hi."),
        (2, "Yan", "Ho."),
    ],
    "wordpress-magazine": [
        (1, "Name One", "Text one."),
        (1, "Name Two", "Text two."),
    ],
    "wordpress-1.5": [
        (1, "Ulf", "First text.\n\nMore."),
        (1, "Vera", "Second."),
    ],
    "wordpress-twenty-ten": [
        (1, "Wim", "Body text."),
    ],
    "wordpress-box": [
        (1, "Zoe", "Hello there."),
    ],
    "wordpress-k2": [
        (1, "Kurt", "Item text."),
    ],
    "wpdiscuz": [
        (1, "Ada", "Top."),
        (2, "Bo", "Sub."),
    ],
    "slash": [
        (1, "Neo", "Body here."),
        (2, "Trin", "Reply here."),
    ],
    "classes-alone": [
        (1, "Ola", "Some words."),
        (1, "Per", "Other words."),
    ],
    "movable-type-3": [
        (1, "Zed", "Three."),
        (1, "Yes", "Four."),
    ],
    "drupal-6": [
        (1, "Gus", "Gus text."),
        (2, "Hal", "Hal text."),
    ],
    "block-element": [
        (1, "Ida", "Ida text"),
        (2, "Jon", "Jon text"),
    ],
    "disqus-newer": [
        (1, "Abe", "Abe says hi."),
        (2, "Bea", "Bea too."),
    ],
}


@pytest.mark.parametrize("name", THREADS)
def test_thread_alone(name: str) -> None:
    markup = (SAMPLES / "threads" / f"{name}.html").read_text(encoding="utf-8")

    assert outline(read_capture(page(STORY + markup))) == THREADS[name]
