"""What readers, guests, moderators and editors see of people can be read and used by everybody: axe,
in light and dark, on a phone and on a desk; nothing wider than the window.

With ``BROADSHEET_TEST_SHOTS=DIR`` a picture of each page is kept, for people to look at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.browser.stocking import MODERATOR, PATH, READER
from tests.browser.test_account import sign_in as sign_in_by_code
from tests.browser.test_desk import sign_in as sign_in_at_desk
from tests.site import Site, environment, free_port

NOBODY, READER_SEEN, MODERATOR_SEEN, EDITOR_SEEN = "nobody", "reader", "moderator", "editor"
PAGES: dict[str, tuple[str, str]] = {
    # Readers who are signed in.
    "account": (READER_SEEN, "/account/"),
    "address": (READER_SEEN, "/account/address/"),
    "inbox": (READER_SEEN, "/account/inbox/"),
    "disclosures": (READER_SEEN, "/account/disclosures/"),
    "muted": (READER_SEEN, "/account/muted/"),
    "erase": (READER_SEEN, "/account/erase/"),
    "follow-story": (READER_SEEN, "/follow/story/{document}/"),
    "follow-author": (READER_SEEN, "/follow/author/{author}/"),
    "edit": (READER_SEEN, "/c/{lonely}/edit/"),
    "delete": (READER_SEEN, "/c/{edited}/delete/"),
    "acts-own": (READER_SEEN, "/c/{spoken}/acts/"),
    "acts-others": (READER_SEEN, "/c/{others}/acts/"),
    "acts-reply": (READER_SEEN, "/c/{reply}/acts/"),
    "acts-asked": (READER_SEEN, "/c/{asked}/acts/"),
    "mine": (READER_SEEN, "/moderation/mine/"),
    "held": (READER_SEEN, "/moderation/mine/{waits}/"),
    "statement": (READER_SEEN, "{statement}"),
    "statement-appealed": (READER_SEEN, "{appealed}"),
    "report-signed-in": (READER_SEEN, "/c/{others}/report/"),
    "story-signed-in": (READER_SEEN, "{path}"),
    # Whoever comes along.
    "sign-in": (NOBODY, "/account/sign-in/"),
    "closed": (NOBODY, "/account/closed/"),
    "erased": (NOBODY, "/account/erased/"),
    "profile": (NOBODY, "/reader/{reader}/"),
    "versions": (NOBODY, "/c/{edited}/versions/"),
    "acts": (NOBODY, "/c/{others}/acts/"),
    "follow-story-guest": (NOBODY, "/follow/story/{document}/"),
    "follow-confirm": (NOBODY, "{confirm}"),
    "muted-guest": (NOBODY, "/account/muted/"),
    "mine-guest": (NOBODY, "/moderation/mine/"),
    "report": (NOBODY, "/c/{others}/report/"),
    "report-illegal": (NOBODY, "/c/{others}/report/?kind=illegal"),
    "report-gone": (NOBODY, "/c/{removed}/report/"),
    "receipt": (NOBODY, "{opened}"),
    "receipt-upheld": (NOBODY, "{upheld}"),
    "receipt-unfounded": (NOBODY, "{unfounded}"),
    "log": (NOBODY, "/moderation/log/"),
    "transparency": (NOBODY, "/moderation/transparency/"),
    "house-rules": (NOBODY, "/moderation/rules/"),
    "write": (NOBODY, "{path}comment/?to={spoken}"),
    # A moderator, who has no right at the desk.
    "queue": (MODERATOR_SEEN, "/moderation/"),
    "queue-empty": (MODERATOR_SEEN, "/moderation/?story=999999"),
    "queue-reports": (MODERATOR_SEEN, "/moderation/?kind=report"),
    "item": (MODERATOR_SEEN, "/moderation/{items[report]}/"),
    "item-gone": (MODERATOR_SEEN, "/moderation/999999/"),
    "ban": (MODERATOR_SEEN, "/moderation/{items[comment]}/ban/"),
    # An editor at the desk.
    "desk-queue": (EDITOR_SEEN, "/desk/moderation/"),
    "desk-item": (EDITOR_SEEN, "/desk/moderation/{items[report]}/"),
    "desk-ban": (EDITOR_SEEN, "/desk/moderation/{items[comment]}/ban/"),
    "desk-redact": (EDITOR_SEEN, "/desk/moderation/comment/{others}/redact/"),
    "desk-redact-held": (EDITOR_SEEN, "/desk/moderation/held/{waits}/redact/"),
    "redact": (EDITOR_SEEN, "/moderation/comment/{others}/redact/"),
    "desk-rules": (EDITOR_SEEN, "/desk/rules/"),
    "desk-rule": (EDITOR_SEEN, "/desk/rules/set/words/"),
    "desk-rule-filter": (EDITOR_SEEN, "/desk/rules/set/filter/"),
    "desk-bans": (EDITOR_SEEN, "/desk/rules/bans/"),
    "desk-refused": (EDITOR_SEEN, "/desk/rules/refused/"),
    "desk-openness": (EDITOR_SEEN, "/desk/stories/{page}/discussion/"),
    "desk-claims": (EDITOR_SEEN, "/desk/claimed-names/"),
    "desk-comments": (EDITOR_SEEN, "/desk/comments/"),
}
STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
OWN_AT_DESK = "main .nice-padding"
"""Wagtail's own frame is not ours to mend."""


