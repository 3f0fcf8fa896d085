"""A reader’s way: signing in with a letter and with a passkey, claiming, and erasing it all."""

from __future__ import annotations

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.site import Site

WITHIN = 30.0
"""Seconds until the task worker has written a letter."""


def letters(site: Site, to: str) -> list[str]:
    folder = site.data / "mail"
    files = sorted(folder.glob("*")) if folder.exists() else []
    texts = [part for path in files for part in path.read_text("utf-8").split("-" * 79)]
    return [text for text in texts if f"To: {to}" in text]


def letter(site: Site, to: str, number: int = 1) -> str:
    """Wait for the letter of this number to an address."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        if len(found := letters(site, to)) >= number:
            return found[number - 1]
        time.sleep(0.2)
    raise AssertionError(f"letter {number} to {to} did not come")


def code_in(text: str) -> str:
    return re.search(r"\d{4}-\d{4}", text).group()


def check(page: Page) -> None:
    """Nothing on this page that axe finds wrong."""
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    assert results.response["violations"] == [], results.generate_report()


def sign_in(site: Site, page: Page, email: str, name: str, number: int = 1) -> None:
    page.fill("#email", email)
    page.get_by_role("button", name="Send me a code").click()
    page.wait_for_url("**/account/sign-in/code/")
    page.fill("#code", code_in(letter(site, email, number)))
    page.get_by_role("button", name="Sign in").click()
    if name:
        page.wait_for_url("**/account/welcome/**")
        page.fill("#name", name)
        page.get_by_role("button", name="Continue").click()


def with_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_reader_signs_in_with_a_code_and_comes_back_to_write(site, open_page, quiet):
    page = open_page(quiet)
    expect(page.locator("[data-me]")).to_have_text("Sign in")
    page.locator("#text").fill("I will bring my reading glasses.")
    page.locator("[data-sign-in]").click()
    page.wait_for_url("**/account/sign-in/**")
    check(page)
    sign_in(site, page, "vera@reader.example", "Vera Quince")

    page.wait_for_url(f"**{quiet}#discussion")
    expect(page.locator("[data-me]")).to_have_text("Vera Quince")
    expect(page.locator("#text")).to_have_value("I will bring my reading glasses.")
    page.locator("#text").focus()
    expect(page.locator(".writer")).to_have_text("You write as Vera Quince.")
    page.get_by_role("button", name="Post", exact=True).click()
    said = page.locator(".comment", has_text="I will bring my reading glasses.")
    expect(said.locator(".who")).to_have_text("Vera Quince")


def test_link_of_the_letter_signs_in_another_browser_without_scripts(site, open_page):
    page = open_page("/account/sign-in/", java_script_enabled=False)
    page.fill("#email", "otto@reader.example")
    page.get_by_role("button", name="Send me a code").click()
    link = re.search(r"http\S+/account/sign-in/\S+", letter(site, "otto@reader.example")).group()

    phone = open_page(
        link.removeprefix(site.origin),
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
    )
    expect(phone.locator("main")).to_contain_text("otto@reader.example")
    phone.get_by_role("button", name="Sign in").click()
    phone.fill("#name", "Otto Pell")
    phone.get_by_role("button", name="Continue").click()

    phone.wait_for_url("**/account/")
    expect(phone.get_by_role("heading", name="Your account")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_passkey_is_made_and_signs_in(site, open_page, scheme):
    email = f"pia-{scheme}@reader.example"
    page = open_page("/account/sign-in/?next=/account/", color_scheme=scheme)
    with_authenticator(page)
    sign_in(site, page, email, f"Pia {scheme.title()}")
    page.wait_for_url("**/account/")
    page.fill("#passkey-name", "Kitchen computer")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".done")).to_contain_text("The passkey is added.")
    expect(page.locator("#passkeys")).to_contain_text("Kitchen computer")
    check(page)
    page.get_by_role("button", name="Sign out here").click()
    expect(page.locator("[data-me]")).to_have_text("Sign in")

    page.goto("/account/sign-in/")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url("**/account/")
    expect(page.locator("main")).to_contain_text(email)


def test_guest_claims_what_was_written_before_and_shows_it(site, open_page, quiet):
    page = open_page(quiet)
    page.locator("#text").fill("Will there be tea on Sundays as well?")
    page.fill("#name", "Ruth")
    page.fill("#email", "ruth@reader.example")
    page.get_by_role("button", name="Post", exact=True).click()
    said = page.locator(".comment", has_text="Will there be tea")
    expect(said).to_be_visible()
    page.goto("/account/sign-in/")
    sign_in(site, page, "ruth@reader.example", "Ruth Ames")

    page.wait_for_url("**/account/")
    expect(page.locator("#claims")).to_contain_text("Will there be tea on Sundays as well?")
    page.get_by_role("button", name="These are mine").click()
    expect(page.locator(".done")).to_contain_text("These comments are yours now")
    page.check("#has_profile")
    page.get_by_role("button", name="Save").click()
    page.goto(quiet)
    page.locator(".comment", has_text="Will there be tea").locator("a.who").click()

    page.wait_for_url("**/reader/*/")
    expect(page.get_by_role("heading", name="Ruth Ames")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Will there be tea on Sundays as well?")
    check(page)


def test_account_is_erased_with_its_words(site, open_page, quiet):
    page = open_page(f"/account/sign-in/?next={quiet}")
    sign_in(site, page, "zoe@reader.example", "Zoe Tarn")
    page.wait_for_url(f"**{quiet}*")
    page.locator("#text").fill("The lamp by the window has been flickering since March.")
    page.get_by_role("button", name="Post", exact=True).click()
    said = page.locator(".comment", has_text="The lamp by the window")
    expect(said).to_be_visible()
    where = said.get_attribute("id")
    page.goto("/account/erase/")
    check(page)
    page.check("#take")
    page.check("#sure")
    page.get_by_role("button", name="Erase my account").click()

    page.wait_for_url("**/account/erased/")
    page.goto(quiet)
    expect(page.locator("body")).not_to_contain_text("The lamp by the window")
    expect(page.locator("body")).not_to_contain_text("Zoe Tarn")
    expect(page.locator(f"#{where}.tombstone")).to_contain_text("Deleted by its writer")
    expect(page.locator("[data-me]")).to_have_text("Sign in")
