"""Threads by pages: stable under writing, the same cost at any size, and every comment to be found."""

from __future__ import annotations

import datetime as dt
import random
import re
import threading

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests import factories

from broadsheet.discussion.actions import ImportedComment, import_comments
from broadsheet.discussion.models import Comment, Thread
from broadsheet.discussion.pages import (
    Sort,
    branch_page,
    comment_count,
    spot_of,
    talked_about,
    thread_page,
)
from broadsheet.discussion.verify import thread_faults
from broadsheet.record.models import Document

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def bridge(publication):
    return factories.story("Bridge", slug="bridge")


def fill(document: Document, count: int, *, replies: float = 0.4) -> list[Comment]:
    """Put a thread of so many comments into a story, replies anywhere; no two at the same time."""
    chance = random.Random(7)
    comments: list[ImportedComment] = []
    for number in range(count):
        is_reply = comments and chance.random() < replies
        above = chance.choice(comments).key if is_reply else None
        at = factories.MORNING + number * MINUTE
        comments.append(ImportedComment(f"k{number}", above, "Robin", f"Number {number}.", at))
    return import_comments(document_id=document.pk, comments=comments)


def pages(document: Document, **given):
    after = None
    while True:
        page = thread_page(document, after=after, **given)
        yield page
        after = page.next
        if after is None:
            return


def all_of(document: Document, at: dt.datetime | None = None, **given) -> list[int]:
    """Read a thread to its end as a reader can: its pages, and what they leave out."""
    found: list[int] = []
    for page in pages(document, at=at, **given):
        found += [comment.pk for comment in page.comments]
        roots = {each.root_number: each for each in page.comments if each.parent_id is None}
        for number, more in page.more.items():
            left = more
            rest: list[int] = []
            while left:
                last = Comment.objects.get(pk=left.after)
                branch = branch_page(roots[number], at=at, after=last)
                fresh = [c.pk for c in branch.comments if c.pk not in found and c.pk not in rest]
                rest += fresh
                left = branch.more.get(number)
            assert len(rest) == more.count
            found += rest
    return found


def test_every_comment_is_read_once(bridge):
    comments = fill(bridge, 400, replies=0.7)

    for sort in (Sort.OLDEST, Sort.NEWEST):
        found = all_of(bridge, sort=sort)
        assert sorted(found) == sorted(comment.pk for comment in comments)
    assert list(thread_faults(bridge)) == []
    assert max(len(page.comments) for page in pages(bridge)) <= 200


def test_every_comment_is_read_once_at_a_past_moment(bridge):
    comments = fill(bridge, 300, replies=0.7)
    at = factories.MORNING + 120 * MINUTE

    found = all_of(bridge, at=at)

    assert sorted(found) == sorted(each.pk for each in comments if each.posted_at <= at)
    assert comment_count(bridge, at) == len(found) == 121


def test_answer_older_than_its_root_stands_at_its_moment(bridge):
    times = {"a": factories.MORNING + 5 * MINUTE, "b": None}
    import_comments(
        document_id=bridge.pk,
        comments=[
            ImportedComment("a", None, "Ann", "Later.", times["a"]),
            ImportedComment("b", "a", "Bo", "No time.", times["b"]),
        ],
    )

    page = thread_page(bridge, at=factories.MORNING)

    assert [comment.name for comment in page.comments] == ["Bo"]
    assert comment_count(bridge, factories.MORNING) == 1


@pytest.mark.parametrize("sort", [Sort.OLDEST, Sort.NEWEST])
def test_writing_while_paging_neither_repeats_nor_hides(bridge, sort):
    there = {comment.pk for comment in fill(bridge, 180, replies=0.2)}
    first = thread_page(bridge, sort=sort)
    root = first.comments[0]
    seen = [comment.pk for comment in first.comments]

    after = first.next
    while after:
        factories.comment(bridge, f"New at {after}.")
        factories.comment(bridge, f"Reply at {after}.", parent=root)
        page = thread_page(bridge, sort=sort, after=after)
        seen += [comment.pk for comment in page.comments]
        after = page.next

    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_authors_order_has_the_roots_where_an_author_speaks(bridge, author):
    comments = [factories.comment(bridge, f"Number {number}.") for number in range(4)]
    answer = factories.comment(bridge, "Thanks.", parent=comments[2], author=author)

    page = thread_page(bridge, sort=Sort.AUTHORS)

    assert [comment.pk for comment in page.comments] == [comments[2].pk, answer.pk]


@pytest.mark.parametrize("count", [12, 3_000])
def test_pages_cost_the_same_at_any_size(client, bridge, django_assert_num_queries, count):
    fill(bridge, count)
    reply = Comment.objects.filter(document=bridge, parent__isnull=False).last()

    # In a transaction what is kept in memory is loaded each time: the publication, its sections, and
    # the names that belong to somebody, since these comments were imported; where there is a form,
    # the discussion's settings too.
    costs = {
        "": 10,
        "discussion/": 8,
        "at/20260901T080500Z/": 15,
        "at/20260901T080500Z/discussion/": 13,
    }
    for below, cost in costs.items():
        with django_assert_num_queries(cost):
            assert client.get(STORY + below).status_code == 200
    with django_assert_num_queries(2):
        thread_page(bridge)
    with django_assert_num_queries(1):
        spot_of(reply)


@pytest.mark.parametrize(("place", "cost"), [(0, 2), (29, 3)])
def test_place_among_many_replies_costs_a_statement_more(
    bridge, django_assert_num_queries, place, cost
):
    root = factories.comment(bridge)
    replies = [factories.comment(bridge, f"Reply {n}.", parent=root) for n in range(30)]

    with django_assert_num_queries(cost):
        spot = spot_of(replies[place])

    assert (spot.root is None) == (cost == 2)


