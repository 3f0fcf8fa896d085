"""The fixed vocabularies of the discussion."""

from django.db import models


class CommentKind(models.TextChoices):
    COMMENT = "comment", "Comment"
    PINGBACK = "pingback", "Pingback"
    PROPOSAL = "proposal", "Proposed correction"


class Origin(models.TextChoices):
    """Where a comment was written."""

    HERE = "here", "Written here"
    IMPORTED = "imported", "Imported"


class MadeBy(models.TextChoices):
    """Who said which words a comment is about."""

    WRITER = "writer", "The writer marked the words"
    QUOTATION = "quotation", "The writer quoted them"
    EDITOR = "editor", "An editor"


class AliasState(models.TextChoices):
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Same person"
    DECLINED = "declined", "Somebody else"
