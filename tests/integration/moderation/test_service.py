"""A spam service with Akismet's interface, played by a server of our own."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests import factories
from tests.integration.moderation.conftest import send

from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.moderation.akismet import Service, ServiceUnavailable, is_public
from broadsheet.moderation.deciding import Ruling, decide, new_batch, remove
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import HeldComment, Lesson, QueueItem
from broadsheet.moderation.rules import service
from broadsheet.moderation.teaching import teach_service

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and a certificate for this machine, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Fake:
    """What the server was asked, and what it is to answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer = "false"
        self.status = 200


@pytest.fixture
def fake(certificate, monkeypatch, settings):
    """A service on this machine, which the rule asks."""
    told = Fake()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.asked.append((self.path, {k: v[0] for k, v in parse_qs(data).items()}))
            self.send_response(told.status)
            if told.status == 302:
                self.send_header("Location", "https://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(told.answer.encode())

        def log_message(self, *args) -> None:
            """Nothing into the output of the tests."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    asked = Service(
        f"https://localhost:{server.server_port}",
        "a key",
        "https://news.example",
        context=ssl.create_default_context(cafile=str(certificate)),
        may_be_here=True,
    )
    monkeypatch.setattr(service, "service", lambda: asked)
    monkeypatch.setattr(service, "_line", service._Line())
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _without_the_filter(rule):
    rule("filter", is_on=False)


def test_comment_is_told_and_passes(bridge, fake):
    send(bridge, "Are you sure?", email="lena@reader.example")

    [(path, data)] = fake.asked
    assert path == "/1.1/comment-check"
    assert data == {
        "key": "a key",
        "api_key": "a key",
        "blog": "https://news.example",
        "user_ip": "192.0.2.7",
        "user_agent": "Browser",
        "comment_type": "comment",
        "comment_author": "Lena",
        "comment_content": "Are you sure?",
        "blog_charset": "UTF-8",
    }
    assert CommentSource.objects.get().verdict == []


def test_address_is_sent_only_where_it_is_asked_for(bridge, fake, rule):
    rule("service", sends_email=True)

    send(bridge, email="lena@reader.example")

    assert fake.asked[0][1]["comment_author_email"] == "lena@reader.example"


def test_what_it_takes_for_spam_waits(bridge, fake):
    fake.answer = "true"

    held = send(bridge, was_told=True)

    assert isinstance(held, HeldComment)
    assert [each["rule"] for each in held.reasons] == ["service"]


@pytest.mark.parametrize(
    ("status", "answer"), [(500, "true"), (302, "true"), (200, "invalid"), (200, "")]
)
def test_comment_passes_where_the_service_fails(bridge, fake, status, answer):
    fake.status, fake.answer = status, answer

    assert isinstance(send(bridge), Comment)

    [reason] = CommentSource.objects.get().verdict
    assert (reason["rule"], reason["outcome"]) == ("service", "publish")
    assert reason["note"].startswith("The spam service was not asked: it ")
    assert len(fake.asked) == 1


def test_service_that_is_down_is_left_alone_for_a_minute(bridge, fake, rule, monkeypatch):
    rule("rates", writer_new=99, story_new=99)
    rule("trust", is_on=False)
    fake.status = 500
    for number in range(5):
        assert isinstance(send(bridge, f"Number {number}."), Comment)
    asked = len(fake.asked)
    fake.status = 200
    monkeypatch.setattr(service._line, "silent_until", 0.0)
    send(bridge, "Number 6.")

    assert (asked, len(fake.asked)) == (service.FAILURES, service.FAILURES + 1)


def test_it_is_not_asked_of_what_waits_anyway_or_of_who_is_trusted(bridge, fake, rule):
    rule("words", watched=["casino"])
    send(bridge, "A casino!", was_told=True)
    assert fake.asked == []

    rule("trust", published=1)
    send(bridge, "One.")
    send(bridge, "Two.")
    assert len(fake.asked) == 1


def test_key_is_verified(fake):
    asked = service.service()
    fake.answer = "valid"
    assert asked.has_valid_key()
    fake.answer = "invalid"
    assert not asked.has_valid_key()
    assert "a key" not in repr(asked)


def test_service_is_taught_what_it_missed_and_held_without_need(bridge, fake, at, editor):
    missed = send(bridge, "Great bridge, cheap zorblax.")
    fake.answer = "true"
    held = send(bridge, "What a strange bridge.", was_told=True)
    fake.asked.clear()
    ruling = Ruling(Measure.REMOVED, Ground.SPAM)
    remove(comment_id=missed.pk, ruling=ruling, by=editor, batch=new_batch())
    item = QueueItem.objects.get(held=held)
    decide(item_id=item.pk, ruling=Ruling(Measure.PUBLISHED), by=editor, batch=new_batch())

    teach_service()
    assert fake.asked == []
    at(factories.MORNING + dt.timedelta(minutes=11))
    teach_service()
    teach_service()

    assert [(path, data["comment_content"]) for path, data in fake.asked] == [
        ("/1.1/submit-spam", "Great bridge, cheap zorblax."),
        ("/1.1/submit-ham", "What a strange bridge."),
    ]
    assert not Lesson.objects.filter(told_at=None).exists()


ADDRESSES = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://10.0.0.1/",
    "https://169.254.169.254/",
    "https://[::ffff:127.0.0.1]/",
    "https://0.0.0.0/",
    "https://2130706433/",
    "http://rest.example/",
    "ftp://rest.example/",
    "https://",
    "https://rest.example:99999/",
    "https://no-such-name.invalid/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_within_the_network_is_spoken_to(address, monkeypatch):
    monkeypatch.setattr(
        "socket.create_connection", lambda *_: pytest.fail("a connection was opened")
    )

    with pytest.raises(ServiceUnavailable):
        Service(address, "a key", "https://news.example").is_spam({})


PUBLIC = [
    ("93.184.216.34", True),
    ("2606:4700::1111", True),
    ("100.64.0.1", False),
    ("192.168.1.1", False),
    ("224.0.0.1", False),
    ("fd00::1", False),
    ("fe80::1", False),
    ("::ffff:10.0.0.1", False),
    ("2002:7f00:1::1", False),
]


@pytest.mark.parametrize(("address", "expected"), PUBLIC)
def test_public_addresses(address, expected):
    assert is_public(address) == expected


def test_without_an_operator_there_is_no_service(settings):
    settings.SPAM_SERVICE = ""

    assert service.service() is None