def test_permalink_of_every_comment_opens_a_page_that_shows_it(client, bridge):
    comments = fill(bridge, 400, replies=0.85)
    kept: dict[str, str] = {}

    for comment in comments:
        where = client.get(f"/c/{comment.pk}/")["Location"]
        page, _, anchor = where.partition("#")
        if page not in kept:
            kept[page] = client.get(page).content.decode()
        assert anchor == f"c-{comment.pk}"
        assert f'id="{anchor}"' in kept[page], where
        if comment.parent_id:
            assert f'id="c-{comment.parent_id}"' in kept[page], where
    assert STORY in kept
    assert any("/discussion/?after=" in page for page in kept) or len(kept) > 1


def test_reply_lands_where_it_is_seen(client, bridge):
    root = fill(bridge, 1)[0]
    for number in range(25):
        factories.comment(bridge, f"Reply {number}.", parent=root)

    data = {"text": "One more.", "name": "Lena", "parent": root.pk}
    answer = client.post(f"{STORY}comment/", data)

    assert answer["Location"].startswith(f"{STORY}discussion/{root.pk}/?after=")
    assert "One more." in client.get(answer["Location"].partition("#")[0]).content.decode()
    page = client.get(STORY).content.decode()
    [href] = re.findall(r'href="([^"]+)"[^>]*data-more>Show 6 more replies', page)
    shown = client.get(href)
    assert shown["X-Robots-Tag"] == "noindex"
    assert "Reply 24." in shown.content.decode()


@pytest.mark.parametrize(
    "below", ["?sort=worst", "?after=x", "999999/", f"?after={9**30}", "?after="]
)
def test_what_is_no_page_is_not_found(client, bridge, below):
    fill(bridge, 3)

    assert client.get(f"{STORY}discussion/{below}").status_code == 404


def test_talk_counts_branches_once(bridge, client):
    data = {"text": "Really?", "name": "Lena", "edition": 1, "exact": "Monday"}
    client.post(f"{STORY}comment/", data)
    comment = Comment.objects.get()
    reply = factories.comment(bridge, "Yes.", parent=comment)
    factories.comment(bridge, "No.", parent=reply)
    factories.comment(bridge, "Apart.")

    [(passage, count)] = talked_about(bridge)

    assert (passage.exact, count) == ("Monday", 3)
    assert talked_about(bridge, comment.posted_at - MINUTE) == []


def test_long_chain_keeps_every_comment(bridge):
    import_comments(
        document_id=bridge.pk,
        comments=[
            ImportedComment(f"k{n}", f"k{n - 1}" if n else None, "Robin", f"{n}.", None)
            for n in range(300)
        ],
    )

    assert len(all_of(bridge)) == 300
    assert list(thread_faults(bridge)) == []


@pytest.mark.django_db(transaction=True)
def test_counts_hold_when_many_write_at_once(publication):
    document = factories.story("Bridge", slug="bridge")
    root = factories.comment(document, "First.")

    def write(writer: int) -> None:
        try:
            for number in range(5):
                parent = root if number % 2 else None
                factories.comment(document, f"{writer} {number}.", name=f"W{writer}", parent=parent)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    document.refresh_from_db()
    assert list(thread_faults(document)) == []
    assert Thread.objects.get().comment_count == 21
    assert Comment.objects.get(pk=root.pk).reply_count == 8


def test_verify_finds_wrong_counts_and_places(bridge):
    comments = fill(bridge, 12, replies=0.5)
    Comment.objects.filter(pk=comments[0].pk).update(reply_count=99)
    reply = next(comment for comment in comments if comment.parent_id)
    Comment.objects.filter(pk=reply.pk).update(path=b"")
    Thread.objects.update(root_count=1)

    problems = " ".join(fault.problem for fault in thread_faults(bridge))

    assert "not 99" in problems
    assert f"comment {reply.pk} is not at its place" in problems
    assert "the thread counts 12 comments and 1 beginnings" in problems


@pytest.mark.django_db(transaction=True)
def test_upgrade_puts_comments_in_place(publication):
    document = factories.story("Bridge", slug="bridge")
    fill(document, 60, replies=0.6)
    executor = MigrationExecutor(connection)

    executor.migrate([("discussion", "0003_passages_and_proposals")])
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    document.refresh_from_db()
    assert list(thread_faults(document)) == []


@pytest.mark.parametrize("before", [0, 9, 10, 15, 19, 20])
def test_reply_is_seen_where_it_landed_after_others_came_before_it(client, bridge, before):
    """Replies to earlier replies stand above it; ten came between the answer and the page."""
    root = factories.comment(bridge)
    first = factories.comment(bridge, "First.", parent=root)
    for number in range(before - 1):
        factories.comment(bridge, f"Reply {number}.", parent=root)

    data = {"text": "Mine.", "name": "Lena", "parent": root.pk}
    where = client.post(f"{STORY}comment/", data)["Location"]
    for number in range(10):
        factories.comment(bridge, f"In between {number}.", parent=first)

    page, _, anchor = where.partition("#")
    assert f'id="{anchor}"' in client.get(page).content.decode()


def test_reply_stays_where_another_arrives_while_its_page_is_read(bridge):
    """One that stands before it arrives after the replies were counted and before they are read."""
    root = factories.comment(bridge)
    first = factories.comment(bridge, "First.", parent=root)
    mine = factories.comment(bridge, "Mine.", parent=root)
    asked = []

    def arriving(execute, sql, params, many, context):
        asked.append(sql)
        if len(asked) == 2:
            factories.comment(bridge, "In between.", parent=first)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(arriving):
        page = thread_page(bridge)

    assert len(asked) > 2
    assert mine.pk in [comment.pk for comment in page.comments]
