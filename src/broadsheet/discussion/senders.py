"""Where forms come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sender:
    """Where a form came from, as far as it is kept; nothing of it is shown to readers."""

    address: str | None = None
    """The address of the network, as text; ``None``: not known, as in tests and imports."""
    agent: str = ""
    guest_key: str = ""
    """What the guest's browser keeps, hashed; empty for somebody with an account."""


NOT_KNOWN = Sender()
"""Of what no browser sent: tests, imports, the sample."""
