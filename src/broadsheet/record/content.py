"""The content of an edition: all that is needed to print it for ever, as plain values.

It is built by the desk (or an importer), stored as JSON in the edition, and read back by the paper.
"""

from __future__ import annotations

import dataclasses
import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import nh3

from broadsheet.passages.canonical import CanonicalText, canonical_text
from broadsheet.record.enums import Standing
from broadsheet.record.pictures import Picture

BlockType = Literal["paragraph", "heading", "quotation", "list", "image", "embed"]
BLOCK_TYPES: frozenset[str] = frozenset(
    {"paragraph", "heading", "quotation", "list", "image", "embed"}
)

INLINE_TAGS = {"a", "abbr", "br", "code", "em", "strong", "s", "sub", "sup"}
_OLDER_NAMES = {"b": "strong", "i": "em"}
"""What editors and old pages write, and what we print."""
URL_SCHEMES = {"http", "https", "mailto"}


def clean_inline(markup: str) -> str:
    """Return ``markup`` with inline elements only; what else it held is taken out, its text kept."""
    cleaned = nh3.clean(
        markup,
        tags=INLINE_TAGS | _OLDER_NAMES.keys(),
        attributes={"a": {"href", "title", "lang"}, "abbr": {"title"}},
        url_schemes=URL_SCHEMES,
        link_rel=None,
    )
    for older, name in _OLDER_NAMES.items():
        cleaned = cleaned.replace(f"<{older}>", f"<{name}>").replace(f"</{older}>", f"</{name}>")
    return cleaned.strip()


def inline_text(markup: str) -> str:
    """Return the text of inline markup as a reader sees it; ``<br>`` is a line break."""
    broken = markup.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n")
    return html.unescape(nh3.clean(broken, tags=set()))


def text_to_inline(text: str) -> str:
    """Return inline markup that shows ``text``, line breaks kept."""
    return html.escape(text, quote=False).replace("\n", "<br>")


@dataclass(frozen=True)
class Block:
    """One block of the body. Which fields mean something depends on ``type``.

    ``html`` (paragraph, heading, quotation) and ``items`` (list) are inline markup, already cleaned.
    """

    id: str
    type: BlockType
    html: str = ""
    items: tuple[str, ...] = ()
    ordered: bool = False
    level: int = 2
    speaker: str = ""
    role: str = ""
    picture: Picture | None = None
    alt: str = ""
    caption: str = ""
    credit: str = ""
    url: str = ""
    title: str = ""

    @property
    def text(self) -> str:
        """The words of the block as a reader sees them, one line for each line shown."""
        if self.type == "list":
            return "\n".join(inline_text(item).replace("\n", " ") for item in self.items)
        if self.type == "quotation":
            said_by = ", ".join(part for part in (self.speaker, self.role) if part)
            return "\n".join(part for part in (inline_text(self.html), said_by) if part)
        if self.type == "image":
            return "\n".join(part for part in (self.caption, self.credit) if part)
        if self.type == "embed":
            return self.title
        return inline_text(self.html)


@dataclass(frozen=True)
class BylineName:
    """An author as printed in one edition."""

    slug: str
    name: str
    disclosure: str = ""
    """What the profile said when the edition came out; for all stories."""
    interest: str = ""
    """What was disclosed for this one story."""

    @property
    def disclosed(self) -> str:
        """All that stands beside the name: what is said for all stories, then for this one."""
        return "; ".join(said for said in (self.disclosure, self.interest) if said)


@dataclass(frozen=True)
class TopicName:
    slug: str
    name: str
    kind: str


@dataclass(frozen=True)
class LeadImage:
    picture: Picture
    alt: str = ""
    caption: str = ""
    credit: str = ""


def _without_defaults(value: object) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults, nested ones as well."""
    data: dict[str, Any] = {}
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        item = getattr(value, field.name)
        if item == field.default:
            continue
        data[field.name] = item.to_data() if isinstance(item, Picture) else item
    return data


def _with_picture(data: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(data)
    if values.get("picture"):
        values["picture"] = Picture.from_data(values["picture"])
    return values


@dataclass(frozen=True)
class EditionContent:
    """What an edition says: headline to last block."""

    headline: str
    short_headline: str = ""
    standfirst: str = ""
    byline: tuple[BylineName, ...] = ()
    dateline: str = ""
    lead_image: LeadImage | None = None
    blocks: tuple[Block, ...] = ()
    topics: tuple[TopicName, ...] = ()
    standing: str = ""
    """A :class:`broadsheet.record.enums.Standing`; empty where none is given."""
    standing_basis: str = ""
    """What the standing rests on."""

    @property
    def standing_label(self) -> str:
        return Standing(self.standing).label if self.standing in Standing.values else ""

    @property
    def pictures(self) -> list[Picture]:
        """All pictures that it shows."""
        shown = [block.picture for block in self.blocks if block.picture]
        return [*shown, *([self.lead_image.picture] if self.lead_image else [])]

    def canonical(self) -> CanonicalText:
        """Return the canonical text of the body and the place of each block in it."""
        return canonical_text((block.id, block.text) for block in self.blocks)

    def to_data(self) -> dict[str, Any]:
        """Return the content as values that JSON can hold; :meth:`from_data` reads them back."""
        data: dict[str, Any] = {"headline": self.headline}
        for name in ("short_headline", "standfirst", "dateline", "standing", "standing_basis"):
            if value := getattr(self, name):
                data[name] = value
        data["byline"] = [_without_defaults(name) for name in self.byline]
        data["topics"] = [_without_defaults(topic) for topic in self.topics]
        data["blocks"] = [
            {**_without_defaults(block), **({"items": list(block.items)} if block.items else {})}
            for block in self.blocks
        ]
        if self.lead_image:
            data["lead_image"] = _without_defaults(self.lead_image)
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        lead = data.get("lead_image")
        return cls(
            headline=data["headline"],
            short_headline=data.get("short_headline", ""),
            standfirst=data.get("standfirst", ""),
            byline=tuple(BylineName(**name) for name in data.get("byline", ())),
            dateline=data.get("dateline", ""),
            lead_image=LeadImage(**_with_picture(lead)) if lead else None,
            blocks=tuple(
                Block(**{**_with_picture(block), "items": tuple(block.get("items", ()))})
                for block in data.get("blocks", ())
            ),
            topics=tuple(TopicName(**topic) for topic in data.get("topics", ())),
            standing=data.get("standing", ""),
            standing_basis=data.get("standing_basis", ""),
        )


def canonical_json(data: object) -> bytes:
    """Return JSON with sorted keys and no spare space, UTF-8: the form that digests are made of."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256_hex(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of the parts, each preceded by its length, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
