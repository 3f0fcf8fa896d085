"""Who sends, as far as rules tell people apart, and where from."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from broadsheet.discussion.actions import Posting

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_EMAIL_LOCAL = 64


@dataclass(frozen=True)
class Writer:
    """By what earlier comments of the same writer are found; a guest has no account."""

    account_id: int | None
    guest_key: str
    network: str

    @classmethod
    def of(cls, posting: Posting) -> Writer:
        return cls(
            posting.account.pk if posting.account else None,
            "" if posting.account else posting.sender.guest_key,
            network_of(posting.sender.address),
        )

    @property
    def is_known(self) -> bool:
        """Whether there is something by which the writer can be found again."""
        return self.account_id is not None or bool(self.guest_key)

    def is_same(self, account_id: int | None, guest_key: str) -> bool:
        """Say whether an earlier comment, by what is kept of it, has the same writer."""
        if self.account_id is not None:
            return self.account_id == account_id
        return bool(self.guest_key) and self.guest_key == guest_key


@lru_cache(maxsize=5_000)
def parsed_address(address: str | None) -> Address | None:
    """Return an address; an IPv4 address that came as IPv6 is one of IPv4."""
    if not address:
        return None
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed


@lru_cache(maxsize=5_000)
def network_of(address: str | None) -> str:
    """Return the network that an address is counted with: /24 of IPv4, /64 of IPv6; or nothing."""
    parsed = parsed_address(address)
    if parsed is None:
        return ""
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))


def plain_email(email: str) -> str:
    """Return an e-mail address as it is compared: lower case, without what is added after ``+``."""
    local, at, domain = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}" if at else email.strip().casefold()
