"""The story through time: step, play and choose, and back to a page on which nothing was lost."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

WIDTHS = [390, 1360]


def open_control(page: Page) -> None:
    page.locator("summary", has_text="Through time").click()
    expect(page.locator(".time-player")).to_be_visible()


def button(page: Page, name: str):
    return page.locator(".time-buttons").get_by_role("button", name=name, exact=True)


def headline(page: Page):
    return page.locator("h1:visible")


def comments(page: Page):
    return page.locator(".discussion:visible article.comment")


def words(page: Page):
    return page.locator(".time-words strong")


def test_first_shows_story_and_thread_as_they_began(open_page, council):
    page = open_page(council)
    open_control(page)

    button(page, "First").click()

    expect(headline(page)).to_contain_text("£24 million")
    expect(comments(page)).to_have_count(0)
    expect(page.locator(".past-note")).to_contain_text(re.compile(r"As it stood on \d+ \w+ \d{4}"))
    expect(page.locator(".rail .editions .here")).to_contain_text("Edition 1")
    expect(page.locator(".time-words")).to_contain_text("Edition 1 (published), 0 comments")
    expect(button(page, "First")).to_have_attribute("aria-disabled", "true")


def test_forward_and_back_go_from_one_event_to_the_next(open_page, council):
    page = open_page(council)
    open_control(page)
    button(page, "First").click()

    button(page, "Forward").click()
    expect(comments(page)).to_have_count(1)
    button(page, "Forward").click()
    expect(comments(page)).to_have_count(2)
    button(page, "Back").click()
    expect(comments(page)).to_have_count(1)


def test_back_to_now_restores_the_page_with_typed_words(open_page, council):
    page = open_page(council)
    text = page.locator("#text")
    text.fill("Half a thought about the piers")
    page.locator("[data-reply]").nth(3).click()
    page.locator("[data-thread] form").get_by_label("Your comment").fill("And half a reply")
    open_control(page)
    whole = "[...document.querySelectorAll('.story-text, .discussion, .editions')].map(e => e.innerText)"
    opened = page.evaluate(whole)

    button(page, "First").click()
    expect(headline(page)).to_contain_text("£24 million")
    expect(text).to_be_hidden()
    page.get_by_role("button", name="Back to now").click()

    expect(headline(page)).to_contain_text("£2.4 million")
    expect(headline(page)).to_be_focused()
    expect(text).to_have_value("Half a thought about the piers")
    reply = page.locator("[data-thread] form").get_by_label("Your comment")
    expect(reply).to_have_value("And half a reply")
    expect(page.locator(".past, .past-note")).to_have_count(0)
    assert page.evaluate(whole) == opened


def test_draft_kept_through_the_past_can_still_be_sent(open_page, quiet):
    page = open_page(quiet)
    form = page.locator("form[data-write]")
    form.get_by_label("Your comment").fill("Kept through the past.")
    form.get_by_label("Name").fill("Lena Brookes")
    open_control(page)
    button(page, "First").click()
    expect(page.locator(".past-note")).to_be_visible()
    button(page, "Now").click()

    form.get_by_role("button", name="Post").click()

    expect(page.locator("[data-thread] article", has_text="Kept through the past.")).to_be_visible()


def test_play_goes_on_to_the_present_and_can_be_stopped(open_page, story_paths):
    page = open_page(story_paths["old-hannah-may-lift-again"])
    open_control(page)

    button(page, "Play").click()
    expect(page.locator(".past-note")).to_be_visible()
    button(page, "Pause").click()
    stopped = words(page).inner_text()
    expect(button(page, "Play")).to_be_visible()
    page.wait_for_timeout(1500)
    assert words(page).inner_text() == stopped

    button(page, "Play").click()
    expect(words(page)).to_have_text("Now", timeout=60_000)
    expect(button(page, "Play")).to_be_visible()
    expect(page.locator(".past-note")).to_have_count(0)


def test_play_without_motion_steps_slower_and_fades_nothing(open_page, council):
    page = open_page(council, reduced_motion="reduce")
    open_control(page)
    button(page, "First").click()
    expect(page.locator(".past-note")).to_be_visible()
    at_first = words(page).inner_text()
    count = comments(page).count()

    button(page, "Play").click()
    page.wait_for_timeout(1600)

    assert (words(page).inner_text(), comments(page).count()) == (at_first, count)
    expect(comments(page).first).to_be_visible(timeout=10_000)
    button(page, "Pause").click()
    animation = "getComputedStyle(document.querySelector('.past')).animationName"
    assert page.evaluate(animation) == "none"


def test_keyboard_alone_reaches_every_moment(open_page, council):
    page = open_page(council)
    page.locator("summary", has_text="Through time").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".time-player")).to_be_visible()
    page.keyboard.press("Tab")
    moment = page.get_by_role("slider", name="Moment")
    expect(moment).to_be_focused()
    expect(moment).to_have_attribute("aria-valuetext", re.compile(r"^Now\. Edition 3"))

    page.keyboard.press("Home")
    expect(headline(page)).to_contain_text("£24 million")
    page.keyboard.press("ArrowRight")
    expect(comments(page)).to_have_count(1)
    expect(moment).to_have_attribute("aria-valuetext", re.compile(r"^\d.*Edition 1.*, 1 comment$"))
    expect(moment).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".past")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(button(page, "First")).to_be_focused()
    page.keyboard.press("Enter")
    expect(headline(page)).to_contain_text("£24 million")
    expect(button(page, "First")).to_be_focused()


def test_last_of_many_quick_choices_counts(open_page, council):
    page = open_page(council)
    open_control(page)
    page.get_by_role("slider", name="Moment").focus()

    page.keyboard.press("Home")
    for _ in range(12):
        page.keyboard.press("ArrowRight")

    expect(comments(page)).to_have_count(12)
    assert page.locator(".story-text").count() == 2


def test_folding_the_section_brings_the_present_back(open_page, council):
    page = open_page(council)
    open_control(page)
    button(page, "First").click()
    expect(headline(page)).to_contain_text("£24 million")

    page.locator("summary", has_text="Through time").click()

    expect(headline(page)).to_contain_text("£2.4 million")


def test_moment_that_cannot_be_loaded_is_said(open_page, council):
    page = open_page(council, expect_faults=True)
    open_control(page)
    page.route("**/at/**", lambda route: route.abort())

    button(page, "First").click()

    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    expect(headline(page)).to_contain_text("£2.4 million")
    page.unroute("**/at/**")
    button(page, "First").click()
    expect(headline(page)).to_contain_text("£24 million")


@pytest.mark.parametrize("width", WIDTHS)
def test_control_stays_in_sight_and_nothing_stands_out(open_page, council, width):
    page = open_page(council, viewport={"width": width, "height": 900})
    open_control(page)
    button(page, "First").click()
    expect(page.locator(".past-note")).to_be_visible()

    for place in ("0", "document.body.scrollHeight / 3", "document.body.scrollHeight"):
        page.evaluate(f"scrollTo({{top: {place}, behavior: 'instant'}})")
        if width < 1000:
            expect(button(page, "Play")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_control_does_not_move_under_the_pointer(open_page, council, width):
    page = open_page(council, viewport={"width": width, "height": 900})
    open_control(page)
    button(page, "First").click()
    expect(page.locator(".past-note")).to_be_visible()
    places = []
    for _ in range(3):
        places.append(button(page, "Forward").bounding_box()["y"])
        shown = comments(page).count()
        button(page, "Forward").click()
        expect(comments(page)).to_have_count(shown + 1)

    assert max(places) - min(places) <= 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation(open_page, story_paths, scheme, width):
    page = open_page(
        story_paths["old-hannah-may-lift-again"],
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,
        expect_faults=True,
    )
    page.locator("summary", has_text="Cite this version").click()
    open_control(page)
    assert (found := Axe().run(page)).violations_count == 0, found.generate_report()

    button(page, "First").click()
    expect(page.locator(".past-note")).to_be_visible()
    assert (found := Axe().run(page)).violations_count == 0, found.generate_report()


def test_citation_is_copied_and_follows_the_moment(open_page, council):
    page = open_page(council, permissions=["clipboard-read", "clipboard-write"])
    page.locator("summary", has_text="Cite this version").click()
    citation = page.locator(".cite-text:visible")
    expect(citation).to_contain_text(f"{council}v/3/")

    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".cite:visible [role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == citation.inner_text()

    open_control(page)
    button(page, "First").click()
    expect(citation).to_contain_text(f"{council}v/1/")


def test_without_scripts_links_and_a_form_lead_to_moments(open_page, council):
    page = open_page(council, java_script_enabled=False)
    page.locator("summary", has_text="Through time").click()
    section = page.locator(".through-time")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)

    section.get_by_role("link", name="As of edition 2").click()
    expect(headline(page)).to_contain_text("£2.4 million")
    assert re.search(r"/at/\d{8}T\d{6}Z/$", page.url)
    page.locator("summary", has_text="Through time").click()
    field = section.get_by_label("Date and time")
    field.fill(field.get_attribute("min"))
    section.get_by_role("button", name="Show").click()

    expect(headline(page)).to_contain_text("£24 million")
    expect(page.locator(".past-foot")).to_contain_text("Removals apply backwards")
