"""The press in front of the application: pressed pages are answered before Django is entered.

A page is looked up by its address and compared with the marks of what it was made from. If they are
the same it is answered; nothing else happens. If not, it is made again, once however many ask
(single flight), and not more often than :data:`BETWEEN` allows. Who asks first waits for it; those
who ask meanwhile get the page as it was, unless that was longer than :data:`STALE_WITHIN` ago, the
page was withdrawn, or they say that they know of something newer (``?seen=`` a number of the
journal).

Pages are made from requests of our own, with neither cookies nor anything else of the reader's, so
that nothing of who asks can get into them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from broadsheet import clock
from broadsheet.press.counters import Counters
from broadsheet.press.pages import USUAL_ENCODING, Answer, Headers, Page, Store, chosen_encoding

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BETWEEN = 0.25
"""Seconds from one making of a page to the next, if nobody waits for it."""
STALE_WITHIN = 1.0
"""Seconds for which a page that is not true any more may stand in for the one being made."""
MAKING_AT_ONCE = 4
"""Pages that are made at the same time, in one process."""
SEEN = "seen"
"""The parameter by which a reader says up to where the journal is to be shown."""
MAX_QUERY = 2048
"""Characters of a query; a longer one is none of ours."""
_STALE = (b"cache-status", b'Broadsheet; hit; detail="stale: the page could not be made again"')

_SHARED = frozenset({301, 302, 303, 307, 308, 404, 410, 451})

log = logging.getLogger("broadsheet.press")


@dataclass(frozen=True)
class Rendered:
    """What the application answered to a request of the press; no keys: not to be held ready."""

    status: int
    headers: Headers
    body: bytes
    keys: tuple[str, ...] = ()
    sequence: int = 0


@dataclass(frozen=True)
class Ways:
    """How the press reaches the application.

    ``parameters`` returns the query parameters that the view at a path reads, or ``None`` if its
    pages are not to be held ready. ``render`` asks it for a page; it runs in a thread.
    """

    parameters: Callable[[str], frozenset[str] | None]
    render: Callable[[str, str], Awaitable[Rendered]]


@dataclass(frozen=True)
class Asked:
    """What the press reads of a request's headers."""

    accepted: bytes
    none_match: bytes
    in_time: bool
    """Whether another moment is asked for (RFC 7089): that is not for the press."""


def asked_for(headers: Headers) -> Asked:
    accepted = none_match = b""
    in_time = False
    for name, value in headers:
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            none_match = value
        elif name == b"accept-datetime":
            in_time = True
    return Asked(accepted, none_match, in_time)


