"""Storylines as readers see them: a page of their own, a box beside each story, a feed."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import pytest
from lxml import etree
from lxml import html as lxml_html
from tests import factories

from broadsheet.paper.memento import compact
from broadsheet.readers.export import export_of
from broadsheet.record.actions import append_edition, withdraw_document
from broadsheet.record.models import Document, Storyline
from broadsheet.record.storylines import change_storyline, make_storyline, put_on_storylines

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
PAGE = "/storyline/the-bridge/"


@pytest.fixture
def bridge(publication) -> Storyline:
    return make_storyline(
        headline="The bridge", standfirst="Will it hold?", at=factories.MORNING - HOUR
    )


def part(storyline: Storyline, headline: str, hours: int, standing: str = "") -> Document:
    at = factories.MORNING + hours * HOUR
    document = factories.story(headline, at=at)
    if standing:
        say(document, standing, at + HOUR / 2)
    put_on_storylines(document_id=document.pk, storyline_ids=[storyline.pk], at=at + HOUR / 2)
    document.refresh_from_db()
    return document


def say(document: Document, standing: str, at: dt.datetime, basis: str = "Two officials.") -> None:
    assert document.edition is not None
    content = replace(document.edition.content, standing=standing, standing_basis=basis)
    append_edition(
        document_id=document.pk,
        content=content,
        kind="update",
        note="Says how sure it is.",
        slug=path_of(document).strip("/").rpartition("/")[2],
        at=at,
    )


def path_of(document: Document) -> str:
    return document.addresses.get(is_current=True).path


def page_of(client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return lxml_html.fromstring(answer.content.decode())


def all_of(root, *path: str) -> list:
    """Return the elements at the end of a path of classes (``.here``) and tags (``li``)."""
    steps = (
        f"*[contains(concat(' ', @class, ' '), ' {step[1:]} ')]" if step[0] == "." else step
        for step in path
    )
    return root.xpath(
        "".join(f".//{step}" if not n else f"//{step}" for n, step in enumerate(steps))
    )


def words(element) -> str:
    return " ".join(element.text_content().split())


def structured(page) -> dict:
    [script] = page.xpath('//script[@type="application/ld+json"]')
    return json.loads(script.text)["@graph"][0]


def test_page_tells_the_matter_from_its_first_story_on(client, bridge):
    part(bridge, "Vote", 4, "confirmed")
    lamps = part(bridge, "Lamps", 0, "rumour")
    say(lamps, "confirmed", factories.MORNING + 5 * HOUR, "The report.")

    page = page_of(client, PAGE)

    first, last = page.xpath('//ol[@class="storyline-parts"]/li')
    assert [words(all_of(each, "h3")[0]) for each in (first, last)] == ["Lamps", "Vote"]
    assert [words(step) for step in all_of(first, ".standing-steps", "li")] == [
        "Rumour 1 September 2026, 09:30: Two officials.",
        "Confirmed since 1 September 2026, 14:00: The report.",
    ]
    assert words(all_of(page, ".list-head", ".meta")[0]) == (
        "2 stories, 1 September 2026 to 1 September 2026 · The latest"
    )
    data = structured(page)
    assert (data["@type"], data["name"], data["description"]) == (
        *("CreativeWorkSeries", "The bridge"),
        "Will it hold?",
    )
    assert [each["headline"] for each in data["hasPart"]] == ["Lamps", "Vote"]


def test_storyline_without_stories_says_so(client, bridge):
    page = page_of(client, PAGE)

    assert words(all_of(page, ".empty")[0]) == "No stories yet."
    assert "hasPart" not in structured(page)
    assert client.get("/storyline/nothing/").status_code == 404
    assert client.get("/storyline/nothing/feed.xml").status_code == 404


def test_box_shows_what_came_before_and_after(client, bridge):
    stories = [part(bridge, f"Story {number}", number, "rumour") for number in range(7)]

    page = page_of(client, path_of(stories[3]))

    [box] = all_of(page, ".storyline-box")
    assert [words(each) for each in all_of(box, ".part-headline")] == [
        *("Story 1", "Story 2", "Story 3", "Story 4", "Story 5")
    ]
    assert [words(each) for each in all_of(box, ".rail-note")] == ["1 earlier", "1 later"]
    assert words(all_of(box, ".here")[0]) == ("Story 3 (this story) Rumour · 1 September 2026")
    assert [link.get("href") for link in all_of(box, "li", "a")] == [
        path_of(stories[number]) for number in (1, 2, 4, 5)
    ]
    assert words(all_of(page, ".storyline-line")[0]) == "4 of 7 in The bridge"
    assert structured(page)["isPartOf"] == [
        {
            "@type": "CreativeWorkSeries",
            "@id": "http://localhost:8000/storyline/the-bridge/#storyline",
            "name": "The bridge",
            "url": "http://localhost:8000/storyline/the-bridge/",
        }
    ]


def test_first_story_of_a_storyline_stands_alone(client, bridge):
    page = page_of(client, path_of(part(bridge, "Lamps", 0)))

    assert "No other story of this matter yet." in words(all_of(page, ".storyline-box")[0])


def test_story_on_no_storyline_has_no_box(client, bridge):
    page = page_of(client, path_of(factories.story("Alone")))

    assert not all_of(page, ".storyline-box") + all_of(page, ".storyline-line")
    assert "isPartOf" not in structured(page)


def test_past_moment_of_a_story_shows_the_storyline_of_then(client, bridge):
    lamps = part(bridge, "Lamps", 0)
    part(bridge, "Report", 2, "reported")
    change_storyline(storyline_id=bridge.pk, headline="Bridges", slug="bridges")
    path = path_of(lamps)

    def box(hours: float) -> list[str]:
        at = compact(factories.MORNING + hours * HOUR)
        return [
            words(each)
            for each in all_of(
                page_of(client, f"{path}at/{at}/"), ".storyline-box", ".part-headline"
            )
        ]

    assert [box(0.1), box(1), box(3)] == [[], ["Lamps"], ["Lamps", "Report"]]
    then = f"at/{compact(factories.MORNING + 3 * HOUR)}/"
    page = page_of(client, path + then)
    assert words(all_of(page, ".storyline-box", "h2")[0]) == "Storyline The bridge"
    links = [link.get("href") for link in all_of(page, ".storyline-box", "a")]
    assert links == [f"/storyline/bridges/{then}", f"/2026/09/report/{then}"]
    for link in links:
        page_of(client, link)


def test_past_moment_of_a_storyline(client, bridge):
    part(bridge, "Lamps", 0)
    part(bridge, "Report", 2, "reported")

    def at(moment: dt.datetime) -> str:
        return f"{PAGE}at/{compact(moment)}/"

    answer = client.get(at(factories.MORNING + HOUR))
    assert answer["X-Robots-Tag"] == "noindex"
    page = lxml_html.fromstring(answer.content.decode())
    assert [words(each) for each in all_of(page, "h3")] == ["Lamps"]
    assert "As it stood on 1 September 2026, 10:00." in words(all_of(page, ".note")[0])
    early = page_of(client, at(factories.MORNING - HOUR))
    assert words(all_of(early, ".empty")[0]) == "No story stood on it then."
    assert client.get(at(factories.MORNING - 2 * HOUR)).status_code == 404
    coming = client.get("/storyline/the-bridge/at/29990101T000000Z/")
    assert (coming.status_code, coming["Location"]) == (302, PAGE)


@pytest.mark.parametrize("below", ["", "feed.xml", "at/20260902T000000Z/"])
def test_old_slug_leads_on(client, bridge, below):
    change_storyline(storyline_id=bridge.pk, headline="Bridges", slug="bridges")

    answer = client.get(PAGE + below)

    assert (answer.status_code, answer["Location"]) == (301, f"/storyline/bridges/{below}")


def test_feed_has_the_newest_first(client, bridge):
    part(bridge, "Lamps", 0)
    part(bridge, "Report", 2)
    withdrawn = part(bridge, "Mistake", 3)
    withdraw_document(document_id=withdrawn.pk)
    factories.story("Elsewhere")

    feed = etree.fromstring(client.get(f"{PAGE}feed.xml").content)

    assert feed.findtext("channel/title") == "The bridge — The Test"
    assert feed.findtext("channel/link") == "http://localhost:8000/storyline/the-bridge/"
    assert [item.findtext("title") for item in feed.iter("item")] == ["Report", "Lamps"]


def test_feed_page_and_export_tell_what_was_disclosed_for_one_story(
    client, publication, author, stranger
):
    document = factories.story("Lamps", authors=(author,))
    assert document.edition is not None
    told = document.edition.content
    interested = replace(told.byline[0], disclosure="lives there", interest="owns a <shop>")
    append_edition(
        document_id=document.pk,
        content=replace(told, byline=(interested,)),
        kind="update",
        note="Says who wrote it.",
        slug="lamps",
    )

    page = page_of(client, "/2026/09/lamps/")
    feed = etree.fromstring(client.get("/feed.xml").content)

    assert words(all_of(page, ".byline", ".disclosure")[0]) == "lives there; owns a <shop>"
    content = feed.find(".//{http://purl.org/rss/1.0/modules/content/}encoded").text
    assert "<p>Ann Lee: lives there; owns a &lt;shop&gt;.</p>" in content
    assert export_of(author.account)["disclosed_in_bylines"] == [
        {
            "story": document.pk,
            "edition": 2,
            "at": document.editions.get(number=2).published_at.astimezone(dt.UTC).isoformat(),
            "for_all_stories": "lives there",
            "for_this_story": "owns a <shop>",
        }
    ]
    assert export_of(stranger)["disclosed_in_bylines"] == []


@pytest.mark.parametrize("count", [1, 3])
def test_cost_is_a_fixed_number_of_statements(client, bridge, count, django_assert_num_queries):
    for number in range(count):
        story = part(bridge, f"Story {number}", number, "rumour")

    # Of these the frame costs two, and on the story the discussion's settings one: outside of a
    # test's transaction both are kept in memory.
    for path, cost in {PAGE: 5, path_of(story): 9, f"{PAGE}feed.xml": 9}.items():
        with django_assert_num_queries(cost):
            assert client.get(path).status_code == 200


def test_hostile_words_stay_words(client, publication):
    storyline = make_storyline(
        headline="</script><script>alert(1)</script>",
        slug="x",
        standfirst='"><img src=x onerror=1>',
    )
    story = part(storyline, "Lamps", 0)

    for path in ("/storyline/x/", path_of(story), "/storyline/x/feed.xml"):
        said = client.get(path).content.decode()
        assert not re.search(r"<script>alert|<img src=x", said), path
