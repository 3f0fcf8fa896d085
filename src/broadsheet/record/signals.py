"""What the record announces, after the commit. Receivers may fail without harm to the record."""

from django.dispatch import Signal

edition_published = Signal()
"""``edition``: an edition was appended."""

document_changed = Signal()
"""``document``: its address, section or withdrawal changed."""
