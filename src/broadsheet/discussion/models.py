"""Tables of the discussion."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from broadsheet.discussion.enums import (
    Admission,
    AliasState,
    CommentKind,
    Digest,
    FollowKind,
    GuestPolicy,
    MadeBy,
    Mark,
    MarkedBy,
    NoticeKind,
    Origin,
    ReactionKind,
    RemovedBy,
    SetBy,
    ThreadMode,
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
    edit_minutes = models.PositiveSmallIntegerField(
        default=10,
        db_default=10,
        validators=[MaxValueValidator(24 * 60)],
        help_text=(
            "Minutes in which writers can change their comment without a mark, until somebody"
            " replies. Later changes are marked; all versions can be read."
        ),
    )
    address_days = models.PositiveSmallIntegerField(
        "days to keep addresses",
        default=30,
        db_default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=(
            "Days for which it is kept from which network and with which browser a comment came, and"
            " who reported, from the outcome on. Moderators need it against floods."
        ),
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
    question_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Comments put as a question that stand."
    )
    answered_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Questions of which a reply is marked as the answer."
    )
    thanks_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Thanks given in the thread and not taken back."
    )
    thanks_weighed = models.PositiveIntegerField(
        default=0, db_default=0, help_text="``thanks_count`` when scores were last weighed."
    )
    mode = models.CharField(
        max_length=16, choices=ThreadMode, default=ThreadMode.OPEN, db_default=ThreadMode.OPEN
    )
    closes_at = models.DateTimeField(null=True, help_text="From when on it takes no comments.")
    slow_seconds = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Between two comments of one person; 0: no wait."
    )
    hot_until = models.DateTimeField(
        null=True, help_text="Until when some branch of it may be slower, for reports of it."
    )

    class Meta:
        indexes = [models.Index(fields=["-last_comment_at"], name="discussion_thread_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=ThreadMode.values), name="discussion_thread_mode_known"
            ),
            models.CheckConstraint(
                condition=Q(answered_count__lte=F("question_count")),
                name="discussion_thread_answered_of_questions",
            ),
        ]


class OpennessChange(models.Model):
    """From when on a discussion was open, held, closed or slow; one row for each change."""

    MAX_REASON = 300

    document = models.ForeignKey("record.Document", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    mode = models.CharField(max_length=16, choices=ThreadMode)
    closes_at = models.DateTimeField(null=True, help_text="From when on it takes no comments.")
    slow_seconds = models.PositiveIntegerField(default=0)
    was_usual = models.BooleanField(
        help_text=(
            "Whether it was open, without an end or a pace, before: so it had been since the story"
            " came out, unless a change before this one says otherwise."
        )
    )
    by = models.CharField(max_length=16, choices=SetBy)
    reason = models.CharField(max_length=MAX_REASON, blank=True, help_text="For everybody to read.")

    class Meta:
        indexes = [models.Index(fields=["document", "at"], name="discussion_openness_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=ThreadMode.values), name="discussion_openness_mode_known"
            ),
            models.CheckConstraint(
                condition=Q(by__in=SetBy.values), name="discussion_openness_by_known"
            ),
        ]

    def __str__(self) -> str:
        return f"discussion of {self.document_id}: {self.mode}"


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
        default="",
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
    removed_by = models.CharField(
        max_length=16,
        choices=RemovedBy,
        blank=True,
        default="",
        db_default="",
        help_text="In what role somebody took its words; empty: as the publication.",
    )
    is_question = models.BooleanField(default=False, db_default=False)
    answer = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Of a question: the reply that is marked as its answer now.",
    )
    thanks_count = models.PositiveIntegerField(default=0, db_default=0)
    answers_count = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many say that it answers the question."
    )
    thanks_before = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Thanks that the thread had when it was stored."
    )
    best_score = models.PositiveIntegerField(
        default=0, db_default=0, help_text="In millionths, see discussion/scores.py."
    )

    asked: Comment | None = None
    """The question that it is below, once ``questions.asked_above`` has looked for it."""
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
            models.Index(
                fields=["document", "-best_score", "root_number"],
                condition=Q(depth=1),
                name="discussion_comment_best",
            ),
            models.Index(
                fields=["document", "root_number"],
                condition=Q(is_question=True),
                name="discussion_comment_questions",
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
                condition=Q(removed_at=None, removal_reason="", removed_by="")
                | Q(removed_at__isnull=False, name="", author=None)
                & (Q(removed_by=RemovedBy.WRITER) | ~Q(removal_reason="")),
                name="discussion_comment_removed_with_role",
            ),
            models.CheckConstraint(
                condition=Q(removed_by="") | Q(removed_by__in=RemovedBy.values),
                name="discussion_comment_removed_by_known",
            ),
            models.CheckConstraint(
                condition=Q(answer=None) | Q(is_question=True),
                name="discussion_comment_answer_of_question",
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
    marked_at = models.DateTimeField(
        null=True,
        help_text="When the words were last changed so late that readers are told; null: never.",
    )
    taken_back_at = models.DateTimeField(
        null=True,
        help_text="When a moderator took words back that were published by mistake; they are gone.",
    )

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
    removed_by = models.CharField(
        max_length=16, choices=RemovedBy, blank=True, default="", db_default=""
    )
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
    ended_at = models.DateTimeField(
        null=True, help_text="When the words were taken out of the comment that quoted them."
    )

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


class AnswerMark(models.Model):
    """A reply was marked as the answer to a question, from–to; null to: it still is."""

    document = models.ForeignKey("record.Document", on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="answer_marks")
    reply = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    unmarked_at = models.DateTimeField(null=True)
    marked_by = models.CharField(max_length=16, choices=MarkedBy)

    class Meta:
        indexes = [models.Index(fields=["document", "marked_at"], name="discussion_answer_then")]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(unmarked_at=None), name="discussion_answer_one"
            ),
            models.CheckConstraint(
                condition=Q(marked_by__in=MarkedBy.values), name="discussion_answer_by_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reply} answers {self.question}"


class Reaction(models.Model):
    """What a reader said of a comment without words, from–to; null to: it still holds.

    A person is an account, or a browser that keeps the word of a guest (its digest).
    """

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="reactions")
    document = models.ForeignKey("record.Document", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ReactionKind)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    guest_key = models.CharField(max_length=64, blank=True)
    network = models.CharField(
        max_length=64,
        blank=True,
        help_text="Of a guest: digest of network and day, see discussion/reactions.py.",
    )
    reacted_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["document", "reacted_at"], name="discussion_reaction_then"),
            models.Index(
                fields=["account", "reacted_at"],
                condition=Q(account__isnull=False),
                name="discussion_reaction_account",
            ),
            models.Index(
                fields=["guest_key", "reacted_at"],
                condition=~Q(guest_key=""),
                name="discussion_reaction_guest",
            ),
            models.Index(
                fields=["network"], condition=~Q(network=""), name="discussion_reaction_network"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "kind", "account"],
                condition=Q(taken_back_at=None, account__isnull=False),
                name="discussion_reaction_once_account",
            ),
            models.UniqueConstraint(
                fields=["comment", "kind", "guest_key"],
                condition=Q(taken_back_at=None) & ~Q(guest_key=""),
                name="discussion_reaction_once_guest",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ReactionKind.values), name="discussion_reaction_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for comment {self.comment_id}"


class BranchHeat(models.Model):
    """How often one branch of a thread was reported lately; posting there is slower for it."""

    document = models.ForeignKey("record.Document", on_delete=models.CASCADE, related_name="+")
    root_number = models.PositiveIntegerField()
    reports = models.PositiveIntegerField(default=0, help_text="Since it was last cool.")
    reported_at = models.DateTimeField(help_text="The last time.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "root_number"], name="discussion_heat_branch_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reports} reports of branch {self.root_number}"


class Visit(models.Model):
    """Up to where somebody with an account read a thread, for their other devices."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits"
    )
    document = models.ForeignKey("record.Document", on_delete=models.CASCADE, related_name="+")
    sequence = models.PositiveBigIntegerField(help_text="The last journal number that was there.")
    comments = models.PositiveIntegerField(help_text="How many comments there were.")
    visited_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["visited_at"], name="discussion_visit_age")]
        constraints = [
            models.UniqueConstraint(fields=["account", "document"], name="discussion_visit_once")
        ]

    def __str__(self) -> str:
        return f"visit up to {self.sequence}"


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


