"""RFC 7089: what programs are told of a story's editions, by header, redirect and TimeMap.

The peer is memento-client, which speaks for itself; it wants instants without a zone and asks with
HEAD. ``bridge`` has editions 1 and 2, and 3, which was reconstructed and stands between them.
"""

from __future__ import annotations

import datetime as dt
import warnings

import pytest
from tests import factories
from tests.shared_fixtures import shared_files

from broadsheet.paper.memento import TimeUnreadable, requested_time
from broadsheet.record.actions import create_document
from broadsheet.record.healing import reconstruct_edition

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from memento_client import MementoClient

STORY = "/2026/09/bridge/"
GATE = f"/tg{STORY}"
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)
EIGHT = factories.MORNING
TIMES = {1: EIGHT, 3: EIGHT + 10 * MINUTE, 2: EIGHT + 20 * MINUTE}
"""The editions in order of time."""
ORDER = list(TIMES)


def add_editions(document):
    factories.edition(
        document, "Bridge", "The charismatic CEO.", slug="bridge", kind="minor", at=TIMES[2]
    )
    return reconstruct_edition(
        document_id=document.pk,
        content=factories.content("Bridge", "The leaving CEO."),
        at=TIMES[3],
        by="Ann Lee",
        evidence="A saved copy.",
    )


@pytest.fixture
def bridge(publication):
    document = factories.story("Bridge", "The outgoing CEO.", slug="bridge", at=TIMES[1])
    add_editions(document)
    return document


@pytest.fixture(params=["1.1", "2.1"])
def pattern(request, settings):
    settings.MEMENTO_PATTERN = request.param
    return request.param


@pytest.fixture
def gate(pattern):
    """The address that negotiates."""
    return STORY if pattern == "1.1" else GATE


def links(answer, prefix="http://localhost:8000"):
    """The Link header as ``{relation: path}``; each memento with its instant."""
    parsed = MementoClient.parse_link_header(answer["Link"])
    found = {}
    for url, attributes in parsed.items():
        assert url.startswith(prefix)
        for relation in attributes["rel"]:
            found.setdefault(relation, []).append(url.removeprefix(prefix))
        if "memento" in attributes["rel"]:
            assert len(attributes["datetime"]) == 1
    return {relation: sorted(urls) for relation, urls in found.items()}


AROUND = {
    "original": [STORY],
    "timemap": [f"{STORY}timemap/", f"{STORY}timemap/json/"],
}


def test_story_is_its_own_timegate(client, bridge):
    answer = client.get(STORY)

    assert answer.status_code == 200
    assert links(answer) == {**AROUND, "timegate": [STORY]}
    assert 'rel="original timegate"' in answer["Link"]
    assert "Accept-Datetime" in answer["Vary"]
    assert "Memento-Datetime" not in answer
    assert answer["Cache-Control"] == "public, no-cache"


def test_story_of_pattern_2_1_does_not_negotiate(client, bridge, settings):
    settings.MEMENTO_PATTERN = "2.1"

    plain = client.get(STORY)
    asked = client.get(STORY, headers={"Accept-Datetime": TIMES[1].strftime(HTTP_DATE)})

    assert plain.status_code == asked.status_code == 200
    assert plain.content == asked.content
    assert "Accept-Datetime" not in plain.get("Vary", "")
    assert links(plain) == {**AROUND, "timegate": [GATE]}


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize(
    ("after_eight", "number", "near"),
    [
        (-3600 * 24 * 9000, 1, {"first": 1, "last": 2, "next": 3}),
        (-1, 1, {"first": 1, "last": 2, "next": 3}),
        (0, 1, {"first": 1, "last": 2, "next": 3}),
        (599, 1, {"first": 1, "last": 2, "next": 3}),
        (600, 3, {"first": 1, "last": 2, "prev": 1, "next": 2}),
        (1199, 3, {"first": 1, "last": 2, "prev": 1, "next": 2}),
        (1200, 2, {"first": 1, "last": 2, "prev": 3}),
        (3600 * 24 * 9000, 2, {"first": 1, "last": 2, "prev": 3}),
    ],
)
def test_timegate_leads_to_the_edition_in_force(
    client, bridge, gate, method, after_eight, number, near
):
    at = EIGHT + dt.timedelta(seconds=after_eight)

    answer = getattr(client, method)(gate, headers={"Accept-Datetime": at.strftime(HTTP_DATE)})

    assert answer.status_code == 302
    assert answer["Location"] == f"http://localhost:8000{STORY}v/{number}/"
    assert "Accept-Datetime" in answer["Vary"]
    assert answer["Cache-Control"] == "private, no-store"
    assert "Memento-Datetime" not in answer
    mementos = sorted({f"{STORY}v/{each}/" for each in [number, *near.values()]})
    expected = {role: [f"{STORY}v/{each}/"] for role, each in near.items()}
    assert links(answer) == {**AROUND, "timegate": [gate], "memento": mementos, **expected}


