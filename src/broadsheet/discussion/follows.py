"""Following stories, replies, authors and storylines: by an account, or as a guest by a confirmed
address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import receiver

from broadsheet import clock
from broadsheet.discussion.enums import Digest, FollowKind
from broadsheet.discussion.models import Comment, Follow, FollowSettings, Notice
from broadsheet.readers.export import register, text_of
from broadsheet.readers.mail import digest_of
from broadsheet.readers.models import Account
from broadsheet.readers.signals import account_erasing
from broadsheet.record.models import Author, Document, Storyline

MAX_FOLLOWS = 1000
"""Things that one account, or one address, can follow."""
CONFIRM_WITHIN = dt.timedelta(days=2)
"""Time in which a guest confirms; what is not confirmed by then is forgotten."""
ASKED_PER_ADDRESS = 5
"""Mails that ask one address to confirm, in that time."""


class FollowRefused(ValueError):
    """It cannot be followed so; the message is for who tried."""


@dataclass(frozen=True)
class Target:
    """What is to be followed: exactly one of these."""

    document: Document | None = None
    comment: Comment | None = None
    author: Author | None = None
    storyline: Storyline | None = None

    @property
    def fields(self) -> dict[str, object]:
        if self.comment:
            return {
                "kind": FollowKind.REPLIES,
                "comment": self.comment,
                "document_id": self.comment.document_id,
            }
        if self.author:
            return {"kind": FollowKind.AUTHOR, "author": self.author}
        if self.storyline:
            return {"kind": FollowKind.STORYLINE, "storyline": self.storyline}
        return {"kind": FollowKind.STORY, "document": self.document}


def follow_of(account: Account, target: Target) -> Follow | None:
    """Return how an account follows something, if it does. One statement."""
    return Follow.objects.filter(account=account, **target.fields).first()


@transaction.atomic
def follow(*, account: Account, target: Target) -> Follow:
    """Let an account be told of something from now on; twice is once. Raises :class:`FollowRefused`."""
    Account.objects.select_for_update().get(pk=account.pk)
    found = follow_of(account, target)
    if found:
        return found
    _check_room(Follow.objects.filter(account=account))
    now = clock.now()
    return Follow.objects.create(account=account, since=now, confirmed_at=now, **target.fields)


def unfollow(*, account: Account, follow_id: int) -> None:
    """Tell an account no more; what was told and not read goes as well."""
    Follow.objects.filter(account=account, pk=follow_id).delete()


@dataclass(frozen=True)
class Wish:
    """A guest's wish to follow, with the key that confirms it; only its digest is kept."""

    follow: Follow
    key: str


@transaction.atomic
def ask_to_follow(*, email: str, target: Target, digest: str) -> Wish | None:
    """Take down that a guest wants to be told; nothing is told before the address is confirmed.

    ``None`` where nothing is to be confirmed, or this address was asked too often; who asks is not
    told which. Raises :class:`FollowRefused`.
    """
    email = email.strip().lower()
    try:
        validate_email(email if len(email) <= 254 else "")
    except ValidationError as error:
        raise FollowRefused("This is not an e-mail address, such as ann@example.org.") from error
    if digest not in (Digest.IMMEDIATELY, Digest.HOURLY, Digest.DAILY):
        raise FollowRefused("Please choose how often.")
    now = clock.now()
    lately = Follow.objects.filter(email=email, since__gt=now - CONFIRM_WITHIN, confirmed_at=None)
    found = Follow.objects.select_for_update().filter(email=email, **target.fields).first()
    if found and found.confirmed_at:
        return None
    if lately.count() >= ASKED_PER_ADDRESS:
        return None
    _check_room(Follow.objects.filter(email=email))
    key = clock.random_bytes(18).hex()
    if found is None:
        found = Follow(email=email, since=now, **target.fields)
    found.digest, found.key_digest = digest, digest_of(key)
    found.save()
    return Wish(found, key)


@transaction.atomic
def confirm_follow(*, follow_id: int, key: str) -> Follow | None:
    """Begin to tell a guest; ``None`` if the key is not, or no longer, the one that was sent."""
    found = (
        Follow.objects.select_for_update()
        .filter(pk=follow_id, account=None, key_digest=digest_of(key))
        .first()
    )
    if found is None:
        return None
    if found.confirmed_at is None:
        found.confirmed_at = clock.now()
        found.save(update_fields=["confirmed_at"])
    return found


