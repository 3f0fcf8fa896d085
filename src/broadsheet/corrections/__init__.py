"""Corrections: what readers propose, and what came of it."""
