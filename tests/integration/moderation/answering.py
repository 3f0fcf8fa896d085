"""What waits, and who moderates, for tests."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from tests import factories

from broadsheet.discussion.actions import Draft, Sender, prepared
from broadsheet.discussion.models import Comment, CommentSource
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.models import HeldComment, QueueItem
from broadsheet.moderation.reasons import Reason, Verdict
from broadsheet.moderation.submission import hold as put_aside
from broadsheet.readers.models import Account

GUEST = "a" * 64


def moderator(email: str, name: str) -> Account:
    account = factories.account(email, name)
    account.user_permissions.add(
        Permission.objects.get(content_type__app_label="moderation", codename="moderate")
    )
    return account


def hold(document, text: str = "Are you sure?", *, guest_key: str = GUEST, **more) -> QueueItem:
    """Return what waits of a comment that a guest sent; the publication holds each."""
    posting = prepared(
        document_id=document.pk,
        draft=Draft(text=text, name="Lena", email="lena@reader.example", **more),
        sender=Sender(address="192.0.2.7", agent="Browser", guest_key=guest_key),
    )
    reason = Reason("admission", Outcome.HOLD, "Every comment is read by a moderator first.")
    held = put_aside(posting, Verdict([reason]))
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
