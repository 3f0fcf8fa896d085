"""A small publication in which everything exists that an address can name, for those who attack it."""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from tests import factories
from tests.integration.moderation.answering import hold, moderator, said

from broadsheet.corrections.models import Proposal
from broadsheet.desk.adoption import adopt_document
from broadsheet.discussion.actions import Draft, ImportedComment, import_comments, post_comment
from broadsheet.discussion.claims import ask_for_name
from broadsheet.discussion.digests import wish_to_follow
from broadsheet.discussion.follows import Target, renew_feed
from broadsheet.discussion.models import Comment, DiscussionSettings, Follow
from broadsheet.moderation.bans import make_ban
from broadsheet.moderation.deciding import Ruling, decide, new_batch
from broadsheet.moderation.enums import BanKind, Ground, Measure, ReportKind
from broadsheet.moderation.models import Decision, HouseRules, QueueItem, Report
from broadsheet.moderation.reporting import ReportDraft, file_report
from broadsheet.moderation.statements import report_path, statement_path
from broadsheet.readers import tickets
from broadsheet.readers.enums import Purpose
from broadsheet.readers.mail import stop_token
from broadsheet.readers.models import Account
from broadsheet.record.models import Author, Document, Passage
from broadsheet.record.placements import Pointer

WORD = "b" * 32
"""What the browser of the guest keeps."""
GUEST = hashlib.sha256(WORD.encode()).hexdigest()
STORY = "2026/09/bridge"


@dataclass(frozen=True)
class Site:
    story: Document
    author: Author
    reader: Account
    other: Account
    mod: Account
    own: Comment
    """The reader's, a question."""
    guests: Comment
    """A guest's, an answer to it."""
    item: QueueItem
    report: Report
    decision: Decision
    proposal: Proposal
    follow: Follow
    feed: str
    page: int
    """Of the story, at the desk."""
    ban: int
    claim: int
    """Of an imported name."""
    plain: dict[str, str]
    """What fits into the places of addresses."""


def site() -> Site:
    ann = factories.account("ann@news.example", "Ann Lee")
    author = factories.author("Ann Lee", account=ann)
    story = factories.story(
        "Bridge", slug="bridge", authors=(author,), topics=(factories.topic("Bo"),)
    )
    reader = factories.account("lena@reader.example", "Lena Marsh")
    Account.objects.filter(pk=reader.pk).update(has_profile=True)
    other = factories.account("omar@reader.example", "Omar Field")
    mod = moderator("mia@news.example", "Mia Mod")
    moderator("sol@news.example", "Sol Second")
    own = post_comment(
        document_id=story.pk,
        draft=Draft(
            text="Who says so?", name="", is_question=True, pointer=Pointer(1, "voted on Monday")
        ),
        account=reader,
    )
    guests = said(story, "The minutes do.", guest_key=GUEST, parent=own)
    gone = said(story, "You fool.", guest_key=GUEST)
    decision = _removed(gone, mod)
    report = file_report(
        comment_id=guests.pk,
        draft=ReportDraft(kind=ReportKind.RULES, ground=Ground.INSULT, words="Rude."),
        key="key",
        account=reader,
    )
    proposal = factories.proposal(story, proposer=reader, name="Lena Marsh")
    target = Target(document=story)
    wish_to_follow(email="zoe@reader.example", target=target, digest="daily")
    follow = Follow.objects.get(email="zoe@reader.example")
    feed = renew_feed(account=reader)
    item = hold(story, "Is it so?", guest_key=GUEST)
    ticket = tickets.issue(purpose=Purpose.SIGN_IN, email=reader.email)
    ban = make_ban(kind=BanKind.EMAIL, value="spam@x.example", reason="Sells lamps.", by=mod)
    [old] = import_comments(
        document_id=story.pk,
        comments=[ImportedComment("old", None, "Old Omar", "I was there.", None)],
    )
    claim = ask_for_name(account=other, comment_id=old.pk, reason="Ask my mother.")
    page = adopt_document(story)
    DiscussionSettings.objects.get_or_create(pk=DiscussionSettings.ONLY)
    HouseRules.objects.get_or_create(pk=HouseRules.ONLY)
    passage = Passage.objects.order_by("pk").first()
    assert passage is not None
    plain = {
        "path": STORY,
        "number": "1",
        "at": "20260902T101500Z",
        "given": "noon",
        "after": "0",
        "until": "1",
        "pk": str(own.pk),
        "slug": author.slug,
        "topic slug": "bo",
        "key": feed,
        "follow-confirm pk": str(follow.pk),
        "token": tickets.token_of(ticket),
        "stop token": stop_token("account", reader.pk),
        "follow-story pk": str(story.pk),
        "reader pk": str(reader.pk),
        "initials pk": str(reader.pk),
        "proposal pk": str(proposal.pk),
        "passage pk": str(passage.pk),
        "report-receipt pk": str(report.pk),
        "report-receipt signature": report_path(report).split("/")[4],
        "statement pk": str(decision.pk),
        "statement signature": statement_path(decision).split("/")[4],
        **{f"moderation-{name} pk": str(item.pk) for name in ("item", "flood", "claim")},
        "provider_id": "nobody",
    }
    return Site(
        story, author, reader, other, mod, own, guests, item, report, decision, proposal, follow,
        feed, page.pk, ban.pk, claim.pk, plain,
    )  # fmt: skip


def _removed(comment: Comment, mod: Account) -> Decision:
    file_report(
        comment_id=comment.pk,
        draft=ReportDraft(kind=ReportKind.RULES, ground=Ground.INSULT, words="Rude."),
        key="another key",
    )
    item = QueueItem.objects.get(comment=comment)
    ruling = Ruling(Measure.REMOVED, Ground.INSULT, "Calls a reader names.")
    return decide(item_id=item.pk, ruling=ruling, by=mod, batch=new_batch())


class Browser:
    """Somebody who sends requests, each of which is taken back when it was looked at."""

    def __init__(
        self, account: Account | None = None, *, guest: bool = False, **given: Any
    ) -> None:
        self.account = account
        self.client = Client(raise_request_exception=False, **given)
        if account is not None:
            self.client.force_login(account)
        if guest:
            self.client.cookies["guest"] = WORD
        self.cookies = self.client.cookies.output()
        self._kept = {name: each.value for name, each in self.client.cookies.items()}
        self.raised: BaseException | None = None

    @contextmanager
    def asks(self, method: str, path: str, **given: Any) -> Iterator[HttpResponse]:
        """Send a request and take back what it did, after the block."""
        self.client.cookies.clear()
        for name, value in self._kept.items():
            self.client.cookies[name] = value
        self.raised = None
        got_request_exception.connect(self._note)
        try:
            with transaction.atomic():
                yield self.client.generic(method, path, **given)
                transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(self._note)

    def _note(self, sender: object, request: object, **_: object) -> None:
        self.raised = Exception(traceback.format_exc()[-1500:])


COUNTED_APART = {
    "readers_tally", "readers_session", "django_tasks_db_dbtaskresult", "moderation_refusal",
}  # fmt: skip
"""Tables of what is counted and remembered of tries, which refusals are."""


def stored() -> dict[str, int]:
    """Return how many rows each table has, but for those that count tries. One statement."""
    names = [
        name
        for name in connection.introspection.table_names()
        if name.split("_")[0] in ROOMS and name not in COUNTED_APART and "_search" not in name
    ]
    asked = " UNION ALL ".join(f"SELECT '{name}', COUNT(*) FROM \"{name}\"" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return dict(cursor.fetchall())


ROOMS = {"readers", "record", "discussion", "corrections", "moderation", "account", "mfa"}
