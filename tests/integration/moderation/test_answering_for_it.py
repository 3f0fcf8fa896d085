"""Notice, receipt, decision, reasons, appeal, reversal: what the law asks of a publication, in order."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.integration.moderation.answering import GUEST, hold, said

from broadsheet import clock
from broadsheet.discussion.actions import Sender
from broadsheet.discussion.models import Comment
from broadsheet.moderation.appeals import AppealRefused, SameModerator, file_appeal
from broadsheet.moderation.claims import ClaimedByAnother, claim
from broadsheet.moderation.deciding import (
    CannotUndo,
    DecisionRefused,
    ItemGone,
    Ruling,
    decide,
    new_batch,
    remove,
    undo,
)
from broadsheet.moderation.enums import (
    AppealState,
    Ground,
    HeldState,
    ItemKind,
    Measure,
    ReportKind,
    ReportState,
)
from broadsheet.moderation.models import Appeal, Decision, HouseRules, QueueItem, Report
from broadsheet.moderation.reporting import (
    PER_NETWORK,
    ReportDraft,
    ReportRefused,
    TooManyReports,
    file_report,
)
from broadsheet.moderation.statements import is_link, statement_path
from broadsheet.readers.mail import send_due
from broadsheet.readers.models import OutgoingMail
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
REMOVE = Ruling(Measure.REMOVED, Ground.INSULT, "Calls a reader names.")
DECLINE = Ruling(Measure.DECLINED, Ground.OFF_TOPIC)
PUBLISH = Ruling(Measure.PUBLISHED)
KEEP = Ruling(Measure.KEPT, words="Sharp, but no insult.")


def notice(**more) -> ReportDraft:
    return ReportDraft(
        **{
            "kind": ReportKind.ILLEGAL,
            "ground": Ground.LAW_DEFAMATION,
            "words": "She says that I stole.",
            "law": "StGB 185",
            "url": "https://news.example/c/1/",
            "name": "Omar Field",
            "email": "omar@reader.example",
            "is_in_good_faith": True,
            **more,
        }
    )


def complaint(**more) -> ReportDraft:
    return ReportDraft(
        **{"kind": ReportKind.RULES, "ground": Ground.INSULT, "words": "Rude.", **more}
    )


def report(comment: Comment, draft: ReportDraft | None = None, *, guest: str = "b") -> Report:
    sender = Sender(address="198.51.100.9", guest_key=guest * 64)
    key = f"key-{guest}-{Report.objects.count()}"
    return file_report(comment_id=comment.pk, draft=draft or complaint(), key=key, sender=sender)


def decided(item: QueueItem, ruling: Ruling, by, batch: str = "") -> Decision:
    return decide(item_id=item.pk, ruling=ruling, by=by, batch=batch or new_batch())


def waiting() -> list[QueueItem]:
    return list(QueueItem.objects.filter(closed_at=None).order_by("due_at", "pk"))


@pytest.fixture
def letters(mailoutbox, django_capture_on_commit_callbacks):
    """Run something as committed and return the letters that left, also those that wait until
    nothing can be taken back."""

    def during(act):
        before = len(mailoutbox)
        queued = list(OutgoingMail.objects.values_list("pk", flat=True))
        with django_capture_on_commit_callbacks(execute=True):
            act()
        waiting_ones = OutgoingMail.objects.exclude(pk__in=queued).exclude(next_try_at=None)
        waiting_ones.update(next_try_at=clock.now())
        for pk in waiting_ones.order_by("pk").values_list("pk", flat=True):
            send_due(only=pk)
        return [(mail.to[0], mail.subject, mail.body) for mail in mailoutbox[before:]]

    return during


def test_the_whole_way_from_notice_to_reversal(bridge, mod, second, letters):
    comment = said(bridge)

    [(to, subject, receipt)] = letters(lambda: report(comment, notice()))
    assert "A moderator, not a program, will look at it." in receipt
    assert (to, subject) == ("omar@reader.example", "We have your report")
    [item] = waiting()
    assert (item.kind, item.is_urgent, item.report_count) == (ItemKind.REPORT, True, 1)

    told = letters(lambda: decided(item, REMOVE, mod))
    removal = Decision.objects.get()
    assert {(to, subject) for to, subject, _ in told} == {
        ("omar@reader.example", "What became of your report"),
        ("lena@reader.example", "Your comment was removed"),
    }
    reasons = next(body for to, _, body in told if to.startswith("lena"))
    assert "Insult or harassment. Calls a reader names." in reasons
    assert statement_path(removal) in reasons
    assert "omar" not in reasons.lower()
    assert removal.statement == {
        "target": f"/c/{comment.pk}/",
        "measure": "removed",
        "scope": "all",
        "from": removal.decided_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "until": None,
        "ground": "terms:insult",
        "facts": "Insult or harassment. Calls a reader names.",
        "source": "notice",
        "automated_detection": False,
        "automated_decision": False,
        "redress": [f"appeal:/moderation/statement/{removal.pk}/", "court"],
    }
    comment.refresh_from_db()
    assert comment.removal_reason == "Insult or harassment. Calls a reader names."

    appeal = file_appeal(decision_id=removal.pk, words="It was a quotation.")
    [item] = waiting()
    with pytest.raises(SameModerator):
        decided(item, Ruling(Measure.RESTORED, words="You are right."), mod)
    [(to, subject, answer)] = letters(
        lambda: decided(item, Ruling(Measure.RESTORED, words="It quotes the minutes."), second)
    )
    assert (to, subject) == ("lena@reader.example", "Your appeal was decided")
    assert "You were right" in answer and "It quotes the minutes." in answer

    comment.refresh_from_db()
    appeal.refresh_from_db()
    assert (comment.removed_at, comment.name) == (None, "Lena")
    assert comment.versions.get().text == "You fool."
    assert (appeal.state, appeal.decided_by, appeal.by_same_person) == (
        AppealState.REVERSED,
        second,
        False,
    )
    assert Decision.objects.get(measure=Measure.RESTORED).reverses == removal
    assert waiting() == []
    assert verify_record().faults == ()


def test_declined_comment_is_told_and_published_on_appeal(
    bridge, waiting_room, mod, second, letters
):
    item = hold(bridge)
    [(to, subject, _)] = letters(lambda: decided(item, DECLINE, mod))
    decline = Decision.objects.get()
    assert (to, subject) == ("lena@reader.example", "Your comment was not published")
    assert decline.statement["measure"] == "hidden"
    assert decline.statement["automated_detection"] is True

    file_appeal(decision_id=decline.pk, words="It is about the bridge.")
    decided(waiting()[0], Ruling(Measure.RESTORED, words="So it is."), second)

    assert Comment.objects.get().versions.get().text == "Are you sure?"
    item.held.refresh_from_db()
    assert item.held.state == HeldState.PUBLISHED
    assert waiting() == []


def test_appeal_that_is_refused_leaves_everything_and_says_why(bridge, mod, second, letters):
    comment = said(bridge)
    removal = remove(comment_id=comment.pk, ruling=REMOVE, by=mod, batch=new_batch())
    file_appeal(decision_id=removal.pk, words="Please.", email="other@reader.example")

    [(to, _, answer)] = letters(
        lambda: decided(waiting()[0], Ruling(Measure.UPHELD, words="It is an insult."), second)
    )

    assert to == "other@reader.example"
    assert "The decision stands." in answer
    comment.refresh_from_db()
    assert comment.removed_at is not None
    with pytest.raises(AppealRefused, match="once"):
        file_appeal(decision_id=removal.pk, words="Again.")


def test_reporter_appeals_against_a_comment_that_was_kept(bridge, mod, second, letters):
    comment = said(bridge)
    own = report(comment, notice())
    kept = decided(waiting()[0], KEEP, mod)
    with pytest.raises(AppealRefused, match="nothing to appeal"):
        file_appeal(decision_id=kept.pk, words="I am the writer.")

    file_appeal(decision_id=kept.pk, words="Look again.", report=own)
    told = letters(
        lambda: decided(waiting()[0], Ruling(Measure.RESTORED, words="Not proven."), second)
    )

    comment.refresh_from_db()
    own.refresh_from_db()
    assert comment.removal_reason == "Defamation. StGB 185. Not proven."
    assert own.state == ReportState.UPHELD
    assert {(to, subject) for to, subject, _ in told} == {
        ("omar@reader.example", "Your appeal was decided"),
        ("lena@reader.example", "Your comment was removed"),
    }


@pytest.mark.parametrize("is_allowed", [False, True])
def test_only_moderator_decides_an_appeal_where_the_publication_says_so(bridge, mod, is_allowed):
    HouseRules.objects.update_or_create(pk=HouseRules.ONLY, defaults={"lone_appeals": is_allowed})
    comment = said(bridge)
    removal = remove(comment_id=comment.pk, ruling=REMOVE, by=mod, batch=new_batch())
    file_appeal(decision_id=removal.pk, words="Please.")
    ruling = Ruling(Measure.RESTORED, words="I was wrong.")

    if is_allowed:
        decided(waiting()[0], ruling, mod)
        assert Appeal.objects.get().by_same_person
    else:
        with pytest.raises(SameModerator):
            decided(waiting()[0], ruling, mod)


def test_same_person_does_not_decide_where_there_is_another(bridge, mod, second):
    HouseRules.objects.update_or_create(pk=HouseRules.ONLY, defaults={"lone_appeals": True})
    removal = remove(comment_id=said(bridge).pk, ruling=REMOVE, by=mod, batch=new_batch())
    file_appeal(decision_id=removal.pk, words="Please.")

    with pytest.raises(SameModerator):
        decided(waiting()[0], Ruling(Measure.RESTORED, words="I was wrong."), mod)


def test_appeal_is_possible_for_six_months(bridge, mod):
    removal = remove(comment_id=said(bridge).pk, ruling=REMOVE, by=mod, batch=new_batch())
    Decision.objects.update(decided_at=removal.decided_at - dt.timedelta(days=184))

    with pytest.raises(AppealRefused, match="six months"):
        file_appeal(decision_id=removal.pk, words="Please.")


def test_what_was_kept_is_not_queued_again_for_the_same(bridge, mod):
    comment = said(bridge)
    report(comment)
    kept = decided(waiting()[0], KEEP, mod)

    again = report(comment, guest="c")
    other = report(comment, complaint(ground=Ground.HATE), guest="d")

    assert (again.state, again.decision, again.is_answered_before) == (
        ReportState.UNFOUNDED,
        kept,
        True,
    )
    assert other.state == ReportState.OPEN
    [item] = waiting()
    assert (item.report_count, item.reason_names) == (1, ["hate"])


def test_reports_of_one_comment_wait_as_one_and_move_it_forward(bridge):
    first, often = said(bridge, "One."), said(bridge, "Two.")
    report(first)
    for guest in "bcd":
        report(often, guest=guest)

    assert [(item.comment, item.report_count) for item in waiting()] == [(often, 3), (first, 1)]


def test_notice_about_a_child_stands_before_everything_and_needs_no_name(bridge):
    comments = [said(bridge, f"Number {n}.") for n in range(3)]
    report(comments[0], guest="b")
    report(comments[1], notice())
    child = notice(ground=Ground.LAW_CHILDREN, law="", name="", email="")
    report(comments[2], child, guest="c")

    assert [item.comment for item in waiting()] == [comments[2], comments[1], comments[0]]


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (complaint(ground="nonsense"), {"ground"}),
        (complaint(ground=Ground.LAW_HATE), {"ground"}),
        (complaint(ground=Ground.RULES, words=" "), {"words"}),
        (complaint(words="x" * 2001), {"words"}),
        (complaint(email="no address"), {"email"}),
        (notice(words=""), {"words"}),
        (notice(name="", email=""), {"name", "email"}),
        (notice(is_in_good_faith=False), {"is_in_good_faith"}),
        (notice(law="x" * 201), {"law"}),
        (notice(name="x" * 201), {"name"}),
        (complaint(version=9), {"words"}),
    ],
)
def test_report_says_what_is_missing(bridge, draft, fields):
    comment = said(bridge)

    with pytest.raises(ReportRefused) as refused:
        report(comment, draft)

    assert {error.field for error in refused.value.errors} == fields
    assert not Report.objects.exists()


def test_same_person_reports_the_same_once(bridge):
    comment = said(bridge)

    assert report(comment) == report(comment)
    assert Report.objects.count() == 1


def test_reports_of_one_network_are_bounded(bridge):
    comments = [said(bridge, f"Number {n}.") for n in range(PER_NETWORK + 1)]
    for comment in comments[:-1]:
        report(comment)

    with pytest.raises(TooManyReports) as refused:
        report(comments[-1])

    assert 0 < refused.value.seconds <= 3601


def test_who_cried_wolf_is_heard_and_moves_nothing(bridge, mod):
    for n in range(3):
        comment = said(bridge, f"Number {n}.")
        report(comment)
        decided(waiting()[0], KEEP, mod)

    assert report(said(bridge, "Now.")).weight == 0


def test_published_by_mistake_waits_again_under_a_tombstone_and_can_be_published(
    bridge, waiting_room, mod
):
    item = hold(bridge)
    batch = new_batch()
    decided(item, PUBLISH, mod, batch)

    undo(batch=batch, by=mod)

    comment = Comment.objects.get()
    assert comment.removal_reason == "Published by mistake. A moderator looks at it again."
    assert waiting() == [item]
    decided(item, PUBLISH, mod)
    comment.refresh_from_db()
    assert (comment.removed_at, comment.versions.get().text) == (None, "Are you sure?")
    assert Comment.objects.count() == 1
    assert verify_record().faults == ()


def test_bulk_is_taken_back_each_by_its_own_act(bridge, waiting_room, mod):
    items = [hold(bridge, f"Number {n}.") for n in range(3)]
    comment = said(bridge, "Reported.")
    report(comment)
    reported = QueueItem.objects.get(kind=ItemKind.REPORT)
    batch = new_batch()
    decided(items[0], DECLINE, mod, batch)
    decided(items[1], PUBLISH, mod, batch)
    decided(reported, REMOVE, mod, batch)

    undone = undo(batch=batch, by=mod)

    comment.refresh_from_db()
    assert len(undone) == 3
    assert {item.pk for item in waiting()} == {reported.pk, *(item.pk for item in items)}
    assert comment.removed_at is None
    assert Report.objects.get().state == ReportState.OPEN
    assert [each.reverses.batch for each in undone] == [batch] * 3


def test_letter_of_what_was_taken_back_does_not_leave(bridge, waiting_room, mod, letters):
    item = hold(bridge)
    batch = new_batch()

    def decline_and_undo():
        decided(item, DECLINE, mod, batch)
        undo(batch=batch, by=mod)

    assert letters(decline_and_undo) == []


def test_reporter_is_told_what_was_decided_in_the_end(bridge, mod, letters):
    comment = said(bridge)
    letters(lambda: report(comment, notice()))
    batch = new_batch()

    def remove_undo_and_keep():
        decided(waiting()[0], REMOVE, mod, batch)
        undo(batch=batch, by=mod)
        decided(waiting()[0], KEEP, mod)

    [(to, _, outcome)] = letters(remove_undo_and_keep)
    assert to == "omar@reader.example"
    assert "Sharp, but no insult." in outcome


@pytest.mark.parametrize("case", ["late", "another", "twice"])
def test_undo_is_for_ten_minutes_for_who_decided_and_once(bridge, waiting_room, mod, second, case):
    batch = new_batch()
    decision = decided(hold(bridge), DECLINE, mod, batch)
    if case == "late":
        Decision.objects.update(decided_at=decision.decided_at - dt.timedelta(minutes=11))
    if case == "twice":
        undo(batch=batch, by=mod)

    with pytest.raises(CannotUndo):
        undo(batch=batch, by=second if case == "another" else mod)


@pytest.mark.parametrize(
    "ruling",
    [
        Ruling(Measure.DECLINED),
        Ruling(Measure.DECLINED, Ground.RULES),
        Ruling(Measure.DECLINED, Ground.INSULT, "x" * 300),
        Ruling(Measure.KEPT),
        Ruling(Measure.RESTORED, words="No."),
    ],
)
def test_held_comment_is_not_decided_without_reason_or_by_what_does_not_fit(
    bridge, waiting_room, mod, ruling
):
    item = hold(bridge)

    with pytest.raises(DecisionRefused):
        decided(item, ruling, mod)

    assert waiting() == [item]


def test_what_is_decided_is_gone(bridge, waiting_room, mod, second):
    item = hold(bridge)
    decided(item, PUBLISH, mod)

    with pytest.raises(ItemGone):
        decided(item, DECLINE, second)


def test_claim_keeps_others_away_until_it_ends_or_is_taken_over(bridge, waiting_room, mod, second):
    item = hold(bridge)
    claim(item_id=item.pk, by=mod)

    with pytest.raises(ClaimedByAnother, match="Mia Mod is looking at this"):
        claim(item_id=item.pk, by=second)
    with pytest.raises(ClaimedByAnother):
        decided(item, PUBLISH, second)
    assert claim(item_id=item.pk, by=second, take_over=True).claimed_by == second
    with pytest.raises(ClaimedByAnother):
        claim(item_id=item.pk, by=mod)
    QueueItem.objects.update(claimed_until=item.since - dt.timedelta(hours=1))
    assert claim(item_id=item.pk, by=mod).claimed_by == mod


def test_withdrawn_by_its_writer_leaves_the_queue(bridge, waiting_room):
    item = hold(bridge)
    held = item.held
    held.state, held.decided_at = HeldState.WITHDRAWN, held.held_at
    held.save()

    assert waiting() == []


@pytest.mark.parametrize("change", ["x", "", "é"])
def test_link_opens_by_its_own_signature_only(bridge, mod, change):
    decision = remove(comment_id=said(bridge).pk, ruling=REMOVE, by=mod, batch=new_batch())
    signature = statement_path(decision).split("/")[4]

    assert is_link("statement", decision.pk, signature)
    assert not is_link("statement", decision.pk + 1, signature)
    assert not is_link("report", decision.pk, signature)
    assert not is_link("statement", decision.pk, signature[:-1] + change)


def test_writer_is_known_by_what_the_browser_keeps(bridge, mod):
    decision = remove(comment_id=said(bridge).pk, ruling=REMOVE, by=mod, batch=new_batch())

    assert (decision.account, decision.guest_key) == (None, GUEST)


def test_words_of_a_ruling_have_nothing_that_no_database_keeps():
    checked = Ruling(Measure.REMOVED, Ground.INSULT, "Calls\0 names.", "StGB\0 185").checked()

    assert (checked.words, checked.law) == ("Calls names.", "StGB 185")
