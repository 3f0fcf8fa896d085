"""The page of what may be done about a comment, and what it does; what is one's own on a public page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from tests import factories

from broadsheet import clock
from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.enums import Admission, ThreadMode
from broadsheet.discussion.models import (
    Comment,
    CommentSource,
    CommentVersion,
    DiscussionSettings,
    Reaction,
    Thread,
    Visit,
)
from broadsheet.moderation.actions import publish_held
from broadsheet.moderation.models import HeldComment
from broadsheet.paper.presenters import acts
from broadsheet.record.models import Document
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
STORY = "/2026/09/bridge/"
JSON = {"Accept": "application/json"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def bridge(publication, author) -> Document:
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def comment(bridge) -> Comment:
    return factories.comment(bridge, "Who says so?", name="Zoe")


@pytest.fixture
def own(client, bridge) -> Comment:
    """A comment that the client wrote as a guest."""
    client.post(f"{STORY}comment/", {"text": "Are you sure?", "name": "Lena", "do": "post"})
    return Comment.objects.get()


OTHERS = ["Report"]


def offered(client: Client, comment: Comment) -> list[str]:
    """Return what the page of acts offers, in words."""
    page = client.get(f"/c/{comment.pk}/acts/").content.decode()
    found = re.search(r'(?s)<ul class="acts-list">(.*?)</ul>', page)[1]
    return re.findall(r"<(?:button|a)[^>]*>([^<]+)</(?:button|a)>", found)


def test_reader_is_offered_what_readers_do(client, comment):
    assert offered(client, comment) == ["Reply", "Thanks", *OTHERS]


def test_writer_is_offered_to_edit_and_delete(client, own):
    assert offered(client, own) == ["Reply", "Edit", "Delete"]
    assert offered(Client(), own) == ["Reply", "Thanks", *OTHERS]


def test_page_is_for_nobody_else(client, own):
    answer = client.get(f"/c/{own.pk}/acts/")

    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"


def test_another_room_can_offer_more(client, comment, monkeypatch):
    more = [*acts.MAKERS, lambda on: [acts.Act("Ask", f"{on.base}ask/")]]
    monkeypatch.setattr(acts, "MAKERS", more)

    assert offered(client, comment) == ["Reply", "Thanks", *OTHERS, "Ask"]


@pytest.mark.parametrize("pk", [0, 999, 10**17])
def test_no_comment_is_not_found(client, bridge, pk):
    for below in ("acts/", "edit/", "delete/", "versions/"):
        assert client.get(f"/c/{pk}/{below}").status_code == 404
    for below in ("thanks/", "answers/", "answer/"):
        assert client.post(f"/c/{pk}/{below}").status_code == 404


def test_nothing_changes_by_reading(client, comment):
    for below in ("thanks/", "answers/", "answer/"):
        assert client.get(f"/c/{comment.pk}/{below}").status_code == 405


def test_guest_thanks_without_scripts_and_takes_it_back(client, comment):
    given = client.post(f"/c/{comment.pk}/thanks/")
    again = client.post(f"/c/{comment.pk}/thanks/")

    assert (given.status_code, given["Location"]) == (303, f"{STORY}?seen=3#c-{comment.pk}")
    assert settings.GUEST_COOKIE_NAME in given.cookies
    assert given["Cache-Control"] == "private, no-store"
    assert again["Location"] == f"/c/{comment.pk}/acts/"
    assert offered(client, comment) == ["Reply", "Take it back", *OTHERS]
    assert '<span class="tally">1</span>' in client.get(STORY).content.decode()

    client.post(f"/c/{comment.pk}/thanks/", {"do": "take"})
    assert "tally" not in client.get(STORY).content.decode()


def test_script_is_told_the_count(client, comment):
    answer = client.post(f"/c/{comment.pk}/thanks/", headers=JSON)
    taken = client.post(f"/c/{comment.pk}/thanks/", {"do": "take"}, headers=JSON)

    assert answer.json() == {"given": True, "count": 1}
    assert taken.json() == {"given": False, "count": 0}


def test_own_comment_cannot_be_thanked(client, own):
    answer = client.post(f"/c/{own.pk}/thanks/")

    assert answer.status_code == 422
    assert "This is your own comment." in answer.content.decode()


def test_too_many_are_told_when_to_come_again(client, comment, monkeypatch):
    monkeypatch.setattr("broadsheet.discussion.reactions.PER_PERSON", 0)

    answer = client.post(f"/c/{comment.pk}/thanks/", headers=JSON)
    assert (answer.status_code, answer.json()["errors"].keys()) == (429, {"text"})
    assert client.post(f"/c/{comment.pk}/thanks/")["Retry-After"] == "600"


@pytest.mark.parametrize("below", ["thanks/", "answer/", "edit/", "delete/"])
def test_post_from_elsewhere_does_nothing(client, own, below):
    before = CommentVersion.objects.count()
    answer = client.post(f"/c/{own.pk}/{below}", {"text": "Spam!"}, headers=ELSEWHERE)

    own.refresh_from_db()
    assert answer.status_code == 403
    assert (Reaction.objects.count(), own.removed_at) == (0, None)
    assert CommentVersion.objects.count() == before


def test_session_speaks_only_from_our_pages_or_with_a_token(bridge, comment, stranger):
    client = Client(enforce_csrf_checks=True)
    client.force_login(stranger)
    page = client.get(f"/c/{comment.pk}/acts/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    bare = client.post(f"/c/{comment.pk}/thanks/")
    from_here = client.post(f"/c/{comment.pk}/thanks/", headers=HERE)
    by_token = client.post(f"/c/{comment.pk}/thanks/", {"do": "take", "csrfmiddlewaretoken": token})

    assert [each.status_code for each in (bare, from_here, by_token)] == [403, 303, 303]
    assert Reaction.objects.get().account == stranger


def ask(client: Client) -> Comment:
    client.post(
        f"{STORY}comment/",
        {"text": "When?", "name": "Lena", "do": "post", "is_question": "on"},
    )
    return Comment.objects.latest("pk")


def test_question_is_asked_and_answered_without_scripts(client, bridge):
    question = ask(client)
    reply = factories.comment(bridge, "In May.", name="Omar", parent=question)
    assert question.is_question
    assert offered(client, reply) == [
        "Reply",
        "Thanks",
        "It answers the question",
        "Mark it as the answer",
        *OTHERS,
    ]

    marked = client.post(f"/c/{reply.pk}/answer/", {"do": "mark"})

    assert (marked.status_code, marked["Location"]) == (303, f"{STORY}?seen=5#c-{reply.pk}")
    page = client.get(STORY).content.decode()
    assert "Answered by <bdi>Omar</bdi>" in page
    assert "Take the mark away" in offered(client, reply)


def test_stranger_cannot_mark_an_answer(client, bridge, stranger):
    question = ask(client)
    reply = factories.comment(bridge, "In May.", name="Omar", parent=question)
    other = Client()
    other.force_login(stranger)

    answer = other.post(f"/c/{reply.pk}/answer/", headers=HERE)

    assert answer.status_code == 403
    assert "Mark it as the answer" not in offered(other, reply)


def test_guest_edits_without_scripts(client, own):
    form = client.get(f"/c/{own.pk}/edit/").content.decode()
    assert ">Are you sure?</textarea>" in form
    assert "or until somebody replies, a change is not marked" in form

    preview = client.post(
        f"/c/{own.pk}/edit/", {"text": "Are *you*?", "seen_version": "1", "do": "preview"}
    ).content.decode()
    assert "Are <em>you</em>?" in preview
    saved = client.post(
        f"/c/{own.pk}/edit/", {"text": "Are *you*?", "seen_version": "1", "do": "post"}
    )

    assert saved.status_code == 303
    page = client.get(STORY).content.decode()
    assert "Are <em>you</em>?" in page
    assert f'href="/c/{own.pk}/versions/">version 2</a>' in page
    assert "edited <time" not in page


def test_late_edit_is_marked_and_its_difference_shown(client, own):
    factories.comment(own.document, "Yes.", parent=own)
    client.post(f"/c/{own.pk}/edit/", {"text": "Are you quite sure?", "seen_version": "1"})

    page = client.get(STORY).content.decode()
    assert re.search(rf'class="edited" href="/c/{own.pk}/versions/">edited <time', page)
    versions = client.get(f"/c/{own.pk}/versions/")
    text = versions.content.decode()
    assert '<ins><span class="vh">added: </span>quite </ins>' in text
    assert "marked as edited" in text
    assert versions["Cache-Control"] == "public, no-cache"
    assert not versions.cookies


def test_words_that_are_refused_are_kept(client, own):
    answer = client.post(f"/c/{own.pk}/edit/", {"text": "", "seen_version": "1"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'id="text-error" role="alert">Please write something first.' in page


def test_edit_of_words_that_changed_shows_both(client, own):
    client.post(f"/c/{own.pk}/edit/", {"text": "Sure?", "seen_version": "1"})

    answer = client.post(f"/c/{own.pk}/edit/", {"text": "You sure?", "seen_version": "1"})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert ">You sure?</textarea>" in page
    assert 'name="seen_version" value="2"' in page
    assert "Your words, and what the comment says now" in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("below", ["edit/", "delete/"])
def test_stranger_cannot_touch_it(own, method, below):
    answer = getattr(Client(), method)(f"/c/{own.pk}/{below}", {"text": "Spam!"})

    own.refresh_from_db()
    assert answer.status_code == 403
    assert "Only its writer can" in answer.content.decode()
    assert own.removed_at is None
    assert CommentVersion.objects.get().text == "Are you sure?"


def test_edit_waits_where_comments_wait_and_the_old_words_stand(client, own, editor):
    DiscussionSettings.objects.update_or_create(pk=1, defaults={"admission": Admission.HELD})
    first = client.post(f"/c/{own.pk}/edit/", {"text": "Buy <pills>", "seen_version": "1"})
    client.post(f"/c/{own.pk}/edit/", {"text": "Are you quite sure?", "seen_version": "1"})

    assert first.status_code == 202
    assert "Your change waits for a moderator." in first.content.decode()
    assert "Are you sure?" in client.get(STORY).content.decode()
    withdrawn, waiting = HeldComment.objects.order_by("pk")
    assert (withdrawn.state, withdrawn.text, waiting.kind) == ("withdrawn", "", "edit")

    published = publish_held(held_id=waiting.pk, by=editor)

    assert published == own
    assert Comment.objects.count() == 1
    assert "Are you quite sure?" in client.get(STORY).content.decode()
    assert verify_record().faults == ()


def test_guest_deletes_without_scripts(client, own):
    factories.comment(own.document, "Yes.", name="Omar", parent=own)
    asked = client.get(f"/c/{own.pk}/delete/").content.decode()
    assert "This cannot be undone" in asked
    assert "so do the replies" in asked

    deleted = client.post(f"/c/{own.pk}/delete/")

    assert deleted.status_code == 303
    page = client.get(STORY).content.decode()
    assert "Deleted by its writer" in page
    assert "Yes." in page
    assert "Are you sure?" not in page
    assert offered(client, own) == []


def test_public_pages_stay_the_same_for_everybody(client, own, editor):
    client.post(f"/c/{own.pk}/edit/", {"text": "Sure?", "seen_version": "1"})
    signed_in = Client()
    signed_in.force_login(editor)

    for path in (STORY, f"{STORY}discussion/?sort=best", f"/c/{own.pk}/versions/"):
        pages = {each.get(path).content for each in (client, Client(), signed_in)}
        assert len(pages) == 1


def test_own_things_are_told_to_their_owner_only(client, own, comment):
    client.post(f"/c/{comment.pk}/thanks/")

    told = client.get(f"{STORY}mine/")
    assert told.json() == {
        "signed_in": False,
        "comments": [own.pk],
        "given": {str(comment.pk): ["thanks"]},
        "held": [],
        "marks": [],
        "visit": None,
    }
    assert told["Cache-Control"] == "private, no-store"
    nothing = {"comments": [], "given": {}, "held": [], "marks": []}
    assert Client().get(f"{STORY}mine/").json() == nothing


def test_own_words_that_wait_are_told(client, bridge):
    DiscussionSettings.objects.update_or_create(pk=1, defaults={"admission": Admission.HELD})
    client.post(f"{STORY}comment/", {"text": "Are *you*?", "name": "Lena", "do": "post"})

    (held,) = client.get(f"{STORY}mine/").json()["held"]
    assert "Are <em>you</em>?" in held["html"]
    assert Client().get(f"{STORY}mine/").json()["held"] == []


def test_author_may_mark_every_answer(client, bridge, author, colleague):
    question = ask(client)

    assert client.get(f"{STORY}mine/").json()["marks"] == [question.pk]
    for account, marks in ((author.account, "all"), (colleague.account, [])):
        signed_in = Client()
        signed_in.force_login(account)
        assert signed_in.get(f"{STORY}mine/").json()["marks"] == marks


def test_visit_is_kept_for_who_is_signed_in(client, bridge, comment, stranger):
    seen = {"sequence": "2", "comments": "1"}
    assert client.post(f"{STORY}mine/", seen, headers=HERE).json() == {"kept": False}

    client.force_login(stranger)
    assert client.post(f"{STORY}mine/", seen, headers=HERE).json() == {"kept": True}
    client.post(f"{STORY}mine/", {"sequence": "1", "comments": "0"}, headers=HERE)
    client.post(f"{STORY}mine/", {"sequence": "9" * 15, "comments": "x"}, headers=HERE)

    visit = Visit.objects.get()
    assert (visit.sequence, visit.comments) == (bridge.head_sequence + 1, 0)
    assert client.get(f"{STORY}mine/").json()["visit"] == {"sequence": 3, "comments": 0}


@pytest.mark.parametrize("count", [1, 3])
def test_own_things_cost_a_fixed_number_of_statements(
    client, bridge, django_assert_num_queries, count
):
    for number in range(count):
        client.post(f"{STORY}comment/", {"text": f"Number {number}.", "name": "Lena", "do": "post"})
    with django_assert_num_queries(4):
        client.get(f"{STORY}mine/")


def test_slow_mode_says_when_the_next_is_possible_and_keeps_the_words(client, own):
    Thread.objects.update(slow_seconds=300)

    answer = client.post(f"{STORY}comment/", {"text": "Again!", "name": "Lena", "do": "post"})
    page = answer.content.decode()

    free_at = own.posted_at + dt.timedelta(seconds=300 + 59)
    shown = f"{free_at.astimezone(factories.publication().zone):%H:%M}"
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 300
    assert f"Next comment possible at {shown}; your words are kept." in page
    assert ">Again!</textarea>" in page
    story = client.get(STORY).content.decode()
    assert "everybody can post one comment every 5 minutes" in story


def test_closed_discussion_says_so_and_keeps_the_words(client, own):
    Thread.objects.update(mode=ThreadMode.CLOSED, closes_at=clock.now())

    page = client.get(STORY).content.decode()
    answer = client.post(f"{STORY}comment/", {"text": "Again!", "name": "Lena", "do": "post"})

    assert "The discussion was closed on <time" in page
    assert "<textarea" not in page
    assert "data-reply" not in page
    assert f'href="/c/{own.pk}/acts/"' in page
    assert answer.status_code == 422
    assert "The discussion was closed on" in answer.content.decode()
    assert ">Again!</textarea>" in answer.content.decode()
    assert "<textarea" not in client.get(f"{STORY}comment/").content.decode()
    assert offered(client, own) == ["Delete"]


def test_closing_is_told_beforehand(client, own):
    Thread.objects.update(closes_at=dt.datetime(2030, 5, 1, 11, 0, tzinfo=dt.UTC))

    page = client.get(STORY).content.decode()
    assert "Comments close on <time" in page
    assert "1 May 2030, 12:00</time>." in page


def test_imported_comment_is_nobodys(client, bridge, comment, stranger):
    CommentSource.objects.all().delete()
    client.force_login(stranger)

    assert client.get(f"/c/{comment.pk}/edit/").status_code == 403


def test_fragments_tell_counts_apart(client, bridge):
    """The same comment before and after, from fragments that are kept."""
    question = post_comment(
        document_id=bridge.pk, draft=Draft("When?", name="Lena", is_question=True)
    )
    client.get(STORY)
    client.post(f"/c/{question.pk}/thanks/")

    assert '<span class="tally">1</span>' in client.get(STORY).content.decode()
