"""The key that signs sessions, made once and kept beside the data."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(data: Path) -> str:
    """Return the key of a data directory; made at first use, readable by its owner only."""
    path = data / "secret_key"
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        data.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(50)  # noqa: TID251  before Django, so before the clock module
    partial = path.with_name(f"secret_key.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(key, "ascii")
    try:
        # A link fails when another process was first; a rename would replace its key.
        os.link(partial, path)
    except FileExistsError:
        return path.read_text("ascii")
    finally:
        partial.unlink()
    return key
