"""Passages in the browser: marked, opened in place, spoken about by mouse, touch and keyboard."""

from __future__ import annotations

import html
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SELECT = """words => {
  const walker = document.createTreeWalker(document.querySelector('[data-text]'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const start = walker.currentNode.data.indexOf(words);
    if (start < 0) continue;
    const range = new Range();
    range.setStart(walker.currentNode, start);
    range.setEnd(walker.currentNode, start + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    walker.currentNode.parentElement.scrollIntoView({block: 'center', behavior: 'instant'});
    return range.getClientRects()[0].toJSON();
  }
  throw new Error(`not in the story: ${words}`);
}"""
HIGHLIGHTED = """name => [...(CSS.highlights.get(name) ?? [])].map(range => range.toString())"""


READ = """async () => {
  const names = performance.getEntriesByType('resource').map(({name}) => name);
  const {StoryText} = await import(names.find(name => /\\/blocks[^/]*\\.js/.test(name)));
  const {blocks} = JSON.parse(document.getElementById('passages').textContent);
  const text = new StoryText(document.querySelector('[data-text]'), blocks);
  const read = block => [block.id, block.letters.map(([letter]) => letter).join('')];
  return {wanted: blocks.map(([id]) => id), read: Object.fromEntries(text.blocks.map(read))};
}"""


def words_of(page: Page, block: int) -> str:
    """Some words from the middle of a paragraph, so that each test has its own."""
    text = page.locator("[data-text] .block > p:not(.beside)").nth(block).inner_text()
    return " ".join(text.split()[2:5])


def select(page: Page, words: str) -> None:
    page.evaluate(SELECT, words)
    expect(page.get_by_role("toolbar", name="About the selected words")).to_be_visible()


def fill(page: Page, **fields: str) -> None:
    form = page.locator(".here-form form")
    for label, value in fields.items():
        form.get_by_label(label.replace("_", " "), exact=True).fill(value)


def test_talked_about_words_are_marked_and_open_in_place(open_page, council):
    page = open_page(council)
    number = page.locator("a.talk").first
    marked = page.evaluate(HIGHLIGHTED, "talked")

    assert marked
    expect(number).to_have_attribute("aria-expanded", "false")
    number.click()

    opened = page.locator(".talk-open")
    expect(opened).to_be_focused()
    expect(opened.get_by_role("heading", level=2)).to_contain_text("comment")
    expect(number).to_have_attribute("aria-expanded", "true")
    assert page.evaluate(HIGHLIGHTED, "talked-active")
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)
    expect(number).to_be_focused()


def test_every_block_is_read_as_the_server_reads_it(open_page, story_paths):
    kinds = set()
    for path in story_paths.values():
        page = open_page(path)
        page.wait_for_load_state("networkidle")
        found = page.evaluate(READ)
        assert list(found["read"]) == found["wanted"], path
        for block, text in found["read"].items():
            kind = page.locator(f"#b-{block}").evaluate("element => element.localName")
            if kind not in kinds:
                kinds.add(kind)
                answer = page.request.get(f"{path}propose/?edition=1&block={block}").text()
                assert " ".join(text.split()[:4]) in html.unescape(answer)

    assert kinds >= {"p", "ul", "blockquote", "figure", "h2"}


def test_deep_link_opens_the_passage(open_page, council):
    page = open_page(council)
    anchor = page.locator("a.talk").first.get_attribute("id")

    page = open_page(f"{council}#{anchor}")

    expect(page.locator(".talk-open")).to_be_visible()
    expect(page.locator(f"#{anchor}")).to_be_in_viewport()


def test_tap_on_marked_words_opens_what_is_said(open_page, council):
    page = open_page(council)
    place = "CSS.highlights.get('talked').values().next().value"
    page.wait_for_load_state("networkidle")
    page.evaluate(
        f"{place}.startContainer.parentElement.scrollIntoView({{block: 'center', behavior: 'instant'}})"
    )
    box = page.evaluate(f"{place}.getClientRects()[0].toJSON()")

    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.locator(".talk-open")).to_be_visible()


def test_without_highlights_the_words_are_marked_in_the_page(open_page, council, browser, site):
    context = browser.new_context(base_url=site.origin)
    context.add_init_script("delete CSS.highlights; delete globalThis.Highlight;")
    page = context.new_page()
    page.goto(council)

    expect(page.locator("mark.talked").first).to_be_visible()
    text = page.locator("[data-text]").inner_text()
    page.locator("a.talk").first.click()
    expect(page.locator(".talk-open")).to_be_visible()
    expect(page.locator("mark.talked-active").first).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("a.talk").first.blur()
    expect(page.locator("mark.talked-active")).to_have_count(0)
    assert page.locator("[data-text]").inner_text() == text
    context.close()


def test_comment_on_selected_words(open_page, quiet):
    page = open_page(quiet)
    words = words_of(page, 0)
    select(page, words)

    page.get_by_role("button", name="Comment on this").click()
    form = page.locator(".here-form form")
    expect(form.get_by_label("The words that you mean")).to_have_value(words)
    expect(form.get_by_label("Your comment")).to_be_focused()
    fill(page, Your_comment="Is that so?", Name="Lena Brookes")
    form.get_by_role("button", name="Post").click()

    comment = page.locator("[data-thread] article", has_text="Is that so?")
    expect(comment.locator(".about")).to_have_text(re.compile(re.escape(words)))
    expect(page.locator("a.talk q", has_text=words)).to_have_count(1)


