"""Moderation on the paper: the queue, reports, statements of reasons, and what is public of it."""
