"""Signing in with an OpenID Connect provider, played by a small server on this machine."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.test import Client
from tests import factories

from broadsheet.conf.providers import Provider
from broadsheet.readers.actions import confirmed_address
from broadsheet.readers.models import Account

pytestmark = pytest.mark.django_db

SECRET = "the provider's secret"


class Host(HTTPServer):
    """A provider that says of whoever comes what ``person`` has."""

    person: dict[str, object]
    asked: list[tuple[str, dict[str, list[str]]]]


class Answers(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self):
        origin = f"http://127.0.0.1:{self.server.server_port}"
        if self.path == "/.well-known/openid-configuration":
            self._say(
                {
                    "issuer": origin,
                    "authorization_endpoint": f"{origin}/authorize",
                    "token_endpoint": f"{origin}/token",
                    "userinfo_endpoint": f"{origin}/userinfo",
                    "jwks_uri": f"{origin}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        else:
            self._say(self.server.person)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, parse_qs(body)))
        self._say({"access_token": "t", "token_type": "Bearer", "expires_in": 60})

    def _say(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def host(settings, publication):
    server = Host(("127.0.0.1", 0), Answers)
    server.asked = []
    server.person = {
        "sub": "4711",
        "email": "Iris@reader.example",
        "email_verified": True,
        "name": "Iris Vane",
        "picture": "https://elsewhere.example/iris.jpg",
    }
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    provider = Provider("example", "Example", origin, "broadsheet", SECRET)
    settings.OPTIONS = replace(settings.OPTIONS, providers=(provider,))
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "example",
                    "name": "Example",
                    "client_id": "broadsheet",
                    "secret": SECRET,
                    "settings": {"server_url": origin},
                }
            ],
        }
    }
    yield server
    server.shutdown()
    server.server_close()


def go_there(client, **data) -> dict[str, list[str]]:
    """Press the button; returns what the provider is asked, as its page would be."""
    answer = client.post("/account/with/example/login/", data)
    target = re.search(r'<a href="([^"]+)" rel="noreferrer"', answer.content.decode()).group(1)
    return parse_qs(urlsplit(target.replace("&amp;", "&")).query)


def come_back(client, asked, **changes):
    query = {"code": "c", "state": asked["state"][0], **changes}
    return client.get("/account/with/example/login/callback/", query)


def test_new_reader_gets_an_account_with_the_confirmed_address(client, host):
    assert "Continue with Example" in client.get("/account/sign-in/").content.decode()
    asked = go_there(client, next="/city/")

    answer = come_back(client, asked)

    account = Account.objects.get()
    assert answer["Location"] == "/city/"
    assert (account.email, account.name) == ("iris@reader.example", "Iris Vane")
    assert confirmed_address(account) == "iris@reader.example"
    assert client.get("/me/").json()["name"] == "Iris Vane"
    assert asked["code_challenge_method"] == ["S256"]
    assert "code_verifier" in host.asked[0][1]


def test_known_reader_is_let_in_again(client, host):
    come_back(client, go_there(client))
    other = Client()

    come_back(other, go_there(other))

    assert (Account.objects.count(), other.get("/me/").json()["account"]) == (1, True)


def test_neither_secret_nor_what_else_a_provider_tells_is_stored(client, host):
    come_back(client, go_there(client))

    assert SocialApp.objects.count() == 0
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"email_verified": False}, "unconfirmed"),
        ({"email": ""}, "unconfirmed"),
        ({"email": "taken@reader.example"}, "taken"),
        ({"sub": None}, "failed"),
        ({"sub": ""}, "failed"),
    ],
)
def test_provider_opens_no_account_that_is_not_its_own(client, host, changes, why):
    factories.account("taken@reader.example", "Tom Taken")
    host.person |= changes

    answer = come_back(client, go_there(client))

    assert answer["Location"] == f"/account/sign-in/?refused={why}"
    assert client.get(answer["Location"]).status_code == 200
    assert client.get("/me/").json()["account"] is False
    assert Account.objects.count() == 1


def test_owner_connects_a_provider_and_takes_it_off_again(client, host):
    account = factories.account("iris@reader.example", "Iris Vane")
    client.force_login(account)
    come_back(client, go_there(client, process="connect"))
    connected = SocialAccount.objects.get()
    assert connected.user == account

    answer = client.post(f"/account/providers/{connected.pk}/disconnect/")

    assert (answer.status_code, SocialAccount.objects.count()) == (303, 0)


def test_connecting_wants_a_fresh_proof(client, host):
    client.force_login(factories.account("iris@reader.example", "Iris Vane"))
    session = client.session
    session["proved_at"] = 0
    session.save()

    answer = client.post("/account/with/example/login/", {"process": "connect"})

    assert answer["Location"] == "/account/proof/?next=%2Faccount%2F"


def test_provider_of_another_is_not_taken_off(client, host, stranger):
    come_back(client, go_there(client))
    other = Client()
    other.force_login(stranger)

    answer = other.post(f"/account/providers/{SocialAccount.objects.get().pk}/disconnect/")

    assert (answer.status_code, SocialAccount.objects.count()) == (404, 1)


@pytest.mark.parametrize(
    "query", [{"state": "forged", "code": "c"}, {"code": "c"}, {"error": "access_denied"}, {}]
)
def test_answer_that_nobody_asked_for_signs_nobody_in(client, host, query):
    go_there(client)

    answer = client.get("/account/with/example/login/callback/", query)

    assert answer["Location"].startswith("/account/sign-in/?refused=")
    assert client.get("/me/").json()["account"] is False


def test_state_works_once_and_in_its_own_browser(client, host):
    asked = go_there(client)
    assert "refused" in come_back(Client(), asked)["Location"]
    come_back(client, asked)
    client.post("/account/sign-out/")

    assert "refused" in come_back(client, asked)["Location"]


@pytest.mark.parametrize("given", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_provider_leads_back_to_our_own_pages_only(client, host, given):
    answer = come_back(client, go_there(client, next=given))

    assert answer["Location"] == "/account/"


def test_only_a_form_leads_to_a_provider(client, host):
    assert client.get("/account/with/example/login/").status_code == 405
    assert client.post("/account/with/unknown/login/").status_code == 404


def test_provider_that_is_away_is_told(client, host):
    host.shutdown()
    host.server_close()

    answer = client.post("/account/with/example/login/")

    assert answer["Location"] == "/account/sign-in/?refused=failed"
