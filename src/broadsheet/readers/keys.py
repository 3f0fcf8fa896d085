"""The press keys of what readers see of accounts."""

from __future__ import annotations


def reader_key(account_id: int) -> str:
    """What an account shows of itself."""
    return f"reader:{account_id}"