@transaction.atomic
def stop_mail(kind: str, number: int) -> bool:
    """Stop what a mail's link stops: all mail to an account, or a guest's follow; says if it did.

    An account goes on following, and finds what there is to tell in its inbox.
    """
    if kind == "account":
        if not Account.objects.filter(pk=number).exists():
            return False
        FollowSettings.objects.update_or_create(
            account_id=number, defaults={"digest": Digest.NEVER}
        )
        return True
    if kind == "follow":
        return Follow.objects.filter(pk=number, account=None).delete()[0] > 0
    return False


def settings_of(account: Account) -> FollowSettings:
    """Return how an account is told; unsaved where nothing was chosen yet. One statement."""
    return FollowSettings.objects.filter(account=account).first() or FollowSettings(account=account)


@transaction.atomic
def choose(*, account: Account, digest: str, own_replies: bool) -> FollowSettings:
    """Choose how an account is told. Raises :class:`FollowRefused`."""
    if digest not in Digest.values:
        raise FollowRefused("Please choose how often.")
    return FollowSettings.objects.update_or_create(
        account=account, defaults={"digest": digest, "own_replies": own_replies}
    )[0]


@transaction.atomic
def renew_feed(*, account: Account) -> str:
    """Give an account a feed of its own at a new address; returns its key, which is not kept.

    The address before stops to work.
    """
    key = clock.random_bytes(18).hex()
    FollowSettings.objects.update_or_create(
        account=account, defaults={"feed_digest": digest_of(key)}
    )
    return key


def end_feed(*, account: Account) -> None:
    FollowSettings.objects.filter(account=account).update(feed_digest=None)


def account_of_feed(key: str) -> Account | None:
    """Return whose feed has a key. One statement."""
    found = (
        FollowSettings.objects.filter(feed_digest=digest_of(key), account__is_active=True)
        .select_related("account")
        .first()
    )
    return found.account if found else None


def follows_of(account: Account) -> QuerySet[Follow]:
    """Return what an account follows, the latest first."""
    return (
        Follow.objects.filter(account=account)
        .select_related("document__edition", "comment", "author", "storyline")
        .order_by("-since", "-pk")
    )


def inbox(account: Account) -> QuerySet[Notice]:
    """Return what an account was told, the latest first; nothing about words that were removed."""
    return (
        Notice.objects.filter(Q(comment=None) | Q(comment__removed_at=None), account=account)
        .select_related(
            *("document__edition", "comment__author", "edition"),
            *("follow__author", "follow__storyline"),
        )
        .order_by("-at", "-pk")
    )


def unread_count(account: Account) -> int:
    """Return how many notices wait to be read. One statement."""
    return Notice.objects.filter(
        Q(comment=None) | Q(comment__removed_at=None), account=account, read_at=None
    ).count()


def mark_read(*, account: Account, up_to: int) -> None:
    """Take all notices up to one, by id, for read."""
    Notice.objects.filter(account=account, pk__lte=up_to, read_at=None).update(read_at=clock.now())


def forget_unconfirmed() -> None:
    """Forget the wishes that nobody confirmed."""
    Follow.objects.filter(confirmed_at=None, since__lt=clock.now() - CONFIRM_WITHIN).delete()


def _check_room(follows: QuerySet[Follow]) -> None:
    if follows.count() >= MAX_FOLLOWS:
        raise FollowRefused(f"You follow {MAX_FOLLOWS} things already. Please stop some of them.")


@receiver(account_erasing)
def forget_account(sender: Any, account: Account, **kwargs: Any) -> None:
    """Forget what was followed by the address of an account; what the account follows goes with it."""
    Follow.objects.filter(email=account.email.lower()).delete()


def told_about(account: Account) -> dict[str, Any]:
    """Return what is kept about what an account follows, for its export."""
    chosen = settings_of(account)
    return {
        "digest": chosen.digest,
        "own_replies": chosen.own_replies,
        "has_feed": chosen.feed_digest is not None,
        "follows": [
            {
                "kind": each.kind,
                "document": each.document_id,
                "comment": each.comment_id,
                "author": each.author.slug if each.author else None,
                "storyline": each.storyline.slug if each.storyline else None,
                "since": text_of(each.since),
            }
            for each in follows_of(account)
        ],
        "notices": [
            {
                "kind": each.kind,
                "document": each.document_id,
                "comment": each.comment_id,
                "count": each.count,
                "at": text_of(each.at),
                "read_at": text_of(each.read_at),
            }
            for each in Notice.objects.filter(account=account).order_by("pk")
        ],
    }


register("following", told_about)
