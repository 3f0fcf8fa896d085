"""Accept a reader's proposal: mend the text that is out, publish it, and keep the drafts.

All in one transaction. The page is locked before the document, as publishing does, so two editors
who accept, publish or schedule at once wait for each other and never stop each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.html import strip_tags
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.locks import BasicLock, WorkflowLock

from broadsheet.corrections.actions import (
    DecisionRefused,
    lock_open,
    record_acceptance,
)
from broadsheet.corrections.drafts import checked_replacement
from broadsheet.corrections.models import Proposal
from broadsheet.desk.adoption import adopt_document
from broadsheet.desk.mending import mend, text_of, with_its_space
from broadsheet.desk.models import StoryPage
from broadsheet.desk.models.stories import AnsweredFor
from broadsheet.desk.rebasing import KeptDraft, bring_drafts_up_to_date, drafts_of
from broadsheet.discussion.actions import CommentRefused
from broadsheet.passages.canonical import normal_space
from broadsheet.readers.models import Account
from broadsheet.record.enums import KINDS_WITH_NOTE, EditionKind, PlacementStatus
from broadsheet.record.models import Document, Edition
from broadsheet.record.placements import places_in

KINDS = (
    EditionKind.CORRECTION,
    EditionKind.MINOR,
    EditionKind.CLARIFICATION,
    EditionKind.UPDATE,
)
"""What an accepted proposal can be published as; the others are not made by changing words."""

MAX_QUOTED = 120
"""Characters of the words that a proposed note repeats: no more of an error than is needed."""

A_READER = "a reader"


class StaleProposal(DecisionRefused):
    """The words are not there any more; ``now`` is what stands there, empty if nothing does."""

    def __init__(self, edition: Edition, now: str) -> None:
        said = f"“{now}” stands there" if now else "they were taken out"
        super().__init__(
            f"The words that this proposal is about were changed: in edition {edition.number} {said}."
        )
        self.now = now


@dataclass(frozen=True)
class Acceptance:
    """What accepting brought about: the edition, and what became of drafts of the story."""

    proposal: Proposal
    edition: Edition
    drafts: Sequence[KeptDraft] = ()


def accept(
    *,
    proposal_id: int,
    user: Account,
    kind: str = "",
    note: str = "",
    replacement: str | None = None,
    reason: str = "",
    give_credit: bool = True,
) -> Acceptance:
    """Publish a proposal as the next edition of its story, crediting the reader who wants it.

    ``kind`` is *correction* unless said otherwise (*minor* for what is typographical), ``note`` the
    proposed one where the kind has a note; ``replacement`` are the editor's words instead of the
    reader's; ``reason`` is public. Raises :class:`ProposalDecided`, :class:`StaleProposal` and other
    :class:`DecisionRefused`, ``CannotMend`` where the words cannot be exchanged without hurting
    markup, the refusals of :func:`append_edition`, and ``PermissionDenied``. Then nothing changed.
    """
    page_id = _desk_page(Proposal.objects.select_related("document").get(pk=proposal_id), user).pk
    try:
        with transaction.atomic():
            page = StoryPage.objects.select_for_update().get(pk=page_id)
            proposal = lock_open(proposal_id)
            page.document = proposal.document
            check_acceptable(page, user)
            start, end = span_in_force(proposal)
            edition = _in_step(page)
            words = edition.canonical_text[start:end]
            wanted = proposal.replacement if replacement is None else _checked(replacement)
            if normal_space(words) == wanted:
                raise DecisionRefused("These are the words that stand there already.")
            if not wanted:
                start, end = with_its_space(edition.canonical_text, start, end)
            drafts = drafts_of(page)
            mend(page, start=start, end=end, replacement=wanted)
            is_in_part = wanted != proposal.replacement
            page.edition_kind = kind or proposed_kind(proposal)
            page.edition_note = note.strip()
            if page.edition_kind in KINDS_WITH_NOTE and not page.edition_note:
                page.edition_note = proposed_note(words, wanted)
            page.edition_credit = proposal.credit if give_credit else ""
            is_second = not is_in_part and _is_second_editor(page, proposal, user)
            answered_for = AnsweredFor(
                reason=reason.strip(),
                approved_by=str(user) if is_second else "",
                written_by=A_READER if is_second else "",
            )
            published = _publish(page, user, answered_for)
            proposal = record_acceptance(
                proposal_id=proposal_id, edition=published, by=str(user), in_part=is_in_part
            )
            kept = bring_drafts_up_to_date(
                drafts,
                user=user,
                old=edition,
                new=published,
                start=start,
                end=end,
                replacement=wanted,
            )
    except ValidationError as error:
        # The desk asks more of a page than the paper of an edition: an adopted page may lack it.
        raise DecisionRefused(
            f"The story cannot be published as it is at the desk: {' '.join(error.messages)}"
            " Mend that in the editor first."
        ) from error
    return Acceptance(proposal, published, kept)


def _desk_page(proposal: Proposal, user: Account) -> StoryPage:
    """Return the story's page at the desk, made if there is none yet.

    Made in a transaction of its own: it changes nothing that readers see, and is kept.
    """
    document = proposal.document
    if found := StoryPage.objects.filter(document=document).first():
        return found
    if not user.has_perm("corrections.change_proposal"):
        raise PermissionDenied
    return page_for_editing(document)


def page_for_editing(document: Document) -> StoryPage:
    """Return the page of a published document, adopted if it has none."""
    if found := StoryPage.objects.filter(document=document).first():
        return found
    if document.edition_id is None or document.section_id is None:
        raise DecisionRefused("This is not a story of ours: it cannot be edited at the desk.")
    return adopt_document(document)


def refusal_for(document: Document) -> str:
    """Say why nothing can be accepted on a story; empty if it can."""
    if document.edition is None:
        return "The story is not published."
    if document.withdrawn_at is not None:
        return "The story was withdrawn. Publish it again before you accept corrections of it."
    if document.edition.kind == EditionKind.RETRACTION:
        return "The story was retracted: its text is no longer printed."
    return ""


def check_acceptable(page: StoryPage, user: Account) -> None:
    """Refuse what Wagtail would: no right to publish, a lock, somebody else's workflow."""
    if not page.permissions_for_user(user).can_publish():
        raise PermissionDenied
    assert page.document is not None
    if refusal := refusal_for(page.document):
        raise DecisionRefused(refusal)
    if not page.live:
        raise DecisionRefused("The story is not live at the desk. Open it in the editor.")
    lock = BasicLock(page) if page.locked else None
    if lock is None and (task := page.current_workflow_task):
        lock = WorkflowLock(page, task)
    # A scheduled publication locks the page for everybody, so that it stays clear what goes out;
    # it is no obstacle here: what is scheduled is brought up to date.
    if lock and lock.for_user(user):
        message = strip_tags(str(lock.get_message(user) or "")).strip()
        raise DecisionRefused(f"{message} Nothing was published.".strip())


