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
from concurrent.futures import Executor
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
"""Seconds from one making of a page to the next, whoever waits for it and whatever was ``seen``."""
REST = 16
"""Times as long as its making took, a page is left as it is, but not more than twice as long as
:data:`BETWEEN`: a large page on a busy machine must not take the time in which others are answered."""
STALE_WITHIN = 1.0
"""Seconds for which a page that is not true any more may stand in for the one being made."""
PATIENCE = 5.0
"""Seconds that a reader waits for a page of which there is an older one, which is shown then."""
AFTER_FAILURE = 1.0
"""Seconds from a making that failed to the next try."""
MAKING_AT_ONCE = 4
"""Pages that are made for the first time at the same time, in one process; as many are made again,
so that who asks for ever new addresses does not hold up the pages that others read."""
MAX_FLIGHTS = 256
"""Pages that are being made or wait for it; more that are new are refused (503)."""
SEEN = "seen"
"""The parameter by which a reader says up to where the journal is to be shown."""
MAX_QUERY = 4096
"""Bytes of a query; a longer one is refused (414)."""
_STALE = (b"cache-status", b'Broadsheet; hit; detail="stale: the page could not be made again"')
_TRIES = 3

_SHARED = frozenset({301, 302, 303, 307, 308, 400, 404, 410, 451})
_COMPARED = frozenset({b"", b"accept-encoding", b"accept-datetime"})
"""The fields of a request that the press compares; a page that varies by others is not for all."""

log = logging.getLogger("broadsheet.press")


class TooManyFlights(Exception):
    """More new pages are asked for than are made in a time that anybody waits."""


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

    accepted: bytes = b""
    none_match: bytes = b""
    in_time: bool = False
    """Whether another moment is asked for (RFC 7089): where pages vary in that, the application
    answers."""


