"""A migrated SQLite store that is kept between runs: to migrate takes longer than most tests do."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import tempfile
from functools import cache
from pathlib import Path

from django.apps import apps


@cache
def migrated() -> Path:
    """Return where the migrated database of these migrations is kept between runs."""
    digest = hashlib.sha256(importlib.metadata.version("wagtail").encode())
    for app in apps.get_app_configs():
        for file in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(file.read_bytes())
    name = f"broadsheet-migrated-{os.getuid()}-{digest.hexdigest()[:16]}.sqlite3"
    return Path(tempfile.gettempdir()) / name
