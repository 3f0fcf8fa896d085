"""Bring archives in and take them out again."""
