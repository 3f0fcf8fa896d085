"""The fixed vocabularies of the discussion."""

from django.db import models


class CommentKind(models.TextChoices):
    COMMENT = "comment", "Comment"
    PINGBACK = "pingback", "Pingback"


class Origin(models.TextChoices):
    """Where a comment was written."""

    HERE = "here", "Written here"
    IMPORTED = "imported", "Imported"


class AliasState(models.TextChoices):
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Same person"
    DECLINED = "declined", "Somebody else"
