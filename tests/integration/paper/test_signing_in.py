"""Signing in by mail, with and without an account, and all that may be tried against it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.shared_fixtures import shared_files

from broadsheet import clock
from broadsheet.paper.views.returning import safe_path
from broadsheet.readers import tickets
from broadsheet.readers.models import Account, Session, Tally, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_at_once")]

ADDRESS = "lena@reader.example"


def code_in(letter) -> str:
    return re.search(r"\d{4}-\d{4}", letter.body).group()


def link_in(letter) -> str:
    return re.search(r"http://localhost:8000(/account/sign-in/\S+)", letter.body).group(1)


def ask(client, email=ADDRESS, **data):
    return client.post("/account/sign-in/", {"email": email, **data})


def sign_in(client, email=ADDRESS, **data):
    ask(client, email, **data)
    return client.post("/account/sign-in/code/", {"code": code_in(mail.outbox[-1])})


def test_code_makes_an_account_and_leads_to_its_name(client, publication):
    asked = ask(client, next="/2026/11/story/#discussion")
    entered = client.post("/account/sign-in/code/", {"code": code_in(mail.outbox[0])})

    account = Account.objects.get()
    assert (asked.status_code, asked["Location"]) == (303, "/account/sign-in/code/")
    assert entered["Location"] == "/account/welcome/?next=%2F2026%2F11%2Fstory%2F%23discussion"
    assert (account.email, account.has_usable_password()) == (ADDRESS, False)
    assert client.get("/me/").json()["account"] is True


def test_name_given_leads_back_to_where_one_was(client, publication):
    sign_in(client)

    answer = client.post("/account/welcome/", {"name": " Lena  Marsh ", "next": "/search/?q=a#b"})

    assert answer["Location"] == "/search/?q=a#b"
    assert client.get("/me/").json() == {
        "account": True,
        "name": "Lena Marsh",
        "mark": "",
        "unread": 0,
        "muted": [],
        "desk": False,
    }


def test_who_has_a_name_is_led_back_at_once(client, publication):
    factories.account(ADDRESS, "Lena")

    assert sign_in(client, next="/city/")["Location"] == "/city/"
    assert sign_in(Client(), "LENA@reader.example")["Location"] == "/account/"
    assert Account.objects.count() == 1


def test_link_signs_in_another_browser_but_only_by_its_button(client, publication):
    factories.account(ADDRESS, "Lena")
    ask(client, next="/city/")
    link = link_in(mail.outbox[0])
    other = Client()

    opened = [other.get(link) for _ in range(3)]
    assert [answer.status_code for answer in opened] == [200, 200, 200]
    assert ADDRESS in opened[0].content.decode()
    assert other.get("/me/").json()["account"] is False

    assert other.post(link)["Location"] == "/city/"
    assert other.get("/me/").json()["account"] is True


def test_code_of_another_browser_is_not_taken(client, publication):
    ask(client)
    other = Client()
    ask(other, "mallory@reader.example")

    answer = other.post("/account/sign-in/code/", {"code": code_in(mail.outbox[0])})

    assert answer.status_code == 422
    assert other.get("/me/").json()["account"] is False


def test_link_and_code_work_once_between_them(client, publication):
    sign_in(client)
    link = link_in(mail.outbox[0])
    other = Client()

    again = other.post(link)

    assert (again.status_code, other.get("/me/").json()["account"]) == (410, False)
    assert "used already" in again.content.decode()


def test_signing_in_closes_the_other_letters_to_the_address(client, publication):
    ask(client)
    sign_in(Client())

    answer = client.post("/account/sign-in/code/", {"code": code_in(mail.outbox[0])})

    assert answer.status_code == 422


def test_old_link_and_code_are_refused(client, publication, monkeypatch):
    ask(client)
    later = clock.now() + tickets.VALID_FOR
    monkeypatch.setattr(clock, "now", lambda: later)

    answers = [
        client.post(link_in(mail.outbox[0])),
        client.post("/account/sign-in/code/", {"code": code_in(mail.outbox[0])}),
    ]

    assert [answer.status_code for answer in answers] == [410, 422]
    assert all("too old" in answer.content.decode() for answer in answers)
    assert not Account.objects.exists()


def test_guessing_ends_after_a_few_codes_even_with_the_right_one(client, publication):
    ask(client)
    right = code_in(mail.outbox[0])
    wrong = "0000-0000" if right != "0000-0000" else "1111-1111"

    for _ in range(tickets.TRIES):
        assert client.post("/account/sign-in/code/", {"code": wrong}).status_code == 422
    answer = client.post("/account/sign-in/code/", {"code": right})

    assert "Too many codes" in answer.content.decode()
    assert not Account.objects.exists()


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "A", lambda t: "9" + t])
def test_altered_link_is_refused(client, publication, change):
    ask(client)
    token = tickets.token_of(Ticket.objects.get())

    for method in (client.get, client.post):
        assert method(f"/account/sign-in/{change(token)}/").status_code == 410


def test_link_of_one_purpose_is_none_of_another(client, publication, stranger):
    ticket = tickets.issue(purpose="proof", email=stranger.email, account=stranger)

    assert client.post(f"/account/sign-in/{tickets.token_of(ticket)}/").status_code == 410


def test_nothing_that_opens_anything_is_in_the_database(client, publication, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    ask(client)
    ticket = Ticket.objects.get()
    secrets = [tickets.code_of(ticket), tickets.code_of(ticket).replace("-", "")]
    secrets += [tickets.token_of(ticket), client.cookies["sessionid"].value]

    stored = ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            stored += repr(cursor.fetchall())

    assert ADDRESS in stored
    assert [secret for secret in secrets if secret in stored] == []


def test_same_answer_letter_and_work_whether_or_not_an_account_exists(
    client, publication, settings
):
    factories.account(ADDRESS, "Lena")
    # The worker sends the letters, not the request.
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    seen = []
    ask(Client(), "first@reader.example")  # what is loaded once is loaded
    for email in (ADDRESS, "nobody@reader.example"):
        own = Client()
        with CaptureQueriesContext(
            connection,
        ) as statements:
            answer = ask(own, email)
        page = own.get(answer["Location"]).content.decode().replace(email, "X")
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
        shapes = [re.sub(r"'[^']*'|x'[^']*'|\d+", "?", each["sql"])[:60] for each in statements]
        seen.append((answer.status_code, answer["Location"], sorted(answer.headers), page, shapes))

    assert seen[0] == seen[1]


def test_letters_differ_in_nothing_but_their_secrets(client, publication):
    factories.account(ADDRESS, "Lena")
    ask(Client(), ADDRESS)
    ask(Client(), "nobody@reader.example")

    bodies = [re.sub(r"\d{4}-\d{4}|sign-in/\S+", "X", letter.body) for letter in mail.outbox]
    assert bodies[0] == bodies[1]


def test_session_has_another_key_afterwards(client, publication):
    ask(client)
    before = client.cookies["sessionid"].value

    client.post("/account/sign-in/code/", {"code": code_in(mail.outbox[0])})

    assert client.cookies["sessionid"].value != before
    planted = Client()
    planted.cookies["sessionid"] = before
    assert planted.get("/me/").json()["account"] is False


def test_forged_posts_are_refused_and_change_nothing(publication, stranger):
    client = Client(enforce_csrf_checks=True)
    client.force_login(stranger)
    posts = {
        "/account/sign-in/": {"email": ADDRESS},
        "/account/sign-out/": {},
        "/account/name/": {"name": "Mallory"},
        "/account/erase/": {"words": "take", "sure": "on"},
        "/account/sessions/end/": {"which": "others"},
    }

    for path, data in posts.items():
        answer = client.post(path, data, headers={"Origin": "https://evil.example"})
        assert (answer.status_code, answer["Cache-Control"]) == (403, "private, no-store")
    stranger.refresh_from_db()
    assert (stranger.name, mail.outbox) == ("Sam Stranger", [])
    assert client.get("/me/").json()["account"] is True


def test_form_of_our_own_page_is_taken(publication):
    client = Client(enforce_csrf_checks=True)
    page = client.get("/account/sign-in/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)

    assert ask(client, csrfmiddlewaretoken=token).status_code == 303


@pytest.mark.parametrize(
    "email",
    [
        "", "lena", "lena@", "@reader.example", "a" * 300 + "@reader.example", "le na@reader.example",
        "lena@reader.example\r\nBcc: all@reader.example", "lena@reader.example\nSubject: hi",
        "lena@reader.example,other@reader.example", "lena@reader.example\0", "Lena <l@reader.example>",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_kept(client, publication, email):
    answer = ask(client, email)

    assert answer.status_code == 422
    assert "This is not an e-mail address" in answer.content.decode()
    assert (mail.outbox, Ticket.objects.count()) == ([], 0)


def test_name_of_the_publication_adds_no_header(client):
    factories.publication(name="The Test\r\nBcc: all@reader.example")

    ask(client)

    [letter] = mail.outbox
    assert letter.subject.startswith("Your code for The Test Bcc: all@reader.example: ")
    assert "Bcc" not in letter.message()
    assert letter.recipients() == [ADDRESS]


def test_ten_thousand_tries_send_few_letters(client, publication, monkeypatch):
    """Counted from a hundred of them, the limits being in the database."""
    answers = [
        client.post("/account/sign-in/", {"email": f"r{n}@reader.example"}, REMOTE_ADDR="192.0.2.7")
        for n in range(100)
    ]

    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(303), statuses.count(429)) == (20, 80)
    assert 0 < int(answers[-1]["Retry-After"]) <= 3600
    assert len(mail.outbox) == Ticket.objects.count() == 20
    assert not Account.objects.exists()


def test_neighbors_in_a_network_share_a_wider_limit(client, publication):
    statuses = [
        client.post(
            "/account/sign-in/",
            {"email": f"r{n}@reader.example"},
            REMOTE_ADDR=f"2001:db8:1:{n % 50:x}::{n}",
        ).status_code
        for n in range(205)
    ]

    assert (statuses.count(303), statuses.count(429)) == (200, 5)


def test_one_address_gets_few_letters_whoever_asks(client, publication):
    statuses = [
        client.post(
            "/account/sign-in/", {"email": ADDRESS}, REMOTE_ADDR=f"198.51.{n}.1"
        ).status_code
        for n in range(7)
    ]

    assert statuses == [303] * 5 + [429] * 2


def test_limits_keep_neither_addresses_of_computers_nor_of_people(client, publication):
    ask(client)

    kept = repr(list(Tally.objects.values_list("key", flat=True)))
    assert Tally.objects.count() == 4
    assert "127.0.0.1" not in kept and "lena" not in kept


def open_redirects() -> list[str]:
    found = ["//evil.example", "https://evil.example/", "/\\evil.example", "\\/evil.example", ""]
    found += ["/\t/evil.example", "javascript:alert(1)", "///evil.example", "/\n/evil.example"]
    found += ["//evil.example@localhost:8000/", "http:evil.example", "/" + "a" * 2000, "x", " /a"]
    for file in shared_files("fixtures/bad-input/open-redirect/*.txt"):
        found += file.read_text("utf-8", "replace").splitlines()
    return found


def test_nowhere_but_our_own_pages_is_gone_to():
    for given in open_redirects():
        safe = safe_path(given)
        # As browsers read it: without tabs and line ends, backslashes as slashes.
        read = re.sub(r"[\t\r\n]", "", safe).replace("\\", "/")
        assert safe == "" or re.match(r"/(?!/)", read), given


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_other_places_are_not_led_to_after_signing_in(client, publication, given):
    factories.account(ADDRESS, "Lena")

    assert sign_in(client, next=given)["Location"] == "/account/"
    assert client.get("/account/sign-in/", {"next": given})["Location"] == "/account/"
    assert client.post("/account/sign-out/", {"next": given})["Location"] == "/"


@pytest.mark.parametrize("given", ["/", "/2026/11/a-story/?seen=4#c-12", "/search/?q=a%20b&p=%2F"])
def test_pages_of_ours_are_led_back_to(given):
    assert safe_path(given) == given


def test_closed_account_gets_no_session(client, publication):
    account = factories.account(ADDRESS, "Lena")
    Account.objects.filter(pk=account.pk).update(is_active=False)

    answer = sign_in(client)

    assert answer["Location"] == "/account/closed/"
    assert client.get("/me/").json()["account"] is False
    assert client.get("/account/closed/").status_code == 403


def test_signing_out_ends_the_session(client, publication):
    sign_in(client)
    cookie = client.cookies["sessionid"].value

    answer = client.post("/account/sign-out/", {"next": "/city/"})

    stolen = Client()
    stolen.cookies["sessionid"] = cookie
    assert answer["Location"] == "/city/"
    assert stolen.get("/me/").json()["account"] is False
    assert client.cookies["signed_in"].value == ""


def test_browser_is_told_that_it_is_signed_in_and_no_more(client, publication):
    sign_in(client)

    hint, session = client.cookies["signed_in"], client.cookies["sessionid"]
    assert (hint.value, hint["httponly"], hint["samesite"]) == ("1", "", "Lax")
    assert (session["httponly"], session["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    "path",
    ["/account/sign-in/", "/account/sign-in/code/", "/account/sign-in/1.x/", "/account/",
     "/account/proof/", "/account/erase/", "/account/welcome/", "/account/export/"],
)  # fmt: skip
def test_pages_are_private_and_listed_nowhere(client, publication, stranger, path):
    for browser in (client, Client()):
        answer = browser.get(path)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer.status_code in (302, 303) or answer["X-Robots-Tag"] == "noindex"
        browser.force_login(stranger)
        assert browser.get(path)["Cache-Control"] == "private, no-store"


def test_password_signs_in_only_where_the_operator_lets_it(client, publication, settings, stranger):
    data = {"email": stranger.email, "password": "correct horse 9"}

    assert client.post("/account/sign-in/password/", data)["Location"] == "/account/sign-in/"
    assert client.get("/me/").json()["account"] is False

    settings.OPTIONS = dataclass_with(settings.OPTIONS, reader_passwords=True)
    wrong = client.post("/account/sign-in/password/", {**data, "password": "x"})
    right = client.post("/account/sign-in/password/", data)
    assert (wrong.status_code, right["Location"]) == (422, "/account/")


def dataclass_with(options, **values):
    from dataclasses import replace

    return replace(options, **values)


def test_old_tickets_sessions_and_counts_are_forgotten(client, publication, monkeypatch):
    from broadsheet.readers.actions import tidy

    sign_in(client)
    tidy()
    assert (Ticket.objects.count(), Session.objects.count()) == (1, 1)
    later = clock.now() + dt.timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)

    tidy()

    kept = [model.objects.count() for model in (Ticket, Session, Tally)]
    assert kept == [0, 0, 0]
