"""The editor's morning: sign in, mend a story, say what changed, publish, look at the paper."""

from __future__ import annotations

import datetime as dt
import re

from axe_playwright_python.sync_playwright import Axe
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
    expect(page.locator(".messages .success")).to_contain_text("published")

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


def test_removed_comment_leaves_a_tombstone_at_every_moment(open_page, site, story_paths):
    path = story_paths["old-hannah-may-lift-again"]
    reader = open_page(path, expect_faults=True, bypass_csp=True)
    reader.get_by_label("Your comment").fill("Shall be taken away.")
    reader.get_by_label("Name").fill("Grumio Vance")
    reader.get_by_role("button", name="Post").click()
    comment = reader.locator("article", has_text="Shall be taken away.")
    expect(comment).to_be_focused()
    place = comment.get_attribute("id")
    posted = dt.datetime.now(dt.UTC)

    desk = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    sign_in(desk, site)
    desk.get_by_role("link", name="Comments", exact=True).click()
    desk.get_by_label("Words, a name, or the number").fill("shall be taken")
    desk.get_by_role("button", name="Find").click()
    desk.get_by_text("Remove", exact=False).first.click()
    desk.get_by_label("In your words, for everybody to read").fill("Speaks of the person.")
    desk.get_by_role("button", name=re.compile("^Remove comment")).click()
    expect(desk.locator(".messages")).to_contain_text("was removed. Its place and the reason stay.")

    for below in ("", f"at/{posted:%Y%m%dT%H%M%SZ}/"):
        reader.goto(path + below)
        stone = reader.locator(f"#{place}")
        expect(stone).to_contain_text("Removed comment")
        expect(stone).to_contain_text("Speaks of the person.")
        expect(reader.locator("body")).not_to_contain_text("Shall be taken away.")
        expect(reader.locator("body")).not_to_contain_text("Grumio")
    found = Axe().run(reader, context="#discussion")
    assert found.violations_count == 0, found.generate_report()


def test_standing_is_chosen_at_the_desk_and_stands_beneath_the_byline(open_page, site, story_paths):
    path = story_paths["marl-lane-cuts-its-plots-in-half"]
    page = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    sign_in(page, site)
    page.goto("/desk/stories/")
    page.locator("td.title a[href*='/edit/']", has_text=re.compile("plot", re.I)).first.click()
    page.locator("#id_standing").select_option("Confirmed")
    page.get_by_label("What it rests on").fill("The minutes of the allotment society.")
    page.locator("input[name=edition_kind][value=update]").check()
    page.get_by_label("Note to readers").fill("Says how sure we are.")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    expect(page.locator(".messages")).to_contain_text("published")

    reader = open_page(path, java_script_enabled=False)
    standing = reader.locator("header .standing")
    expect(standing).to_contain_text(re.compile("^Confirmed since"))
    expect(standing).to_contain_text("The minutes of the allotment society.")
