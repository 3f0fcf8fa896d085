"""Web Annotations of a story: what they say, by the W3C's own schemas and context, and how they
are asked for."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import tarfile

import jsonschema
import pytest
from pyld import jsonld
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4
from tests import factories
from tests.shared_fixtures import shared_files

from broadsheet.corrections.actions import propose
from broadsheet.corrections.drafts import ProposalDraft
from broadsheet.discussion.actions import Draft, ImportedComment, import_comments, post_comment
from broadsheet.record.actions import withdraw_document
from broadsheet.record.placements import Pointer

pytestmark = pytest.mark.django_db
STORY = "http://localhost:8000/2026/09/bridge/"
CONTAINER = "/2026/09/bridge/annotations/"
WHERE = f"http://localhost:8000{CONTAINER}"
ANNO = "http://www.w3.org/ns/anno.jsonld"
OA = "http://www.w3.org/ns/oa#"
MINUTE = dt.timedelta(minutes=1)
PREFER = 'return=representation;include="{}"'
MINIMAL = "http://www.w3.org/ns/ldp#PreferMinimalContainer"
IRIS = f"{OA}PreferContainedIRIs"
DESCRIPTIONS = f"{OA}PreferContainedDescriptions"
_FIXTURES = shared_files("fixtures/wire/web-annotation/*")
_SCHEMAS = [path for path in _FIXTURES if path.name.endswith(".tar.gz")]
_CONTEXTS = [path for path in _FIXTURES if path.name == "context-anno.jsonld"]
OWN_CONTEXT = {
    "@vocab": OA,
    "id": "@id",
    "type": "@type",
    "body": {"@id": f"{OA}hasBody", "@type": "@id"},
    "target": {"@id": f"{OA}hasTarget", "@type": "@id"},
    "source": {"@id": f"{OA}hasSource", "@type": "@id"},
    "selector": {"@id": f"{OA}hasSelector", "@type": "@id"},
    "motivation": {"@id": f"{OA}motivatedBy", "@type": "@vocab"},
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
}
"""As much of the W3C's context as is asked for here, for where the whole of it does not lie."""


@pytest.fixture
def bridge(publication):
    return factories.story(
        "Bridge",
        "Steve spoke 👍 on Friday.",
        "The outgoing CEO spoke about <b>phones</b>.",
        slug="bridge",
    )


def say(document, exact: str = "", **fields):
    pointer = Pointer(1, exact) if exact else None
    values = {"text": "*Is* he leaving?", "name": "Lena", "pointer": pointer, **fields}
    author = values.pop("author", None)
    at = values.pop("at", factories.MORNING + MINUTE)
    return post_comment(document_id=document.pk, draft=Draft(**values), author=author, at=at)


def suggest(document, **fields):
    values = {
        "pointer": Pointer(1, "outgoing CEO"),
        "replacement": "charismatic CEO",
        "reason": "He is not leaving.",
        "name": "Omar",
        "source_url": "https://nokia.example/",
        **fields,
    }
    return propose(
        document_id=document.pk, draft=ProposalDraft(**values), at=factories.MORNING + 2 * MINUTE
    ).proposal


def asked(client, path: str, **headers: str):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return json.loads(answer.content)


def one(client, comment):
    return asked(client, f"/a/{comment.pk}/")


def full_thread(document, author):
    """A thread with everything that an annotation can be."""
    question = say(document, "outgoing CEO")
    say(document, parent_id=question.pk, author=author, text="Re-worded, thanks.")
    say(document, "👍 on Friday.\n\nThe outgoing", text="Both paragraphs.")
    say(document, text="An awesome ride.")
    suggest(document)
    suggest(document, replacement="", source_url="", name="Bo")
    imported = [ImportedComment("c1", None, "", "Neither name nor time.", None)]
    import_comments(document_id=document.pk, comments=imported)


def test_comment_on_a_passage(client, bridge):
    comment = say(bridge, "outgoing CEO")

    assert one(client, comment) == {
        "@context": ANNO,
        "id": f"http://localhost:8000/a/{comment.pk}/",
        "type": "Annotation",
        "motivation": "commenting",
        "body": [
            {
                "type": "TextualBody",
                "value": "<p><em>Is</em> he leaving?</p>",
                "format": "text/html",
                "language": "en-GB",
            }
        ],
        "target": {
            "type": "SpecificResource",
            "source": STORY,
            "state": {
                "type": "TimeState",
                "sourceDate": "2026-09-01T08:00:00Z",
                "cached": f"{STORY}v/1/",
            },
            "selector": [
                {
                    "type": "FragmentSelector",
                    "value": "b-b2",
                    "conformsTo": "http://tools.ietf.org/rfc/rfc3236",
                    "refinedBy": {"type": "TextPositionSelector", "start": 4, "end": 16},
                },
                {
                    "type": "TextQuoteSelector",
                    "exact": "outgoing CEO",
                    "prefix": "Steve spoke 👍 on Friday.\n\nThe ",
                    "suffix": " spoke about phones.",
                },
            ],
        },
        "created": "2026-09-01T08:01:00Z",
        "creator": {"type": "Person", "name": "Lena"},
    }


