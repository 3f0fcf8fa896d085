"""What the discussion announces; after the commit, unless it is said otherwise."""

from django.dispatch import Signal

comment_posted = Signal()
"""``comment``: a comment was added to a thread."""

comments_stored = Signal()
"""``stored``, pairs of a posting and its comment: they are being stored together. Sent within the
transaction, once for all of them; who fails here makes it fail."""

comment_removed = Signal()
"""``comment``: its words were taken from readers; a tombstone stays."""

comment_edited = Signal()
"""``comment``: it has another text; ``version``: the new one."""

words_erased = Signal()
"""``comment``: its words are erased for good, by its writer or by law. Sent within the transaction,
while it is still known where it came from: whoever keeps words of it, or of an edit that waits, lets
them go in the same."""

comment_restored = Signal()
"""``comment``: a removed comment has its words again."""

comments_imported = Signal()
"""``document``: a thread came in from elsewhere."""

quoted_words_changed = Signal()
"""``comments``, ``edition``: an edition reworded or removed the words that these comments are about.
Their writers are to be told."""

interest_asked = Signal()
"""``comment``, ``key``: somebody asked whether its writer has an interest; the key lets a guest answer."""

interest_answered = Signal()
"""``comment``: its writer answered who asked for an interest."""

claim_decided = Signal()
"""``claim``: the editors said whether somebody is the person of an imported name."""
