"""Reading: the way from the front page to a comment, at every width, in both schemes."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SCHEMES = ["light", "dark"]
WIDTHS = [360, 820, 1440]


def test_from_the_front_page_to_the_comments(open_page):
    page = open_page("/")

    page.get_by_role("link", name=re.compile(r"^3\d\d comments")).first.click()

    assert page.url.endswith("#discussion")
    expect(page.get_by_role("heading", level=2, name="Discussion")).to_be_in_viewport()
    assert 50 <= page.locator("[data-thread] article").count() <= 200


def test_thread_is_read_to_its_end_in_place(open_page, council):
    page = open_page(council)
    articles = page.locator("[data-thread] article")
    wanted = int(re.match(r"\d+", page.locator("h2 [data-count]").inner_text())[0])
    links = page.locator("[data-more], [data-next] a")

    for _ in range(60):
        if links.count() == 0:
            break
        before = articles.count()
        left = links.count()
        links.first.click()
        expect(page.locator("[data-status]")).to_have_text(re.compile(r"^\d+ more comment"))
        page.wait_for_function(
            "([before]) => document.querySelectorAll('[data-thread] article').length > before",
            arg=[before],
        )
        assert page.evaluate("document.activeElement.matches('article.comment')")
        assert page.url.endswith(council)
        page.evaluate("document.querySelector('[data-status]').textContent = ''")
        assert left

    ids = articles.evaluate_all("all => all.map(each => each.id)")
    assert len(ids) == len(set(ids)) == wanted
    assert page.evaluate(
        """() => [...document.querySelectorAll('[data-thread] ol')].every((list) =>
          [...list.children].every((item) => item.matches('li')))"""
    )


def test_thread_is_read_to_its_end_without_scripts(open_page, council):
    page = open_page(council, java_script_enabled=False)
    seen: list[str] = []
    for _ in range(30):
        seen += page.locator(".thread article").evaluate_all("all => all.map(each => each.id)")
        more = page.locator(".thread + .more a")
        if more.count() == 0:
            break
        more.click()

    assert len(seen) == len(set(seen)) >= 150
    expect(page.get_by_role("heading", level=2, name="Discussion")).to_be_visible()
    assert "noindex" in page.locator('meta[name="robots"]').get_attribute("content")


def test_page_of_the_thread_is_accessible(open_page, council):
    page = open_page(council + "discussion/?sort=newest")

    assert (found := Axe().run(page)).violations_count == 0, found.generate_report()


def test_permalink_leads_to_its_comment(open_page, council):
    page = open_page(council)
    link = page.locator("[data-thread] article .when").nth(120)
    comment = link.locator("xpath=ancestor::article")
    number = comment.get_attribute("id")

    link.click()

    assert page.url.endswith(f"{council}#{number}")
    expect(page.locator(f"#{number}")).to_be_in_viewport()


def test_author_section_topic_and_search_lead_to_stories(open_page, council):
    page = open_page(council)
    headline = page.get_by_role("heading", level=1).inner_text()

    page.locator(".byline a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Anneke Leeward")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Town").click()
    page.get_by_role("link", name=headline).click()
    page.get_by_role("link", name="East Bridge", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("East Bridge")
    page.get_by_role("link", name="Search").click()
    page.get_by_label("Words in stories").fill("piers divers")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=headline)).to_be_visible()


def test_video_is_loaded_only_when_asked(open_page, story_paths):
    page = open_page(story_paths["a-night-on-the-9n"])

    assert page.locator("iframe").count() == 0
    assert page.locator("figure.embed a").count() == 1


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "name", ["front", "story", "search", "write", "author", "corrections", "changes"]
)
def test_nothing_stands_out_of_the_page(open_page, council, name, width, scheme):
    path = {
        "front": "/",
        "story": council,
        "search": "/search/?q=bridge",
        "write": f"{council}comment/",
        "author": "/by/anneke-leeward/",
        "corrections": "/corrections/",
        "changes": f"{council}changes/",
    }[name]
    page = open_page(path, viewport={"width": width, "height": 900}, color_scheme=scheme)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "name",
    ["front", "story", "form", "search", "section", "corrections", "changes", "not found"],
)
def test_axe_finds_no_violation(open_page, council, quiet, name, scheme):
    path = {
        "front": "/",
        "story": quiet,
        "form": f"{council}comment/",
        "search": "/search/?q=bridge",
        "section": "/town/",
        "corrections": "/corrections/",
        "changes": f"{council}changes/",
        "not found": "/nothing/",
    }[name]
    page = open_page(path, color_scheme=scheme, bypass_csp=True, expect_faults=True)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_axe_finds_no_violation_in_a_long_thread(open_page, council):
    page = open_page(council, bypass_csp=True, expect_faults=True)

    found = Axe().run(page, context="#discussion")

    assert found.violations_count == 0, found.generate_report()


def test_skip_link_is_the_first_stop_of_the_keyboard(open_page, council):
    page = open_page(council)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("#main$"))


def test_corrections_are_narrowed_without_scripts(open_page):
    page = open_page("/corrections/", java_script_enabled=False)
    headline = page.get_by_role("heading", level=3, name="Council sets aside £2.4 million")

    page.get_by_label("Kind").select_option("clarification")
    page.get_by_role("button", name="Show").click()
    expect(headline).to_have_count(0)
    page.get_by_label("Kind").select_option("correction")
    page.get_by_label("Words").fill("million")
    page.get_by_role("button", name="Show").click()
    expect(headline).to_have_count(1)
    page.get_by_role("link", name="See the change in “Council sets aside £2.4 million").click()

    expect(page.get_by_role("heading", level=2, name=re.compile("^From edition"))).to_be_visible()
    expect(page.locator("#difference ins").first).to_be_visible()