def test_timegate_of_its_own_without_a_time_leads_to_the_last(client, bridge, pattern):
    answer = client.get(GATE)

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"http://localhost:8000{STORY}v/2/",
    )
    assert answer["Vary"] == "Accept-Datetime"
    assert links(answer)["timegate"] == [GATE]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2026-09-01T08:00:00Z",
        "Tue, 01 Sep 2026 08:00:00 UTC",
        "Tue, 01 Sep 2026 08:00:00 +0000",
        "Tue, 1 Sep 2026 08:00:00 GMT",
        "Tuesday, 01-Sep-26 08:00:00 GMT",
        "Tue Sep  1 08:00:00 2026",
        "Tue, 31 Feb 2026 08:00:00 GMT",
        "Tue, 01 Sep 2026 25:00:00 GMT",
        "Tue, 01 Sep 0000 08:00:00 GMT",
        "Tue, 01 Sep 2026 08:00:00 GMT, Wed, 02 Sep 2026 08:00:00 GMT",
        "<script>",
    ],
)
def test_unreadable_time_is_refused_with_the_form_it_takes(client, bridge, gate, value):
    answer = client.get(gate, headers={"Accept-Datetime": value})
    page = answer.content.decode()

    assert answer.status_code == 400
    assert links(answer)["original"] == [STORY]
    assert "Accept-Datetime" in answer["Vary"]
    assert answer["Cache-Control"] == "private, no-store"
    assert "Wed, 02 Sep 2026 10:15:00 GMT" in page
    assert "<script>" not in page
    with pytest.raises(TimeUnreadable):
        requested_time(value)


@pytest.mark.parametrize("number", TIMES)
def test_edition_says_when_it_is_from_and_what_is_beside_it(client, bridge, number):
    answer = client.get(f"{STORY}v/{number}/")
    place = ORDER.index(number)

    assert answer["Memento-Datetime"] == TIMES[number].strftime(HTTP_DATE)
    found = links(answer)
    assert found["original"] == found["timegate"] == [STORY]
    assert found["first"] == [f"{STORY}v/1/"]
    assert found["last"] == [f"{STORY}v/2/"]
    before, after = ORDER[:place], ORDER[place + 1 :]
    assert found.get("prev") == ([f"{STORY}v/{before[-1]}/"] if before else None)
    assert found.get("next") == ([f"{STORY}v/{after[0]}/"] if after else None)
    assert "Accept-Datetime" not in answer.get("Vary", "")
    assert answer["Cache-Control"] == "public, no-cache"


def test_edition_does_not_negotiate(client, bridge):
    answer = client.get(f"{STORY}v/2/", headers={"Accept-Datetime": TIMES[1].strftime(HTTP_DATE)})

    assert answer.status_code == 200


def test_only_edition_is_first_and_last(client, publication):
    factories.story("Bridge", slug="bridge")

    for answer in (client.get(f"{STORY}v/1/"), client.get(GATE)):
        assert 'rel="first last memento"' in answer["Link"]
        assert links(answer)["memento"] == [f"{STORY}v/1/"]


def test_page_of_a_moment_names_the_original(client, bridge, pattern, gate):
    answer = client.get(f"{STORY}at/20260901T080500Z/")

    assert links(answer) == {**AROUND, "timegate": [gate]}
    assert answer["Memento-Datetime"] == "Tue, 01 Sep 2026 08:05:00 GMT"
    assert "Accept-Datetime" not in answer.get("Vary", "")


def test_timemap_lists_the_editions_in_order_of_time(client, bridge):
    answer = client.get(f"{STORY}timemap/")
    story = f"http://localhost:8000{STORY}"
    eight, ten, twenty = (TIMES[number].strftime(HTTP_DATE) for number in ORDER)

    assert answer["Content-Type"] == "application/link-format; charset=utf-8"
    assert answer.content.decode() == (
        f'<{story}>;rel="original timegate",\n'
        f'<{story}timemap/>;rel="self";type="application/link-format"'
        f';from="{eight}";until="{twenty}",\n'
        f'<{story}v/1/>;rel="first memento";datetime="{eight}",\n'
        f'<{story}v/3/>;rel="memento";datetime="{ten}",\n'
        f'<{story}v/2/>;rel="last memento";datetime="{twenty}"\n'
    )


def test_json_timemap_says_the_same(client, bridge, pattern, gate):
    answer = client.get(f"{STORY}timemap/json/")
    story = f"http://localhost:8000{STORY}"
    listed = [
        {"datetime": TIMES[number].strftime("%Y-%m-%dT%H:%M:%SZ"), "uri": f"{story}v/{number}/"}
        for number in ORDER
    ]

    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {
        "original_uri": story,
        "timegate_uri": f"http://localhost:8000{gate}",
        "timemap_uri": {"link_format": f"{story}timemap/", "json_format": f"{story}timemap/json/"},
        "mementos": {"first": listed[0], "last": listed[-1], "list": listed},
    }


