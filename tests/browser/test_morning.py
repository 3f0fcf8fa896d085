"""The morning of 2011, replayed: a phrase is misread, a reader proposes, the editor accepts.

On the page of that day if it lies beside the project, and on one of ours that went the same way.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_desk import sign_in
from tests.browser.test_passages import select
from tests.shared_fixtures import shared_files
from tests.site import Site, command, environment

OURS = """Harbour master talks up the new ferry line

By Ann Lee, on 2nd Sep 26 10:26 am with 3 Comments

Harbour master Mara Odderly took to the stage at the Market Hall on Friday.

The outgoing harbour master spoke about the opportunities of the line for the whole town.

  • Jamie

    “The outgoing harbour master ”

    Do you know something we don’t?

    • Ann L

      haha probably not the best phrase to use, re-worded :) thanks

  • Nick

    “The outgoing harbour master…”

    Uuum. What? Is she leaving?
"""


@dataclass(frozen=True)
class Morning:
    text: str
    phrase: str

    @property
    def before(self) -> str:
        return f"outgoing {self.phrase}"

    @property
    def after(self) -> str:
        return f"charismatic {self.phrase}"


def mornings() -> list[object]:
    cases = [pytest.param(Morning(OURS, "harbour master"), id="ours")]
    for path in shared_files("seed/*.txt"):
        text = path.read_text("utf-8").replace(
            "The charismatic CEO spoke", "The outgoing CEO spoke"
        )
        cases.append(pytest.param(Morning(text, "CEO"), id="2011"))
    return cases


@pytest.fixture(params=mornings())
def morning(request: pytest.FixtureRequest) -> Morning:
    return request.param


@pytest.fixture
def path(morning: Morning, site: Site, tmp_path: Path) -> str:
    """Import the page as it stood first; its address."""
    page = tmp_path / "page.txt"
    page.write_text(morning.text, "utf-8")
    done = subprocess.run(
        command("import", "capture", str(page)),
        env=environment(site.data, 8000),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return re.findall(r"/\d{4}/\d{2}/[-\w]+/", done.stdout)[-1]


def propose(page: Page, morning: Morning) -> None:
    select(page, morning.before)
    page.get_by_role("button", name="Propose a correction").click()
    form = page.locator(".here-form form")
    form.get_by_label("What should stand there").fill(morning.after)
    form.get_by_label("Why", exact=True).fill("Outgoing can be read as leaving.")
    form.get_by_label("Name", exact=True).fill("Omar Finch")
    form.get_by_label("If it is accepted, name me as the one who spotted it").check()
    form.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("heading", name="Proposed correction")).to_be_visible()


def accept(page: Page, site: Site) -> None:
    sign_in(page, site)
    page.goto("/desk/proposals/")
    entry = page.locator(".desk-proposal", has_text="Omar Finch").last
    entry.get_by_text("Kind, note", exact=False).first.click()
    entry.get_by_label("Kind of edition").select_option("clarification")
    entry.get_by_role("button", name=re.compile("^Accept")).click()
    expect(page.locator(".messages")).to_contain_text("Accepted: edition 2")


def test_phrase_is_asked_about_reworded_and_kept(open_page, site, morning, path):
    reader = open_page(path, expect_faults=True)
    quoted = reader.locator("[data-thread] article", has_text=f"“The {morning.before}")
    expect(quoted.first.locator(".about")).to_contain_text(f"The {morning.before}")
    select(reader, morning.before)
    reader.get_by_role("button", name="Comment on this").click()
    form = reader.locator(".here-form form")
    form.get_by_label("Your comment").fill("Is somebody leaving?")
    form.get_by_label("Name", exact=True).fill("Lena Brookes")
    form.get_by_role("button", name="Post").click()
    asked = reader.locator("[data-thread] article", has_text="Is somebody leaving?")
    expect(asked.locator(".about")).to_have_text(f"On {morning.before}")
    propose(reader, morning)
    between = dt.datetime.now(dt.UTC)
    reader.wait_for_timeout(1500)

    desk = open_page("/desk/login/", expect_faults=True, viewport={"width": 1440, "height": 1000})
    accept(desk, site)

    reader.goto(path)
    told = (
        f"Written about: before: {morning.before} — reworded in edition 2 to: "
        f"added: {morning.after}"
    )
    for comment in (asked, reader.locator("[data-thread] article", has_text="Outgoing can be")):
        said = " ".join((comment.locator(".about").text_content() or "").split())
        assert said.replace("added: ", "") == told.replace("added: ", "")
    expect(quoted.first.locator(".about")).to_contain_text(f"The {morning.after}")
    proposed = reader.locator("[data-thread] .proposed")
    expect(proposed).to_contain_text("Accepted")
    expect(proposed.get_by_role("link", name="edition 2")).to_be_visible()
    expect(reader.locator(".note", has_text="Clarification")).to_contain_text("Spotted by Omar")
    expect(reader.get_by_text("This story changed since you read it.")).to_be_visible()

    reader.goto(f"{path}at/{between:%Y%m%dT%H%M%SZ}/")
    expect(reader.locator("[data-text]")).to_contain_text(f"The {morning.before} spoke")
    expect(asked.locator(".about")).to_have_text(f"On {morning.before}")
    expect(reader.locator("[data-thread] .proposed")).to_contain_text("Open")
    after = dt.datetime.now(dt.UTC)
    reader.goto(f"{path}at/{after:%Y%m%dT%H%M%SZ}/")
    expect(reader.locator("[data-text]")).to_contain_text(f"The {morning.after} spoke")

    plain = open_page(path, java_script_enabled=False)
    expect(plain.locator("[data-text]")).to_contain_text(f"The {morning.after} spoke")
    expect(
        plain.locator("[data-thread] article", has_text="Is somebody leaving?").locator(".about")
    ).to_contain_text("reworded in edition 2")
    plain.get_by_role("link", name="What changed, and why").click()
    expect(plain.locator("#difference ins")).to_contain_text("charismatic")
    expect(plain.locator("#difference del")).to_contain_text("outgoing")
