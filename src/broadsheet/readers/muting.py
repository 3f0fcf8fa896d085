"""Muting people, each reader for themselves."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from broadsheet.readers.models import Account, Mute, stored_keys

MAX_MUTED = 500
"""People that one account can mute."""


class MuteRefused(ValueError):
    """Nobody can be muted so; the message is for who tried."""


def name_key(name: str) -> str:
    """Return by what a name without an account is muted; empty for none."""
    return min(stored_keys(name), default="")


@transaction.atomic
def mute(*, account: Account, muted_id: int | None, name: str) -> Mute:
    """Mute an account, or where there is none whoever goes by a name. Raises :class:`MuteRefused`."""
    Account.objects.select_for_update().get(pk=account.pk)
    if muted_id == account.pk:
        raise MuteRefused("This is you.")
    key = "" if muted_id else name_key(name)
    if not muted_id and not key:
        raise MuteRefused("This comment has no name that could be muted.")
    found = Mute.objects.filter(account=account, muted_id=muted_id, key=key).first()
    if found:
        return found
    if Mute.objects.filter(account=account).count() >= MAX_MUTED:
        raise MuteRefused(f"You can mute {MAX_MUTED} people. Please take somebody from the list.")
    return Mute.objects.create(account=account, muted_id=muted_id, key=key, name=name)


def unmute(*, account: Account, mute_id: int) -> None:
    """Take somebody from the list; the comments show again."""
    Mute.objects.filter(account=account, pk=mute_id).delete()


def forget_mutes(account: Account, names: Collection[str]) -> None:
    """Forget that somebody who is erased was muted by names: those of the account and these others."""
    own = {account.name, *names, *account.names.values_list("name", flat=True)}
    keys = sorted({key for name in own if (key := name_key(name))})
    for start in range(0, len(keys), 200):
        Mute.objects.filter(key__in=keys[start : start + 200]).delete()
