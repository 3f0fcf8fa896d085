"""The sample publication, served, and a browser that notices what a reader would not see."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.site import (
    START_WITHIN,
    Site,
    command,
    environment,
    free_port,
    lend_what_is_prepared,
    served,
)

COUNCIL = "council-votes-to-repair-the-east-bridge"
QUIET = "reading-room-opens-on-sundays"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site") / "var"
    lend_what_is_prepared(data)
    with served(data, "--first-run") as running:
        let_one_machine_play_many(running)
        yield running


def let_one_machine_play_many(site: Site) -> None:
    """Switch off the rules that tell one sender from many: all readers of these journeys are one."""
    off = (
        "from broadsheet.moderation.setting import set_rule\n"
        "for name in ('rates', 'duplicates', 'tries'):\n"
        "    set_rule(name=name, is_on=False, options={}, by=None)\n"
    )
    subprocess.run(
        command("manage", "shell", "--no-imports", "-c", off),
        env=environment(site.data, free_port()),
        check=True,
        capture_output=True,
        timeout=START_WITHIN,
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["BROADSHEET_TEST_BROWSER"], args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page of the paper; at the end nothing may have failed in the browser unseen."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_path(path: str, *, expect_faults: bool = False, **options: object) -> Page:
        context = browser.new_context(base_url=site.origin, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        if not expect_faults:
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on(
                "console",
                lambda said: (
                    faults.append(said.text) if said.type in ("error", "warning") else None
                ),
            )
        page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def story_paths(site: Site, browser: Browser) -> dict[str, str]:
    """The sample's stories by their slug; their month depends on the day of the test."""
    context = browser.new_context(base_url=site.origin)
    page = context.new_page()
    page.goto("/")
    links = page.eval_on_selector_all("h2 a, h3 a", "all => all.map(a => a.getAttribute('href'))")
    context.close()
    return {link.strip("/").split("/")[-1]: link for link in links if link.count("/") == 4}


@pytest.fixture
def council(story_paths: dict[str, str]) -> str:
    """The story with three hundred comments."""
    return story_paths[COUNCIL]


@pytest.fixture
def quiet(story_paths: dict[str, str]) -> str:
    """The story that has no comment in the sample."""
    return story_paths[QUIET]
