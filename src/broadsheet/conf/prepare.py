"""Bring a data directory to the state that this release needs; quick when there is nothing to do."""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from broadsheet.desk.adoption import front_page
from broadsheet.discussion.models import DiscussionSettings
from broadsheet.moderation.models import HouseRules
from broadsheet.moderation.permissions import make_group
from broadsheet.record.models import Publication

Say = Callable[[str], None]
"""Told, in a line, what is being done and may take long."""

_STATIC_SOURCES = ("django", "wagtail", "modelsearch", "servestatic", "brotli")
"""Packages that bring static files, and those that name and compress them."""


def prepare(say: Say) -> None:
    """Migrate the database and collect static files if they are not up to date."""
    # Usually made with the secret key in it; a key from the environment needs no folder.
    Path(settings.DATA).mkdir(parents=True, exist_ok=True)
    if migrations_pending():
        say("Preparing the database …")
        call_command("migrate", verbosity=0, interactive=False)
    Publication.objects.get_or_create(pk=Publication.ONLY)
    DiscussionSettings.objects.get_or_create(pk=DiscussionSettings.ONLY)
    HouseRules.objects.get_or_create(pk=HouseRules.ONLY)
    make_group()
    front_page()
    collect_static(say)


def migrations_pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static(say: Say) -> None:
    """Collect, compress and name static files, unless those there are of this release."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".release"
    wanted = release_stamp()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say("Preparing styles and scripts (once for each release) …")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(wanted)


def release_stamp() -> str:
    """Return a digest of the versions that make static files what they are, and of our own files."""
    digest = hashlib.sha256()
    for package in _STATIC_SOURCES:
        digest.update(f"{package} {importlib.metadata.version(package)};".encode())
    own = Path(__file__).resolve().parent.parent
    for path in sorted([*own.glob("*/static/**/*"), own / "conf" / "storage.py"]):
        if path.is_file():
            digest.update(path.relative_to(own).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
