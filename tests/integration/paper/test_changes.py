"""The history page: every edition with what it says of itself, and what changed between two."""

from __future__ import annotations

import datetime as dt
import re

import extruct
import feedparser
import pytest
from tests import factories

from broadsheet.corrections.actions import record_acceptance
from broadsheet.record.actions import append_edition, withdraw_document
from broadsheet.record.alignments import alignment_between
from broadsheet.record.healing import reconstruct_edition, supersede_note
from broadsheet.record.models import Edition, EditionAlignment

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
CHANGES = f"{STORY}changes/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def bridge(publication):
    document = factories.story(
        "Bridge", "The outgoing CEO spoke.", "It rained.", "They left.", slug="bridge"
    )
    factories.edition(
        document,
        "Bridge",
        "The charismatic CEO spoke.",
        "It rained.",
        "They left.",
        slug="bridge",
        kind="clarification",
        note="“Outgoing” could be misread.",
    )
    factories.edition(
        document,
        "The bridge",
        "It rained.",
        "The charismatic CEO spoke.",
        "They left late.",
        slug="bridge",
        kind="minor",
        note="",
    )
    return document


def shown(client, query: str = "") -> str:
    return client.get(CHANGES + query).content.decode()


def words(page: str, element: str) -> list[str]:
    return re.findall(rf'<{element}><span class="vh">\w+: </span>([^<]*)</{element}>', page)


def test_every_edition_is_listed_with_kind_and_note(client, bridge):
    page = shown(client)

    assert re.findall(r">Edition (\d)</a> <span class=\"verb\">([^<]*)", page) == [
        ("3", "Minor"),
        ("2", "Clarification"),
        ("1", "Original"),
    ]
    assert "“Outgoing” could be misread." in page


@pytest.mark.parametrize("query", ["?to=2", "?from=1&to=2", "?from=2&to=1"])
def test_difference_of_two_editions_in_words(client, bridge, query):
    page = shown(client, query)

    assert (words(page, "del"), words(page, "ins")) == (["outgoing"], ["charismatic"])
    assert "1 paragraph unchanged" in page
    assert "From edition 1 to edition 2" in page


def test_difference_shows_headline_and_moved_paragraphs(client, bridge):
    page = shown(client)

    assert "From edition 2 to edition 3" in page
    assert "<h3>Headline</h3>" in page
    assert "Moved here:" in page
    assert "late" in "".join(words(page, "ins"))


def test_difference_over_several_editions(client, bridge):
    page = shown(client, "?from=1&to=3")

    assert "From edition 1 to edition 3" in page
    assert "outgoing" in "".join(words(page, "del"))


@pytest.mark.parametrize("query", ["?from=x&to=y", "?to=99", "?from=&to=", "?from=2&to=2"])
def test_numbers_that_do_not_exist_show_the_list(client, bridge, query):
    answer = client.get(CHANGES + query)

    assert answer.status_code == 200


def test_story_without_changes_has_a_history_of_one(client, publication):
    factories.story("Quiet", slug="quiet")

    page = client.get("/2026/09/quiet/changes/").content.decode()

    assert page.count("Edition 1</a>") == 1
    assert 'id="difference"' not in page


def test_old_address_leads_to_the_history(client, bridge):
    factories.edition(bridge, "Bridge", slug="moved")

    answer = client.get(CHANGES)

    assert (answer.status_code, answer["Location"]) == (301, "/2026/09/moved/changes/")


def test_old_address_keeps_the_editions_that_were_asked_for(client, bridge):
    factories.edition(bridge, "Bridge", slug="moved")

    answer = client.get("/2026/09/bridge/changes/?from=1&to=2")

    assert answer["Location"] == "/2026/09/moved/changes/?from=1&to=2"


def test_alignment_is_computed_once_and_stored(bridge, monkeypatch):
    first, second, third = Edition.objects.order_by("number")

    def fail(*texts):
        raise AssertionError("aligned again")

    monkeypatch.setattr("broadsheet.record.alignments.align", fail)

    assert EditionAlignment.objects.count() == 2
    assert alignment_between(first, second).to_data()
    with pytest.raises(AssertionError):
        alignment_between(first, third)


@pytest.fixture
def healed(bridge):
    """The history with an earlier text that somebody quoted, added afterwards."""
    reconstruct_edition(
        document_id=bridge.pk,
        content=factories.content("Bridge", "The departing CEO spoke.", "It rained."),
        at=factories.MORNING - HOUR,
        by="Eve",
        evidence="a reader’s quotation",
    )
    return bridge


