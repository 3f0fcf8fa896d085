"""The account's own page, what others see of it, and erasing it."""

from __future__ import annotations

import io
import json
import re
import time

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image
from tests import factories
from tests.shared_fixtures import shared_files

from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.models import Comment
from broadsheet.moderation.models import HeldComment
from broadsheet.paper.presenters.fragments import fragments
from broadsheet.readers import portraits, tickets
from broadsheet.readers.actions import ErasureRefused, account_of, change_address, erase_account
from broadsheet.readers.models import Account, Session, Ticket
from broadsheet.record.models import JournalEntry
from broadsheet.record.verify import verify_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_at_once")]

STORY = "/2026/09/council-sets-bridge-budget/"


@pytest.fixture
def lena(publication) -> Account:
    account, _ = account_of(email="lena@reader.example")
    Account.objects.filter(pk=account.pk).update(name="Lena Marsh")
    account.refresh_from_db()
    return account


@pytest.fixture
def own(client, lena) -> Client:
    client.force_login(lena)
    return client


def said(document, account, text="Are you sure?", **fields) -> Comment:
    return post_comment(
        document_id=document.pk, draft=Draft(text=text, name="x", **fields), account=account
    )


def done(answer) -> str:
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return re.search(r"done=([\w-]+)", answer["Location"]).group(1)


# The name


def test_name_is_changed_and_stands_beside_what_is_written_next(own, lena):
    document = factories.story()
    before = said(document, lena)

    assert done(own.post("/account/name/", {"name": "  Lena\u200b M. "})) == "name"

    lena.refresh_from_db()
    after = said(document, lena, "And now?")
    assert (before.name, lena.name, after.name) == ("Lena Marsh", "Lena M.", "Lena M.")


@pytest.mark.parametrize("name", ["", " ", "\u200b", "x" * 61, "\u202e"])
def test_unusable_name_is_refused_and_kept_in_the_form(own, lena, name):
    answer = own.post("/account/name/", {"name": name})

    lena.refresh_from_db()
    assert (answer.status_code, lena.name) == (422, "Lena Marsh")
    assert 'id="name-error"' in answer.content.decode()


# The picture


def upload(own, data: bytes, name="me.png") -> object:
    return own.post("/account/picture/", {"picture": SimpleUploadedFile(name, data)})