def _only(*fields: str) -> dict[str, bool]:
    """Return the condition that a follow names these, and nothing else."""
    names = ("document", "comment", "author", "storyline")
    return {f"{name}__isnull": name not in fields for name in names}


class Follow(models.Model):
    """Somebody wants to be told of a story, of replies to a comment, of what an author writes, or of
    what goes on along a storyline.

    By an account, or by the confirmed address of a guest; one that is not confirmed follows nothing.
    """

    kind = models.CharField(max_length=16, choices=FollowKind)
    document = models.ForeignKey(
        "record.Document", null=True, on_delete=models.CASCADE, related_name="+"
    )
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(
        "record.Author", null=True, on_delete=models.CASCADE, related_name="+"
    )
    storyline = models.ForeignKey(
        "record.Storyline", null=True, on_delete=models.CASCADE, related_name="+"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="follows"
    )
    email = models.EmailField(blank=True, help_text="Of a guest, in small letters.")
    digest = models.CharField(
        max_length=16, choices=Digest, default=Digest.IMMEDIATELY, help_text="Of a guest."
    )
    key_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the key that confirms the address."
    )
    since = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True, help_text="When the guest was sent something last.")

    class Meta:
        indexes = [
            models.Index(fields=["document"], name="discussion_follow_document"),
            models.Index(fields=["email"], condition=~Q(email=""), name="discussion_follow_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=FollowKind.STORY, **_only("document"))
                | Q(kind=FollowKind.REPLIES, **_only("document", "comment"))
                | Q(kind=FollowKind.AUTHOR, **_only("author"))
                | Q(kind=FollowKind.STORYLINE, **_only("storyline")),
                name="discussion_follow_what",
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=False, email="") | Q(account=None) & ~Q(email=""),
                name="discussion_follow_who",
            ),
            *(
                models.UniqueConstraint(
                    fields=[who, what],
                    condition=Q(kind=kind, **{f"{who}__isnull": False})
                    if who == "account"
                    else Q(kind=kind) & ~Q(email=""),
                    name=f"discussion_follow_{kind}_{who}",
                )
                for kind, what in (
                    (FollowKind.STORY, "document"),
                    (FollowKind.REPLIES, "comment"),
                    (FollowKind.AUTHOR, "author"),
                    (FollowKind.STORYLINE, "storyline"),
                )
                for who in ("account", "email")
            ),
        ]

    def __str__(self) -> str:
        return f"follow {self.pk}: {self.kind}"