@pytest.mark.parametrize(
    "below", ["v/1/", "at/20260901T080500Z/", "at/yesterday/", "at/", "timemap/", "timemap/json/"]
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_old_address_leads_to_the_same_below_the_new_one(client, bridge, method, below):
    factories.edition(bridge, "Bridge", "More.", slug="crossing", kind="minor", note="")

    answer = getattr(client, method)(f"{STORY}{below}")

    assert (answer.status_code, answer["Location"]) == (301, f"/2026/09/crossing/{below}")


def test_old_timegate_leads_to_the_new_one(client, bridge):
    factories.edition(bridge, "Bridge", "More.", slug="crossing", kind="minor", note="")

    answer = client.get(GATE)

    assert (answer.status_code, answer["Location"]) == (301, "/tg/2026/09/crossing/")


@pytest.mark.parametrize(
    "path", ["timemap/", "timemap/json/", "moments/", "at/", "at/yesterday/", "v/1/"]
)
def test_unknown_story_has_no_history(client, publication, path):
    assert client.get(f"{STORY}{path}").status_code == 404


@pytest.mark.parametrize("path", [f"{STORY}timemap/", f"{STORY}timemap/json/", STORY])
def test_head_answers_as_get_without_a_body(client, bridge, path):
    whole, head = client.get(path), client.head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.get("Link") == whole.get("Link")
    assert head["Content-Type"] == whole["Content-Type"]


@pytest.mark.parametrize("count", [1, 3])
def test_negotiation_costs_two_statements(
    client, publication, django_assert_num_queries, gate, count
):
    document = factories.story("Bridge", slug="bridge")
    for number in range(count):
        factories.edition(document, "Bridge", f"Text {number}.", slug="bridge", kind="minor")

    with django_assert_num_queries(2):
        client.get(gate, headers={"Accept-Datetime": EIGHT.strftime(HTTP_DATE)})
    with django_assert_num_queries(2):
        client.get(f"{STORY}timemap/")


def test_document_without_an_edition_is_not_there(client, publication):
    create_document(authority=factories.AUTHORITY, section=factories.section())

    assert client.get(GATE).status_code == 404


def test_memento_client_makes_the_round(transactional_db, live_server, settings, pattern):
    """Before, at and after each edition, by its own rules for finding the TimeGate."""
    settings.ORIGIN = live_server.url
    factories.publication()
    document = factories.story("Bridge", "The outgoing CEO.", slug="bridge", at=TIMES[1])
    add_editions(document)
    story = f"{live_server.url}{STORY}"
    expected = {
        TIMES[number] + beside: max(
            (each for each in ORDER if TIMES[each] <= TIMES[number] + beside),
            key=lambda each: TIMES[each],
            default=1,
        )
        for number in ORDER
        for beside in (-SECOND, 0 * SECOND, SECOND)
    }

    for at, number in expected.items():
        # In pattern 1.1 it takes a story that varies for one without a TimeGate, unless it is told.
        own = {"timegate_uri": "", "check_native_timegate": False} if pattern == "1.1" else {}
        with MementoClient(**own) as peer:
            info = peer.get_memento_info(story, at.replace(tzinfo=None))
        gate = story if pattern == "1.1" else f"{live_server.url}{GATE}"
        assert (info["original_uri"], info["timegate_uri"]) == (story, gate)
        found = {role: (each["uri"], each["datetime"]) for role, each in info["mementos"].items()}
        place = ORDER.index(number)
        beside = {
            "closest": number,
            "first": 1,
            "last": 2,
            **({"prev": ORDER[place - 1]} if place else {}),
            **({"next": ORDER[place + 1]} if place < 2 else {}),
        }
        assert found == {
            role: ([f"{story}v/{each}/"], TIMES[each].replace(tzinfo=None))
            for role, each in beside.items()
        }
        assert info["mementos"]["closest"]["http_status_code"] == 200


def test_timemap_is_made_as_the_one_in_the_rfc(client, bridge, settings):
    """Figure 28 of RFC 7089, where it is at hand: the same relations, each with the same attributes."""
    settings.MEMENTO_PATTERN = "2.1"
    ours = shape(client.get(f"{STORY}timemap/").content.decode())

    assert ours == {
        "original": {"rel"},
        "timegate": {"rel"},
        "self": {"rel", "type", "from", "until"},
        "first memento": {"rel", "datetime"},
        "memento": {"rel", "datetime"},
        "last memento": {"rel", "datetime"},
    }
    for file in shared_files("fixtures/wire/memento/*timemap*"):
        theirs = shape(file.read_text("utf-8"))
        assert {rel: names - {"license"} for rel, names in theirs.items()} == ours


def shape(timemap):
    parsed = MementoClient.parse_link_header(timemap)
    return {" ".join(each["rel"]): set(each) for each in parsed.values()}
