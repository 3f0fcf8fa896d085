"""Mail that goes out, all of it: kept in a table until it is sent, tried again when it was not.

Whoever wants a mail sent queues it in the transaction that is the reason for it, so that there is
never one without the other. The task worker sends it: at once by a task, and what a task did not send
by a look at the table every few seconds. A mail is taken up by one statement that says so, and after
it was handed over by another; a process killed in between leaves it to be sent again after
:data:`TAKEN_FOR`, with the same Message-ID, by which mail programs know it for the same. Nothing is
lost, and twice is sent only what was cut off at that very moment.

What a mail says is kept with it until it left, or, for a letter, made when it leaves by a writer that
another room registered; then the table names a row and has no words.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from email.utils import formataddr
from pathlib import Path
from typing import Any, TypeAlias

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.transaction import on_commit
from django_tasks import task

from broadsheet import clock
from broadsheet.readers.models import MailState, OutgoingMail
from broadsheet.record.queries import publication

_log = logging.getLogger(__name__)

BACK_OFF = (
    *(dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=30)),
    *(dt.timedelta(hours=2), dt.timedelta(hours=8), dt.timedelta(hours=24), dt.timedelta(hours=24)),
)
"""How long after each try that failed the next one is; after the last it is given up."""
TAKEN_FOR = dt.timedelta(minutes=15)
"""After which a mail that was taken up and not said to be sent is taken up again."""
AT_ONCE = 50
"""Mails of one look."""
URGENT = 50
"""The priority of tasks that send what somebody waits for; that of all others is 0."""
MAX_SUBJECT = 300
"""Characters, as the table keeps."""
KEEP_FOR = dt.timedelta(days=90)
"""How long it is kept that a mail was sent."""


@dataclass(frozen=True)
class Letter:
    """A mail to be sent; lines of subject and headers are folded into one."""

    key: str
    """What it is for; a letter with a key that was queued before is not queued again."""
    to: str
    subject: str
    text: str
    html: str = ""
    stop_url: str = ""
    """Where the reader stops such mail with one click (RFC 8058); empty for mail that was asked for
    just now and comes once."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """What a letter says, and to whom, at the moment at which it leaves."""

    to: str
    subject: str
    text: str


Writer: TypeAlias = Callable[[str], Written | None]
"""Writes the letter about a row, named as it was queued; ``None`` if there is nothing to say any more."""

_writers: dict[str, Writer] = {}


def register_writer(kind: str, writer: Writer) -> None:
    """Say who writes the letters of a kind."""
    _writers[kind] = writer


def queue_mail(letter: Letter) -> OutgoingMail | None:
    """Queue a mail in the running transaction; ``None`` if it was queued before."""
    headers = {name: one_line(value) for name, value in letter.headers.items()}
    if letter.stop_url:
        headers["List-Unsubscribe"] = f"<{letter.stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return _queue(
        letter.key,
        to=one_line(letter.to),
        subject=one_line(letter.subject)[:MAX_SUBJECT],
        text=letter.text,
        html=letter.html,
        headers=headers,
    )


def queue_letter(
    *, kind: str, about: str, after: dt.timedelta = dt.timedelta(), is_urgent: bool = False
) -> OutgoingMail | None:
    """Queue a letter that its writer writes when it leaves; ``None`` if it was queued before.

    ``about`` names the row that it is about, as ``12``. It leaves ``after`` so long. What is
    ``is_urgent``, for somebody waits for it at a page, does not wait for other mail.
    """
    return _queue(f"{kind}/{about}", after=after, is_urgent=is_urgent, kind=kind, about=about)


def _queue(
    key: str, *, after: dt.timedelta = dt.timedelta(), is_urgent: bool = False, **fields: Any
) -> OutgoingMail | None:
    now = clock.now()
    mail, is_new = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "message_id": f"<{clock.random_bytes(16).hex()}@{_host()}>",
            "queued_at": now,
            "next_try_at": now + after,
            **fields,
        },
    )
    if not is_new:
        return None
    if not after:
        # What waits is found when it is due by the look at the table.
        task = deliver.using(priority=URGENT if is_urgent else 0)
        on_commit(lambda: task.enqueue(mail.pk), robust=True)
    return mail


def one_line(text: str) -> str:
    """Return a text as it can stand in a header: without line breaks and control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _host() -> str:
    return settings.ORIGIN.partition("://")[2].partition(":")[0]


@task
def deliver(mail_id: int) -> None:
    """Send one mail now, unless somebody else has it."""
    send_due(only=mail_id)


def send_due(*, only: int | None = None) -> int:
    """Send what is due, one mail after the other; returns how many were handed over."""
    now = clock.now()
    due = OutgoingMail.objects.filter(next_try_at__lte=now).order_by("next_try_at", "pk")
    if only is not None:
        due = due.filter(pk=only)
    sent = 0
    for mail_id in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        mail = _take(mail_id)
        if mail is not None:
            sent += _send(mail)
    return sent


