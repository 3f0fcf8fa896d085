"""Letters to one person about something that this person does: plain text, made of templates.

They go the way of all mail (``readers/mail.py``), but are written when they leave: what waits names a
row and no words, so no code or link lies in the database, and what is erased or taken back meanwhile
is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import get_template

from broadsheet import clock
from broadsheet.readers import tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.mail import Written, one_line, queue_letter, register_writer
from broadsheet.readers.models import Ticket
from broadsheet.readers.tickets import code_of, link_of
from broadsheet.record.queries import publication

TICKET = "ticket"

PATHS = {
    Purpose.SIGN_IN: "/account/sign-in/",
    Purpose.PROOF: "/account/proof/",
    Purpose.ADDRESS: "/account/address/",
    Purpose.COMMENT: "/account/comment/",
}
"""The pages that take the tickets of a purpose."""


def write(template: str, to: str, context: Mapping[str, Any]) -> Written:
    """Write a letter by a template: its first line is the subject."""
    around = {"publication": one_line(publication().name), "origin": settings.ORIGIN}
    said = get_template(template).render({**context, **around})
    subject, _, body = said.strip().partition("\n")
    return Written(to=to, subject=subject, text=body.strip() + "\n")


@transaction.atomic
def send_ticket(**fields: Any) -> Ticket:
    """Issue a ticket (see ``tickets.issue``) and have it sent at once, before other mail."""
    ticket = tickets.issue(**fields)
    queue_letter(kind=TICKET, about=str(ticket.pk), is_urgent=True)
    return ticket


def _write_ticket(about: str) -> Written | None:
    """Write to a ticket's address, unless the ticket was used or is gone or too old by now."""
    ticket = Ticket.objects.filter(pk=int(about), used_at=None, expires_at__gt=clock.now()).first()
    if ticket is None:
        return None
    purpose = Purpose(ticket.purpose)
    context = {
        "code": code_of(ticket),
        "link": link_of(ticket, PATHS[purpose]),
        "minutes": round((ticket.expires_at - ticket.issued_at).total_seconds() / 60),
    }
    return write(f"readers/mail/{purpose.value}.txt", ticket.email, context)


def register() -> None:
    """Let the mail know who writes these letters."""
    register_writer(TICKET, _write_ticket)
