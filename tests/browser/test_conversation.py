"""Asking and answering, changing and taking back, and what a browser remembers of a discussion."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.site import Site

RUN = uuid.uuid4().hex[:6]
"""Marks the words of this run, so that it can be run again on the same site."""


def sign_in(page: Page, site: Site) -> None:
    page.locator("input[name=username]").fill(site.email)
    page.locator("input[name=password]").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")


def post(page: Page, text: str, name: str, *, question: bool = False) -> str:
    """Post a comment by the form at the end; returns the id of its element."""
    text = f"{text} ({RUN})"
    form = page.locator("form[data-write]").last
    form.get_by_label("Your comment").fill(text)
    form.get_by_label("Name", exact=True).fill(name)
    if question:
        form.get_by_label("I ask a question").check()
    form.get_by_role("button", name="Post").click()
    comment = page.locator(".comment", has_text=text)
    expect(comment).to_be_visible()
    return comment.get_attribute("id") or ""


def read(page: Page, path: str) -> None:
    """Come back to a page from elsewhere: an address that differs by its end only loads nothing."""
    page.goto("/")
    page.goto(path)


def answer(page: Page, comment: str, text: str, name: str) -> str:
    text = f"{text} ({RUN})"
    page.locator(f"#{comment} [data-reply]").click()
    form = page.locator(f"#{comment} + form")
    form.get_by_label("Your comment").fill(text)
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_role("button", name="Post").click()
    reply = page.locator(".comment", has_text=text)
    expect(reply).to_be_visible()
    return reply.get_attribute("id") or ""


def test_question_is_asked_answered_and_found_at_a_glance(
    open_page: Callable[..., Page], quiet: str
) -> None:
    asker, other = open_page(quiet), open_page(quiet)
    question = post(asker, "Until when is the room open?", "Lena", question=True)
    expect(asker.locator(f"#{question} .asks")).to_have_text("Question")

    read(other, f"{quiet}#{question}")
    reply = answer(other, question, "Until six in the evening.", "Omar")
    expect(other.locator(f"#{reply}").get_by_role("link", name="Edit")).to_be_visible()
    expect(other.locator(f"#{reply}").get_by_role("button", name="Thanks")).to_be_hidden()

    read(asker, f"{quiet}#{reply}")
    asker.locator(f"#{reply}").get_by_role("button", name="Answers the question").click()
    expect(asker.locator(f"#{reply} [aria-pressed=true] .tally")).to_have_text("1")
    asker.locator(f"#{reply}").get_by_role("button", name="Mark as the answer").click()

    expect(asker.locator(f"#{question} .answered")).to_have_text("Answered by Omar ↓")
    expect(asker.locator(f"#{reply} .answered")).to_have_text("Answers the question above ↑")
    heading = asker.locator(".questions summary")
    expect(heading).to_contain_text("answered of")
    asker.locator(f"#{question} .answered").click()
    expect(asker).to_have_url(re.compile(f"#{reply}$"))


def test_comment_is_changed_where_it_stands_and_deleted_with_its_replies_kept(
    open_page: Callable[..., Page], quiet: str
) -> None:
    writer, other = open_page(quiet), open_page(quiet)
    comment = post(writer, "The lamps are to dark.", "Zoe")

    writer.locator(f"#{comment}").get_by_role("link", name="Edit").click()
    form = writer.locator(f"#{comment} form[data-edit]")
    form.get_by_label("Your comment").fill("The lamps are too dark.")
    form.get_by_role("button", name="Save").click()
    expect(writer.locator(f"#{comment} .said")).to_have_text("The lamps are too dark.")
    expect(writer.locator(f"#{comment} .edited")).to_have_text("version 2")

    read(other, f"{quiet}#{comment}")
    reply = answer(other, comment, "They can be turned up.", "Omar")
    read(writer, f"{quiet}#{reply}")
    writer.locator(f"#{comment}").get_by_role("link", name="Edit").click()
    form = writer.locator(f"#{comment} form[data-edit]")
    form.get_by_label("Your comment").fill("The lamps were too dark.")
    form.get_by_role("button", name="Save").click()
    expect(writer.locator(f"#{comment} .edited")).to_contain_text("edited ")

    writer.locator(f"#{comment} .edited").click()
    expect(writer.get_by_role("heading", name="What Zoe wrote")).to_be_visible()
    expect(writer.locator("#version-3 del")).to_contain_text("are")
    expect(writer.locator("#version-3 ins")).to_contain_text("were")
    writer.get_by_role("link", name="Back to the comment").click()

    writer.evaluate("window.untouched = true")
    delete = writer.locator(f"#{comment}").get_by_role("link", name="Delete")
    delete.focus()
    writer.keyboard.press("Enter")
    question = writer.locator(f"#{comment} [data-delete]")
    expect(question).to_be_focused()
    expect(question).to_contain_text("This cannot be undone.")
    writer.keyboard.press("Escape")
    expect(delete).to_be_focused()
    writer.keyboard.press("Enter")
    expect(question).to_be_focused()
    writer.keyboard.press("Tab")
    expect(writer.get_by_role("button", name="Delete it")).to_be_focused()
    writer.keyboard.press("Enter")
    expect(writer.locator(f"#{comment} .said")).to_contain_text("Deleted by its writer")
    # Focus goes to what is read next, and the page is not left.
    expect(writer.locator(f"#{reply}")).to_be_focused()
    expect(writer.locator("[data-status]")).to_have_text("Your comment is deleted.")
    assert writer.evaluate("window.untouched")
    expect(writer.locator(f"#{reply} .said")).to_contain_text("They can be turned up.")


def test_what_came_since_the_last_visit_is_marked_and_reached_by_keyboard(
    open_page: Callable[..., Page], quiet: str
) -> None:
    reader, other = open_page(quiet), open_page(quiet)
    reader.locator("[data-thread]").scroll_into_view_if_needed()
    kept = "Object.keys(localStorage).some((name) => name.startsWith('visit:'))"
    while not reader.evaluate(kept):
        reader.wait_for_timeout(50)
    first = post(other, "The chairs are new.", "Ida")
    second = post(other, "And the tables.", "Ida")

    read(reader, quiet)
    bar = reader.locator(".new-since")
    expect(bar).to_contain_text("2 new since your last visit.")
    bar.get_by_role("button", name="Next new").press("Enter")
    expect(reader.locator(f"#{first}")).to_be_focused()
    reader.locator(f"#{first}").get_by_role("button", name="New").press("Enter")
    expect(reader.locator(f"#{second}")).to_be_focused()

    read(reader, quiet)
    reader.locator("[data-thread]").scroll_into_view_if_needed()
    expect(reader.locator(".new-since")).to_have_count(0)


def test_branch_stays_folded_and_opens_for_who_is_led_into_it(
    open_page: Callable[..., Page], quiet: str
) -> None:
    page = open_page(quiet)
    root = post(page, "Who pays for it?", "Kim")
    reply = answer(page, root, "The city does.", "Kim")

    page.locator(f"#{root}").get_by_role("button", name="Hide 1 reply").click()
    expect(page.locator(f"#{reply}")).to_be_hidden()
    read(page, quiet)
    fold = page.locator(f"#{root}").get_by_role("button", name="Show 1 reply")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(page.locator(f"#{reply}")).to_be_hidden()

    read(page, f"{quiet}#{reply}")
    expect(page.locator(f"#{reply}")).to_be_visible()


def test_unsent_reply_is_found_again(open_page: Callable[..., Page], quiet: str) -> None:
    page = open_page(quiet)
    root = post(page, "Is there coffee?", "Noor")
    page.locator(f"#{root} [data-reply]").click()
    page.locator(f"#{root} + form").get_by_label("Your comment").fill("From nine on")
    page.reload()

    note = page.locator(".unsent")
    expect(note).to_contain_text("You have an unsent reply to Noor.")
    note.get_by_role("button", name="Open it").click()
    form = page.locator(f"#{root} + form")
    expect(form.get_by_label("Your comment")).to_have_value("From nine on")
    form.get_by_role("button", name="Post").click()
    expect(page.locator(f"#{root} ~ ol .comment", has_text="From nine on")).to_be_visible()
    page.reload()
    expect(page.locator(".unsent")).to_have_count(0)


def test_editor_makes_a_discussion_slow_and_closes_it(
    open_page: Callable[..., Page], site: Site, quiet: str
) -> None:
    # A refusal is an error in the browser's console.
    reader = open_page(quiet, expect_faults=True)
    post(reader, "How long can books be kept?", "Pia")
    desk = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    sign_in(desk, site)
    desk.goto("/desk/stories/")
    row = desk.locator("tr", has_text=re.compile("reading room", re.IGNORECASE))
    row.get_by_role("link", name=re.compile("comment")).click()
    desk.get_by_label("Readers can post").select_option("One comment every 5 minutes")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("The story’s page says so now.")).to_be_visible()

    reader.goto(quiet)
    expect(reader.locator("[data-pace]")).to_contain_text("one comment every 5 minutes")
    form = reader.locator("form[data-write]").last
    form.get_by_label("Your comment").fill("And newspapers?")
    form.get_by_role("button", name="Post").click()
    expect(form.locator(".error")).to_contain_text("Next comment possible at")
    expect(form.get_by_label("Your comment")).to_have_value("And newspapers?")

    desk.get_by_label("Readers can post").select_option("As fast as they like")
    desk.locator("input[name=mode][value=closed]").check()
    desk.get_by_label("Why").fill("Everything is said.")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("It was closed on")).to_be_visible()
    reader.goto(quiet)
    expect(reader.locator("[data-closed]")).to_contain_text("it can be read")
    expect(reader.locator("textarea")).to_have_count(0)

    desk.locator("input[name=mode][value=open]").check()
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("The story’s page says so now.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(open_page: Callable[..., Page], quiet: str, scheme: str) -> None:
    page = open_page(
        quiet,
        color_scheme=scheme,
        viewport={"width": 390, "height": 844},
        bypass_csp=True,
        expect_faults=True,
    )
    question = post(page, f"Is there a lift, in {scheme}?", "Ines", question=True)
    reply = answer(page, question, f"There is one, in {scheme}.", "Ines")
    page.locator(f"#{reply}").get_by_role("button", name="Mark as the answer").click()
    expect(page.locator(f"#{question} .answered")).to_be_visible()
    page.evaluate("""() => localStorage.setItem(
        Object.keys(localStorage).find((name) => name.startsWith("visit:")),
        JSON.stringify({ n: 2, comments: 0, at: Date.now() }),
    )""")
    page.goto("about:blank")
    page.goto(quiet)
    page.locator(f"#{question}").get_by_role("link", name="Edit").click()
    expect(page.locator("[data-edit] textarea")).to_be_focused()
    no_violations(page)
    number = question.removeprefix("c-")
    for below in ("acts/", "edit/", "delete/", "versions/"):
        page.goto(f"/c/{number}/{below}")
        no_violations(page)


def no_violations(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
