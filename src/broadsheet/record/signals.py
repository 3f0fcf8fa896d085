"""What the record announces, after the commit. Receivers may fail without harm to the record."""

from django.dispatch import Signal

edition_published = Signal()
"""``edition``: an edition was appended. ``changes``: what it did to passages (``PlacementChange``)."""

document_changed = Signal()
"""``document``: its address, section or withdrawal changed."""

name_erased = Signal()
"""``edition``, ``name``, ``neutral``: the name of a reader was taken from it. Sent within the
transaction."""

edition_withheld = Signal()
"""``edition``: its words were erased by law. Sent within the transaction."""

edition_reconstructed = Signal()
"""``edition``: an earlier text was added to a history."""