def test_positions_count_code_points_of_the_block(client, bridge):
    comment = say(bridge, "on Friday")

    fragment = one(client, comment)["target"]["selector"][0]

    assert fragment["value"] == "b-b1"
    assert (fragment["refinedBy"]["start"], fragment["refinedBy"]["end"]) == (14, 23)


def test_passage_over_two_blocks_has_its_quote_only(client, bridge):
    comment = say(bridge, "on Friday.\n\nThe outgoing")

    selectors = one(client, comment)["target"]["selector"]

    assert [each["type"] for each in selectors] == ["TextQuoteSelector"]


def test_state_is_the_edition_in_which_the_words_were_marked(client, bridge):
    comment = say(bridge, "outgoing CEO")
    factories.edition(bridge, "Bridge", "The charismatic CEO.", slug="moved")

    target = one(client, comment)["target"]

    assert target["source"] == "http://localhost:8000/2026/09/moved/"
    assert target["state"]["sourceDate"] == "2026-09-01T08:00:00Z"
    assert target["state"]["cached"] == "http://localhost:8000/2026/09/moved/v/1/"


def test_comment_without_a_passage_is_about_the_story(client, bridge):
    data = one(client, say(bridge))

    assert (data["motivation"], data["target"]) == ("commenting", STORY)


def test_reply_answers_its_parent(client, bridge, author):
    parent = say(bridge)
    plain = say(bridge, parent_id=parent.pk, author=author)
    marked = say(bridge, "outgoing CEO", parent_id=parent.pk)

    data = one(client, plain)
    parent_iri = f"http://localhost:8000/a/{parent.pk}/"

    assert (data["motivation"], data["target"]) == ("replying", parent_iri)
    assert data["creator"] == {
        "id": "http://localhost:8000/by/ann-lee/",
        "type": "Person",
        "name": "Ann Lee",
    }
    first, second = one(client, marked)["target"]
    assert (first, second["source"]) == (parent_iri, STORY)


def test_proposal_is_an_annotation_that_edits(client, bridge):
    data = one(client, suggest(bridge).comment)

    assert data["motivation"] == "editing"
    assert [(body["purpose"], body.get("value")) for body in data["body"]] == [
        ("editing", "charismatic CEO"),
        ("describing", "<p>He is not leaving.</p>"),
        ("linking", None),
    ]
    assert data["body"][2]["source"] == "https://nokia.example/"
    assert data["target"]["selector"][1]["exact"] == "outgoing CEO"


def test_typographical_proposal_is_not_public(client, bridge):
    slip = suggest(
        bridge,
        pointer=Pointer(1, "spoke about"),
        replacement="spoke, about",
        reason="",
        is_typographical=True,
    )

    assert slip.comment is None
    assert asked(client, CONTAINER)["total"] == 0


def test_what_was_not_recorded_is_left_out(client, bridge):
    [comment] = import_comments(
        document_id=bridge.pk,
        comments=[ImportedComment("c1", None, "", "An *awesome* ride.", None)],
    )

    data = one(client, comment)

    assert data.keys() == {"@context", "id", "type", "motivation", "body", "target"}
    assert data["body"][0]["value"] == "<p>An *awesome* ride.</p>"


def test_container_without_annotations(client, bridge):
    data = asked(client, CONTAINER)

    assert data["total"] == 0
    assert data.keys().isdisjoint({"first", "last"})


