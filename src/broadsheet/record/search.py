"""Full-text search over the editions in force: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

import re

from modelsearch.backends import get_search_backend

from broadsheet.record.models import Document, Edition
from broadsheet.record.queries import editions_in_force

MAX_QUERY = 200
"""Characters of a query that are looked at."""


def index_document(document: Document) -> None:
    """Bring the index up to the edition in force."""
    get_search_backend().add(document)


def search_editions(query: str, *, limit: int, offset: int = 0) -> tuple[list[Edition], int]:
    """Return editions in force that have all words of ``query``, best first, and how many there are."""
    # Words only: the databases' query languages give a meaning to other characters.
    words = " ".join(re.findall(r"\w+", query[:MAX_QUERY]))
    if not words:
        return [], 0
    found = get_search_backend().search(
        words, Document.objects.filter(withdrawn_at=None, edition__isnull=False), operator="and"
    )
    count = found.count()
    documents = [document.pk for document in found[offset : offset + limit]]
    editions = {
        edition.document_id: edition
        for edition in editions_in_force().filter(document__in=documents).defer("body_html")
    }
    return [editions[pk] for pk in documents if pk in editions], count
