"""What an operator can set, from the environment or from ``broadsheet.toml``.

The environment wins over the file, the file over the default. The file is looked for as
``broadsheet.toml`` in the data directory, then in the working directory; ``BROADSHEET_CONFIG`` names
another. Every option is documented in ``docs/operators/settings.md``; a test keeps it so.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from broadsheet.conf.mail import mail_server
from broadsheet.conf.providers import Provider, parse_providers


class OptionInvalid(ValueError):
    """An option has a value that cannot be used; the message says which, where and why."""


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise ValueError("give scheme and host only, such as https://news.example")
    return f"{parts.scheme}://{parts.netloc}"


def _port(value: str) -> int:
    port = int(value)
    if not 0 < port < 65536:
        raise ValueError("a port is a number from 1 to 65535")
    return port


def _count(value: str) -> int:
    count = int(value)
    if not 1 <= count <= 64:
        raise ValueError("give a number from 1 to 64")
    return count


def _many(value: str) -> int:
    count = int(value)
    if not 1 <= count <= 1_000_000:
        raise ValueError("give a number from 1 to 1000000")
    return count


def _days(value: str) -> int:
    days = int(value)
    if not 1 <= days <= 3650:
        raise ValueError("give a number of days from 1 to 3650")
    return days


def _threads(value: str) -> int:
    count = int(value)
    if not 2 <= count <= 256:
        raise ValueError("give a number from 2 to 256")
    return count


def _megabytes(value: str) -> int:
    count = int(value)
    if not 1 <= count <= 65536:
        raise ValueError("give a number of megabytes from 1 to 65536")
    return count


def _seconds(value: str) -> float:
    seconds = float(value)
    if not 1 <= seconds <= 3600:
        raise ValueError("give a number of seconds from 1 to 3600")
    return seconds


def _service(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.query:
        raise ValueError("give an address of HTTPS, such as https://rest.akismet.com")
    return value.rstrip("/")


def _flag(value: str) -> bool:
    if value.lower() in ("1", "true", "yes", "on"):
        return True
    if value.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError("say true or false")


def _log_level(value: str) -> str:
    if value.lower() not in ("debug", "info", "warning", "error"):
        raise ValueError("choose debug, info, warning or error")
    return value.lower()


def _memento_pattern(value: str) -> str:
    if value not in ("1.1", "2.1"):
        raise ValueError("choose 1.1 or 2.1")
    return value


def _host_list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _email_url(value: str) -> str:
    mail_server(value)
    return value


def _sender(value: str) -> str:
    if "@" not in value or any(character in value for character in "\r\n"):
        raise ValueError("give an address, such as The Test <desk@news.example>")
    return value


def _text(value: str) -> str:
    return value


def option(parse: Callable[[str], Any], default: Any, help_text: str, *, variable: str = "") -> Any:
    """Declare an option: its parser, its default, its help, and its variable if not the usual one."""
    return field(
        default=default, metadata={"parse": parse, "help": help_text, "variable": variable}
    )


@dataclass(frozen=True)
class Options:
    """The options of a publication, checked."""

    origin: str = option(_origin, "", "Public address; empty: http://localhost and the port.")
    port: int = option(_port, 8000, "Port that `serve` listens on.", variable="PORT")
    bind: str = option(_text, "127.0.0.1", "Address that `serve` listens on.")
    workers: int = option(_count, 1, "Web processes.")
    threads: int = option(
        _threads, 32, "Requests that one web process works at, at once; each may hold a connection."
    )
    press_memory: int = option(
        _megabytes, 64, "Megabytes of pages that one web process holds ready; the oldest unused go."
    )
    press_seconds: float = option(
        _seconds, 30.0, "Seconds after which a page is made anew even if nothing says it changed."
    )
    database_url: str = option(
        _text,
        "",
        "PostgreSQL as postgresql://user:password@host/name; empty: SQLite in the data directory.",
        variable="DATABASE_URL",
    )
    allowed_hosts: tuple[str, ...] = option(
        _host_list, (), "More host names to answer to, separated by commas."
    )
    trusted_proxies: str = option(
        _text, "", "Addresses of proxies whose X-Forwarded-For and -Proto are believed, by commas."
    )
    secret_key: str = option(
        _text, "", "Signs sessions; empty: made at first start and kept in the data directory."
    )
    memento_pattern: str = option(
        _memento_pattern,
        "1.1",
        "Who asks for the past (RFC 7089): 1.1 asks the story's own address, 2.1 another under /tg/.",
    )
    live_per_address: int = option(
        _many, 20, "Open streams of one address (of IPv6 its first half), in each web process."
    )
    live_streams: int = option(_many, 20_000, "Open streams of all readers, in each web process.")
    email_url: str = option(
        _email_url,
        "",
        "Mail server as smtp://user:password@host:587, or smtps://; empty: mail is written to files.",
    )
    mail_from: str = option(
        _sender, "", "Sender of mail; empty: noreply@ and the host of the public address."
    )
    mail_days: int = option(
        _days, 30, "Days after which mail that was written to files is deleted; none is sent then."
    )
    reader_passwords: bool = option(
        _flag, False, "Let readers set a password too. They sign in by mail or passkey otherwise."
    )
    providers: tuple[Provider, ...] = option(
        parse_providers, (), "OpenID Connect providers to sign in with."
    )
    spam_service: str = option(
        _service, "", "Spam service with Akismet’s interface, as https://rest.akismet.com."
    )
    spam_service_key: str = option(_text, "", "The key that the spam service gave you.")
    debug: bool = option(_flag, False, "Show errors in the browser. Never on a public machine.")
    log_level: str = option(_log_level, "info", "debug, info, warning or error.")

    @property
    def public_origin(self) -> str:
        return self.origin or f"http://localhost:{self.port}"


def variable_of(name: str) -> str:
    """Return the environment variable of an option."""
    for item in fields(Options):
        if item.name == name:
            return item.metadata["variable"] or f"BROADSHEET_{name.upper()}"
    raise KeyError(name)


def data_directory(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the data directory: ``BROADSHEET_DATA``, else ``var`` in the working directory."""
    return Path(environment.get("BROADSHEET_DATA") or "var").resolve()


