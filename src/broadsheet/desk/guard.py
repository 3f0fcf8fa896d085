"""What an editor is told before a story goes out: why this edition would be refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from broadsheet import clock
from broadsheet.desk.approval import second_editor
from broadsheet.desk.editions import content_of, makes_no_edition, storylines_of
from broadsheet.readers.models import Account
from broadsheet.record import actions
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import KINDS_WITH_NOTE, EditionKind
from broadsheet.record.models import Document
from broadsheet.record.rules import Touch

if TYPE_CHECKING:
    from broadsheet.desk.models import StoryPage

SHOWN = 12
"""Touches that are listed; who changed more has chosen the wrong kind."""


@dataclass(frozen=True)
class Refusal:
    """Why an edition cannot go out, and the field of the form in which that can be mended."""

    field: str
    message: str


def refusals(
    document: Document,
    content: EditionContent,
    *,
    kind: str,
    reason: str,
    approved_by: str,
    by: str,
    at: dt.datetime,
) -> list[Refusal]:
    """Return what the record would refuse of an edition that follows the one in force."""
    last = actions.latest_edition(document)
    if last is None or kind not in EditionKind.values:
        return []
    found = []
    chosen = EditionKind(kind)
    try:
        actions.check_retracted(last, chosen)
    except actions.EditionRefused as refusal:
        return [Refusal("edition_kind", str(refusal))]
    try:
        actions.check_stealth(
            chosen, last.content, content, approved_by=approved_by, reason=reason, by=by
        )
    except actions.StealthRefused as refusal:
        found.append(Refusal("edition_kind", f"This is not minor: {listed(refusal.touches)}."))
        found.append(
            Refusal(
                "edition_reason",
                "Choose another kind above, let a second editor publish it, or say here, for"
                " readers, why it is minor all the same.",
            )
        )
    try:
        actions.check_late(chosen, last, content, at=at, reason=reason)
    except actions.LateReasonMissing as refusal:
        found.append(Refusal("edition_reason", str(refusal)))
    return found


def listed(found: Sequence[Touch]) -> str:
    """Say in words what an edit touched."""
    said = "; ".join(str(touch) for touch in found[:SHOWN])
    return f"{said}; and {len(found) - SHOWN} more" if len(found) > SHOWN else said


def draft_refusals(page: StoryPage, publisher: Account) -> list[str]:
    """Say why the latest draft of a story could not be published as it is, without its form."""
    if not page.editions_published or page.live_revision_id == page.latest_revision_id:
        return []
    assert page.document is not None
    draft = page.get_latest_revision_as_object()
    content = content_of(draft)
    if not draft.edition_kind and makes_no_edition(page.document, content, storylines_of(draft)):
        return []
    if not draft.edition_kind or draft.edition_choice_is_stale:
        return [
            f"it is out as edition {page.editions_published}: open it and say what kind of edition"
            " its draft is"
        ]
    if draft.edition_kind in KINDS_WITH_NOTE and not draft.edition_note.strip():
        return ["this kind of edition needs a note: open it and tell readers what happened"]
    writer = page.latest_revision.user
    return [
        refusal.message
        for refusal in refusals(
            page.document,
            content,
            kind=draft.edition_kind,
            reason=draft.edition_reason,
            approved_by=second_editor(
                page, content, writer=writer, publisher=publisher, after=page.live_revision_id
            ),
            by=str(writer or ""),
            at=clock.now(),
        )
    ]
