"""Answers to readers' requests."""
