"""Bans: made and lifted by moderators, looked up in memory for each comment."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from broadsheet import clock
from broadsheet.moderation.enums import BanKind
from broadsheet.moderation.keys import BANS
from broadsheet.moderation.models import Ban
from broadsheet.moderation.senders import Network, parsed_address, plain_email
from broadsheet.press.kept import kept
from broadsheet.readers.models import Account

MAX_REASON = 300
LEAST_PREFIX = {4: 8, 6: 16}
"""Wider ranges are most of a continent; whoever means that can close the discussion."""


class BanRefused(ValueError):
    """The ban cannot be made so; ``field`` says by what, the message why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class BanLifted(ValueError):
    """The ban was lifted before."""


@transaction.atomic
def make_ban(
    *,
    kind: BanKind,
    reason: str,
    by: Account | None,
    account: Account | None = None,
    value: str = "",
    expires_at: dt.datetime | None = None,
) -> Ban:
    """Ban an account, an e-mail address (or ``@domain``), or a range of addresses.

    Raises :class:`BanRefused`.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise BanRefused("reason", "Say why: whoever is banned is told.")
    if len(reason) > MAX_REASON:
        raise BanRefused(
            "reason", f"The reason can have {MAX_REASON} characters; it has {len(reason):,}."
        )
    if expires_at is not None and expires_at <= clock.now():
        raise BanRefused("expires_at", "This moment has passed.")
    if kind == BanKind.ACCOUNT:
        if account is None:
            raise BanRefused("value", "Nobody has an account with this e-mail address.")
        if account == by:
            raise BanRefused("value", "You would ban yourself.")
        if account.is_staff:
            raise BanRefused("value", "Somebody of the newsroom cannot be banned.")
        value = ""
    else:
        account = None
        value = _email(value) if kind == BanKind.EMAIL else str(_network(value))
    return Ban.objects.create(
        kind=kind,
        account=account,
        value=value,
        reason=reason,
        made_at=clock.now(),
        made_by=by,
        expires_at=expires_at,
    )


@transaction.atomic
def lift_ban(*, ban_id: int, by: Account | None) -> Ban:
    """End a ban; that it was, stays. Raises :class:`BanLifted`."""
    ban = Ban.objects.select_for_update(of=("self",)).get(pk=ban_id)
    if ban.lifted_at is not None:
        raise BanLifted("This ban was lifted before.")
    ban.lifted_at, ban.lifted_by = clock.now(), by
    ban.save(update_fields=["lifted_at", "lifted_by"])
    return ban


def _email(value: str) -> str:
    plain = plain_email(value)
    try:
        validate_email("anybody" + plain if plain.startswith("@") else plain)
    except ValidationError as wrong:
        raise BanRefused(
            "value", "This is neither an e-mail address nor a domain as in “@example.com”."
        ) from wrong
    return plain


def _network(value: str) -> Network:
    """Return a range of addresses from an address, or from an address and the length of its prefix."""
    written = value.strip()
    try:
        network = ipaddress.ip_network(written, strict=False)
    except ValueError as wrong:
        raise BanRefused(
            "value", "This is no address and no range of them, as in 192.0.2.0/24 or 2001:db8::/48."
        ) from wrong
    mapped = (
        network.network_address.ipv4_mapped
        if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96
        else None
    )
    if mapped is not None:
        network = ipaddress.ip_network((mapped, network.prefixlen - 96), strict=False)
    least = LEAST_PREFIX[network.version]
    if network.prefixlen < least:
        raise BanRefused("value", f"This is too wide: a range begins at /{least}.")
    return network


@dataclass(frozen=True)
class _Standing:
    """The bans that stand, by what they name."""

    accounts: Mapping[int, Sequence[Ban]]
    emails: Mapping[str, Sequence[Ban]]
    networks: Mapping[tuple[int, int], Mapping[int, Sequence[Ban]]]
    """By version and length of the prefix, then by the number that the range begins with."""


def ban_of(
    *, account_id: int | None, emails: Iterable[str], address: str | None, now: dt.datetime
) -> Ban | None:
    """Return the ban that keeps somebody from commenting. No statement, one when bans changed."""
    standing = kept(BANS, _standing)
    found = list(standing.accounts.get(account_id or 0, ()))
    for email in filter(None, emails):
        plain = plain_email(email)
        found += standing.emails.get(plain, ())
        domain = plain.rpartition("@")[2]
        while domain:
            found += standing.emails.get("@" + domain, ())
            domain = domain.partition(".")[2]
    if standing.networks and (parsed := parsed_address(address)):
        for (version, prefix), by_begin in standing.networks.items():
            if version == parsed.version:
                begin = int(parsed) >> (parsed.max_prefixlen - prefix)
                found += by_begin.get(begin, ())
    in_force = [ban for ban in found if ban.expires_at is None or ban.expires_at > now]
    # The one that lasts longest is told.
    return max(
        in_force,
        key=lambda ban: (ban.expires_at is None, ban.expires_at or now, ban.pk),
        default=None,
    )


def _standing() -> _Standing:
    accounts: dict[int, list[Ban]] = {}
    emails: dict[str, list[Ban]] = {}
    networks: dict[tuple[int, int], dict[int, list[Ban]]] = {}
    for ban in standing_bans(clock.now()):
        if ban.account_id is not None:
            accounts.setdefault(ban.account_id, []).append(ban)
        elif ban.kind == BanKind.EMAIL:
            emails.setdefault(ban.value, []).append(ban)
        else:
            network = ipaddress.ip_network(ban.value)
            begin = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
            of_length = networks.setdefault((network.version, network.prefixlen), {})
            of_length.setdefault(begin, []).append(ban)
    return _Standing(accounts, emails, networks)


def standing_bans(now: dt.datetime, *, with_people: bool = False) -> Sequence[Ban]:
    """Return the bans in force, the last one first; with who is banned and by whom, if asked. One
    statement."""
    bans = Ban.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), lifted_at=None)
    if with_people:
        bans = bans.select_related("account", "made_by")
    return list(bans.order_by("-made_at", "-pk"))
