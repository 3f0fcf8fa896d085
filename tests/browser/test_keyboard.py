"""A reader who has no pointer: everything that one does in a discussion, by keys alone, with scripts
and without."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.test_conversation import post

FURTHEST = 60
"""Presses of Tab after which what is looked for counts as out of reach."""


def reach(page: Page, target: Locator, *, backwards: bool = False) -> Locator:
    """Go on by Tab from where focus is until it is at the target, which must be seen then."""
    for _ in range(FURTHEST):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if target.evaluate("each => each === document.activeElement"):
            expect(target).to_be_in_viewport()
            return target
    raise AssertionError(f"not reached by Tab: {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    reach(page, target)
    page.keyboard.press(key)


def stand_at(page: Page, comment: str) -> Locator:
    """Go to a comment as its address does, and return it: Tab goes on from there."""
    page.goto("about:blank")
    page.goto(comment)
    found = page.locator(f"#c-{number_of(page, comment)}")
    expect(found).to_be_visible()
    # Its first link, the time, which leads here.
    found.locator(".when").first.focus()
    return found


def number_of(page: Page, comment: str) -> str:
    return re.search(r"/c/(\d+)/", comment).group(1)


@pytest.mark.parametrize("scripts", [True, False])
def test_reader_takes_part_by_keys_alone(
    open_page: Callable[..., Page], story_paths: dict[str, str], scripts: bool
) -> None:
    path = story_paths["tide-gauge-keeps-its-pen"]
    run = uuid.uuid4().hex[:6]
    other = open_page(path)
    theirs = f"/c/{post(other, f'The pen of {run} is a marvel.', 'Wanda Reed')[2:]}/"
    page = open_page(path, java_script_enabled=scripts, expect_faults=not scripts)

    # A question, with the form at the end of the discussion.
    page.locator("#discussion-heading a, [data-thread] .acts-more").last.focus()
    form = page.locator("form[data-write]").last
    reach(page, form.get_by_label("Your comment"))
    page.keyboard.type(f"Who refills the ink of {run}?")
    reach(page, form.get_by_label("Name", exact=True))
    page.keyboard.type("Kim Lark")
    press(page, form.get_by_label("I ask a question"), "Space")
    press(page, form.get_by_role("button", name="Post"))
    asked = page.locator(".comment", has_text=f"Who refills the ink of {run}?")
    expect(asked.locator(".asks")).to_have_text("Question")
    if scripts:
        expect(asked).to_be_focused()
    question = f"/c/{asked.get_attribute('id')[2:]}/"

    # A reply to somebody else, and thanks for it.
    comment = stand_at(page, theirs)
    press(page, comment.locator("[data-reply]"))
    form = page.locator(f"#c-{number_of(page, theirs)} + form" if scripts else "form[data-write]")
    text = form.get_by_label("Your comment")
    if scripts:
        expect(text).to_be_focused()
    else:
        text.focus()
    page.keyboard.type(f"And older than {run}.")
    if not scripts:
        # Nothing remembers the name of a guest then.
        reach(page, form.get_by_label("Name", exact=True))
        page.keyboard.type("Kim Lark")
    press(page, form.get_by_role("button", name="Post"))
    reply = page.locator(".comment", has_text=f"And older than {run}.").last
    expect(reply).to_be_visible()
    own = f"/c/{reply.get_attribute('id')[2:]}/"
    comment = stand_at(page, theirs)
    thanks = comment.get_by_role("button", name="Thanks")
    press(page, thanks)
    expect(thanks.locator(".tally")).to_have_text("1")
    if scripts:
        expect(thanks).to_be_focused()

    # The own reply is changed.
    comment = stand_at(page, own)
    if scripts:
        press(page, comment.get_by_role("link", name="Edit"))
    else:
        press(page, comment.locator(".acts-more"))
        press(page, page.get_by_role("link", name="Edit", exact=True))
    text = page.locator("form[data-edit] textarea")
    if scripts:
        expect(text).to_be_focused()
    else:
        reach(page, text)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(f"And much older than {run}.")
    press(page, page.get_by_role("button", name="Save"))
    expect(page.locator(".comment", has_text=f"And much older than {run}.")).to_be_visible()

    # What the page of a comment offers: to follow, to mute.
    comment = stand_at(page, theirs)
    press(page, comment.locator(".acts-more"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wanda Reed")
    reach(page, page.get_by_label("E-mail"))
    page.keyboard.type("kim@reader.example")
    press(page, page.get_by_role("button", name="Follow replies by mail"))
    expect(page.get_by_role("status")).to_contain_text("a mail is on its way")
    if scripts:
        mute = page.locator("[data-mute] button")
        press(page, mute)
        expect(mute).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Enter")
        expect(mute).to_have_attribute("aria-pressed", "false")
    else:
        # Only a browser with scripts remembers whom a guest muted; one who is signed in has a form.
        expect(page.locator("[data-mute]")).to_be_hidden()

    # A report.
    comment = stand_at(page, theirs)
    press(page, comment.get_by_role("link", name=re.compile("^Report")))
    reach(page, page.get_by_label("What is wrong with it"))
    page.keyboard.type("Off")
    press(page, page.get_by_role("button", name="Send the report"))
    expect(page.get_by_role("status")).to_contain_text("We have it.")

    # Somebody answers a reply to the question, and the asker marks that as the answer.
    other.goto(question)
    first = answer(other, question, f"A boy, on Mondays ({run}).")
    second = answer(other, first, f"He is called Piet ({run}).")
    comment = stand_at(page, second)
    if scripts:
        press(page, comment.get_by_role("button", name="Mark as the answer"))
    else:
        press(page, comment.locator(".acts-more"))
        press(page, page.get_by_role("button", name="Mark it as the answer"))
    expect(page.locator(f"#c-{number_of(page, second)} .answers-above")).to_be_visible()
    expect(page.locator(f"#c-{number_of(page, question)} .answered").first).to_contain_text(
        "Answered by"
    )

    # And the own reply is deleted.
    comment = stand_at(page, own)
    if scripts:
        press(page, comment.get_by_role("link", name="Delete"))
        expect(page.locator("[data-delete]")).to_be_focused()
    else:
        press(page, comment.locator(".acts-more"))
        press(page, page.get_by_role("link", name="Delete", exact=True))
    press(page, page.get_by_role("button", name="Delete it"))
    expect(page.locator(f"#c-{number_of(page, own)}.tombstone .said")).to_contain_text(
        "Deleted by its writer"
    )


def answer(page: Page, comment: str, text: str) -> str:
    """Answer a comment on the page that is open; returns the address of the reply."""
    at = f"#c-{number_of(page, comment)}"
    page.locator(f"{at} [data-reply]").click()
    form = page.locator(f"{at} + form")
    form.get_by_label("Your comment").fill(text)
    form.get_by_role("button", name="Post").click()
    made = page.locator(".comment", has_text=text)
    expect(made).to_be_visible()
    return f"/c/{made.get_attribute('id')[2:]}/"


def test_counts_of_thanks_change_while_the_page_is_read(
    open_page: Callable[..., Page], story_paths: dict[str, str]
) -> None:
    path = story_paths["tide-gauge-keeps-its-pen"]
    reader, other = open_page(path), open_page(path)
    comment = post(reader, f"Count me, {uuid.uuid4().hex[:6]}.", "Nora Quill")
    reader.goto("about:blank")
    reader.goto(f"{path}#{comment}")
    reader.locator(f"#{comment} .when").focus()
    other.goto("about:blank")
    other.goto(f"{path}#{comment}")

    other.locator(f"#{comment}").get_by_role("button", name="Thanks").click()

    # The buttons of one's own comment are hidden; their numbers are true all the same.
    tally = reader.locator(f"#{comment} [data-react] .tally").first
    expect(tally).to_have_text("1", timeout=20_000)
    expect(reader.locator(f"#{comment} .when")).to_be_focused()
    other.locator(f"#{comment}").get_by_role("button", name="Thanks").click()
    expect(tally).to_have_count(0, timeout=20_000)
