"""What everybody can read of moderation, and what those concerned are told."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client
from tests import factories
from tests.integration.moderation.answering import hold, said
from tests.integration.moderation.test_answering_for_it import complaint, decided, notice, report

from broadsheet import clock
from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.moderation.appeals import file_appeal
from broadsheet.moderation.deciding import Ruling, new_batch, remove
from broadsheet.moderation.enums import Ground, Measure, ReportKind
from broadsheet.moderation.models import Appeal, Decision, HouseRules, QueueItem, Report
from broadsheet.moderation.statements import report_path, statement_path

pytestmark = pytest.mark.django_db
REMOVE = Ruling(Measure.REMOVED, Ground.INSULT, "Calls Grumio names.")
RULES = {"ground": "insult", "words": "Rude.", "version": "1", "key": "k" * 20}
NOTICE = {
    "kind": "illegal",
    "ground": "law_defamation",
    "words": "Untrue.",
    "law": "StGB 186",
    "name": "Omar Field",
    "email": "omar@reader.example",
    "is_in_good_faith": "on",
    "version": "1",
    "key": "n" * 20,
}


def removed(bridge, by, **more) -> Decision:
    return remove(comment_id=said(bridge, **more).pk, ruling=REMOVE, by=by, batch=new_batch())


def plain(answer) -> str:
    page = unescape(answer.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_guest_reports_without_an_account_and_sees_what_became_of_it(client, bridge, mod):
    comment = said(bridge, guest_key="f" * 64)
    form = client.get(f"/c/{comment.pk}/report/")
    assert (form.status_code, form["Cache-Control"]) == (200, "private, no-store")
    assert "The writer is not told who reported." in plain(form)

    answer = client.post(f"/c/{comment.pk}/report/", RULES)

    own = Report.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, report_path(own))
    assert (own.kind, own.version) == (ReportKind.RULES, 1)
    receipt = client.get(answer["Location"])
    assert receipt["Referrer-Policy"] == "no-referrer"
    assert "We have it." in plain(receipt)
    assert f'href="{report_path(own)}"' in client.get("/moderation/mine/").content.decode()
    decided(QueueItem.objects.get(), Ruling(Measure.KEPT, words="Not rude."), mod)
    assert "The comment stays. A moderator looked at it and let it stand. “Not rude.”" in plain(
        client.get(answer["Location"])
    )


def test_notice_of_illegal_content_has_its_address_filled_in(client, bridge):
    comment = said(bridge)
    form = client.get(f"/c/{comment.pk}/report/?kind=illegal").content.decode()
    [url] = re.findall(r'name="url" value="([^"]+)"', form)
    assert url.endswith(f"/c/{comment.pk}/")

    answer = client.post(f"/c/{comment.pk}/report/", {**NOTICE, "url": url})

    own = Report.objects.get()
    assert answer.status_code == 303
    assert (own.kind, own.law, own.name, own.url) == (
        ReportKind.ILLEGAL,
        "StGB 186",
        "Omar Field",
        url,
    )


@pytest.mark.parametrize("field", ["ground", "words", "name", "email", "is_in_good_faith"])
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(client, bridge, field):
    comment = said(bridge)
    data = {name: value for name, value in NOTICE.items() if name != field}

    answer = client.post(f"/c/{comment.pk}/report/", data)

    page = answer.content.decode()
    kept = [value for name, value in data.items() if name in ("words", "law", "name", "email")]
    assert answer.status_code == 422
    assert page.count('class="error" id="') == 1
    assert not [value for value in kept if value not in page]


def test_report_from_another_site_is_not_taken(client, bridge):
    comment = said(bridge)

    answer = client.post(
        f"/c/{comment.pk}/report/", RULES, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403
    assert not Report.objects.exists()


def test_too_many_reports_wait_and_say_how_long(client, bridge):
    comments = [said(bridge, f"Number {n}.") for n in range(21)]
    for number, comment in enumerate(comments[:-1]):
        data = {**RULES, "key": f"{number:020}"}
        assert client.post(f"/c/{comment.pk}/report/", data).status_code == 303

    answer = client.post(f"/c/{comments[-1].pk}/report/", {**RULES, "key": "z" * 20})

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3601
    assert ">Rude.</textarea>" in answer.content.decode()


def test_removed_comment_is_not_reported(client, bridge, mod):
    decision = removed(bridge, mod)

    answer = client.get(f"/c/{decision.comment_id}/report/")

    assert answer.status_code == 410
    assert "You fool." not in answer.content.decode()


@pytest.mark.parametrize("kind", ["statement", "report"])
@pytest.mark.parametrize("signature", ["x", "a" * 43, "..", "%00"])
def test_address_that_is_guessed_opens_nothing(client, bridge, mod, kind, signature):
    decision = removed(bridge, mod)

    answer = client.get(f"/moderation/{kind}/{decision.pk}/{signature}/")

    assert answer.status_code == 404
    assert "You fool." not in answer.content.decode()


def test_statement_says_all_that_the_law_asks_for_and_takes_the_appeal(client, bridge, mod):
    decision = removed(bridge, mod)
    own = statement_path(decision)

    page = client.get(own)

    for words in (
        "Your comment was removed",
        "You fool.",
        "Why Insult or harassment. Calls Grumio names.",
        "Our house rules : Insult or harassment",
        "without an end; everywhere",
        "Nobody reported it; the publication looked by itself.",
        "No software took part; a person decided.",
        "You can also go to court.",
        "At present only one person moderates here.",
    ):
        assert words in plain(page)
    assert page["Cache-Control"] == "private, no-store"
    assert "Mia" not in page.content.decode()
    assert client.get(own, headers={"Accept": "application/json"}).json() == decision.statement
    refusal = client.post(own, {"words": " ", "email": "x"})
    assert (refusal.status_code, "Please say why" in plain(refusal)) == (422, True)
    assert client.post(own, {"words": "A quotation."})["Location"] == own
    assert Appeal.objects.get().words == "A quotation."
    assert "Your appeal is with us." in plain(client.get(own))
    assert client.post(own, {"words": "Again."}).status_code == 422


def test_who_reported_is_on_no_page_of_the_writer(client, bridge, mod):
    comment = said(bridge)
    report(comment, notice())
    decision = decided(QueueItem.objects.get(), REMOVE, mod)

    pages = [
        *(client.get(statement_path(decision)), client.get("/moderation/log/")),
        *(client.get("/2026/09/bridge/"), client.get(f"/c/{comment.pk}/", follow=True)),
    ]

    assert "Somebody reported it." in plain(pages[0])
    assert not [page for page in pages if re.search("omar", page.content.decode(), re.I)]


def test_guest_finds_the_reasons_by_what_the_browser_keeps(client, bridge, mod):
    client.post("/2026/09/bridge/comment/", {"text": "You fool.", "name": "Lena"})
    comment = Comment.objects.get()
    decision = remove(comment_id=comment.pk, ruling=REMOVE, by=mod, batch=new_batch())

    assert f'href="{statement_path(decision)}"' in client.get("/moderation/mine/").content.decode()
    assert "Nothing was restricted" not in plain(client.get("/moderation/mine/"))
    other = Client()
    assert statement_path(decision) not in other.get("/moderation/mine/").content.decode()


def test_account_finds_its_reasons_and_nobody_elses(client, bridge, mod, stranger, second):
    comment = factories.comment(bridge, "You fool.")
    Comment.objects.filter(pk=comment.pk).update(account=stranger)
    decision = remove(comment_id=comment.pk, ruling=REMOVE, by=mod, batch=new_batch())

    client.force_login(stranger)
    assert f'href="{statement_path(decision)}"' in client.get("/moderation/mine/").content.decode()
    client.force_login(second)
    assert statement_path(decision) not in client.get("/moderation/mine/").content.decode()


def test_log_lists_decisions_without_names_and_words(client, bridge, mod, second):
    decision = removed(bridge, mod)
    appeal = file_appeal(decision_id=decision.pk, words="Quoted.")
    item = QueueItem.objects.get(appeal=appeal)
    decided(item, Ruling(Measure.RESTORED, words="It quotes."), second)

    page = client.get("/moderation/log/")

    lines = re.findall(r'<li id="decision-\d+">(.*?)</li>', page.content.decode(), re.S)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]
    when = r"\d+ \w+ \d+, \d\d:\d\d"
    assert re.fullmatch(rf"{when} · a moderator Reversed on appeal — a comment on Bridge", texts[0])
    assert re.fullmatch(
        rf"{when} · a moderator Removed : Insult or harassment — a comment on Bridge"
        rf" Reversed on appeal, {when}",
        texts[1],
    )
    for word in ("Mia", "Sol", "Lena", "Grumio", "fool", "quotes"):
        assert word not in page.content.decode()
    assert "no-cache" in page["Cache-Control"] and not page.cookies


def test_log_names_moderators_where_the_publication_says_so(client, bridge, mod):
    HouseRules.objects.update_or_create(pk=HouseRules.ONLY, defaults={"names_in_log": True})
    removed(bridge, mod)

    assert "· Mia Mod" in plain(client.get("/moderation/log/"))


def test_log_continues_and_is_narrowed(client, bridge, waiting_room, mod):
    for n in range(51):
        decided(hold(bridge, f"Number {n}."), Ruling(Measure.DECLINED, Ground.SPAM), mod)

    first = client.get("/moderation/log/").content.decode()
    [older] = re.findall(r'href="(\?before=\d+)" rel="next"', first)
    second = client.get(f"/moderation/log/{older}").content.decode()
    assert (first.count('id="decision-'), second.count('id="decision-')) == (50, 1)
    assert "Nothing of this kind" in plain(client.get("/moderation/log/?what=removed"))
    assert client.get("/moderation/log/?what=<&before=x").status_code == 200


def test_figures_count_what_was_decided(client, bridge, waiting_room, mod, second):
    decided(hold(bridge, "One."), Ruling(Measure.PUBLISHED), mod)
    decline = decided(hold(bridge, "Two."), Ruling(Measure.DECLINED, Ground.SPAM), mod)
    hold(bridge, "Three.")
    report(said(bridge), complaint())
    decided(QueueItem.objects.get(kind="report"), REMOVE, mod)
    file_appeal(decision_id=decline.pk, words="Please.")
    decided(QueueItem.objects.get(kind="appeal"), Ruling(Measure.RESTORED, words="Fine."), second)
    for number, waited in enumerate((60, 120, 7200, 300)):
        Decision.objects.filter(pk=decline.pk - 1 + number).update(waited=waited)

    page = client.get("/moderation/transparency/")
    rows = list(
        csv.DictReader(
            io.StringIO(client.get("/moderation/transparency/figures.csv").content.decode())
        )
    )

    this = f"{clock.now():%Y-%m}"
    numbers = {
        (row["what"], row["ground"]): int(row["number"]) for row in rows if row["month"] == this
    }
    assert numbers == {
        ("held", ""): 3,
        ("published", ""): 1,
        ("declined", ""): 1,
        ("removed", ""): 1,
        ("kept", ""): 0,
        ("banned", ""): 0,
        ("restricted", "spam"): 1,
        ("restricted", "insult"): 1,
        ("reports", ""): 1,
        ("notices", ""): 0,
        ("appeals", ""): 1,
        ("reversed", ""): 1,
        ("redacted", ""): 0,
        ("median_seconds", ""): 120,
    }
    assert len({row["month"] for row in rows}) == 12
    assert "2 minutes median time to a decision" in plain(page)
    assert "style=" not in page.content.decode()
    assert page.content.decode().count('role="img"') == 4


def test_rules_say_what_people_and_software_do_and_whom_to_write_to(client, bridge):
    HouseRules.objects.update_or_create(
        pk=HouseRules.ONLY,
        defaults={
            "rules": "Be kind.\n\nStay on <topic>.",
            "contact_name": "The readers’ editor",
            "contact_email": "readers@news.example",
            "contact_address": "1 Bridge Street\nTown",
            "contact_languages": "English, French",
        },
    )

    page = client.get("/moderation/rules/")

    assert "<p>Be kind.</p>" in page.content.decode()
    assert "Stay on &lt;topic&gt;." in page.content.decode()
    assert "The readers’ editor: readers@news.example , in English, French." in plain(page)
    assert "A comment that nothing speaks against is published at once." in plain(page)


@pytest.mark.parametrize(
    "path",
    ["/moderation/log/", "/moderation/transparency/", "/moderation/rules/"],
)
def test_public_page_is_the_same_for_everybody(client, bridge, mod, path):
    removed(bridge, mod)
    before = client.get(path)
    client.force_login(mod)

    after = client.get(path)

    assert (before.status_code, before.content) == (200, after.content)
    assert not before.cookies


def test_every_comment_can_be_reported_from_its_place(client, bridge):
    comment = said(bridge)

    page = client.get("/2026/09/bridge/").content.decode()

    assert f'<a href="/c/{comment.pk}/report/" rel="nofollow">Report' in page
    assert CommentSource.objects.get().email not in page
