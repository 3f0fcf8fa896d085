"""What the publication put right: the page, its filters and figures, and the feed."""

from __future__ import annotations

import datetime as dt
import re

import feedparser
import pytest
from tests import factories

from broadsheet.corrections.actions import decline, record_acceptance
from broadsheet.corrections.models import Proposal
from broadsheet.record.actions import append_edition, withdraw_document
from broadsheet.record.healing import reconstruct_edition, supersede_note

pytestmark = pytest.mark.django_db
PAGE = "/corrections/"
FEED = "/corrections/feed.xml"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def bridge(publication):
    return factories.story("Bridge", "The council voted on Monday.", slug="bridge")


def correct(document, note: str = "It was Tuesday.", *, kind: str = "correction", hours: int = 1):
    number = document.editions.count() + 1
    return factories.edition(
        document,
        document.edition.headline,
        f"The council voted on Tuesday, as edition {number} says.",
        slug=document.addresses.get(is_current=True).path.strip("/").split("/")[-1],
        kind=kind,
        note=note,
        at=factories.MORNING + hours * HOUR,
    )


def shown(client, **query: str) -> str:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return answer.content.decode()


def plain(page: str) -> str:
    main = page.split("<main")[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def headlines(page: str) -> list[str]:
    return re.findall(r"<h3><a href=[^>]*>([^<]*)", page)


def test_without_corrections_it_says_so(client, bridge):
    page = shown(client)

    assert "Nothing had to be corrected yet." in page
    assert "Median time" not in page
    assert "0 corrections" in plain(page)


def test_correction_stands_with_all_that_readers_are_told(client, bridge):
    proposal = factories.proposal(bridge, name="Ann")
    edition = factories.edition(
        bridge,
        "Bridge",
        "The council voted on Tuesday.",
        slug="bridge",
        kind="correction",
        note="It was Tuesday.",
        reason="We looked for the minutes.",
        at=factories.MORNING + HOUR,
    )
    record_acceptance(proposal_id=proposal.pk, edition=edition, by="Eve")

    page = shown(client)
    said = plain(page)

    assert headlines(page) == ["Bridge"]
    assert "Correction 1 September 2026, 10:00 · City" in said
    assert "It was Tuesday. Spotted by a reader ." in said
    assert f'Spotted by <a href="/c/{proposal.comment_id}/">a reader</a>' in page
    assert "before: Monday → after: Tuesday Proposed by Ann , accepted" in said
    assert "Reason given We looked for the minutes." in said
    assert "/2026/09/bridge/changes/?from=1&amp;to=2#difference" in page


def test_credit_of_an_edition_leads_to_its_proposal(client, bridge):
    other = factories.proposal(bridge, "council", "committee", name="Bo")
    proposal = factories.proposal(bridge, name="Ann & Co")
    credited = append_edition(
        document_id=bridge.pk,
        content=factories.content("Bridge", "The committee voted on Tuesday."),
        kind="correction",
        note="It was Tuesday.",
        credit="Ann & Co",
        approved_by="Ben Moss",
        slug="bridge",
        at=factories.MORNING + HOUR,
    )
    for each in (other, proposal):
        record_acceptance(proposal_id=each.pk, edition=credited, by="Eve")

    page = shown(client)

    assert f'Spotted by <a href="/c/{proposal.comment_id}/"><bdi>Ann &amp; Co</bdi></a>' in page
    assert "approved by Ben Moss" in plain(page)


def test_superseded_wordings_stay_readable(client, bridge):
    edition = correct(bridge, "It was Teusday.")
    supersede_note(edition_id=edition.pk, text="It was Tuesday.", by="Eve")
    supersede_note(edition_id=edition.pk, text="It was Tuesday, 1 September.", by="Eve")

    page = shown(client)
    details = re.search(r"<details.*?</details>", page, re.S)[0]

    assert re.findall(r'history-note" dir="auto">([^<]*)', page) == ["It was Tuesday, 1 September."]
    assert re.findall(r'<p dir="auto">([^<]*)', details) == ["It was Tuesday.", "It was Teusday."]
    assert "2 earlier wordings" in details


def test_withdrawn_and_reconstructed_stay_marked(client, bridge):
    correct(bridge)
    reconstruct_edition(
        document_id=bridge.pk,
        content=factories.content("Bridge", "The council votes on Monday."),
        at=factories.MORNING + HOUR / 2,
        by="Eve",
        evidence="readers’ quotations",
        kind="clarification",
        note="Votes, not voted.",
    )
    withdraw_document(document_id=bridge.pk)

    said = plain(shown(client))

    assert said.count("The story was withdrawn on") == 2
    assert "Reconstructed on" in said
    assert "by Eve from: readers’ quotations" in said


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Ferry", "Bridge"]),
        ({"kind": "correction"}, ["Bridge"]),
        ({"kind": "retraction"}, []),
        ({"kind": "update"}, ["Bridge"]),
        ({"section": "sport"}, ["Ferry"]),
        ({"year": "2026"}, ["Bridge"]),
        ({"year": "2027"}, ["Ferry"]),
        ({"q": "tuesday"}, ["Bridge"]),
        ({"q": "ferry nine"}, ["Ferry"]),
        ({"q": "nine tuesday"}, []),
        ({"q": "teusday"}, ["Bridge"]),
        ({"q": "%"}, []),
        ({"q": "\x00tuesday\x07"}, ["Bridge"]),
        ({"kind": "correction", "section": "city", "year": "2026", "q": "bridge"}, ["Bridge"]),
    ],
)
def test_filters_narrow_the_list(client, bridge, query, found):
    edition = correct(bridge, "It was Teusday.")
    supersede_note(edition_id=edition.pk, text="It was Tuesday.", by="Eve")
    correct(bridge, "Adds the vote.", kind="update", hours=2)
    ferry = factories.story(
        "Ferry", slug="ferry", in_section=factories.section("sport", "Sport"), at=factories.MORNING
    )
    # Midnight in London comes an hour after midnight UTC ended the year: 2027 in both.
    correct(ferry, "It sails at nine.", kind="clarification", hours=24 * 122)

    assert headlines(shown(client, **query)) == found