@pytest.mark.parametrize(
    ("earlier", "published"), [(dt.timedelta(), "09:00"), (dt.timedelta(minutes=1), "08:59")]
)
def test_second_given_up_for_another_edition_is_not_the_time_of_publication(
    client, bridge, earlier, published
):
    edition = reconstruct_edition(
        document_id=bridge.pk,
        content=factories.content("Bridge", "The departing CEO spoke.", "It rained."),
        at=factories.MORNING - earlier,
        by="Eve",
        evidence="a reader’s quotation",
    )

    page = client.get(STORY).content.decode()

    assert edition.published_at < factories.MORNING
    assert re.search(r"Published <time [^>]+>1 September 2026, (\S+)</time>", page)[1] == published
    data = extruct.extract(page, syntaxes=["json-ld"])["json-ld"][0]["@graph"][0]
    assert data["datePublished"] == f"2026-09-01T{published}:00+01:00"


def test_order_is_that_of_publication_and_numbers_stay(client, healed):
    page = shown(client, "?from=2")

    assert re.findall(r">Edition (\d)</a> <span class=\"verb\">([^<]*)", page) == [
        ("3", "Minor"),
        ("2", "Clarification"),
        ("1", "First kept edition"),
        ("4", "Original"),
    ]
    assert re.findall(r'href="([^"]*)">What changed', page) == [
        f"{CHANGES}?from={earlier}&amp;to={later}#difference"
        for earlier, later in ("23", "12", "41")
    ]


def test_difference_to_a_reconstructed_edition(client, healed):
    page = shown(client, "?from=1&to=4")

    assert "From edition 4 (reconstructed) to edition 1<" in page
    assert "departing" in "".join(words(page, "del"))
    assert re.search(r"Reconstructed</strong> on <time[^>]*>[^<]*</time> by <bdi>Eve</bdi>", page)
    assert "from: a reader’s quotation" in page


def test_note_in_force_stands_above_the_superseded_ones(client, bridge):
    second = bridge.editions.get(number=2)
    supersede_note(edition_id=second.pk, text="He is not leaving.", by="Eve")

    page = shown(client)
    details = re.search(r"<details.*?</details>", page, re.S)[0]

    assert re.findall(r'history-note" dir="auto">([^<]*)', page) == ["He is not leaving."]
    assert re.findall(r'<p dir="auto">([^<]*)', details) == ["“Outgoing” could be misread."]
    assert re.search(r"This note was worded so on <time[^>]*>[^<]*</time> by <bdi>Eve</bdi>", page)


def test_who_answers_for_an_edition_is_said(client, bridge):
    append_edition(
        document_id=bridge.pk,
        content=factories.content("A bridge", "It rained."),
        kind="minor",
        published_by="Ann Lee",
        approved_by="Ben Moss",
        reason="The name was always written so.",
        slug="bridge",
    )

    page = shown(client)

    assert "· <bdi>Ann Lee</bdi> · approved by <bdi>Ben Moss</bdi>" in page
    assert "The name was always written so." in page


def test_proposals_that_led_to_an_edition_are_shown(client, bridge):
    proposal = factories.proposal(bridge, "left late", "left", name="Ann")
    slip = factories.proposal(bridge, "rained", "rains", is_typographical=True, reason="")
    edition = factories.edition(
        bridge, "The bridge", "It rains.", slug="bridge", kind="correction", note="It rains."
    )
    record_acceptance(proposal_id=proposal.pk, edition=edition, by="Eve", in_part=True)
    record_acceptance(proposal_id=slip.pk, edition=edition, by="Eve")

    page = shown(client)

    assert f'<a href="/c/{proposal.comment_id}/">Proposed by Ann</a>, accepted in part' in page
    assert re.search(
        r"before: </span>rained</del> → <ins><span class=\"vh\">after: </span>rains<", page
    )
    assert slip.comment_id is None
    assert page.count("/c/") == 2  # the credit and the proposal, not the slip of the pen


@pytest.mark.parametrize("query", ["?to=9", "?from=9", "?from=%3Cb%3E"])
def test_edition_that_is_none_is_named(client, bridge, query):
    page = shown(client, query)

    assert re.search(r"There is no edition “<bdi>(9|&lt;b&gt;)</bdi>”", page)


@pytest.mark.parametrize("count", [1, 3])
def test_history_costs_a_fixed_number_of_statements(
    client, bridge, count, django_assert_num_queries
):
    for number in range(count):
        proposal = factories.proposal(bridge, "rained", f"poured {number}")
        edition = factories.edition(
            bridge, "Bridge", f"It rained {number}.", slug="bridge", kind="correction"
        )
        record_acceptance(proposal_id=proposal.pk, edition=edition, by="Eve")
        supersede_note(edition_id=edition.pk, text="Adds the number.", by="Eve")

    with django_assert_num_queries(9):
        client.get(f"{CHANGES}?from=1&to=3")


def retract(document):
    edition = factories.edition(
        document,
        "The bridge",
        "It rained.",
        slug="bridge",
        kind="retraction",
        note="There is no bridge.",
        at=factories.MORNING + 5 * HOUR,
    )
    document.refresh_from_db()
    return edition


