"""The small Markdown of comments: paragraphs, line breaks, links, emphasis, code, lists, quotations.

markdown-it-py parses (CommonMark, raw HTML off), nh3 lets through what is on the list below. The
result can be put into a page as it is.
"""

from __future__ import annotations

import unicodedata

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

MAX_TEXT = 10_000
"""Code points of a comment; longer ones are refused with both numbers."""
MAX_MARKS = 4
"""Combining marks in a row that are kept; more only paint over the neighbours' lines."""

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
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category in ("Cc", "Cs", "Co", "Cn") and character not in "\n\t":
            continue
        if category in ("Mn", "Me"):
            marks += 1
            if marks > MAX_MARKS:
                continue
        else:
            marks = 0
        kept.append(character)
    return "".join(kept).strip()


def comment_html(text: str) -> str:
    """Return the HTML of a comment's text, safe whatever the text is."""
    return _cleaned(_markdown.render(text))


def plain_html(text: str) -> str:
    """Return the HTML of a text that was not written as Markdown: paragraphs, ``> `` quotations and
    addresses only, so that an asterisk in an old comment stays an asterisk."""
    return _cleaned(_plain.render(text))


def _cleaned(markup: str) -> str:
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="ugc nofollow noopener",
        url_relative="deny",
    ).strip()
