"""What moderators decided, with what the persons concerned were told, and appeals against it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from broadsheet.moderation.enums import RESTRICTIONS, AppealState, Ground, Measure


class Decision(models.Model):
    """One act of a moderator. Never changed; what takes it back is a decision that reverses it."""

    measure = models.CharField(max_length=16, choices=Measure)
    ground = models.CharField(max_length=20, choices=Ground, blank=True)
    words = models.CharField(max_length=300, blank=True, help_text="The moderator’s own words.")
    law = models.CharField(max_length=200, blank=True, help_text="Which law, where one is named.")
    document = models.ForeignKey(
        "record.Document", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    comment = models.ForeignKey(
        "discussion.Comment", null=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    version = models.PositiveIntegerField(null=True, help_text="Of the comment, as it was judged.")
    held = models.ForeignKey(
        "moderation.HeldComment", null=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Whom it concerns.",
    )
    guest_key = models.CharField(
        max_length=64, blank=True, help_text="Whom it concerns, where that is a guest."
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_name = models.CharField(max_length=150, blank=True)
    is_by_editor = models.BooleanField(
        default=False, help_text="Decided at the desk by who answers for the story."
    )
    decided_at = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="When the measure ends; null: it does not.")
    waited = models.PositiveIntegerField(
        null=True, help_text="Seconds for which it waited in the queue; null: it did not."
    )
    is_from_notice = models.BooleanField(
        default=False, help_text="Somebody reported it; otherwise the publication looked by itself."
    )
    is_found_by_software = models.BooleanField(
        default=False, help_text="A rule of the software held it; a person decided."
    )
    is_public = models.BooleanField(default=False, help_text="It stands in the public log.")
    batch = models.CharField(
        max_length=32, help_text="Decisions made together, which are taken back together."
    )
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    statement = models.JSONField(
        null=True, help_text="The statement of reasons as it was sent (DSA art. 17)."
    )
    bans = models.JSONField(default=list, help_text="The bans that it made, by their ids.")

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=Q(is_public=True), name="moderation_decision_logged"
            ),
            models.Index(fields=["decided_at"], name="moderation_decision_time"),
            models.Index(fields=["batch"], name="moderation_decision_batch"),
            models.Index(
                fields=["guest_key"],
                condition=~Q(guest_key=""),
                name="moderation_decision_guest",
            ),
            models.Index(fields=["measure", "waited"], name="moderation_decision_waited"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(measure__in=Measure.values), name="moderation_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(ground="") | Q(ground__in=Ground.values),
                name="moderation_ground_known",
            ),
            models.CheckConstraint(
                condition=~Q(measure__in=sorted(RESTRICTIONS)) | ~Q(ground=""),
                name="moderation_restriction_has_ground",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("decided_at")),
                name="moderation_decision_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}: {self.measure}"

    @property
    def is_restriction(self) -> bool:
        return self.measure in RESTRICTIONS


class Appeal(models.Model):
    """Somebody concerned asks that another moderator looks at a decision; once."""

    MAX_WORDS = 2000
    WITHIN = dt.timedelta(days=183)
    """Six months, as art. 20 of the DSA asks of larger services."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    words = models.TextField(max_length=MAX_WORDS)
    report = models.ForeignKey(
        "moderation.Report",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Set when who reported appeals, and not the writer.",
    )
    email = models.EmailField(blank=True, help_text="Where the answer goes.")
    filed_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=AppealState, default=AppealState.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by_same_person = models.BooleanField(
        default=False, help_text="Only one person moderates, who decided twice."
    )
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, decided_at=None)
                | ~Q(state=AppealState.OPEN) & Q(decided_at__isnull=False),
                name="moderation_appeal_decided",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AppealState.values), name="moderation_appeal_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"appeal against decision {self.decision_id}"
