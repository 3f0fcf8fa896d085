"""Tables of the discussion."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from broadsheet.discussion.enums import (
    Admission,
    AliasState,
    CommentKind,
    GuestPolicy,
    MadeBy,
    Mark,
    Origin,
)


class DiscussionSettings(models.Model):
    """How the publication talks with its readers; one row, changed at the desk."""

    ONLY = 1

    guests = models.CharField(
        max_length=16,
        choices=GuestPolicy,
        default=GuestPolicy.ALLOWED,
        help_text="Whether somebody without an account may comment.",
    )
    admission = models.CharField(
        max_length=16,
        choices=Admission,
        default=Admission.OPEN,
        help_text="What becomes of a comment that nothing speaks against.",
    )
    interest_days = models.PositiveSmallIntegerField(
        "days to answer",
        default=3,
        db_default=3,
        validators=[MaxValueValidator(60)],
        help_text=(
            "When somebody asks whether the writer of a comment has an interest, and there is no"
            " answer: days until that is said beside the comment."
        ),
    )

    class Meta:
        verbose_name_plural = "discussion settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="discussion_settings_only_one"),
            models.CheckConstraint(
                condition=Q(guests__in=GuestPolicy.values), name="discussion_guests_known"
            ),
            models.CheckConstraint(
                condition=Q(admission__in=Admission.values), name="discussion_admission_known"
            ),
        ]

    def __str__(self) -> str:
        return "Discussion settings"


class Thread(models.Model):
    """All contributions to a document, counted. Changed under the document's lock only."""

    document = models.OneToOneField(
        "record.Document", primary_key=True, on_delete=models.PROTECT, related_name="thread"
    )
    comment_count = models.PositiveIntegerField(default=0)
    root_count = models.PositiveIntegerField(default=0, help_text="Comments that answer no other.")
    last_comment_at = models.DateTimeField(null=True)
    claimed_comments = models.PositiveIntegerField(
        null=True, help_text="The number that an imported page gave for itself."
    )

    class Meta:
        indexes = [models.Index(fields=["-last_comment_at"], name="discussion_thread_latest")]