def test_note_of_a_retraction_replaces_the_body(client, bridge):
    retract(bridge)

    page = client.get(STORY).content.decode()

    assert '<h1 id="headline">Retracted: The bridge</h1>' in page
    assert "There is no bridge." in page
    assert "data-text" not in page
    assert "could be misread" not in page.split("<article")[1].split("</article>")[0]
    assert "It rained." not in page
    assert ">Retracted: The bridge</a>" in client.get("/").content.decode()


def take_away(document):
    withdraw_document(document_id=document.pk)


@pytest.mark.parametrize("take_back", [retract, take_away])
def test_script_of_the_passages_comes_with_the_text_only(client, bridge, take_back):
    factories.proposal(bridge, "It rained")
    script = "paper/passages"
    before = client.get(STORY).content.decode()

    take_back(bridge)

    assert script in before
    assert script not in client.get(STORY).content.decode()


def test_editions_before_a_retraction_stay_readable(client, bridge):
    retract(bridge)

    first = client.get(f"{STORY}v/1/").content.decode()
    last = client.get(f"{STORY}v/4/").content.decode()

    assert "The outgoing CEO spoke." in first
    assert "Retracted: " not in first
    assert "There is no bridge." in last
    assert "It rained." not in last


def test_retraction_in_feed_and_structured_data(client, bridge):
    retract(bridge)

    item = feedparser.parse(client.get("/feed.xml").content).entries[0]
    data = extruct.extract(client.get(STORY).content.decode(), syntaxes=["json-ld"])["json-ld"]
    article = data[0]["@graph"][0]

    assert item.title == article["headline"] == "Retracted: The bridge"
    assert re.fullmatch(
        r"<p><strong>Retraction, [^.]+\.</strong> There is no bridge\.</p>", item.content[0].value
    )
    assert [each["text"] for each in article["correction"]] == [
        "There is no bridge.",
        "“Outgoing” could be misread.",
    ]


def test_superseded_note_reaches_story_feed_and_structured_data(client, bridge):
    edition = append_edition(
        document_id=bridge.pk,
        content=factories.content("Bridge", "It snowed."),
        kind="correction",
        note="It sowned.",
        reason="Nobody looked.",
        credit="Ann",
        slug="bridge",
    )
    revision = supersede_note(edition_id=edition.pk, text="It snowed.", by="Eve")

    page = client.get(STORY).content.decode()
    item = feedparser.parse(client.get("/feed.xml").content).entries[0]
    data = extruct.extract(page, syntaxes=["json-ld"])["json-ld"][0]["@graph"][0]

    assert "It snowed. Spotted by <bdi>Ann</bdi>" in page
    assert "sowned" not in page
    assert re.match(
        r"<p><strong>Correction, [^.]+\.</strong> It snowed\. Spotted by Ann\.</p>",
        item.content[0].value,
    )
    # Editions in one second are moved on, this one ahead of the note's other wording.
    assert item.updated == max(revision.at, edition.published_at).isoformat()
    correction = data["correction"][0]
    assert (correction["text"], correction["creditText"]) == ("It snowed.", "Spotted by Ann")


def test_feed_keeps_a_correction_that_later_editions_follow(client, bridge):
    """The note of edition 2 was lost to the feed with edition 3, which is minor and has none."""
    item = feedparser.parse(client.get("/feed.xml").content).entries[0]

    clarified = Edition.objects.get(number=2)
    assert re.match(
        r"<p><strong>Clarification, [^.]+\.</strong> “Outgoing” could be misread\.</p><p id=",
        item.content[0].value,
    )
    assert item.updated == clarified.published_at.isoformat()

    factories.edition(bridge, "Bridge", "It rained.", slug="bridge", note="Adds <rain>.")
    item = feedparser.parse(client.get("/feed.xml").content).entries[0]
    notes = re.findall(r"<strong>(\w+), [^<]+</strong> ([^<]+)</p>", item.content[0].value)
    assert notes == [
        ("Update", "Adds &lt;rain&gt;."),
        ("Clarification", "“Outgoing” could be misread."),
    ]
    assert item.updated == Edition.objects.get(number=4).published_at.isoformat()


def test_note_of_a_moment_is_the_one_that_stood_then(client, bridge, monkeypatch):
    second = bridge.editions.get(number=2)
    later = second.published_at + HOUR
    monkeypatch.setattr("broadsheet.clock.now", lambda: later)
    supersede_note(edition_id=second.pk, text="He is not leaving.", by="Eve")
    at = "{:%Y%m%dT%H%M%SZ}"

    before = client.get(f"{STORY}at/{at.format(second.published_at)}/").content.decode()
    now = client.get(STORY).content.decode()

    assert "could be misread" in before
    assert "not leaving" not in before
    assert "not leaving" in now


def test_edition_by_itself_tells_what_came_before_in_time(client, healed):
    page = client.get(f"{STORY}v/1/").content.decode()

    listed = re.findall(r'href="[^"]*/v/(\d)/">Edition', page)
    assert listed == ["4", "1"]
    assert "first kept edition" in page
