"""``broadsheet sample --thread``: an invented discussion of any size in any store."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests import factories

from broadsheet.cli import main
from broadsheet.desk.adoption import front_page
from broadsheet.discussion.models import Comment, CommentVersion, Thread
from broadsheet.record.queries import sections
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db


def run(*arguments: str):
    return CliRunner().invoke(main, ["sample", *arguments])


def texts(document: int) -> list[tuple[str, str, int]]:
    versions = CommentVersion.objects.filter(comment__document=document)
    return list(
        versions.order_by("comment__sequence").values_list(
            "comment__name", "text", "comment__depth"
        )
    )


@pytest.fixture
def in_use(publication):
    front_page()
    return factories.comment(factories.story())


def test_thread_is_added_to_a_store_in_use(in_use, client):
    result = run("--thread", "120", "--json")

    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert made["comments"] == 120
    assert made["address"].endswith(made["path"])
    assert client.get(made["path"]).status_code == 200
    assert Thread.objects.get(document=made["document"]).comment_count == 120
    assert "Corpus" not in [section.name for section in sections()]
    assert verify_record().faults == ()


def test_thread_has_the_shape_of_a_discussion(in_use):
    made = json.loads(run("--thread", "600", "--json").stdout)

    comments = Comment.objects.filter(document=made["document"])
    depths = list(comments.values_list("depth", flat=True))
    replies = sum(1 for depth in depths if depth > 1)
    lengths = [len(text) for _, text, _ in texts(made["document"])]
    times = list(comments.order_by("sequence").values_list("posted_at", flat=True))
    assert max(depths) == 5
    assert 0.35 < replies / 600 < 0.45
    assert 170 < sum(lengths) / 600 < 190
    assert times == sorted(times)
    assert len(set(times)) == 600


def test_seed_decides(in_use):
    first, again, other = (
        json.loads(run("--thread", "15", "--json", *seed).stdout)
        for seed in ([], [], ["--seed", "7"])
    )

    assert texts(first["document"]) == texts(again["document"])
    assert texts(first["document"]) != texts(other["document"])
    assert len({made["path"] for made in (first, again, other)}) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--thread", "0"], "not in the range"),
        (["--seed", "7"], "--seed goes with --thread"),
    ],
)
def test_mistakes_are_said_in_a_line(in_use, arguments, says):
    result = run(*arguments)

    assert result.exit_code == 2
    assert says in result.output
