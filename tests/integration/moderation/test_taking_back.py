"""A writer takes back what waits for a moderator."""

from __future__ import annotations

from html import unescape

import pytest
from django.conf import settings as product
from django.db import connection
from django.test import Client
from tests import factories
from tests.integration.moderation.answering import GUEST, hold
from tests.integration.moderation.conftest import send

from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.editing import prepared_edit
from broadsheet.discussion.models import Comment, RemovedWords
from broadsheet.discussion.people import Person
from broadsheet.moderation.actions import AlreadyDecided
from broadsheet.moderation.deciding import ItemGone, Ruling, decide, new_batch, undo
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import HeldComment, QueueItem, Trace
from broadsheet.moderation.submission import submit_edit
from broadsheet.moderation.taking_back import take_back
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db

STORY = "/2026/09/bridge/"
WORDS = "The frobozzian council never counted any of these votes by hand."
LENA = Person(guest_key=GUEST)
FORM = {"text": WORDS, "name": "Lena", "email": "lena@reader.example", "do": "post"}


@pytest.fixture
def guest(bridge, waiting_room) -> Client:
    """A browser in which somebody without an account wrote what waits."""
    client = Client()
    answer = client.post(f"{STORY}comment/", FORM)
    assert answer.status_code == 202
    return client


@pytest.fixture
def held(guest) -> HeldComment:
    return HeldComment.objects.get()


def plain(answer) -> str:
    return unescape(answer.content.decode())


def own(held: HeldComment) -> str:
    return f"/moderation/mine/{held.pk}/"


