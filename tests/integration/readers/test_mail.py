"""Mail that goes out, whatever happens to it on the way."""

from __future__ import annotations

import datetime as dt
import os
import smtplib

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from broadsheet import clock
from broadsheet.readers import mail as mail_module
from broadsheet.readers.enums import Purpose
from broadsheet.readers.letters import send_ticket
from broadsheet.readers.mail import (
    BACK_OFF,
    TAKEN_FOR,
    Letter,
    Written,
    empty_folder,
    forget_sent,
    one_line,
    queue_letter,
    queue_mail,
    read_stop_token,
    register_writer,
    send_due,
    stop_token,
)
from broadsheet.readers.models import OutgoingMail
from broadsheet.readers.tickets import VALID_FOR, use_up

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


@pytest.fixture
def written():
    """A writer of letters; what it is given to say is changed by the test."""
    said: dict[str, Written | None] = {}
    register_writer("test", lambda about: said[about])
    yield said
    mail_module._writers.pop("test")


def hello(to: str = "zoe@elsewhere.example") -> Written:
    return Written(to=to, subject="Your code: 1234-5678", text="It is 1234-5678.\n")


def test_letter_is_written_when_it_leaves_and_lies_nowhere(publication, written):
    written["12"] = hello()

    queued = queue_letter(kind="test", about="12")
    assert queue_letter(kind="test", about="12") is None
    assert "1234" not in str(OutgoingMail.objects.values_list().get())
    assert send_due() == 1

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["zoe@elsewhere.example"], "Your code: 1234-5678")
    assert sent.extra_headers == {
        "Auto-Submitted": "auto-generated",
        "Message-ID": queued.message_id,
    }
    kept = OutgoingMail.objects.get()
    assert (kept.state, kept.to, kept.subject, kept.text) == ("sent", "", "", "")


def test_letter_that_has_nothing_to_say_any_more_is_dropped(publication, written):
    written["12"] = None
    queue_letter(kind="test", about="12")

    assert (send_due(), mail.outbox) == (0, [])
    assert OutgoingMail.objects.get().state == "dropped"


def test_letter_waits_for_its_time(publication, written, later):
    written["12"] = hello()
    queue_letter(kind="test", about="12", after=dt.timedelta(minutes=10))

    later(dt.timedelta(minutes=9))
    assert send_due() == 0
    later(dt.timedelta(minutes=2))
    assert send_due() == 1


def test_letter_whose_writer_fails_is_tried_again(publication, written, later):
    queue_letter(kind="test", about="12")
    assert send_due() == 0
    kept = OutgoingMail.objects.get()
    assert (kept.state, kept.problem) == ("waiting", "KeyError: '12'")

    written["12"] = hello()
    later(BACK_OFF[0] + dt.timedelta(seconds=1))
    assert send_due() == 1


def test_only_what_is_followed_can_be_stopped_with_one_click(publication, written):
    written["12"] = hello()
    queue_letter(kind="test", about="12")
    queue_mail(letter(stop_url="http://localhost:8000/stop/x/"))
    send_due()

    has_stop = {each.subject: "List-Unsubscribe" in each.extra_headers for each in mail.outbox}
    assert has_stop == {"Your code: 1234-5678": False, "Hello": True}
    assert {each.extra_headers["Auto-Submitted"] for each in mail.outbox} == {"auto-generated"}
    assert {each.from_email for each in mail.outbox} == {"The Test <noreply@localhost>"}


@pytest.mark.django_db(transaction=True)
def test_code_to_sign_in_goes_before_other_mail(publication, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for number in range(3):
        queue_mail(letter(str(number)))

    send_ticket(purpose=Purpose.SIGN_IN, email="zoe@elsewhere.example")

    first = DBTaskResult.objects.ready().first()
    mail_id = first.args_kwargs["args"][0]
    assert OutgoingMail.objects.get(pk=mail_id).kind == "ticket"


def test_code_is_sent_though_the_process_was_killed_before_its_task_was_queued(publication):
    """In a test's transaction nothing follows a commit, as after a kill in between."""
    send_ticket(purpose=Purpose.SIGN_IN, email="zoe@elsewhere.example")
    assert mail.outbox == []

    assert send_due() == 1
    assert mail.outbox[0].subject.startswith("Your code for The Test: ")


@pytest.mark.parametrize("happens", ["used", "too old", "gone"])
def test_code_that_is_no_use_any_more_is_not_sent(publication, later, happens):
    ticket = send_ticket(purpose=Purpose.SIGN_IN, email="zoe@elsewhere.example")
    if happens == "used":
        use_up(ticket)
    elif happens == "too old":
        later(VALID_FOR)
    else:
        ticket.delete()

    assert (send_due(), mail.outbox) == (0, [])


def test_folder_of_mails_is_emptied_of_old_ones(settings, tmp_path, later):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    for name in ("old.log", "kept.txt", "new.log"):
        (tmp_path / name).write_text("mail")
    (tmp_path / "folder.log").mkdir()
    for name, days in (("old.log", 31), ("kept.txt", 31), ("new.log", 29)):
        at = clock.now().timestamp() - days * 86_400
        os.utime(tmp_path / name, (at, at))

    assert (empty_folder(), empty_folder()) == (1, 0)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder.log", "kept.txt", "new.log"]


def test_folder_is_left_alone_where_a_server_sends(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    (tmp_path / "old.log").write_text("mail")
    os.utime(tmp_path / "old.log", (0, 0))

    assert empty_folder() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "nothing")
    assert empty_folder() == 0


def test_sent_mail_is_forgotten_after_a_while(publication, later):
    queue_mail(letter("sent"))
    send_due()
    later(dt.timedelta(days=91))
    queue_mail(letter("new"))

    forget_sent()

    assert list(OutgoingMail.objects.values_list("key", flat=True)) == ["new"]
