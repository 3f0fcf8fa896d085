"""The words by which themes mark the parts of a page, in classes, ids and item properties."""

from __future__ import annotations

import re
from functools import lru_cache

from broadsheet.transfer.capture.html.page import Node

# WordPress and its many themes: the number is the comment's own.
NUMBERED_COMMENT = re.compile(r"(?:li-|div-)?comment-(\d+)\Z")

# Other systems' ids: TypePad (hexadecimal), Disqus, LiveJournal, Drupal, Textpattern, Serendipity.
OTHER_COMMENT_ID = re.compile(
    r"(?:li|div|dsq|single|article|view|the|wrap|entry)?[-_]?"
    r"(?:comment|cmt|cmnt|ljcmt|commentaire|kommentar|comentario|reactie|reply|usercomment)"
    r"(?:[-_]?(?:id|no|nr|wrap(?:per)?|body|item|block|box))?[-_]?"
    r"((?=[0-9a-f-]*[0-9])[0-9a-f]+(?:-[0-9a-f]+)*)(?:-(?:content|body|wrapper|container))?\Z",
    re.IGNORECASE,
)
# Ids that could be anything; they count where the class says comment too.
SHORT_COMMENT_ID = re.compile(r"(?:c|p|post-|t|id)[-_]?(\d+)\Z", re.IGNORECASE)

FORUM_POST_ID = re.compile(r"p\d+\Z")

COMMENT_CLASS = re.compile(
    r"(?:(?:user|single|reader|post|blog|c|wp|view|public|thread|article|story|site)[-_]{0,2})?"
    r"(?:comment|kommentar|commentaire|comentario|commento|reactie|leserkommentar)"
    r"(?:[-_]{0,2}(?:item|entry|container|block|wrap|wrapper|box|row|node|post|unit|card|full|single))?"
    r"\Z|(?:u|p)-comment\Z|(?:ping|track)back\Z|cmt\Z|dsq-comment\Z|b-leaf\Z"
)
THREAD_LIST = re.compile(
    r"(?:comment|comments|commentlist|commentslist|comment[-_]?list|comments[-_]?list|thread|"
    r"commentthread|comment-thread|post-list|pinglist|trackbacks?|pingbacks?|pings|kommentare|"
    r"xoxo|medialist)\Z"
)
REPLIES = frozenset({"children", "indented"})
"""Classes of elements that hold the replies to the comment before them."""

# Parts of the page that hold the thread and what belongs to it, never the story.
THREAD_AREA = re.compile(
    r"(?:comments?|commentlist|comments?[-_](?:area|section|wrap(?:per)?|container|list|template|"
    r"block|box|holder|content|main|inner|form)|the[-_]comments|respond|comment-respond|"
    r"commentform|disqus[-_]thread|disqus|dsq-content|fb-comments|livefyre|idc-container|"
    r"spot-im|kommentare|commentaires|comentarios|leserkommentare|post-comments|"
    r"article-comments|entry-comments|story-comments|blog-comments|webmentions?|pings|trackbacks?)\Z"
)

AUTHOR_CLASS = re.compile(
    r"fn\Z|p-name\Z|nick(?:name)?\Z|screen-?name\Z"
    r"|(?:[\w-]*[-_])?(?:comment(?:er|or|ator)?s?|post(?:er)?|user|reader|member)[-_]{0,2}"
    r"(?:author|name|by|user|nick|writer|publisher)(?:[-_]{0,2}(?:name|link|title))?\Z"
    r"|(?:[\w-]*[-_])?author(?:[-_]{0,2}(?:name|link))?\Z|(?:user|poster|commenter|writer)\Z"
    r"|by-?user\Z|p-author\Z|username-coloured\Z|comentarista\Z"
)
BYLINE_WORD_CLASS = re.compile(r"(?:[\w-]*[-_])?(?:says|said|comment-says|screen-reader-text)\Z")
DATE_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:date|time|datetime|timestamp|published|posted[-_]?on|permalink|when|"
    r"comment[-_]?meta|commentmetadata|comment[-_]?metadata|time-?ago|dt-published|submitted|"
    r"commentdate|commenttime|postdate|pubdate|ago)\Z"
)
TEXT_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:comment|commento|reply|kommentar)s?[-_]{0,2}"
    r"(?:content|text|body|message|copy|entry|bodytext|txt|inner-text|main-text)\Z"
    r"|(?:entry-content|e-content|p-content|post-?message|dsq-comment-message|postbody|"
    r"post-?body|message|content|body|text|field-name-comment-body|comment__content|"
    r"field--name-comment-body|entry|copy|bubble|reply-content)\Z"
)
# Parts of a comment that are not what its writer said.
COMMENT_FURNITURE = re.compile(
    r"(?:says|vcard|avatar|gravatar|photo|reply|edit|perma-?link|share|sharing|vote|votes|voting|"
    r"rating|karma|likes?|liken|dislike|report|flag|spam|moderate|buttons?|toolbar|tools|actions?|"
    r"links|footer|header|controls?|util|badge|respond|form|awaiting-moderation|"
    r"screen-reader-text|sr-only|visually-hidden|hidden|sharedaddy|number|counter|"
    r"meta|metadata|byline|date|time|timestamp|ago|reply-to|in-reply-to|quote-link|user-pic|userpic|"
    r"user-info|attribution|submitted|clear|divider|divide|thread-toggle|rank)\Z"
)
FURNITURE_FRONT = re.compile(
    r"(?:comment|commenter|cmt|post|user|author|entry|dsq|pmcc|epoch|wpd|wpdiscuz|jp|c|js|icon|b|"
    r"em|btn|button|yop|cld|comments)[-_]{1,2}"
)

