"""What a reader wants to propose, checked as far as that can be done without the story."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from broadsheet.discussion.actions import CommentRefused, Draft, FieldError, checked_draft
from broadsheet.passages.canonical import normal_space
from broadsheet.readers.models import Account
from broadsheet.readers.names import is_legible
from broadsheet.record.placements import MAX_PASSAGE, Pointer

MAX_REASON = 2_000
MAX_SOURCE = 500
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows: the words would read as other words."""
_NOT_IN_ADDRESS = re.compile(
    r'[\s<>"\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]'
)


@dataclass(frozen=True)
class ProposalDraft:
    """A correction as somebody wants to propose it."""

    pointer: Pointer
    replacement: str
    reason: str = ""
    source_url: str = ""
    is_typographical: bool = False
    name: str = ""
    email: str = ""
    wants_credit: bool = False


def checked_replacement(replacement: str) -> str:
    """Return a replacement as it can stand in a story: plain text, its white space as we keep it.

    Raises :class:`CommentRefused` for markup, control characters, and too much of it.
    """
    if len(replacement) > MAX_PASSAGE:
        raise CommentRefused(
            FieldError(
                "replacement",
                f"A replacement can have {MAX_PASSAGE:,} characters; this one has"
                f" {len(replacement):,}.",
            )
        )
    odd = next(
        (
            character
            for character in replacement
            if (
                unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")
                or _TURNS.match(character)
            )
            and character not in "\n\r\t"
        ),
        None,
    )
    if odd:
        raise CommentRefused(
            FieldError(
                "replacement", f"It holds a control character (U+{ord(odd):04X}). Take it out."
            )
        )
    if _MARKUP.search(replacement):
        raise CommentRefused(
            FieldError(
                "replacement", "Write plain words: markup such as <b> would stand there as text."
            )
        )
    plain = normal_space(unicodedata.normalize("NFC", replacement)).replace("\n", " ")
    if plain and not is_legible(plain):
        raise CommentRefused(
            FieldError(
                "replacement",
                "There is nothing in it that others could read. To take words out, leave it empty.",
            )
        )
    return plain


def checked_proposal(
    draft: ProposalDraft, *, needs_name: bool, account: Account | None = None
) -> ProposalDraft:
    """Return the draft as it would be stored; raises :class:`CommentRefused` with all that is wrong."""
    errors: list[FieldError] = []
    replacement = draft.replacement
    try:
        replacement = checked_replacement(draft.replacement)
    except CommentRefused as refusal:
        errors.extend(refusal.errors)
    source = draft.source_url.strip()
    if source and not _is_address(source):
        errors.append(
            FieldError("source_url", "Give the address of a page, such as https://news.example/.")
        )
    reason = draft.reason.strip()
    if len(reason) > MAX_REASON:
        errors.append(
            FieldError(
                "reason", f"The reason can have {MAX_REASON:,} characters; it has {len(reason):,}."
            )
        )
        reason = ""
    elif not reason and not draft.is_typographical:
        errors.append(FieldError("reason", "Say why: what is wrong, and how you know."))
    # The name, the e-mail address and the reason follow the rules of comments.
    said = Draft(text=reason or "-", name=draft.name, email=draft.email)
    is_named = draft.wants_credit or not draft.is_typographical or draft.name.strip()
    wants_name = needs_name and bool(is_named)
    try:
        said = checked_draft(said, needs_name=wants_name, account=account)
    except CommentRefused as refusal:
        errors.extend(
            replace(error, field="reason") if error.field == "text" else error
            for error in refusal.errors
        )
    if errors:
        raise CommentRefused(*errors)
    return replace(
        draft,
        replacement=replacement,
        reason=said.text if reason else "",
        source_url=source,
        name=said.name,
        email=said.email,
    )


def _is_address(source: str) -> bool:
    """Say whether a source can be linked: the address of a page, with nothing unseen in it."""
    if len(source) > MAX_SOURCE or _NOT_IN_ADDRESS.search(source):
        return False
    try:
        parts = urlsplit(source)
    except ValueError:
        # A bracket that is not closed, or characters that would become others in the host's name.
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
