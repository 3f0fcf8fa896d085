"""Moderation as those concerned meet it: held and published by keyboard; reported, removed, explained,
appealed and put back.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from tests.browser.test_desk import sign_in
from tests.site import command, environment, free_port

OTHER = "sol@news.example"
PASSWORD = "correct horse 9"
_HOLD = f"""
import json, sys
import django
django.setup()
from broadsheet.discussion.actions import Draft, Sender, prepared
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.reasons import Reason, Verdict
from broadsheet.moderation.submission import hold
from broadsheet.readers.models import Account
from broadsheet.record.models import Address
path, *texts = sys.argv[1:]
document = Address.objects.get(path=path).document_id
if not Account.objects.filter(email="{OTHER}").exists():
    Account.objects.create_superuser("{OTHER}", "{PASSWORD}", name="Sol Second")
for text in texts:
    draft = Draft(text=text, name="Lena Brookes", email="lena@reader.example")
    sender = Sender(address="192.0.2.7", guest_key="d" * 64)
    reason = Reason("links", Outcome.HOLD, "It has many links.")
    hold(prepared(document_id=document, draft=draft, sender=sender), Verdict([reason]))
"""


@pytest.fixture
def held(site) -> Callable[..., None]:
    """Let comments wait, as a rule would; there is a second moderator then."""

    def hold(path: str, *texts: str) -> None:
        around = environment(site.data, free_port())
        around["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
        around["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
        subprocess.run([sys.executable, "-c", _HOLD, path, *texts], env=around, check=True)

    return hold


@pytest.fixture
def moderator(open_page, site) -> Callable[..., Page]:
    """Open a page of the queue as somebody who may."""

    def at(path: str, *, as_other: bool = False, **options: object) -> Page:
        page = open_page("/desk/login/", expect_faults=True, **options)
        if as_other:
            page.get_by_label("Email").fill(OTHER)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            expect(page).to_have_url(re.compile("/desk/$"))
        else:
            sign_in(page, site)
        page.goto(path)
        return page

    return at


def item(page: Page, text: str):
    return page.locator(".mod-item", has_text=text)


def test_held_comments_are_decided_by_keyboard_without_leaving_the_page(
    moderator, held, quiet, open_page
):
    held(quiet, "First of three.", "Second of three.", "Third of three.")
    page = moderator("/moderation/?kind=comment")
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.evaluate("window.untouched = true")

    page.keyboard.press("j")
    expect(page.locator(".mod-item:focus")).to_have_count(0)
    page.get_by_label("Keyboard shortcuts").check()
    expect(page.locator("[data-told]")).to_have_text("Keyboard shortcuts are on.")
    page.get_by_label("Keyboard shortcuts").blur()
    item(page, "First of three.").focus()
    page.keyboard.press("p")
    expect(page.locator("[data-told]")).to_have_text("Published.")
    expect(item(page, "Second of three.")).to_be_focused()
    page.keyboard.press("u")
    expect(page.locator("[data-told]")).to_have_text("Undone: 1.")
    expect(item(page, "First of three.")).to_be_focused()
    page.keyboard.press("p")
    expect(item(page, "Second of three.")).to_be_focused()
    page.keyboard.press("d")
    expect(item(page, "Second of three.").get_by_label("Ground")).to_be_focused()
    page.keyboard.press("Escape")
    expect(item(page, "Second of three.")).to_be_focused()
    page.keyboard.press("d")
    page.keyboard.type("Adv")
    page.keyboard.press("Enter")
    expect(page.locator("[data-told]")).to_have_text("Not published.")
    expect(item(page, "Third of three.")).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    page.get_by_role("button", name="Publish").last.click()
    expect(page.locator("[data-told]")).to_have_text(re.compile("^Published\\."))
    assert page.evaluate("window.untouched")
    assert faults == []

    story = open_page(quiet)
    thread = story.locator("[data-thread]")
    expect(thread).to_contain_text("First of three.")
    expect(thread).to_contain_text("Third of three.")
    expect(thread).not_to_contain_text("Second of three.")
    page.reload()
    expect(page.get_by_label("Keyboard shortcuts")).to_be_checked()


def test_without_scripts_each_decision_is_a_form(moderator, held, quiet):
    held(quiet, "Plain one.", "Plain two.")
    page = moderator("/moderation/?kind=comment", java_script_enabled=False)

    entry = item(page, "Plain one.")
    entry.locator("summary", has_text="Decline").click()
    entry.get_by_label("Ground").select_option("Against the house rules in another way")
    entry.get_by_role("button", name="Decline").click()
    expect(item(page, "Plain one.").get_by_role("alert")).to_contain_text("Say in your own words")
    entry = item(page, "Plain one.")
    entry.get_by_label("In your words").fill("Not here.")
    entry.get_by_role("button", name="Decline").click()
    expect(page.locator(".mod-done")).to_contain_text("1 decided: not published.")
    page.get_by_role("button", name="Undo").click()
    expect(item(page, "Plain one.")).to_have_count(1)


LINKS = "See " + " ".join(f"https://example.com/frobozz/{n}" for n in range(6)) + " for all of it."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_writer_takes_back_what_waits_and_the_queue_hears_of_it(
    moderator, held, open_page, quiet, scripts
):
    held(quiet)
    at = quiet if scripts else f"{quiet}comment/"
    writer = open_page(at, expect_faults=True, java_script_enabled=scripts)
    form = writer.locator("form.write[data-write]").last
    form.get_by_label("Your comment").fill(LINKS)
    form.get_by_label("Name").fill("Greta Holm")
    form.get_by_role("button", name="Post").click()
    expect(form.get_by_role("alert")).to_contain_text("it waits until a moderator has read it")
    form.get_by_role("button", name="Post" if scripts else "Send as it is").click()
    told = writer.locator(".held")
    expect(told).to_contain_text("frobozz")
    queue = moderator("/moderation/?kind=comment")
    queue.clock.install()
    queue.reload()
    expect(item(queue, "frobozz")).to_have_count(1)

    told.get_by_role("link", name="Take it back").click()
    expect(writer.get_by_role("button", name="Take it back")).to_be_visible()
    assert Axe().run(writer).response["violations"] == [] if scripts else True
    writer.get_by_role("button", name="Take it back").click()

    expect(writer.get_by_role("status")).to_contain_text("You took it back")
    expect(writer.get_by_label("Your comment")).to_have_value(LINKS)
    assert Axe().run(writer).response["violations"] == [] if scripts else True
    queue.clock.fast_forward(20_000)
    expect(queue.locator(".mod-settled")).to_contain_text("Its writer took it back.")
    expect(item(queue, "frobozz")).to_have_count(0)
    writer.get_by_role("link", name="All that waits, and what was decided about you").click()
    expect(writer.locator("main")).to_contain_text("Nothing of yours waits.")


def test_report_removal_reasons_appeal_and_reversal(moderator, held, open_page, quiet):
    held(quiet)
    writer = open_page(quiet)
    form = writer.locator("form[data-write]").last
    form.get_by_label("Your comment").fill("The roof leaks, and you all know it.")
    form.get_by_label("Name").fill("Greta Holm")
    form.get_by_role("button", name="Post").click()
    expect(writer.locator("[data-thread]")).to_contain_text("The roof leaks")

    reader = open_page(quiet)
    comment = reader.locator("[data-thread] article", has_text="The roof leaks")
    comment.get_by_role("link", name="Report the comment by Greta Holm").click()
    reader.get_by_label("What is wrong with it").select_option("Insult or harassment")
    reader.get_by_label("Why").fill("She insults the council.")
    reader.get_by_role("button", name="Send the report").click()
    expect(reader.get_by_role("status")).to_contain_text("We have it.")

    first = moderator("/moderation/?kind=report")
    entry = item(first, "The roof leaks")
    expect(entry).to_contain_text("She insults the council.")
    entry.locator("summary", has_text="Remove").click()
    entry.get_by_label("In your words").fill("Speaks ill of readers.")
    entry.get_by_role("button", name="Remove").click()
    expect(first.locator("[data-told]")).to_have_text(re.compile("^Removed\\."))
    reader.reload()
    expect(reader.get_by_role("status")).to_contain_text("The comment was removed.")

    writer.goto("/moderation/mine/")
    writer.get_by_role("link", name="Your comment was removed").click()
    expect(writer.locator("main")).to_contain_text("The roof leaks, and you all know it.")
    expect(writer.locator("main")).to_contain_text("Insult or harassment. Speaks ill of readers.")
    writer.get_by_label("Why the decision is wrong").fill("A leaking roof insults nobody.")
    writer.get_by_role("button", name="Appeal").click()
    expect(writer.get_by_role("status")).to_contain_text("Your appeal is with us.")

    first.goto("/moderation/?kind=appeal")
    expect(item(first, "A leaking roof insults nobody.")).to_contain_text("for another moderator")
    second = moderator("/moderation/?kind=appeal", as_other=True)
    entry = item(second, "A leaking roof insults nobody.")
    entry.locator("summary", has_text="Reverse").click()
    entry.locator("details[open]").get_by_label("In your words").fill("It is about the roof.")
    entry.locator("details[open]").get_by_role("button", name="Reverse").click()
    expect(second.locator("[data-told]")).to_have_text(re.compile("^Reversed\\."))

    writer.reload()
    expect(writer.locator("main")).to_contain_text("You were right: the decision was reversed.")
    reader.goto(quiet)
    expect(reader.locator("[data-thread]")).to_contain_text("The roof leaks, and you all know it.")
    reader.goto("/moderation/log/")
    expect(reader.locator(".log li").first).to_contain_text("Reversed on appeal")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(moderator, held, open_page, council, quiet, scheme):
    held(quiet, f"To be looked at, {scheme}.")
    page = moderator("/moderation/", color_scheme=scheme, bypass_csp=True)
    number = item(page, f"To be looked at, {scheme}.").get_attribute("data-item")
    page.goto(council)
    report = page.locator("[data-thread] a", has_text="Report").first.get_attribute("href")
    paths = [
        *("/moderation/", f"/moderation/{number}/", f"/moderation/{number}/ban/"),
        *(f"/desk/moderation/{number}/", f"/desk/moderation/{number}/ban/", "/desk/moderation/"),
        *("/moderation/log/", "/moderation/transparency/", "/moderation/rules/"),
        *("/moderation/mine/", report, f"{report}?kind=illegal"),
    ]
    found = {}
    for path in paths:
        page.goto(path)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            # Wagtail's own frame is not ours to mend.
            options = {"include": [["main .desk-moderation"]]} if "/desk/" in path else None
            results = Axe().run(page, context=options and options["include"][0][0])
            for violation in results.response["violations"]:
                nodes = [node["target"] for node in violation["nodes"]][:3]
                found[path, width, violation["id"]] = nodes
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert found == {}


STORY = "a-night-on-the-9n"
NO_GROUND, SPAM = "words", "filter"


def hold_many(site, path: str, said: list[tuple[str, str, str]]) -> None:
    """Let comments wait for the rules that are named."""
    around = environment(site.data, free_port())
    around["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
    subprocess.run(
        [sys.executable, "-m", "tests.browser.stocking", path, json.dumps(said)],
        env=around,
        cwd=Path(__file__).parents[2],
        check=True,
    )


_DECIDED = """
import json
from broadsheet.moderation.models import Decision, HeldComment
held = HeldComment.objects.filter(name__startswith="Writer ").order_by("pk")
print(json.dumps([
    [each.name, [[one.measure, one.ground] for one in Decision.objects.filter(held=each).order_by("pk")]]
    for each in held
]))
"""


def decided(site) -> dict[str, list[list[str]]]:
    """What was decided of each of the many, in the order of the decisions."""
    made = subprocess.run(
        command("manage", "shell", "--no-imports", "-c", _DECIDED),
        env=environment(site.data, free_port()),
        check=True,
        capture_output=True,
        text=True,
    )
    # Others who are called so are of other journeys.
    return {name: each for name, each in json.loads(made.stdout) if name[7:].isdigit()}


def keys_for(number: int) -> tuple[list[str], list[str]]:
    """How the comment of this number is decided, and what the store must say then."""
    if number % 2 == 0:
        return ["p"], ["published", ""]
    if number % 4 == 1:
        # Held by the filter: the ground that it looks for is chosen already.
        return ["d", "Enter"], ["declined", "spam"]
    return ["r", "i", "Enter"], ["declined", "insult"]


def test_a_hundred_held_comments_are_cleared_by_keyboard_alone(moderator, site, story_paths):
    path = story_paths[STORY]
    rules = {
        SPAM: "It looks like spam to the filter.",
        NO_GROUND: "It has a watched word.",
        "admission": "Every comment is read first.",
    }
    kinds = ["admission", SPAM, SPAM, NO_GROUND]
    many = [(f"Comment number {n}", kinds[n % 4], rules[kinds[n % 4]]) for n in range(100)]
    hold_many(site, path, many)
    page = moderator("/moderation/?kind=comment")
    page.locator(".mod-item:has-text('Comment number 1')").first.get_by_text(
        "only this story"
    ).click()
    page.evaluate("window.untouched = true")
    presses = 0

    def press(key: str) -> None:
        nonlocal presses
        presses += 1
        page.keyboard.press(key)

    switch = page.get_by_label("Keyboard shortcuts")
    switch.focus()
    press("Space")
    expect(page.locator("[data-told]")).to_have_text("Keyboard shortcuts are on.")
    press("?")
    listed = page.locator("#mod-keys-list kbd").all_inner_texts()
    assert listed == ["j", "↓", "k", "↑", "p", "d", "r", "x", "o", "u", "?"]
    press("?")
    expect(page.locator("#mod-keys-list")).to_be_hidden()
    press("j")
    numbered = (
        "document.activeElement.querySelector('.mod-text')?.textContent.trim().split(' ').at(-1)"
    )
    assert page.evaluate(numbered) == "0"
    for key, number in (("j", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("k", 0)):
        press(key)
        assert page.evaluate(numbered) == str(number), key
    press("x")
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    press("x")
    expect(page.locator("[data-selected]")).to_be_empty()
    press("p")
    expect(page.locator("[data-told]")).to_have_text("Published.")
    press("u")
    expect(page.locator("[data-told]")).to_have_text("Undone: 1.")
    assert page.evaluate(numbered) == "0"

    begun = time.monotonic()
    order = []
    for _ in many:
        expect(page.locator(".mod-item:not([aria-busy]):focus")).to_have_count(1)
        number = int(page.evaluate(numbered))
        order.append(number)
        for key in keys_for(number)[0]:
            press(key)
    expect(page.locator("[data-told]")).to_have_text(re.compile("Nothing more waits here"))
    took = time.monotonic() - begun

    assert order == list(range(100))
    assert page.locator(".mod-item").count() == 0
    assert page.locator(".mod-problem").count() == 0
    assert page.evaluate("window.untouched")
    found = decided(site)
    # The first one was published, taken back, and published again.
    assert found.pop("Writer 0")[-1] == ["published", ""]
    assert found == {f"Writer {n}": [keys_for(n)[1]] for n in range(1, 100)}
    assert presses <= 2 * len(many)
    print(f"\n100 held comments: {presses} keys, {took:.1f} s of the machine’s own time")


def test_key_o_opens_all_that_is_known(moderator, held, quiet):
    held(quiet, "Known in full.")
    page = moderator("/moderation/?kind=comment")
    page.get_by_label("Keyboard shortcuts").check()
    item(page, "Known in full.").focus()
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/moderation/\d+/$"))
    expect(page.get_by_role("heading", name="The last comments of this person")).to_be_visible()


def test_decision_that_is_refused_comes_back_into_focus(moderator, site, quiet):
    hold_many(site, quiet, [("Refused at first.", NO_GROUND, "It has a watched word.")])
    hold_many(site, quiet, [("The one after it.", NO_GROUND, "It has a watched word.")])
    page = moderator("/moderation/?kind=comment")
    page.get_by_label("Keyboard shortcuts").check()
    item(page, "Refused at first.").focus()
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    # No ground is chosen: the browser says so, and nothing is sent.
    expect(item(page, "Refused at first.").get_by_label("Ground")).to_be_focused()
    item(page, "Refused at first.").get_by_label("Ground").select_option(
        "Against the house rules in another way"
    )
    page.keyboard.press("Enter")
    expect(item(page, "Refused at first.").get_by_role("alert")).to_contain_text(
        "Say in your own words"
    )
    expect(item(page, "Refused at first.")).to_be_focused()


def watch(site, word: str) -> None:
    """Let comments wait that have a word in them."""
    change = (
        "from broadsheet.moderation.options import as_data\n"
        "from broadsheet.moderation.setting import rules_as_set, set_rule\n"
        "options = as_data(rules_as_set()['words'].options)\n"
        f"set_rule(name='words', is_on=True, options=options | {{'watched': [{word!r}]}}, by=None)\n"
    )
    subprocess.run(
        command("manage", "shell", "--no-imports", "-c", change),
        env=environment(site.data, free_port()),
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_writer_sees_what_would_be_held_and_rephrases_or_sends_it(open_page, site, quiet, scripts):
    word = f"paraffin{'one' if scripts else 'two'}"
    watch(site, word)
    # The browser notes a refusal (422) as an error of its own.
    page = open_page(quiet, expect_faults=True, java_script_enabled=scripts)

    def form():
        return page.locator("form[data-write]").last

    def send(text: str, button: str) -> None:
        form().get_by_label("Your comment").fill(text)
        form().get_by_role("button", name=button).click()

    form().get_by_label("Name", exact=True).fill("Tilda Frost")
    send(f"The lamps smell of {word}.", "Post")
    error = form().locator(".error")
    expect(error).to_contain_text(word)
    expect(error).to_contain_text("Sent again as it is, it waits until a moderator has read it.")
    if scripts:
        expect(form().get_by_label("Your comment")).to_be_focused()
    expect(form().get_by_label("Your comment")).to_have_value(f"The lamps smell of {word}.")
    again = "Post" if scripts else "Send as it is"
    send(f"The lamps smell, scripts {scripts}.", again)
    expect(page.locator("[data-thread]")).to_contain_text(f"The lamps smell, scripts {scripts}.")

    page.goto(quiet)
    if not form().get_by_label("Name", exact=True).input_value():
        form().get_by_label("Name", exact=True).fill("Tilda Frost")
    send(f"And the stove smells of {word}.", "Post")
    expect(form().locator(".error")).to_contain_text("as it is")
    send(f"And the stove smells of {word}.", again)
    held = page.locator(".held", has_text=f"And the stove smells of {word}.")
    expect(held).to_be_visible()
    expect(open_page(quiet).locator("[data-thread]")).not_to_contain_text("And the stove smells")
