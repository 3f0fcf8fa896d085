"""Erasing from the desk what the law takes from elsewhere: readers’ names, words of editions.

Wagtail keeps a revision of each save, with all that the story said then.
"""

from __future__ import annotations

import re
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from modelsearch.models import IndexEntry
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision

from broadsheet.desk.models import StoryPage
from broadsheet.readers.models import Account
from broadsheet.record.models import Edition

_SAYS_NAMES = ("edition_credit", "edition_note", "edition_reason")


def erase_from_log(sender: object, account: Account, **_: Any) -> None:
    """Delete what the desk noted when somebody changed the account there: it says name and address."""
    of_account = ContentType.objects.get_for_model(Account)
    ModelLogEntry.objects.filter(content_type=of_account, object_id=str(account.pk)).delete()
    ReferenceIndex.remove_for_object(account)


def erase_name(sender: object, edition: Edition, name: str, neutral: str, **_: Any) -> None:
    """Put neutral words in place of a reader’s name in what the desk keeps about editions."""
    whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for page in StoryPage.objects.filter(document=edition.document_id):
        row = {field: getattr(page, field) for field in _SAYS_NAMES}
        if changed := _without(row, whole, neutral):
            StoryPage.objects.filter(pk=page.pk).update(**changed)
        for revision in _revisions(page).iterator(chunk_size=50):
            if changed := _without(revision.content, whole, neutral):
                content = {**revision.content, **changed}
                Revision.objects.filter(pk=revision.pk).update(content=content)


def _without(row: dict[str, Any], name: re.Pattern[str], neutral: str) -> dict[str, str]:
    """Return the fields that have the name, with the neutral words in its place."""
    said = {field: row.get(field) or "" for field in _SAYS_NAMES}
    return {field: name.sub(neutral, text) for field, text in said.items() if name.search(text)}


def forget_revisions(sender: object, edition: Edition, **_: Any) -> None:
    """Delete the revisions of a story of which the words of an edition were erased, but for those that
    are in force, that somebody works on, or that are scheduled: these say what is published, or will
    be. Which revision had which words is not known."""
    for page in StoryPage.objects.filter(document=edition.document_id):
        kept = {page.live_revision_id, page.latest_revision_id}
        old = _revisions(page).exclude(pk__in=[pk for pk in kept if pk])
        old.filter(approved_go_live_at=None).delete()
    _forget_in_index()


def _forget_in_index() -> None:
    """Let SQLite’s index of the desk’s search drop the words of what was changed or deleted, which it
    otherwise keeps until it happens to merge its parts. PostgreSQL’s has no parts."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(f"{IndexEntry._meta.db_table}_fts")
            cursor.execute(
                f"INSERT INTO {table}({table}) VALUES ('optimize')"  # noqa: S608 (Wagtail’s table)
            )


def _revisions(page: StoryPage) -> Any:
    return Revision.page_revisions.filter(object_id=str(page.pk))
