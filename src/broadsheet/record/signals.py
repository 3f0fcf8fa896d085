"""What the record announces, after the commit. Receivers may fail without harm to the record."""

from django.dispatch import Signal

edition_published = Signal()
"""``edition``: an edition was appended. ``changes``: what it did to passages (``PlacementChange``)."""

document_changed = Signal()
"""``document``: its address, section or withdrawal changed."""

edition_reconstructed = Signal()
"""``edition``: an earlier text was added to a history."""
