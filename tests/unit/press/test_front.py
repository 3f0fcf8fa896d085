"""The press in front: what is answered from memory, what is made, how often, and what is passed on."""

from __future__ import annotations

import asyncio
import gzip

import brotli
import pytest
from tests.unit.press.conftest import HTML, House

from broadsheet.press import front
from broadsheet.press.counters import EVERYTHING
from broadsheet.press.front import (
    AFTER_FAILURE,
    BETWEEN,
    MAKING_AT_ONCE,
    MAX_QUERY,
    PATIENCE,
    REST,
    STALE_WITHIN,
)
from broadsheet.press.pages import CACHE_CONTROL


def test_second_request_is_answered_from_memory(house: House):
    async def scenario():
        first = await house.get()
        second = await house.get()
        assert first == second
        assert (first.status, first.printing) == (200, 1)

    house.run(scenario)
    assert house.printer.asked == [("/story/", "")]
    assert house.passed_on == []


def test_page_is_made_anew_when_its_key_is_changed_and_no_other(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 5
        house.marks.change(["document:2"])
        assert (await house.get()).printing == 1
        house.marks.change(["document:1"])
        assert (await house.get()).printing == 2
        assert (await house.get()).printing == 2

    house.run(scenario)


def test_page_is_made_anew_when_everything_changed(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 5
        house.marks.change([EVERYTHING])
        assert (await house.get()).printing == 2

    house.run(scenario)


def test_many_who_ask_at_once_wait_for_one_making(house: House):
    async def scenario():
        house.printer.gate = asyncio.Event()
        readers = [asyncio.create_task(house.get()) for _ in range(20)]
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.printer.gate.set()
        assert {(await reader).printing for reader in readers} == {1}

    house.run(scenario)
    assert len(house.printer.asked) == 1


def test_reader_who_goes_away_takes_the_page_from_nobody(house: House):
    async def scenario():
        house.printer.gate = asyncio.Event()
        gone, stays = (asyncio.create_task(house.get()) for _ in range(2))
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        gone.cancel()
        house.printer.gate.set()
        assert (await stays).printing == 1

    house.run(scenario)


def test_who_asks_first_waits_and_the_others_get_the_page_as_it_was(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 5
        await house.get()
        house.marks.change(["document:1"])
        house.printer.gate = asyncio.Event()
        first = asyncio.create_task(house.get())
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        assert (await house.get()).printing == 1
        house.printer.gate.set()
        assert (await first).printing == 2
        assert (await house.get()).printing == 2

    house.run(scenario)


def test_page_that_is_not_true_never_stands_longer_than_it_may(house: House):
    async def scenario():
        await house.get()
        house.marks.change(["document:1"])
        house.printer.gate = asyncio.Event()
        house.clock.now += BETWEEN
        first = asyncio.create_task(house.get())
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.clock.now += STALE_WITHIN - BETWEEN
        assert (await house.get()).printing == 1
        house.clock.now += 0.001
        late = asyncio.create_task(house.get())
        for _ in range(50):
            await asyncio.sleep(0)
        assert not late.done()
        house.printer.gate.set()
        assert ((await first).printing, (await late).printing) == (2, 2)

    house.run(scenario)


def test_page_that_nobody_asked_for_in_a_while_is_not_shown_as_it_was(house: House):
    """How long it has not been true is not known, so it counts from when it last was."""

    async def scenario():
        await house.get()
        house.clock.now += STALE_WITHIN + 0.1
        house.marks.change(["document:1"])
        house.printer.gate = asyncio.Event()
        readers = [asyncio.create_task(house.get()) for _ in range(2)]
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.printer.gate.set()
        assert {(await reader).printing for reader in readers} == {2}

    house.run(scenario)


def test_hot_page_is_made_no_more_often_than_it_may(house: House):
    async def scenario():
        await house.get()
        for _ in range(20):
            house.marks.change(["document:1"])
            await house.get()
            house.clock.now += BETWEEN / 5
            await house.settled()

    house.run(scenario)
    assert len(house.printer.asked) <= 1 + 4 + 1


@pytest.mark.parametrize("fails", [False, True])
def test_what_was_withdrawn_is_never_shown_again(house: House, fails):
    async def scenario():
        await house.get()
        await house.get()
        house.marks.change(["document:1"], withdraws=True)
        if fails:
            house.printer.error = OSError("the database is gone")
            answer = await house.patiently(house.get())
            assert answer.body == b"of the application"
        else:
            answer = await house.patiently(house.get())
            assert answer.printing == 2

    house.run(scenario)


def test_what_is_withdrawn_while_it_is_made_is_not_shown(house: House):
    async def scenario():
        house.printer.gate = asyncio.Event()
        reader = asyncio.create_task(house.get())
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.marks.change(["document:1"], withdraws=True)
        late = asyncio.create_task(house.get())
        await asyncio.sleep(0)
        house.printer.gate.set()
        assert (await house.patiently(reader)).printing == 2
        assert (await house.patiently(late)).printing == 2

    house.run(scenario)


def test_what_is_withdrawn_every_time_is_left_to_the_application(house: House, monkeypatch):
    render = house.press.ways.render

    async def withdrawn_meanwhile(path: str, query: str):
        made = await render(path, query)
        house.marks.change(["document:1"], withdraws=True)
        return made

    monkeypatch.setattr(front, "BETWEEN", 0.0)
    house.press.ways = front.Ways(house.press.ways.parameters, withdrawn_meanwhile)

    async def scenario():
        assert (await house.get()).body == b"of the application"

    house.run(scenario)


def test_who_joins_a_slow_making_gets_no_page_that_is_older_than_stale(house: House):
    async def scenario():
        house.printer.gate = asyncio.Event()
        first = asyncio.create_task(house.get())
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.marks.change(["document:1"])
        house.clock.now += STALE_WITHIN + 0.5
        late = asyncio.create_task(house.get())
        await asyncio.sleep(0)
        house.printer.gate.set()
        assert (await first).printing == 1
        assert (await house.patiently(late)).printing == 2

    house.run(scenario)


def test_who_has_seen_more_waits_for_a_page_that_new(house: House):
    async def scenario():
        await house.get()
        await house.get()
        house.printer.sequence = 5
        house.marks.change(["document:1"])
        house.clock.now += BETWEEN
        answer = await house.get(query=b"seen=5")
        assert answer.printing == 2
        assert (await house.get(query=b"seen=5")).printing == 2
        assert (await house.get(query=b"seen=4")).printing == 2

    house.run(scenario)
    assert house.printer.asked == [("/story/", ""), ("/story/", "")]


def test_who_has_seen_more_than_what_is_being_made_waits_for_the_next(house: House):
    async def scenario():
        house.printer.gate = asyncio.Event()
        first = asyncio.create_task(house.get())
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.printer.sequence = 5
        house.marks.change(["document:1"])
        house.clock.now += 0.01
        writer = asyncio.create_task(house.get(query=b"seen=5"))
        await asyncio.sleep(0)
        house.printer.gate.set()
        assert (await first).printing == 1
        assert (await house.patiently(writer)).printing == 2

    house.run(scenario)


@pytest.mark.parametrize("seen", ["99999999999", "2", "999999999999999"])
def test_number_that_does_not_exist_costs_no_more_than_a_page_each_quarter_second(
    house: House, seen
):
    async def scenario():
        await house.get()
        for _ in range(20):
            house.clock.now += BETWEEN / 5
            liars = [asyncio.create_task(house.get(query=f"seen={seen}".encode())) for _ in "abc"]
            await house.settled()
            assert (await house.get()).status == 200
        for liar in liars:
            assert (await house.patiently(liar)).status == 200

    house.run(scenario)
    assert len(house.printer.asked) <= 1 + 4 + 1


@pytest.mark.parametrize(
    "seen", ["", "-1", "x", "1e3", "9999999999999999", "٣", "%00", "1.5", "+5", "0x5"]
)
def test_number_that_is_none_is_no_number(house: House, seen):
    async def scenario():
        await house.get()
        assert (await house.get(query=f"seen={seen}".encode())).printing == 1

    house.run(scenario)


def test_parameters_that_no_view_reads_share_one_page(house: House):
    async def scenario():
        await house.get()
        for query in (
            b"utm_source=x&fbclid=y",
            b"a",
            b"&&&",
            b"Before=1",
            b"before[]=1",
            b"%ff=%fe",
        ):
            assert (await house.get(query=query)).printing == 1

    house.run(scenario)
    assert house.printer.asked == [("/story/", "")]


def test_declared_parameters_distinguish_and_are_passed_in_one_order(house: House):
    async def scenario():
        await house.get()
        first = await house.get(query=b"kind=a%20b&utm_source=x&before=1")
        second = await house.get(query=b"before=1&kind=a+b&seen=1")
        other = await house.get(query=b"before=2&kind=a+b")
        assert (first.printing, second.printing, other.printing) == (2, 2, 3)

    house.run(scenario)
    assert house.printer.asked == [
        ("/story/", ""),
        ("/story/", "before=1&kind=a+b"),
        ("/story/", "before=2&kind=a+b"),
    ]


@pytest.mark.parametrize(
    ("query", "read"),
    [
        (b"before=1&before=2", "before=2"),
        (b"before=1;before=2", "before=1%3Bbefore%3D2"),
        (b"before=1%26kind=x", "before=1%26kind%3Dx"),
        (b"before=%ff", "before=%EF%BF%BD"),
        (b"before=\xff", "before=%EF%BF%BD"),
        (b"before=%00", "before=%00"),
        (b"before=", "before="),
        (b"before", "before="),
        (b"%62efore=1", "before=1"),
        (b"before=1#kind=x", "before=1%23kind%3Dx"),
        (b"before=\xc3\xa9", "before=%C3%A9"),
    ],
)
def test_query_is_read_as_the_view_reads_it(house: House, query, read):
    """What the press compares and what the view is given, are the same by construction."""

    async def scenario():
        await house.get(query=query)

    house.run(scenario)
    assert house.printer.asked == [("/story/", read)]


def test_query_that_is_too_long_is_refused_before_anything_is_made(house: House):
    async def scenario():
        longest = await house.get(query=b"a=" + b"x" * (MAX_QUERY - 2))
        too_long = await house.get(query=b"a=" + b"x" * (MAX_QUERY - 1))
        assert longest.status == 200
        assert too_long.status == 414
        assert too_long.headers["cache-control"] == "no-store"

    house.run(scenario)
    assert len(house.printer.asked) == 1
    assert house.passed_on == []


def test_escaped_question_mark_is_no_query(house: House):
    async def scenario():
        await house.get(query=b"before=1")
        answer = await house.get("/story/?before=1")
        assert answer.body == b"of the application"

    house.run(scenario)


def test_what_is_not_pressed_gets_its_own_request_untouched(house: House):
    async def scenario():
        answer = await house.get(
            "/desk/", b"x=1&seen=3", headers=[(b"cookie", b"session=1"), (b"host", b"evil.example")]
        )
        assert answer.status == 299

    house.run(scenario)
    assert house.printer.asked == []
    assert house.passed_on == [
        {
            "type": "http",
            "method": "GET",
            "path": "/desk/",
            "query_string": b"x=1&seen=3",
            "headers": [(b"cookie", b"session=1"), (b"host", b"evil.example")],
        }
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"])
def test_other_methods_are_passed_on(house: House, method):
    async def scenario():
        await house.get()
        assert (await house.get(method=method)).status == 299

    house.run(scenario)
    assert len(house.printer.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 404, 410, 400])
def test_what_is_the_same_for_all_is_shared_but_not_kept(house: House, status):
    async def scenario():
        house.printer.status = status
        house.printer.gate = asyncio.Event()
        readers = [asyncio.create_task(house.get()) for _ in range(3)]
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.printer.gate.set()
        answers = [await reader for reader in readers]
        assert {(each.status, each.printing) for each in answers} == {(status, 1)}
        assert answers[0].headers["content-length"] == str(len(answers[0].body))
        assert (await house.get()).printing == 2

    house.run(scenario)
    assert house.passed_on == []
    assert house.press.store.size == 0


@pytest.mark.parametrize("status", [200, 301, 404])
@pytest.mark.parametrize(
    "header",
    [
        (b"set-cookie", b"session=1"),
        (b"cache-control", b"private"),
        (b"cache-control", b"max-age=0, private, no-store"),
        (b"vary", b"Accept-Encoding, Cookie"),
        (b"vary", b"*"),
    ],
)
def test_what_may_be_personal_is_neither_kept_nor_shared(house: House, status, header):
    async def scenario():
        house.printer.status = status
        house.printer.headers = [HTML, header]
        for _ in range(2):
            assert (await house.get()).body == b"of the application"

    house.run(scenario)
    assert len(house.passed_on) == 2
    assert house.press.store.size == 0


def test_page_without_keys_is_left_to_the_application(house: House):
    async def scenario():
        house.printer.keys = ()
        assert (await house.get()).body == b"of the application"

    house.run(scenario)


def test_page_that_is_gone_is_kept_no_longer(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 5
        house.marks.change(["document:1"])
        house.printer.status = 404
        assert (await house.get()).status == 404
        assert house.press.store.size == 0

    house.run(scenario)


def test_page_is_made_again_from_half_of_the_time_limit_on(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 14.9
        assert (await house.get()).printing == 1
        assert not house.press.flights
        house.clock.now += 0.2
        assert (await house.get()).printing == 1
        await house.landed()
        assert (await house.get()).printing == 2

    house.run(scenario)


def test_page_is_never_older_than_the_time_limit_though_its_marks_are_the_same(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 30.1
        assert (await house.get()).printing == 2

    house.run(scenario)


@pytest.mark.parametrize("how", ["it raises", "it answers 500"])
def test_page_that_cannot_be_made_again_is_shown_as_it_was_and_marked(house: House, how):
    async def scenario():
        await house.get()
        house.clock.now += 40
        house.marks.change(["document:1"])
        if how == "it raises":
            house.printer.error = OSError("the database is gone")
        else:
            house.printer.status = 503
        answer = await house.get()
        assert (answer.status, answer.printing) == (200, 1)
        assert answer.headers["cache-status"].startswith("Broadsheet; hit;")
        assert answer.headers["age"] == "40"
        again = await house.get(if_none_match=answer.headers["etag"])
        assert (again.status, again.headers["age"]) == (304, "40")

    house.run(scenario)
    assert house.passed_on == []


def test_page_that_cannot_be_made_is_tried_once_a_second_and_made_when_it_can(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 40
        house.marks.change(["document:1"])
        house.printer.error = OSError("the database is gone")
        for _ in range(10):
            assert (await house.get()).printing == 1
        assert len(house.printer.asked) == 2
        house.printer.error = None
        house.clock.now += AFTER_FAILURE
        answer = await house.get()
        assert answer.printing == 3
        assert "cache-status" not in answer.headers

    house.run(scenario)


def test_page_that_was_never_made_and_cannot_be_is_left_to_the_application(house: House):
    async def scenario():
        house.printer.error = OSError("the database is gone")
        assert (await house.get()).body == b"of the application"
        house.printer.error, house.printer.status = None, 500
        assert (await house.get()).body == b"of the application"

    house.run(scenario)


def test_reader_of_a_page_that_takes_too_long_gets_the_one_before(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 40
        house.marks.change(["document:1"])
        house.printer.gate = asyncio.Event()
        reader = asyncio.create_task(house.get())
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.clock.now += PATIENCE + 0.1
        answer = await reader
        assert answer.printing == 1
        assert "cache-status" in answer.headers
        house.printer.gate.set()
        await house.landed()
        assert (await house.get()).printing == 2

    house.run(scenario)


@pytest.mark.parametrize(
    ("accepted", "decode"),
    [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)],
)
def test_each_encoding_is_made_once_and_again_with_the_page(house: House, accepted, decode):
    encoding = "" if accepted == "identity" else accepted

    async def scenario():
        answer = await house.get(accept_encoding=accepted)
        assert b"printing 1 " in decode(answer.body)
        assert answer.headers.get("content-encoding", "") == encoding
        kept = house.press.store.pages["/story/"].answers[encoding]
        again = await house.get(accept_encoding=accepted)
        assert again.body is kept.body
        house.clock.now += 5
        house.marks.change(["document:1"])
        await house.get(accept_encoding=accepted)
        assert encoding in house.press.store.pages["/story/"].answers

    house.run(scenario)
    assert len(house.printer.asked) == 2


def test_several_fields_of_one_name_are_one_list(house: House):
    async def scenario():
        fields = [(b"accept-encoding", b"gzip"), (b"accept-encoding", b"br;q=0")]
        answer = await house.get(headers=fields)
        assert answer.headers["content-encoding"] == "gzip"
        tags = [(b"if-none-match", b'"x"'), (b"if-none-match", answer.headers["etag"].encode())]
        assert (await house.get(headers=tags)).status == 304
        assert (await house.get(headers=tags[::-1])).status == 304

    house.run(scenario)


def test_encoding_that_two_ask_for_at_once_is_counted_once(house: House):
    async def scenario():
        await house.get(accept_encoding="br")
        await asyncio.gather(*(house.get(accept_encoding="gzip") for _ in range(5)))
        page = house.press.store.pages["/story/"]
        assert house.press.store.size == page.size
        bodies = sum(len(each.body) + len(each.fields) for each in page.answers.values())
        assert page.size == len(page.body) + bodies + 4096

    house.run(scenario)


@pytest.mark.parametrize("form", ["{weak}", "{strong}", '"a", {weak} , "b"', "*", " * "])
def test_reader_who_has_the_page_is_told_so(house: House, form):
    async def scenario():
        page = await house.get()
        weak = page.headers["etag"]
        given = form.format(weak=weak, strong=weak.removeprefix("W/"))
        answer = await house.get(if_none_match=given, accept_encoding="br")
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers == {
            "cache-control": CACHE_CONTROL.decode(),
            "etag": weak,
            "vary": "Accept-Encoding",
        }

    house.run(scenario)


@pytest.mark.parametrize("given", ['"x"', "", 'W/"x", "y"', "no tag", '"*"'])
def test_reader_who_has_another_page_gets_this_one(house: House, given):
    async def scenario():
        await house.get()
        assert (await house.get(if_none_match=given)).status == 200

    house.run(scenario)


def test_head_answers_the_same_headers_and_no_body(house: House):
    async def scenario():
        head = await house.get(method="HEAD")
        page = await house.get()
        assert (head.status, head.headers, head.body) == (200, page.headers, b"")
        house.printer.status = 404
        gone = await house.get("/gone/", method="HEAD")
        assert (gone.status, gone.body) == (404, b"")
        assert int(gone.headers["content-length"]) > 0

    house.run(scenario)


def test_range_is_answered_with_the_whole(house: House):
    async def scenario():
        answer = await house.get(range="bytes=0-10", if_range="x")
        assert (answer.status, answer.printing) == (200, 1)
        assert answer.headers["accept-ranges"] == "none"

    house.run(scenario)


def test_other_moment_is_asked_of_the_application_where_pages_vary_in_time(house: House):
    house.printer.headers = [HTML, (b"vary", b"Accept-Datetime")]

    async def scenario():
        for _ in range(2):
            answer = await house.get(accept_datetime="Wed, 02 Sep 2026 12:00:00 GMT")
            assert answer.status == 299
        tag = (await house.get()).headers["etag"]
        answer = await house.get(if_none_match=tag, accept_datetime="now")
        assert answer.status == 299

    house.run(scenario)
    assert len(house.printer.asked) == 1


def test_moment_is_no_way_around_memory_where_pages_do_not_vary_in_time(house: House):
    async def scenario():
        for query in (b"", b"utm_source=x"):
            answer = await house.get(query=query, accept_datetime="now")
            assert answer.printing == 1

    house.run(scenario)
    assert house.passed_on == []


def test_nothing_of_who_asks_reaches_the_page(house: House):
    hostile = [
        (b"host", b"evil.example"),
        (b"x-forwarded-host", b"evil.example"),
        (b"x-forwarded-proto", b"gopher"),
        (b"x-original-url", b"/desk/"),
        (b"x-http-method-override", b"POST"),
        (b"cookie", b"session=stolen"),
        (b"authorization", b"Bearer secret"),
        (b"accept-language", b"xx"),
        (b"user-agent", b"<script>"),
    ]

    async def scenario():
        poisoned = await house.get(headers=hostile)
        assert poisoned == await house.get()

    house.run(scenario)
    assert house.printer.asked == [("/story/", "")]


def test_making_is_bounded_and_new_addresses_do_not_hold_up_known_pages(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 5
        await house.get()
        house.printer.gate = asyncio.Event()
        flood = [asyncio.create_task(house.get(f"/{number}/")) for number in range(50)]
        await house.until(lambda: house.printer.at_once > 0, "pages are being made")
        for _ in range(50):
            await asyncio.sleep(0)
        assert house.printer.at_once == MAKING_AT_ONCE
        house.marks.change(["document:1"])
        reader = asyncio.create_task(house.get(query=b"seen=2"))
        await house.until(
            lambda: house.printer.asked[-1][0] == "/story/", "the known page is made again"
        )
        house.printer.gate.set()
        assert (await reader).status == 200
        for each in flood:
            await each

    house.run(scenario)
    assert house.printer.most_at_once <= 2 * MAKING_AT_ONCE


def test_more_new_addresses_than_can_be_made_are_refused(house: House, monkeypatch):
    monkeypatch.setattr(front, "MAX_FLIGHTS", 10)

    async def scenario():
        await house.get()
        house.printer.gate = asyncio.Event()
        flood = [asyncio.create_task(house.get(f"/{number}/")) for number in range(10)]
        await house.until(lambda: len(house.press.flights) == 10, "all wait to be made")
        refused = await house.get("/one-more/")
        assert (refused.status, refused.headers["retry-after"]) == (503, "1")
        assert (await house.get()).printing == 1
        joined = asyncio.create_task(house.get("/3/"))
        house.printer.gate.set()
        for each in [*flood, joined]:
            assert (await each).status == 200

    house.run(scenario)


def test_memory_stays_within_its_bound_and_what_is_read_stays(house: House):
    house.press.store.limit = 100_000

    async def scenario():
        for number in range(100):
            await house.get(f"/{number}/")
            await house.get("/story/")
            assert house.press.store.size <= 100_000

    house.run(scenario)
    assert house.printer.asked.count(("/story/", "")) == 1
    assert house.press.flights == {}


def test_flight_that_failed_leaves_nothing_behind(house: House):
    async def scenario():
        house.printer.error = OSError("the database is gone")
        await house.get()
        await house.landed()

    house.run(scenario)
    assert house.press.flights == {}


def test_line_ends_of_an_address_do_not_reach_the_log(house: House, caplog):
    async def scenario():
        house.printer.error = OSError("no")
        await house.get("/a\n2026-01-01 INFO forged/")

    house.run(scenario)
    assert all("\n2026-01-01 INFO" not in record.getMessage() for record in caplog.records)
    assert caplog.records


def test_what_is_withdrawn_after_a_failure_is_not_shown_until_the_next_try(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 5
        house.marks.change(["document:1"])
        house.printer.error = OSError("the database is gone")
        assert (await house.get()).printing == 1
        house.marks.change(["document:1"], withdraws=True)
        answer = await house.patiently(house.get())
        assert answer.body == b"of the application"

    house.run(scenario)


def test_page_beyond_the_time_limit_does_not_stand_in_either(house: House):
    async def scenario():
        await house.get()
        house.clock.now += 14.9
        house.printer.gate = asyncio.Event()
        for _ in range(30):
            house.clock.now += 0.5
            await house.get()
        house.marks.change(["document:1"])
        house.clock.now += 0.3
        late = asyncio.create_task(house.get())
        for _ in range(50):
            await asyncio.sleep(0)
        assert not late.done()
        house.printer.gate.set()
        assert (await house.patiently(late)).printing >= 2

    house.run(scenario)


def test_who_has_seen_more_is_not_given_what_the_others_get_meanwhile(house: House):
    async def scenario():
        await house.get()
        house.clock.now += BETWEEN / 2
        await house.get()
        house.printer.sequence = 5
        house.marks.change(["document:1"])
        assert (await house.get()).printing == 1
        writer = asyncio.create_task(house.get(query=b"seen=5"))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not writer.done()
        assert (await house.patiently(writer)).printing == 2

    house.run(scenario)


@pytest.mark.parametrize(
    ("took", "pause"), [(0.001, BETWEEN), (0.02, REST * 0.02), (0.2, 2 * BETWEEN)]
)
def test_what_takes_long_to_make_is_made_less_often(house: House, took: float, pause: float):
    async def scenario():
        begun = house.clock.now
        house.printer.gate = asyncio.Event()
        first = asyncio.create_task(house.get())
        await house.until(lambda: house.printer.at_once > 0, "the page is being made")
        house.clock.now += took
        house.printer.gate.set()
        await first
        house.marks.change(["document:1"])
        house.clock.now = begun + pause - 0.001
        assert (await house.get()).printing == 1
        await house.settled()
        assert len(house.printer.asked) == 1
        house.clock.now = begun + pause + 0.001
        await house.until(lambda: len(house.printer.asked) == 2, "the page is made again")

    house.run(scenario)
