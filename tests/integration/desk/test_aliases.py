"""One click at the desk says that a name in an imported thread is the author."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from broadsheet.desk.adoption import adopt_document
from broadsheet.discussion.actions import ImportedComment, import_comments, offer_alias
from broadsheet.discussion.models import AuthorAlias, Comment


@pytest.fixture
def offer(city, author):
    document = factories.story(authors=(author,))
    adopt_document(document)
    import_comments(
        document_id=document.pk,
        comments=[ImportedComment("c1", None, "Ann L", "Re-worded, thanks.", None)],
    )
    return offer_alias(document_id=document.pk, name="Ann L", author=author)


def test_offer_stands_on_the_first_page_of_the_desk(desk, offer):
    page = desk.get(reverse("wagtailadmin_home")).content.decode()

    assert "Same person" in page
    assert "Ann L" in page


@pytest.mark.parametrize(
    ("answer", "state", "marked"), [("yes", "accepted", 1), ("no", "declined", 0)]
)
def test_one_click_decides(desk, offer, answer, state, marked):
    desk.post(reverse("desk_alias_decide", args=[offer.pk]), {"same": answer})

    offer.refresh_from_db()
    assert (offer.state, offer.decided_by) == (state, "Eve Editor")
    assert Comment.objects.exclude(author=None).count() == marked


@pytest.mark.parametrize("name", ["wagtailadmin_home", "desk_aliases"])
def test_the_click_carries_its_token(editor, offer, name):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    page = browser.get(reverse(name)).content.decode()
    form = re.search(r'(?s)<form action="/desk/same-person/.*?</form>', page)[0]
    token = re.search(r'csrfmiddlewaretoken" value="([^"]*)"', form)[1]

    browser.post(
        reverse("desk_alias_decide", args=[offer.pk]), {"same": "yes", "csrfmiddlewaretoken": token}
    )

    offer.refresh_from_db()
    assert offer.state == "accepted"


def test_stranger_cannot_decide(client, stranger, offer):
    client.force_login(stranger)

    client.post(reverse("desk_alias_decide", args=[offer.pk]), {"same": "yes"})

    assert AuthorAlias.objects.get().state == "offered"


def test_nothing_is_shown_when_there_is_nothing_to_decide(desk, city):
    assert "Same person" not in desk.get(reverse("wagtailadmin_home")).content.decode()
