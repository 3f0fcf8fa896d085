"""What the discussion keeps about an account, for its owner."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Prefetch

from broadsheet.discussion.models import Comment, CommentVersion
from broadsheet.readers.export import text_of
from broadsheet.readers.models import Account


def comments_of(account: Account) -> list[dict[str, Any]]:
    """Return all that an account wrote, with every version. Three statements."""
    versions = Prefetch("versions", queryset=CommentVersion.objects.order_by("number"))
    comments = (
        Comment.objects.filter(account=account)
        .select_related("source")
        .prefetch_related(versions)
        .order_by("pk")
    )
    return [_told(comment) for comment in comments]


def _told(comment: Comment) -> dict[str, Any]:
    source = getattr(comment, "source", None)
    return {
        "address": f"{settings.ORIGIN}/c/{comment.pk}/",
        "kind": comment.kind,
        "answers": comment.parent_id,
        "name": comment.name,
        "posted_at": text_of(comment.posted_at),
        "removed_at": text_of(comment.removed_at),
        "removal_reason": comment.removal_reason,
        "versions": [
            {
                "number": version.number,
                "text": version.text,
                "from": text_of(version.valid_from),
                "until": text_of(version.valid_to),
            }
            for version in comment.versions.all()
        ],
        "sent_from": source.address if source else None,
        "browser": source.agent if source else "",
    }
