"""Readers' pages: what they show, what they cost, and that they are the same for everybody."""

from __future__ import annotations

import datetime as dt
import json
import re

import extruct
import feedparser
import pytest
from tests import factories

from broadsheet.discussion.actions import (
    ImportedComment,
    decide_alias,
    import_comments,
    offer_alias,
)
from broadsheet.record.actions import withdraw_document
from broadsheet.record.models import Publication

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"


@pytest.fixture
def bridge(publication, author):
    elop = factories.topic("Stephen Elop")
    return factories.story("Bridge", slug="bridge", authors=(author,), topics=(elop,))


def text(answer) -> str:
    return answer.content.decode()


def test_empty_front_page_says_what_to_do(client, publication):
    assert "Write the first story" in text(client.get("/"))


def test_front_page_leads_with_the_newest_and_lists_the_rest(client, publication):
    for day, headline in enumerate(["Old", "Newer", "Newest"]):
        factories.story(headline, at=factories.MORNING + dt.timedelta(days=day))

    page = text(client.get("/"))

    assert re.findall(r"<h[23]><a href=[^>]*>([^<]*)", page) == ["Newest", "Newer", "Old"]


def test_front_page_leads_with_what_the_editor_put_first(client, publication):
    old = factories.story("Old")
    factories.story("New", at=factories.MORNING + dt.timedelta(days=1))
    Publication.objects.update(lead=old)

    page = text(client.get("/"))

    assert re.findall(r"<h[23]><a href=[^>]*>([^<]*)", page) == ["Old", "New"]


def test_counts_agree_everywhere(client, bridge):
    for number in range(3):
        factories.comment(bridge, f"Comment {number}.")

    pages = [text(client.get(path)) for path in ("/", "/city/", STORY, "/by/ann-lee/")]
    feed = feedparser.parse(client.get("/feed.xml").content)

    for page in pages:
        assert set(re.findall(r"(\d+) comments?", page)) == {"3"}
    assert feed.entries[0]["slash_comments"] == "3"
    assert text(client.get("/")).count('href="/2026/09/bridge/#discussion">3 comments') == 2


@pytest.mark.parametrize(
    "path", ["/city/", "/topic/stephen-elop/", "/by/ann-lee/", "/search/?q=voted"]
)
def test_lists_show_the_story(client, bridge, path):
    page = text(client.get(path))

    assert f'href="{STORY}">Bridge</a>' in page


@pytest.mark.parametrize(
    "path", ["/", "/city/", "/topic/stephen-elop/", "/by/ann-lee/", "/search/?q=voted"]
)
def test_withdrawn_story_is_on_no_list(client, bridge, path):
    withdraw_document(document_id=bridge.pk)

    assert STORY not in text(client.get(path))