IN_REPLY_TO = re.compile(
    r"in reply to|in response to|repl(?:y|ied|ying) to|antwort (?:auf|an)|als antwort auf|en réponse à|"
    r"en respuesta a|in risposta a|em resposta a|als antwoord op|som svar (?:på|til)|"
    r"в ответ|odpowiedź na|vastaus",
    re.IGNORECASE,
)


AWAITING = re.compile(
    r"\W*(?:your comment is awaiting moderation|dein kommentar (?:wartet|muss noch|wird)|ihr kommentar "
    r"(?:wartet|muss)|votre commentaire est en attente|tu comentario está pendiente|"
    r"il tuo commento è in attesa|je reactie wacht|seu comentário está aguardando|"
    r"din kommentar (?:inväntar|avventer|afventer)).{0,80}\Z",
    re.IGNORECASE,
)


def is_furniture(node: Node) -> bool:
    """Tell whether a part of a comment is a button, an avatar, a meta line or the like."""
    if node.tag in {"form", "button", "nav", "time", "input"} or is_hidden(node):
        return True
    if "comment-like" in node.get("id") or "comment-reply-link" in node.classes:
        return True
    return bool(node.classes) and _has_furniture_class(node.classes)


@lru_cache(maxsize=8192)
def _has_furniture_class(classes: frozenset[str]) -> bool:
    return any(
        COMMENT_FURNITURE.match(name) or COMMENT_FURNITURE.match(_rest(name)) for name in classes
    )


def _rest(name: str) -> str:
    """Take the system's own prefixes off a class: ``epoch-comment-meta`` leaves ``meta``."""
    while match := FURNITURE_FRONT.match(name):
        name = name[match.end() :]
    return name.removeprefix("comment").removesuffix("-link")


def is_hidden(node: Node) -> bool:
    if "hidden" in node.attributes or node.get("aria-hidden") == "true":
        return True
    if "style" not in node.attributes:
        return False
    style = node.get("style").replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style


def properties(node: Node) -> frozenset[str]:
    """The microdata properties that an element gives."""
    value = node.get("itemprop")
    return frozenset(value.split()) if value else frozenset()


def item_kind(node: Node) -> str:
    """The last part of the microdata type: ``Comment`` of ``https://schema.org/Comment``."""
    value = node.get("itemtype").split()
    return value[0].rstrip("/").rsplit("/", 1)[-1] if value else ""


def class_matches(node: Node, pattern: re.Pattern[str]) -> bool:
    return bool(node.classes) and _any_matches(node.classes, pattern)


def class_or_id_matches(node: Node, pattern: re.Pattern[str]) -> bool:
    if class_matches(node, pattern):
        return True
    identifier = node.attributes.get("id")
    return identifier is not None and bool(pattern.match(identifier.strip().lower()))


# Pages repeat a few combinations of classes; the bound keeps a hostile page from filling memory.
@lru_cache(maxsize=8192)
def _any_matches(classes: frozenset[str], pattern: re.Pattern[str]) -> bool:
    return any(pattern.match(name) for name in classes)


