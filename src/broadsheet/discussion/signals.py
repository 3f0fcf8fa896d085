"""What the discussion announces, after the commit."""

from django.dispatch import Signal

comment_posted = Signal()
"""``comment``: a comment was added to a thread."""

comment_removed = Signal()
"""``comment``: its words were taken from readers; a tombstone stays."""

comment_edited = Signal()
"""``comment``: it has another text; ``version``: the new one."""

words_erased = Signal()
"""``comment``: its writer deleted it. Sent within the transaction: whoever keeps words of it, or of an
edit that waits, lets them go in the same."""

comments_imported = Signal()
"""``document``: a thread came in from elsewhere."""

quoted_words_changed = Signal()
"""``comments``, ``edition``: an edition reworded or removed the words that these comments are about.
Their writers are to be told."""
