"""What the discussion announces, after the commit."""

from django.dispatch import Signal

comment_posted = Signal()
"""``comment``: a comment was added to a thread."""

comments_imported = Signal()
"""``document``: a thread came in from elsewhere."""

quoted_words_changed = Signal()
"""``comments``, ``edition``: an edition reworded or removed the words that these comments are about.
Their writers are to be told."""