def test_list_continues_with_older_stories(client, publication):
    for number in range(25):
        factories.story(f"Story {number}", at=factories.MORNING + dt.timedelta(minutes=number))

    first = text(client.get("/city/"))
    older = re.search(r'href="(\?before=[^"]*)"', first)[1]
    second = text(client.get(f"/city/{older}"))

    headlines = re.findall(r"<h3><a href=[^>]*>Story (\d+)", first + second)
    assert [int(number) for number in headlines] == list(range(24, -1, -1))
    assert "?before=" not in re.sub(r"<link[^>]*>|<meta[^>]*>", "", second)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/2026/09/nothing/",
        "/city/?before=x",
        "/city/?before=999999999999-1",
        "/by/nobody/",
        "/topic/nothing/",
        "/c/999/",
        f"{STORY}v/9/",
        f"{STORY}comment/?to=999",
    ],
)
def test_what_is_not_there_is_said(client, bridge, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "There is nothing at this address" in text(answer)


def test_story_shows_its_parts(client, bridge):
    topics = (factories.topic("Stephen Elop"),)
    factories.edition(
        bridge,
        "Bridge",
        "Changed.",
        slug="bridge",
        kind="correction",
        note="It is nine.",
        topics=topics,
    )

    page = text(client.get(STORY))

    assert '<p id="b-b1">Changed.</p>' in page
    assert "It is nine." in page
    assert "Edition 2" in page
    assert 'href="/topic/stephen-elop/"' in page


def test_notes_of_earlier_editions_stay(client, bridge):
    factories.edition(bridge, slug="bridge", kind="correction", note="It is nine.")
    factories.edition(bridge, slug="bridge", kind="minor", note="")

    assert "It is nine." in text(client.get(STORY))


def test_edition_by_itself_keeps_its_text(client, bridge):
    factories.edition(bridge, "Bridge", "Changed.", slug="bridge", kind="minor", note="")

    answer = client.get(f"{STORY}v/1/")

    assert "The council voted on Monday." in text(answer)
    assert "Changed." not in text(answer)
    assert answer["X-Robots-Tag"] == "noindex"
    assert f'rel="canonical" href="http://localhost:8000{STORY}"' in text(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_a_fixed_number_of_statements(
    client, bridge, author, django_assert_num_queries, count
):
    for number in range(count):
        factories.comment(bridge, f"Comment {number}.")
        factories.story(f"Other {number}", authors=(author,))
    # Of these the frame costs two, and on the story the discussion's settings one: outside of a
    # test's transaction both are kept in memory.
    costs = {"/": 8, "/city/": 6, "/by/ann-lee/": 6, STORY: 9, "/feed.xml": 8}

    for path, cost in costs.items():
        with django_assert_num_queries(cost):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/city/", STORY, "/search/?q=voted", "/feed.xml", "/by/ann-lee/"]
)
def test_pages_are_the_same_bytes_for_everybody(client, bridge, editor, path):
    factories.comment(bridge)
    guest = client.get(path)
    client.force_login(editor)
    signed_in = client.get(path)

    assert guest.content == signed_in.content
    for answer in (guest, signed_in):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert answer["Cache-Control"] == "public, no-cache"
        assert "csrf" not in text(answer).lower()


@pytest.mark.parametrize("path", ["/", STORY, f"{STORY}comment/", "/nothing/", "/search/?q=x"])
def test_policy_is_strict_and_nothing_is_inline(client, bridge, path):
    answer = client.get(path)

    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    page = text(answer)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page)
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in each or "application/" in each for each in scripts)


