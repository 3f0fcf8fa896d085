"""Who else had the text of an edition in hand before it went out.

A second editor answers for a text together with its writer. Counted is who published what somebody
else wrote, who approved it in a workflow, and who saved it on its way; the last two only if nothing
that readers rely on was changed after them, for nobody answers for words that they did not see.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db.models import Max
from wagtail.models import Revision, TaskState

from broadsheet.desk.editions import content_of
from broadsheet.readers.models import Account
from broadsheet.record.actions import EditionRefused
from broadsheet.record.content import EditionContent
from broadsheet.record.rules import touches

if TYPE_CHECKING:
    from broadsheet.desk.models import StoryPage

_publisher: ContextVar[Account | None] = ContextVar("publisher", default=None)


@contextmanager
def publishing_as(user: Account | None) -> Iterator[None]:
    """Say who presses the button while a revision is published; the page's own row does not know."""
    token = _publisher.set(user)
    try:
        yield
    finally:
        _publisher.reset(token)


def current_publisher() -> Account | None:
    """Return who publishes now, as :func:`publishing_as` said."""
    return _publisher.get()


def second_editor(
    page: StoryPage,
    content: EditionContent,
    *,
    writer: Account | None,
    publisher: Account | None = None,
    after: int | None = None,
) -> str:
    """Return the name of the second editor of ``content``, or an empty string.

    ``writer`` saved the text that goes out, ``publisher`` publishes it; ``after`` is the id of the
    revision that the edition in force was made of.
    """
    if publisher and publisher != writer:
        return str(publisher)
    asked: set[int] = set()
    for user, revision in _hands(page, after or 0):
        if user == writer or user.pk in asked or not user.is_active:
            continue
        asked.add(user.pk)
        if _says_the_same(revision, content):
            return str(user)
    return ""


def _says_the_same(revision: Revision, content: EditionContent) -> bool:
    """Say whether no fact changed between a revision and the text that goes out."""
    try:
        return not touches(content_of(revision.as_object()), content)
    except EditionRefused:
        # An old draft may hold a picture that cannot be read any more.
        return False


def _hands(page: StoryPage, after: int) -> Iterator[tuple[Account, Revision]]:
    """Yield who had the text in hand since the last edition, with the text as they left it.

    Those who approved come first, then those who saved, each time the last one first.
    """
    approvals = TaskState.objects.filter(
        workflow_state__object_id=str(page.pk),
        workflow_state__content_type=page.cached_content_type,
        status=TaskState.STATUS_APPROVED,
        revision_id__gt=after,
        finished_by__isnull=False,
    ).select_related("finished_by", "revision")
    for state in approvals.order_by("-finished_at", "-pk"):
        yield state.finished_by, state.revision
    saved = page.revisions.filter(pk__gt=after, user__isnull=False)
    newest = saved.order_by().values("user").annotate(newest=Max("pk")).values("newest")
    for revision in saved.filter(pk__in=newest).select_related("user").order_by("-pk"):
        yield revision.user, revision
