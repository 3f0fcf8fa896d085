"""The small Markdown of comments: paragraphs, line breaks, links, emphasis, code, lists, quotations.

markdown-it-py parses (CommonMark, raw HTML off), nh3 lets through what is on the list below. The
result can be put into a page as it is.
"""

from __future__ import annotations

import re
import unicodedata

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

from broadsheet.readers.names import without_piles

MAX_TEXT = 10_000
"""Code points of a comment; longer ones are refused with both numbers."""
MAX_ADDRESSES = 60
"""Bare addresses that are made links; looking for more of them takes longer than it is worth."""

_UNSAID = ("Cc", "Cs", "Co", "Cn")
_ASCII_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TAGS = {"p", "br", "a", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "s"}
_PLAIN_RULES = ["paragraph", "blockquote", "text", "newline", "linkify", "fragments_join", "block"]
_PLAIN_RULES += ["inline", "text_join", "normalize"]
_RULES = ["list", "fence", "escape", "backticks", "emphasis", "strikethrough", "link", "autolink"]
_RULES += ["entity", "balance_pairs", *_PLAIN_RULES]


def _parser(rules: list[str]) -> MarkdownIt:
    parser = MarkdownIt(
        "zero",
        {"html": False, "breaks": True, "linkify": True, "typographer": False, "maxNesting": 12},
    )
    parser.enable(rules, ignoreInvalid=True)
    # Only addresses that name their scheme become links: "//host" and "host.tld" are just words.
    parser.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
    parser.linkify.add("//", None).add("ftp:", None)
    return parser


_markdown = _parser(_RULES)
_plain = _parser(_PLAIN_RULES)


def clean_text(text: str) -> str:
    """Return the text as it is stored: NFC, ``\\n`` line ends, no control or direction characters
    that reach beyond their place, no piles of combining marks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    composed = without_piles(text)
    if composed.isascii():
        return _ASCII_CONTROLS.sub("", composed).strip()
    kept = "".join(
        character
        for character in composed
        if character in "\n\t" or unicodedata.category(character) not in _UNSAID
    )
    return kept.strip()


def comment_html(text: str) -> str:
    """Return the HTML of a comment's text, safe whatever the text is."""
    return _cleaned(_rendered(_markdown, text))


def plain_html(text: str) -> str:
    """Return the HTML of a text that was not written as Markdown: paragraphs, ``> `` quotations and
    addresses only, so that an asterisk in an old comment stays an asterisk."""
    return _cleaned(_rendered(_plain, text))


def _rendered(parser: MarkdownIt, text: str) -> str:
    if text.count("://") <= MAX_ADDRESSES:
        return str(parser.render(text))
    with parser.reset_rules():
        parser.disable("linkify")
        return str(parser.render(text))


def _cleaned(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="ugc nofollow noopener",
        url_relative="deny",
    ).strip()