def asked_for(headers: Headers) -> Asked:
    """Read the headers; several of one name are one list."""
    accepted: list[bytes] = []
    none_match: list[bytes] = []
    in_time = False
    for name, value in headers:
        if name == b"accept-encoding":
            accepted.append(value)
        elif name == b"if-none-match":
            none_match.append(value)
        elif name == b"accept-datetime":
            in_time = True
    return Asked(b",".join(accepted), b",".join(none_match), in_time)


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
    threads: Executor | None = None
    """Where pages are compressed."""
    guards: Headers = field(default_factory=list)
    """Headers of refusals besides those that they always have."""
    store: Store = field(init=False)
    flights: dict[str, asyncio.Task[Page | Rendered]] = field(init=False, default_factory=dict)
    _room_again: asyncio.Semaphore = field(init=False)
    _room_new: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.limit)
        self._room_again = asyncio.Semaphore(MAKING_AT_ONCE)
        self._room_new = asyncio.Semaphore(MAKING_AT_ONCE)

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
        # A path can hold an escaped question mark, and is no address with a query for that.
        if page is None or "?" in path or not self._may_stand(page):
            return None
        return _answer(page, accepted, none_match)

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
            or self._is_withdrawn(page)
        ):
            return False
        if page.key in self.flights:
            return True
        if now < _turn(page):
            self._make_soon(page, now)
            return True
        # Who comes first waits for the new page, so that on a quiet page nobody sees the old one.
        return False

    def _is_true(self, page: Page, latest: int) -> bool:
        if self.counters.read(page.places) != page.marks:
            return False
        page.latest = latest
        return True

    def _is_withdrawn(self, page: Page) -> bool:
        return self.counters.read_withdrawals(page.places) != page.withdrawals

    async def made(self, path: str, query: bytes, headers: Headers) -> Answer | None:
        """Return the answer of a page that has to be made, looked up or waited for first.

        ``None``: the request is not for the press, and is to be passed on as it is.
        """
        parameters = self.ways.parameters(path)
        if parameters is None or "?" in path:
            return None
        if len(query) > MAX_QUERY:
            return _refusal(
                HTTPStatus.REQUEST_URI_TOO_LONG, b"This address is too long.\n", *self.guards
            )
        wanted, seen = _read_query(query, parameters)
        key = f"{path}?{wanted}" if wanted else path
        asked = asked_for(headers)
        page = self.store.get(key)
        if page is not None:
            if asked.in_time and page.varies_in_time:
                return None
            if page.sequence >= seen and self._may_stand(page):
                return await self._encoded(page, asked)
            if clock.ticks() < page.failed_at + AFTER_FAILURE and not self._is_withdrawn(page):
                return await self._stale(page, asked)
        made: Page | Rendered | None = None
        try:
            async with asyncio.timeout(PATIENCE if page is not None else None):
                made = await self._newly_made(key, path, wanted, seen)
        except TooManyFlights:
            return _refusal(
                HTTPStatus.SERVICE_UNAVAILABLE,
                b"Too much is asked at once. Please try again.\n",
                (b"retry-after", b"1"),
                *self.guards,
            )
        except TimeoutError:
            log.warning("the page at %r takes longer than %s seconds", path, PATIENCE)
        except Exception:
            log.exception("the page at %r could not be made", path)
        if isinstance(made, Page):
            in_time = asked.in_time and made.varies_in_time
            return None if in_time else await self._encoded(made, asked)
        if made is not None and made.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _shared(made)
        # What was withdrawn is not shown even if it cannot be made again.
        page = self.store.get(key)
        if page is None or self._is_withdrawn(page):
            return None
        return await self._stale(page, asked)

    async def _newly_made(
        self, key: str, path: str, query: str, seen: int
    ) -> Page | Rendered | None:
        """Make a page, or wait for who makes it, until it is as new as it has to be.

        What began after the request knows all that the reader can know, whatever was ``seen``.
        ``None``: it was withdrawn each time while it was made.
        """
        asked_at = clock.ticks()
        for _ in range(_TRIES):
            made = await self._flight(key, path, query)
            if not isinstance(made, Page):
                return made
            if not self._is_withdrawn(made) and (
                made.made_at >= asked_at
                or (
                    made.sequence >= seen
                    and (
                        made.made_at >= asked_at - STALE_WITHIN
                        or self._is_true(made, self.counters.latest())
                    )
                )
            ):
                return made
        return None

    async def _encoded(self, page: Page, asked: Asked) -> Answer:
        """Return the answer of a page; if nobody asked for its encoding yet, a thread makes it."""
        answer = _answer(page, asked.accepted, asked.none_match)
        if answer is None:
            encoding = chosen_encoding(asked.accepted)
            body = await asyncio.get_running_loop().run_in_executor(
                self.threads, page.encoded, encoding
            )
            before = page.size
            answer = page.add(encoding, body)
            self.store.grown(page, before)
        return answer

    async def _stale(self, page: Page, asked: Asked) -> Answer:
        """Return a page as it was, marked, because it could not be made again."""
        answer = await self._encoded(page, asked)
        age = str(int(clock.ticks() - page.made_at)).encode()
        return Answer(answer.status, [*answer.headers, _STALE, (b"age", age)], answer.body)

    def _make_soon(self, page: Page, now: float) -> None:
        """Make a page again in the background, when its turn has come."""
        if page.key not in self.flights and now >= page.failed_at + AFTER_FAILURE:
            path, _, query = page.key.partition("?")
            self._begin(page.key, path, query)

    def _flight(self, key: str, path: str, query: str) -> asyncio.Future[Page | Rendered]:
        """Return what is being made of a page, or begin to make it; whoever waits may go away.

        Raises :class:`TooManyFlights`, unless the page is made again.
        """
        flight = self.flights.get(key)
        if flight is None:
            if len(self.flights) >= MAX_FLIGHTS and key not in self.store.pages:
                raise TooManyFlights
            flight = self._begin(key, path, query)
        return asyncio.shield(flight)

    def _begin(self, key: str, path: str, query: str) -> asyncio.Task[Page | Rendered]:
        flight = asyncio.get_running_loop().create_task(self._make(key, path, query))
        self.flights[key] = flight
        flight.add_done_callback(lambda _: self._landed(key, flight))
        return flight

    def _landed(self, key: str, flight: asyncio.Task[Page | Rendered]) -> None:
        del self.flights[key]
        page = self.store.pages.get(key)
        if flight.cancelled():
            return
        error = flight.exception()
        if error is not None:
            log.error("the page at %r could not be made: %s", key, error)
        has_failed = error is not None or flight.result().status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if has_failed and page is not None:
            page.failed_at = clock.ticks()

    async def _make(self, key: str, path: str, query: str) -> Page | Rendered:
        old = self.store.pages.get(key)
        if old is not None:
            # Nothing is read before its turn has come, so this is not too early for anybody.
            await asyncio.sleep(max(0.0, _turn(old) - clock.ticks()))
        async with self._room_again if old is not None else self._room_new:
            # The marks are read first: what changes while the page is made, makes it untrue. Which
            # of them are the page's is known when it is made, so all are remembered.
            begun_at = clock.ticks()
            marks = self.counters.snapshot()
            made = await self.ways.render(path, query)
            if made.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return made
            if not made.keys or made.status != HTTPStatus.OK or not _is_for_all(made.headers):
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
                took=clock.ticks() - begun_at,
            )
            for encoding in list(old.answers) if old is not None else [USUAL_ENCODING]:
                # Compressing takes milliseconds, which the event loop does not have.
                await asyncio.get_running_loop().run_in_executor(
                    self.threads, page.answer, encoding
                )
            self.store.keep(page)
            return page


