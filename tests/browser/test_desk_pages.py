"""What the desk adds to Wagtail can be read and used by everybody: axe, and nothing wider than a phone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.test_desk import sign_in
from tests.browser.test_desk_proposals import propose  # noqa: F401  (a fixture)

PAGES = [
    "inbox",
    "decided",
    "entry",
    "editions",
    "reconstruct",
    "preview",
    "note",
    "comments",
    "removal",
    "erasure",
    "discussion",
]


@pytest.fixture
def seen(open_page, site, propose, story_paths):  # noqa: F811
    """Open one of the desk's own pages, about a story with a proposal and two editions."""

    def show(name: str, story: str = "fewer-ferries-after-nine", **options: object) -> Page:
        path = story_paths[story]
        page = open_page("/desk/login/", expect_faults=True, bypass_csp=True, **options)
        sign_in(page, site)
        pk, _ = propose(path, f"other words for the {name}")
        page.goto(f"/desk/proposals/{pk}/")
        if name == "inbox":
            page.goto("/desk/proposals/")
        elif name == "decided":
            page.get_by_role("button", name=re.compile("^Accept")).click()
            page.goto("/desk/proposals/?state=decided")
        elif name == "removal":
            page.goto("/desk/comments/")
        elif name != "entry":
            page.get_by_text("Open in the editor").click()
            number = re.search(r"/pages/(\d+)/edit/", page.url)
            assert number
            own = f"/desk/stories/{number[1]}"
            where = {"note": "editions/1/note/", "comments": "editions/1/comments/"}
            where |= {"erasure": "editions/1/erase/", "discussion": "discussion/"}
            where |= dict.fromkeys(["reconstruct", "preview"], "reconstruct/")
            page.goto(f"{own}/{where.get(name, 'editions/')}")
        if name == "preview":
            page.get_by_label("Headline").fill("What stood there before")
            page.get_by_label("What it rests on").fill("A saved copy.")
            page.get_by_role("button", name="Look at the difference").click()
            expect(page.locator("#difference")).to_be_visible()
        return page

    return show


STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"


def open_all(page: Page) -> None:
    # Colours on their way from one scheme to the other are not what anybody reads.
    page.add_style_tag(content=STILL)
    page.evaluate("document.querySelectorAll('main details').forEach(each => (each.open = true))")


@pytest.mark.parametrize("name", PAGES)
def test_page_of_the_desk_can_be_used_by_everybody(seen, name):
    page = seen(name, viewport={"width": 1280, "height": 900})
    open_all(page)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, context=".desk-proposals, .desk-history, .desk-openness")
        assert found.violations_count == 0, found.generate_report()

    page.set_viewport_size({"width": 390, "height": 800})
    # The desk hides what is too wide, so each field is measured, once its menu has folded away.
    page.wait_for_function(
        "[...document.querySelectorAll('main :is(textarea, input, select, button, p)')]"
        ".every(each => each.getBoundingClientRect().right <= innerWidth)"
    )


def test_editor_removes_an_edition_by_law_and_readers_are_told(seen, open_page, story_paths):
    # Not the story of the other pages here: what is removed is gone for them too.
    story = "tide-gauge-keeps-its-pen"
    path = story_paths[story]
    page = seen("editions", story, viewport={"width": 1280, "height": 900})
    page.get_by_role("link", name=re.compile("^Remove by law edition 1 ")).click()
    expect(page.locator(".desk-history")).to_contain_text("This cannot be undone.")
    page.get_by_label("Ground").select_option("Unlawful use of private data or pictures")
    page.get_by_label("Which law or order").fill("Court of Kingston, 7 C 12/26")
    page.get_by_label("Remove it for good").check()
    page.get_by_role("button", name="Remove it by law").click()
    expect(page.locator("#edition-1")).to_contain_text("Court of Kingston, 7 C 12/26")

    reader = open_page(path, expect_faults=True)
    reader.goto(f"{path}v/1/")
    expect(reader.get_by_role("heading", level=1)).to_have_text("Edition 1 was removed by law")
    expect(reader.locator("main")).to_contain_text("Court of Kingston, 7 C 12/26")
    assert Axe().run(reader).response["violations"] == []
