"""What readers report of comments."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from broadsheet.moderation.enums import Ground, ReportKind, ReportState


class Report(models.Model):
    """Somebody says that a version of a comment breaks a rule or a law.

    Who reports is known to moderators only; no page of the writer asks for this table.
    """

    MAX_WORDS = 2000

    comment = models.ForeignKey(
        "discussion.Comment", on_delete=models.CASCADE, related_name="reports"
    )
    version = models.PositiveIntegerField(help_text="The text that was reported, by its number.")
    kind = models.CharField(max_length=16, choices=ReportKind)
    ground = models.CharField(max_length=20, choices=Ground)
    law = models.CharField(max_length=200, blank=True, help_text="Which law, if known.")
    words = models.TextField(blank=True, max_length=MAX_WORDS)
    url = models.CharField(max_length=500, help_text="The exact address of what is reported.")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    is_in_good_faith = models.BooleanField(
        default=False, help_text="Confirmed to be accurate and complete (DSA art. 16)."
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    guest_key = models.CharField(max_length=64, blank=True)
    network = models.CharField(
        max_length=64, blank=True, help_text="The network it came from, for the limits."
    )
    weight = models.PositiveSmallIntegerField(
        default=1, help_text="How much it moves the comment forward in the queue."
    )
    key = models.CharField(
        max_length=64, unique=True, help_text="Of the form: sent twice, it is one."
    )
    filed_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=ReportState, default=ReportState.OPEN)
    decision = models.ForeignKey(
        "moderation.Decision", null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    is_answered_before = models.BooleanField(
        default=False, help_text="The same was decided of this version before; it was not queued."
    )

    class Meta:
        indexes = [
            models.Index(fields=["network", "filed_at"], name="moderation_report_network"),
            models.Index(fields=["comment", "state"], name="moderation_report_comment"),
            models.Index(
                fields=["guest_key"], condition=~Q(guest_key=""), name="moderation_report_guest"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ReportKind.values), name="moderation_report_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(ground__in=Ground.values), name="moderation_report_ground_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReportState.values), name="moderation_report_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=ReportKind.RULES) | Q(is_in_good_faith=True),
                name="moderation_notice_in_good_faith",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.OPEN) | Q(decision=None),
                name="moderation_report_open_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of comment {self.comment_id}"
