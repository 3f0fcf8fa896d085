"""The discussions that all are measured with."""

from __future__ import annotations

from broadsheet.sample.invented import DEEPEST, body, discussion


def test_discussion_is_the_same_in_every_run():
    assert list(discussion(40)) == list(discussion(40))
    assert body() == body()


def test_discussion_is_as_long_and_as_deep_as_it_says():
    said = list(discussion(5_000))
    depths: list[int] = []
    for place, comment in enumerate(said):
        assert comment.parent is None or comment.parent < place
        depths.append(1 if comment.parent is None else depths[comment.parent] + 1)
    assert max(depths) == DEEPEST == 5
    assert len({comment.text for comment in said}) == 5_000
    assert 170 < sum(len(comment.text) for comment in said) / 5_000 < 190
    assert 0.38 < sum(depth > 1 for depth in depths) / 5_000 < 0.42
