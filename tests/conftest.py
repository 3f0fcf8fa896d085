"""What all tests share: guards of the database, the three persons, and a publication to write in."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import settings as hypothesis_settings

from broadsheet.discussion import intake
from broadsheet.record import guards
from broadsheet.record.models import Publication
from tests import factories, migrated
from tests.emptying import empty_only_what_was_filled

# How long an example takes says more of the machine than of the code.
hypothesis_settings.register_profile("broadsheet", deadline=None)
hypothesis_settings.load_profile("broadsheet")


@pytest.fixture(scope="session")
def turn_to_migrate(django_db_modify_db_settings, django_db_blocker):
    """Held by the process that migrates first, for all others of this machine."""
    with django_db_blocker.unblock():
        return migrated.turn_to_migrate()


@pytest.fixture(scope="session")
def django_db_keepdb(turn_to_migrate, django_db_blocker):
    """Begin with a migrated database that this or an earlier run left; see ``tests.migrated``.

    On SQLite its copy is the test database already, which Django must not make anew.
    """
    with django_db_blocker.unblock():
        migrated.begin_with_what_is_kept()
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(turn_to_migrate, django_db_setup, django_db_blocker):
    """Tests that commit are cleaned up by deleting rows, which the guards against deletion refuse.

    The guards themselves are tested in tests/integration/record/test_guards.py.
    """
    with django_db_blocker.unblock():
        if turn_to_migrate:
            migrated.keep()
            turn_to_migrate.close()
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        guards.remove(editor)
        guards.install(editor, deletes=False)
    with pytest.MonkeyPatch.context() as patched:
        empty_only_what_was_filled(patched)
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