class Comment(models.Model):
    """A contribution; with a parent it is a reply.

    ``sequence`` is its entry in the document's journal: unique there, in the order of arrival, which
    is the reading order among siblings. ``posted_at`` is null when an imported page does not say.
    Reading order is by ``root_number`` and ``path``; both are set when it is stored, and stay.
    """

    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="comments"
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replies")
    sequence = models.PositiveBigIntegerField()
    depth = models.PositiveSmallIntegerField(default=1)
    root_number = models.PositiveIntegerField(
        help_text="The number of its root among the document’s roots, from 1; a root has its own."
    )
    path = models.BinaryField(
        default=b"", help_text="Its place beneath the root, see discussion/threads.py."
    )
    reply_count = models.PositiveIntegerField(
        default=0, help_text="Of a root: all comments beneath it; of others 0."
    )
    kind = models.CharField(max_length=16, choices=CommentKind, default=CommentKind.COMMENT)
    origin = models.CharField(max_length=16, choices=Origin, default=Origin.HERE)
    name = models.CharField(max_length=200, blank=True, help_text="As signed; empty: not recorded.")
    author = models.ForeignKey(
        "record.Author",
        null=True,
        on_delete=models.PROTECT,
        related_name="comments",
        help_text="Set when the writer is known to be this author.",
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="comments"
    )
    mark = models.CharField(
        max_length=16,
        choices=Mark,
        blank=True,
        db_default="",
        help_text="What the writer was when it was written, beside what ``author`` says.",
    )
    disclosures = models.JSONField(
        null=True,
        blank=True,
        help_text="What the writer disclosed when it was written: a list of lines; null: nothing.",
    )
    posted_at = models.DateTimeField(null=True)
    source_key = models.CharField(
        max_length=200, blank=True, help_text="Its id where it came from."
    )
    writer_erased_at = models.DateTimeField(
        null=True, help_text="Its writer is gone, from all moments; the words may stand."
    )
    removed_at = models.DateTimeField(null=True, help_text="Its words are gone, from all moments.")
    removal_reason = models.CharField(
        max_length=300, blank=True, help_text="Public: stands where the words stood."
    )

    shown_versions: list[CommentVersion]
    """The version valid at the moment asked for; set by the queries."""
    shown_passages: list[CommentPassage]
    """The passages it is about; set by the queries."""
    has_profile = False
    """Whether its writer has a profile for everybody; set by the queries."""

    class Meta:
        indexes = [
            models.Index(
                fields=["document", "root_number", "path"], name="discussion_comment_reading"
            ),
            # Roots have depth 1. Asked for by ``parent IS NULL`` SQLite would read them all and sort.
            models.Index(
                fields=["document", "depth", "root_number"], name="discussion_comment_roots"
            ),
            models.Index(
                fields=["document", "root_number"],
                condition=Q(author__isnull=False),
                name="discussion_comment_by_author",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "root_number"],
                condition=Q(parent=None),
                name="discussion_comment_root_once",
            ),
            models.UniqueConstraint(
                fields=["document", "sequence"], name="discussion_comment_order"
            ),
            models.UniqueConstraint(
                fields=["document", "source_key"],
                condition=~Q(source_key=""),
                name="discussion_comment_source_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CommentKind.values), name="discussion_comment_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.IMPORTED) | Q(posted_at__isnull=False),
                name="discussion_comment_time_known_here",
            ),
            models.CheckConstraint(
                condition=Q(parent=None, depth=1) | Q(parent__isnull=False, depth__gt=1),
                name="discussion_comment_depth",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removal_reason="")
                | Q(removed_at__isnull=False, name="", author=None) & ~Q(removal_reason=""),
                name="discussion_comment_removed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(mark="") | Q(mark__in=Mark.values) & Q(removed_at=None),
                name="discussion_comment_mark_known",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class CommentVersion(models.Model):
    """One text that a comment had, valid from–to; null from: as long as the comment stands."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    text = models.TextField(help_text="As written: the readers’ Markdown.")
    html = models.TextField(help_text="Made from the text; safe to show.")
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "number"], name="discussion_version_number"),
            models.UniqueConstraint(
                fields=["comment"], condition=Q(valid_to=None), name="discussion_version_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gt=F("valid_from")),
                name="discussion_version_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of comment {self.comment_id}"


class RemovedWords(models.Model):
    """What a removed comment said, and who removed it. Apart, so that no public query can load it."""

    comment = models.OneToOneField(
        Comment, primary_key=True, on_delete=models.CASCADE, related_name="removed_words"
    )
    by = models.CharField(max_length=150)
    name = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(
        "record.Author", null=True, on_delete=models.PROTECT, related_name="+"
    )
    texts = models.JSONField(help_text="By the number of the version.")
    stamp = models.JSONField(
        null=True, help_text="Its mark, its disclosures, and what was answered to who asked."
    )

    def __str__(self) -> str:
        return f"words of comment {self.comment_id}"


class Restoration(models.Model):
    """A removal that was taken back: between the two instants the comment stood removed, and pages of
    these moments go on showing the tombstone."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="restorations")
    removed_at = models.DateTimeField()
    removal_reason = models.CharField(max_length=300)
    removal = models.JSONField(help_text="What the journal’s digest of the removal is made of.")
    restored_at = models.DateTimeField()
    by = models.CharField(max_length=150)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "removed_at"], name="discussion_restoration_once"
            ),
            models.CheckConstraint(
                condition=Q(restored_at__gte=F("removed_at")),
                name="discussion_restoration_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"restoration of comment {self.comment_id}"


class CommentPassage(models.Model):
    """Says that a comment is about a passage of the story."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="passages")
    passage = models.ForeignKey(
        "record.Passage", on_delete=models.PROTECT, related_name="comment_links"
    )
    made_by = models.CharField(max_length=16, choices=MadeBy)

    class Meta:
        ordering = ["comment_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["comment", "passage"], name="discussion_passage_once"),
            models.CheckConstraint(
                condition=Q(made_by__in=MadeBy.values), name="discussion_passage_made_by_known"
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.comment_id} about {self.passage}"


class InterestQuestion(models.Model):
    """Somebody asked whether the writer of a comment has an interest; asked once, answered once."""

    comment = models.OneToOneField(
        Comment, primary_key=True, on_delete=models.CASCADE, related_name="interest"
    )
    asked_at = models.DateTimeField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    key_digest = models.BinaryField(
        max_length=32, default=b"", help_text="SHA-256 of the key that a guest was sent to answer."
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="discussion_interest_age")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=False) | Q(answered_at=None, answer=""),
                name="discussion_interest_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"question to the writer of comment {self.comment_id}"


class CommentSource(models.Model):
    """Where a comment came from and why it was let in; never shown to readers. Apart, so that no
    public query can load it."""

    comment = models.OneToOneField(
        Comment, primary_key=True, on_delete=models.CASCADE, related_name="source"
    )
    email = models.EmailField(blank=True)
    guest_key = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of what the guest’s browser keeps."
    )
    address = models.GenericIPAddressField(
        null=True, help_text="Of the network; kept for some days only."
    )
    agent = models.CharField(
        max_length=200, blank=True, help_text="The browser, as it names itself."
    )
    verdict = models.JSONField(
        null=True, help_text="Why it was published: a list of moderation’s reasons."
    )
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["email"], condition=~Q(email=""), name="discussion_source_email"),
            models.Index(Lower("email"), condition=~Q(email=""), name="discussion_source_any_case"),
            models.Index(fields=["address", "sent_at"], name="discussion_source_address"),
            models.Index(
                fields=["guest_key"], condition=~Q(guest_key=""), name="discussion_source_guest"
            ),
        ]

    def __str__(self) -> str:
        return f"source of comment {self.comment_id}"


class Submission(models.Model):
    """The key of a form that was sent, so that sending it twice posts once."""

    key = models.CharField(max_length=64, primary_key=True)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="submissions")
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sent_at"], name="discussion_submission_age")]


class AuthorAlias(models.Model):
    """A name in an imported thread that may be an author of the story under another name."""

    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="author_aliases"
    )
    name = models.CharField(max_length=200)
    author = models.ForeignKey("record.Author", on_delete=models.PROTECT, related_name="aliases")
    state = models.CharField(max_length=16, choices=AliasState, default=AliasState.OFFERED)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "name"], name="discussion_alias_name_once"),
            models.CheckConstraint(
                condition=Q(state__in=AliasState.values), name="discussion_alias_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.author}"


class NameClaim(models.Model):
    """Somebody with an account says to be the person of a name in an imported thread."""

    document = models.ForeignKey(
        "record.Document", on_delete=models.PROTECT, related_name="name_claims"
    )
    name = models.CharField(max_length=200)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="name_claims"
    )
    reason = models.TextField(help_text="For the editors.")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=AliasState, default=AliasState.OFFERED)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True, help_text="Sent to who asked.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "name", "account"], name="discussion_claim_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=AliasState.values), name="discussion_claim_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=AliasState.OFFERED, decided_at=None)
                | ~Q(state=AliasState.OFFERED) & Q(decided_at__isnull=False),
                name="discussion_claim_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"“{self.name}” claimed by account {self.account_id}"
