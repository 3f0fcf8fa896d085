"""Where mail goes out: a server named by one address, as ``smtp://user:password@host:587``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SUBMISSION = 587
"""The port where one begins in the clear and goes on encrypted (RFC 6409)."""
SUBMISSION_TLS = 465
"""The port that is encrypted from the beginning (RFC 8314)."""
_SCHEMES = ("smtp", "smtps", "smtp+plain")


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    is_tls: bool
    """Encrypted from the beginning."""
    starts_tls: bool
    """Encrypted after the greeting; refused if the server cannot."""


def mail_server(address: str) -> MailServer | None:
    """Return the server that an address names; ``None`` for an empty one.

    ``smtp`` asks for encryption, ``smtps`` begins with it, and ``smtp+plain`` has none, for a server
    on the same machine. Raises ``ValueError`` with what is wrong.
    """
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(
            "give smtp://user:password@host:587, smtps://… or smtp+plain://localhost:25"
        )
    default = {"smtp": SUBMISSION, "smtps": SUBMISSION_TLS, "smtp+plain": 25}[parts.scheme]
    return MailServer(
        host=parts.hostname,
        port=parts.port or default,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        is_tls=parts.scheme == "smtps",
        starts_tls=parts.scheme == "smtp",
    )
