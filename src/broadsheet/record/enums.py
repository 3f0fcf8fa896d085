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
    COMMENT = "comment", "Comment"
    ATTRIBUTION = "attribution", "Attribution"
