"""OpenID Connect providers that an operator lets readers sign in with."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_ID = re.compile(r"[a-z0-9-]{1,40}")
_FIELDS = {"id", "name", "server", "client_id", "client_secret", "client_secret_variable"}


@dataclass(frozen=True)
class Provider:
    """One provider. Its secret is in the operator's settings only, never in the database."""

    id: str
    name: str
    server: str
    client_id: str
    secret: str


def parse_providers(
    value: str, environment: Mapping[str, str] = os.environ
) -> tuple[Provider, ...]:
    """Return the providers of a JSON list; raises ``ValueError`` with what is wrong with which.

    In ``broadsheet.toml`` they are tables, ``[[providers]]``. ``client_secret_variable`` names an
    environment variable that has the secret, so that it need not stand in the file.
    """
    try:
        items = json.loads(value)
    except json.JSONDecodeError as error:
        raise ValueError(f"this is not JSON: {error}") from error
    if not isinstance(items, list):
        raise ValueError("give a list of providers")
    providers = tuple(_provider(item, environment) for item in items)
    ids = [each.id for each in providers]
    if len(set(ids)) != len(ids):
        raise ValueError("two providers have the same id")
    return providers


def _provider(item: object, environment: Mapping[str, str]) -> Provider:
    if not isinstance(item, dict) or not all(isinstance(each, str) for each in item.values()):
        raise ValueError("each provider is a table of texts")
    if unknown := sorted(set(item) - _FIELDS):
        raise ValueError(f"a provider has no “{unknown[0]}”")
    identity = item.get("id", "")
    if not _ID.fullmatch(identity):
        raise ValueError("the id of a provider has small letters, digits and hyphens")
    for field in ("server", "client_id"):
        if not item.get(field):
            raise ValueError(f"the provider “{identity}” has no {field}")
    server = item["server"].rstrip("/")
    parts = urlsplit(server)
    is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise ValueError(f"the server of the provider “{identity}” must begin with https://")
    return Provider(
        id=identity,
        name=item.get("name") or identity,
        server=server,
        client_id=item["client_id"],
        secret=_secret(item, identity, environment),
    )


def _secret(item: Mapping[str, str], identity: str, environment: Mapping[str, str]) -> str:
    variable = item.get("client_secret_variable")
    if variable is None:
        return item.get("client_secret", "")
    if not environment.get(variable):
        raise ValueError(f"{variable}, which has the secret of “{identity}”, is not set")
    return environment[variable]
