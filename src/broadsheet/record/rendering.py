"""The body of an edition as HTML, made once when the edition is appended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from broadsheet.record.content import Block
from broadsheet.record.pictures import Picture

_PLAYABLE = (
    (
        re.compile(r"https?://(?:www\.|m\.)?youtube\.com/watch\?(?:.*&)?v=([\w-]{11})"),
        "https://www.youtube-nocookie.com/embed/{}",
    ),
    (re.compile(r"https?://youtu\.be/([\w-]{11})"), "https://www.youtube-nocookie.com/embed/{}"),
    (re.compile(r"https?://(?:www\.)?vimeo\.com/(\d+)"), "https://player.vimeo.com/video/{}"),
)
"""Address of a video page, and of its player; the players' hosts are in the paper's CSP."""

COLUMN_SIZES = "(min-width: 46rem) 44rem, 100vw"


def body_html(blocks: Sequence[Block]) -> SafeString:
    """Return the body as HTML; each block carries its id as ``b-…`` for passages and links."""
    return mark_safe("\n".join(block_html(block) for block in blocks))


def block_html(block: Block) -> SafeString:
    match block.type:
        case "heading":
            tag = "h3" if block.level >= 3 else "h2"
            return format_html(
                '<{} id="b-{}">{}</{}>',
                mark_safe(tag),
                block.id,
                _inline(block.html),
                mark_safe(tag),
            )
        case "quotation":
            return _quotation(block)
        case "list":
            items = format_html_join("", "<li>{}</li>", ((_inline(item),) for item in block.items))
            tag = mark_safe("ol" if block.ordered else "ul")
            return format_html('<{} id="b-{}">{}</{}>', tag, block.id, items, tag)
        case "image":
            return _image(block)
        case "embed":
            return _embed(block)
        case _:
            return format_html('<p id="b-{}">{}</p>', block.id, _inline(block.html))


def _inline(markup: str) -> SafeString:
    """Trust inline markup: :func:`broadsheet.record.content.clean_inline` made it."""
    return mark_safe(markup)


def _quotation(block: Block) -> SafeString:
    said_by = ", ".join(part for part in (block.speaker, block.role) if part)
    footer = format_html("<footer>{}</footer>", said_by) if said_by else ""
    return format_html(
        '<blockquote class="quotation" id="b-{}"><p>{}</p>{}</blockquote>',
        block.id,
        _inline(block.html),
        footer,
    )


def picture_html(picture: Picture, *, alt: str, sizes: str, eager: bool = False) -> SafeString:
    """Return the ``img`` element of a stored picture, with its widths to choose from."""
    return format_html(
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}>',
        picture.url(800),
        picture.srcset,
        sizes,
        picture.width,
        picture.height,
        alt,
        mark_safe(' fetchpriority="high"' if eager else ' loading="lazy" decoding="async"'),
    )


def _image(block: Block) -> SafeString:
    if block.picture is None:
        # An imported page names its pictures without holding them: say so and keep the address.
        label = block.alt or block.caption or block.url
        shown = (
            format_html('<a href="{}">Picture: {}</a>', block.url, label) if block.url else label
        )
    else:
        shown = picture_html(block.picture, alt=block.alt, sizes=COLUMN_SIZES)
    return format_html(
        '<figure id="b-{}">{}{}</figure>', block.id, shown, _caption(block.caption, block.credit)
    )


def _caption(caption: str, credit: str) -> SafeString:
    if not caption and not credit:
        return mark_safe("")
    credit_html = format_html(' <span class="credit">{}</span>', credit) if credit else ""
    return format_html("<figcaption>{}{}</figcaption>", caption, credit_html)


def _embed(block: Block) -> SafeString:
    host = urlsplit(block.url).hostname or ""
    player = player_address(block.url)
    data = format_html(' data-player="{}"', player) if player else ""
    return format_html(
        '<figure class="embed" id="b-{}"{}><a href="{}" rel="noopener">{}</a>'
        "<figcaption>{}</figcaption></figure>",
        block.id,
        data,
        block.url,
        block.title or block.url,
        f"On {host.removeprefix('www.')}",
    )


def player_address(url: str) -> str:
    """Return the address of the player for a known video page, or an empty string."""
    for pattern, player in _PLAYABLE:
        if match := pattern.match(url):
            return escape(player.format(match.group(1)))
    return ""
