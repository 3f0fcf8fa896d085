"""The editor's morning: sign in, mend a story, say what changed, publish, look at the paper."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.site import Site


def sign_in(page: Page, site: Site) -> None:
    page.goto("/desk/")
    page.get_by_label("Email").fill(site.email)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/desk/$"))


def test_editor_publishes_a_second_edition(open_page, site, story_paths):
    path = story_paths["reading-room-opens-on-sundays"]
    page = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    sign_in(page, site)

    # The first page of the desk also links to what readers propose for the story.
    stories = page.get_by_role("table")
    stories.get_by_role("link", name=re.compile("^Light, warmth and a key")).click()
    expect(page.locator("body")).to_contain_text("Edition 1 is out")
    page.locator("#id_title").fill(
        "Light, warmth and a key: the reading room opens on Sunday afternoons"
    )

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.locator("body")).to_contain_text("Say what kind of edition this is")

    page.get_by_label("Clarification").check()
    page.get_by_label("Note to readers").fill("The headline now says when on Sundays.")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.locator("body")).to_contain_text("published")

    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sunday afternoons")
    expect(page.locator(".note")).to_contain_text("The headline now says when on Sundays.")
    expect(page.locator("section[aria-labelledby='editions'] li")).to_have_count(2)


def test_signed_in_editor_writes_under_the_own_name(open_page, site, story_paths):
    page = open_page("/desk/login/", expect_faults=True)
    sign_in(page, site)
    page.goto(story_paths["old-hannah-may-lift-again"])

    page.get_by_label("Your comment").fill("From the desk.")
    expect(page.locator("form .writer")).to_have_text("You write as Editor.")
    page.get_by_role("button", name="Post").click()

    expect(page.locator("article", has_text="From the desk.").locator("h3")).to_contain_text(
        "Editor"
    )