def span_in_force(proposal: Proposal) -> tuple[int, int]:
    """Return where the words stand in the edition in force; raises :class:`StaleProposal`."""
    edition = proposal.document.edition
    assert edition is not None
    placement = places_in(edition, [proposal.passage])[0].placement
    if placement is None or placement.start is None or placement.end is None:
        raise StaleProposal(edition, "")
    if placement.status not in (PlacementStatus.INTACT, PlacementStatus.MOVED):
        raise StaleProposal(edition, edition.canonical_text[placement.start : placement.end])
    return placement.start, placement.end


def _in_step(page: StoryPage) -> Edition:
    """Return the edition in force, which says what the page says; else what stands is not the desk's."""
    assert page.document is not None
    edition = page.document.edition
    assert edition is not None
    if text_of(page) != edition.canonical_text:
        raise DecisionRefused(
            f"The desk’s text of this story is not that of edition {edition.number}, which readers"
            " see. Open it in the editor and publish what is right."
        )
    return edition


def _checked(replacement: str) -> str:
    try:
        return checked_replacement(replacement)
    except CommentRefused as refusal:
        raise DecisionRefused(" ".join(error.message for error in refusal.errors)) from refusal


def proposed_kind(proposal: Proposal) -> EditionKind:
    return EditionKind.MINOR if proposal.is_typographical else EditionKind.CORRECTION


def proposed_note(before: str, after: str) -> str:
    """Return the note that is proposed for an exchange of words."""
    was = f"An earlier version of this story said “{_quoted(before)}”."
    return f"{was} It now says “{_quoted(after)}”." if after else f"{was} That was taken out."


def _quoted(words: str) -> str:
    """Return words to stand between quotation marks, long ones without their middle."""
    words = normal_space(words).replace("\n", " ").replace("“", "‘").replace("”", "’")
    if len(words) <= MAX_QUOTED:
        return words
    half = (MAX_QUOTED - 3) // 2
    head, tail = words[: half + 1], words[-half - 1 :]
    # Whole words, unless one word is longer than all that is shown.
    head = head.rpartition(" ")[0] or head[:-1]
    tail = tail.partition(" ")[2] or tail[1:]
    return f"{head} … {tail}"


def _is_second_editor(page: StoryPage, proposal: Proposal, user: Account) -> bool:
    """Say whether who accepts is another pair of eyes than those who answer for the story.

    These are the authors of the byline; where none has an account, who published the edition in
    force. Who proposed the words cannot approve of them, and an import is nobody's other eyes.
    """
    if proposal.account_id == user.pk:
        return False
    authors = {item.author.account_id for item in page.byline.all()} - {None}
    if authors:
        return user.pk not in authors
    edition = proposal.document.edition
    assert edition is not None
    if proposal.document.imported_at is not None and edition.number == 1:
        return False
    published_by = edition.published_by
    return bool(published_by) and published_by != str(user)


class _PublishBesideWorkflow(PublishPageRevisionAction):
    """Publish the mended text; a workflow goes on, for it is about the draft and not about this."""

    def __init__(self, revision: Any, user: Account, answered_for: AnsweredFor) -> None:
        super().__init__(revision, user=user)
        self.object.answered_for = answered_for
        # Where Wagtail looks first for a workflow that publishing would cancel.
        self.object._current_workflow_states = []


def _publish(page: StoryPage, user: Account, answered_for: AnsweredFor) -> Edition:
    """Publish the page as it is, now; returns the edition that this made."""
    # A date on the page's row is that of a publication that was; the drafts have their own.
    page.go_live_at = None
    revision = page.save_revision(user=user, log_action=True, clean=False)
    _PublishBesideWorkflow(revision, user, answered_for).execute()
    document = Document.objects.select_related("edition").get(pk=page.document_id)
    assert document.edition is not None
    return document.edition
