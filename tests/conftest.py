"""What all tests share: guards of the database, the three persons, and a publication to write in."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from django.conf import settings as product
from django.db import connection
from hypothesis import settings as hypothesis_settings

from broadsheet.discussion import intake
from broadsheet.record import guards
from broadsheet.record.models import Publication
from tests import factories
from tests.migrated import migrated

# How long an example takes says more of the machine than of the code.
hypothesis_settings.register_profile("broadsheet", deadline=None)
hypothesis_settings.load_profile("broadsheet")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings):
    """On SQLite begin with a migrated database that an earlier run left: migrating takes longer than
    most tests do. It is found by what the migrations say; what is pending is applied as always."""
    if connection.vendor != "sqlite":
        return False
    test = Path(product.DATABASES["default"]["TEST"]["NAME"])
    kept = migrated()
    if kept.is_file() and kept.stat().st_uid == os.getuid():
        test.write_bytes(kept.read_bytes())
    return True


def keep_migrated() -> None:
    """Keep a copy of the test database for later runs; it appears as a whole or not at all."""
    if connection.vendor != "sqlite" or migrated().is_file():
        return
    connection.ensure_connection()
    part = migrated().with_suffix(f".{os.getpid()}")
    copy = sqlite3.connect(part)
    connection.connection.backup(copy)
    copy.close()
    part.replace(migrated())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that commit are cleaned up by deleting rows, which the guards against deletion refuse.

    The guards themselves are tested in tests/integration/record/test_guards.py.
    """
    with django_db_blocker.unblock():
        keep_migrated()
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        guards.remove(editor)
        guards.install(editor, deletes=False)
    yield
    # Its connection would keep PostgreSQL from dropping the database.
    intake.stop()


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Each test keeps its pictures in a folder of its own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media"), "base_url": "/media/"},
        },
    }


@pytest.fixture
def publication(db) -> Publication:
    return factories.publication()


@pytest.fixture
def author(db):
    """The story's author, with an account."""
    return factories.author("Ann Lee", account=factories.account("ann@news.example", "Ann Lee"))


@pytest.fixture
def colleague(db):
    """Another author of the newsroom."""
    return factories.author("Ben Moss", account=factories.account("ben@news.example", "Ben Moss"))


@pytest.fixture
def stranger(db):
    """Somebody with an account and no rights."""
    return factories.account("stranger@elsewhere.example", "Sam Stranger")


@pytest.fixture
def editor(db):
    """Somebody who may do everything at the desk."""
    return factories.administrator("editor@news.example", "Eve Editor")


@pytest.fixture
def mail_at_once(monkeypatch):
    """Let mail leave when it is queued; within a test's transaction nothing is ever committed."""
    monkeypatch.setattr("broadsheet.readers.mail.on_commit", lambda do, robust: do())