def test_page_that_did_not_change_is_not_sent_again(client, bridge):
    tag = client.get(STORY)["ETag"]

    unchanged = client.get(STORY, headers={"If-None-Match": tag})
    factories.comment(bridge)
    changed = client.get(STORY, headers={"If-None-Match": tag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.status_code == 200


def test_structured_data_describes_story_and_comments(client, bridge, author):
    question = factories.comment(bridge, "Are you <sure>? </script>", at=factories.MORNING)
    factories.comment(bridge, "Yes.", parent=question, author=author)
    factories.edition(bridge, slug="bridge", kind="correction", note="It is nine.")

    page = text(client.get(STORY))
    found = extruct.extract(page, syntaxes=["json-ld"])["json-ld"]
    article = found[0]["@graph"][0]

    assert article["@type"] == "NewsArticle"
    assert article["headline"] == "Council sets bridge budget"
    assert article["author"] == []
    assert article["commentCount"] == 2
    assert article["correction"][0]["text"] == "It is nine."
    first = article["comment"][0]
    assert first["text"] == "Are you <sure>? </script>"
    assert first["comment"][0]["author"]["name"] == "Ann Lee"
    assert first["comment"][0]["parentItem"]["@id"] == first["@id"]
    assert article["url"] == f"http://localhost:8000{STORY}"


def test_open_graph_and_canonical(client, bridge):
    page = text(client.get(STORY))
    meta = dict(re.findall(r'<meta property="([^"]*)" content="([^"]*)"', page))

    assert meta["og:type"] == "article"
    assert meta["og:title"] == "Bridge"
    assert meta["og:url"] == f"http://localhost:8000{STORY}"
    assert meta["article:published_time"] == "2026-09-01T09:00:00+01:00"
    assert f'<link rel="canonical" href="http://localhost:8000{STORY}">' in page


def test_feed_is_valid_and_keeps_its_ids(client, bridge):
    before = feedparser.parse(client.get("/feed.xml").content)
    factories.edition(
        bridge, "Bridge", "Changed.", slug="moved", kind="correction", note="It is nine."
    )
    after = feedparser.parse(client.get("/feed.xml").content)

    assert before.bozo == after.bozo == 0
    first, again = before.entries[0], after.entries[0]
    assert first.id == again.id == f"tag:news.example,2026:story/{bridge.pk}"
    assert first.published == again.published
    assert again.link.endswith("/2026/09/moved/")
    assert re.match(
        r"<p><strong>Correction, \d+ \w+ \d{4}, \d\d:\d\d\.</strong> It is nine\.</p>",
        again.content[0].value,
    )


def test_hostile_headline_breaks_neither_page_nor_feed(client, publication):
    headline = "</title></script>]]>\x0b&<b>\u202e"
    factories.story(headline, slug="hostile")

    page = text(client.get("/2026/09/hostile/"))
    feed = feedparser.parse(client.get("/feed.xml").content)

    assert "</title></script>" not in page
    assert "<b>" not in page.split("<body>")[1].split("<nav")[1]
    assert json.loads(re.search(r"ld\+json\">(.*?)</script>", page)[1])
    assert feed.bozo == 0


def test_comments_of_a_confirmed_alias_carry_the_mark(client, bridge, author):
    import_comments(
        document_id=bridge.pk,
        comments=[
            ImportedComment("c1", None, "Jamie", "Do you know something?", None),
            ImportedComment("c2", "c1", "Ann L", "Re-worded, thanks.", None),
            ImportedComment("c3", None, "", "An awesome ride.", None),
        ],
    )
    offered = offer_alias(document_id=bridge.pk, name="Ann L", author=author)
    before = text(client.get(STORY))

    decide_alias(alias_id=offered.pk, is_same_person=True, decided_by="Eve")

    after = text(client.get(STORY))
    assert before.count('class="mark"') == 0
    assert after.count('class="mark">Author') == 1
    assert "Ann Lee" in after.split('class="mark"')[1][:80]
    assert after.count("time not recorded") == 3
    assert after.count("Name not recorded") >= 1


def test_guest_with_the_authors_name_is_asked_for_another(client, bridge, author):
    form = {"text": "I wrote this.", "name": "Ann Lee"}

    answer = client.post(f"{STORY}comment/", form)

    assert answer.status_code == 422
    assert "one of our authors has that name" in text(answer)
    assert "I wrote this." in text(answer)
    assert 'class="mark"' not in text(client.get(STORY))


def test_permalink_leads_to_the_comment(client, bridge):
    comment = factories.comment(bridge)

    answer = client.get(f"/c/{comment.pk}/")

    assert (answer.status_code, answer["Location"]) == (302, f"{STORY}#c-{comment.pk}")


def test_search_takes_any_words(client, bridge):
    for words in ["", "   ", '"', "' OR 1=1 --", "a" * 500, "\x00", "*", "AND", "(", "新聞", "%"]:
        assert client.get("/search/", {"q": words}).status_code == 200
    assert "1 story" in text(client.get("/search/", {"q": "council monday"}))
    assert "No story has" in text(client.get("/search/", {"q": "council tuesday"}))


def test_search_finds_the_edition_in_force(client, bridge):
    factories.edition(bridge, "Bridge", "A ferry instead.", slug="bridge")

    assert "1 story" in text(client.get("/search/", {"q": "ferry"}))
    assert "No story" in text(client.get("/search/", {"q": "monday"}))


def test_feed_stands_whatever_addresses_a_story_holds(client, publication):
    factories.story("Odd", 'See <a href="http://[x">this</a> or href="http://[y".', slug="odd")

    assert feedparser.parse(client.get("/feed.xml").content).bozo == 0
