"""Editors find a comment at the desk and remove it, with a reason for everybody."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from broadsheet.discussion.models import Comment

LIST = "/desk/comments/"


@pytest.fixture
def comments(city) -> list[Comment]:
    document = factories.story()
    return [
        factories.comment(document, text, name=text[:4]) for text in ("Fine day.", "Rude words.")
    ]


def shown(desk, **query: str) -> str:
    answer = desk.get(LIST, query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def remove(desk, comment: Comment, reason: str, query: str = ""):
    return desk.post(reverse("desk_comment_remove", args=[comment.pk]) + query, {"reason": reason})


def test_last_comment_stands_first(desk, comments):
    page = shown(desk)

    assert page.index("Rude words.") < page.index("Fine day.")
    assert "/desk/comments/" in desk.get("/desk/").content.decode()


@pytest.mark.parametrize("query", ["rude", "Rude", "words", "{pk}", "#{pk}"])
def test_comment_is_found_by_words_name_or_number(desk, comments, query):
    page = shown(desk, q=query.format(pk=comments[1].pk))

    assert "Rude words." in page
    assert "Fine day." not in page


def test_search_that_finds_nothing_says_so(desk, comments):
    assert "No comment has these words" in shown(desk, q="9" * 40)


def test_comment_is_removed_with_its_reason(desk, comments):
    answer = remove(desk, comments[1], "Insults a reader.", "?q=Rude")

    comment = Comment.objects.get(pk=comments[1].pk)
    assert answer["Location"] == f"{LIST}?q=Rude"
    assert comment.removal_reason == "Insults a reader."
    page = shown(desk)
    assert "Insults a reader." in page
    assert "Rude words." not in page


def test_refusal_is_said_beside_the_comment_with_what_was_typed(desk, comments):
    answer = remove(desk, comments[1], "x" * 301)

    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "The reason can have 300 characters with its ground; it has 301." in page
    assert "x" * 301 in page
    assert Comment.objects.get(pk=comments[1].pk).removed_at is None


def test_stranger_cannot_remove(comments, stranger):
    client = Client()
    client.force_login(stranger)

    for answer in (client.get(LIST), remove(client, comments[0], "No.")):
        assert answer.status_code == 302
    assert Comment.objects.filter(removed_at=None).count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_whatever_its_length(desk, city, count, django_assert_max_num_queries):
    document = factories.story()
    for number in range(count):
        factories.comment(document, f"Comment {number}")
    desk.get(LIST)

    with django_assert_max_num_queries(14):
        desk.get(LIST)
