"""Letters about the discussion."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django_tasks import task

from broadsheet.discussion.enums import AliasState
from broadsheet.discussion.models import NameClaim
from broadsheet.readers.letters import again_after, compose, post


@task()
def send_decision(claim_id: int, attempt: int = 1) -> None:
    """Tell who asked what the editors decided about an imported name."""
    claim = NameClaim.objects.select_related("account", "document").filter(pk=claim_id).first()
    if claim is None or claim.state == AliasState.OFFERED:
        return
    context = {
        "claim": claim,
        "is_accepted": claim.state == AliasState.ACCEPTED,
        "link": f"{settings.ORIGIN}/account/",
    }
    letter = compose("claim", claim.account.email, context)
    if not post(letter) and (when := again_after(attempt)):
        send_decision.using(run_after=when).enqueue(claim_id, attempt + 1)


def tell_of_decision(sender: object, claim: NameClaim, **_: Any) -> None:
    send_decision.enqueue(claim.pk)
