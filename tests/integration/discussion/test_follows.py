"""Following, and being told."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.core import mail
from tests import factories

from broadsheet import clock
from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.digests import is_due, send_digests, wish_to_follow
from broadsheet.discussion.enums import Digest
from broadsheet.discussion.follows import (
    ASKED_PER_ADDRESS,
    Target,
    account_of_feed,
    ask_to_follow,
    choose,
    confirm_follow,
    follow,
    inbox,
    mark_read,
    renew_feed,
    stop_mail,
    unread_count,
)
from broadsheet.discussion.models import Comment, Follow, FollowSettings, Notice
from broadsheet.discussion.notices import tell, tell_of
from broadsheet.discussion.removal import remove_comment
from broadsheet.discussion.tellings import tellings
from broadsheet.readers.models import OutgoingMail
from broadsheet.readers.muting import mute
from broadsheet.record.actions import append_edition, withdraw_document
from broadsheet.record.placements import Pointer
from broadsheet.record.queries import current_path
from broadsheet.record.storylines import make_storyline, put_on_storylines

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(publication, author):
    document = factories.story("Bridge", authors=(author,))
    tell()
    return document


def said_by(
    document, account=None, parent=None, name="Zoe", text="I think so.", **fields
) -> Comment:
    draft = Draft(
        text=text,
        name="" if account else name,
        parent_id=parent.pk if parent else None,
        **fields,
    )
    return post_comment(document_id=document.pk, draft=draft, account=account)


def told(account) -> list[tuple[str, int]]:
    return [
        (notice.kind, notice.count)
        for notice in Notice.objects.filter(account=account).order_by("pk")
    ]


def test_new_comments_of_a_story_are_one_notice_that_counts(story, stranger):
    follow(account=stranger, target=Target(document=story))
    follow(account=stranger, target=Target(document=story))

    for number in range(3):
        said_by(story, text=f"Number {number}.")
    tell()
    said_by(story, text="Number 3.")
    tell()
    tell_of(story.pk)

    assert told(stranger) == [("comments", 4)]
    [telling] = tellings(list(inbox(stranger)))
    assert telling.words == "4 new comments on “Bridge”"
    mark_read(account=stranger, up_to=telling.id)
    said_by(story, text="Number 4.")
    tell()
    assert told(stranger) == [("comments", 4), ("comments", 1)]
    assert unread_count(stranger) == 1


def test_own_comments_and_those_of_the_muted_are_not_told(story, stranger, colleague):
    follow(account=stranger, target=Target(document=story))
    mute(account=stranger, muted_id=colleague.account_id, name="Ben Moss")
    mute(account=stranger, muted_id=None, name="Zoe")
    own = said_by(story, stranger)

    said_by(story, colleague.account, text="By somebody who is muted.")
    said_by(story, colleague.account, parent=own, text="A reply by somebody who is muted.")
    said_by(story, name="ZOE", text="By a guest who is muted.")
    tell()
    assert told(stranger) == []
    said_by(story, name="Max", text="By somebody else.")
    tell()
    assert told(stranger) == [("comments", 1)]


def test_replies_are_told_to_the_writer_and_to_who_follows(story, stranger, colleague):
    own = said_by(story, stranger)
    other = said_by(story, name="Max", text="Something else.")
    follow(account=colleague.account, target=Target(comment=other))

    said_by(story, parent=own, text="Are you sure?")
    said_by(story, parent=other, text="Am I sure?")
    tell()

    assert told(stranger) == [("reply", 1)]
    assert told(colleague.account) == [("reply", 1)]
    [telling] = tellings(list(inbox(stranger)))
    assert (telling.words, telling.excerpt) == ("Zoe replied on “Bridge”", "Are you sure?")
    choose(account=stranger, digest="daily", own_replies=False)
    said_by(story, parent=own, text="Really?")
    tell()
    assert told(stranger) == [("reply", 1)]


def test_editions_and_what_becomes_of_a_story_are_told(story, stranger, author):
    follow(account=stranger, target=Target(document=story))

    factories.edition(story, "Bridge", slug="bridge", kind="minor")
    factories.edition(story, "Bridge", "It is 2 million.", slug="bridge", kind="correction")
    tell()
    withdraw_document(document_id=story.pk)
    tell()

    assert told(stranger) == [("edition", 1), ("withdrawn", 1)]
    words = [telling.words for telling in tellings(list(inbox(stranger)))]
    assert sorted(words) == ["Correction: “Bridge”", "“Bridge” was withdrawn"]


def test_followers_are_told_when_the_standing_of_a_story_changes(story, stranger):
    follow(account=stranger, target=Target(document=story))

    def publish(standing: str, basis: str, kind: str = "update", note: str = "More is known."):
        append_edition(
            document_id=story.pk,
            content=replace(factories.content("Bridge"), standing=standing, standing_basis=basis),
            kind=kind,
            note=note,
            slug="bridge",
        )
        tell()

    publish("rumour", "A man on the ferry.")
    publish("rumour", "Two men on the ferry.")
    publish("confirmed", "The minutes.", kind="correction", note="It is certain now.")
    publish("", "", note="No more is said of it.")

    assert told(stranger) == [("standing", 1), ("edition", 1), ("standing", 1), ("standing", 1)]
    said = {each.path: (each.words, each.excerpt) for each in tellings(list(inbox(stranger)))}
    changes = f"{current_path(story.pk)}changes/?to="
    assert said == {
        f"{changes}2#difference": ("“Bridge” is now said to be rumour", "More is known."),
        f"{changes}3#difference": ("Update: “Bridge”", "More is known."),
        f"{changes}4#difference": ("“Bridge” is now said to be confirmed", "It is certain now."),
        f"{changes}5#difference": (
            "“Bridge” says no more how sure it is",
            "No more is said of it.",
        ),
    }


def test_new_story_is_told_to_who_follows_an_author_once(story, stranger, author, colleague):
    follow(account=stranger, target=Target(author=author))
    follow(account=stranger, target=Target(author=colleague))

    factories.story("Ferry", slug="ferry", authors=(author, colleague), at=clock.now())
    tell()

    assert told(stranger) == [("story", 1)]


@pytest.fixture
def bridges(publication):
    return make_storyline(headline="The bridges")


def put(document, *storylines) -> None:
    put_on_storylines(
        document_id=document.pk, storyline_ids=[storyline.pk for storyline in storylines]
    )


def say(document, standing: str, basis: str = "Two officials.") -> None:
    document.refresh_from_db()
    append_edition(
        document_id=document.pk,
        content=replace(document.edition.content, standing=standing, standing_basis=basis),
        kind="update",
        note="Says how sure it is.",
        slug=document.addresses.get(is_current=True).path.strip("/").rpartition("/")[2],
        at=clock.now() + dt.timedelta(seconds=2),
    )


def test_stories_that_join_a_storyline_and_their_standing_are_told(story, stranger, bridges):
    follow(account=stranger, target=Target(storyline=bridges))
    follow(account=stranger, target=Target(storyline=bridges))

    put(story, bridges)
    tell()
    say(story, "confirmed")
    tell()
    say(story, "confirmed", "The minutes.")
    tell()

    assert told(stranger) == [("joined", 1), ("standing", 1)]
    words = {telling.words: telling.path for telling in tellings(list(inbox(stranger)))}
    assert words == {
        "“The bridges” goes on: “Bridge”": "/2026/09/bridge/",
        "“Bridge” is now said to be confirmed": "/2026/09/bridge/changes/?to=2#difference",
    }


def test_story_is_told_once_to_who_follows_it_in_several_ways(
    publication, stranger, author, bridges
):
    other = make_storyline(headline="The ferries")
    for target in (Target(storyline=bridges), Target(storyline=other), Target(author=author)):
        follow(account=stranger, target=target)

    lamps = factories.story("Lamps", authors=(author,), at=clock.now())
    put(lamps, bridges, other)
    tell()
    assert told(stranger) == [("story", 1)]

    follow(account=stranger, target=Target(document=lamps))
    say(lamps, "denied")
    tell()
    assert told(stranger) == [("story", 1), ("standing", 1)]


def test_story_that_left_or_was_withdrawn_meanwhile_is_not_told(story, stranger, bridges):
    other = factories.story("Ferry", slug="ferry", at=clock.now())
    tell()
    follow(account=stranger, target=Target(storyline=bridges))

    put(story, bridges)
    put(story)
    put(other, bridges)
    withdraw_document(document_id=other.pk)
    say(story, "confirmed")
    tell()

    assert told(stranger) == []


def test_who_begins_to_follow_later_is_not_told_of_what_was(story, stranger, bridges):
    put_on_storylines(
        document_id=story.pk,
        storyline_ids=[bridges.pk],
        at=clock.now() - dt.timedelta(minutes=1),
    )
    follow(account=stranger, target=Target(storyline=bridges))
    tell()

    assert told(stranger) == []


def test_guest_follows_a_storyline_by_mail(
    client, story, bridges, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(
            f"/follow/storyline/{bridges.pk}/",
            {"do": "ask-to-follow", "email": "zoe@elsewhere.example", "digest": "immediately"},
        )
    assert sent.status_code == 303
    assert "how “The bridges” goes on" in mail.outbox[0].body
    link = re.search(r"http://localhost:8000(/follow/confirm/\S+)", mail.outbox[0].body)[1]
    client.post(link)

    put(story, bridges)
    tell()
    with django_capture_on_commit_callbacks(execute=True):
        assert send_digests() == 1

    assert mail.outbox[1].subject == "“The bridges” goes on: “Bridge”"
    assert "List-Unsubscribe" in mail.outbox[1].extra_headers


def test_storyline_is_followed_and_left_on_its_page(client, stranger, bridges):
    path = f"/follow/storyline/{bridges.pk}/"
    client.force_login(stranger)

    page = client.get(path).content.decode()
    assert "You are told of stories that it goes on with" in page
    assert client.post(path, {"do": "follow", **by_form(client)}).status_code == 303
    inbox_page = client.get("/account/inbox/").content.decode()
    assert 'Storyline <a href="/storyline/the-bridges/">The bridges</a>' in inbox_page
    assert client.post(path, {"do": "unfollow", **by_form(client)}).status_code == 303
    assert not Follow.objects.exists()
    assert client.get("/follow/storyline/4711/").status_code == 404


def by_form(client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}


@pytest.mark.parametrize("count", [1, 3])
def test_telling_of_a_storyline_costs_the_same_for_any_number(
    story, bridges, count, django_assert_num_queries
):
    for number in range(count):
        reader = factories.account(f"r{number}@elsewhere.example", f"Reader number {number}")
        follow(account=reader, target=Target(storyline=bridges))
    put(story, bridges)

    # A savepoint and its end; cursor twice, entries, the story, its places, followers, the notices,
    # cursor.
    with django_assert_num_queries(10):
        tell_of(story.pk)
    assert Notice.objects.count() == count


def test_writers_are_told_that_the_words_they_wrote_about_changed(
    story, stranger, django_capture_on_commit_callbacks
):
    said_by(story, stranger, pointer=Pointer(1, "Monday"))

    with django_capture_on_commit_callbacks(execute=True):
        factories.edition(
            story, "Bridge", "The council voted on Tuesday.", slug="bridge", kind="correction"
        )

    assert told(stranger) == [("words", 1)]


def test_removed_comment_is_told_of_no_more(story, stranger):
    own = said_by(story, stranger)
    reply = said_by(story, parent=own, text="Buy my bridges.")
    tell()

    remove_comment(comment_id=reply.pk, by="Eve", reason="Advertising.")

    assert (list(inbox(stranger)), unread_count(stranger)) == ([], 0)
    assert send_digests() == 0


def test_what_happened_before_is_not_told(story, stranger):
    said_by(story, text="Before.")
    follow(account=stranger, target=Target(document=story))
    tell()

    assert told(stranger) == []


@pytest.mark.parametrize("count", [1, 3])
def test_telling_costs_the_same_for_any_number(story, count, django_assert_num_queries):
    for number in range(count):
        reader = factories.account(f"r{number}@elsewhere.example", f"Reader number {number}")
        follow(account=reader, target=Target(document=story))
    for number in range(count):
        said_by(story, text=f"Number {number}.")

    # A savepoint and its end; cursor twice, entries, comments, mutes, followers, open notices,
    # the notices, cursor.
    with django_assert_num_queries(11):
        tell_of(story.pk)
    assert Notice.objects.count() == count


MORNING = dt.datetime(2026, 11, 28, 8, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("digest", "waits", "since_last", "due"),
    [
        (Digest.IMMEDIATELY, 0, None, True),
        (Digest.HOURLY, 30, None, False),
        (Digest.HOURLY, 61, None, True),
        (Digest.HOURLY, 1, 61, True),
        (Digest.HOURLY, 61, 59, False),
        (Digest.DAILY, 60, None, False),
        (Digest.DAILY, 1441, None, True),
        (Digest.DAILY, 5, 1441, True),
    ],
)
def test_when_it_is_time(digest, waits, since_last, due):
    oldest = MORNING - dt.timedelta(minutes=waits)
    last = None if since_last is None else MORNING - dt.timedelta(minutes=since_last)
    assert is_due(digest, oldest, last, MORNING) is due


def test_mail_has_what_happened_and_how_to_stop_it(
    client, story, stranger, django_capture_on_commit_callbacks
):
    follow(account=stranger, target=Target(document=story))
    choose(account=stranger, digest="immediately", own_replies=True)
    said_by(story)
    tell()

    with django_capture_on_commit_callbacks(execute=True):
        assert send_digests() == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert send_digests() == 0

    [letter] = mail.outbox
    assert letter.to == ["stranger@elsewhere.example"]
    assert letter.subject == "1 new comment on “Bridge”"
    assert "1 new comment on “Bridge”" in letter.body
    stop = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + stop.partition("://")[2].partition("/")[2]
    client.get(path)
    assert FollowSettings.objects.get().digest == "immediately"
    answer = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, FollowSettings.objects.get().digest) == (200, "never")
    said_by(story, text="More.")
    tell()
    assert (send_digests(), unread_count(stranger)) == (0, 2)
    assert client.post("/stop/account-1:forged/").status_code == 404


def test_guest_is_told_by_mail_after_confirming(story, django_capture_on_commit_callbacks):
    comment = said_by(story)
    target = Target(comment=comment)
    wish = ask_to_follow(email="Zoe@elsewhere.example", target=target, digest="immediately")
    said_by(story, parent=comment, text="Too early.", name="Max")
    tell()
    assert Notice.objects.count() == 0
    assert confirm_follow(follow_id=wish.follow.pk, key="wrong") is None
    confirm_follow(follow_id=wish.follow.pk, key=wish.key)
    said_by(story, parent=comment, text="In time.", name="Max")
    tell()

    with django_capture_on_commit_callbacks(execute=True):
        assert send_digests() == 1
    [letter] = mail.outbox
    assert letter.to == ["zoe@elsewhere.example"]
    assert "In time." in letter.body and "Too early." not in letter.body
    assert stop_mail("follow", wish.follow.pk)
    assert Follow.objects.count() == 0


def test_address_is_not_pestered(story, django_capture_on_commit_callbacks):
    comments = [said_by(story, text=f"Number {number}.") for number in range(ASKED_PER_ADDRESS + 2)]
    with django_capture_on_commit_callbacks(execute=True):
        for comment in comments:
            wish_to_follow(
                email="zoe@elsewhere.example", target=Target(comment=comment), digest="daily"
            )
    assert len(mail.outbox) == ASKED_PER_ADDRESS


def test_name_and_headline_cannot_get_into_headers(
    story, stranger, django_capture_on_commit_callbacks
):
    factories.edition(
        story, "Bridge\r\nBcc: all@elsewhere.example", slug="bridge", kind="correction"
    )
    follow(account=stranger, target=Target(document=story))
    choose(account=stranger, digest="immediately", own_replies=True)
    said_by(story)
    tell()

    with django_capture_on_commit_callbacks(execute=True):
        send_digests()

    [letter] = mail.outbox
    assert "\n" not in letter.subject
    assert letter.recipients() == ["stranger@elsewhere.example"]
    assert OutgoingMail.objects.get().state == "sent"


def test_feed_has_an_address_that_can_be_renewed(client, story, stranger):
    follow(account=stranger, target=Target(document=story))
    said_by(story)
    tell()

    first = renew_feed(account=stranger)
    second = renew_feed(account=stranger)

    assert account_of_feed(first) is None
    answer = client.get(f"/inbox/{second}.xml")
    assert "1 new comment on “Bridge”" in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert client.get(f"/inbox/{first}.xml").status_code == 404
    assert second not in str(list(FollowSettings.objects.values()))
