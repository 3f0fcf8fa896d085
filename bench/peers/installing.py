"""Peers, and how they are installed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import Question
from bench.machine import ADMINISTRATORS, program
from bench.servers import Server

from broadsheet.sample.invented import Said, discussion

INSTALL_WITHIN = 900.0
"""Seconds for packages to come and be unpacked."""


class NotInstallable(RuntimeError):
    """A peer is not to be had on this machine; the message says why."""


@dataclass(frozen=True)
class Peer:
    """One that runs, with the same stories as ours."""

    name: str
    version: str
    server: Server
    stories: Mapping[int, str]
    """Path of the story, or of its comments where that is all there is, by number of comments."""
    post: str = ""
    """Path that comments are posted to; empty: not measured."""
    body: str = ""
    """Of the post; ``@TEXT@``, ``@NUMBER@`` and ``@KEY@`` are filled in."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def question(self) -> Question:
        """Return the post as wrk puts it."""
        arguments = [
            f"body={self.body}",
            *(f"H:{name}={value}" for name, value in self.headers.items()),
        ]
        return Question(self.server, self.post, script="peers/post.lua", arguments=tuple(arguments))


def environment_with(folder: Path, packages: Sequence[str]) -> Path:
    """Return the Python of an environment with packages, made at first use."""
    python = folder / "venv" / "bin" / "python"
    done = folder / "venv" / "installed"
    if done.exists() and done.read_text() == " ".join(packages):
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(install, check=True, timeout=INSTALL_WITHIN, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["no reason was given"]
        raise NotInstallable(f"pip install {' '.join(packages)}: {last[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise NotInstallable(f"pip install {' '.join(packages)} took too long") from error
    done.write_text(" ".join(packages))
    return python


def version_in(python: Path, package: str) -> str:
    """Return the version of a package in an environment."""
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def needed(names: Mapping[str, str]) -> dict[str, str]:
    """Return where programs are; ``names`` says which Debian package has each.

    Raises :class:`NotInstallable` naming the packages that are missing.
    """
    found = {name: program(name) for name in names}
    missing = sorted({names[name] for name, path in found.items() if not path})
    if missing:
        raise NotInstallable(f"missing Debian packages: {' '.join(missing)} (apt install …)")
    return {name: path for name, path in found.items() if path}


def php_fpm() -> str:
    """Return PHP's server of processes, whose name has its version in it."""
    found = sorted(
        path for folder in ADMINISTRATORS.split(":") for path in Path(folder).glob("php-fpm*")
    )
    if not found:
        raise NotInstallable("missing Debian packages: php-fpm (apt install …)")
    return str(found[-1])


def said(count: int) -> Iterator[tuple[int, Said]]:
    """Yield the comments of a story, numbered from 1 on."""
    yield from enumerate(discussion(count), 1)
