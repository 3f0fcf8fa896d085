"""Headers of what is answered without Django."""

from __future__ import annotations

import asyncio

import pytest

from broadsheet.conf.bridge import _refuse
from broadsheet.conf.headers import plain_headers, transport_headers
from broadsheet.live.asgi import LiveStreams
from broadsheet.live.hub import Hub
from broadsheet.press.front import Press, Ways


@pytest.fixture
def fresh():
    plain_headers.cache_clear()
    yield
    plain_headers.cache_clear()


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("is_https", [True, False])
def test_answers_without_django_are_guarded_as_pages_are(settings, is_https):
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = is_https, 31_536_000
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(_refuse(send, 413, b"No."))

    headers = dict(sent[0]["headers"])
    assert headers[b"content-security-policy"] == (
        b"default-src 'none'; frame-ancestors 'none'; sandbox"
    )
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"x-frame-options"] == b"DENY"
    assert headers[b"referrer-policy"] == b"strict-origin-when-cross-origin"
    assert (b"strict-transport-security" in headers) is is_https


@pytest.mark.parametrize("is_https", [True, False])
def test_stream_and_its_refusals_say_that_the_site_is_secure(settings, is_https):
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = is_https, 31_536_000
    hub = Hub(None, key_of=str, aside_key_of=str, counters=None, per_address=9, most=9)
    streams = LiveStreams(hub, guards=transport_headers())
    scope = {"method": "GET", "path": "/live/x/", "headers": [], "query_string": b""}
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(streams(scope, None, send))

    assert sent[0]["status"] == 404
    for headers in (sent[0]["headers"], streams._stream):
        assert (b"strict-transport-security" in dict(headers)) is is_https


def test_refusal_of_the_press_says_that_the_site_is_secure(settings):
    settings.IS_HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    press = Press(
        app=None,
        ways=Ways(lambda path: frozenset(), None),
        counters=None,
        limit=0,
        time_limit=1,
        guards=transport_headers(),
    )

    answer = asyncio.run(press.made("/search/", b"a" * 100_000, []))

    assert answer.status == 414
    assert dict(answer.headers)[b"strict-transport-security"] == (
        b"max-age=31536000; includeSubDomains"
    )
