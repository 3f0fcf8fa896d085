"""Who is speaking: names, interests, people one does not want to read, and what one follows."""

from __future__ import annotations

import email
import email.policy
import re
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.test_writing import post, said, write
from tests.site import Site

MAIL_WITHIN = 90.0
"""Seconds: the task worker looks every fifteen, and digests are mailed at the look after."""


def letters(site: Site, to: str, subject: str) -> list[EmailMessage]:
    """Return what was mailed to an address."""
    found = []
    for path in sorted(Path(site.data / "mail").glob("*.log")):
        for part in path.read_bytes().split(b"-" * 79):
            said_there = email.message_from_bytes(part.strip(), policy=email.policy.default)
            if said_there["To"] == to and subject in (said_there["Subject"] or ""):
                found.append(said_there)
    return found


def letter(site: Site, to: str, subject: str) -> EmailMessage:
    """Wait for a mail to an address."""
    deadline = time.monotonic() + MAIL_WITHIN
    while time.monotonic() < deadline:
        if found := letters(site, to, subject):
            return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"no mail “{subject}” came to {to}")


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content()


def more(page: Page, comment) -> None:
    comment.get_by_role("link", name=re.compile("^More about")).click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^(A comment by|Your comment)"))


def no_violations(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_impostor_is_refused_and_told_why(open_page, council):
    # The browser notes a refusal (422) as an error of its own.
    page = open_page(council, expect_faults=True)
    author = page.locator(".byline a").first.inner_text()
    fake = author.upper().replace("O", "0").replace(" ", "_")

    write(page, "I wrote this story.", name=fake)
    post(page)

    error = page.locator("form[data-write] #name-error")
    expect(error).to_contain_text(f"Readers could take “{fake}” for “{author}” here")
    expect(error).to_contain_text("one of our authors has that name")
    expect(page.get_by_label("Name")).to_be_focused()
    expect(page.get_by_label("Your comment")).to_have_value("I wrote this story.")
    write(page, "I read this story.", name="Nora Quill")
    post(page)
    expect(said(page, "I read this story.")).to_be_focused()


def test_impostor_is_refused_without_scripts(open_page, quiet):
    page = open_page(quiet, java_script_enabled=False, expect_faults=True)

    write(page, "Nobody may say this.", name="The Editor")
    post(page)

    expect(page.locator("#name-error")).to_contain_text("speak for the publication")
    expect(page.get_by_label("Your comment")).to_have_value("Nobody may say this.")
    expect(page.get_by_label("Name")).to_have_value("The Editor")


@pytest.mark.parametrize("scripts", [True, False])
def test_interest_is_asked_for_and_answered(open_page, quiet, scripts):
    words = f"They built it well, {'with' if scripts else 'without'} scripts."
    options = {} if scripts else {"java_script_enabled": False, "expect_faults": True}
    writer = open_page(quiet, **options)
    write(writer, words, name="Peter Mason")
    writer.get_by_text("Disclose an interest").last.click()
    writer.get_by_label("What readers should know of you here").fill("I sell bricks.")
    post(writer)
    expect(said(writer, words).locator(".disclosure")).to_contain_text("I sell bricks.")

    asker = open_page(quiet, **options)
    more(asker, said(asker, words))
    asker.get_by_role("button", name="Ask whether the writer has an interest").click()
    expect(asker.get_by_role("status")).to_contain_text("Asked.")

    writer.goto(quiet)
    more(writer, said(writer, words))
    writer.get_by_label("Your answer").fill("Yes: I sold them the bricks.")
    writer.get_by_role("button", name="Answer").click()
    expect(writer.get_by_role("status")).to_contain_text("Thank you.")
    asker.goto(quiet)
    expect(said(asker, words).locator(".interest")).to_contain_text("Yes: I sold them the bricks.")


def test_muted_person_is_folded_for_oneself_alone(open_page, quiet):
    loud = open_page(quiet)
    write(loud, "All of you are wrong.", name="Loud Larry")
    post(loud)
    expect(said(loud, "All of you are wrong.")).to_be_focused()

    page = open_page(quiet)
    comment = said(page, "All of you are wrong.")
    more(page, comment)
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_role("button", name="Show again")).to_have_attribute("aria-pressed", "true")
    page.goto(quiet)
    folded = page.locator(".comment[data-folded]")
    expect(folded).to_have_count(1)
    expect(folded.locator(".said")).to_be_hidden()
    folded.get_by_role("button", name="Show").click()
    expect(comment.locator(".said")).to_be_visible()

    loud.goto(quiet)
    expect(loud.locator(".comment[data-folded]")).to_have_count(0)

    page.goto("/account/muted/")
    page.get_by_role("button", name="Show again what Loud Larry writes").click()
    expect(page.get_by_text("You muted nobody in this browser.")).to_be_visible()
    page.goto(quiet)
    expect(comment.locator(".said")).to_be_visible()


def test_replies_are_followed_by_mail_and_stopped_with_one_click(open_page, site, quiet):
    address = "fay@elsewhere.example"
    page = open_page(quiet)
    write(page, "Who has seen the new lamps?", name="Fay Winter")
    post(page)
    comment = said(page, "Who has seen the new lamps?")
    expect(comment).to_be_focused()
    page.reload()
    more(page, comment)
    page.get_by_label("E-mail").fill(address)
    page.get_by_role("button", name="Follow replies by mail").click()
    expect(page.get_by_role("status")).to_contain_text("a mail is on its way")

    asks = text_of(letter(site, address, "Do you want to follow"))
    page.goto(re.search(r"http\S+/follow/confirm/\S+", asks)[0])
    page.get_by_role("button", name="Yes, tell me by mail").click()
    expect(page.get_by_role("status")).to_contain_text("You will be told by mail.")

    other = open_page(quiet)
    answered = said(other, "Who has seen the new lamps?")
    answered.get_by_role("link", name=re.compile("^Reply to")).click()
    asked = other.locator("article", has_text="Who has seen the new lamps?")
    form = other.locator("[data-thread] li", has=asked).locator("form.write").first
    form.get_by_label("Your comment").fill("I have, and they are bright.")
    form.get_by_label("Name").fill("Gus Holm")
    form.get_by_role("button", name="Post").click()
    expect(said(other, "I have, and they are bright.")).to_be_focused()

    told = letter(site, address, "replied on")
    assert "I have, and they are bright." in text_of(told)
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page.goto(told["List-Unsubscribe"].strip(" <>"))
    page.get_by_role("button", name="Stop these mails").click()
    expect(page.get_by_role("status")).to_contain_text("No more of these mails")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(open_page, quiet, scheme):
    page = open_page(
        quiet,
        color_scheme=scheme,
        viewport={"width": 390, "height": 844},
        bypass_csp=True,
        expect_faults=True,
    )
    story = re.search(r"\d+", page.locator(".follow-line a").first.get_attribute("href"))[0]
    words = f"A comment for the {scheme} look."
    write(page, words, name="Iris Lamb")
    page.get_by_text("Disclose an interest").last.click()
    page.get_by_label("What readers should know of you here").fill("I own the lamp shop.")
    post(page)
    comment = said(page, words)
    expect(comment).to_be_focused()
    no_violations(page)
    more(page, comment)
    no_violations(page)
    for path in (f"/follow/story/{story}/", "/account/muted/", "/follow/confirm/1/none/"):
        page.goto(path)
        no_violations(page)
