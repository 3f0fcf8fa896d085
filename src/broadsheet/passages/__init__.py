"""Passages: where a marked span of one edition stands in the next."""
