"""What arrives while a story is read: replies, corrections, in one tab and in many."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.test_writing import post, said, write
from tests.site import Site, environment, free_port

SETUP = """
import os, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
django.setup()
"""
REMOVE = """
from broadsheet.discussion.removal import remove_comment
remove_comment(comment_id=int(sys.argv[1]), by="Editor", reason="It names somebody.")
"""
CORRECT = """
from dataclasses import replace
from broadsheet.record.actions import append_edition
from broadsheet.record.models import Address
path, headline = sys.argv[1:]
document = Address.objects.get(path=path).document
append_edition(
    document_id=document.pk,
    content=replace(document.edition.content, headline=headline),
    kind="correction",
    note="The headline was wrong.",
    reason="Seen by a reader.",
    slug=path.strip("/").split("/")[-1],
)
"""


def correct(site: Site, path: str, headline: str) -> None:
    run(site, CORRECT, path, headline)


def run(site: Site, code: str, *arguments: str) -> None:
    """Do as the desk does, in a process of its own."""
    subprocess.run(
        [sys.executable, "-c", SETUP + code, *arguments],
        env=environment(site.data, free_port()),
        check=True,
        timeout=60,
    )


def remove(site: Site, comment: int) -> None:
    run(site, REMOVE, str(comment))


def say(page: Page, path: str, text: str, parent: str = "") -> int:
    """Post a comment as another reader does, past this page's scripts."""
    answer = page.request.post(
        f"{path}comment/",
        form={"text": text, "name": "Dilys Fathom", "parent": parent},
        headers={"Accept": "application/json"},
    )
    assert answer.status == 201, answer.text()
    return int(answer.json()["id"])


def following(page: Page) -> list[str]:
    """Note the streams that a page opens from now on."""
    opened: list[str] = []
    page.on("request", lambda asked: opened.append(asked.url) if is_stream(asked.url) else None)
    return opened


def is_stream(url: str) -> bool:
    return bool(re.search(r"/live/\d+/\?after=\d+$", url))


def open_stream(page: Page, path: str) -> None:
    """Load a page and wait until its stream is open."""
    with page.expect_response(lambda answer: is_stream(answer.url)) as answered:
        page.goto(path)
    assert answered.value.status == 200


def button(page: Page):
    return page.locator(".arrivals button")


def count(page: Page) -> int:
    return int(re.match(r"\d+", page.locator("h2 [data-count]").inner_text())[0])


def test_one_posts_and_the_other_gets_a_button(open_page, quiet):
    writer = open_page(quiet)
    reader = open_page("/")
    open_stream(reader, quiet)
    before = count(reader)

    write(writer, "The lamp by the door flickers.")
    post(writer)

    expect(said(writer, "The lamp by the door flickers.")).to_be_focused()
    expect(button(reader)).to_have_text("1 new reply")
    expect(reader.locator("[data-status]")).to_have_text("1 new reply.")
    assert count(reader) == before + 1
    assert said(reader, "The lamp by the door flickers.").count() == 0
    expect(button(writer)).to_have_count(0)

    button(reader).focus()
    reader.keyboard.press("Enter")

    expect(said(reader, "The lamp by the door flickers.")).to_be_focused()
    expect(button(reader)).to_have_count(0)
    assert count(reader) == before + 1
    # The event comes to the writer's page too, and tells nothing that is not there.
    expect(button(writer)).to_have_count(0)


def test_replies_come_beneath_what_they_answer(open_page, council):
    reader = open_page("/")
    open_stream(reader, council)
    parent = reader.locator("[data-thread] > li").first
    parent_id = parent.locator("> article").get_attribute("id").removeprefix("c-")
    shown = {
        item.get_attribute("id").removeprefix("c-")
        for item in reader.locator("[data-thread] article").all()
    }

    answer = say(reader, council, "Answered from elsewhere.", parent_id)
    say(reader, council, "An answer to the answer.", str(answer))
    further = reader.request.get(f"{council}discussion/?after=50").text()
    hidden = next(each for each in re.findall(r'id="c-(\d+)"', further) if each not in shown)
    say(reader, council, "An answer to what stands on another page.", hidden)
    expect(button(reader)).to_have_text("3 new replies")
    button(reader).click()

    first = said(reader, "Answered from elsewhere.")
    expect(first).to_be_focused()
    expect(
        parent.locator("> ol > li > article", has_text="Answered from elsewhere.")
    ).to_have_count(1)
    beneath = first.locator("xpath=..").locator("> ol article")
    expect(beneath).to_contain_text("An answer to the answer.")
    elsewhere = reader.locator(".arrivals a")
    expect(elsewhere).to_have_text("A new reply stands elsewhere in the thread")
    elsewhere.click()
    expect(said(reader, "An answer to what stands on another page.")).to_be_visible()