def test_words_are_marked_with_the_mouse(open_page, quiet):
    page = open_page(quiet)
    box = page.evaluate(SELECT, words_of(page, 1))
    page.evaluate("getSelection().removeAllRanges()")

    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()

    expect(page.get_by_role("toolbar", name="About the selected words")).to_be_visible()


def test_touch_shows_the_choice_at_the_foot_of_the_screen(open_page, quiet):
    page = open_page(quiet, viewport={"width": 390, "height": 800}, has_touch=True)
    select(page, words_of(page, 1))

    bar = page.get_by_role("toolbar").bounding_box()

    assert bar["y"] + bar["height"] > 740
    assert bar["width"] <= 390


def test_correction_is_proposed_for_selected_words(open_page, quiet):
    page = open_page(quiet, expect_faults=True)
    words = words_of(page, 2)
    select(page, words)

    page.get_by_role("button", name="Propose a correction").click()
    form = page.locator(".here-form form")
    expect(form.get_by_label("What should stand there")).to_have_value(words)
    fill(page, What_should_stand_there="quite other words", Name="Iris Moor")
    form.get_by_role("button", name="Propose").click()
    expect(form.get_by_text("Say why")).to_be_visible()
    fill(page, Why="I was there.")
    form.get_by_role("button", name="Show the change").click()
    expect(form.locator(".preview ins")).to_contain_text("quite other words")
    form.get_by_role("button", name="Propose").click()

    expect(page.get_by_role("heading", name="Proposed correction")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw this proposal")).to_be_visible()
    page.goto(quiet)
    proposed = page.locator("[data-thread] .proposed", has_text="quite other words")
    expect(proposed).to_contain_text("Open")


def test_paragraph_is_reached_by_keyboard(open_page, quiet):
    page = open_page(quiet)
    link = page.get_by_role("link", name="Comment on this paragraph, or correct it").nth(3)
    link.focus()
    page.keyboard.press("Enter")

    form = page.locator(".here-form form")
    expect(form.get_by_label("Your comment")).to_be_focused()
    form.get_by_role("link", name="Propose a correction instead").press("Enter")
    expect(page.locator(".here-form").get_by_label("What should stand there")).to_be_focused()
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.locator(".here-form")).to_have_count(0)
    expect(link).to_be_focused()


def test_selected_words_lead_to_the_choice_by_keyboard(open_page, quiet):
    page = open_page(quiet)
    box = page.evaluate(SELECT, words_of(page, 1))
    page.mouse.dblclick(box["x"] + 5, box["y"] + box["height"] / 2)
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("toolbar", name="About the selected words")).to_be_visible()

    names = []
    for _ in range(4):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent"))

    assert "Comment on this" in names


def test_without_scripts_a_passage_is_a_link_and_a_form(open_page, council, quiet):
    page = open_page(council, java_script_enabled=False)
    page.locator("a.talk").first.click()
    expect(page.get_by_role("heading", name="A passage and what is said about it")).to_be_visible()

    page.goto(quiet)
    page.get_by_role("link", name="Comment on this paragraph, or correct it").first.click()
    words = " ".join(page.locator("blockquote.paragraph").inner_text().split()[:3])
    page.get_by_label("The words that you mean").fill(words)
    page.get_by_label("Your comment").fill("Without any script.")
    page.get_by_label("Name").fill("Lena Brookes")
    page.get_by_role("button", name="Post").click()

    comment = page.locator("article", has_text="Without any script.").last
    expect(comment.locator(".about")).to_contain_text(words)


def test_changed_story_tells_who_read_it_before(open_page, council):
    page = open_page(council)
    expect(page.get_by_text("This story changed since you read it.")).to_have_count(0)
    page.evaluate(
        """() => {
          const story = document.querySelector('[data-story]');
          localStorage.setItem(`read:${story.dataset.story}`, JSON.stringify({edition: '1'}));
        }"""
    )

    page.reload()
    expect(page.get_by_text("This story changed since you read it.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Show what changed from edition 1")).click()

    expect(page.locator(".since-difference ins").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("This story changed since you read it.")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_with_passages(open_page, council, scheme):
    page = open_page(council, color_scheme=scheme, bypass_csp=True, expect_faults=True)
    page.locator("a.talk").first.click()
    expect(page.locator(".talk-open h2")).to_be_visible()
    page.locator("a.par").nth(2).click()
    expect(page.locator(".here-form form")).to_be_visible()

    found = Axe().run(page, context=".story-text")

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["passage", "propose"])
def test_axe_finds_no_violation_on_pages_of_passages(open_page, council, name, scheme):
    page = open_page(council, color_scheme=scheme, bypass_csp=True, expect_faults=True)
    path = page.locator("a.talk").first.get_attribute("href")
    page.goto(path if name == "passage" else f"{council}propose/?edition=1&block=b01")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
