"""Read back what the journal's entries about the discussion were made of."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.discussion.actions import alias_content
from broadsheet.discussion.anchors import link_content
from broadsheet.discussion.models import AuthorAlias, CommentPassage, CommentVersion
from broadsheet.discussion.storing import comment_content
from broadsheet.record import journal
from broadsheet.record.enums import EntryKind
from broadsheet.record.models import JournalEntry


def _number(entry: JournalEntry) -> int:
    return int(entry.reference.split("/")[1])


def _load_comments(entries: Sequence[JournalEntry]) -> dict[int, object]:
    by_comment = {_number(entry): entry.pk for entry in entries}
    # The document is compared here: given to PostgreSQL, which may know nothing yet of a table that
    # was just filled, it would read all of the document's comments for each window.
    versions = CommentVersion.objects.filter(comment__in=list(by_comment), number=1)
    return {
        by_comment[version.comment_id]: comment_content(version.comment, version)
        for version in versions.select_related("comment")
        if version.comment.document_id == entries[0].document_id
    }


def _load_aliases(entries: Sequence[JournalEntry]) -> dict[int, object]:
    aliases = {
        alias.pk: alias
        for alias in AuthorAlias.objects.filter(
            pk__in=[_number(entry) for entry in entries], document=entries[0].document_id
        ).select_related("author")
    }
    return {
        entry.pk: alias_content(aliases[_number(entry)])
        for entry in entries
        if _number(entry) in aliases
    }


def _load_passages(entries: Sequence[JournalEntry]) -> dict[int, object]:
    links = {
        link.pk: link
        for link in CommentPassage.objects.filter(
            pk__in=[_number(entry) for entry in entries]
        ).select_related("passage")
        if link.passage.document_id == entries[0].document_id
    }
    return {
        entry.pk: link_content(links[_number(entry)])
        for entry in entries
        if _number(entry) in links
    }


def register() -> None:
    journal.register_content(EntryKind.PASSAGE, _load_passages)
    journal.register_content(EntryKind.COMMENT, _load_comments)
    journal.register_content(EntryKind.ATTRIBUTION, _load_aliases)
