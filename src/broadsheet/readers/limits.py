"""How often something may be tried: counted in the database, so that all processes count together.

What is counted is named by a keyed digest: neither addresses of computers nor of people are kept.
A window begins with the first try; one statement for each limit.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac

from broadsheet import clock

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Limit:
    """So many tries within so many seconds."""

    name: str
    most: int
    within: int


class TooMany(Exception):
    """Something was tried too often; ``retry_after`` are seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} seconds")
        self.retry_after = retry_after


def _key(limit: Limit, subject: str) -> str:
    told = f"{limit.name} {subject}"
    return salted_hmac("broadsheet.readers.limits", told, algorithm="sha256").hexdigest()


def give_back(limit: Limit, subject: str) -> None:
    """Count a try no more, since it was a right one."""
    from broadsheet.readers.models import Tally

    Tally.objects.filter(key=_key(limit, subject), count__gt=0).update(count=F("count") - 1)


def take(limit: Limit, subject: str) -> None:
    """Count one try of a subject; raises :class:`TooMany` when there were too many before."""
    from broadsheet.readers.models import Tally

    now = int(clock.now().timestamp())
    table = connection.ops.quote_name(Tally._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, count, ends_at) VALUES (%s, 1, %s)"  # noqa: S608 (our own table)
            " ON CONFLICT (key) DO UPDATE SET"
            f" count = CASE WHEN {table}.ends_at <= %s THEN 1 ELSE {table}.count + 1 END,"
            f" ends_at = CASE WHEN {table}.ends_at <= %s THEN excluded.ends_at"
            f" ELSE {table}.ends_at END RETURNING count, ends_at",
            [_key(limit, subject), now + limit.within, now, now],
        )
        count, ends_at = cursor.fetchone()
    if count > limit.most:
        raise TooMany(max(1, ends_at - now))


def network_of(address: str) -> tuple[str, str]:
    """Return what counts as one computer and as one network.

    Of IPv4 these are the address and its /24; of IPv6 the /64, which one household has, and the /48,
    which one customer may have. What is no address counts as itself.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address, address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed), _network(parsed, 24)
    return _network(parsed, 64), _network(parsed, 48)


def _network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, prefix: int) -> str:
    return str(ipaddress.ip_network((address, prefix), strict=False))