def photograph() -> bytes:
    """A JPEG with a place in its EXIF, turned by a quarter."""
    image = Image.new("RGB", (900, 600), (10, 120, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Lena's kitchen"
    exif.get_ifd(0x8825)[1] = "N"
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def test_picture_is_stored_small_and_without_anything_else_in_it(own, lena):
    assert done(upload(own, photograph(), "kitchen.jpg")) == "picture"

    lena.refresh_from_db()
    data = portraits.portrait_bytes(lena.portrait, is_public=False)
    stored = Image.open(io.BytesIO(data))
    assert (stored.format, stored.size, dict(stored.getexif())) == ("WEBP", (256, 256), {})
    assert b"kitchen" not in data and len(data) < 20_000
    assert "/account/picture/shown/" in own.get("/account/").content.decode()
    shown = own.get("/account/picture/shown/")
    assert (shown["Content-Type"], shown.content) == ("image/webp", data)
    assert shown["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "GIF", "AVIF", "JPEG"])
def test_usual_formats_are_taken(own, lena, file_format):
    assert done(upload(own, factories.picture_bytes(300, 200, file_format))) == "picture"


def test_former_picture_is_deleted(own, lena, django_capture_on_commit_callbacks):
    upload(own, photograph())
    lena.refresh_from_db()
    former = lena.portrait

    with django_capture_on_commit_callbacks(execute=True):
        assert done(own.post("/account/picture/remove/")) == "picture-removed"

    lena.refresh_from_db()
    assert lena.portrait == ""
    assert not default_storage.exists(portraits.portrait_path(former, is_public=False))


def test_picture_is_where_everybody_finds_it_only_while_the_profile_is_public(
    own, lena, client, django_capture_on_commit_callbacks
):
    def is_served(name: str) -> bool:
        return default_storage.exists(portraits.portrait_path(name, is_public=True))

    def choose(**public: str) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            own.post("/account/public/", public)
        lena.refresh_from_db()
        return lena.portrait

    upload(own, photograph())
    lena.refresh_from_db()
    hidden = lena.portrait
    assert not is_served(hidden)
    public = choose(has_profile="on")
    assert (is_served(public), public != hidden) == (True, True)
    assert f"/media/readers/{public}.webp" in client.get(f"/reader/{lena.pk}/").content.decode()
    again = choose()

    assert (is_served(public), is_served(again), lena.has_profile) == (False, False, False)
    assert own.get("/account/picture/shown/").status_code == 200
    assert Client().get("/account/picture/shown/").status_code == 302
    upload(own, photograph())
    lena.refresh_from_db()
    assert not is_served(lena.portrait)
    with django_capture_on_commit_callbacks(execute=True):
        own.post("/account/picture/remove/")
    assert own.get("/account/picture/shown/")["Location"] == f"/reader/{lena.pk}/initials.svg"


def hostile_pictures() -> list[tuple[str, bytes]]:
    found = [
        ("nothing", b""),
        ("text", b"not a picture"),
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("tiff", factories.picture_bytes(20, 20, "TIFF")),
        ("bmp", factories.picture_bytes(20, 20, "BMP")),
        ("half", photograph()[: len(photograph()) // 2]),
        ("too long", factories.picture_bytes(17_000, 2)),
        ("many bytes", b"\x89PNG\r\n\x1a\n" + bytes(portraits.MAX_BYTES)),
    ]
    for pattern in ("images/*", "uploads/*"):
        found += [
            (each.name, each.read_bytes()) for each in shared_files(f"fixtures/bad-input/{pattern}")
        ]
    return found


READABLE = {
    "hopper_bad_exif.jpg",
    "invalid-exif.jpg",
    "payload_in_all_known_metadata.jpg",
    "xss_comment_exif_metadata_double_quote.png",
}
"""Pictures in spite of what is in their metadata; that does not come along."""


@pytest.mark.parametrize(("name", "data"), hostile_pictures(), ids=lambda each: str(each)[:20])
def test_hostile_picture_is_refused_with_a_reason_in_little_time(own, lena, name, data):
    began = time.process_time()

    answer = upload(own, data, name)

    lena.refresh_from_db()
    assert time.process_time() - began < 10
    if name in READABLE:
        assert done(answer) == "picture"
        stored = portraits.portrait_bytes(lena.portrait, is_public=False)
        assert b"script" not in stored and b"onerror" not in stored and b"alert" not in stored
    else:
        assert (answer.status_code, lena.portrait) == (422, "")
        assert re.search(r'id="picture-error" role="alert">[A-Z]', answer.content.decode())


# What is public


def test_profile_is_there_only_for_who_wants_one(client, lena):
    strangers = Client()
    assert strangers.get(f"/reader/{lena.pk}/").status_code == 404
    assert strangers.get(f"/reader/{lena.pk}/initials.svg").status_code == 404
    client.force_login(lena)

    assert done(client.post("/account/public/", {"has_profile": "on", "lists_comments": "on"}))

    page = strangers.get(f"/reader/{lena.pk}/")
    assert page.status_code == 200
    assert "Lena Marsh" in page.content.decode()
    assert lena.email not in page.content.decode()
    svg = strangers.get(f"/reader/{lena.pk}/initials.svg")
    assert svg["Content-Type"] == "image/svg+xml" and ">LM<" in svg.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_profile_lists_what_may_be_read_in_few_statements(
    client, lena, django_assert_num_queries, count
):
    Account.objects.filter(pk=lena.pk).update(has_profile=True)
    document = factories.story()
    for n in range(count):
        said(document, lena, f"Number {n}.")
    client.get("/")

    # Two of them are the frame, which is kept outside of a test’s transaction.
    with django_assert_num_queries(7):
        page = client.get(f"/reader/{lena.pk}/").content.decode()

    assert re.findall(r"Number \d", page) == [f"Number {n}" for n in reversed(range(count))]


def test_profile_goes_on_by_pages_and_leaves_out_what_is_gone(client, lena, monkeypatch):
    from broadsheet.discussion.removal import remove_comment
    from broadsheet.paper.views import readers

    monkeypatch.setattr(readers, "PER_PAGE", 2)
    Account.objects.filter(pk=lena.pk).update(has_profile=True)
    document = factories.story()
    comments = [said(document, lena, f"Number {n}.") for n in range(4)]
    remove_comment(comment_id=comments[2].pk, by="Eve", reason="Off topic.")

    first = client.get(f"/reader/{lena.pk}/").content.decode()
    older = re.search(r'href="(\?before=\d+)"', first).group(1)
    second = client.get(f"/reader/{lena.pk}/{older}")

    assert re.findall(r"Number \d", first) == ["Number 3", "Number 1"]
    assert re.findall(r"Number \d", second.content.decode()) == ["Number 0"]
    assert second["X-Robots-Tag"] == "noindex"
    assert client.get(f"/reader/{lena.pk}/?before=x").status_code == 404


def test_list_is_left_out_where_it_is_not_wanted(client, lena):
    Account.objects.filter(pk=lena.pk).update(has_profile=True, lists_comments=False)
    said(factories.story(), lena, "Hidden from the list.")

    assert "Hidden from" not in client.get(f"/reader/{lena.pk}/").content.decode()


def test_name_beside_a_comment_leads_to_the_profile_while_there_is_one(own, lena):
    said(factories.story(), lena)
    link = f'<a class="who" href="/reader/{lena.pk}/"><bdi>Lena Marsh</bdi></a>'
    stranger = Client()
    seen = [link in stranger.get(STORY).content.decode()]

    for data in ({"has_profile": "on"}, {}):
        own.post("/account/public/", data)
        seen.append(link in stranger.get(STORY).content.decode())

    assert seen == [False, True, False]


# Sessions


def test_sessions_are_listed_by_browser_and_ended_one_by_one_or_all(own, lena):
    others = [Client(headers={"User-Agent": agent}) for agent in (
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
    )]  # fmt: skip
    for other in others:
        tickets_before = Ticket.objects.count()
        other.post("/account/sign-in/", {"email": lena.email})
        assert Ticket.objects.count() == tickets_before + 1
        code = re.search(r"\d{4}-\d{4}", mail.outbox[-1].body).group()
        other.post("/account/sign-in/code/", {"code": code})
    page = own.get("/account/").content.decode()
    assert "Firefox on Linux" in page and "Safari on iPhone" in page
    key = Session.objects.get(device="Firefox on Linux").pk

    assert done(own.post("/account/sessions/end/", {"which": key})) == "ended"
    assert [each.get("/me/").json()["account"] for each in (own, *others)] == [True, False, True]

    assert done(own.post("/account/sessions/end/", {"which": "others"})) == "ended-others"
    assert [each.get("/me/").json()["account"] for each in (own, *others)] == [True, False, False]


def test_session_of_somebody_else_is_not_ended(own, lena, stranger):
    other = Client()
    other.force_login(stranger)
    key = Session.objects.get(account=stranger).pk

    own.post("/account/sessions/end/", {"which": key})

    assert other.get("/me/").json()["account"] is True


def test_no_address_of_a_computer_is_kept_with_a_session(own):
    names = {field.name for field in Session._meta.get_fields()}
    assert names == {
        "session_key", "session_data", "expire_date", "account", "device", "started_at", "used_at"
    }  # fmt: skip
    assert "127.0.0.1" not in repr(Session.objects.values_list())


# Another address


def test_another_address_is_taken_when_it_is_confirmed(own, lena):
    own.post("/account/address/", {"email": "marsh@reader.example"})
    lena.refresh_from_db()
    assert (lena.email, mail.outbox[0].recipients()) == (
        "lena@reader.example", ["marsh@reader.example"]
    )  # fmt: skip
    code = re.search(r"\d{4}-\d{4}", mail.outbox[0].body).group()

    assert done(own.post("/account/address/code/", {"code": code})) == "address"

    lena.refresh_from_db()
    assert lena.email == "marsh@reader.example"


def test_address_of_another_account_is_told_only_to_its_owner(own, lena, stranger):
    asked = own.post("/account/address/", {"email": stranger.email})
    assert asked.status_code == 303
    code = re.search(r"\d{4}-\d{4}", mail.outbox[0].body).group()

    answer = own.post("/account/address/code/", {"code": code})

    assert (answer.status_code, "Another account has" in answer.content.decode()) == (422, True)


def test_address_that_the_desk_changed_counts_as_unconfirmed(lena):
    from broadsheet.readers.actions import confirmed_address

    assert confirmed_address(lena) == "lena@reader.example"
    lena.email = "other@reader.example"
    lena.save()
    assert confirmed_address(lena) == ""
    change_address(account=lena, email="third@reader.example")
    assert confirmed_address(lena) == "third@reader.example"


# Proof


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/account/erase/"), ("post", "/account/erase/"), ("get", "/account/address/"),
     ("post", "/account/passkeys/add/"), ("get", "/account/passkeys/options/"),
     ("post", "/account/password/")],
)  # fmt: skip
def test_what_matters_asks_again_after_a_while(own, monkeypatch, method, path):
    from broadsheet.readers import proof

    monkeypatch.setattr(proof, "GOOD_FOR", 0)
    answer = getattr(own, method)(path, {"words": "take", "sure": "on"})

    assert answer["Location"].startswith("/account/proof/?next=")
    assert Account.objects.filter(email="lena@reader.example").exists()


def test_code_proves_once_and_leads_on(own, lena):
    session = own.session
    session["proved_at"] = 0
    session.save()
    assert own.get("/account/erase/").status_code == 303
    own.post("/account/proof/", {"do": "send", "next": "/account/erase/"})
    code = re.search(r"\d{4}-\d{4}", mail.outbox[0].body).group()

    wrong = own.post("/account/proof/", {"do": "check", "code": "1", "next": "/account/erase/"})
    right = own.post("/account/proof/", {"do": "check", "code": code, "next": "/account/erase/"})

    assert (wrong.status_code, right["Location"]) == (422, "/account/erase/")
    assert own.get("/account/erase/").status_code == 200


def test_code_of_another_account_proves_nothing(own, lena, stranger):
    ticket = tickets.issue(purpose="proof", email=stranger.email, account=stranger)
    session = own.session
    session["proved_at"], session["proof_ticket"] = 0, ticket.pk
    session.save()

    own.post("/account/proof/", {"do": "check", "code": tickets.code_of(ticket)})

    assert own.get("/account/erase/").status_code == 303


# Export and erasure


def test_export_tells_all_that_is_kept(own, lena):
    document = factories.story()
    comment = said(document, lena, "Are *you* sure?")
    factories.proposal(document, name="Lena", proposer=lena)

    answer = own.get("/account/export/")

    told = json.loads(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="my-account.json"'
    assert {"account", "comments", "held", "passkeys", "proposals", "providers", "sessions"} <= set(
        told
    )
    assert told["account"]["email"] == lena.email
    assert [each["versions"][0]["text"] for each in told["comments"]][:1] == ["Are *you* sure?"]
    assert told["comments"][0]["address"].endswith(f"/c/{comment.pk}/")
    assert len(told["proposals"]) == len(told["sessions"]) == 1


def test_export_is_for_its_owner_alone(client, lena):
    assert client.get("/account/export/").status_code == 302


def everything_stored() -> str:
    """All that the database holds, as text; byte strings as they are."""
    stored = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += [_as_text(value) for row in cursor.fetchall() for value in row]
    return "\n".join(stored)


def _as_text(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def pages(document) -> str:
    """Return all pages on which a comment of the story may stand."""
    client = Client()
    paths = [
        STORY, f"{STORY}discussion/", f"{STORY}v/1/", f"{STORY}annotations/", f"{STORY}annotations/?page=0",
        f"{STORY}at/20300101T000000Z/", "/", "/feed.xml", "/corrections/", f"{STORY}changes/",
    ]  # fmt: skip
    paths += [f"/proposal/{pk}/" for pk in document.proposals.values_list("pk", flat=True)]
    paths += [f"/a/{pk}/" for pk in document.comments.values_list("pk", flat=True)]
    now = document.comments.latest("pk").posted_at.strftime("%Y%m%dT%H%M%SZ")
    paths.append(f"{STORY}at/{now}/")
    return "\n".join(client.get(path).content.decode() for path in paths)


@pytest.fixture
def talked(lena):
    """A story with words of Lena's, an answer to them, a removed comment, and one that waits."""
    from broadsheet.discussion.removal import remove_comment

    document = factories.story()
    first = said(document, lena, "Kittiwakes nest there.")
    factories.comment(document, "Do they?", name="Omar", parent=first)
    gone = said(document, lena, "Cormorants too.")
    remove_comment(comment_id=gone.pk, by="Eve", reason="Off topic.")
    factories.proposal(document, name="Lena Marsh", proposer=lena, reason="Guillemots say so.")
    HeldComment.objects.create(
        document=document, account=lena, name="Lena Marsh", text="Puffins wait.", draft={},
        key="k", reasons=[], held_at=factories.MORNING,
    )  # fmt: skip
    document.refresh_from_db()
    return document


WORDS = ("Kittiwakes", "Cormorants", "Puffins", "Guillemots")


@pytest.mark.parametrize(("choice", "kept"), [("keep", ("Kittiwakes", "Guillemots")), ("take", ())])
def test_erasing_leaves_nothing_that_leads_to_the_person(own, lena, talked, choice, kept):
    upload(own, photograph())
    lena.refresh_from_db()
    portrait = lena.portrait
    before = pages(talked)
    assert "Lena Marsh" in before and "Kittiwakes" in before
    own.post("/account/proof/", {"do": "send"})

    answer = own.post("/account/erase/", {"words": choice, "sure": "on"})

    assert answer["Location"] == "/account/erased/"
    stored, shown = everything_stored(), pages(talked)
    for text in (stored, shown):
        assert [w for w in ("Lena", "lena@reader.example") if w in text] == []
        assert tuple(w for w in WORDS if w in text) == kept
    assert portrait not in stored
    # A proposal stays in its place, without name and reason: an edition may rest on it.
    assert "Deleted reader" in shown
    assert ("Deleted by its writer" in shown) == (choice == "take")
    assert "Do they?" in shown and "Omar" in shown
    assert verify_record().faults == ()
    assert own.get("/me/").json()["account"] is False


def test_digests_cannot_be_tried_against_erased_words(lena, talked):
    salted = JournalEntry.objects.filter(document=talked, salt__isnull=False)
    before = set(salted.values_list("reference", flat=True))

    erase_account(account=lena, keeps_words=False)

    mine = {
        f"comment/{pk}" for pk in talked.comments.exclude(name="Omar").values_list("pk", flat=True)
    }
    after = set(salted.values_list("reference", flat=True))
    assert mine <= before and not mine & after
    assert verify_record().faults == ()


def test_fragments_in_memory_are_let_go(own, lena, talked, django_capture_on_commit_callbacks):
    pages(talked)
    assert any("Kittiwakes" in each for each in fragments._kept.values())

    with django_capture_on_commit_callbacks(execute=True):
        erase_account(account=lena, keeps_words=False)
    Client().get(STORY)

    assert not any("Kittiwakes" in each or "Lena" in each for each in fragments._kept.values())


def test_words_of_others_and_their_count_stay(lena, talked):
    count = talked.comments.count()

    erase_account(account=lena, keeps_words=False)

    talked.refresh_from_db()
    assert talked.comments.count() == talked.thread.comment_count == count


@pytest.mark.parametrize(
    "data", [{}, {"words": "keep"}, {"sure": "on"}, {"words": "x", "sure": "on"}]
)
def test_erasing_wants_a_choice_and_a_tick(own, lena, data):
    answer = own.post("/account/erase/", data)

    assert answer.status_code == 422
    assert Account.objects.filter(pk=lena.pk).exists()


def test_who_works_for_the_publication_is_not_erased_here(editor, author):
    for account in (editor, author.account):
        with pytest.raises(ErasureRefused, match="works for the publication"):
            erase_account(account=account, keeps_words=True)


def test_failure_in_one_room_keeps_the_account_and_all_of_its_words(lena, talked, monkeypatch):
    from broadsheet.readers.signals import account_erasing

    def fail(**_):
        raise RuntimeError("no")

    account_erasing.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            erase_account(account=lena, keeps_words=False)
    finally:
        account_erasing.disconnect(fail)

    assert Account.objects.filter(pk=lena.pk).exists()
    assert "Kittiwakes" in pages(talked)


def test_stranger_sees_nothing_of_an_account(client, lena, stranger):
    client.force_login(stranger)

    page = client.get("/account/").content.decode()

    assert "lena@reader.example" not in page and stranger.email in page
