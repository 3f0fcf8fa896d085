"""Writing a comment: in place, without scripts, by keyboard, and after something went wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.unit.discussion.test_markdown import HOSTILE


def write(page: Page, text: str, name: str = "Lena Brookes") -> None:
    form = page.locator("form[data-write]").last
    form.get_by_label("Your comment").fill(text)
    form.get_by_label("Name").fill(name)


def post(page: Page) -> None:
    page.locator("form[data-write]").last.get_by_role("button", name="Post").click()


def said(page: Page, text: str):
    return page.locator("[data-thread] article", has_text=text)


def count(page: Page) -> int:
    return int(re.match(r"\d+", page.locator("h2 [data-count]").inner_text())[0])


def test_guest_comments_in_place(open_page, quiet):
    page = open_page(quiet)
    before = count(page)
    page.evaluate("window.untouched = true")

    write(page, "A fine room.\n\n> key\n\nIs it *warm*?")
    post(page)

    comment = said(page, "A fine room.")
    expect(comment).to_be_focused()
    expect(comment.locator("em")).to_have_text("warm")
    assert count(page) == before + 1
    assert page.evaluate("window.untouched")
    expect(page.get_by_label("Your comment")).to_have_value("")
    expect(page.locator("[data-status]")).to_contain_text("Your comment is posted.")
    page.reload()
    expect(said(page, "A fine room.")).to_have_count(1)
    assert count(page) == before + 1
    expect(page.get_by_label("Name")).to_have_value("Lena Brookes")


def test_reply_is_written_beneath_what_it_answers(open_page, council, site):
    page = open_page(council)
    parent = page.locator("[data-thread] > li").first
    parent.get_by_role("link", name=re.compile("^Reply to")).first.click()

    form = parent.locator("form")
    expect(form.get_by_label("Your comment")).to_be_focused()
    form.get_by_label("Your comment").fill("I was there too.")
    form.get_by_label("Name").fill("Lena Brookes")
    form.get_by_role("button", name="Post").click()

    expect(parent.locator("ol article", has_text="I was there too.")).to_be_focused()
    expect(page.locator("form[data-write]")).to_have_count(1)
    address = page.url
    assert re.fullmatch(re.escape(council) + r"#c-\d+", address.removeprefix(site.origin))
    page.reload()
    expect(said(page, "I was there too.").last).to_be_in_viewport()

    # Whether this page has room for the reply or another one has, its address leads to it.
    elsewhere = open_page(address.removeprefix(site.origin))
    expect(said(elsewhere, "I was there too.").last).to_be_in_viewport()


def test_address_of_a_comment_leads_to_the_page_that_has_room_for_it(open_page, council):
    page = open_page(council)
    page.locator("[data-more]").first.click()
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"^\d+ more comment"))
    hidden = page.evaluate("document.activeElement.id")

    page = open_page(f"{council}#{hidden}")

    expect(page).to_have_url(re.compile(rf"/discussion/.*#{hidden}$"))
    expect(page.locator(f"#{hidden}")).to_be_in_viewport()


def test_address_of_no_comment_stays(open_page, council):
    page = open_page(f"{council}#c-999999999", expect_faults=True)

    page.wait_for_load_state("networkidle")

    assert page.url.endswith(f"{council}#c-999999999")


def test_mistake_is_said_beside_the_field_and_can_be_mended(open_page, quiet):
    page = open_page(quiet, expect_faults=True)

    write(page, "Who keeps the key?", name="")
    post(page)
    name = page.get_by_label("Name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_have_text("Please give a name that others can read.")
    expect(page.get_by_label("Your comment")).to_have_value("Who keeps the key?")

    name.fill("Lena Brookes")
    post(page)
    expect(said(page, "Who keeps the key?")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_lost_connection_keeps_the_words_and_posts_once(open_page, quiet):
    page = open_page(quiet, expect_faults=True)
    write(page, "Said on a train.")

    # The server gets it, but its answer is lost; the reader presses again.
    def lose_answer(route):
        route.fetch()
        route.abort()

    page.route("**/comment/", lose_answer)
    post(page)
    expect(page.get_by_role("alert")).to_contain_text("Your words are kept here")
    expect(page.get_by_label("Your comment")).to_have_value("Said on a train.")
    page.unroute("**/comment/")
    post(page)

    expect(said(page, "Said on a train.")).to_have_count(1)
    page.reload()
    expect(said(page, "Said on a train.")).to_have_count(1)


def test_pressing_twice_posts_once(open_page, quiet):
    page = open_page(quiet)
    write(page, "Pressed twice.")

    page.locator("form[data-write]").get_by_role("button", name="Post").dblclick()

    expect(said(page, "Pressed twice.")).to_have_count(1)
    page.reload()
    expect(said(page, "Pressed twice.")).to_have_count(1)


def test_draft_survives_a_reload(open_page, quiet, council):
    page = open_page(quiet)
    write(page, "Half a thought")

    page.reload()

    expect(page.get_by_label("Your comment")).to_have_value("Half a thought")
    page.goto(council)
    expect(page.get_by_label("Your comment")).to_have_value("")


def test_preview_in_place(open_page, quiet):
    page = open_page(quiet)
    before = count(page)
    write(page, "*Really*?")

    page.get_by_role("button", name="Preview").click()

    expect(page.locator(".preview em")).to_have_text("Really")
    assert count(page) == before


def test_everything_works_without_scripts(open_page, quiet):
    page = open_page(quiet, java_script_enabled=False, expect_faults=True)
    write(page, "Written without scripts.", name="")
    post(page)
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was posted yet")
    expect(page.get_by_label("Your comment")).to_have_value("Written without scripts.")

    page.get_by_label("Name").fill("Lena Brookes")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview")).to_contain_text("Written without scripts.")
    page.get_by_role("button", name="Post").click()
    comment = said(page, "Written without scripts.")
    expect(comment).to_be_in_viewport()

    comment.get_by_role("link", name="Reply").click()
    write(page, "Answered without scripts.")
    page.get_by_role("button", name="Post").click()
    expect(page.locator("ol ol article", has_text="Answered without scripts.")).to_be_visible()


def tab_to(page, selector):
    """Press Tab until something is focused, as who has no mouse does; ten times are enough."""
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_keyboard_is_enough(open_page, council):
    page = open_page(council)
    link = page.locator("[data-reply]").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("form textarea").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.type("By keyboard only.")
    tab_to(page, 'input[name="name"]')
    page.keyboard.type("Lena Brookes")
    tab_to(page, "button.main")
    page.keyboard.press("Enter")

    expect(said(page, "By keyboard only.").last).to_be_focused()


def test_hostile_words_stay_words(open_page, story_paths):
    path = story_paths["old-hannah-may-lift-again"]
    page = open_page(path)
    for number, word in enumerate(HOSTILE):
        for fields in (
            {"text": word, "name": f"N {number}"},
            {"text": f"T {number}", "name": word},
        ):
            page.request.post(f"{path}comment/", form={**fields, "do": "post"})

    page.goto(path)

    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    expect(page.locator("footer.foot")).to_be_visible()


@pytest.mark.parametrize("text", ["x" * 3000, "\u0336".join("strike") * 50, "\u202eright to left"])
def test_words_stay_in_their_place(open_page, story_paths, text):
    path = story_paths["old-hannah-may-lift-again"]
    page = open_page(path, viewport={"width": 390, "height": 900})
    write(page, text, name="W" * 60)
    post(page)
    expect(page.locator("article.fresh")).to_be_focused()

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
