"""Headers of what is answered without Django."""

from __future__ import annotations

import asyncio

import pytest

from broadsheet.conf.bridge import _refuse
from broadsheet.conf.headers import plain_headers


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
