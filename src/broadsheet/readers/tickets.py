"""Tickets: what a mail carries so that whoever has it can do one thing, once, for a while.

A ticket has a link and a code. Neither is stored, nor a digest of it: both are derived from the
publication's secret key and a random value in the row, so a copy of the database opens nothing, and
the queue that sends mail carries no more than the number of the ticket.

The link works in any browser and leads to a page with a button, since programs that check mail open
links by themselves. The code works only in the browser that asked for it, and for a few tries.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlsafe_base64_encode

from broadsheet import clock
from broadsheet.readers.enums import Purpose
from broadsheet.readers.models import Account, Ticket

VALID_FOR = dt.timedelta(minutes=20)
"""How long a ticket to sign in is good; mail may take a while."""
TRIES = 5
"""Codes that may be tried against one ticket: one in twenty million guesses gets through."""
NONCE_BYTES = 32
CODE_DIGITS = 8
MAX_TOKEN = 120


class TicketInvalid(ValueError):
    """The link or code is not, or no longer, good; the message is for whoever has it."""


def issue(
    *,
    purpose: Purpose,
    email: str,
    account: Account | None = None,
    reference: str = "",
    next_path: str = "",
    valid_for: dt.timedelta = VALID_FOR,
) -> Ticket:
    """Make a ticket for an address. One statement, whether or not anybody has that address."""
    now = clock.now()
    return Ticket.objects.create(
        purpose=purpose,
        email=email.lower(),
        account=account,
        reference=reference,
        next_path=next_path,
        nonce=clock.random_bytes(NONCE_BYTES),
        issued_at=now,
        expires_at=now + valid_for,
        tries_left=TRIES,
    )


def _derived(ticket: Ticket, what: str) -> bytes:
    said = f"{what} {ticket.purpose} {ticket.pk} {bytes(ticket.nonce).hex()}"
    return salted_hmac("broadsheet.readers.tickets", said, algorithm="sha256").digest()


def token_of(ticket: Ticket) -> str:
    """Return what stands in the ticket's link."""
    return f"{ticket.pk}.{urlsafe_base64_encode(_derived(ticket, 'link'))}"


def code_of(ticket: Ticket) -> str:
    """Return the ticket's code, as ``4821-9034``."""
    number = int.from_bytes(_derived(ticket, "code")[:16]) % 10**CODE_DIGITS
    digits = f"{number:0{CODE_DIGITS}d}"
    return f"{digits[:4]}-{digits[4:]}"


def link_of(ticket: Ticket, path: str) -> str:
    """Return the address of the page at ``path`` that takes the ticket."""
    return f"{settings.ORIGIN}{path}{token_of(ticket)}/"


def find_by_token(token: str, purpose: Purpose) -> Ticket:
    """Return the ticket of a link, good and unused. Raises :class:`TicketInvalid`."""
    number, dot, _ = token.partition(".")
    ticket = None
    if (
        dot
        and len(token) <= MAX_TOKEN
        and number.isascii()
        and number.isdigit()
        and len(number) < 19
    ):
        ticket = Ticket.objects.filter(pk=int(number), purpose=purpose).first()
    if ticket is None or not constant_time_compare(token, token_of(ticket)):
        raise TicketInvalid("This link is not one of ours, or it is not complete.")
    _check_good(ticket)
    return ticket


def _check_good(ticket: Ticket) -> None:
    if ticket.used_at is not None:
        raise TicketInvalid("This was used already; each link and code works once.")
    if ticket.expires_at <= clock.now():
        raise TicketInvalid("This is too old to be used. Please ask for a new one.")


def try_code(ticket: Ticket, given: str) -> None:
    """Count a try and compare the code; raises :class:`TicketInvalid` with what may be done next."""
    _check_good(ticket)
    # Counted before it is compared, in one statement: tries at the same time are all counted.
    open_tickets = Ticket.objects.filter(pk=ticket.pk, used_at=None, tries_left__gt=0)
    if not open_tickets.update(tries_left=F("tries_left") - 1):
        raise TicketInvalid("Too many codes were tried. Please ask for a new one.")
    digits = "".join(character for character in given[:100] if character in "0123456789")
    if not constant_time_compare(digits, code_of(ticket).replace("-", "")):
        raise TicketInvalid(
            "This is not the code of the last mail that we sent. Look at the newest one."
        )


def use_up(ticket: Ticket) -> None:
    """Mark a ticket as used, and with it all others of its kind for the same address.

    Raises :class:`TicketInvalid` if somebody was faster.
    """
    now = clock.now()
    if not Ticket.objects.filter(pk=ticket.pk, used_at=None).update(used_at=now):
        raise TicketInvalid("This was used already; each link and code works once.")
    Ticket.objects.filter(
        purpose=ticket.purpose, email=ticket.email, reference=ticket.reference, used_at=None
    ).update(used_at=now)
