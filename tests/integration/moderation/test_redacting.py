"""An editor erases the words of a comment for good, as a law or a court asks."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from tests import factories
from tests.integration.moderation.answering import GUEST, hold, said
from tests.integration.moderation.test_taking_back import stored

from broadsheet.discussion.actions import Draft, Sender, prepared
from broadsheet.discussion.models import Comment, CommentVersion, RemovedWords
from broadsheet.discussion.removal import RemovalRefused, delete_comment, redact_comment
from broadsheet.discussion.restoration import RestorationRefused, restore_comment
from broadsheet.moderation.appeals import AppealRefused, file_appeal
from broadsheet.moderation.deciding import (
    CannotUndo,
    DecisionRefused,
    Ruling,
    decide,
    new_batch,
    redact,
    redact_held,
    remove,
    undo,
)
from broadsheet.moderation.enums import Ground, Measure, Outcome, ReportKind, ReportState
from broadsheet.moderation.models import Decision, HeldComment, QueueItem, Report
from broadsheet.moderation.reasons import Reason, Verdict
from broadsheet.moderation.reporting import ReportDraft, file_report
from broadsheet.moderation.statements import statement_path
from broadsheet.moderation.submission import hold as put_aside
from broadsheet.record.models import JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db

ORDER = Ruling(Measure.REDACTED, Ground.LAW_PRIVACY, law="Court of Kingston, 7 C 12/26")
WORDS = "She lives at Plover Lane 5."


@pytest.fixture
def eve(db):
    """Somebody who may redact, and nothing else."""
    account = factories.account("eve@news.example", "Eve Editor")
    account.user_permissions.add(
        Permission.objects.get(content_type__app_label="moderation", codename="redact")
    )
    return account


@pytest.fixture
def comment(bridge) -> Comment:
    return said(bridge, WORDS, name="Grumio Vance")


def form(**values: str) -> dict[str, str]:
    return {"ground": "law_privacy", "law": "7 C 12/26", "sure": "on", **values}


def page_of(comment: Comment) -> str:
    return f"/moderation/comment/{comment.pk}/redact/"


def test_nothing_is_left_and_the_tombstone_says_why_and_when(client, comment, eve):
    decision = redact(comment_id=comment.pk, ruling=ORDER, by=eve)

    comment.refresh_from_db()
    assert (comment.name, comment.removed_by) == ("", "redacted")
    assert not RemovedWords.objects.exists()
    assert not CommentVersion.objects.exclude(text="").exists()
    page = unescape(client.get("/2026/09/bridge/").content.decode())
    assert "Redacted by the publication, <time" in page
    assert "Unlawful use of private data or pictures. Court of Kingston, 7 C 12/26." in page
    assert WORDS not in page and "Grumio" not in page
    assert (decision.measure, decision.guest_key) == (Measure.REDACTED, GUEST)


def test_journal_has_it_and_checks_without_the_salts_of_the_words(comment, eve):
    redact(comment_id=comment.pk, ruling=ORDER, by=eve)

    entries = JournalEntry.objects.filter(document=comment.document_id)
    assert list(entries.filter(salt=None).values_list("reference", flat=True)) == [
        f"comment/{comment.pk}"
    ]
    assert entries.latest("sequence").reference == f"removal/{comment.pk}/redacted"
    assert verify_record().faults == ()


def test_reason_that_was_changed_afterwards_is_found_by_the_journal(comment, eve):
    redact(comment_id=comment.pk, ruling=ORDER, by=eve)
    Comment.objects.filter(pk=comment.pk).update(removal_reason="Another reason.")

    [fault] = verify_record().faults
    assert fault.problem == f"the content of removal removal/{comment.pk}/redacted was changed"


def test_what_was_removed_before_is_redacted_too(comment, eve, mod):
    insult = Ruling(Measure.REMOVED, Ground.INSULT)
    removal = remove(comment_id=comment.pk, ruling=insult, by=mod, batch=new_batch())
    appeal = file_appeal(decision_id=removal.pk, words="It said Plover Lane 5.")

    redact(comment_id=comment.pk, ruling=ORDER, by=eve)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.words) == ("upheld", "")
    assert not QueueItem.objects.filter(closed_at=None).exists()
    assert not RemovedWords.objects.exists()
    assert verify_record().faults == ()


def test_nobody_brings_it_back(comment, eve):
    decision = redact(comment_id=comment.pk, ruling=ORDER, by=eve)

    with pytest.raises(AppealRefused, match="no appeal could bring them back"):
        file_appeal(decision_id=decision.pk, words="Please.")
    with pytest.raises(RestorationRefused, match="erased"):
        restore_comment(comment_id=comment.pk, by="Eve", reason="x")
    with pytest.raises(CannotUndo):
        undo(batch=decision.batch, by=eve)


def test_second_time_is_refused_and_so_is_what_its_writer_deleted(comment, bridge, eve):
    redact(comment_id=comment.pk, ruling=ORDER, by=eve)
    with pytest.raises(DecisionRefused, match="erased already"):
        redact(comment_id=comment.pk, ruling=ORDER, by=eve)
    from broadsheet.discussion.people import Person

    own = said(bridge, "Mine.", guest_key="b" * 64)
    delete_comment(comment_id=own.pk, person=Person(guest_key="b" * 64))
    with pytest.raises(RemovalRefused, match="erased already"):
        redact_comment(comment_id=own.pk, reason="x")


def test_proposal_is_decided_and_not_redacted(bridge, eve):
    proposal = factories.proposal(bridge)

    with pytest.raises(DecisionRefused, match="is decided"):
        redact(comment_id=proposal.comment_id, ruling=ORDER, by=eve)


def test_ground_is_needed(comment, eve):
    with pytest.raises(DecisionRefused, match="Choose a ground"):
        redact(comment_id=comment.pk, ruling=Ruling(Measure.REDACTED), by=eve)


def test_writer_is_told_at_once_with_reasons_and_that_it_is_final(
    client, comment, eve, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        decision = redact(comment_id=comment.pk, ruling=ORDER, by=eve)

    [letter] = mail.outbox
    assert letter.to == ["lena@reader.example"]
    assert "7 C 12/26" in letter.body and WORDS not in letter.body
    assert decision.statement["redress"] == ["court"]
    page = unescape(client.get(statement_path(decision)).content.decode())
    assert "The words of your comment were erased" in page
    assert "no appeal could bring them back. You can go to court." in page
    assert WORDS not in page


def test_reports_of_it_are_answered_without_their_words(comment, eve):
    draft = ReportDraft(ReportKind.RULES, Ground.PRIVATE, words="Plover Lane 5 is her home.")
    file_report(comment_id=comment.pk, draft=draft, key="k")

    redact(comment_id=comment.pk, ruling=ORDER, by=eve)

    report = Report.objects.get()
    assert (report.state, report.words) == (ReportState.UPHELD, "")
    assert not QueueItem.objects.filter(closed_at=None).exists()


# The page


def test_page_warns_names_what_quotes_it_and_redacts(client, bridge, comment, eve):
    quoting = factories.comment(bridge, f"> {WORDS}\n\nDon’t!", name="Pia", parent=comment)
    client.force_login(eve)

    page = unescape(client.get(page_of(comment)).content.decode())
    assert "This cannot be undone." in page and WORDS in page
    assert f'href="{page_of(quoting)}"' in page

    answer = client.post(page_of(comment), form())
    assert (answer.status_code, answer["Location"]) == (303, page_of(comment))
    page = unescape(client.get(page_of(comment)).content.decode())
    assert "The words are erased" in page and WORDS not in page
    assert Decision.objects.get().by == eve


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"sure": ""}, "Choose"),
        ({"ground": ""}, "Choose a ground"),
        ({"ground": "law_other", "law": "", "words": ""}, "Say in your own words why"),
        ({"words": "x" * 400}, "The reason can have 300 characters"),
    ],
)
def test_page_refuses_and_keeps_what_was_typed(client, comment, eve, values, problem):
    client.force_login(eve)
    data = form(words="Order of the court.") | values
    if not data["sure"]:
        del data["sure"]
        problem = "Tick the box"

    answer = client.post(page_of(comment), data)

    page = unescape(answer.content.decode())
    assert (answer.status_code, problem in page) == (422, True)
    assert f'value="{data["words"][:300]}' in page
    comment.refresh_from_db()
    assert comment.removed_at is None


def test_moderators_without_the_right_and_strangers_cannot(comment, mod, stranger):
    for account, status in ((mod, 403), (stranger, 403), (None, 302)):
        client = Client()
        if account:
            client.force_login(account)
        for answer in (client.get(page_of(comment)), client.post(page_of(comment), form())):
            assert answer.status_code == status
    comment.refresh_from_db()
    assert comment.removed_at is None


def test_queue_and_desk_lead_to_it_only_with_the_right(client, comment, editor, mod):
    draft = ReportDraft(ReportKind.RULES, Ground.PRIVATE)
    file_report(comment_id=comment.pk, draft=draft, key="k")
    item = QueueItem.objects.get()
    client.force_login(mod)
    assert page_of(comment) not in client.get(f"/moderation/{item.pk}/").content.decode()

    client.force_login(editor)

    assert page_of(comment) in client.get(f"/moderation/{item.pk}/").content.decode()
    at_desk = f"/desk{page_of(comment)}"
    assert at_desk in client.get("/desk/comments/").content.decode()
    assert client.get(at_desk).status_code == 200
    assert client.post(at_desk, form()).status_code == 303


def test_comment_that_is_not_there(client, eve):
    client.force_login(eve)
    assert client.get("/moderation/comment/999/redact/").status_code == 404


# What waits, or was not published


def held_page(held: HeldComment) -> str:
    return f"/moderation/held/{held.pk}/redact/"


@pytest.fixture
def waits(bridge) -> HeldComment:
    held = hold(bridge, WORDS).held
    assert held is not None
    return held


def test_words_that_wait_are_erased_and_the_writer_is_told(
    client, waits, eve, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        decision = redact_held(held_id=waits.pk, ruling=ORDER, by=eve)

    waits.refresh_from_db()
    assert (waits.state, waits.text, waits.name) == ("declined", "", "")
    assert "Plover" not in stored()
    assert QueueItem.objects.get().closed_at is not None
    [letter] = mail.outbox
    assert letter.to == ["lena@reader.example"] and "7 C 12/26" in letter.body
    page = unescape(client.get(statement_path(decision)).content.decode())
    assert "no appeal could bring them back" in page and "Plover" not in page
    with pytest.raises(AppealRefused):
        file_appeal(decision_id=decision.pk, words="Please.")
    assert not Comment.objects.exists()


def test_words_that_were_declined_are_erased_with_the_appeal(waits, eve, mod):
    declined = decide(
        item_id=QueueItem.objects.get().pk,
        ruling=Ruling(Measure.DECLINED, Ground.PRIVATE),
        by=mod,
        batch=new_batch(),
    )
    appeal = file_appeal(decision_id=declined.pk, words="Plover Lane 5 is public.")

    redact_held(held_id=waits.pk, ruling=ORDER, by=eve)

    appeal.refresh_from_db()
    assert (appeal.state, appeal.words) == ("upheld", "")
    assert "Plover" not in stored()
    assert not QueueItem.objects.filter(closed_at=None).exists()


def test_change_that_waits_is_erased_and_the_comment_stands(bridge, comment, eve):
    posting = prepared(
        document_id=bridge.pk,
        draft=Draft(text="Her number is 5550100.", name="Lena"),
        sender=Sender(guest_key=GUEST),
    )
    verdict = Verdict([Reason("links", Outcome.HOLD, "It has a number: 5550100.")])
    held = put_aside(replace(posting, edits_id=comment.pk), verdict)

    redact_held(held_id=held.pk, ruling=ORDER, by=eve)

    assert "5550100" not in stored()
    assert comment.versions.get().text == WORDS
    assert verify_record().faults == ()


def test_words_that_stand_are_redacted_with_their_comment(client, waits, eve, mod):
    decide(
        item_id=QueueItem.objects.get().pk,
        ruling=Ruling(Measure.PUBLISHED),
        by=mod,
        batch=new_batch(),
    )
    comment = Comment.objects.get()

    with pytest.raises(DecisionRefused, match="redact the comment"):
        redact_held(held_id=waits.pk, ruling=ORDER, by=eve)
    client.force_login(eve)
    assert client.get(held_page(waits))["Location"] == page_of(comment)


def test_page_of_what_waits_warns_and_erases(client, waits, eve):
    client.force_login(eve)
    page = unescape(client.get(held_page(waits)).content.decode())
    assert "This cannot be undone." in page and WORDS in page
    refused = client.post(held_page(waits), {"ground": "law_privacy"})
    assert refused.status_code == 422 and "Tick the box" in refused.content.decode()

    answer = client.post(held_page(waits), form())

    assert (answer.status_code, answer["Location"]) == (303, held_page(waits))
    page = unescape(client.get(held_page(waits)).content.decode())
    assert "The words are erased" in page and WORDS not in page
    assert client.get("/moderation/held/999/redact/").status_code == 404


def test_who_may_not_cannot_and_queue_leads_only_those_who_may(client, waits, mod, editor):
    item = QueueItem.objects.get()
    client.force_login(mod)
    assert client.post(held_page(waits), form()).status_code == 403
    assert held_page(waits) not in client.get(f"/moderation/{item.pk}/").content.decode()

    client.force_login(editor)

    assert held_page(waits) in client.get(f"/moderation/{item.pk}/").content.decode()
    assert client.get(f"/desk{held_page(waits)}").status_code == 200