class FollowSettings(models.Model):
    """How an account is told of what it follows."""

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="follow_settings",
    )
    digest = models.CharField(max_length=16, choices=Digest, default=Digest.DAILY)
    own_replies = models.BooleanField(
        default=True, help_text="Replies to the account’s own comments are told."
    )
    feed_digest = models.CharField(
        max_length=64,
        unique=True,
        null=True,
        help_text="SHA-256 of the key in the feed’s address; null: no feed.",
    )
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__in=Digest.values), name="discussion_digest_known"
            ),
        ]

    def __str__(self) -> str:
        return f"how {self.account_id} is told"


class Notice(models.Model):
    """Something that somebody is told: an account, or the guest of a follow.

    New comments of a story are one notice that counts, until it is read and mailed; so a busy story
    costs each follower a row and not each comment.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    follow = models.ForeignKey(Follow, null=True, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=16, choices=NoticeKind)
    document = models.ForeignKey("record.Document", on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, null=True, on_delete=models.CASCADE, related_name="+")
    edition = models.ForeignKey(
        "record.Edition", null=True, on_delete=models.CASCADE, related_name="+"
    )
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(help_text="Of the last thing it tells.")
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-at", "-id"], name="discussion_notice_inbox"),
            models.Index(
                fields=["account"], condition=Q(read_at=None), name="discussion_notice_unread"
            ),
            models.Index(
                fields=["at"], condition=Q(mailed_at=None), name="discussion_notice_unmailed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(follow__isnull=False),
                name="discussion_notice_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=NoticeKind.values), name="discussion_notice_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}: {self.kind}"


class NoticeCursor(models.Model):
    """How far a document’s journal was told to those who follow it."""

    document = models.OneToOneField(
        "record.Document", primary_key=True, on_delete=models.CASCADE, related_name="notice_cursor"
    )
    sequence = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"told {self.document_id} up to {self.sequence}"
