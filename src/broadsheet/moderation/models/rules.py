"""What the rules are set to, and what they remember of the comments that passed them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from broadsheet.moderation.enums import BanKind, Passed

BANDS = ("band_1", "band_2", "band_3", "band_4")


class RuleSetting(models.Model):
    """How one rule is set; a rule without a row has its defaults."""

    rule = models.CharField(max_length=32, primary_key=True)
    is_on = models.BooleanField()
    options = models.JSONField(default=dict, help_text="By name, see moderation/options.py.")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"rule {self.rule}"


class Ban(models.Model):
    """Somebody, or an address, that may not comment for a while, or for good."""

    kind = models.CharField(max_length=16, choices=BanKind)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="bans"
    )
    value = models.CharField(
        max_length=254,
        blank=True,
        help_text="Of an e-mail ban the address, or @ and a domain; of an address its range.",
    )
    reason = models.CharField(max_length=300, help_text="Whoever is banned is told.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, help_text="Empty: until it is lifted.")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        permissions = [("list_ban", "Can see who is banned")]
        indexes = [
            models.Index(
                fields=["made_at", "id"],
                condition=Q(lifted_at=None),
                name="moderation_ban_standing",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BanKind.values), name="moderation_ban_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=BanKind.ACCOUNT, account__isnull=False, value="")
                | ~Q(kind=BanKind.ACCOUNT) & Q(account=None) & ~Q(value=""),
                name="moderation_ban_of_something",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="moderation_ban_with_reason"),
        ]

    def __str__(self) -> str:
        return f"ban {self.pk}"


class Trace(models.Model):
    """What a comment that was sent leaves for the rules: who, when, where, and what it resembles.

    It has no words. It is kept for some weeks, see moderation/retention.py; rows are in the order in
    which they were written. Written and read without the ORM, see moderation/traces.py.
    """

    at = models.DateTimeField()
    passed = models.CharField(max_length=8, choices=Passed)
    form = models.BigIntegerField(help_text="Of the form’s key: the same form sent again.")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    guest_key = models.CharField(max_length=64, blank=True)
    network = models.CharField(
        max_length=43, blank=True, help_text="The /24 or /64 of the sender’s address."
    )
    document = models.ForeignKey(
        "record.Document", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    comment = models.ForeignKey(
        "discussion.Comment",
        null=True,
        # Comments are never deleted; the check of each row would cost without a use.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    sketch = models.BinaryField(
        default=b"", help_text="What it resembles, see moderation/sketches.py; empty: too short."
    )
    band_1 = models.IntegerField(null=True)
    band_2 = models.IntegerField(null=True)
    band_3 = models.IntegerField(null=True)
    band_4 = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "at"],
                condition=Q(account__isnull=False),
                name="moderation_trace_account",
            ),
            models.Index(
                fields=["guest_key", "at"],
                condition=~Q(guest_key=""),
                name="moderation_trace_guest",
            ),
            models.Index(
                fields=["network", "at"], condition=~Q(network=""), name="moderation_trace_network"
            ),
            models.Index(fields=["document", "at"], name="moderation_trace_document"),
            *(
                # With the key, so that the newest of a band are found without the others.
                models.Index(
                    fields=[band, "id"],
                    condition=Q((f"{band}__isnull", False)),
                    name=f"moderation_trace_{band}_id",
                )
                for band in BANDS
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(passed__in=Passed.values), name="moderation_trace_passed_known"
            ),
        ]

    def __str__(self) -> str:
        return f"trace {self.pk}"


class RefusedTry(models.Model):
    """A comment that was not taken, with its verdict. Its words are kept for some days only."""

    at = models.DateTimeField()
    document = models.ForeignKey("record.Document", on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    guest_key = models.CharField(max_length=64, blank=True)
    network = models.CharField(max_length=43, blank=True)
    is_nudge = models.BooleanField(
        help_text="Its writer was asked to look again, and could have sent it all the same."
    )
    reasons = models.JSONField(help_text="A list of reasons, see verdicts.py.")
    times = models.PositiveIntegerField(
        default=1, help_text="How often the like came since the last row of its kind."
    )

    class Meta:
        verbose_name_plural = "refused tries"
        indexes = [models.Index(fields=["-at", "-id"], name="moderation_refused_latest")]

    def __str__(self) -> str:
        return f"refused try {self.pk}"
