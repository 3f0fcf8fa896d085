"""A stealth edit is stopped at the desk with the words kept, and goes out once it says why."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.browser.test_desk import sign_in

HEADLINE = "The pen of the tide gauge was right by two inches"


def publish(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=re.compile("^Publish")).click()


def test_minor_edition_is_refused_with_the_words_kept_and_goes_out_with_a_reason(
    open_page, site, story_paths
):
    path = story_paths["tide-gauge-keeps-its-pen"]
    page = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    sign_in(page, site)
    # Other journeys sign in as the same editor; Wagtail may ask which of two windows is meant.
    asked = page.get_by_role("dialog", name="You saved a new version in another window")
    page.add_locator_handler(asked, lambda: asked.get_by_role("button", name="Publish").click())
    page.goto("/desk/stories/")
    page.locator("td.title a[href*='/edit/']", has_text=re.compile("gauge", re.I)).first.click()

    page.locator("#id_title").fill(HEADLINE)
    page.get_by_label("Minor").check()
    publish(page)

    expect(page.locator("body")).to_contain_text("This is not minor: the headline")
    expect(page.locator("#id_title")).to_have_value(HEADLINE)
    expect(page.get_by_label("Minor")).to_be_checked()

    page.get_by_label("Public reason").fill("The old headline broke over three lines.")
    publish(page)
    expect(page.locator(".messages .success")).to_contain_text("published")

    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_contain_text(HEADLINE)
    page.goto("/desk/stories/")
    page.get_by_role("link", name=HEADLINE).first.click()
    page.get_by_role("link", name="All editions").click()
    first = page.locator(".desk-edition").first
    expect(first).to_contain_text("Minor")
    expect(first).to_contain_text("The old headline broke over three lines.")
