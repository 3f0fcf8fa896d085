"""Bans from the queue, and a flood that is taken away as one act."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.test import Client
from tests import factories
from tests.integration.moderation.answering import hold, said

from broadsheet import clock
from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.moderation import banning
from broadsheet.moderation.appeals import file_appeal
from broadsheet.moderation.bans import ban_of
from broadsheet.moderation.deciding import DecisionRefused, Ruling, decide, new_batch, undo
from broadsheet.moderation.enums import BanKind, Ground, Measure
from broadsheet.moderation.models import Ban, Decision, QueueItem
from broadsheet.moderation.people import Person
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
SPAM = Ruling(Measure.BANNED, Ground.SPAM)


@pytest.fixture
def desk_of(mod):
    client = Client()
    client.force_login(mod)
    return client


def stands(account=None, email="lena@reader.example", address="192.0.2.7") -> bool:
    found = ban_of(
        account_id=account.pk if account else None,
        emails=[email],
        address=address,
        now=clock.now(),
    )
    return found is not None


def test_guest_is_banned_by_address_and_network_and_told(bridge, waiting_room, mod, mailoutbox):
    item = hold(bridge)
    suspect = banning.suspect_of(None, item.held)

    decision = banning.ban(
        suspect=suspect,
        kinds=list(BanKind),
        lasts=None,
        ruling=SPAM,
        by=mod,
        batch=new_batch(),
    )

    bans = {ban.kind: ban for ban in Ban.objects.all()}
    assert set(bans) == {BanKind.EMAIL, BanKind.ADDRESS}
    assert bans[BanKind.ADDRESS].value == "192.0.2.0/24"
    assert bans[BanKind.ADDRESS].expires_at - bans[BanKind.ADDRESS].made_at <= dt.timedelta(30)
    assert bans[BanKind.EMAIL].expires_at is None
    assert sorted(decision.bans) == sorted(ban.pk for ban in bans.values())
    assert (decision.statement["measure"], decision.until) == ("account_suspended", None)
    assert stands(address=None)


def test_ban_of_an_account_is_lifted_on_appeal(bridge, mod, second, stranger):
    suspect = banning.Suspect(Person(stranger.pk))
    decision = banning.ban(
        suspect=suspect,
        kinds=[BanKind.ACCOUNT],
        lasts=dt.timedelta(days=7),
        ruling=SPAM,
        by=mod,
        batch=new_batch(),
    )
    assert stands(stranger)

    appeal = file_appeal(decision_id=decision.pk, words="That was not me.")
    decide(
        item_id=QueueItem.objects.get(appeal=appeal).pk,
        ruling=Ruling(Measure.RESTORED, words="So it seems."),
        by=second,
        batch=new_batch(),
    )

    assert not stands(stranger)


@pytest.mark.parametrize("case", ["nothing chosen", "oneself", "staff", "no ground"])
def test_ban_that_cannot_be_is_refused(db, mod, editor, stranger, case):
    who = {"oneself": mod, "staff": editor}.get(case, stranger)
    with pytest.raises(DecisionRefused):
        banning.ban(
            suspect=banning.Suspect(Person(who.pk)),
            kinds=[] if case == "nothing chosen" else [BanKind.ACCOUNT],
            lasts=None,
            ruling=Ruling(Measure.BANNED) if case == "no ground" else SPAM,
            by=mod,
            batch=new_batch(),
        )

    assert not Ban.objects.exists()
    assert not Decision.objects.exists()


def test_flood_is_shown_before_and_taken_away_as_one(desk_of, bridge, waiting_room, mod):
    flood = [said(bridge, f"Buy {n}.") for n in range(3)]
    other = said(bridge, "Good morning.", guest_key="o" * 64)
    CommentSource.objects.filter(comment=other).update(address="198.51.100.9")
    neighbour = said(bridge, "Buy too.", guest_key="n" * 64)
    said(bridge, "Last week.", at=clock.now() - dt.timedelta(days=7))
    items = [hold(bridge, f"Buy more {n}.") for n in range(2)]
    address = f"/moderation/{items[0].pk}/ban/"

    page = unescape(desk_of.get(address).content.decode())
    assert "Remove 3 comments, and decline 2 that wait" in page
    wide = unescape(desk_of.get(f"{address}?network=on").content.decode())
    assert "Remove 4 comments, and decline 2 that wait" in wide
    assert not Decision.objects.exists()
    answer = desk_of.post(
        address,
        {"ban_email": "on", "ban_address": "on", "lasts": "day", "sweep": "on", "ground": "spam"},
    )

    batch = Decision.objects.first().batch
    assert answer["Location"] == f"/moderation/?done={batch}"
    gone = set(Comment.objects.filter(removed_at__isnull=False).values_list("pk", flat=True))
    assert gone == {comment.pk for comment in flood}
    assert not QueueItem.objects.filter(closed_at=None).exists()
    # Of a flood of advertising each writer is not told each time; the ban says it.
    assert set(
        Decision.objects.filter(statement__isnull=False).values_list("measure", flat=True)
    ) == {"banned"}

    desk_of.post("/moderation/undo/", {"batch": batch})
    assert not Comment.objects.filter(removed_at__isnull=False).exists()
    assert QueueItem.objects.filter(closed_at=None).count() == 2
    assert not stands()
    assert neighbour.removed_at is None
    assert verify_record().faults == ()


def test_large_flood_goes_on_in_the_same_batch(desk_of, bridge, waiting_room, monkeypatch):
    monkeypatch.setattr(banning, "AT_ONCE", 2)
    item = hold(bridge)
    for n in range(3):
        said(bridge, f"Buy {n}.")
    data = {"sweep": "on", "ground": "insult"}

    first = desk_of.post(f"/moderation/{item.pk}/ban/", data)
    batch = Decision.objects.first().batch
    assert "More is left." in first.content.decode()
    last = desk_of.post(f"/moderation/{item.pk}/ban/", {**data, "batch": batch})

    assert last.status_code == 303
    assert set(Decision.objects.values_list("batch", flat=True)) == {batch}
    assert Decision.objects.filter(statement__isnull=False).count() == 4


@pytest.mark.parametrize(
    "data", [{}, {"ground": "spam"}, {"ban_email": "on"}, {"ban_email": "on", "ground": "rules"}]
)
def test_what_is_missing_is_said_and_nothing_is_done(desk_of, bridge, waiting_room, data):
    item = hold(bridge)

    answer = desk_of.post(f"/moderation/{item.pk}/ban/", data)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Decision.objects.exists()


def test_strangers_ban_nobody(client, bridge, waiting_room, stranger):
    item = hold(bridge)
    client.force_login(stranger)

    assert client.get(f"/moderation/{item.pk}/ban/").status_code == 403
    assert client.post(f"/moderation/{item.pk}/ban/", {"sweep": "on"}).status_code == 403


def test_undo_takes_back_the_ban_alone_too(bridge, mod, stranger):
    batch = new_batch()
    banning.ban(
        suspect=banning.Suspect(Person(stranger.pk)),
        kinds=[BanKind.ACCOUNT],
        lasts=None,
        ruling=SPAM,
        by=mod,
        batch=batch,
    )

    undo(batch=batch, by=mod)

    assert not stands(stranger)
    assert factories.comment(bridge).pk
