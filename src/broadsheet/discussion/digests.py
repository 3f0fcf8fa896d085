"""What is mailed of what there is to tell, and how often."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet
from django.dispatch import receiver
from django.template.loader import get_template

from broadsheet import clock
from broadsheet.discussion.enums import Digest, FollowKind
from broadsheet.discussion.follows import Target, ask_to_follow, settings_of
from broadsheet.discussion.models import Comment, CommentSource, Follow, FollowSettings, Notice
from broadsheet.discussion.signals import interest_asked
from broadsheet.discussion.tellings import Telling, tellings
from broadsheet.readers.mail import Letter, queue_mail, stop_token
from broadsheet.readers.models import Account
from broadsheet.record.queries import publication

_log = logging.getLogger(__name__)

EVERY = {
    Digest.IMMEDIATELY: dt.timedelta(0),
    Digest.HOURLY: dt.timedelta(hours=1),
    Digest.DAILY: dt.timedelta(days=1),
}
MAX_ITEMS = 40
"""Things that one mail tells; of more it gives the number."""


def send_digests() -> int:
    """Queue a mail for everybody for whom it is time; returns how many.

    Two statements, and some for each mail.
    """
    now = clock.now()
    waiting = Notice.objects.filter(mailed_at=None).order_by()
    chosen = "account__follow_settings"
    accounts = (
        waiting.filter(account__isnull=False)
        .values("account", f"{chosen}__digest", f"{chosen}__mailed_at")
        .annotate(oldest=Min("at"))
        .values_list("account", f"{chosen}__digest", f"{chosen}__mailed_at", "oldest")
    )
    guests = (
        waiting.filter(account=None)
        .values("follow", "follow__digest", "follow__mailed_at")
        .annotate(oldest=Min("at"))
        .values_list("follow", "follow__digest", "follow__mailed_at", "oldest")
    )
    queued = 0
    for mail, rows in ((_mail_account, accounts), (_mail_guest, guests)):
        for number, digest, mailed_at, oldest in list(rows):
            # Most wait for the end of their day; they cost no statement until then.
            often = digest or Digest.DAILY
            if often == Digest.NEVER or is_due(often, oldest, mailed_at, now):
                queued += _quietly(mail, number, oldest, now)
    return queued


def _quietly(mail: Any, number: int, oldest: dt.datetime, now: dt.datetime) -> bool:
    """Mail one reader; what fails for one is logged and holds up nobody else."""
    try:
        return bool(mail(number, oldest, now))
    except Exception:
        _log.exception("the digest of %s could not be made", number)
        return False


def is_due(
    digest: str, oldest: dt.datetime, mailed_at: dt.datetime | None, now: dt.datetime
) -> bool:
    """Say whether it is time: so long after the last mail, or after what waits if there was none."""
    return (mailed_at or oldest) <= now - EVERY[Digest(digest)]


@transaction.atomic
def _mail_account(account_id: int, oldest: dt.datetime, now: dt.datetime) -> bool:
    account = Account.objects.select_for_update().get(pk=account_id)
    chosen = settings_of(account)
    unmailed = Notice.objects.filter(account=account, mailed_at=None)
    if chosen.digest == Digest.NEVER or not account.is_active:
        unmailed.update(mailed_at=now)
        return False
    if not is_due(chosen.digest, oldest, chosen.mailed_at, now):
        return False
    # What was read meanwhile needs no mail.
    items = tellings([notice for notice in _taken(unmailed, now) if notice.read_at is None])
    if not items:
        return False
    FollowSettings.objects.update_or_create(account=account, defaults={"mailed_at": now})
    return _queue(items, to=account.email, stop=stop_token("account", account.pk), is_account=True)


@transaction.atomic
def _mail_guest(follow_id: int, oldest: dt.datetime, now: dt.datetime) -> bool:
    follow = Follow.objects.select_for_update().get(pk=follow_id)
    if not is_due(follow.digest, oldest, follow.mailed_at, now):
        return False
    items = tellings(_taken(Notice.objects.filter(follow=follow, mailed_at=None), now))
    if not items:
        return False
    follow.mailed_at = now
    follow.save(update_fields=["mailed_at"])
    return _queue(items, to=follow.email, stop=stop_token("follow", follow.pk), is_account=False)


def _taken(notices: QuerySet[Notice], now: dt.datetime) -> list[Notice]:
    """Take notices for mailed and return them, the oldest first, without those of removed comments."""
    found = notices.select_related(
        *("document__edition", "comment", "edition", "follow__author", "follow__storyline")
    )
    taken = list(found.order_by("at", "pk"))
    Notice.objects.filter(pk__in=[notice.pk for notice in taken]).update(mailed_at=now)
    return [each for each in taken if each.comment is None or each.comment.removed_at is None]


def _queue(items: Sequence[Telling], *, to: str, stop: str, is_account: bool) -> bool:
    around = publication()
    stop_url = f"{settings.ORIGIN}/stop/{stop}/"
    subject = items[0].words if len(items) == 1 else f"{len(items)} things that you follow"
    context = {
        "items": items[:MAX_ITEMS],
        "more": max(0, len(items) - MAX_ITEMS),
        "origin": settings.ORIGIN,
        "publication": around.name,
        "language": around.language,
        "subject": subject,
        "stop_url": stop_url,
        "is_account": is_account,
    }
    letter = Letter(
        key=f"digest/{stop.partition(':')[0]}/{max(item.id for item in items)}",
        to=to,
        subject=subject,
        text=get_template("discussion/mail/digest.txt").render(context),
        html=get_template("discussion/mail/digest.html").render(context),
        stop_url=stop_url,
    )
    return queue_mail(letter) is not None


@transaction.atomic
def wish_to_follow(*, email: str, target: Target, digest: str) -> None:
    """Ask a guest by one mail whether it was them who wants to be told of something.

    Says nothing of whether the address is known. Raises ``FollowRefused``.
    """
    wish = ask_to_follow(email=email, target=target, digest=digest)
    if wish is None:
        return
    follow = wish.follow
    edition = follow.document.edition if follow.document else None
    headline = f"“{edition.headline}”" if edition else ""
    what = {
        FollowKind.STORY: f"what happens to {headline}",
        FollowKind.REPLIES: f"replies to a comment on {headline}",
        FollowKind.AUTHOR: f"new stories by {follow.author.name if follow.author else ''}",
        FollowKind.STORYLINE: f"how “{follow.storyline or ''}” goes on",
    }[FollowKind(follow.kind)]
    around = publication()
    context = {
        "what": what,
        "publication": around.name,
        "origin": settings.ORIGIN,
        "path": f"/follow/confirm/{follow.pk}/{wish.key}/",
    }
    queue_mail(
        Letter(
            key=f"confirm/{follow.pk}/{follow.key_digest[:16]}",
            to=follow.email,
            subject=f"Do you want to follow this at {around.name}?",
            text=get_template("discussion/mail/confirm.txt").render(context),
        )
    )


@receiver(interest_asked)
def ask_by_mail(sender: Any, comment: Comment, key: str, **kwargs: Any) -> None:
    """Tell a guest by mail that somebody asked, where the address is known to be theirs."""
    if comment.account_id is not None:
        return
    source = CommentSource.objects.filter(comment=comment).exclude(email="").first()
    if source is None:
        return
    is_theirs = Follow.objects.filter(
        email=source.email.lower(), confirmed_at__isnull=False
    ).exists()
    if not is_theirs:
        return
    edition = comment.document.edition
    context = {
        "headline": edition.headline if edition else "",
        "origin": settings.ORIGIN,
        "path": f"/c/{comment.pk}/acts/?key={key}",
    }
    with transaction.atomic():
        queue_mail(
            Letter(
                key=f"interest/{comment.pk}",
                to=source.email,
                subject="A reader asks whether you have an interest",
                text=get_template("discussion/mail/interest.txt").render(context),
            )
        )