def test_year_is_that_of_the_publication(client, publication):
    factories.publication(time_zone="Pacific/Auckland")
    ferry = factories.story("Ferry", slug="ferry")
    edition_at = dt.datetime(2026, 12, 31, 12, 0, tzinfo=dt.UTC)
    correct(ferry, hours=int((edition_at - factories.MORNING) / HOUR))

    assert headlines(shown(client, year="2027")) == ["Ferry"]
    assert headlines(shown(client, year="2026")) == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"kind": "minor"}, "“minor” is not a kind of correction."),
        ({"kind": "<b>"}, "“&lt;b&gt;” is not a kind of correction."),
        ({"section": "nowhere"}, "There is no section “nowhere”."),
        ({"year": "99999999999999"}, "“99999999999999” is not a year; write it as 2026."),
        ({"year": "0199999"}, "“0199999” is not a year; write it as 2026."),
        ({"year": "٢٠٢٦"}, "“٢٠٢٦” is not a year; write it as 2026."),
        ({"q": "a " * 9}, "Look for 8 words with 200 characters at most."),
        ({"q": "x" * 201}, "Look for 8 words with 200 characters at most."),
    ],
)
def test_filter_that_cannot_be_is_named(client, bridge, query, says):
    answer = client.get(PAGE, query)

    assert answer.status_code == 400
    assert f'role="alert">{says}<' in answer.content.decode()


@pytest.mark.parametrize("cursor", ["x", "1-", "999999999999-1", "-1-1"])
def test_page_that_is_none_is_not_found(client, bridge, cursor):
    assert client.get(PAGE, {"before": cursor}).status_code == 404