@pytest.mark.parametrize(
    ("query", "prefer", "iris", "embeds"),
    [
        ("", "", 0, True),
        ("", PREFER.format(DESCRIPTIONS), 0, True),
        ("", PREFER.format(IRIS), 1, True),
        ("", PREFER.format(MINIMAL), 0, False),
        ("", PREFER.format(f"{MINIMAL} {IRIS}"), 1, False),
        ("", PREFER.format(f"{DESCRIPTIONS} {IRIS}"), 0, True),
        ("", "return=minimal", 0, True),
        ("?iris=1", "", 1, True),
        ("?iris=0", PREFER.format(IRIS), 0, True),
    ],
)
def test_container_follows_preferences(client, bridge, query, prefer, iris, embeds):
    comment = say(bridge)

    answer = client.get(CONTAINER + query, headers={"Prefer": prefer} if prefer else {})
    data = json.loads(answer.content)

    assert answer["Content-Location"] == data["id"] == f"{WHERE}?iris={iris}"
    assert data["type"] == ["BasicContainer", "AnnotationCollection"]
    assert (data["total"], data["last"]) == (1, f"{WHERE}?iris={iris}&page=0")
    if not embeds:
        assert data["first"] == f"{WHERE}?iris={iris}&page=0"
        return
    [item] = data["first"]["items"]
    iri = f"http://localhost:8000/a/{comment.pk}/"
    assert (item if iris else item["id"]) == iri


def test_pages_hold_a_hundred_and_lead_to_each_other(client, bridge):
    comments = import_comments(
        document_id=bridge.pk,
        comments=[ImportedComment(f"c{n}", None, "Lena", f"{n}.", None) for n in range(201)],
    )
    first = asked(client, CONTAINER, Prefer=PREFER.format(IRIS))["first"]
    pages = [first]
    while "next" in pages[-1]:
        pages.append(asked(client, pages[-1]["next"].removeprefix("http://localhost:8000")))

    listed = [iri for page in pages for iri in page["items"]]
    assert listed == [f"http://localhost:8000/a/{comment.pk}/" for comment in comments]
    assert [page["startIndex"] for page in pages] == [0, 100, 200]
    assert [page["id"] for page in pages[:-1]] == [page["prev"] for page in pages[1:]]
    assert {page["partOf"] for page in pages[1:]} == {f"{WHERE}?iris=1"}
    assert asked(client, f"{CONTAINER}?page=2")["items"][0]["type"] == "Annotation"


@pytest.mark.parametrize("number", ["1", "-1", "x", "", "٠", "9999999999", "0.5"])
def test_page_that_is_none_is_not_found(client, bridge, number):
    say(bridge)

    assert client.get(CONTAINER, {"page": number}).status_code == 404


@pytest.mark.parametrize("path", [CONTAINER, f"{CONTAINER}?page=0", "/a/{}/"])
def test_answers_follow_the_protocol(client, bridge, path):
    path = path.format(say(bridge).pk)

    got, head, options = client.get(path), client.head(path), client.options(path)

    assert got["Content-Type"] == f'application/ld+json; profile="{ANNO}"'
    for name in ("ETag", "Allow", "Content-Type", "Link"):
        assert got.get(name) == head.get(name) == options.get(name)
    assert got["Allow"] == "GET, HEAD, OPTIONS"
    assert "Accept" in got["Vary"].split(", ")
    assert (head.status_code, head.content, options.status_code) == (200, b"", 200)
    assert client.get(path, headers={"If-None-Match": got["ETag"]}).status_code == 304
    assert client.post(path).status_code == 405
    if path == CONTAINER:
        assert '<http://www.w3.org/ns/ldp#BasicContainer>; rel="type"' in got["Link"]
        assert 'rel="http://www.w3.org/ns/ldp#constrainedBy"' in got["Link"]
    elif path.startswith("/a/"):
        assert got["Link"] == '<http://www.w3.org/ns/ldp#Resource>; rel="type"'


def test_story_leads_to_its_annotations(client, bridge):
    page = client.get("/2026/09/bridge/").content.decode()

    assert f"type='application/ld+json; profile=\"{ANNO}\"'" in page
    assert f'href="{CONTAINER}"' in page


def test_old_address_leads_to_the_annotations(client, bridge):
    factories.edition(bridge, "Bridge", "Changed.", slug="moved")

    answer = client.get(f"{CONTAINER}?page=0")

    assert (answer.status_code, answer["Location"]) == (
        301,
        "/2026/09/moved/annotations/?page=0",
    )


@pytest.mark.parametrize("path", ["/a/999/", "/2026/09/nothing/annotations/"])
def test_what_is_not_there_is_not_found(client, bridge, path):
    assert client.get(path).status_code == 404


def test_withdrawn_story_keeps_its_annotations(client, bridge):
    say(bridge)
    withdraw_document(document_id=bridge.pk)

    assert asked(client, CONTAINER)["total"] == 1


