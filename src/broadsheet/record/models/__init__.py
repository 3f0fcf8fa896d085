"""Tables of the record."""

from broadsheet.record.models.alignments import EditionAlignment
from broadsheet.record.models.documents import Address, Document
from broadsheet.record.models.editions import Edition, EditionAuthor, EditionTopic
from broadsheet.record.models.erasures import Erasure
from broadsheet.record.models.journal import JournalEntry
from broadsheet.record.models.masthead import Author, Publication, Section, Topic
from broadsheet.record.models.notes import NoteRevision, Reconstruction
from broadsheet.record.models.passages import Passage
from broadsheet.record.models.storylines import (
    Storyline,
    StorylinePlace,
    StorylineSlug,
    StorylineWording,
)

__all__ = [
    "Address",
    "Author",
    "Document",
    "Edition",
    "EditionAlignment",
    "EditionAuthor",
    "EditionTopic",
    "Erasure",
    "JournalEntry",
    "NoteRevision",
    "Passage",
    "Publication",
    "Reconstruction",
    "Section",
    "Storyline",
    "StorylinePlace",
    "StorylineSlug",
    "StorylineWording",
    "Topic",
]
