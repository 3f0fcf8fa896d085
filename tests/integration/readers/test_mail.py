"""Mail that goes out, whatever happens to it on the way."""

from __future__ import annotations

import datetime as dt
import smtplib

import pytest
from django.core import mail

from broadsheet import clock
from broadsheet.readers.mail import (
    BACK_OFF,
    TAKEN_FOR,
    Letter,
    forget_sent,
    one_line,
    queue_mail,
    read_stop_token,
    send_due,
    stop_token,
)
from broadsheet.readers.models import OutgoingMail

pytestmark = pytest.mark.django_db


def letter(key: str = "one", **fields) -> Letter:
    return Letter(
        **{
            "key": key,
            "to": "zoe@elsewhere.example",
            "subject": "Hello",
            "text": "There.",
            **fields,
        }
    )


@pytest.fixture
def later(monkeypatch):
    """Let time pass at once."""
    passed = dt.timedelta()
    real = clock.now

    def pass_by(time: dt.timedelta) -> None:
        nonlocal passed
        passed += time

    monkeypatch.setattr(clock, "now", lambda: real() + passed)
    return pass_by


def test_mail_is_queued_once_and_sent_once(publication):
    assert queue_mail(letter()) is not None
    assert queue_mail(letter()) is None

    assert [send_due(), send_due()] == [1, 0]

    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["zoe@elsewhere.example"], "Hello", "There.")
    assert "The Test" in sent.from_email
    kept = OutgoingMail.objects.get()
    assert (kept.state, kept.text) == ("sent", "")


def test_what_fails_is_tried_again_less_and_less_often_and_given_up(
    publication, later, monkeypatch
):
    queue_mail(letter())
    tried = []

    def refuse(self):
        tried.append(clock.now())
        raise smtplib.SMTPServerDisconnected("gone\r\naway")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    for pause in (dt.timedelta(), *BACK_OFF):
        later(pause - dt.timedelta(seconds=5))
        send_due()
        later(dt.timedelta(seconds=6))
        send_due()
    later(dt.timedelta(days=9))
    send_due()

    assert len(tried) == len(BACK_OFF) + 1
    kept = OutgoingMail.objects.get()
    assert (kept.state, kept.problem) == ("failed", "SMTPServerDisconnected: gone away")


def test_mail_of_a_process_that_was_killed_is_sent_later_as_the_same(
    publication, later, monkeypatch
):
    queue_mail(letter())

    class Killed(BaseException):
        pass

    def die(self):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", die)
        with pytest.raises(Killed):
            send_due()
    assert send_due() == 0
    later(TAKEN_FOR + dt.timedelta(seconds=1))
    assert send_due() == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == OutgoingMail.objects.get().message_id


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("Hello\r\nBcc: x@y.example", "Hello Bcc: x@y.example"),
        ("a\x00b\u2028c", "a b c"),
        ("  “Ünïcode”  ", "“Ünïcode”"),
    ],
)
def test_header_is_one_line(publication, given, line):
    assert one_line(given) == line
    queue_mail(letter(subject=given, headers={"X-Test": given}))
    send_due()
    assert mail.outbox[0].subject == line
    mail.outbox[0].message().as_bytes()


def test_stop_token_is_ours_or_none():
    token = stop_token("follow", 12)

    assert read_stop_token(token) == ("follow", 12)
    for forged in (token.replace("12", "13"), token[:-1], "follow-12", "", "a:b:c"):
        assert read_stop_token(forged) is None


def test_sent_mail_is_forgotten_after_a_while(publication, later):
    queue_mail(letter("sent"))
    send_due()
    later(dt.timedelta(days=91))
    queue_mail(letter("new"))

    forget_sent()

    assert list(OutgoingMail.objects.values_list("key", flat=True)) == ["new"]