def test_correction_is_told_with_its_difference(open_page, site, story_paths):
    path = story_paths["fewer-ferries-after-nine"]
    reader = open_page("/")
    open_stream(reader, path)
    edition = int(reader.locator("[data-story]").get_attribute("data-edition"))
    headline = reader.get_by_role("heading", level=1).inner_text()

    correct(site, path, "Ferry company keeps half of its boats after ten")

    note = reader.locator(".note.since")
    expect(note).to_contain_text("This story was corrected.")
    expect(reader.locator("[data-status]")).to_have_text("This story was corrected.")
    expect(reader.get_by_role("heading", level=1)).to_have_text(headline)
    link = note.get_by_role("link")
    expect(link).to_have_text(f"Show what changed from edition {edition} to {edition + 1}")
    link.click()
    expect(reader.locator(".since-difference")).to_be_focused()
    expect(reader.locator(".since-difference")).to_contain_text("keeps half of its boats")


def test_words_of_a_removed_comment_go_from_open_pages(open_page, site, council):
    reader = open_page("/")
    open_stream(reader, council)
    comment = reader.locator("[data-thread] article").nth(1)
    removed = int(comment.get_attribute("id").removeprefix("c-"))

    remove(site, removed)

    expect(comment.locator(".said")).to_have_text("Removed by the publication.")
    expect(comment).to_contain_text("Removed comment")
    expect(comment.get_by_role("link", name=re.compile("^Reply"))).to_have_count(0)


def test_ten_tabs_hold_one_stream(open_page, quiet):
    first = open_page("/")
    tabs = [first, *(first.context.new_page() for _ in range(9))]
    opened = [following(tab) for tab in tabs]
    open_stream(first, quiet)
    for tab in tabs[1:]:
        tab.goto(quiet)

    say(first, quiet, "Heard in ten tabs.")

    for tab in tabs:
        expect(button(tab)).to_have_text("1 new reply")
    assert [len(each) for each in opened] == [1] + [0] * 9

    # The next tab takes over where the one that closed left off.
    first.close()
    say(tabs[1], quiet, "And in nine.")
    for tab in tabs[1:]:
        expect(button(tab)).to_have_text("2 new replies")
    assert sum(len(each) for each in opened) == 2


def test_page_that_nobody_looks_at_gives_its_stream_up(open_page, quiet):
    page = open_page("/")
    page.clock.install()
    opened = following(page)
    open_stream(page, quiet)
    hide = """hidden => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""

    with page.expect_event("requestfailed", lambda ended: is_stream(ended.url)):
        page.evaluate(hide, True)
        page.clock.fast_forward(61_000)
    say(page, quiet, "Said while nobody looked.")
    expect(button(page)).to_have_count(0)
    with page.expect_response(lambda answer: is_stream(answer.url)):
        page.evaluate(hide, False)

    expect(button(page)).to_have_text("1 new reply")
    assert len(opened) == 2


@pytest.mark.parametrize("way", ["no EventSource", "stream refused"])
def test_without_a_stream_the_page_asks(open_page, quiet, way):
    page = open_page("/", expect_faults=True)
    page.clock.install()
    if way == "no EventSource":
        page.add_init_script("delete window.EventSource")
    else:
        page.route(re.compile(r"/live/\d+/"), lambda route: route.fulfill(status=503))
    with page.expect_response(lambda answer: answer.url.endswith(f"{quiet}live/")):
        page.goto(quiet)

    say(page, quiet, f"Found by asking: {way}.")
    # The next question is half a minute away, from whenever the last was answered.
    deadline = time.monotonic() + 30
    while not button(page).count():
        assert time.monotonic() < deadline, "the page did not ask"
        page.clock.fast_forward(31_000)
        page.wait_for_timeout(200)

    expect(button(page)).to_have_text("1 new reply")
    button(page).click()
    expect(said(page, f"Found by asking: {way}.")).to_be_focused()


def test_announcements_keep_their_distance(open_page, quiet):
    page = open_page("/")
    page.clock.install()
    open_stream(page, quiet)
    status = page.locator("[data-status]")
    say(page, quiet, "The first of two.")
    expect(status).to_have_text("1 new reply.")

    say(page, quiet, "The second of two.")
    expect(button(page)).to_have_text("2 new replies")
    expect(status).to_have_text("1 new reply.")
    page.clock.fast_forward(15_000)

    expect(status).to_have_text("2 new replies.")


def test_button_is_accessible(open_page, council):
    page = open_page("/")
    open_stream(page, council)
    say(page, council, "One more for the checker.")
    expect(button(page)).to_be_visible()

    results = Axe().run(page)

    assert results.violations_count == 0, results.generate_report()
    box = button(page).bounding_box()
    assert box["height"] >= 24
    assert box["width"] >= 24


def test_reader_who_goes_back_to_the_page_is_told(open_page, quiet):
    page = open_page("/")
    open_stream(page, quiet)
    page.goto("/")
    say(page, quiet, "Said while the reader was away.")

    page.go_back()

    # The browser may have kept the page as it was, or loads it anew.
    told = button(page).or_(said(page, "Said while the reader was away."))
    expect(told.first).to_be_visible()
