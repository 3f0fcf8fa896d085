"""The press keys of what the record keeps: what a page says that it was made from."""

from __future__ import annotations

from broadsheet.press.marking import declare_keys

FRAME = "frame"
"""The publication's name, notice and sections, which stand around every page."""
STORIES = "stories"
"""Which stories are out, and what lists say of them."""

ADDRESSES = "addresses"
"""Where stories stand and stood."""


def document_key(document_id: int) -> str:
    """Everything of one document: its editions, address, standing in time, and its thread."""
    return f"document:{document_id}"


def storyline_key(storyline_id: int) -> str:
    """One storyline: what it is called, which stories are on it, and what it says of them."""
    return f"storyline:{storyline_id}"


def declare() -> None:
    """Change the keys of what a page can be made from when it is saved.

    What happens to a document besides is an entry of its journal, which changes its keys too.
    """
    from broadsheet.record import models

    for model in (models.Publication, models.Section, models.Author, models.Topic):
        declare_keys(model, lambda _: [FRAME])
    declare_keys(models.Document, lambda document: [document_key(document.pk), STORIES])
    declare_keys(models.Storyline, lambda storyline: [storyline_key(storyline.pk)])
    declare_keys(
        models.Address, lambda address: [document_key(address.document_id), STORIES, ADDRESSES]
    )
    declare_keys(
        models.NoteRevision, lambda note: [document_key(note.edition.document_id), STORIES]
    )