def test_list_continues_by_key_with_its_filters(client, publication):
    for number in range(27):
        story = factories.story(f"Story {number}", slug=f"story-{number}")
        # Two of each second: the key tells them apart.
        correct(story, hours=number // 2 + 1)

    first = shown(client, kind="correction")
    older = re.search(r'href="(\?[^"]*before=[^"]*)"', first)[1].replace("&amp;", "&")
    second = client.get(PAGE + older).content.decode()

    assert "kind=correction" in older
    assert headlines(first + second) == [f"Story {number}" for number in range(26, -1, -1)]
    assert "before=" not in second.split("<main")[1]


def test_figures_tell_how_proposals_fared(client, bridge):
    open_one = factories.proposal(bridge, "council", "committee")
    declined = factories.proposal(bridge, name="Bo")
    accepted = factories.proposal(bridge, "voted", "decided")
    Proposal.objects.update(proposed_at=factories.MORNING)
    decline(proposal_id=declined.pk, by="Eve", reason="The minutes say Monday.")
    record_acceptance(proposal_id=accepted.pk, edition=correct(bridge), by="Eve")
    Proposal.objects.exclude(pk=open_one.pk).update(decided_at=factories.MORNING + 3 * HOUR)

    said = plain(shown(client))

    assert "1 correction 0 clarifications 0 editor’s notes 0 retractions" in said
    assert "3 proposals 1 accepted 0 accepted in part 1 declined 0 duplicates 1 open" in said
    assert "Median time from proposal to decision: 3 hours ." in said


@pytest.mark.parametrize("count", [1, 3])
def test_cost_is_a_fixed_number_of_statements(client, bridge, django_assert_num_queries, count):
    for number in range(count):
        document = factories.story(f"Story {number}", "On Monday.", slug=f"story-{number}")
        proposal = factories.proposal(document)
        edition = correct(document)
        record_acceptance(proposal_id=proposal.pk, edition=edition, by="Eve")
        supersede_note(edition_id=edition.pk, text="On Tuesday.", by="Eve")

    with django_assert_num_queries(9):
        client.get(PAGE, {"kind": "correction", "q": "tuesday"})
    with django_assert_num_queries(6):
        client.get(FEED)


def test_page_is_the_same_for_everybody_and_linked_from_every_foot(client, bridge, editor):
    correct(bridge)
    guest = client.get(PAGE)
    client.force_login(editor)

    assert client.get(PAGE).content == guest.content
    assert '<a href="/corrections/">Corrections</a>' in client.get("/").content.decode()
    assert 'type="application/atom+xml"' in guest.content.decode()
    assert not guest.cookies


def test_empty_feed_is_a_feed(client, publication):
    feed = feedparser.parse(client.get(FEED).content)

    assert (feed.bozo, feed.entries) == (0, [])


def test_feed_has_an_entry_for_each_edition_that_corrects(client, bridge):
    first = correct(bridge, "It was <Tuesday> & not Monday.")
    second = correct(bridge, "See ]]> \x0b there.", kind="clarification", hours=2)
    correct(bridge, "Adds the vote.", kind="update", hours=3)

    answer = client.get(FEED)
    feed = feedparser.parse(answer.content)

    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.bozo == 0
    assert [entry.id for entry in feed.entries] == [
        f"tag:news.example,2026:edition/{second.pk}",
        f"tag:news.example,2026:edition/{first.pk}",
    ]
    assert [entry.title for entry in feed.entries] == [
        "Clarification: Bridge",
        "Correction: Bridge",
    ]
    assert feed.entries[1].updated == feed.entries[1].published == "2026-09-01T09:00:00Z"
    assert "It was &lt;Tuesday&gt; &amp; not Monday." in feed.entries[1].content[0].value
    assert feed.entries[1].link == (
        "http://localhost:8000/2026/09/bridge/changes/?from=1&to=2#difference"
    )
    assert feed.feed.updated == "2026-09-01T10:00:00Z"


def test_superseding_a_note_updates_its_entry_and_keeps_its_id(client, bridge):
    edition = correct(bridge, "It was Teusday.")
    correct(bridge, "Could be misread.", kind="clarification", hours=2)
    before = feedparser.parse(client.get(FEED).content).entries[1]

    revision = supersede_note(edition_id=edition.pk, text="It was Tuesday.", by="Eve")
    after = feedparser.parse(client.get(FEED).content).entries[0]

    assert (before.id, before.published) == (after.id, after.published)
    assert after.updated == revision.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert "It was Tuesday." in after.content[0].value
