"""The fixed vocabularies of the record."""

from __future__ import annotations

from django.db import models


class EditionKind(models.TextChoices):
    """Why an edition was published (newsroom practice made a vocabulary)."""

    ORIGINAL = "original", "Original"
    MINOR = "minor", "Minor"
    UPDATE = "update", "Update"
    CLARIFICATION = "clarification", "Clarification"
    CORRECTION = "correction", "Correction"
    EDITORS_NOTE = "editors_note", "Editor’s note"
    RETRACTION = "retraction", "Retraction"

    @property
    def explanation(self) -> str:
        """When an editor chooses this kind, in one line."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    EditionKind.ORIGINAL: "The first publication.",
    EditionKind.MINOR: (
        "Spelling, grammar, layout or a link; no fact, name, number, quotation or headline."
    ),
    EditionKind.UPDATE: "New facts; what stood before was right when it was written.",
    EditionKind.CLARIFICATION: "What stood was true, but could mislead.",
    EditionKind.CORRECTION: "Any error of fact, however small.",
    EditionKind.EDITORS_NOTE: "A problem that changing words cannot mend.",
    EditionKind.RETRACTION: "The main claim cannot stand.",
}


KINDS_WITH_NOTE = frozenset(
    {
        EditionKind.UPDATE,
        EditionKind.CLARIFICATION,
        EditionKind.CORRECTION,
        EditionKind.EDITORS_NOTE,
        EditionKind.RETRACTION,
    }
)
"""Kinds that tell their readers what happened; without the note they cannot be published."""


class Standing(models.TextChoices):
    """How sure it is what a story says; a story that needs no such word has none."""

    RUMOUR = "rumour", "Rumour"
    REPORTED = "reported", "Reported"
    CONFIRMED = "confirmed", "Confirmed"
    DENIED = "denied", "Denied"


class ErasureKind(models.TextChoices):
    """What was taken from an edition, because a law asks for it."""

    NAME = "name", "The name of a reader who had it erased"
    EDITION = "edition", "All of its words"


class NotePlacement(models.TextChoices):
    """Where readers find the note of an edition."""

    TOP = "top", "Above the story"
    END = "end", "Below the story"


class PlacementStatus(models.TextChoices):
    """What became of a passage in a later edition (``broadsheet.passages.Status``)."""

    INTACT = "intact", "Intact"
    MOVED = "moved", "Moved"
    REWORDED = "reworded", "Reworded"
    REMOVED = "removed", "Removed"


class DocumentKind(models.TextChoices):
    STORY = "story", "Story"
    ELSEWHERE = "elsewhere", "Page elsewhere"


class TopicKind(models.TextChoices):
    PERSON = "person", "Person"
    ORGANISATION = "organisation", "Organisation"
    PRODUCT = "product", "Product"
    PLACE = "place", "Place"


class EntryKind(models.TextChoices):
    """What a journal entry says happened."""

    EDITION = "edition", "Edition"
    ADDRESS = "address", "Address"
    SECTION = "section", "Section"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    REINSTATEMENT = "reinstatement", "Reinstatement"
    NOTE = "note", "Note"
    RECONSTRUCTION = "reconstruction", "Reconstruction"
    COMMENT = "comment", "Comment"
    PASSAGE = "passage", "Passage"
    PROPOSAL = "proposal", "Proposal"
    DECISION = "decision", "Decision on a proposal"
    ATTRIBUTION = "attribution", "Attribution"
    REMOVAL = "removal", "Removal of a comment"
    VERSION = "version", "Edit of a comment"
    ANSWER = "answer", "Answer to a question"
    INTEREST_ASKED = "interest_asked", "Question for a disclosure"
    INTEREST_ANSWERED = "interest_answered", "Answer to a question for a disclosure"
    RESTORATION = "restoration", "Restoration of a comment"
    STORYLINE_JOINED = "storyline_joined", "Put on a storyline"
    STORYLINE_LEFT = "storyline_left", "Taken off a storyline"
    ERASURE = "erasure", "Words of an edition erased by law"
    OPENNESS = "openness", "Opening, closing, holding or slowing of the discussion"
