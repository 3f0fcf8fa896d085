"""Mail to one person about something that this person does: plain text, sent by the task worker.

What a task carries are numbers of rows, never addresses or words: the queue keeps what it was given,
and what is erased must be gone from there too.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.template.loader import get_template
from django_tasks import task, task_backends

from broadsheet import clock
from broadsheet.readers.enums import Purpose
from broadsheet.readers.models import Ticket
from broadsheet.readers.tickets import code_of, link_of
from broadsheet.record.queries import publication

logger = logging.getLogger(__name__)

PAUSES = (30, 120, 600, 3600)
"""Seconds before a letter that could not be sent is tried again; then it is given up."""
MAX_SUBJECT = 150
"""Characters; more of it no program shows."""

PATHS = {
    Purpose.SIGN_IN: "/account/sign-in/",
    Purpose.PROOF: "/account/proof/",
    Purpose.ADDRESS: "/account/address/",
    Purpose.COMMENT: "/account/comment/",
}
"""The pages that take the tickets of a purpose."""


def compose(template: str, to: str, context: Mapping[str, Any]) -> EmailMessage:
    """Make a letter of a template: its first line is the subject, which is always one line."""
    said = get_template(f"readers/mail/{template}.txt").render(
        {**context, "publication": " ".join(publication().name.split())}
    )
    subject, _, body = said.strip().partition("\n")
    message = EmailMessage(" ".join(subject.split())[:MAX_SUBJECT], body.strip() + "\n", to=[to])
    # Programs that answer by themselves do not answer this (RFC 3834).
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    return message


def post(message: EmailMessage) -> bool:
    """Send a letter; returns whether it went out. What failed may be tried again."""
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        # The address is not logged: logs are kept longer than accounts.
        logger.warning("a letter could not be sent: %s", type(error).__name__)
        return False
    return True


def again_after(attempt: int) -> dt.datetime | None:
    """Return when to try again after the attempt of this number; ``None``: not any more."""
    if attempt > len(PAUSES) or not task_backends["default"].supports_defer:
        return None
    return clock.now() + dt.timedelta(seconds=PAUSES[attempt - 1])


@task()
def send_ticket(ticket_id: int, attempt: int = 1) -> None:
    """Send a ticket to its address, unless it was used or is gone or too old by now."""
    ticket = Ticket.objects.filter(pk=ticket_id, used_at=None, expires_at__gt=clock.now()).first()
    if ticket is None:
        return
    purpose = Purpose(ticket.purpose)
    context = {
        "code": code_of(ticket),
        "link": link_of(ticket, PATHS[purpose]),
        "minutes": round((ticket.expires_at - ticket.issued_at).total_seconds() / 60),
    }
    if not post(compose(purpose.value, ticket.email, context)) and (when := again_after(attempt)):
        send_ticket.using(run_after=when).enqueue(ticket_id, attempt + 1)
