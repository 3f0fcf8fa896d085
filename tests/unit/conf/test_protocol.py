"""Which requests are plain enough to be answered without uvicorn's way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.conf.protocol import LONGEST, plain_request

PLAIN = b"GET /2026/bridge/ HTTP/1.1\r\nHost: news.example\r\n\r\n"


def test_plain_request_is_read():
    assert plain_request(PLAIN) == ("/2026/bridge/", b"", b"")


def test_what_the_press_needs_is_read_whatever_the_case():
    data = (
        b'GET / HTTP/1.1\r\nhost: x\r\nACCEPT-encoding:  gzip, br\r\nIf-None-Match: W/"a", "b"\r\n'
        b"connection: Keep-Alive\r\n\r\n"
    )
    assert plain_request(data) == ("/", b"gzip, br", b'W/"a", "b"')


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: x\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /?a=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%2e HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://news.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        PLAIN[:-1],
        PLAIN + PLAIN,
        PLAIN + b"x",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\ncontent-length : 0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nAccept-Datetime: Wed, 02 Sep 2026 12:00:00 GMT\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, upgrade\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n content-length: 5\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\nContent-Length: 5\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\rContent-Length: 5\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\n\nPOST / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * LONGEST + b"\r\n\r\n",
    ],
)
def test_anything_else_is_left_alone(data):
    assert plain_request(data) is None


@given(st.binary(max_size=300))
def test_no_bytes_raise(data):
    plain_request(data)
    plain_request(b"GET / HTTP/1.1\r\n" + data + b"\r\n\r\n")