def stored() -> str:
    """Return all that the database holds, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def test_page_after_it_was_held_and_the_list_lead_to_it(bridge, waiting_room):
    client = Client()
    told = plain(client.post(f"{STORY}comment/", FORM))
    held = HeldComment.objects.get()

    assert f'href="{own(held)}"' in told
    assert 'href="/moderation/mine/"' in told
    assert f'href="{own(held)}"' in plain(client.get("/moderation/mine/"))
    page = plain(client.get(own(held)))
    assert WORDS in page and "Take it back" in page
    [mine] = client.get(f"{STORY}mine/").json()["held"]
    assert f'href="{own(held)}"' in mine["html"]


def test_words_go_from_the_store_and_come_back_in_a_form_once(guest, held):
    answer = guest.post(own(held))

    page = plain(answer)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"
    assert f"{WORDS}</textarea>" in page and 'value="Lena"' in page
    assert f'action="{STORY}comment/"' in page
    assert "frobozzian" not in stored()
    assert "lena@reader.example" not in stored()
    held.refresh_from_db()
    assert (held.state, held.text, held.name, held.address) == ("withdrawn", "", "", None)
    assert "Nothing of yours waits" in plain(guest.get("/moderation/mine/"))
    assert guest.get(f"{STORY}mine/").json()["held"] == []


def test_second_time_says_the_same_without_the_words(guest, held):
    guest.post(own(held))
    again = guest.post(own(held))

    assert again.status_code == 200
    assert "You took it back" in plain(again) and "frobozzian" not in plain(again)
    assert "<textarea" not in plain(again)


def test_same_words_can_be_sent_again(guest, held):
    guest.post(own(held))

    answer = guest.post(f"{STORY}comment/", FORM)

    assert answer.status_code == 202, plain(answer)
    assert HeldComment.objects.filter(state="waiting").get().text == WORDS


def test_rates_go_on_to_count_it_without_knowing_what_it_said(guest, held):
    assert bytes(Trace.objects.get().sketch)

    guest.post(own(held))

    trace = Trace.objects.get()
    assert (bytes(trace.sketch), trace.band_1, trace.guest_key) == (b"", None, held.guest_key)


def test_nobody_else_finds_it(guest, held, stranger):
    for client in (Client(), Client()):
        assert client.get(own(held)).status_code == 404
        assert client.post(own(held)).status_code == 404
    other = Client()
    other.force_login(stranger)
    assert other.post(own(held)).status_code == 404
    held.refresh_from_db()
    assert held.state == "waiting"


def test_form_from_another_page_takes_nothing_back(guest, held):
    answer = guest.post(own(held), headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403 and WORDS in plain(answer)
    held.refresh_from_db()
    assert held.state == "waiting"


def test_account_takes_back_from_the_list_and_needs_a_token(bridge, waiting_room, stranger):
    send(bridge, WORDS, account=stranger)
    held = HeldComment.objects.get()
    client = Client(enforce_csrf_checks=True)
    client.force_login(stranger)
    assert 'href="/moderation/mine/"' in plain(client.get("/account/"))
    assert f'href="{own(held)}"' in plain(client.get("/moderation/mine/"))
    assert client.post(own(held)).status_code == 403

    client.get(own(held))
    token = client.cookies[product.CSRF_COOKIE_NAME].value
    answer = client.post(own(held), {"csrfmiddlewaretoken": token})

    assert answer.status_code == 200 and f"{WORDS}</textarea>" in plain(answer)
    assert "You write as" in plain(answer)
    held.refresh_from_db()
    assert (held.state, held.account) == ("withdrawn", stranger)


def test_queue_hears_of_it(guest, held, mod, client):
    client.force_login(mod)
    item = QueueItem.objects.get()
    counts = client.get(f"/moderation/counts/?items={item.pk}-999-x").json()
    assert (counts["total"], counts["gone"]) == (1, {})

    guest.post(own(held))

    counts = client.get(f"/moderation/counts/?items={item.pk}-999-x").json()
    assert (counts["total"], counts["gone"]) == (0, {str(item.pk): "Its writer took it back."})
    assert client.get(f"/moderation/{item.pk}/").status_code == 404
    with pytest.raises(ItemGone, match="Its writer took it back"):
        decide(item_id=item.pk, ruling=Ruling(Measure.PUBLISHED), by=mod, batch=new_batch())
    assert not Comment.objects.exists()


def test_other_moderators_are_told_of_what_was_decided(bridge, mod, client):
    item = hold(bridge)
    decide(item_id=item.pk, ruling=Ruling(Measure.PUBLISHED), by=mod, batch=new_batch())
    client.force_login(mod)

    gone = client.get(f"/moderation/counts/?items={item.pk}").json()["gone"]

    assert gone == {str(item.pk): "It does not wait any more: another moderator decided it."}


def test_who_comes_after_the_decision_is_told_what_it_was(guest, held, mod):
    item = QueueItem.objects.get()
    decide(item_id=item.pk, ruling=Ruling(Measure.PUBLISHED), by=mod, batch=new_batch())
    comment = Comment.objects.get()

    answer = guest.post(own(held))

    page = plain(answer)
    assert answer.status_code == 409
    assert "decided a moment before" in page and "It was published" in page
    assert f'href="/c/{comment.pk}/delete/"' in page
    comment.refresh_from_db()
    assert comment.removed_at is None


def test_who_comes_after_a_refusal_finds_the_reason_and_the_appeal(guest, held, mod):
    item = QueueItem.objects.get()
    ruling = Ruling(Measure.DECLINED, Ground.INSULT, words="We don’t say that.")
    decide(item_id=item.pk, ruling=ruling, by=mod, batch=new_batch())

    answer = guest.post(own(held))

    assert answer.status_code == 409
    assert "We don’t say that." in plain(answer) and "/moderation/statement/" in plain(answer)
    assert "We don’t say that." in plain(guest.get(own(held)))


def test_what_stood_for_a_moment_leaves_a_tombstone_and_no_words(bridge, mod):
    item = hold(bridge, WORDS)
    batch = new_batch()
    decide(item_id=item.pk, ruling=Ruling(Measure.PUBLISHED), by=mod, batch=batch)
    undo(batch=batch, by=mod)

    taken = take_back(held_id=item.held_id, person=LENA)

    assert taken.draft and taken.draft.text == WORDS
    comment = Comment.objects.get()
    assert (comment.removed_by, comment.name) == ("moderator", "")
    assert not RemovedWords.objects.exists()
    assert "frobozzian" not in stored()
    assert QueueItem.objects.get().closed_at is not None
    assert take_back(held_id=item.held_id, person=LENA).draft is None
    assert verify_record().faults == ()


def test_change_that_waits_is_taken_back_and_the_comment_stands(
    bridge, waiting_room, stranger, client
):
    comment = post_comment(
        document_id=bridge.pk, draft=Draft(text="As it stood."), account=stranger
    )
    edit = prepared_edit(comment=comment, text=WORDS, person=Person(account=stranger))
    held = submit_edit(edit)
    client.force_login(stranger)
    assert f'href="{own(held)}"' in plain(client.get(f"/c/{comment.pk}/acts/"))

    answer = client.post(own(held))

    assert answer.status_code == 200
    assert f"{WORDS}</textarea>" in plain(answer)
    assert f'href="/c/{comment.pk}/edit/"' in plain(answer)
    assert "frobozzian" not in stored()
    assert comment.versions.get().text == "As it stood."
    assert not QueueItem.objects.filter(closed_at=None).exists()
    assert own(held) not in plain(client.get(f"/c/{comment.pk}/acts/"))
    assert submit_edit(edit).state == "waiting"


def test_everything_that_was_in_the_form_comes_back(bridge, waiting_room):
    asked = factories.comment(bridge, "Why?")
    held = send(
        bridge, WORDS, parent_id=asked.pk, is_question=True, disclosure="I sell bridges.",
        links_quotations=False, guest=GUEST,
    )  # fmt: skip

    draft = take_back(held_id=held.pk, person=LENA).draft

    assert draft is not None
    assert (draft.parent_id, draft.is_question, draft.links_quotations) == (asked.pk, True, False)
    assert draft.disclosure == "I sell bridges."


def test_with_the_decision_taken_it_is_too_late(bridge, mod):
    item = hold(bridge)
    ruling = Ruling(Measure.DECLINED, Ground.SPAM)
    decide(item_id=item.pk, ruling=ruling, by=mod, batch=new_batch())

    with pytest.raises(AlreadyDecided) as refused:
        take_back(held_id=item.held_id, person=LENA)
    assert refused.value.held.state == "declined"
