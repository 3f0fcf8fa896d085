"""Read a saved plain text into a capture."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from broadsheet.transfer.capture.dates import day_order
from broadsheet.transfer.capture.model import (
    Capture,
    CapturedBlock,
    CapturedComment,
    CaptureUnreadable,
    Unreadable,
)
from broadsheet.transfer.capture.text.head import LONGEST_HEADLINE, Head, read_head
from broadsheet.transfer.capture.text.lines import Line, split_lines
from broadsheet.transfer.capture.text.thread import (
    TextComment,
    TextThread,
    ThreadShape,
    read_thread,
)
from broadsheet.transfer.capture.warnings import count_warnings, gaps

MOST_LINES = 1_000_000
_WRAPPED = 55  # columns; a text broken by a program has no shorter lines inside paragraphs
_EXCERPT = 200  # characters


def read_text(text: str) -> Capture:
    """Read the text of a plain-text file; refuse files that hold no story."""
    lines = split_lines(text)
    if len(lines) > MOST_LINES:
        raise CaptureUnreadable(f"The text has more than {MOST_LINES:,} lines.")
    _refuse_other_texts(lines)
    order = day_order(line.text for line in lines)
    head = read_head(lines, order)
    shape = ThreadShape(lines, head.body_from, order, is_claimed=bool(head.claimed))
    thread = read_thread(lines, shape, order)
    end = len(lines) if shape.begin is None else shape.begin
    if shape.heading is not None and shape.begin is not None:
        end = shape.heading
    blocks = _blocks(lines[head.body_from : end])
    if not blocks and not thread.comments:
        raise CaptureUnreadable(
            f"The text has a first line ({head.headline[:60]!r}) but no paragraphs after it."
        )
    comments, unreadable, day_only, ambiguous = _captured(thread)
    claimed = head.claimed if head.claimed is not None else shape.claimed
    return Capture(
        format="text",
        headline=head.headline,
        standfirst=head.standfirst,
        byline=head.byline,
        published_at=head.published_at,
        section=head.section,
        blocks=blocks,
        comments=tuple(comments),
        claimed_comments=claimed,
        unreadable=tuple(unreadable),
        warnings=(
            *_head_warnings(head),
            *(
                f"The comment in line {comment.line} has lost its name."
                for comment in thread.comments
                if comment.is_lost
            ),
            *gaps(comments, day_only, ambiguous, names=False),
            *count_warnings(claimed, comments, unreadable),
        ),
    )


def _refuse_other_texts(lines: Sequence[Line]) -> None:
    if not lines:
        raise CaptureUnreadable("The file is empty.")
    first = lines[0].text
    if not any(letter.isalpha() for letter in first) or first[0] in "{[<":
        raise CaptureUnreadable(f"The first line ({first[:60]!r}) is not a headline.")
    if len(first) > LONGEST_HEADLINE:
        raise CaptureUnreadable(
            f"The first line has {len(first)} characters, too many for a headline "
            f"(at most {LONGEST_HEADLINE})."
        )
    if len(lines) == 1:
        raise CaptureUnreadable("The text has only one line; a story needs a headline and a text.")


def _head_warnings(head: Head) -> list[str]:
    if head.is_ambiguous:
        return ["The date of the story can mean two days; it is not recorded."]
    if head.is_day_only:
        return ["The page gives the day of publication but not the time."]
    return []


def _blocks(lines: Sequence[Line]) -> tuple[CapturedBlock, ...]:
    """Make paragraphs, quotations and lists of the lines between head and thread."""
    groups: list[list[Line]] = []
    for line in lines:
        before = groups[-1][-1] if groups else None
        if before is None or line.gap or bool(line.bullet) != bool(groups[-1][0].bullet and before):
            groups.append([line])
        else:
            groups[-1].append(line)
    blocks: list[CapturedBlock] = []
    for group in groups:
        if group[0].bullet and (len(group) > 1 or (blocks and blocks[-1].type == "list")):
            items = tuple(html.escape(line.rest, quote=False) for line in group)
            is_ordered = group[0].bullet[0].isdigit()
            last = blocks[-1] if blocks else None
            if last is not None and last.type == "list" and last.ordered == is_ordered:
                items = last.items + items
                blocks.pop()
            blocks.append(CapturedBlock("list", items=items, ordered=is_ordered))
        elif all(line.text.startswith(">") for line in group):
            texts = [line.text.lstrip("> ") for line in group]
            blocks.append(CapturedBlock("quotation", html=_joined(texts)))
        else:
            blocks.append(CapturedBlock("paragraph", html=_joined([line.text for line in group])))
    return tuple(blocks)


def _joined(texts: Sequence[str]) -> str:
    """Join the lines of a paragraph: with spaces where a program broke them, else with breaks."""
    is_wrapped = all(len(text) >= _WRAPPED for text in texts[:-1])
    escaped = [html.escape(re.sub(r"\s+", " ", text), quote=False) for text in texts]
    return (" " if is_wrapped else "<br>").join(escaped)


def _captured(
    thread: TextThread,
) -> tuple[list[CapturedComment], list[Unreadable], int, int]:
    comments: list[CapturedComment] = []
    unreadable: list[Unreadable] = []
    keys: dict[int, str] = {}
    depths: dict[int, int] = {}
    replies: dict[int | None, int] = {}
    answered = {id(comment.parent) for comment in thread.comments if comment.parent}
    day_only = ambiguous = 0
    for comment in thread.comments:
        above = id(comment.parent) if comment.parent is not None else None
        replies[above] = replies.get(above, 0) + 1
        key = _key(keys.get(above, "") if above is not None else "", replies[above], comment.line)
        keys[id(comment)] = key
        depths[id(comment)] = depths[above] + 1 if above is not None else 1
        if comment.date is not None:
            ambiguous += comment.date.at is None
            day_only += comment.date.is_day_only
        if not comment.text and id(comment) not in answered:
            unreadable.append(_without_text(comment))
            continue
        comments.append(
            CapturedComment(
                key=key,
                parent=keys[above] if above is not None else None,
                depth=depths[id(comment)],
                name=comment.name,
                text=comment.text,
                posted_at=comment.date.at if comment.date else None,
            )
        )
    unreadable.extend(
        Unreadable(
            where=f"line {line.number}",
            why="The text stands after the thread and belongs to no comment.",
            excerpt=line.text[:_EXCERPT],
        )
        for line in thread.outside
    )
    return comments, unreadable, day_only, ambiguous


def _key(above: str, number: int, line: int) -> str:
    """The place in the thread: ``1.2`` is the second reply to the first comment."""
    if not above:
        return str(number)
    # Threads nested thousands deep would have keys as long as pages.
    return f"{above}.{number}" if len(above) < 100 else f"line-{line}"


def _without_text(comment: TextComment) -> Unreadable:
    who = f" by {comment.name}" if comment.name else ""
    return Unreadable(
        where=f"line {comment.line}",
        why=f"The comment{who} has no text.",
        excerpt=comment.name or "",
    )