def options_file(data: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the ``broadsheet.toml`` in use, or ``None``."""
    if named := environment.get("BROADSHEET_CONFIG"):
        path = Path(named)
        if not path.is_file():
            raise OptionInvalid(f"BROADSHEET_CONFIG names {path}, which is not a file")
        return path
    for candidate in (data / "broadsheet.toml", Path("broadsheet.toml")):
        if candidate.is_file():
            return candidate
    return None


def read_options(data: Path, environment: Mapping[str, str] = os.environ) -> Options:
    """Read all options; raises :class:`OptionInvalid` naming the option and where it was set."""
    path = options_file(data, environment)
    from_file: dict[str, Any] = {}
    if path:
        try:
            from_file = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise OptionInvalid(f"{path}: {error}") from error
        unknown = sorted(set(from_file) - {item.name for item in fields(Options)})
        if unknown:
            raise OptionInvalid(f"{path}: there is no option “{unknown[0]}”")
    values: dict[str, Any] = {}
    for item in fields(Options):
        variable = variable_of(item.name)
        if variable in environment:
            given, where = environment[variable], f"the environment variable {variable}"
        elif item.name in from_file:
            given, where = _as_text(from_file[item.name]), f"{item.name} in {path}"
        else:
            continue
        if given == "":
            continue
        try:
            values[item.name] = item.metadata["parse"](given)
        except ValueError as error:
            raise OptionInvalid(f"{where} is “{given}”: {error}") from error
    return Options(**values)


def _as_text(value: object) -> str:
    """Return a TOML value as the environment would give it, so that one parser reads both."""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return json.dumps(value)
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
