"""Pages of the whole application: the same for everybody, and true after everything that happens."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Callable

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from tests import factories
from tests.shared_fixtures import ROOT

from broadsheet.corrections.actions import decline
from broadsheet.discussion.actions import (
    ImportedComment,
    decide_alias,
    import_comments,
    offer_alias,
)
from broadsheet.discussion.keys import SETTINGS, reactions_key
from broadsheet.moderation.keys import DECISIONS, HOUSE, QUEUE, RULES
from broadsheet.paper.memento import compact
from broadsheet.readers.keys import reader_key
from broadsheet.readers.models import Account
from broadsheet.record.actions import move_document, reinstate_document, withdraw_document
from broadsheet.record.healing import supersede_note
from broadsheet.record.keys import FRAME, STORIES, document_key, storyline_key
from broadsheet.record.models import Author, Document, Publication, Section, Storyline, Topic
from broadsheet.record.storylines import (
    change_storyline,
    make_storyline,
    open_places,
    put_on_storylines,
)

STORY = "/2026/09/council-sets-bridge-budget/"


@pytest.fixture
def document(publication, author, paper) -> Document:
    """A story with two editions, a comment, and a proposal; and a reader with a profile."""
    Account.objects.create(pk=READER, email="vera@reader.example", name="Vera", has_profile=True)
    document = factories.story(authors=(author,), topics=(factories.topic("Eve Moss"),))
    factories.edition(
        document,
        "Council sets bridge budget",
        "The council voted on Monday, nine to four.",
        authors=(author,),
        topics=(factories.topic("Eve Moss"),),
        kind="correction",
        note="Nine to four it was.",
        at=factories.MORNING + dt.timedelta(hours=1),
    )
    factories.comment(document, "Are you sure about this?")
    import_comments(
        document_id=document.pk,
        comments=[ImportedComment("c1", None, "Ann L", "Re-worded, thanks.", None)],
    )
    factories.proposal(document)
    bridge = make_storyline(headline="The bridge", at=factories.MORNING)
    put_on_storylines(document_id=document.pk, storyline_ids=[bridge.pk], at=factories.MORNING)
    document.refresh_from_db()
    return document


READER = 4711
OF_MODERATION = (SETTINGS, DECISIONS, HOUSE, QUEUE, RULES)


def pressed_addresses(document: Document) -> list[str]:
    """Return an address of each pressed view."""
    moment = f"{STORY}at/{compact(factories.MORNING + dt.timedelta(hours=2))}/"
    passage = document.passages.get().pk
    root = document.comments.first().pk
    return [
        "/",
        "/feed.xml",
        "/corrections/",
        "/corrections/feed.xml",
        "/robots.txt",
        "/favicon.svg",
        "/topic/eve-moss/",
        "/by/ann-lee/",
        "/city/",
        "/storyline/the-bridge/",
        f"/storyline/the-bridge/at/{compact(factories.MORNING + dt.timedelta(hours=2))}/",
        "/storyline/the-bridge/feed.xml",
        STORY,
        f"{STORY}changes/",
        f"{STORY}v/1/",
        moment,
        f"{moment}discussion/",
        f"{moment}discussion/{root}/",
        f"{STORY}discussion/",
        f"{STORY}discussion/{root}/",
        f"{STORY}moments/",
        f"{STORY}timemap/",
        f"{STORY}timemap/json/",
        f"{STORY}passage/{passage}/",
        f"{STORY}live/",
        f"{STORY}discussion/since/0/{document.head_sequence}/",
        f"/reader/{READER}/",
        f"/c/{root}/versions/",
        "/moderation/log/",
        "/moderation/transparency/",
        "/moderation/transparency/figures.csv",
        "/moderation/rules/",
    ]


def pressed_views(patterns) -> set[Callable]:
    views = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            views |= pressed_views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "press_parameters"):
            views.add(pattern.callback)
    return views


def test_every_pressed_view_says_what_its_pages_are_made_from(paper, document):
    views = pressed_views(get_resolver().url_patterns)
    reached = set()
    for address in pressed_addresses(document):
        reached.add(get_resolver().resolve(address).func)
        answer = paper.get(address)
        assert answer.status == 200, address
        assert address in paper.press.store.pages, f"{address} is not held ready"
        named = answer.header(b"surrogate-key").decode().split()
        assert named, address
        bridge = document.storyline_places.get().storyline_id
        of_story = {document_key(document.pk), reactions_key(document.pk), storyline_key(bridge)}
        known = {FRAME, STORIES, *of_story, reader_key(READER), *OF_MODERATION}
        assert set(named) <= known, address
        assert answer.header(b"vary").startswith(b"Accept-Encoding"), address
    assert reached == views


def test_every_parameter_that_a_pressed_view_reads_is_declared():
    """What is not declared is not given to the view; so a name in its source must be."""
    used: dict[Callable, set[str]] = {}
    for view in pressed_views(get_resolver().url_patterns):
        module = inspect.getmodule(inspect.unwrap(view))
        source = inspect.getsource(module)
        used[view] = set(re.findall(r"request\.GET(?:\.get\(|\[)\"(\w+)\"", source))
        used[view] |= set(re.findall(r"\"(\w+)\" (?:not )?in request\.GET", source))
        for names in re.findall(
            r"request\.GET\.get\(name, \"\"\)\) for name in \(([^)]*)\)", source
        ):
            used[view] |= set(re.findall(r"\"(\w+)\"", names))
        for names in re.findall(r"request\.GET\.get\(name, \"\"\) for name in \(([^)]*)\)", source):
            used[view] |= set(re.findall(r"\"(\w+)\"", names))
    # Views of one module share helpers, so the module's views together declare what it reads.
    modules: dict[str, set[str]] = {}
    for view in used:
        modules.setdefault(view.__module__, set()).update(view.press_parameters)
    unpressed = {"broadsheet.paper.views.moments": {"time"}}
    for view, names in used.items():
        allowed = modules[view.__module__] | unpressed.get(view.__module__, set())
        assert names <= allowed, f"{view.__module__} reads {names - allowed}"
    assert modules["broadsheet.paper.views.discussion"] == {"sort", "after", "below"}
    assert modules["broadsheet.paper.views.corrections"] == {
        *("before", "kind", "q", "section", "year")
    }
    assert modules["broadsheet.paper.views.changes"] == {"from", "to"}


def test_views_read_queries_in_no_other_way():
    """The test above knows these forms; another one has to be added there."""
    known = re.compile(
        r"request\.GET(\.get\(|\[)(\"\w+\"|name)|in request\.GET\b|META\[\"QUERY_STRING\"\]"
        r"|pointed\(found\.document, request\.GET\)|urlencode\(request\.GET\)|else request\.GET$"
    )
    for path in (ROOT / "src/broadsheet/paper/views").glob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            if "request.GET" in line or "QUERY_STRING" in line:
                assert known.search(line), f"{path.name}: {line.strip()}"


def test_editor_and_stranger_get_the_same_bytes(paper, document, client, editor):
    client.force_login(editor)
    session = client.cookies["sessionid"].value.encode()
    personal = [
        (b"cookie", b"sessionid=" + session + b"; csrftoken=secret-of-one"),
        (b"accept-language", b"de"),
        (b"user-agent", b"agent-of-one"),
        (b"referer", b"https://referer-of-one.example/"),
    ]
    for address in pressed_addresses(document):
        paper.press.store.pages.clear()
        signed_in = paper.get(address, headers=personal)
        from_memory = paper.get(address)
        paper.press.store.pages.clear()
        stranger = paper.get(address)
        assert signed_in.body == from_memory.body == stranger.body, address
        assert signed_in.headers == from_memory.headers == stranger.headers, address
        assert not signed_in.header(b"set-cookie")
        page = paper.press.store.pages[address]
        kept = b"\n".join([page.body, *(b": ".join(each) for each in page.headers)])
        for word in (session, b"secret-of-one", b"agent-of-one", b"referer-of-one", b"Eve Editor"):
            assert word not in kept, address


HOSTILE = [
    [(b"host", b"evil.example")],
    [(b"host", b"localhost:1@evil.example")],
    [(b"x-forwarded-host", b"evil.example")],
    [(b"x-forwarded-proto", b"javascript")],
    [(b"x-forwarded-prefix", b"//evil.example")],
    [(b"x-forwarded-for", b"evil.example")],
    [(b"forwarded", b"host=evil.example;proto=http")],
    [(b"x-original-url", b"/evil.example/")],
    [(b"x-rewrite-url", b"/evil.example/")],
    [(b"x-http-method-override", b"DELETE")],
    [(b"origin", b"https://evil.example")],
    [(b"accept", b"application/evil.example")],
    [(b"range", b"bytes=0-0")],
    [(b"prefer", b"evil.example")],
    [(b"x_forwarded_host", b"evil.example")],
]


@pytest.mark.parametrize("headers", HOSTILE)
def test_header_of_a_hostile_reader_is_on_no_page(paper, document, headers):
    for address in ("/", STORY, f"{STORY}timemap/", "/feed.xml"):
        paper.press.store.pages.clear()
        poisoned = paper.get(address, headers=headers)
        assert poisoned.status == 200
        assert b"evil.example" not in poisoned.body
        assert not any(b"evil.example" in value for _, value in poisoned.headers)
        paper.press.store.pages.clear()
        assert paper.get(address).body == poisoned.body


@pytest.mark.parametrize(
    "path",
    [
        "//",
        f"/{STORY}",
        f"{STORY}/",
        f"{STORY[:-1]}",
        STORY.upper(),
        f"{STORY}\x00",
        f"{STORY}%00",
        f"{STORY}../",
        f"{STORY}..%2f",
        f"{STORY}?before=1",
        f"{STORY};a=1/",
        f"{STORY}index.css",
        f"{STORY}\n",
        f"{STORY} ",
        f"{STORY}é/",
        "/2026/09/\ufffd/",
        "/2026/09/ﬁ/",
        "/٢٠٢٦/09/council-sets-bridge-budget/",
        "",
        "*",
        "/" + "a" * 60_000 + "/",
        "/CITY/",
        "/city/\r\nset-cookie: a=b/",
        f"{STORY}v/99999999999999999999999999/",
        f"{STORY}v/{'9' * 5000}/",
        f"{STORY}v/1/../2/",
        f"{STORY}passage/0/",
        f"{STORY}passage/99999999999999999999/",
        f"{STORY}discussion/99999999999999999999/",
        f"{STORY}at/00000101T000000Z/",
        f"{STORY}at/00010101T000000Z/",
        f"{STORY}at/99991231T235959Z/",
        f"{STORY}at/20260931T000000Z/",
    ],
)
def test_path_that_is_none_leads_to_no_page_that_is_kept(paper, document, path):
    paper.get(STORY)
    kept = set(paper.press.store.pages)
    answer = paper.get(path)
    assert answer.status in (301, 302, 400, 404), answer.status
    if answer.status in (301, 302):
        location = answer.header(b"location")
        assert location[:1] == b"/" and location[:2] != b"//" and b"\n" not in location
    assert set(paper.press.store.pages) == kept


@pytest.mark.parametrize(
    ("address", "query"),
    [
        (f"{STORY}changes/", b"from=<script>&to=2"),
        (f"{STORY}changes/", b"from=1&from=2&to=1"),
        (f"{STORY}discussion/", b"sort=%00"),
        (f"{STORY}discussion/", b"after=-1"),
        (f"{STORY}discussion/", b"after=999999999999999"),
        (f"{STORY}discussion/", "after=٣".encode()),
        ("/city/", b"before=999999999999-999999999999999999"),
        ("/city/", b"before=1-1&before="),
        ("/city/", b"before=%ff"),
        ("/corrections/", b"q=%00&year=0000"),
        ("/corrections/", b"q=" + b"a+" * 1000),
        ("/corrections/", b"year=9999&kind=%27+OR+1=1"),
        ("/corrections/", b"section=../city"),
        ("/", b"seen=99999999999"),
        ("/", b"&".join(b"a%d=1" % number for number in range(500))),
    ],
)
def test_query_of_a_hostile_reader_breaks_nothing(paper, document, address, query):
    answer = paper.get(address, query)
    assert answer.status in (200, 400, 404)
    assert b"<script>" not in answer.body.replace(b"<script type", b"").replace(b"<script src", b"")
    assert paper.get(address, query).body == answer.body


def test_hostile_query_costs_one_page_and_no_more(paper, document):
    for query in (b"", b"utm_source=1", b"utm_source=2&fbclid=x", b"a=%ff", b"seen=1", b"FROM=1"):
        assert paper.get(STORY, query).status == 200
    assert paper.asked == [STORY]


def test_canonical_address_of_a_page_names_only_what_it_reads(paper, document):
    answer = paper.get(f"{STORY}discussion/", b"utm_source=evil.example&sort=newest&after=5")
    assert answer.status == 200
    assert b"evil.example" not in answer.body
    assert b"after=5&amp;sort=newest" in answer.body


def test_old_address_redirects_everybody_and_is_not_kept(paper, document):
    factories.edition(document, slug="bridge-budget", kind="update")
    answer = paper.get(STORY, b"utm_source=x")
    assert (answer.status, answer.header(b"location")) == (301, b"/2026/09/bridge-budget/")
    assert STORY not in paper.press.store.pages
    moved = paper.get(f"{STORY}changes/", b"to=2&utm_source=x&from=1")
    assert moved.header(b"location") == b"/2026/09/bridge-budget/changes/?from=1&to=2"


def save(model: type, **fields: str) -> None:
    found = model.objects.first()
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()


def accept(document: Document) -> None:
    from broadsheet.corrections.actions import record_acceptance

    edition = factories.edition(
        document, "Council sets bridge budget", "On Tuesday.", kind="correction", note="Tuesday."
    )
    record_acceptance(
        proposal_id=document.proposals.get().pk, edition=edition, by="Eve Editor", in_part=False
    )


def say_who_that_is(document: Document) -> None:
    alias = offer_alias(document_id=document.pk, name="Ann L", author=Author.objects.get())
    decide_alias(alias_id=alias.pk, is_same_person=True, decided_by="Eve Editor")


HAPPENINGS: list[tuple[str, Callable[[Document], object], list[str]]] = [
    (
        "a comment",
        lambda document: factories.comment(document, "One more."),
        [STORY, f"{STORY}discussion/", f"{STORY}moments/", "/"],
    ),
    (
        "an edition",
        lambda document: factories.edition(document, "Bridge budget is set", note="New head."),
        [STORY, f"{STORY}changes/", f"{STORY}timemap/", "/", "/city/", "/by/ann-lee/", "/feed.xml"],
    ),
    (
        "a correction",
        lambda document: factories.edition(document, kind="correction", note="It was five."),
        ["/corrections/", "/corrections/feed.xml", STORY],
    ),
    (
        "a withdrawal",
        lambda document: withdraw_document(document_id=document.pk),
        [STORY, "/", "/city/", "/topic/eve-moss/", "/by/ann-lee/", "/feed.xml"],
    ),
    (
        "a note that supersedes",
        lambda document: supersede_note(
            edition_id=document.editions.get(number=2).pk, text="Nine to five.", by="Eve"
        ),
        [STORY, f"{STORY}changes/", f"{STORY}v/2/", "/corrections/", "/corrections/feed.xml"],
    ),
    ("an alias that is decided", say_who_that_is, [STORY, f"{STORY}discussion/"]),
    (
        "a proposal",
        lambda document: factories.proposal(document, "four", "five"),
        [STORY, "/corrections/"],
    ),
    (
        "a proposal that is declined",
        lambda document: decline(
            proposal_id=document.proposals.get().pk, by="Eve", reason="It was Monday."
        ),
        [STORY, "/corrections/"],
    ),
    ("a proposal that is accepted", accept, [STORY, f"{STORY}changes/", "/corrections/"]),
    (
        "another section",
        lambda document: move_document(
            document_id=document.pk, section=factories.section("sport", "Sport")
        ),
        [STORY, "/city/"],
    ),
    (
        "another name of the publication",
        lambda _: save(Publication, name="The Other"),
        ["/", STORY, f"{STORY}v/1/", f"{STORY}changes/", "/corrections/", "/feed.xml", "/city/"],
    ),
    ("another name of a section", lambda _: save(Section, name="Town"), ["/city/", STORY, "/"]),
    (
        "another biography",
        lambda _: save(Author, biography="She was there."),
        ["/by/ann-lee/"],
    ),
    ("another name of a topic", lambda _: save(Topic, name="Eve Moss II"), ["/topic/eve-moss/"]),
]


ON_THE_STORYLINE: list[tuple[str, Callable[[Document], object]]] = [
    ("joins", lambda other: put_on_storylines(document_id=other.pk, storyline_ids=line(other))),
    (
        "leaves",
        lambda other: put_on_storylines(document_id=other.pk, storyline_ids=[]),
    ),
    (
        "gets another headline",
        lambda other: factories.edition(other, "Divers are sent", slug="divers"),
    ),
    ("gets another address", lambda other: factories.edition(other, "Divers", slug="two-divers")),
    ("is withdrawn", lambda other: withdraw_document(document_id=other.pk)),
    (
        "sees the storyline renamed",
        lambda other: change_storyline(
            storyline_id=open_places(other)[0].storyline_id,
            headline="Bridges",
            slug="the-bridge",
        ),
    ),
]


def line(other: Document) -> list[int]:
    return [Storyline.objects.get(slug="the-bridge").pk]


@pytest.mark.parametrize(
    ("what", "happens"), ON_THE_STORYLINE, ids=[row[0] for row in ON_THE_STORYLINE]
)
def test_pages_of_a_storyline_are_true_after_another_story(paper, document, what, happens):
    other = factories.story("Divers", slug="divers", at=factories.MORNING + dt.timedelta(hours=1))
    if what != "joins":
        put_on_storylines(
            document_id=other.pk,
            storyline_ids=line(other),
            at=factories.MORNING + dt.timedelta(hours=1),
        )
    addresses = [STORY, "/storyline/the-bridge/"]
    before = {address: paper.get(address).body for address in addresses}
    asked = len(paper.asked)
    assert {address: paper.get(address).body for address in addresses} == before
    assert len(paper.asked) == asked, "they are answered from memory until then"

    happens(other)

    for address in addresses:
        assert paper.get(address).body != before[address], f"{address} before the other {what}"


@pytest.mark.parametrize(
    ("what", "happens", "addresses"), HAPPENINGS, ids=[row[0] for row in HAPPENINGS]
)
def test_pages_are_true_after(paper, document, what, happens, addresses):
    before = {address: paper.get(address) for address in addresses}
    assert all(answer.status == 200 for answer in before.values())
    asked = len(paper.asked)
    assert all(paper.get(address) == answer for address, answer in before.items())
    assert len(paper.asked) == asked, "they are answered from memory until then"

    happens(document)

    for address in addresses:
        after = paper.get(address)
        assert after.status == 200, address
        assert after.body != before[address].body, f"{address} is as it was before {what}"
        assert after.header(b"etag") != before[address].header(b"etag")


def test_address_that_changed_leads_to_the_new_one_at_once(paper, document):
    paper.get(STORY)
    factories.edition(document, slug="bridge-budget", kind="update")
    assert paper.get(STORY).status == 301
    assert paper.get("/2026/09/bridge-budget/").status == 200


def test_story_that_comes_back_is_on_the_front_page_again(paper, document):
    shown = paper.get("/").body
    withdraw_document(document_id=document.pk)
    assert paper.get("/").body != shown
    reinstate_document(document_id=document.pk)
    assert paper.get("/").body == shown


def test_what_was_withdrawn_does_not_stand_in_for_the_page_being_made(paper, document):
    for address in ("/", STORY):
        paper.get(address)
    withdraw_document(document_id=document.pk)
    marks = paper.press.counters
    for address in ("/", STORY):
        page = paper.press.store.pages[address]
        assert marks.read_withdrawals(page.places) != page.withdrawals, address


def test_new_edition_does_not_count_as_a_withdrawal(paper, document):
    paper.get(STORY)
    factories.edition(document)
    page = paper.press.store.pages[STORY]
    assert paper.press.counters.read_withdrawals(page.places) == page.withdrawals


def test_writer_sees_the_own_comment_at_once(paper, document, monkeypatch):
    """Also where others would be shown the page as it was, because it was made just before."""
    monkeypatch.setattr("broadsheet.press.front.BETWEEN", 0.2)
    paper.get(STORY)
    origin = ((b"origin", b"http://localhost"), (b"sec-fetch-site", b"same-origin"))
    answer = paper.post(f"{STORY}comment/", b"text=Mine,+just+now.&name=Lena", headers=origin)
    assert answer.status == 303
    path, _, query = answer.header(b"location").partition(b"#")[0].partition(b"?")
    document.refresh_from_db()
    assert query == b"seen=%d" % document.head_sequence
    assert "Mine, just now." in paper.get(path.decode(), query).text


NEVER_PRESSED = [
    "/desk/",
    "/desk/login/",
    "/me/",
    "/search/",
    f"{STORY}comment/",
    f"{STORY}propose/",
    "/documents/1/x.pdf",
    f"{STORY}annotations/",
    f"/tg{STORY}",
    f"{STORY}at/",
]


@pytest.mark.parametrize("address", NEVER_PRESSED)
def test_what_is_personal_is_never_pressed(paper, document, address):
    for _ in range(2):
        answer = paper.get(address)
        assert answer.status < 500
    assert paper.asked == []
    assert paper.press.store.pages == {}


def test_no_view_of_the_desk_or_with_a_form_is_declared():
    for view in pressed_views(get_resolver().url_patterns):
        assert view.__module__.startswith("broadsheet.paper.views."), view
        assert view.__module__.rpartition(".")[2] not in ("comments", "proposals", "me", "search")


def test_post_is_answered_by_django_and_nothing_of_it_is_kept(paper, document):
    kept = paper.get(STORY)
    answer = paper.post(f"{STORY}comment/", b"text=Hello.&name=Lena&do=preview")
    assert answer.status < 500
    assert paper.asked == [STORY]
    assert list(paper.press.store.pages) == [STORY]
    assert paper.get(STORY) == kept


def test_moment_is_asked_of_django_where_the_story_negotiates(paper, document, settings):
    answer = paper.get(STORY, headers=[(b"accept-datetime", b"Tue, 01 Sep 2026 08:30:00 GMT")])
    page = paper.get(STORY)
    if b"accept-datetime" in page.header(b"vary").lower():
        assert answer.status == 302
        assert answer.header(b"cache-control") == b"private, no-store"
    else:
        assert answer.body == page.body


def test_endless_addresses_stay_within_the_bound(paper, document):
    paper.press.store.limit = 300_000
    start = factories.MORNING
    for minute in range(30):
        at = compact(start + dt.timedelta(minutes=minute))
        assert paper.get(f"{STORY}at/{at}/").status == 200
        assert paper.get("/robots.txt").status == 200
        assert paper.press.store.size <= paper.press.store.limit
    assert paper.asked.count("/robots.txt") == 1
