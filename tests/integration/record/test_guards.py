"""The database itself refuses to change what was published."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from tests import factories

from broadsheet.record import guards
from broadsheet.record.models import Edition, JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def guarded(db):
    """Also the guards against deletion, which the test suite otherwise does without."""
    with connection.cursor() as cursor:

        class Editor:
            connection = connection

            def execute(self, statement: str) -> None:
                cursor.execute(statement)

        editor = Editor()
        editor.connection = connection
        guards.remove(editor)
        guards.install(editor)
    return factories.story()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Edition.objects.update(headline="Other"),
        lambda: Edition.objects.update(canonical_text="Other"),
        lambda: Edition.objects.all()._raw_delete("default"),
        lambda: JournalEntry.objects.update(reference="edition/7"),
        lambda: JournalEntry.objects.update(salt=b"1234567890123456"),
        lambda: JournalEntry.objects.all()._raw_delete("default"),
    ],
)
def test_what_was_published_cannot_be_changed_or_deleted(publication, guarded, change):
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        change()

    assert Edition.objects.get().headline == guarded.edition.headline


def test_salt_can_be_erased(publication, guarded):
    JournalEntry.objects.update(salt=None)

    assert set(JournalEntry.objects.values_list("salt", flat=True)) == {None}
