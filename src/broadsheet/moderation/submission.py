"""The gate: every comment that somebody sends passes here and is published, held or refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from django.db import IntegrityError, transaction

from broadsheet import clock
from broadsheet.corrections.actions import Made, propose
from broadsheet.corrections.drafts import ProposalDraft, checked_proposal
from broadsheet.discussion.actions import (
    CommentRefused,
    Draft,
    FieldError,
    Posting,
    check_not_closed,
    check_open,
)
from broadsheet.discussion.editing import edit_comment
from broadsheet.discussion.enums import CommentKind
from broadsheet.discussion.intake import take_in
from broadsheet.discussion.markdown import MAX_TEXT
from broadsheet.discussion.models import Comment, Submission
from broadsheet.discussion.senders import Sender
from broadsheet.moderation import traces
from broadsheet.moderation.case import Case
from broadsheet.moderation.emptying import empty_held
from broadsheet.moderation.enums import HeldKind, HeldState, Outcome, Passed
from broadsheet.moderation.guests import check_may_propose, guest_reason
from broadsheet.moderation.keeping import held_from
from broadsheet.moderation.models import HeldComment
from broadsheet.moderation.refusals import note_refusal
from broadsheet.moderation.verdicts import OF_PROPOSALS, Verdict, aboard, case_of, judged
from broadsheet.readers.models import Account
from broadsheet.record.models import Author, Document


class RefusedByRule(CommentRefused):
    """The publication does not take this comment as it is; ``verdict`` has all reasons.

    If it is a nudge, the same form is taken when it says that its writer was told.
    """

    def __init__(self, verdict: Verdict, *, field: str = "text") -> None:
        super().__init__(FieldError(field, " ".join(_words(verdict))))
        self.verdict = verdict

    @property
    def is_nudge(self) -> bool:
        return self.verdict.is_nudge

    @property
    def retry_after(self) -> int | None:
        """Seconds after which the same form would be taken; ``None`` if never."""
        return self.verdict.retry_after


def _words(verdict: Verdict) -> list[str]:
    if not verdict.is_nudge:
        return [each.words for each in verdict.reasons if each.outcome == Outcome.REFUSE]
    words = [each.words for each in verdict.reasons if each.is_soft]
    return [
        *words,
        "You can change it now. Sent again as it is, it waits until a moderator has read it.",
    ]


def submit(
    posting: Posting, *, was_told: bool = False, confirmed: str = ""
) -> Comment | HeldComment:
    """Publish a comment or hold it; the same form sent twice gives the same answer.

    ``was_told`` says that its writer saw what would be held and sends it all the same;
    ``confirmed`` is a guest's proof of an address. Raises :class:`RefusedByRule` and what
    :func:`guest_reason` and :func:`take_in` raise.
    """
    waits = guest_reason(posting, confirmed=confirmed)
    case = case_of(posting)
    with aboard(case):
        verdict = judged(case, was_told=was_told)
        if waits:
            verdict = replace(verdict, reasons=[*verdict.reasons, waits])
        if verdict.is_nudge or verdict.outcome == Outcome.REFUSE:
            note_refusal(case, verdict)
            raise RefusedByRule(verdict)
        if verdict.outcome == Outcome.HOLD:
            return hold(posting, verdict, case=case)
        return take_in(replace(posting, verdict=verdict.data(), left=traces.Left(case.sketch)))


def submit_edit(posting: Posting, *, was_told: bool = False) -> Comment | HeldComment:
    """Let new words of a comment stand, or hold them; the words before stand meanwhile.

    ``posting`` is one that edits, see :func:`prepared_edit`; ``was_told`` as for :func:`submit`.
    Raises :class:`RefusedByRule` and what :func:`edit_comment` raises.
    """
    case = case_of(posting, edits=posting.edits_id)
    with aboard(case):
        verdict = judged(case, was_told=was_told)
        if verdict.is_nudge or verdict.outcome == Outcome.REFUSE:
            note_refusal(case, verdict)
            raise RefusedByRule(verdict)
        with transaction.atomic():
            if verdict.outcome == Outcome.HOLD:
                outcome: Comment | HeldComment = hold_edit(posting, verdict)
                passed = Passed.HOLD
            else:
                outcome = edit_comment(replace(posting, verdict=verdict.data()))
                passed = Passed.PUBLISH
            trace = traces.trace(
                posting, passed, case.sketch, at=case.now, comment_id=posting.edits_id
            )
            traces.keep([trace])
    return outcome


@transaction.atomic
def hold_edit(posting: Posting, verdict: Verdict) -> HeldComment:
    """Keep new words of a comment until somebody decides, in the place of earlier ones that wait."""
    check_takes_comments(posting)
    now = clock.now()
    edits = HeldComment.objects.select_for_update(of=("self",)).filter(kind=HeldKind.EDIT)
    waiting = edits.filter(comment=posting.edits_id, state=HeldState.WAITING)
    if same := waiting.filter(key=posting.key).first():
        return same
    for earlier in waiting:
        # One by one: the queue hears of each.
        empty_held(earlier)
    if edits.filter(key=posting.key).exists():
        # The same words were decided once; this is another try.
        again = hashlib.sha256(f"{posting.key} {now.isoformat()}".encode()).hexdigest()
        posting = replace(posting, key=again)
    held = held_from(posting, verdict, at=now)
    held.save(force_insert=True)
    return held


def check_takes_comments(posting: Posting) -> None:
    """Raise :class:`ThreadNotOpen` where words would wait for a discussion that is closed."""
    document = Document.objects.filter(pk=posting.document_id).select_related("thread").first()
    check_open(document)
    if posting.kind != CommentKind.PROPOSAL:
        check_not_closed(getattr(document, "thread", None), posting.at or clock.now())


def hold(posting: Posting, verdict: Verdict, *, case: Case | None = None) -> Comment | HeldComment:
    """Keep a comment until somebody decides; one that was posted by the same form stays posted."""
    if sent := Submission.objects.filter(key=posting.key).select_related("comment").first():
        return sent.comment
    check_takes_comments(posting)
    now = clock.now()
    held = held_from(posting, verdict, at=now)
    try:
        with transaction.atomic():
            held.save(force_insert=True)
            resembling = (case or case_of(posting)).sketch
            traces.keep([traces.trace(posting, Passed.HOLD, resembling, at=now)])
    except IntegrityError:
        held = HeldComment.objects.select_related("comment").get(key=posting.key)
        return held.comment or held
    return held


def submit_proposal(
    *,
    document_id: int,
    draft: ProposalDraft,
    account: Account | None,
    author: Author | None,
    submission_key: str,
    sender: Sender,
) -> Made:
    """Take in a proposed correction, judged by its words; it is published or refused, never held.

    What waits for an editor's decision anyway need not wait for a moderator's. Raises
    :class:`RefusedByRule` and what :func:`propose` raises.
    """
    check_may_propose(account)
    draft = checked_proposal(draft, needs_name=not (author or (account and account.name)))
    posting = _as_posting(document_id, draft, account, author, submission_key, sender)
    case = case_of(posting)
    with aboard(case):
        verdict = judged(case, was_told=True, only=OF_PROPOSALS)
        if verdict.outcome == Outcome.REFUSE:
            note_refusal(case, verdict)
            raise RefusedByRule(verdict, field="reason")
        with transaction.atomic():
            made = propose(
                document_id=document_id,
                draft=draft,
                account=account,
                author=author,
                submission_key=submission_key,
            )
            # Sent again, the same form has no key to withdraw by, and is counted already.
            if made.key:
                _leave_trace(posting, Passed.PUBLISH, comment_id=made.proposal.comment_id)
    return made


def _leave_trace(posting: Posting, passed: Passed, *, comment_id: int | None) -> None:
    trace = traces.trace(posting, passed, None, at=clock.now(), comment_id=comment_id)
    traces.keep([trace])


def _as_posting(
    document_id: int,
    draft: ProposalDraft,
    account: Account | None,
    author: Author | None,
    submission_key: str,
    sender: Sender,
) -> Posting:
    """Return what the rules look at: all the words that a proposal would show."""
    said = "\n".join((draft.replacement, draft.reason, draft.source_url))[:MAX_TEXT]
    name = author.name if author else (account.name if account else draft.name)
    form = "\x00".join((submission_key, str(document_id), repr(draft.pointer), name, said))
    return Posting(
        document_id=document_id,
        draft=Draft(text=said, name=draft.name, email=draft.email, pointer=draft.pointer),
        html="",
        name=name[:200],
        account=account,
        author=author,
        kind=CommentKind.PROPOSAL,
        at=None,
        key=hashlib.sha256(form.encode()).hexdigest(),
        is_keyed=bool(submission_key),
        sender=sender,
    )
