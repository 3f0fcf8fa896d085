"""The key that signs sessions, made once and kept beside the data."""

from __future__ import annotations

import os
from pathlib import Path

from broadsheet import clock


def secret_key(data: Path) -> str:
    """Return the key of a data directory; made at first use, readable by its owner only."""
    path = data / "secret_key"
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        data.mkdir(parents=True, exist_ok=True)
    key = clock.random_bytes(40).hex()
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