# Parts of the page around and inside a story that are not the story.
ORNAMENT = re.compile(
    r"(?:[\w-]*[-_])?(?:share|sharing|shares|sharedaddy|social|socials|addtoany|shareaholic|a2a|shariff|"
    r"hupso\w*|related\w*|relacionad[ao]s|yarpp|jp-relatedposts|outbrain|taboola|recommend\w*|suggested|"
    r"more-?stories|more-?posts|adverts?|advertisement|advertising|ads?|adsense|adsbygoogle|adbox|"
    r"adsbox|ad-?slot|ad-?unit|sponsor\w*|promo|promotion|newsletter|subscribe|subscription|signup|"
    r"paywall|donate|donation|spendenleiste|breadcrumbs?|pagination|pager|pagenav|page-links|"
    r"post-nav\w*|nav-links|navigation|menu|widgets?|sidebar|rating|ratings|kk-star-ratings|"
    r"post-ratings|vote|votes|likes|jp-likes|post-?likes-?widget-?placeholder|toolbar|tools|print|"
    r"printfriendly|easyrecipe-?print|email-link|screen-reader-text|sr-only|visually-hidden|"
    r"cookie\w*|consent|toc|ez-toc-container|wpcnt|wordads|wpa|skip-link|back-to-top|popular|"
    r"trending|readnext|read-next|also-read|latest-posts|recent-posts|wm-ipp\w*|donato|feedback|"
    r"player-controls)(?:[-_]?\d+)?\Z"
)
# Parts of a story that tell about it; they are read, but are not its text.
ABOUT_STORY = re.compile(
    r"(?:[\w-]*[-_])?(?:author-?(?:box|bio|info|profile|card|description)|about-?(?:the-?)?author|"
    r"authors|bio-?box|bios?|entry-author-info|saboxplugin[\w-]*|abh_\w+|ts-fab[\w-]*|"
    r"(?:post|entry|article|story|headline)[-_]?(?:meta|info|data|details|footer|utility|byline)|"
    r"byline|meta|postmetadata|dateline|"
    r"tags|tag-links|tagcloud|post-?tags|entry-tags|cat-links|categories|topics|"
    r"posted-on|published|entry-date|post-date|comments-link|comment-link|reply-link|edit-link)"
    r"(?:[-_]?\d+)?\Z"
)
NOISE_TAGS = frozenset(["nav", "form", "button", "aside", "footer", "input", "dialog", "menu"])

# Elements that hold the text of a story, from the surest to the vaguest.
BODY_MARKS: tuple[re.Pattern[str], ...] = (
    re.compile(r"(?:e-content|entry-content|td-post-content|articlebody|article-body|storybody)\Z"),
    re.compile(
        r"(?:[\w-]*[-_])?(?:article|post|story|entry|blog|single|news|blogpost|blog-post|asset|"
        r"content|main|note|artikel|noticia|nota)[-_]{0,2}"
        r"(?:content|body|bodytext|text|copy|inhalt|cuerpo|texto)\Z"
        r"|field-name-body\Z|field--name-body\Z|bodycopy\Z|storytext\Z|storycontent\Z|postcontent\Z|"
        r"body-copy\Z|rich-?text\Z|asset-body\Z|article__body\Z|note_note\Z|p-content\Z"
    ),
    re.compile(
        r"(?:entry|post|hentry|h-entry|article|story|single|singlepost|post_content|content|"
        r"maincontent|main-content|primary|page-content|blog-post|type-post)\Z"
    ),
)
HEADLINE_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:entry|post|article|story|news|single|blog|content|page|note)[-_]{0,2}"
    r"(?:title|headline|heading|hed)\Z|headline\Z|title\Z|p-name\Z|hed\Z|titulo\Z|titre\Z"
)
STANDFIRST_CLASS = re.compile(
    r"(?:[\w-]*[-_])?(?:standfirst|sub-?title|sub-?headline|sub-?heading|subhed|dek|deck|vorspann|"
    r"chapo|chapeau|entradilla|bajada|sumario|summary|excerpt|intro|lede|lead|teaser|"
    r"alternativeheadline|tagline-post)\Z"
)
SURE_STANDFIRST = re.compile(
    r"(?:[\w-]*[-_])?(?:standfirst|sub-?title|sub-?headline|sub-?head|dek|vorspann|chapo|entradilla|"
    r"bajada)\Z"
)
