"""What waits for a decision.

What is held is not part of the discussion: no page, count, stream or journal knows of it until it is
published. So nothing that readers see has to leave it out.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from broadsheet.moderation.enums import HeldKind, HeldState


class HeldComment(models.Model):
    """Words that wait for a decision, with all that is needed to publish them."""

    kind = models.CharField(max_length=16, choices=HeldKind, default=HeldKind.COMMENT)
    document = models.ForeignKey("record.Document", on_delete=models.CASCADE, related_name="+")
    parent = models.ForeignKey(
        "discussion.Comment",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="What it answers.",
    )
    comment = models.ForeignKey(
        "discussion.Comment",
        null=True,
        on_delete=models.SET_NULL,
        related_name="held",
        help_text="What it became when it was published; of an edit, the comment it changes.",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author = models.ForeignKey(
        "record.Author", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=200)
    text = models.TextField(help_text="As written.")
    draft = models.JSONField(help_text="The rest of the form, see moderation/keeping.py.")
    key = models.CharField(
        max_length=64, unique=True, help_text="Of the form: sent twice, it waits once."
    )
    email = models.EmailField(blank=True)
    guest_key = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    reasons = models.JSONField(help_text="Why it waits: a list of reasons, see verdicts.py.")
    held_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=HeldState, default=HeldState.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decision_reason = models.CharField(
        max_length=300, blank=True, help_text="What the writer is told."
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["held_at", "id"],
                condition=Q(state=HeldState.WAITING),
                name="moderation_held_waiting",
            ),
            models.Index(
                fields=["guest_key"], condition=~Q(guest_key=""), name="moderation_held_guest"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=HeldState.WAITING, decided_at=None)
                | ~Q(state=HeldState.WAITING) & Q(decided_at__isnull=False),
                name="moderation_held_decided",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HeldState.values), name="moderation_held_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=HeldKind.values), name="moderation_held_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"held {self.kind} {self.pk}"
