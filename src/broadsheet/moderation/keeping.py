"""Forms kept as data while they wait, and made again when they are published."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from typing import Any

from broadsheet.discussion.actions import Draft, Posting, Sender
from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.markdown import comment_html
from broadsheet.moderation.enums import HeldKind
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.verdicts import Verdict
from broadsheet.readers.disclosures import Line
from broadsheet.record.placements import Pointer


def held_from(posting: Posting, verdict: Verdict, *, at: dt.datetime) -> HeldComment:
    """Return what keeps a posting until somebody decides, unsaved."""
    return HeldComment(
        kind=HeldKind.COMMENT if posting.edits_id is None else HeldKind.EDIT,
        comment_id=posting.edits_id,
        document_id=posting.document_id,
        parent_id=posting.draft.parent_id,
        account=posting.account,
        author=posting.author,
        name=posting.name,
        text=posting.draft.text,
        draft=_data(posting),
        key=posting.key,
        email=posting.draft.email,
        guest_key=posting.sender.guest_key,
        address=posting.sender.address,
        agent=posting.sender.agent,
        reasons=verdict.data(),
        held_at=at,
    )


def draft_of(held: HeldComment) -> Draft:
    """Return what its writer sent, as it stood in the form."""
    kept = held.draft
    pointer = kept["pointer"]
    # What bears on the whole of a comment was said for it alone.
    said = [line["text"] for line in kept.get("lines", ()) if not line["about"]]
    return Draft(
        text=held.text,
        name=held.name,
        email=held.email,
        disclosure=said[0] if said else "",
        parent_id=kept["parent_id"],
        pointer=Pointer(**pointer) if pointer else None,
        links_quotations=kept["links_quotations"],
        is_question=kept.get("is_question", False),
    )


def posting_of(held: HeldComment, *, at: dt.datetime) -> Posting:
    """Return the posting again, as of the moment of its publication.

    What its writer saw is not asked again: the moderator looks at the thread as it is now.
    """
    kept = held.draft
    return Posting(
        document_id=held.document_id,
        # What was disclosed is in the lines.
        draft=replace(draft_of(held), disclosure=""),
        html=comment_html(held.text),
        name=held.name,
        account=held.account,
        author=held.author,
        kind=CommentKind(kept["kind"]),
        at=at,
        key=held.key,
        is_keyed=True,
        sender=Sender(address=held.address, agent=held.agent, guest_key=held.guest_key),
        verdict=held.reasons,
        edits_id=held.comment_id if held.kind == HeldKind.EDIT else None,
        is_released=True,
        mark=kept.get("mark", ""),
        lines=[Line(**line) for line in kept.get("lines", ())],
    )


def _data(posting: Posting) -> dict[str, Any]:
    draft = posting.draft
    return {
        "kind": str(posting.kind),
        # Also where the parent's row is gone by then: it must not become a comment of its own.
        "parent_id": draft.parent_id,
        "pointer": asdict(draft.pointer) if draft.pointer else None,
        "links_quotations": draft.links_quotations,
        "is_question": draft.is_question,
        # What the writer was and disclosed when it was written.
        "mark": str(posting.mark),
        "lines": [asdict(line) for line in posting.lines],
    }