def _turn(page: Page) -> float:
    """Return when a page may be made again."""
    pause = min(max(BETWEEN, REST * page.took), 2 * BETWEEN)
    return max(page.made_at + pause, page.failed_at + AFTER_FAILURE)


def _answer(page: Page, accepted: bytes, none_match: bytes) -> Answer | None:
    """Return the answer of a page, ``None`` if it is not made in the encoding that is wanted."""
    if none_match and (page.tag in none_match or none_match.strip() == b"*"):
        return page.not_modified
    return page.answers.get(chosen_encoding(accepted))


def _refusal(status: HTTPStatus, words: bytes, *more: tuple[bytes, bytes]) -> Answer:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"strict-origin-when-cross-origin"),
        *more,
    ]
    return Answer(int(status), headers, words)


def _is_for_all(headers: Headers) -> bool:
    """Say whether an answer may be given to others than who asked."""
    for name, value in headers:
        if name == b"set-cookie":
            return False
        if name == b"cache-control" and (b"private" in value or b"no-store" in value):
            return False
        if name == b"vary" and any(
            each.strip().lower() not in _COMPARED for each in value.split(b",")
        ):
            return False
    return True


def _shared(made: Rendered) -> Answer | None:
    """Return what is the same for everybody, though it is not to be held ready: no such page, or
    one that has moved. What may be personal is left to the application."""
    if made.status not in _SHARED or not _is_for_all(made.headers):
        return None
    length = (b"content-length", str(len(made.body)).encode())
    headers = [(name, value) for name, value in made.headers if name != b"content-length"]
    return Answer(made.status, [*headers, length], made.body)


def _read_query(query: bytes, parameters: frozenset[str]) -> tuple[str, int]:
    """Return the query as the view reads it, in one order, and the number that was seen."""
    if not query:
        return "", 0
    # As Django reads it: what is not UTF-8 is replaced, and of several values the last one counts.
    values = dict(parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True))
    seen = values.get(SEEN, "")
    wanted = urlencode(sorted((name, values[name]) for name in values if name in parameters))
    return wanted, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else 0