@pytest.mark.parametrize("count", [1, 3])
def test_cost_is_a_fixed_number_of_statements(client, bridge, django_assert_num_queries, count):
    for number in range(count):
        say(bridge, ("outgoing CEO", "Steve spoke", "on Friday")[number])
        proposal = suggest(bridge, replacement=f"{number}th CEO")

    with django_assert_num_queries(9):
        client.get(CONTAINER)
    with django_assert_num_queries(9):
        client.get(f"{CONTAINER}?page=0")
    with django_assert_num_queries(7):
        client.get(f"/a/{proposal.comment_id}/")


def expanded(data, context):
    """Expand with contexts that lie here; nothing is fetched."""
    kept = {ANNO: context, "http://www.w3.org/ns/ldp.jsonld": {"@context": {}}}

    def load(url, options):
        return {"contextUrl": None, "documentUrl": url, "document": kept[url]}

    return jsonld.expand(data, {"documentLoader": load})


def test_expansion_keeps_every_annotation(client, bridge, author):
    full_thread(bridge, author)
    items = asked(client, f"{CONTAINER}?page=0")["items"]

    for item in items:
        [found] = expanded({"@context": ANNO, **item}, {"@context": OWN_CONTEXT})
        assert found["@id"] == item["id"]
        assert found[f"{OA}motivatedBy"] == [{"@id": OA + item["motivation"]}]
        assert found[f"{OA}hasTarget"]


@pytest.mark.parametrize("path", _CONTEXTS, ids=lambda path: path.name)
def test_expansion_by_the_context_of_the_w3c(client, bridge, author, path):
    full_thread(bridge, author)
    page = asked(client, f"{CONTAINER}?page=0")

    [found] = expanded(page, json.loads(path.read_text("utf-8")))

    annotations = found["http://www.w3.org/ns/activitystreams#items"]
    [listed] = annotations
    assert len(listed["@list"]) == len(page["items"]) == 7
    selectors = listed["@list"][0][f"{OA}hasTarget"][0][f"{OA}hasSelector"]
    assert {each["@type"][0] for each in selectors} == {
        f"{OA}FragmentSelector",
        f"{OA}TextQuoteSelector",
    }
    motivations = {each[f"{OA}motivatedBy"][0]["@id"] for each in listed["@list"]}
    assert motivations == {f"{OA}commenting", f"{OA}replying", f"{OA}editing"}


def schemas(path) -> dict[str, dict]:
    with tarfile.open(path) as archive:
        return {
            member.name: json.loads(archive.extractfile(member).read())
            for member in archive
            if member.isfile()
        }


def judged(found: dict[str, dict], folders: set[str], document) -> tuple[list[str], list[str]]:
    """Return the assertions that must hold and do, and those that do not.

    Half of the files lie here; an assertion whose definitions are in the other half is left out.
    """
    registry = Registry().with_resources(
        (name.rsplit("/", 1)[1], Resource(schema, DRAFT4))
        for name, schema in found.items()
        if name.startswith("definitions/")
    )
    held, broken = [], []
    for name, schema in sorted(found.items()):
        if name.rsplit("/", 1)[0] not in folders or schema.get("assertionType") != "must":
            continue
        # The ids inside of the files are not the names by which they refer to each other.
        bare = {key: value for key, value in schema.items() if key != "id"}
        with contextlib.suppress(Unresolvable):
            is_valid = jsonschema.Draft4Validator(bare, registry=registry).is_valid(document)
            as_expected = is_valid == (schema["expectedResult"] == "valid")
            (held if as_expected else broken).append(name)
    return held, broken


@pytest.mark.parametrize("path", _SCHEMAS, ids=lambda path: path.name)
def test_annotations_hold_against_the_schemas_of_the_w3c(client, bridge, author, path):
    full_thread(bridge, author)
    found = schemas(path)
    folders = {"annotations", "annotations/bodiesTargets", "annotations/specificResource"}

    for item in asked(client, f"{CONTAINER}?page=0")["items"]:
        held, broken = judged(found, folders, {"@context": ANNO, **item})
        assert (len(held) >= 11, broken) == (True, [])
    assert judged(found, folders, {"@context": ANNO, "type": "Note"})[1] != []


@pytest.mark.parametrize("path", _SCHEMAS, ids=lambda path: path.name)
@pytest.mark.parametrize("query", ["", "?iris=1", "?page=0"])
def test_container_holds_against_the_schemas_of_the_w3c(client, bridge, author, path, query):
    full_thread(bridge, author)
    folders = {"collections/pages" if "page" in query else "collections"}

    assert judged(schemas(path), folders, asked(client, CONTAINER + query))[1] == []
