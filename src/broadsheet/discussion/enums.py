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


class GuestPolicy(models.TextChoices):
    """Whether somebody without an account may comment."""

    ALLOWED = "allowed", "Guests may comment"
    CONFIRMED = "confirmed", "Guests may comment; it is held until they confirm their e-mail"
    MEMBERS = "members", "Only who is signed in may comment"


class Admission(models.TextChoices):
    """What becomes of a comment that nothing speaks against."""

    OPEN = "open", "It is published at once"
    HELD = "held", "It waits for a moderator"


class RemovedBy(models.TextChoices):
    """Who took the words of a comment from readers."""

    WRITER = "writer", "its writer"
    MODERATOR = "moderator", "a moderator"
    EDITOR = "editor", "an editor"
    PUBLICATION = "publication", "the publication"
    REDACTED = "redacted", "the publication, for good"


class ReactionKind(models.TextChoices):
    """What a reader can say of a comment without words."""

    THANKS = "thanks", "Thanks"
    ANSWERS = "answers", "Answers the question"


class ThreadMode(models.TextChoices):
    """Whether a story takes comments."""

    OPEN = "open", "Open"
    HELD = "held", "Held: a moderator reads each comment first"
    CLOSED = "closed", "Closed: what was said can be read"


class SetBy(models.TextChoices):
    """In what role somebody, or nobody, said how open a discussion is."""

    EDITOR = "editor", "an editor"
    MODERATOR = "moderator", "a moderator"
    CLOCK = "clock", "the time that was set"


class MarkedBy(models.TextChoices):
    """Who said that a reply answers a question."""

    ASKER = "asker", "who asked"
    AUTHOR = "author", "the story’s author"
    STAFF = "staff", "the publication"


class Mark(models.TextChoices):
    """What stands beside the name of who is more than a reader; an author’s is by the profile."""

    STAFF = "staff", "Staff"


class FollowKind(models.TextChoices):
    """What somebody follows."""

    STORY = "story", "A story"
    REPLIES = "replies", "Replies to a comment"
    AUTHOR = "author", "An author"
    STORYLINE = "storyline", "A storyline"


class NoticeKind(models.TextChoices):
    """What somebody is told."""

    COMMENTS = "comments", "New comments"
    REPLY = "reply", "A reply"
    EDITION = "edition", "A new edition"
    STANDING = "standing", "Another standing"
    WITHDRAWN = "withdrawn", "A story was withdrawn"
    STORY = "story", "A new story"
    JOINED = "joined", "A story joined a storyline"
    WORDS = "words", "Words that were commented on changed"
    ASKED = "asked", "A question for an interest"
    ANSWERED = "answered", "An answer to a question for an interest"


class Digest(models.TextChoices):
    """How often somebody is sent what there is to tell."""

    NEVER = "never", "Never"
    IMMEDIATELY = "immediately", "As it happens"
    HOURLY = "hourly", "Once an hour"
    DAILY = "daily", "Once a day"
