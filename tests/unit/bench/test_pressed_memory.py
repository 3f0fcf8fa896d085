"""Which pages the press is filled with."""

from __future__ import annotations

from bench.pressed_memory import next_page, root_ids, rows

PAGE = b"""
<article class="comment" id="c-5" aria-labelledby="c-5-h">
<h3 id="c-5-h"><bdi class="who">Ada</bdi></h3></article>
<article class="comment" id="c-7" aria-labelledby="c-7-h">
<h3 id="c-7-h"><bdi>Bo</bdi> <span class="vh">replying to <bdi>Ada</bdi></span></h3></article>
<p class="more"><a href="/2026/09/a/discussion/?after=50" rel="next">More</a></p>
"""


def test_comments_that_answer_another_have_no_page():
    assert root_ids(PAGE) == [5]


def test_pages_of_the_thread_are_followed_to_the_last():
    assert next_page("/2026/09/a/discussion/", PAGE) == "/2026/09/a/discussion/?after=50"
    assert next_page("/2026/09/a/discussion/?after=50", PAGE) is None


def test_only_the_run_with_a_bound_is_judged():
    run = {"pages": 100, "compressed_bytes": 5_000_000, "memory_bytes": [100_000_000, 113_000_000]}
    runs = [{**run, "bound_megabytes": None}, {**run, "bound_megabytes": 8}]

    (line,) = rows({"setting": "press_memory", "runs": runs})

    assert (line["measured"], line["is_met"]) == ("+ 13 MB for 5 MB of pages", False)
