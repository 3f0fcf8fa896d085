"""Streams of what happens, as it happens. They know channels, not stories."""
