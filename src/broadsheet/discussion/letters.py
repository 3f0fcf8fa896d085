"""Letters about the discussion."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from broadsheet.discussion.enums import AliasState
from broadsheet.discussion.models import NameClaim
from broadsheet.readers.letters import write
from broadsheet.readers.mail import Written, queue_letter, register_writer

CLAIM = "claim"


def _write_decision(about: str) -> Written | None:
    """Tell who asked what the editors decided about an imported name."""
    claim = NameClaim.objects.select_related("account", "document").filter(pk=int(about)).first()
    if claim is None or claim.state == AliasState.OFFERED:
        return None
    context = {
        "claim": claim,
        "is_accepted": claim.state == AliasState.ACCEPTED,
        "link": f"{settings.ORIGIN}/account/",
    }
    return write("readers/mail/claim.txt", claim.account.email, context)


def tell_of_decision(sender: object, claim: NameClaim, **_: Any) -> None:
    queue_letter(kind=CLAIM, about=str(claim.pk))


def register() -> None:
    """Let the mail know who writes these letters."""
    register_writer(CLAIM, _write_decision)
