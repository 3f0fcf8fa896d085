"""Writing on the paper: with and without scripts, as guest and as author, and from elsewhere."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from tests import factories
from tests.unit.discussion.test_markdown import HOSTILE, long_lists

from broadsheet.discussion.models import Comment

pytestmark = pytest.mark.django_db
WRITE = "/2026/09/bridge/comment/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def bridge(publication, author):
    return factories.story("Bridge", slug="bridge", authors=(author,))


def form(**fields: str) -> dict[str, str]:
    return {"text": "Are you sure?", "name": "Lena", "email": "", "do": "post", **fields}


def test_guest_posts_without_scripts(client, bridge):
    answer = client.post(WRITE, form())

    comment = Comment.objects.get()
    seen = comment.document.head_sequence
    where = f"/2026/09/bridge/?seen={seen}#c-{comment.pk}"
    assert (answer.status_code, answer["Location"]) == (303, where)
    assert "Are you sure?" in client.get("/2026/09/bridge/").content.decode()


def test_guest_answers_a_comment_without_scripts(client, bridge):
    parent = factories.comment(bridge)

    shown = client.get(f"{WRITE}?to={parent.pk}").content.decode()
    client.post(WRITE, form(parent=str(parent.pk), text="No."))

    assert "Reply to <bdi>Lena</bdi>" in shown
    assert f'name="parent" value="{parent.pk}"' in shown
    assert Comment.objects.get(parent=parent).depth == 2


def test_what_is_wrong_is_said_beside_the_field_and_the_text_is_kept(client, bridge):
    answer = client.post(WRITE, form(name="", email="nonsense"))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'id="name-error" role="alert">Please give a name' in page
    assert 'id="email-error" role="alert">This is not an e-mail address' in page
    assert 'aria-describedby="name-error"' in page
    assert ">Are you sure?</textarea>" in page
    assert 'value="nonsense"' in page
    assert answer["Cache-Control"] == "private, no-store"
    assert Comment.objects.count() == 0


def test_preview_shows_and_stores_nothing(client, bridge):
    answer = client.post(WRITE, form(do="preview", text="*Sure*?"))
    page = answer.content.decode()

    assert "<em>Sure</em>?" in page
    assert ">*Sure*?</textarea>" in page
    assert re.search(r'name="key" value="[0-9a-f]{36}"', page)
    assert Comment.objects.count() == 0


def test_form_page_sent_twice_posts_once(client, bridge):
    page = client.get(WRITE).content.decode()
    key = re.search(r'name="key" value="([^"]*)"', page)[1]

    answers = [client.post(WRITE, form(key=key)) for _ in range(2)]

    assert Comment.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]


def test_script_gets_the_comment_to_put_in_place(client, bridge):
    parent = factories.comment(bridge)

    answer = client.post(WRITE, form(parent=str(parent.pk), text="No."), headers=JSON)
    data = answer.json()

    assert answer.status_code == 201
    assert (data["parent"], data["level"], data["count"]) == (parent.pk, 2, 2)
    assert f'id="c-{data["id"]}"' in data["html"]
    page = client.get("/2026/09/bridge/").content.decode()
    assert data["html"].strip() in page


def test_script_gets_errors_by_field(client, bridge):
    answer = client.post(WRITE, form(text=""), headers=JSON)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["text"])


def test_author_who_is_signed_in_is_marked(client, bridge, author):
    client.force_login(author.account)

    client.post(WRITE, form(name="Somebody"), headers={"Sec-Fetch-Site": "same-origin"})

    comment = Comment.objects.get()
    assert (comment.author, comment.name, comment.account) == (author, "Ann Lee", author.account)


def test_account_without_author_gets_no_mark(client, bridge, stranger):
    client.force_login(stranger)

    client.post(WRITE, form(name=""), headers={"Sec-Fetch-Site": "same-origin"})

    comment = Comment.objects.get()
    assert (comment.author, comment.name) == (None, "Sam Stranger")


@pytest.mark.parametrize(
    ("headers", "signed_in", "status"),
    [
        ({}, False, 303),
        ({"Sec-Fetch-Site": "same-origin"}, False, 303),
        ({"Sec-Fetch-Site": "cross-site"}, False, 403),
        ({"Sec-Fetch-Site": "same-site"}, False, 403),
        ({"Origin": "http://testserver"}, False, 303),
        ({"Origin": "https://evil.example"}, False, 403),
        ({"Origin": "null"}, False, 403),
        ({}, True, 403),
        ({"Sec-Fetch-Site": "same-origin"}, True, 303),
        ({"Sec-Fetch-Site": "cross-site"}, True, 403),
        ({"Origin": "http://testserver"}, True, 303),
        ({"Origin": "https://evil.example"}, True, 403),
    ],
)
def test_other_sites_cannot_write_for_a_reader(bridge, author, headers, signed_in, status):
    client = Client(enforce_csrf_checks=True)
    if signed_in:
        client.force_login(author.account)

    answer = client.post(WRITE, form(), headers=headers)

    assert answer.status_code == status
    assert Comment.objects.count() == (1 if status == 303 else 0)
    if status == 403:
        assert ">Are you sure?</textarea>" in answer.content.decode()


def test_form_page_carries_a_token_for_who_is_signed_in(bridge, author):
    client = Client(enforce_csrf_checks=True)
    client.force_login(author.account)
    page = client.get(WRITE).content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]*)"', page)[1]

    answer = client.post(WRITE, form(csrfmiddlewaretoken=token))

    assert answer.status_code == 303
    assert "You write as <strong>Ann Lee</strong>" in page


TOLD = {"muted": [], "unread": 0}
"""What somebody with an account is told besides."""


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        (None, {"account": False, "name": None, "mark": "", "desk": False}),
        ("nameless", {"account": True, "name": None, "mark": "", "desk": False, **TOLD}),
        ("author", {"account": True, "name": "Ann Lee", "mark": "Author", "desk": False, **TOLD}),
        ("stranger", {"account": True, "name": "Sam Stranger", "mark": "", "desk": False, **TOLD}),
        ("editor", {"account": True, "name": "Eve Editor", "mark": "Staff", "desk": True, **TOLD}),
    ],
)
def test_me_says_who_is_signed_in(client, author, stranger, editor, who, answer):
    nameless = factories.account("nobody@elsewhere.example")
    accounts = {"author": author.account, "stranger": stranger, "editor": editor}
    accounts["nameless"] = nameless
    if who:
        client.force_login(accounts[who])

    found = client.get("/me/")

    assert found.json() == answer
    assert found["Cache-Control"] == "private, no-store"


def test_e_mail_address_is_shown_nowhere(client, bridge):
    client.post(WRITE, form(email="lena@reader.example"))

    for path in ("/", "/2026/09/bridge/", "/feed.xml", f"{WRITE}?to={Comment.objects.get().pk}"):
        assert "lena@reader.example" not in client.get(path).content.decode()


@pytest.mark.parametrize("field", ["name", "text"])
def test_hostile_words_do_not_break_the_page(client, bridge, field):
    clean = client.get("/2026/09/bridge/").content.decode()
    words = [*HOSTILE, *(word[:2000] for word in long_lists()[::40])]
    for number, word in enumerate(words):
        client.post(WRITE, form(**{"text": f"n {number}", "name": "Lena", field: word}))

    page = client.get("/2026/09/bridge/").content.decode()

    outside = re.sub(r'(?s)<ol class="thread".*</ol>\s*\n', "", page)
    assert Comment.objects.count() > 5
    for tag in ("script", "style", "iframe", "svg", "h1"):
        assert page.count(f"<{tag}") == clean.count(f"<{tag}")
    # Each comment has the button that thanks for it.
    assert page.count("<form") == clean.count("<form") + page.count("data-react")
    assert page.count("data-react") == Comment.objects.count()
    assert outside.count("</main>") == 1
    inside = re.search(r'(?s)<ol class="thread"[^>]*>(.*)</ol>', page)[1]
    assert not re.search(r"<[^>]*\son\w+\s*=", html.unescape(re.sub(r">[^<]*<", "><", inside)))


def test_form_sent_to_an_old_address_keeps_its_words(client, bridge):
    factories.edition(bridge, "Bridge", slug="moved")

    answer = client.post(WRITE, form())

    assert (answer.status_code, answer["Location"]) == (308, "/2026/09/moved/comment/")


def test_key_of_another_story_posts_here(client, bridge):
    factories.story("Other", slug="other")
    key = "k" * 32

    client.post("/2026/09/other/comment/", form(key=key))
    answer = client.post(WRITE, form(key=key), headers=JSON)

    assert answer.status_code == 201
    assert Comment.objects.filter(document=bridge).count() == 1


def test_other_words_with_the_same_key_are_posted_too(client, bridge):
    for words in ("One.", "Two."):
        client.post(WRITE, form(key="k" * 32, text=words))

    assert Comment.objects.count() == 2


@pytest.mark.parametrize("parent", ["999999", "abc", "-1"])
def test_answer_to_nothing_keeps_its_words(client, bridge, parent):
    answer = client.post(WRITE, form(parent=parent))

    assert answer.status_code == 422
    assert ">Are you sure?</textarea>" in answer.content.decode()
    assert Comment.objects.count() == 0


def test_withdrawn_story_takes_no_comments(client, bridge):
    from broadsheet.record.actions import withdraw_document

    withdraw_document(document_id=bridge.pk)

    answer = client.post(WRITE, form())
    page = client.get("/2026/09/bridge/").content.decode()

    assert answer.status_code == 422
    assert "Its discussion" in page or "discussion is closed" in page
    assert 'name="robots" content="noindex"' in page


def test_account_without_a_name_is_asked_for_one(client, bridge):
    account = factories.account("nobody@elsewhere.example")
    client.force_login(account)

    refused = client.post(WRITE, form(name=""), headers={"Sec-Fetch-Site": "same-origin"})
    client.post(WRITE, form(), headers={"Sec-Fetch-Site": "same-origin"})

    assert refused.status_code == 422
    assert Comment.objects.get().name == "Lena"
    assert "nobody@elsewhere.example" not in client.get("/2026/09/bridge/").content.decode()


def test_piles_of_marks_are_cut_before_they_cost(client, bridge):
    pile = "a" + "\u0315\u0300\u0316\u0321\u0334" * 7_000

    client.post(WRITE, form(text=pile))
    client.post(WRITE, form(name=pile))

    assert all(len(comment.versions.get().text) < 20 for comment in Comment.objects.all())