@dataclass
class Press:
    """An ASGI application that answers pressed pages and passes on everything else.

    ``limit`` is the bound in bytes of what is kept. ``time_limit`` is how many seconds a page may be
    answered without being made again, whatever the marks say; from half of it on it is made again
    when somebody asks for it.
    """

    app: App
    ways: Ways
    counters: Counters
    limit: int
    time_limit: float
    store: Store = field(init=False)
    flights: dict[str, asyncio.Task[Page | Rendered]] = field(init=False, default_factory=dict)
    _due: dict[str, asyncio.TimerHandle] = field(init=False, default_factory=dict)
    _room: asyncio.Semaphore | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.store = Store(self.limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        answer = self.ready(scope["path"], scope["query_string"], scope["headers"])
        if answer is None:
            answer = await self.made(scope["path"], scope["query_string"], scope["headers"])
        if answer is None:
            return await self.app(scope, receive, send)
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        body = answer.body if scope["method"] == "GET" else b""
        return await send({"type": "http.response.body", "body": body})

    def ready(self, path: str, query: bytes, headers: Headers) -> Answer | None:
        """Return the answer if it can be given at once, else ``None``."""
        if query:
            return None
        asked = asked_for(headers)
        return None if asked.in_time else self.at_once(path, asked.accepted, asked.none_match)

    def at_once(self, path: str, accepted: bytes, none_match: bytes) -> Answer | None:
        """Return the answer to a plain request, without query or moment, if it can be given at once.

        ``accepted`` is its ``Accept-Encoding``, ``none_match`` its ``If-None-Match``.
        """
        page = self.store.get(path)
        if page is None or not self._may_stand(page):
            return None
        return self._answer(page, accepted, none_match)

    def _may_stand(self, page: Page) -> bool:
        """Say whether a page may be answered as it is; if it is due, it is made again meanwhile."""
        now = clock.ticks()
        latest = self.counters.latest()
        if page.latest == latest or self._is_true(page, latest):
            if page.made_at < now - self.time_limit / 2:
                if page.made_at < now - self.time_limit:
                    return False
                self._make_soon(page, now)
            page.true_at = now
            return True
        if (
            now - page.true_at > STALE_WITHIN
            or now - page.made_at > self.time_limit
            or self.counters.read_withdrawals(page.places) != page.withdrawals
        ):
            return False
        if page.key in self.flights or page.key in self._due:
            return True
        if page.made_at > now - BETWEEN:
            self._make_soon(page, now)
            return True
        # Who comes first waits for the new page, so that on a quiet page nobody sees the old one.
        return False

    def _is_true(self, page: Page, latest: int) -> bool:
        if self.counters.read(page.places) != page.marks:
            return False
        page.latest = latest
        return True

    def _answer(self, page: Page, accepted: bytes, none_match: bytes) -> Answer:
        if none_match and (page.tag in none_match or none_match == b"*"):
            return page.not_modified
        encoding = chosen_encoding(accepted)
        answer = page.answers.get(encoding)
        if answer is None:
            before = page.size
            answer = page.answer(encoding)
            self.store.grown(page, before)
        return answer

    async def made(self, path: str, query: bytes, headers: Headers) -> Answer | None:
        """Return the answer of a page that has to be made, looked up or waited for first.

        ``None``: the request is not for the press, and is to be passed on as it is.
        """
        asked = asked_for(headers)
        parameters = self.ways.parameters(path)
        if parameters is None or asked.in_time:
            return None
        read = _read_query(query, parameters)
        if read is None:
            return None
        wanted, seen = read
        key = f"{path}?{wanted}" if wanted else path
        page = self.store.get(key)
        if page is not None and page.sequence >= seen and self._may_stand(page):
            return self._answer(page, asked.accepted, asked.none_match)
        try:
            made = await self._flight(key, path, wanted)
            if isinstance(made, Page) and made.sequence < seen:
                # It was begun before what the reader knows of.
                made = await self._flight(key, path, wanted)
        except Exception:
            log.exception("the page at %s could not be made", path)
            made = None
        if isinstance(made, Page):
            return self._answer(made, asked.accepted, asked.none_match)
        if made is not None and made.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _shared(made)
        return self._stale(key, asked)

    def _stale(self, key: str, asked: Asked) -> Answer | None:
        """Return the page as it was, marked, where it could not be made again: what was withdrawn
        is not shown even then."""
        page = self.store.get(key)
        if page is None or self.counters.read_withdrawals(page.places) != page.withdrawals:
            return None
        answer = self._answer(page, asked.accepted, asked.none_match)
        age = str(int(clock.ticks() - page.made_at)).encode()
        return Answer(answer.status, [*answer.headers, _STALE, (b"age", age)], answer.body)

    def _make_soon(self, page: Page, now: float) -> None:
        """Make a page again in the background: at once, or when its turn has come."""
        key = page.key
        if key in self.flights or key in self._due:
            return
        path, _, query = key.partition("?")
        loop = asyncio.get_running_loop()

        def begin() -> None:
            self._due.pop(key, None)
            self._flight(key, path, query).add_done_callback(_say_what_failed)

        wait = page.made_at + BETWEEN - now
        if wait > 0:
            self._due[key] = loop.call_later(wait, begin)
        else:
            begin()

    def _flight(self, key: str, path: str, query: str) -> asyncio.Future[Page | Rendered]:
        """Return what is being made of a page, or begin to make it; whoever waits may go away."""
        flight = self.flights.get(key)
        if flight is None:
            flight = asyncio.get_running_loop().create_task(self._make(key, path, query))
            self.flights[key] = flight
            flight.add_done_callback(lambda _: self.flights.pop(key, None))
        return asyncio.shield(flight)

    async def _make(self, key: str, path: str, query: str) -> Page | Rendered:
        if self._room is None:
            self._room = asyncio.Semaphore(MAKING_AT_ONCE)
        async with self._room:
            # The marks are read first: what changes while the page is made, makes it untrue. Which
            # of them are the page's is known when it is made, so all are remembered.
            begun_at = clock.ticks()
            marks = self.counters.snapshot()
            made = await self.ways.render(path, query)
            if made.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return made
            if not made.keys or made.status != HTTPStatus.OK:
                self.store.drop(key)
                return made
            page = Page(
                key=key,
                status=made.status,
                headers=made.headers,
                body=made.body,
                keys=made.keys,
                sequence=made.sequence,
                marks=marks,
                made_at=begun_at,
            )
            old = self.store.pages.get(key)
            for encoding in list(old.answers) if old else [USUAL_ENCODING]:
                # Compressing takes milliseconds, which the event loop does not have.
                await asyncio.get_running_loop().run_in_executor(None, page.answer, encoding)
            self.store.keep(page)
            return page


def _shared(made: Rendered) -> Answer | None:
    """Return what is the same for everybody, though it is not to be held ready: no such page, or
    one that has moved. What may be personal is left to the application."""
    names = {name for name, _ in made.headers}
    caching = b",".join(value for name, value in made.headers if name == b"cache-control")
    if made.status not in _SHARED or b"set-cookie" in names or b"private" in caching:
        return None
    length = (b"content-length", str(len(made.body)).encode())
    headers = [(name, value) for name, value in made.headers if name != b"content-length"]
    return Answer(made.status, [*headers, length], made.body)


def _read_query(query: bytes, parameters: frozenset[str]) -> tuple[str, int] | None:
    """Return the query as the view reads it and the number that was seen; ``None``: not for us."""
    if not query:
        return "", 0
    if len(query) > MAX_QUERY:
        return None
    try:
        given = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        return None
    # Django's views read the last of several.
    values = dict(given)
    seen = values.get(SEEN, "")
    wanted = urlencode(sorted((name, values[name]) for name in values if name in parameters))
    return wanted, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0


def _say_what_failed(flight: asyncio.Future[Page | Rendered]) -> None:
    if not flight.cancelled() and (error := flight.exception()):
        log.error("a page could not be made again: %s", error)