def _take(mail_id: int) -> OutgoingMail | None:
    """Take a mail up; ``None`` if somebody else did."""
    now = clock.now()
    taken = OutgoingMail.objects.filter(pk=mail_id, next_try_at__lte=now).update(
        state=MailState.SENDING, next_try_at=now + TAKEN_FOR
    )
    return OutgoingMail.objects.get(pk=mail_id) if taken else None


def _send(mail: OutgoingMail) -> bool:
    try:
        message = _message(mail)
        if message is None:
            _end(mail, MailState.DROPPED)
            return False
        message.send()
    # Whatever a mail server, its library or a writer does, the mail is kept and tried again.
    except Exception as trouble:
        _try_later(mail, trouble)
        return False
    mail.sent_at = clock.now()
    _end(mail, MailState.SENT)
    return True


def _message(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """Return what is sent; ``None`` for a letter that has nothing to say any more."""
    said = _writers[mail.kind](mail.about) if mail.kind else _kept(mail)
    if said is None:
        return None
    message = EmailMultiAlternatives(
        subject=one_line(said.subject)[:MAX_SUBJECT],
        body=said.text,
        from_email=_sender(),
        to=[one_line(said.to)],
        # Programs that answer by themselves do not answer this (RFC 3834).
        headers={
            "Auto-Submitted": "auto-generated",
            **mail.headers,
            "Message-ID": mail.message_id,
        },
        connection=get_connection(),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def _kept(mail: OutgoingMail) -> Written:
    return Written(to=mail.to, subject=mail.subject, text=mail.text)


def _end(mail: OutgoingMail, state: MailState) -> None:
    """Note that nothing is to be done any more."""
    mail.state, mail.next_try_at = state, None
    # What was written is the reader's alone from now on; a subject may name who wrote.
    mail.subject = mail.text = mail.html = mail.problem = ""
    mail.save(
        update_fields=["state", "sent_at", "next_try_at", "subject", "text", "html", "problem"]
    )


def _sender() -> str:
    address: str = settings.DEFAULT_FROM_EMAIL
    return address if "<" in address else formataddr((one_line(publication().name), address))


def _try_later(mail: OutgoingMail, trouble: Exception) -> None:
    _log.warning("mail %s could not be sent: %s", mail.pk, type(trouble).__name__)
    mail.problem = one_line(f"{type(trouble).__name__}: {trouble}")[:300]
    if mail.tries < len(BACK_OFF):
        mail.next_try_at = clock.now() + BACK_OFF[mail.tries]
        mail.state = MailState.WAITING
    else:
        mail.next_try_at, mail.state = None, MailState.FAILED
        mail.subject = mail.text = mail.html = ""
    mail.tries += 1
    mail.save(update_fields=["problem", "next_try_at", "state", "tries", "subject", "text", "html"])


def forget_sent() -> None:
    """Delete what was sent, or given up, long ago."""
    OutgoingMail.objects.filter(next_try_at=None, queued_at__lt=clock.now() - KEEP_FOR).delete()


def empty_folder() -> int:
    """Delete mails that were written to the folder of a publication without a mail server, once they
    are older than the operator keeps them; returns how many files.

    A mail server's own mails are nowhere here, so there is nothing to delete then.
    """
    folder = Path(settings.EMAIL_FILE_PATH)
    if "filebased" not in settings.EMAIL_BACKEND or not folder.is_dir():
        return 0
    before = (clock.now() - dt.timedelta(days=settings.OPTIONS.mail_days)).timestamp()
    old = [
        path
        for path in folder.glob("*.log")
        if path.is_file() and not path.is_symlink() and path.stat().st_mtime < before
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


_COMMENT = re.compile(r"/c/(\d+)/", re.ASCII)


def forget_mail_about(comments: Collection[int]) -> None:
    """Delete mail that tells of one of these comments and has not left yet.

    What else it told stands in the inbox. Two statements, and what waits is read.
    """
    wanted = {str(pk) for pk in comments}
    waiting = OutgoingMail.objects.filter(next_try_at__isnull=False, text__contains="/c/")
    about = [
        pk
        for pk, text in waiting.values_list("pk", "text").iterator()
        if not wanted.isdisjoint(_COMMENT.findall(text))
    ]
    if about:
        OutgoingMail.objects.filter(pk__in=about).delete()


def stop_token(kind: str, number: int) -> str:
    """Return what lets a mail be stopped by whoever has it: signed, of no use for anything else."""
    return signing.Signer(salt="broadsheet.stop").sign(f"{kind}-{number}")


def read_stop_token(token: str) -> tuple[str, int] | None:
    """Return what a token stops; ``None`` for one that is not ours."""
    try:
        said = signing.Signer(salt="broadsheet.stop").unsign(token)
    except signing.BadSignature:
        return None
    kind, _, number = said.partition("-")
    return (kind, int(number)) if number.isdigit() else None


def digest_of(key: str) -> str:
    """Return what is kept of a key that was given to somebody; 144 random bits need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()
