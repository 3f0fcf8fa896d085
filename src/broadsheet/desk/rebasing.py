"""Drafts of a story while a correction of its text is published beside them.

A draft that was begun before the correction would undo it when it is published. So the correction is
made in the draft as well, which is saved as the newest revision, in its writer's name, with its
schedule and its place in a workflow. Where the draft has other words there, it is saved as it is, its
schedule is taken off, and the editor is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from wagtail.log_actions import log
from wagtail.models import Revision, TaskState

from broadsheet.desk.mending import mend_draft, text_of
from broadsheet.desk.models import StoryPage
from broadsheet.passages import Placement, align, carry
from broadsheet.passages.canonical import normal_space
from broadsheet.readers.models import Account
from broadsheet.record.models import Edition


@dataclass(frozen=True)
class Draft:
    """A revision that is not out, as it was before the correction; ``go_live_at`` if scheduled."""

    revision_id: int
    go_live_at: dt.datetime | None


@dataclass(frozen=True)
class KeptDraft:
    """What became of a draft.

    ``is_up_to_date``: it holds the correction now. Else ``draft_words`` are what it says where the
    story now says ``story_words``. ``lost_date`` is when it was to be published and will not.
    """

    page_id: int
    writer: str
    is_up_to_date: bool
    go_live_at: dt.datetime | None = None
    lost_date: dt.datetime | None = None
    story_words: str = ""
    draft_words: str = ""


def drafts_of(page: StoryPage) -> list[Draft]:
    """Return what is not published of a page: what is scheduled, then the newest draft."""
    scheduled = page.revisions.filter(approved_go_live_at__isnull=False).order_by(
        "created_at", "pk"
    )
    drafts = {item.pk: Draft(item.pk, item.approved_go_live_at) for item in scheduled}
    newest = page.latest_revision_id
    if newest and newest != page.live_revision_id:
        draft = drafts.pop(newest, None) or Draft(newest, None)
        drafts[newest] = draft
    return list(drafts.values())


def bring_drafts_up_to_date(
    drafts: Sequence[Draft],
    *,
    user: Account,
    old: Edition,
    new: Edition,
    start: int,
    end: int,
    replacement: str,
) -> list[KeptDraft]:
    """Make in each draft the exchange of words that made ``new`` of ``old``; called after publishing.

    ``start`` and ``end`` count in the old edition. Each draft becomes the newest revision in turn.
    """
    exchange = _Exchange(old, start, end, replacement)
    return [_keep(draft, exchange, new.number, user) for draft in drafts]


@dataclass(frozen=True)
class _Exchange:
    """Words of an edition, and what stands there now."""

    edition: Edition
    start: int
    end: int
    replacement: str

    def make_in(self, page: StoryPage) -> tuple[bool, str]:
        """Make the exchange in a draft; return whether it holds the words now, and what it says."""
        old = self.edition.canonical_text
        span = {"start": self.start, "end": self.end}
        if mend_draft(old, page, **span, replacement=self.replacement):
            return True, self.replacement
        text = text_of(page)
        place = carry(align(old, text), self.start, self.end)
        said = text[place.start : place.end] if place.start is not None else ""
        return self._stands_already(text, place), said

    def _stands_already(self, text: str, place: Placement) -> bool:
        """Say whether the draft was corrected by hand: it reads as the correction would."""
        old = self.edition.canonical_text
        mended = f"{old[: self.start]}{self.replacement}{old[self.end :]}"
        if place.start is None or place.end is None:
            return normal_space(text) == normal_space(mended)
        return normal_space(text[place.start : place.end]) == self.replacement


def _keep(draft: Draft, exchange: _Exchange, number: int, user: Account) -> KeptDraft:
    # Loaded after publishing, so that the page it becomes knows the edition in force.
    before = Revision.objects.select_related("user").get(pk=draft.revision_id)
    page: StoryPage = before.as_object()
    is_up_to_date, said = exchange.make_in(page)
    if page.edition_after is None or page.edition_after == number - 1:
        # What it was to be as the next edition, it can be after this one; the words are kept.
        page.edition_after = number
    go_live_at = draft.go_live_at if is_up_to_date else None
    if draft.go_live_at and not is_up_to_date:
        page.go_live_at = None
    after = page.save_revision(user=before.user, approved_go_live_at=go_live_at, clean=False)
    TaskState.objects.filter(revision=before, status=TaskState.STATUS_IN_PROGRESS).update(
        revision=after
    )
    log(instance=page, action="wagtail.edit", user=user, revision=after, content_changed=True)
    return KeptDraft(
        page_id=page.pk,
        writer=str(before.user or ""),
        is_up_to_date=is_up_to_date,
        go_live_at=go_live_at,
        lost_date=None if is_up_to_date else draft.go_live_at,
        story_words="" if is_up_to_date else exchange.replacement,
        draft_words="" if is_up_to_date else said,
    )
