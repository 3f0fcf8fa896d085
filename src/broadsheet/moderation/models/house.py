"""What the publication says of its own rules, and whom one writes to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class HouseRules(models.Model):
    """The rules of the discussion and the contact for them; one row, changed at the desk."""

    ONLY = 1

    rules = models.TextField(
        blank=True,
        help_text=(
            "What may not be said here, in your own words; an empty line begins a paragraph."
            " The page /moderation/rules/ adds what the software does."
        ),
    )
    contact_name = models.CharField(
        max_length=120, blank=True, help_text="Who answers for the discussion."
    )
    contact_email = models.EmailField(
        blank=True, help_text="For readers and for authorities (DSA art. 11 and 12)."
    )
    contact_address = models.TextField(
        blank=True, max_length=400, help_text="The postal address, where a law asks for one."
    )
    contact_languages = models.CharField(
        max_length=120,
        blank=True,
        help_text="In which languages one may write, for example: English.",
    )
    names_in_log = models.BooleanField(
        "moderators’ names in the public log",
        default=False,
        help_text="Otherwise the log says “a moderator”.",
    )
    lone_appeals = models.BooleanField(
        "the same person may decide an appeal",
        default=False,
        help_text=(
            "Only where a single account can moderate. Appeals then do not wait for a second"
            " person, and each answer says that the same person decided twice."
        ),
    )

    class Meta:
        verbose_name_plural = "house rules"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="moderation_house_only_one"),
        ]

    def __str__(self) -> str:
        return "House rules and contact"
