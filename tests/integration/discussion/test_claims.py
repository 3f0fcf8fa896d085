"""Comments written before there was an account: a guest's by address, an imported one by an editor."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from tests import factories

from broadsheet.discussion.actions import Draft, ImportedComment, import_comments, post_comment
from broadsheet.discussion.claims import (
    OPEN_AT_ONCE,
    ClaimRefused,
    ask_for_name,
    claim_comments,
    claimable,
    decide_claim,
)
from broadsheet.discussion.models import Comment, NameClaim
from broadsheet.discussion.removal import remove_comment
from broadsheet.readers.actions import account_of, erase_account
from broadsheet.record.models import JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def omar(publication):
    account, _ = account_of(email="omar@reader.example")
    account.name = "Omar Reed"
    account.save()
    return account


def guest(document, text="Who counted?", email="Omar@Reader.example", name="Omar R"):
    draft = Draft(text=text, name=name, email=email)
    return post_comment(document_id=document.pk, draft=draft)


@pytest.fixture
def imported(publication):
    document = factories.story()
    import_comments(
        document_id=document.pk,
        comments=[
            ImportedComment("1", None, "Steve B.", "First!", None),
            ImportedComment("2", None, "Lena", "Second.", None),
            ImportedComment("3", None, "Steve B.", "Third.", None),
        ],
    )
    return document


@pytest.mark.parametrize("count", [1, 3])
def test_guests_comments_with_the_address_are_offered(
    omar, stranger, count, django_assert_num_queries
):
    document = factories.story()
    mine = [guest(document, f"Number {n}.") for n in range(count)]
    guest(document, "Not mine.", "other@reader.example")
    guest(document, "Without an address.", "")
    remove_comment(comment_id=guest(document, "Gone.").pk, by="Eve", reason="Off topic.")

    with django_assert_num_queries(3):
        offered = claimable(omar)

    assert [each.pk for each in offered] == [each.pk for each in reversed(mine)]
    assert claimable(stranger) == []


def test_address_that_was_not_confirmed_claims_nothing(publication):
    account = factories.account("omar@reader.example", "Omar")
    comment = guest(factories.story())

    assert claimable(account) == []
    with pytest.raises(ClaimRefused):
        claim_comments(account=account, comment_ids=[comment.pk])


def test_claimed_comment_belongs_to_the_account_and_keeps_its_name(omar, client):
    document = factories.story()
    comment = guest(document)
    client.force_login(omar)
    client.post("/account/public/", {"has_profile": "on"})
    assert "Who counted?" in client.get("/account/").content.decode()

    answer = client.post("/account/claim/", {"comment": [comment.pk]})

    comment.refresh_from_db()
    page = Client().get("/2026/09/council-sets-bridge-budget/").content.decode()
    assert answer["Location"] == "/account/?done=claimed#claims"
    assert (comment.account, comment.name) == (omar, "Omar R")
    assert f'<a class="who" href="/reader/{omar.pk}/"><bdi>Omar R</bdi></a>' in page
    assert claimable(omar) == []
    assert verify_record().faults == ()


def test_comments_of_others_are_not_claimed(omar, author, client):
    document = factories.story()
    others = [
        guest(document, "Not mine.", "other@reader.example"),
        factories.comment(document, "An author's.", author=author),
    ]
    mine = guest(document)

    assert claim_comments(account=omar, comment_ids=[*(each.pk for each in others), mine.pk]) == 1
    assert list(Comment.objects.filter(account=omar)) == [mine]
    client.force_login(omar)
    for chosen in ([], ["x"], [others[0].pk], [10**17]):
        assert client.post("/account/claim/", {"comment": chosen}).status_code == 422


def test_imported_name_is_the_readers_when_an_editor_believes_it(
    omar, imported, editor, client, django_capture_on_commit_callbacks
):
    first = imported.comments.order_by("sequence").first()
    client.force_login(omar)
    asked = client.post(
        "/account/claim/name/",
        {"address": f"https://news.example/c/{first.pk}/", "reason": "Ask my brother Paul."},
    )
    desk = Client()
    desk.force_login(editor)
    page = desk.get("/desk/claimed-names/").content.decode()
    assert asked["Location"] == "/account/?done=asked#claims"
    assert "Ask my brother Paul." in page and "Steve B." in page

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(
            f"/desk/claimed-names/{NameClaim.objects.get().pk}/", {"same": "yes", "reason": "Hi."}
        )

    theirs = Comment.objects.filter(account=omar)
    assert sorted(theirs.values_list("name", flat=True)) == ["Steve B.", "Steve B."]
    [letter] = mail.outbox
    assert letter.recipients() == [omar.email] and "believe that you are “Steve B.”" in letter.body
    assert "They say: Hi." in letter.body
    entry = JournalEntry.objects.filter(document=imported).latest("sequence")
    assert (entry.kind, entry.reference.split("/")[::2]) == ("attribution", ["claim", "accepted"])
    assert verify_record().faults == ()


def test_declined_name_stays_and_the_reader_is_told_why(
    omar, imported, editor, client, django_capture_on_commit_callbacks
):
    claim = ask_for_name(account=omar, comment_id=imported.comments.first().pk, reason="It is me.")
    client.force_login(editor)
    answer = client.post(f"/desk/claimed-names/{claim.pk}/", {"same": "no"}, follow=True)
    assert "Say why not" in answer.content.decode() and mail.outbox == []

    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/desk/claimed-names/{claim.pk}/", {"same": "no", "reason": "Paul says no."})

    assert Comment.objects.filter(account=omar).count() == 0
    assert "Paul says no." in mail.outbox[0].body
    with pytest.raises(ClaimRefused, match="decided already"):
        decide_claim(claim_id=claim.pk, is_same_person=True, by="Eve", reason="")
    assert verify_record().faults == ()


def test_stranger_decides_nothing(omar, imported, client, stranger):
    claim = ask_for_name(account=omar, comment_id=imported.comments.first().pk, reason="It is me.")
    client.force_login(stranger)

    for answer in (
        client.get("/desk/claimed-names/"),
        client.post(f"/desk/claimed-names/{claim.pk}/", {"same": "yes"}),
    ):
        assert answer.status_code in (302, 403)
    claim.refresh_from_db()
    assert claim.state == "offered"


@pytest.mark.parametrize(
    ("address", "reason", "said"),
    [
        ("", "It is me.", "no imported comment"),
        ("/c/999999/", "It is me.", "no imported comment"),
        ("nonsense", "It is me.", "no imported comment"),
        ("/c/{here}/", "It is me.", "no imported comment"),
        ("/c/{there}/", " ", "say how the editors"),
        ("/c/{there}/", "x" * 1001, "at most 1,000 characters"),
        ("9" * 400, "It is me.", "no imported comment"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_kept(omar, imported, client, address, reason, said):
    here = guest(imported).pk
    client.force_login(omar)
    address = address.format(here=here, there=imported.comments.first().pk)

    answer = client.post("/account/claim/name/", {"address": address, "reason": reason})

    page = answer.content.decode()
    assert (answer.status_code, NameClaim.objects.count()) == (422, 0)
    assert said in page and f'value="{address}"' in page


def test_name_is_asked_for_once_and_few_at_a_time(omar, imported):
    first = imported.comments.order_by("sequence").first()
    ask_for_name(account=omar, comment_id=first.pk, reason="It is me.")
    with pytest.raises(ClaimRefused, match="already"):
        ask_for_name(account=omar, comment_id=first.pk, reason="It is me.")
    other = factories.story("Another story", slug="another")
    import_comments(
        document_id=other.pk,
        comments=[ImportedComment(f"{n}", None, f"N {n}", "Hm.", None) for n in range(9)],
    )
    for comment in other.comments.all()[: OPEN_AT_ONCE - 1]:
        ask_for_name(account=omar, comment_id=comment.pk, reason="It is me.")
    with pytest.raises(ClaimRefused, match="Please wait"):
        ask_for_name(account=omar, comment_id=other.comments.last().pk, reason="It is me.")


def test_erasing_who_claimed_leaves_a_journal_that_checks(omar, imported):
    guest_comment = guest(imported)
    claim_comments(account=omar, comment_ids=[guest_comment.pk])
    claim = ask_for_name(account=omar, comment_id=imported.comments.first().pk, reason="It is me.")
    decide_claim(claim_id=claim.pk, is_same_person=True, by="Eve", reason="")

    erase_account(account=omar, keeps_words=True)

    assert NameClaim.objects.count() == 0
    assert verify_record().faults == ()
