"""Passages of a text and what becomes of them when the text is edited. Pure Python, no Django."""
