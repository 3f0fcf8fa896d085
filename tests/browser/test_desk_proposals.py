"""An editor decides on proposals: from the inbox, from beside the text, and with a form left open."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_desk import sign_in
from tests.site import Site, command, environment

PROPOSE = """
import sys
from broadsheet.corrections.drafts import ProposalDraft
from broadsheet.corrections.actions import propose
from broadsheet.record.models import Address
from broadsheet.record.placements import Pointer
path, replacement, name = sys.argv[1:]
document = Address.objects.get(path=path).document
text = document.edition.canonical_text
exact = next(line for line in text.split("\\n") if len(line.split()) > 12).split(". ")[0]
exact = " ".join(exact.split()[2:4])
draft = ProposalDraft(
    pointer=Pointer(document.edition.number, exact, start=text.index(exact)),
    replacement=replacement, reason="The minutes say so.", name=name, wants_credit=True,
)
made = propose(document_id=document.pk, draft=draft).proposal
print(made.pk, made.passage.exact, sep="|")
"""


@pytest.fixture
def propose(site: Site):
    """Propose, as a reader would, other words for two words of a story's first long paragraph."""

    def run(path: str, replacement: str, name: str = "Lena") -> tuple[str, str]:
        done = subprocess.run(
            [*command()[:1], "-c", _script(), path, replacement, name],
            env={**environment(site.data, 8000), "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        pk, exact = done.stdout.strip().split("|")
        return pk, exact

    return run


def _script() -> str:
    return (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'broadsheet.conf.settings';"
        f" django.setup(); exec({PROPOSE!r})"
    )


@pytest.fixture
def desk(open_page, site) -> Page:
    page = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    sign_in(page, site)
    return page


def edit(page: Page, headline: str) -> None:
    page.goto("/desk/stories/")
    title = page.locator("td.title a[href*='/edit/']", has_text=re.compile(headline, re.I))
    title.first.click()
    expect(page.locator("body")).to_contain_text("is out, published")


def choose_kind(page: Page, kind: str) -> None:
    """Choose a kind of edition, whether the form offers a list or buttons."""
    if page.locator("select[name=edition_kind]").count():
        page.locator("select[name=edition_kind]").select_option(kind)
    else:
        page.locator(f"input[name=edition_kind][value={kind}]").check()


def publish(page: Page) -> None:
    """Press *Publish*, also where Wagtail asks first about a version saved elsewhere."""
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=re.compile("^Publish")).first.click()
    proceed = page.get_by_role("dialog").get_by_role("button", name="Publish")
    answered = page.locator(".desk-newer, .messages .success")
    expect(proceed.or_(answered).first).to_be_visible()
    if proceed.is_visible():
        proceed.click()


STORY = "marl-lane-cuts-its-plots-in-half"


def test_one_click_in_the_inbox_publishes_the_correction(desk, propose, story_paths):
    path = story_paths[STORY]
    pk, _ = propose(path, "certain spokespersons")

    desk.goto("/desk/")
    expect(desk.get_by_role("link", name=re.compile(r"^Proposals \(\d+\)$"))).to_be_visible()
    desk.goto("/desk/proposals/")
    entry = desk.locator(f"#proposal-{pk}")
    expect(entry.locator("ins")).to_contain_text("certain spokespersons")
    entry.get_by_role("button", name=re.compile("^Accept")).click()

    expect(desk.locator(".messages")).to_contain_text(re.compile(r"Accepted: edition \d+ of"))
    desk.goto(path)
    expect(desk.locator("main")).to_contain_text("certain spokespersons")
    expect(desk.locator(".note").first).to_contain_text("An earlier version of this story said")


def test_panel_marks_the_words_and_accepts_beside_the_text(desk, propose, story_paths):
    path = story_paths["saturday-nights-under-the-glass"]
    pk, exact = propose(path, "several words")
    desk.goto("/desk/proposals/")
    desk.locator(f"#proposal-{pk}").get_by_role("link", name="Open in the editor").click()

    expect(desk.locator("[data-proposal-place]")).to_have_text("The words are marked in the text.")
    marked = desk.evaluate("[...CSS.highlights.get('desk-proposal')].map(String)")
    assert marked == [exact]
    expect(desk.get_by_text(exact).last).to_be_in_viewport()
    desk.get_by_role("button", name=re.compile("^Accept")).click()

    expect(desk.locator(".messages")).to_contain_text("Accepted: edition")
    expect(desk).to_have_url(re.compile(r"/desk/pages/\d+/edit/$"))
    expect(desk.locator(".public-DraftEditor-content").first).to_contain_text("several words")


def test_form_left_open_keeps_its_words_and_shows_the_newer_edition(
    desk, propose, story_paths, open_page, site
):
    path = story_paths["tide-gauge-keeps-its-pen"]
    edit(desk, "gauge")
    number = int(desk.locator("[name=loaded_edition]").get_attribute("value"))
    pk, _ = propose(path, "other words")
    other = open_page("/desk/login/", expect_faults=True)
    sign_in(other, site)
    other.goto(f"/desk/proposals/{pk}/")
    other.get_by_role("button", name=re.compile("^Accept")).click()
    expect(other.locator(".messages")).to_contain_text(f"edition {number + 1}")

    desk.locator("#id_standfirst").fill("A standfirst that somebody typed meanwhile.")
    choose_kind(desk, "update")
    desk.get_by_label("Note to readers").fill("Adds a standfirst.")
    publish(desk)

    notice = desk.locator(".desk-newer")
    expect(notice).to_contain_text(f"Edition {number + 1} came out while you had")
    expect(notice.locator("ins")).to_contain_text("other")
    expect(desk.locator("#id_standfirst")).to_have_value(
        "A standfirst that somebody typed meanwhile."
    )
    publish(desk)
    expect(desk.locator(".messages")).to_contain_text("published")
