"""What a saved page says: one story and its thread, nothing made up.

A value that the page does not give is ``None`` (or an empty string or tuple where the type says
so); the reader of a capture decides how to say "not recorded".
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

BlockType = Literal["paragraph", "heading", "quotation", "list", "image", "embed"]


class CaptureUnreadable(ValueError):
    """The file is not a page this reader understands; the message names what was wrong and where."""


@dataclass(frozen=True)
class CapturedBlock:
    """One block of the body, in reading order.

    ``html`` holds inline markup only (``a``, ``em``, ``strong``, ``code``, ``br``) and is already
    sanitized; of a list it is empty and ``items`` holds the inline markup of each item.
    """

    type: BlockType
    html: str = ""
    items: tuple[str, ...] = ()
    ordered: bool = False
    level: int = 2
    source: str = ""
    """Address of an image or embedded thing, absolute where the page gave it so."""
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True)
class CapturedComment:
    """One comment as the page shows it.

    ``key`` identifies it inside the page and stays the same when the file is read again: the page's
    own id where it has one, else made from the place in the thread. ``parent`` is the ``key`` of the
    comment it answers, or ``None``.
    """

    key: str
    parent: str | None
    depth: int
    """1 for a comment without parent."""
    name: str | None
    """As printed; ``None``: the page lost it."""
    text: str
    """Plain text, paragraphs separated by one empty line, quotations as lines starting with ``> ``."""
    posted_at: dt.datetime | None = None
    """Aware where the page gave an offset; naive means the publication's own time zone."""
    url: str | None = None
    """The address that the writer gave as home page, if the page shows it."""
    kind: Literal["comment", "pingback"] = "comment"


@dataclass(frozen=True)
class Unreadable:
    """A part of the page that looks like a comment and could not be read; kept, so nothing is lost."""

    where: str
    why: str
    excerpt: str


@dataclass(frozen=True)
class Capture:
    """A saved page: the story and its thread."""

    format: str
    """``text``, ``microdata``, ``hentry``, ``json-ld``, ``wordpress``, ``markup``: how it was read."""
    headline: str
    standfirst: str = ""
    byline: tuple[str, ...] = ()
    published_at: dt.datetime | None = None
    """Naive: the publication's own time zone."""
    section: str = ""
    address: str | None = None
    """The canonical address that the page gives for itself."""
    language: str = ""
    lead_image: CapturedBlock | None = None
    blocks: tuple[CapturedBlock, ...] = ()
    comments: tuple[CapturedComment, ...] = ()
    """In the order of the page; a parent stands before its replies."""
    claimed_comments: int | None = None
    """The number of comments that the page itself claims to have."""
    unreadable: tuple[Unreadable, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    @property
    def max_depth(self) -> int:
        return max((comment.depth for comment in self.comments), default=0)

    @property
    def people(self) -> int:
        """Number of distinct names in the thread."""
        return len({comment.name for comment in self.comments if comment.name})
