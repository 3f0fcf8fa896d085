"""Reports by readers, signed in or not: against the rules of the publication, or of illegal content
(Regulation (EU) 2022/2065, art. 16).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q

from broadsheet import clock
from broadsheet.discussion.actions import FieldError, Sender
from broadsheet.discussion.heat import COOL_AFTER, note_report
from broadsheet.discussion.models import Comment
from broadsheet.moderation import letters
from broadsheet.moderation.enums import Ground, Measure, ReportKind, ReportState
from broadsheet.moderation.models import Decision, Report
from broadsheet.moderation.queueing import put_reported
from broadsheet.moderation.senders import network_of
from broadsheet.readers.models import Account
from broadsheet.record.actions import lock_document

PER_NETWORK = 20
WITHIN = dt.timedelta(hours=1)
"""So many reports from one network in this time; who sees more to report writes to the contact."""
PER_COMMENT = 200
"""Open reports of one comment that are kept; more would tell moderators nothing new."""
MAX_NAME = 200
MAX_LAW = 200
MAX_EMAIL = 254
UNFOUNDED_BEFORE = 3
UNFOUNDED_WITHIN = dt.timedelta(days=90)


NOWHERE = Sender()


class ReportRefused(ValueError):
    """The report cannot be taken as it is; ``errors`` says why, per field."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class TooManyReports(ReportRefused):
    """Too many came from one network lately; ``seconds`` until more are taken."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            FieldError(
                "words",
                f"Many reports came from your network in the last hour. Please try again in"
                f" {max(round(seconds / 60), 1)} minutes; your words are kept here.",
            )
        )
        self.seconds = seconds


@dataclass(frozen=True)
class ReportDraft:
    """A report as somebody wants to send it."""

    kind: ReportKind
    ground: str
    words: str = ""
    law: str = ""
    url: str = ""
    name: str = ""
    email: str = ""
    is_in_good_faith: bool = False
    version: int = 1


def checked(draft: ReportDraft) -> ReportDraft:
    """Return the draft as it would be stored; raises :class:`ReportRefused` with all that is wrong."""
    made = replace(
        draft,
        words=draft.words.replace("\x00", "").strip(),
        law=_one_line(draft.law),
        name=_one_line(draft.name),
        email=draft.email.strip(),
        url=_one_line(draft.url)[:500],
    )
    errors = [
        *_wrong_ground(made),
        *_wrong_words(made),
        *_wrong_contact(made),
    ]
    if errors:
        raise ReportRefused(*errors)
    return made


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _wrong_ground(draft: ReportDraft) -> Sequence[FieldError]:
    if draft.ground not in Ground.values:
        return [FieldError("ground", "Please choose what is wrong with the comment.")]
    if Ground(draft.ground).is_law != (draft.kind == ReportKind.ILLEGAL):
        return [FieldError("ground", "Please choose one of these.")]
    return []


def _wrong_words(draft: ReportDraft) -> list[FieldError]:
    errors = []
    needs_words = draft.kind == ReportKind.ILLEGAL or draft.ground in (Ground.RULES, "")
    if needs_words and not draft.words:
        errors.append(FieldError("words", "Please say why you think so."))
    elif len(draft.words) > Report.MAX_WORDS:
        errors.append(
            FieldError(
                "words",
                f"A report can have {Report.MAX_WORDS:,} characters; this one has"
                f" {len(draft.words):,}.",
            )
        )
    if len(draft.law) > MAX_LAW:
        errors.append(FieldError("law", f"The law can have {MAX_LAW} characters."))
    return errors


def _wrong_contact(draft: ReportDraft) -> list[FieldError]:
    errors = []
    is_notice = draft.kind == ReportKind.ILLEGAL
    # Nobody has to say who they are to report the abuse of a child (art. 16 (2) c).
    may_be_nameless = draft.ground == Ground.LAW_CHILDREN
    if is_notice and not may_be_nameless and not draft.name:
        errors.append(FieldError("name", "Please give your name; the writer does not see it."))
    if len(draft.name) > MAX_NAME:
        errors.append(FieldError("name", f"A name can have {MAX_NAME} characters."))
    if is_notice and not may_be_nameless and not draft.email:
        errors.append(FieldError("email", "Please give an e-mail address for our answer."))
    elif draft.email:
        try:
            validate_email(draft.email if len(draft.email) <= MAX_EMAIL else "")
        except ValidationError:
            errors.append(FieldError("email", "This is not an e-mail address."))
    if is_notice and not draft.is_in_good_faith:
        errors.append(
            FieldError(
                "is_in_good_faith",
                "Please confirm that what you say is right and complete, as far as you know.",
            )
        )
    return errors


@transaction.atomic
def file_report(
    *,
    comment_id: int,
    draft: ReportDraft,
    key: str,
    account: Account | None = None,
    sender: Sender = NOWHERE,
) -> Report:
    """Take a report in; the same form sent twice, and the same said again by the same person of the
    same version, is one report.

    What was decided of this version on this ground is not decided again: the report is answered at
    once. Raises :class:`ReportRefused` and :class:`TooManyReports`.
    """
    draft = checked(draft)
    comment = Comment.objects.only("document_id").get(pk=comment_id)
    lock_document(comment.document_id)
    comment = Comment.objects.get(pk=comment_id)
    if comment.removed_at:
        raise ReportRefused(FieldError("words", "This comment was removed meanwhile."))
    if not comment.versions.filter(number=draft.version).exists():
        raise ReportRefused(FieldError("words", "This comment never had the text you report."))
    now = clock.now()
    network = network_of(sender.address)
    if earlier := _same_before(comment, draft, key, account, sender):
        return earlier
    _check_limit(network, now)
    report = Report(
        comment=comment,
        version=draft.version,
        kind=draft.kind,
        ground=draft.ground,
        law=draft.law,
        words=draft.words,
        url=draft.url,
        name=draft.name,
        email=draft.email,
        is_in_good_faith=draft.is_in_good_faith,
        account=account,
        guest_key=sender.guest_key if account is None else "",
        network=network,
        weight=_weight(account, sender, now),
        key=key,
        filed_at=now,
    )
    if decided := _decided_before(comment, draft):
        report.state, report.decision = ReportState.UNFOUNDED, decided
        report.is_answered_before = True
    elif Report.objects.filter(comment=comment, state=ReportState.OPEN).count() >= PER_COMMENT:
        raise ReportRefused(
            FieldError("words", "Many readers reported this comment; a moderator will look at it.")
        )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError:
        return Report.objects.get(key=key)
    if report.state == ReportState.OPEN:
        put_reported(comment)
        if report.weight and _is_first_in_branch(report):
            note_report(comment, at=now)
    letters.confirm_receipt(report)
    return report


def _is_first_in_branch(report: Report) -> bool:
    """Say whether it is the first report of this person, and of this network, in a branch lately: one
    alone does not make a discussion slow."""
    comment = report.comment
    lately = Report.objects.filter(
        comment__document=comment.document_id,
        comment__root_number=comment.root_number,
        filed_at__gt=report.filed_at - COOL_AFTER,
    ).exclude(pk=report.pk)
    who = Q(network=report.network) if report.network else Q(pk__in=())
    if report.account_id:
        who |= Q(account=report.account_id)
    elif report.guest_key:
        who |= Q(guest_key=report.guest_key)
    return not lately.filter(who).exists()


def _same_before(
    comment: Comment, draft: ReportDraft, key: str, account: Account | None, sender: Sender
) -> Report | None:
    if found := Report.objects.filter(key=key).first():
        return found
    same = Report.objects.filter(
        comment=comment, version=draft.version, ground=draft.ground, law=draft.law
    ).order_by("pk")
    if account is not None:
        return same.filter(account=account).first()
    if sender.guest_key:
        return same.filter(guest_key=sender.guest_key).first()
    return None


def _decided_before(comment: Comment, draft: ReportDraft) -> Decision | None:
    """Return the decision that kept this version in spite of a report on this ground, if it holds.

    Of the laws that are one ground (“in another way”) each is a ground of its own.
    """
    answered = Report.objects.filter(
        comment=comment,
        version=draft.version,
        ground=draft.ground,
        state=ReportState.UNFOUNDED,
        decision__measure=Measure.KEPT,
        decision__reversed_by=None,
    )
    if draft.kind == ReportKind.ILLEGAL:
        answered = answered.filter(law__iexact=draft.law)
    if draft.ground == Ground.RULES:
        return None
    found = answered.select_related("decision").order_by("-pk").first()
    return found.decision if found else None


def _weight(account: Account | None, sender: Sender, now: dt.datetime) -> int:
    """Return how much a report counts: that of an account double, that of who cried wolf not at all.

    It is looked at all the same; only others may be looked at before.
    """
    if account is not None:
        own = Report.objects.filter(account=account)
    elif sender.guest_key:
        own = Report.objects.filter(guest_key=sender.guest_key)
    else:
        return 1
    lately = own.filter(filed_at__gt=now - UNFOUNDED_WITHIN)
    states = list(lately.values_list("state", flat=True))
    unfounded = states.count(ReportState.UNFOUNDED)
    if unfounded >= UNFOUNDED_BEFORE and ReportState.UPHELD not in states:
        return 0
    return 2 if account is not None else 1


def _check_limit(network: str, now: dt.datetime) -> None:
    if not network:
        return
    lately = Report.objects.filter(network=network, filed_at__gt=now - WITHIN)
    times = list(lately.order_by("-filed_at").values_list("filed_at", flat=True)[:PER_NETWORK])
    if len(times) >= PER_NETWORK:
        raise TooManyReports(int((times[-1] + WITHIN - now).total_seconds()) + 1)
