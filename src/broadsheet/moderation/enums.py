"""The fixed vocabularies of moderation."""

from django.db import models


class Outcome(models.TextChoices):
    """What a verdict says shall become of a comment."""

    PUBLISH = "publish", "Published"
    HOLD = "hold", "Held"
    REFUSE = "refuse", "Refused"


class HeldState(models.TextChoices):
    """What became of a comment that was held."""

    WAITING = "waiting", "Waiting"
    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Not published"
    WITHDRAWN = "withdrawn", "Taken back by its writer"


class HeldKind(models.TextChoices):
    """What was held: words that are new, or new words for a comment that stands."""

    COMMENT = "comment", "Comment"
    EDIT = "edit", "Edit"


class BanKind(models.TextChoices):
    """What a ban names."""

    ACCOUNT = "account", "Account"
    EMAIL = "email", "E-mail address"
    ADDRESS = "address", "Network address"


class Passed(models.TextChoices):
    """How a comment came through the gate, as the rules remember it."""

    PUBLISH = "publish", "Published"
    HOLD = "hold", "Held"
    REFUSE = "refuse", "Refused"
    NUDGE = "nudge", "Shown to its writer again"


class Measure(models.TextChoices):
    """What a decision did."""

    PUBLISHED = "published", "Published"
    DECLINED = "declined", "Not published"
    REMOVED = "removed", "Removed"
    REDACTED = "redacted", "Redacted for good"
    KEPT = "kept", "Kept: a report was unfounded"
    BANNED = "banned", "May not comment"
    CLOSED = "closed", "Discussion closed"
    HELD = "held", "Discussion held: each comment is read first"
    OPENED = "opened", "Discussion opened"
    PACED = "paced", "Pace or end of a discussion set"
    WITHHELD = "withheld", "Edition of a story removed by law"
    RESTORED = "restored", "Reversed on appeal"
    UPHELD = "upheld", "Upheld on appeal"
    UNDONE = "undone", "Taken back by the moderator"


RESTRICTIONS = frozenset({Measure.DECLINED, Measure.REMOVED, Measure.REDACTED, Measure.BANNED})
"""Measures that take something from somebody, who is told why (DSA art. 17)."""


OF_DISCUSSIONS = frozenset({Measure.CLOSED, Measure.HELD, Measure.OPENED, Measure.PACED})
"""Measures about all who might write: nobody in particular is restricted, so nobody is owed a
statement. What a moderator says of them is for everybody to read."""


TOLD_TO_ALL = OF_DISCUSSIONS | {Measure.WITHHELD}
"""Measures of which the log tells the reason in words; those about a person are told to that person."""


UNLOGGED = frozenset({Measure.PUBLISHED, Measure.UNDONE})
"""What the public log does not list by itself: what was published can be read, and what was taken back
is said with the decision that it takes back."""


class Ground(models.TextChoices):
    """Why something is restricted: a rule of the publication, or a law."""

    OFF_TOPIC = "off_topic", "Off topic"
    INSULT = "insult", "Insult or harassment"
    HATE = "hate", "Hatred against a group"
    THREAT = "threat", "Threat or call to violence"
    PRIVATE = "private", "Somebody’s private data"
    IMPERSONATION = "impersonation", "Pretends to be somebody else"
    MISLEADING = "misleading", "Deliberately misleading"
    SPAM = "spam", "Advertising or spam"
    REPEATED = "repeated", "Says the same again"
    RULES = "rules", "Against the house rules in another way"
    LAW_CHILDREN = "law_children", "Sexual abuse of children"
    LAW_TERROR = "law_terror", "Terrorism or public incitement"
    LAW_THREAT = "law_threat", "Threat to somebody’s life or safety"
    LAW_HATE = "law_hate", "Unlawful hate speech"
    LAW_DEFAMATION = "law_defamation", "Defamation"
    LAW_PRIVACY = "law_privacy", "Unlawful use of private data or pictures"
    LAW_COPYRIGHT = "law_copyright", "Infringement of copyright or other rights"
    LAW_FRAUD = "law_fraud", "Fraud"
    LAW_OTHER = "law_other", "Unlawful in another way"

    @property
    def is_law(self) -> bool:
        return self.value.startswith("law_")

    @property
    def is_grave(self) -> bool:
        """Whether somebody's life or a child may be in danger."""
        return self in (Ground.LAW_CHILDREN, Ground.LAW_TERROR, Ground.LAW_THREAT)


RULE_GROUNDS = [each for each in Ground if not each.is_law]
LAW_GROUNDS = [each for each in Ground if each.is_law]


class ReportKind(models.TextChoices):
    """What somebody says of a comment."""

    RULES = "rules", "Against the rules of the publication"
    ILLEGAL = "illegal", "Illegal content"


class ReportState(models.TextChoices):
    """What became of a report."""

    OPEN = "open", "A moderator will look at it"
    UPHELD = "upheld", "Something was done"
    UNFOUNDED = "unfounded", "The comment stays"


class AppealState(models.TextChoices):
    """What became of an appeal."""

    OPEN = "open", "Another moderator will look at it"
    REVERSED = "reversed", "The decision was reversed"
    UPHELD = "upheld", "The decision stands"


class ItemKind(models.TextChoices):
    """What waits for a moderator."""

    COMMENT = "comment", "Held comment"
    EDIT = "edit", "Held edit"
    REPORT = "report", "Reported comment"
    APPEAL = "appeal", "Appeal"
