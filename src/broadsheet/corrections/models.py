"""Tables of the corrections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from broadsheet.corrections.enums import CARRIED_OUT, ProposalState

WORDS_ERASED = "[erased, as their writer wished]"
"""What is shown in place of words that a proposal had."""


class Proposal(models.Model):
    """A reader's proposed correction of a passage, and what was decided.

    One that stands in the thread has a comment, whose words are the reason; a typographical one has
    none and goes to the desk only. An empty ``replacement`` proposes to take the words out.
    """

    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="proposals"
    )
    passage = models.ForeignKey(
        "record.Passage", on_delete=models.PROTECT, related_name="proposals"
    )
    replacement = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    words_erased_at = models.DateTimeField(
        null=True, help_text="When the words were erased; they are not empty, they are gone."
    )
    source_url = models.CharField(max_length=500, blank=True)
    is_typographical = models.BooleanField(default=False)
    comment = models.OneToOneField(
        "discussion.Comment", null=True, on_delete=models.PROTECT, related_name="proposal"
    )
    name = models.CharField(max_length=200, blank=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="proposals"
    )
    author = models.ForeignKey(
        "record.Author", null=True, on_delete=models.PROTECT, related_name="proposals"
    )
    wants_credit = models.BooleanField(default=False)
    proposed_at = models.DateTimeField()
    withdrawal_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the key with which it is withdrawn."
    )

    state = models.CharField(max_length=20, choices=ProposalState, default=ProposalState.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decision_reason = models.TextField(blank=True)
    edition = models.ForeignKey(
        "record.Edition",
        null=True,
        on_delete=models.PROTECT,
        related_name="proposals",
        help_text="The edition that carried it out.",
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="duplicates"
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["proposed_at"],
                condition=Q(state=ProposalState.OPEN),
                name="corrections_open",
            ),
            models.Index(fields=["-decided_at"], name="corrections_decided"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="corrections_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_at=None)
                | ~Q(state=ProposalState.OPEN) & Q(decided_at__isnull=False),
                name="corrections_decided_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(CARRIED_OUT), edition__isnull=False)
                | ~Q(state__in=sorted(CARRIED_OUT)) & Q(edition=None),
                name="corrections_edition_where_due",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DECLINED) | ~Q(decision_reason=""),
                name="corrections_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.DUPLICATE, duplicate_of__isnull=False)
                | ~Q(state=ProposalState.DUPLICATE) & Q(duplicate_of=None),
                name="corrections_duplicate_of_where_due",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}: {self.passage.exact[:40]} → {self.replacement[:40]}"

    @property
    def proposed(self) -> str:
        """What should stand there, as it is shown; empty: nothing."""
        return WORDS_ERASED if self.words_erased_at else self.replacement

    @property
    def is_open(self) -> bool:
        return self.state == ProposalState.OPEN

    @property
    def credit(self) -> str:
        """The name to be credited; empty where none is wanted or known."""
        return self.name if self.wants_credit else ""


class ProposalSubmission(models.Model):
    """The key of a form that was sent, so that sending it twice proposes once."""

    key = models.CharField(max_length=64, primary_key=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="submissions")
    sent_at = models.DateTimeField()


class ProposalContact(models.Model):
    """The address that a guest gave to hear of the decision. Apart: no public query can load it."""

    proposal = models.OneToOneField(
        Proposal, primary_key=True, on_delete=models.CASCADE, related_name="contact"
    )
    email = models.EmailField()
