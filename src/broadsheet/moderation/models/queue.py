"""What waits for a moderator, in the order in which it should be looked at."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from broadsheet.moderation.enums import ItemKind


class QueueItem(models.Model):
    """One thing that waits: a held comment or edit, a reported comment, an appeal.

    A table of its own, so that the page is read from one index whatever waits. ``due_at`` is when it
    began to wait less a head start for what is urgent: age is in it without being counted anew, and
    nothing waits for ever behind what came later.
    """

    kind = models.CharField(max_length=16, choices=ItemKind)
    document = models.ForeignKey(
        "record.Document", null=True, on_delete=models.CASCADE, related_name="+"
    )
    held = models.OneToOneField(
        "moderation.HeldComment", null=True, on_delete=models.CASCADE, related_name="queue_item"
    )
    comment = models.ForeignKey(
        "discussion.Comment",
        null=True,
        on_delete=models.CASCADE,
        related_name="queue_items",
        help_text="Of a report: what is reported.",
    )
    appeal = models.OneToOneField(
        "moderation.Appeal", null=True, on_delete=models.CASCADE, related_name="queue_item"
    )
    since = models.DateTimeField(help_text="When it began to wait.")
    due_at = models.DateTimeField(help_text="The order of the queue, see moderation/need.py.")
    reasons = models.CharField(
        max_length=300, blank=True, help_text="Names of rules and grounds: |links|insult|"
    )
    is_urgent = models.BooleanField(default=False, help_text="A notice of illegal content.")
    report_count = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("moderate", "Can decide what is held, reported and appealed against"),
            ("redact", "Can erase the words of a comment for good, as a law asks"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(closed_at=None), name="moderation_queue_due"
            ),
            models.Index(
                fields=["kind", "due_at", "id"],
                condition=Q(closed_at=None),
                name="moderation_queue_kind",
            ),
            models.Index(
                fields=["document", "due_at", "id"],
                condition=Q(closed_at=None),
                name="moderation_queue_story",
            ),
            models.Index(
                fields=["kind", "reasons"],
                condition=Q(closed_at=None),
                name="moderation_queue_reasons",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["comment"],
                condition=Q(kind=ItemKind.REPORT, closed_at=None),
                name="moderation_queue_reported_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[ItemKind.COMMENT, ItemKind.EDIT], held__isnull=False)
                | Q(kind=ItemKind.REPORT, comment__isnull=False)
                | Q(kind=ItemKind.APPEAL, appeal__isnull=False),
                name="moderation_queue_about_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} in the queue"

    @property
    def reason_names(self) -> list[str]:
        return [name for name in self.reasons.split("|") if name]
