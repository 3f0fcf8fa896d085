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
