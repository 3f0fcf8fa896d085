"""Each rule by itself, at the gate: what it lets through, holds and refuses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from tests import factories
from tests.integration.moderation.conftest import posting, send

from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.discussion.removal import remove_comment
from broadsheet.moderation import traces
from broadsheet.moderation.actions import publish_held
from broadsheet.moderation.bans import BanRefused, lift_ban, make_ban
from broadsheet.moderation.enums import BanKind, Outcome, Passed
from broadsheet.moderation.models import HeldComment, RefusedTry, Trace
from broadsheet.moderation.submission import RefusedByRule, submit
from broadsheet.moderation.verdicts import case_of, judge

pytestmark = pytest.mark.django_db
LONG = (
    "I have worked at the bridge for eleven years, and nobody ever asked us what the repairs would"
    " cost before the council voted on Monday."
)


@pytest.fixture(autouse=True)
def _without_the_filter(rule):
    """It has something to say of most that the other rules are tried with."""
    rule("filter", is_on=False)


def refusal(document, text="Are you sure?", **more):
    with pytest.raises(RefusedByRule) as told:
        send(document, text, **more)
    return told.value


def rules_of(held_or_refused: HeldComment | RefusedTry) -> list[str]:
    """Return the rules that objected, of what is kept of a comment."""
    return [reason["rule"] for reason in held_or_refused.reasons]


# Bans


def test_banned_address_range_is_told_until_when_and_why(bridge, editor, at):
    make_ban(
        kind=BanKind.ADDRESS,
        value="192.0.2.0/24",
        reason="Spam from here.",
        by=editor,
        expires_at=factories.MORNING + dt.timedelta(days=1),
    )

    told = refusal(bridge, address="192.0.2.200")

    assert str(told) == (
        "Nobody can comment here from the network that you use until 2 September 2026, 08:00 UTC:"
        " Spam from here."
    )
    assert isinstance(send(bridge, address="198.51.100.1"), Comment)


def test_ban_ends_by_itself(bridge, editor, at):
    end = factories.MORNING + dt.timedelta(hours=1)
    make_ban(kind=BanKind.ADDRESS, value="192.0.2.7", reason="A break.", by=editor, expires_at=end)
    refusal(bridge)

    at(end)

    assert isinstance(send(bridge), Comment)


BANNED = [
    (BanKind.EMAIL, "troll@mail.example", {"email": "Troll+again@Mail.example"}),
    (BanKind.EMAIL, "@mail.example", {"email": "anybody@sub.mail.example"}),
    (BanKind.ADDRESS, "2001:db8::/32", {"address": "2001:db8:1:2::3"}),
    (BanKind.ADDRESS, "192.0.2.0/24", {"address": "::ffff:192.0.2.1"}),
    (BanKind.ADDRESS, "::ffff:192.0.2.0/120", {"address": "192.0.2.1"}),
]


@pytest.mark.parametrize(("kind", "value", "sent"), BANNED)
def test_ban_covers_what_it_names(bridge, editor, kind, value, sent):
    make_ban(kind=kind, value=value, reason="No.", by=editor)

    refusal(bridge, **sent)

    assert rules_of(RefusedTry.objects.get()) == ["bans"]


def test_banned_account_cannot_comment_under_any_address(bridge, editor, stranger):
    make_ban(kind=BanKind.ACCOUNT, account=stranger, reason="Insults.", by=editor)

    refusal(bridge, account=stranger, address="198.51.100.9")


def test_lifted_ban_bans_nobody(bridge, editor):
    ban = make_ban(kind=BanKind.ADDRESS, value="192.0.2.7", reason="No.", by=editor)
    lift_ban(ban_id=ban.pk, by=editor)

    assert isinstance(send(bridge), Comment)


NO_BANS = [
    (BanKind.ADDRESS, "192.0.2.0/33", "value"),
    (BanKind.ADDRESS, "0.0.0.0/0", "value"),
    (BanKind.ADDRESS, "::/0", "value"),
    (BanKind.ADDRESS, "news.example", "value"),
    (BanKind.ADDRESS, "", "value"),
    (BanKind.EMAIL, "nobody", "value"),
    (BanKind.EMAIL, "@", "value"),
    (BanKind.ACCOUNT, "", "value"),
]


@pytest.mark.parametrize(("kind", "value", "field"), NO_BANS)
def test_what_cannot_be_banned_is_named(db, editor, kind, value, field):
    with pytest.raises(BanRefused) as told:
        make_ban(kind=kind, value=value, reason="No.", by=editor)

    assert told.value.field == field


def test_newsroom_cannot_be_banned(db, editor, stranger):
    with pytest.raises(BanRefused):
        make_ban(kind=BanKind.ACCOUNT, account=editor, reason="No.", by=None)
    with pytest.raises(BanRefused):
        make_ban(kind=BanKind.ACCOUNT, account=stranger, reason=" ", by=editor)


# Rates


def test_writer_who_sends_too_fast_is_told_when_to_come_again(bridge, tunnel, rule, at):
    rule("rates", writer=9, writer_new=3, new_until=50)
    for number in range(3):
        at(factories.MORNING + dt.timedelta(minutes=number))
        send(bridge, f"Number {number}.")

    told = refusal(tunnel, "Number 4.")

    assert told.retry_after == 8 * 60 + 1
    assert "in 9 minutes" in str(told)
    at(factories.MORNING + dt.timedelta(minutes=2, seconds=told.retry_after))
    assert isinstance(send(tunnel, "Number 4."), Comment)


def test_known_writer_may_send_more(bridge, rule):
    rule("rates", writer=5, writer_new=2, new_until=2)
    for number in range(5):
        send(bridge, f"Number {number}.")

    assert refusal(bridge, "Number 6.").verdict.reasons[0].details["limit"] == 5


def test_one_story_has_a_rate_of_its_own(bridge, tunnel, rule):
    rule("rates", story=2, story_new=2)
    for number in range(2):
        send(bridge, f"Number {number}.")

    assert refusal(bridge, "Number 3.").verdict.reasons[0].details["what"] == "story"
    assert isinstance(send(tunnel, "Number 3."), Comment)


NETWORKS = [
    ("192.0.2.1", "192.0.2.250", True),
    ("192.0.2.1", "192.0.3.1", False),
    ("2001:db8::1", "2001:db8::ffff:1", True),
    ("2001:db8::1", "2001:db8:0:1::1", False),
]


@pytest.mark.parametrize(("first", "second", "is_same"), NETWORKS)
def test_networks_are_counted_together(bridge, rule, first, second, is_same):
    rule("rates", network=1, network_new=1)
    send(bridge, "One.", address=first, guest="a" * 64)

    more = {"address": second, "guest": "b" * 64}
    if is_same:
        assert refusal(bridge, "Two.", **more).verdict.reasons[0].details["what"] == "network"
    else:
        assert isinstance(send(bridge, "Two.", **more), Comment)


def test_held_comments_count_too(bridge, rule):
    rule("rates", writer=1, writer_new=1)
    rule("words", watched=["casino"])
    assert isinstance(send(bridge, "A casino!", was_told=True), HeldComment)

    refusal(bridge, "Another thing.")


def test_form_sent_twice_is_one_comment_and_not_too_many(bridge, rule):
    rule("rates", writer=1, writer_new=1)
    first = send(bridge, LONG, key="k" * 20)

    assert send(bridge, LONG, key="k" * 20) == first
    assert Comment.objects.count() == 1
    assert Trace.objects.count() == 1


def test_form_that_was_held_is_held_when_it_is_sent_again(bridge, rule, editor):
    rule("words", watched=["casino"])
    held = send(bridge, "A casino!", key="k" * 20, was_told=True)

    assert send(bridge, "A casino!", key="k" * 20) == held
    comment = publish_held(held_id=held.pk, by=editor)
    assert send(bridge, "A casino!", key="k" * 20) == comment


def test_flood_from_many_networks_makes_new_people_wait(bridge, rule, editor):
    rule("rates", story_minute=2, new_until=1)
    for number in (1, 2):
        send(bridge, f"Number {number}.", address=f"198.51.{number}.1", guest=str(number) * 64)

    held = send(bridge, "Number 3.", guest="3" * 64)
    known = send(bridge, "Number 4.", guest="1" * 64)

    assert rules_of(held) == ["rates"]
    assert isinstance(known, Comment)


def test_comments_published_by_a_moderator_do_not_count_again(bridge, rule, editor):
    rule("rates", writer=2, writer_new=2)
    rule("words", watched=["casino"])
    held = send(bridge, "A casino!", was_told=True)
    publish_held(held_id=held.pk, by=editor)

    assert isinstance(send(bridge, "Another thing."), Comment)


def test_authors_of_the_publication_have_no_limits(bridge, rule, author):
    rule("rates", writer=1, writer_new=1, network=1, network_new=1)
    for number in range(3):
        send(bridge, f"Number {number}.", account=author.account, author=author)

    assert Comment.objects.count() == 3


def test_rule_that_is_off_says_nothing(bridge, rule):
    rule("rates", is_on=False, writer=1, writer_new=1)
    send(bridge, "One.")

    assert isinstance(send(bridge, "Two."), Comment)


# Words


def test_blocked_word_is_refused_and_named(bridge, rule):
    rule("words", blocked=["casino*"])

    told = refusal(bridge, "Best CАSINOS in town")

    assert str(told) == "It has “casino*” in it, which is not published here."
    assert not told.is_nudge
    assert told.retry_after is None


def test_blocked_word_can_make_a_comment_wait(bridge, rule):
    rule("words", blocked=["casino"], blocked_outcome="hold")

    assert rules_of(send(bridge, "A casino!")) == ["words"]


def test_blocked_word_in_a_name_counts(bridge, rule):
    rule("words", blocked=["casino"])

    refusal(bridge, name="Casino Royale")


# Links


LINKS = [
    ("One https://a.example and https://b.example", {}, None),
    ("https://a.example https://b.example https://c.example", {}, "links"),
    ("https://a.example", {"most": 0}, "links"),
    (
        "https://x.a.example https://a.example/2 a.example",
        {"most": 0, "allowed": ["a.example"]},
        None,
    ),
    ("https://bit.ly/2x", {}, "links"),
    ("https://bit.ly/2x", {"holds_shorteners": False}, None),
    ("https://gооgle.com", {}, "links"),
    ("https://gооgle.com", {"holds_imitations": False}, None),
    ("https://sub.spam.example", {"blocked": ["spam.example"], "blocked_outcome": "hold"}, "links"),
]


@pytest.mark.parametrize(("text", "options", "held_by"), LINKS)
def test_links(bridge, rule, text, options, held_by):
    rule("links", **options)

    outcome = send(bridge, text, was_told=True)

    assert (rules_of(outcome) if isinstance(outcome, HeldComment) else []) == (
        [held_by] if held_by else []
    )


def test_blocked_domain_is_refused(bridge, rule):
    rule("links", blocked=["spam.example"])

    assert str(refusal(bridge, "See www.spam.example/x")) == (
        "It links to spam.example, which is not linked to here."
    )


def test_own_publication_is_always_fine(bridge, rule, settings):
    settings.ORIGIN = "https://news.example"
    rule("links", most=0)

    assert isinstance(send(bridge, "As in https://news.example/2026/09/bridge/"), Comment)


# Duplicates


def test_own_words_again_are_sent_back_and_then_held(bridge, tunnel):
    send(bridge, LONG)
    again = LONG.replace("eleven", "twelve")

    told = refusal(tunnel, again)
    held = send(tunnel, again, was_told=True)

    assert told.is_nudge
    assert str(told).startswith("You have said nearly the same on another story before.")
    assert rules_of(held) == ["duplicates"]


def test_copies_by_others_wait(bridge, tunnel):
    comment = send(bridge, LONG)

    held = send(tunnel, LONG.upper(), guest="b" * 64, address="203.0.113.5", was_told=True)

    assert rules_of(held) == ["duplicates"]
    assert held.reasons[0]["details"] == {"copies": 1, "comments": [comment.pk]}


def test_copies_of_what_was_removed_wait_too(bridge, editor):
    remove_comment(comment_id=send(bridge, LONG).pk, by="editor", reason="Spam.")

    assert isinstance(send(bridge, LONG, guest="b" * 64, name="Tom", was_told=True), HeldComment)


@pytest.mark.parametrize("text", ["Thanks!", "Thank you, Ann.", "I agree with you.", "ha " * 99])
def test_short_texts_may_be_said_by_everybody(bridge, rule, text):
    rule("rates", story_new=99, writer_new=99)
    for number in range(3):
        assert isinstance(send(bridge, text, guest=str(number) * 64), Comment)


def test_quotations_are_nobodys_copies(bridge):
    send(bridge, f"> {LONG}\n\nThis is what I meant.")

    assert isinstance(send(bridge, f"> {LONG}\n\nIs it?", guest="b" * 64), Comment)


def test_old_comments_are_not_compared(bridge, rule, at):
    send(bridge, LONG)

    at(factories.MORNING + dt.timedelta(days=15))

    assert isinstance(send(bridge, LONG), Comment)


def test_flood_of_copies_is_compared_to_a_bound_with_the_newest(bridge):
    asked = case_of(posting(bridge, LONG, name="Ann", address="192.0.2.1"))
    rows = [
        traces.trace(
            posting(bridge, LONG, name=f"Flood {number}", address=f"198.51.{number}.1"),
            Passed.PUBLISH,
            asked.sketch,
            at=asked.now - dt.timedelta(seconds=200 - number),
            comment_id=number,
        )
        for number in range(200)
    ]
    traces.keep(rows)

    alike = asked.memory.alike

    assert len(alike) == traces.OF_A_BAND
    assert alike[0].comment_id == 199


def test_edit_is_not_a_copy_of_what_it_edits(bridge):
    comment = send(bridge, LONG)
    edited = posting(bridge, LONG + " On Tuesday.")

    assert judge(edited, edits=comment.pk).reasons == []
    assert judge(edited).is_nudge


# Repeated tries


def test_who_was_refused_again_and_again_waits(bridge, rule, at):
    rule("words", blocked=["casino"])
    rule("tries", writer=2, minutes=30)
    for number in range(2):
        refusal(bridge, f"Casino {number}")

    told = refusal(bridge, "Something else.")

    assert told.retry_after == 30 * 60 + 1
    at(factories.MORNING + dt.timedelta(seconds=told.retry_after))
    assert isinstance(send(bridge, "Something else."), Comment)


def test_changing_the_browser_does_not_help_for_ever(bridge, rule):
    rule("words", blocked=["casino"])
    rule("tries", network=3)
    for number in range(3):
        refusal(bridge, "Casino", guest=str(number) * 64)

    told = refusal(bridge, "Fine.", guest="f" * 64)
    assert [reason.rule for reason in told.verdict.reasons] == ["tries"]


# Trust


def test_trusted_writer_passes_links(bridge, rule):
    rule("links", most=0)
    rule("trust", published=2)
    for number in range(2):
        send(bridge, f"Number {number}.")

    comment = send(bridge, "See https://a.example")

    reason = CommentSource.objects.get(comment=comment).verdict[0]
    assert (reason["rule"], reason["outcome"]) == ("links", "publish")
    assert reason["note"] == "Passed, for the writer is trusted."


def test_removal_ends_trust(bridge, rule):
    rule("links", most=0)
    rule("trust", published=2)
    comments = [send(bridge, f"Number {number}.") for number in range(3)]
    remove_comment(comment_id=comments[0].pk, by="editor", reason="No.")

    assert isinstance(send(bridge, "See https://a.example", was_told=True), HeldComment)


def test_approval_earns_trust(bridge, rule, editor):
    rule("links", most=0)
    rule("trust", published=50, approved=1)
    held = send(bridge, "See https://a.example", was_told=True)
    publish_held(held_id=held.pk, by=editor)

    assert isinstance(send(bridge, "And https://b.example"), Comment)


def test_trust_spares_nobody_a_blocked_domain_or_a_ban(bridge, rule, editor):
    rule("trust", published=1)
    rule("links", blocked=["spam.example"])
    send(bridge, "One.")

    refusal(bridge, "https://spam.example")
    make_ban(kind=BanKind.ADDRESS, value="192.0.2.7", reason="No.", by=editor)
    refusal(bridge, "Two.")


# The nudge


def test_writer_is_asked_once_and_can_change_the_words(bridge, rule):
    rule("words", watched=["casino"])

    told = refusal(bridge, "A casino!")

    assert told.is_nudge
    assert str(told) == (
        "A comment with “casino” in it is read by a moderator first. You can change it now. Sent"
        " again as it is, it waits until a moderator has read it."
    )
    assert isinstance(send(bridge, "A gambling house!", was_told=True), Comment)


def test_without_the_nudge_comments_wait_at_once(bridge, rule):
    rule("words", watched=["casino"])
    rule("nudge", is_on=False)

    assert isinstance(send(bridge, "A casino!"), HeldComment)


def test_nobody_is_asked_for_ever(bridge, rule):
    rule("words", watched=["casino"])
    rule("nudge", most=2)
    for number in range(2):
        assert refusal(bridge, f"A casino, {number}.").is_nudge

    assert isinstance(send(bridge, "A casino, 3."), HeldComment)


def test_who_waits_anyway_is_not_asked(bridge, rule):
    rule("words", watched=["casino"], blocked=["poker"], blocked_outcome="hold")
    rule("links", most=0)

    held = send(bridge, "Poker at https://a.example")

    assert rules_of(held) == ["words", "links"]


# What is kept


def test_refused_try_is_kept_with_its_verdict(bridge, rule):
    rule("words", blocked=["casino"])

    refusal(bridge, "Casino!")

    tried = RefusedTry.objects.get()
    assert (tried.text, tried.network, tried.is_nudge) == ("Casino!", "192.0.2.0/24", False)
    assert [(each["rule"], each["outcome"]) for each in tried.reasons] == [("words", "refuse")]
    assert Trace.objects.get().passed == Passed.REFUSE


def test_flood_of_refusals_is_counted_and_not_written_each(bridge, rule, monkeypatch):
    ticks = iter([1_000.0, 1_001.0, 1_002.0, 1_100.0])
    monkeypatch.setattr("broadsheet.clock.ticks", lambda: next(ticks))
    rule("rates", writer=1, writer_new=1)
    send(bridge, "One.", guest="z" * 64, address="203.0.113.9")
    for number in range(4):
        refusal(bridge, f"Number {number}.", guest="z" * 64, address="203.0.113.9")

    assert list(RefusedTry.objects.order_by("pk").values_list("times", "text")) == [
        (1, ""),
        (3, ""),
    ]
    assert Trace.objects.count() == 1


def test_published_comment_keeps_its_verdict_and_a_trace_without_words(bridge):
    comment = send(bridge, LONG)

    trace = Trace.objects.get()
    assert CommentSource.objects.get().verdict == []
    assert (trace.comment_id, trace.passed, trace.network) == (
        comment.pk,
        Passed.PUBLISH,
        "192.0.2.0/24",
    )
    assert len(bytes(trace.sketch)) == 16


def test_verdict_costs_one_statement(bridge, rule, django_assert_num_queries):
    from broadsheet.moderation.setting import rules_as_set
    from broadsheet.moderation.verdicts import case_of, judged

    for number in range(3):
        send(bridge, f"Number {number}.")
    as_set = rules_as_set()
    case = case_of(posting(bridge, LONG))
    with pytest.MonkeyPatch.context() as patch, django_assert_num_queries(1):
        # Within a test's transaction nothing is kept in memory.
        patch.setattr("broadsheet.moderation.verdicts.rules_as_set", lambda: as_set)
        patch.setattr("broadsheet.moderation.bans.kept", lambda key, make: _no_bans())
        patch.setattr("broadsheet.moderation.rules.admission.discussion_settings", lambda: _open())
        patch.setattr("broadsheet.moderation.rules.admission.held_stories", frozenset)
        verdict = judged(case)

    assert verdict.outcome == Outcome.PUBLISH


def _no_bans():
    from broadsheet.moderation.bans import _Standing

    return _Standing({}, {}, {})


def _open():
    from broadsheet.discussion.models import DiscussionSettings

    return DiscussionSettings(id=1)


@pytest.mark.parametrize("text", ["\u202e" + "x" * 9_000, "𝕳" * 5_000, "a" * 10_000, "<" * 10_000])
def test_hostile_texts_have_a_verdict(bridge, rule, text):
    rule("words", blocked=["casino*", "a b c"], watched=["x y"])

    assert judge(posting(bridge, text)).outcome in Outcome


def test_submitting_leaves_nothing_in_flight(bridge, rule):
    from broadsheet.moderation.verdicts import _flight

    rule("words", blocked=["casino"])
    submit(posting(bridge, LONG))
    refusal(bridge, "Casino")

    assert not _flight._counts
    assert not _flight._forms


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL scans what is small")
@pytest.mark.parametrize("by_account", [True, False])
def test_every_part_of_the_statement_has_an_index(by_account):
    from broadsheet.moderation.traces import _statement

    statement, _ = _statement(by_account, not by_account, True, True, True)
    values = ["who", "2026", 9, "net", "2026", 9, 1, 9, 1, 2, 3, 4, "2026"]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        plan = [row[3] for row in cursor.fetchall()]

    assert not [step for step in plan if step.startswith("SCAN moderation_trace")]
    assert sum("moderation_trace" in step for step in plan) == 8
