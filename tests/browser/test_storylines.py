"""Storylines in a browser: read along one, follow it, be told of a story that joins."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.test_account import sign_in as sign_in_by_code
from tests.browser.test_desk import sign_in
from tests.site import Site, command, environment, free_port

from broadsheet.paper.memento import compact

LINE = "/storyline/the-east-bridge/"
SCHEMES = ["light", "dark"]


def test_reader_goes_along_a_storyline(open_page: Callable[..., Page], council: str) -> None:
    page = open_page(council, java_script_enabled=False)

    page.get_by_role("link", name="The East Bridge").first.click()
    box = page.locator(".storyline-box")
    expect(box.locator(".here")).to_contain_text("East Bridge: nine to four")
    box.get_by_role("link", name="Two piers rusted thin, says a report").click()
    expect(page.locator(".storyline-line")).to_have_text(re.compile(r"2 of \d in The East Bridge"))
    page.locator(".storyline-box h2 a").click()

    expect(page).to_have_url(re.compile(f"{LINE}$"))
    steps = page.locator(".storyline-parts > li").first.locator(".standing-steps li")
    expect(steps).to_contain_text([re.compile("^Rumour"), re.compile("^Confirmed since")])
    steps.first.get_by_role("link", name="Rumour").click()
    expect(page.locator(".note").first).to_contain_text("Edition 1.")


def test_follower_finds_a_story_that_joins_in_the_inbox(
    open_page: Callable[..., Page], site: Site, story_paths: dict[str, str]
) -> None:
    reader = open_page("/account/sign-in/")
    sign_in_by_code(site, reader, "vera.follows@reader.example", "Vera Follows")
    reader.goto(story_paths["fewer-ferries-after-nine"])
    editions = reader.locator(".editions li").count()
    reader.goto(LINE)
    reader.get_by_role("link", name="Follow this storyline").click()
    reader.get_by_role("button", name="Follow").click()
    expect(reader.get_by_role("status")).to_have_text("You follow this now.")

    editor = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    sign_in(editor, site)
    editor.goto("/desk/stories/")
    editor.locator("td.title a[href*='/edit/']", has_text=re.compile("ferr", re.I)).first.click()
    panel = editor.locator("#panel-child-content-storylines-section")
    panel.get_by_role("button", name="Add storyline").click()
    panel.get_by_role("button", name="Choose storyline").click()
    editor.get_by_role("dialog").get_by_role("link", name="The East Bridge").click()
    expect(panel.locator(".chosen")).to_contain_text("The East Bridge")
    editor.get_by_role("button", name="More actions").click()
    editor.get_by_role("button", name=re.compile("^Publish")).first.click()
    expect(editor.locator(".messages")).to_contain_text("published")

    tell_now(site)
    reader.goto("/account/inbox/")
    told = reader.get_by_role("link", name=re.compile("“The East Bridge” goes on"))
    expect(told).to_contain_text("Ferry to sail once an hour after nine")
    told.click()
    expect(reader).to_have_url(re.compile(story_paths["fewer-ferries-after-nine"]))
    expect(reader.locator(".storyline-box .here")).to_contain_text("Fewer ferries after nine")
    # Nothing of the text changed, so it has no other edition.
    expect(reader.locator(".editions li")).to_have_count(editions)


def tell_now(site: Site) -> None:
    """Do at once what the worker does every fifteen seconds."""
    subprocess.run(
        command(
            *("manage", "shell", "--no-imports", "-c"),
            "from broadsheet.cli.tasks import tell_readers; tell_readers()",
        ),
        env=environment(site.data, free_port()),
        check=True,
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["storyline", "story", "past"])
def test_axe_finds_no_violation_and_nothing_stands_out(
    open_page: Callable[..., Page], council: str, name: str, width: int, scheme: str
) -> None:
    hour_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    path = {"storyline": LINE, "story": council, "past": f"{LINE}at/{compact(hour_ago)}/"}[name]
    page = open_page(path, viewport={"width": width, "height": 900}, color_scheme=scheme)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context = ".storyline-box" if name == "story" else None
    found = Axe().run(page, context=context) if context else Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
