"""Where comments and reports came from is kept for some days, and no longer."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories
from tests.integration.moderation.answering import hold, said
from tests.integration.moderation.conftest import send

from broadsheet.cli.tasks import forget
from broadsheet.discussion.actions import Sender
from broadsheet.discussion.keys import SETTINGS
from broadsheet.discussion.models import CommentSource, DiscussionSettings
from broadsheet.moderation import retention
from broadsheet.moderation.appeals import file_appeal
from broadsheet.moderation.deciding import Ruling, decide, new_batch
from broadsheet.moderation.enums import Ground, HeldState, Measure, ReportKind
from broadsheet.moderation.models import Decision, HeldComment, QueueItem, RefusedTry, Report, Trace
from broadsheet.moderation.reporting import ReportDraft, file_report
from broadsheet.moderation.retention import forget_origins
from broadsheet.press.keys import change_after_commit

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def kept_of_comment(comment) -> tuple[str | None, str, str]:
    source = CommentSource.objects.get(comment=comment)
    return source.address, source.agent, source.email


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (31, False)])
def test_address_and_browser_go_and_the_mailbox_stays(at, bridge, days, is_kept):
    comment = send(bridge, "A bridge again.", email="lena@reader.example")
    at(factories.MORNING + days * DAY)

    forget()

    origin = ("192.0.2.7", "Browser") if is_kept else (None, "")
    assert kept_of_comment(comment) == (*origin, "lena@reader.example")
    assert Trace.objects.exclude(network="").exists() == is_kept


def test_publication_says_for_how_many_days(at, bridge):
    comment = send(bridge, "A bridge again.")
    DiscussionSettings.objects.update_or_create(pk=1, defaults={"address_days": 2})
    change_after_commit(SETTINGS)
    at(factories.MORNING + 3 * DAY)

    forget_origins()

    assert kept_of_comment(comment)[:2] == (None, "")


def test_what_waits_keeps_its_address_until_it_is_decided(at, bridge, mod):
    item = hold(bridge)
    at(factories.MORNING + 40 * DAY)
    forget_origins()
    assert HeldComment.objects.get().address == "192.0.2.7"
    ruling = Ruling(Measure.DECLINED, Ground.SPAM)
    decide(item_id=item.pk, ruling=ruling, by=mod, batch=new_batch())

    forget_origins()

    held = HeldComment.objects.get()
    assert (held.address, held.agent, held.email) == (None, "", "lena@reader.example")


def test_who_reported_is_forgotten_so_long_after_the_outcome(at, bridge, mod):
    comment = said(bridge)
    draft = ReportDraft(
        ReportKind.ILLEGAL, Ground.LAW_HATE, words="Hateful.", name="Pia", email="pia@a.example",
        is_in_good_faith=True,
    )  # fmt: skip
    file_report(comment_id=comment.pk, draft=draft, key="k", sender=Sender(address="198.51.100.9"))
    at(factories.MORNING + 40 * DAY)
    forget_origins()
    report = Report.objects.get()
    assert (report.name, report.email) == ("Pia", "pia@a.example")
    item = QueueItem.objects.get(comment=comment)
    decide(item_id=item.pk, ruling=Ruling(Measure.KEPT), by=mod, batch=new_batch())

    found = []
    for days in (69, 71):
        at(factories.MORNING + days * DAY)
        forget_origins()
        report.refresh_from_db()
        found.append((report.name, report.email, report.network, report.words))

    assert found == [
        ("Pia", "pia@a.example", "198.51.100.0/24", "Hateful."),
        ("", "", "", "Hateful."),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_costs_the_same_whatever_there_is(
    at, bridge, monkeypatch, django_assert_max_num_queries, count
):
    for n in range(count):
        send(bridge, f"A bridge, for the {n}th time.", guest=f"{n}" * 64)
    at(factories.MORNING + 31 * DAY)

    with django_assert_max_num_queries(12):
        assert forget_origins() == 2 * count


def test_goes_on_until_nothing_old_is_left(at, bridge, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for n in range(5):
        send(bridge, f"A bridge, for the {n}th time.", guest=f"{n}" * 64)
    at(factories.MORNING + 31 * DAY)

    assert (forget_origins(), forget_origins()) == (10, 0)


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (6, (True, True, True)),
        (8, (True, True, False)),
        (29, (True, True, False)),
        (31, (False, False, False)),
    ],
)
def test_traces_and_tries_go_when_they_have_served(at, bridge, days, left):
    send(bridge, "A bridge again.")
    RefusedTry.objects.create(
        document=bridge,
        text="Buy my bridges.",
        at=factories.MORNING,
        is_nudge=False,
        reasons=[],
    )
    at(factories.MORNING + days * DAY)

    forget()

    found = (Trace.objects.exists(), RefusedTry.objects.exists())
    assert (*found, RefusedTry.objects.exclude(text="").exists()) == left


@pytest.mark.parametrize(("days", "is_kept"), [(182, True), (186, False)])
def test_words_that_were_not_published_go_with_the_time_for_an_appeal(
    at, bridge, mod, days, is_kept
):
    item = hold(bridge, "You fool.")
    ruling = Ruling(Measure.DECLINED, Ground.INSULT)
    decide(item_id=item.pk, ruling=ruling, by=mod, batch=new_batch())
    at(factories.MORNING + days * DAY)

    forget()

    held = HeldComment.objects.get()
    assert held.text == ("You fool." if is_kept else "")
    assert held.state == HeldState.DECLINED
    assert [reason["rule"] for reason in held.reasons] == ["admission"]


def test_words_of_an_open_appeal_stay(at, bridge, mod):
    item = hold(bridge, "You fool.")
    ruling = Ruling(Measure.DECLINED, Ground.INSULT)
    decide(item_id=item.pk, ruling=ruling, by=mod, batch=new_batch())
    at(factories.MORNING + 180 * DAY)
    file_appeal(
        decision_id=Decision.objects.get().pk, words="I am none.", email="lena@reader.example"
    )
    at(factories.MORNING + 200 * DAY)

    forget()

    assert HeldComment.objects.get().text == "You fool."
