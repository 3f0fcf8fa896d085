"""What the learned filter is taught by this publication’s own decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Lesson(models.Model):
    """One comment that a moderator called spam, or read and published; without its words."""

    decision = models.OneToOneField(
        "moderation.Decision", primary_key=True, on_delete=models.CASCADE, related_name="lesson"
    )
    is_spam = models.BooleanField()
    odds = models.FloatField(help_text="What the shipped weights alone said of it, as log odds.")
    told_at = models.DateTimeField(
        null=True, help_text="When the spam service was told, or there was nothing to tell."
    )
    grams = models.BinaryField(
        help_text="Its words and pairs by number, four bytes each, see filter/model.py."
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["decision"], condition=Q(told_at=None), name="moderation_lesson_untold"
            )
        ]

    def __str__(self) -> str:
        return f"lesson of {self.decision_id}"


class Taught(models.Model):
    """What all lessons together come to; one row, written by the task worker."""

    ONLY = 1

    weights = models.JSONField(default=dict, help_text="By the number of a word.")
    begin = models.FloatField(default=0.0)
    lessons = models.PositiveIntegerField(default=0)
    last_lesson = models.PositiveBigIntegerField(
        default=0, help_text="The decision of the last one."
    )
    learned_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "taught"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="moderation_taught_only_one")]

    def __str__(self) -> str:
        return "What the filter was taught"
