"""A spam service that speaks Akismet's interface, asked over HTTPS.

``comment-check``, ``submit-spam``, ``submit-ham`` and ``verify-key`` of API 1.1, with the key in the
form. The operator names the address; still nothing within the network is ever spoken to: the name is
resolved once, each address must be a public one, the connection goes to the address that was checked,
and redirects are not followed.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

TIMEOUT = 3.0
"""Seconds for each step: the writer waits."""
MAX_ANSWER = 4_096
"""Bytes; a verdict has five."""
PORT = 443


class ServiceUnavailable(RuntimeError):
    """The service did not answer as it should; the message says how."""


def is_public(address: str) -> bool:
    """Say whether an address is one of the public internet."""
    parsed = ipaddress.ip_address(address)
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (inner is None or inner.is_global)


@dataclass(frozen=True)
class Service:
    address: str
    """``https://`` and a host, perhaps a port and a path."""
    key: str = field(repr=False)
    publication: str
    """The address of the publication, by which a service tells its customers apart."""
    context: ssl.SSLContext | None = None
    """``None``: the certificates that the system trusts."""
    may_be_here: bool = False
    """Whether addresses that are not public are spoken to, as in tests."""

    def is_spam(self, comment: Mapping[str, str]) -> bool:
        """Ask what a comment is. Raises :class:`ServiceUnavailable`."""
        answer = self._ask("comment-check", comment)
        if answer not in ("true", "false"):
            raise ServiceUnavailable(f"it said “{answer[:60]}”")
        return answer == "true"

    def teach(self, comment: Mapping[str, str], *, is_spam: bool) -> None:
        """Tell what a comment was. Raises :class:`ServiceUnavailable`."""
        self._ask("submit-spam" if is_spam else "submit-ham", comment)

    def has_valid_key(self) -> bool:
        """Ask whether the key is known. Raises :class:`ServiceUnavailable`."""
        answer = self._ask("verify-key", {})
        if answer not in ("valid", "invalid"):
            raise ServiceUnavailable(f"it said “{answer[:60]}”")
        return answer == "valid"

    def _ask(self, what: str, data: Mapping[str, str]) -> str:
        parts = urlsplit(self.address)
        host = parts.hostname or ""
        try:
            port = parts.port or PORT
        except ValueError as wrong:
            raise ServiceUnavailable("its address has no valid port") from wrong
        if parts.scheme != "https" or not host:
            raise ServiceUnavailable("its address is not one of HTTPS")
        body = urlencode({"key": self.key, "api_key": self.key, "blog": self.publication, **data})
        connection = _Connection(host, port, self._checked(host, port), self.context)
        try:
            connection.request(
                "POST",
                f"{parts.path.rstrip('/')}/1.1/{what}",
                body,
                {
                    "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
                    "User-Agent": "Broadsheet",
                },
            )
            answer = connection.getresponse()
            if answer.status != http.client.OK:
                raise ServiceUnavailable(f"it answered with status {answer.status}")
            return answer.read(MAX_ANSWER).decode("utf-8", "replace").strip()
        except (OSError, http.client.HTTPException) as trouble:
            raise ServiceUnavailable(str(trouble) or type(trouble).__name__) from trouble
        finally:
            connection.close()

    def _checked(self, host: str, port: int) -> str:
        """Return an address of the host that may be spoken to; all that it has must be public."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as trouble:
            raise ServiceUnavailable(f"its name is not known: {trouble}") from trouble
        addresses = [str(each[4][0]).partition("%")[0] for each in found]
        if not self.may_be_here and not all(map(is_public, addresses)):
            raise ServiceUnavailable("its address lies within a network of its own")
        return addresses[0]


class _Connection(http.client.HTTPSConnection):
    """Speaks to one address, in the name of a host: what was checked is what is spoken to."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        self._speaking_to = address
        self._tls = context or ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT, context=self._tls)

    def connect(self) -> None:
        bare = socket.create_connection((self._speaking_to, self.port), TIMEOUT)
        try:
            self.sock = self._tls.wrap_socket(bare, server_hostname=self.host)
        except BaseException:
            bare.close()
            raise
