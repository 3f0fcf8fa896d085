"""Who moderates, and what waits for them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from tests import factories

from broadsheet.discussion.actions import Draft, Sender, prepared
from broadsheet.discussion.enums import Admission
from broadsheet.discussion.models import Comment, CommentSource, DiscussionSettings
from broadsheet.moderation.models import HeldComment, QueueItem
from broadsheet.moderation.submission import submit

GUEST = "a" * 64


@pytest.fixture
def bridge(publication, author):
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def waiting_room(db):
    """A publication that reads each comment first."""
    DiscussionSettings.objects.update_or_create(
        pk=DiscussionSettings.ONLY, defaults={"admission": Admission.HELD}
    )


def moderator(email: str, name: str):
    account = factories.account(email, name)
    account.user_permissions.add(
        Permission.objects.get(content_type__app_label="moderation", codename="moderate")
    )
    return account


@pytest.fixture
def mod(db):
    """A moderator without any right at the desk."""
    return moderator("mia@news.example", "Mia Mod")


@pytest.fixture
def second(db):
    """Another moderator."""
    return moderator("sol@news.example", "Sol Second")


def hold(document, text: str = "Are you sure?", *, guest_key: str = GUEST, **more) -> QueueItem:
    """Return what waits of a comment that a guest sent; the publication holds each."""
    posting = prepared(
        document_id=document.pk,
        draft=Draft(text=text, name="Lena", email="lena@reader.example", **more),
        sender=Sender(address="192.0.2.7", agent="Browser", guest_key=guest_key),
    )
    held = submit(posting)
    assert isinstance(held, HeldComment)
    return QueueItem.objects.get(held=held)


def said(document, text: str = "You fool.", *, guest_key: str = GUEST, **more) -> Comment:
    """Return a comment of a guest who gave an address, as it came through the gate."""
    comment = factories.comment(document, text, **more)
    CommentSource.objects.update_or_create(
        comment=comment,
        defaults={
            "email": "lena@reader.example",
            "guest_key": guest_key,
            "address": "192.0.2.7",
            "sent_at": comment.posted_at,
        },
    )
    return comment
