"""Whether somebody without an account may comment, and the mail that lets a guest's comment out.

Where the publication wants it, what a guest writes waits until whoever has the address opens a link
and presses a button. Then it is published, unless a moderator is to read it for another reason.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from broadsheet import clock
from broadsheet.discussion.actions import CommentRefused, FieldError, Posting
from broadsheet.discussion.enums import GuestPolicy
from broadsheet.discussion.models import Comment
from broadsheet.discussion.queries import discussion_settings
from broadsheet.moderation.actions import publish_held
from broadsheet.moderation.enums import HeldState, Outcome
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.reasons import Reason
from broadsheet.readers import letters, tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.models import Account, Ticket
from broadsheet.record.actions import lock_document

EMAIL = "email"
"""The rule's name in the reasons of what waits for its writer's confirmation."""
VALID_FOR = dt.timedelta(days=2)
"""How long a comment waits for its confirmation; then it is forgotten."""


class AccountNeeded(CommentRefused):
    """Only who is signed in may comment."""


def guest_reason(posting: Posting, *, confirmed: str = "") -> Reason | None:
    """Return why a guest's comment waits; ``confirmed`` is the proof of an address, see
    :func:`proof_of`. No statement, the settings being kept in memory.

    Raises :class:`AccountNeeded`, and :class:`CommentRefused` where the address is missing.
    """
    policy = discussion_settings().guests
    if posting.account or policy == GuestPolicy.ALLOWED:
        return None
    if policy == GuestPolicy.MEMBERS:
        raise AccountNeeded(
            FieldError("text", "Please sign in to comment here. What you wrote is kept.")
        )
    email = posting.draft.email
    if not email:
        raise CommentRefused(
            FieldError(
                "email",
                "Please give your e-mail address: we send you a link that publishes your comment.",
            )
        )
    if confirmed and is_proof(confirmed, email):
        return None
    return Reason(
        EMAIL,
        Outcome.HOLD,
        "We sent you a mail. Your comment is published when you open its link and press the button.",
    )


def check_may_propose(account: Account | None) -> None:
    """Raise :class:`AccountNeeded` where only who is signed in may write. An editor decides on what
    guests propose, so that they need not confirm an address."""
    if account is None and discussion_settings().guests == GuestPolicy.MEMBERS:
        raise AccountNeeded(FieldError("reason", "Please sign in to propose a correction here."))


def waits_for_mail(held: HeldComment) -> bool:
    return any(each["rule"] == EMAIL for each in held.reasons)


def proof_of(email: str) -> str:
    """Return what the browser of a guest keeps to show that an address was confirmed with it."""
    digest = salted_hmac("broadsheet.moderation.guests", email.lower(), algorithm="sha256")
    return digest.hexdigest()


def is_proof(given: str, email: str) -> bool:
    return constant_time_compare(given, proof_of(email))


def ask_to_confirm(held: HeldComment) -> None:
    """Send the mail with the link, once for a comment however often its form is sent."""
    reference = f"held/{held.pk}"
    if Ticket.objects.filter(purpose=Purpose.COMMENT, reference=reference).exists():
        return
    letters.send_ticket(
        purpose=Purpose.COMMENT, email=held.email, reference=reference, valid_for=VALID_FOR
    )


def held_of_ticket(ticket: Ticket) -> HeldComment | None:
    """Return what a ticket lets out, if it still waits."""
    number = ticket.reference.removeprefix("held/")
    return HeldComment.objects.filter(pk=int(number), state=HeldState.WAITING).first()


@transaction.atomic
def confirm(ticket: Ticket) -> Comment | HeldComment | None:
    """Use a ticket up and publish what it is for; it waits on if a moderator is to read it.

    ``None``: it does not wait any more. Raises :class:`~broadsheet.readers.tickets.TicketInvalid`,
    and :class:`CommentRefused` where the thread takes it no more.
    """
    tickets.use_up(ticket)
    held = held_of_ticket(ticket)
    if held is None:
        return None
    # The document first, as everywhere; meanwhile it may have been decided or taken back.
    lock_document(held.document_id)
    held = held_of_ticket(ticket)
    if held is None:
        return None
    held.reasons = [each for each in held.reasons if each["rule"] != EMAIL]
    held.save(update_fields=["reasons"])
    if any(each["outcome"] != Outcome.PUBLISH for each in held.reasons):
        return held
    return publish_held(held_id=held.pk, by=None)


@transaction.atomic
def forget_unconfirmed_comments() -> int:
    """Delete what nobody has confirmed in time; returns how many. One statement and those rows."""
    old = HeldComment.objects.filter(
        state=HeldState.WAITING, account=None, held_at__lte=clock.now() - VALID_FOR
    )
    ids = [held.pk for held in old.only("reasons") if waits_for_mail(held)]
    HeldComment.objects.filter(pk__in=ids).delete()
    return len(ids)