@pytest.fixture(scope="module")
def stocked(site: Site, browser: Browser) -> dict[str, Any]:
    """Put one of everything into the publication; returns where it stands."""
    context = browser.new_context(base_url=site.origin)
    page = context.new_page()
    page.goto("/")
    link = page.locator(f"a[href$='/{PATH}/']").first.get_attribute("href")
    context.close()
    around = environment(site.data, free_port())
    around["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.stocking", str(link)],
        env=around,
        cwd=Path(__file__).parents[2],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(made.stdout)
    return found


@pytest.fixture(scope="module")
def signed_in(site: Site, browser: Browser, stocked: dict[str, Any]) -> dict[str, Any]:
    """What the browsers of the three who are signed in keep; each signs in once."""
    kept: dict[str, Any] = {NOBODY: None}
    for who, email in ((READER_SEEN, READER), (MODERATOR_SEEN, MODERATOR), (EDITOR_SEEN, "")):
        context = browser.new_context(base_url=site.origin)
        page = context.new_page()
        if email:
            page.goto("/account/sign-in/")
            sign_in_by_code(site, page, email, "")
            page.wait_for_url("**/account/")
        else:
            sign_in_at_desk(page, site)
        kept[who] = context.storage_state()
        context.close()
    return kept


@pytest.mark.parametrize("name", PAGES)
def test_page_can_be_read_and_used_by_everybody(
    open_page: Callable[..., Page], signed_in: dict[str, Any], stocked: dict[str, Any], name: str
) -> None:
    who, address = PAGES[name]
    page = open_page(
        address.format(**stocked),
        expect_faults=True,
        bypass_csp=True,
        storage_state=signed_in[who],
    )
    # Colours on their way from one scheme to the other are not what anybody reads.
    page.add_style_tag(content=STILL)
    page.evaluate("document.querySelectorAll('main details').forEach(each => (each.open = true))")
    found = {}
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            keep_picture(page, f"{name}-{width}-{scheme}")
            results = Axe().run(page, context=OWN_AT_DESK if "/desk/" in address else None)
            for violation in results.response["violations"]:
                nodes = [node["target"] for node in violation["nodes"]][:3]
                found[width, scheme, violation["id"]] = nodes
        wide = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(each =>"
            " each.checkVisibility() && !each.closest('.vh, .plot-table, pre')"
            " && each.getBoundingClientRect().right > innerWidth + 1)"
            ".map(each => each.outerHTML.slice(0, 120)).slice(0, 3)"
        )
        if wide:
            found[width, "too wide"] = wide
    headings = page.locator("main h1, .w-header h1, header h1")
    if headings.count() == 0:
        found["h1"] = "none"
    assert found == {}


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("BROADSHEET_TEST_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
