"""What the discussion announces, after the commit."""

from django.dispatch import Signal

comment_posted = Signal()
"""``comment``: a comment was added to a thread."""

comments_imported = Signal()
"""``document``: a thread came in from elsewhere."""
