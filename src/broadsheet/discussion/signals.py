"""What the discussion announces, after the commit."""

from django.dispatch import Signal

comment_posted = Signal()
"""``comment``: a comment was added to a thread."""

comment_removed = Signal()
"""``comment``: its words were taken from readers; a tombstone stays."""

comment_restored = Signal()
"""``comment``: a removed comment has its words again."""

comments_imported = Signal()
"""``document``: a thread came in from elsewhere."""

quoted_words_changed = Signal()
"""``comments``, ``edition``: an edition reworded or removed the words that these comments are about.
Their writers are to be told."""
