"""schema.org data of a story page, as JSON-LD (schema.org NewsArticle, Comment)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from broadsheet.discussion.models import Comment
from broadsheet.paper.presenters.cards import headline_of
from broadsheet.paper.presenters.editions import EditionView, first_published
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.storylines import StorylineBox, series
from broadsheet.paper.presenters.thread import name_of
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import EditionKind
from broadsheet.record.models import Document, Edition
from broadsheet.record.queries import CORRECTING

MAX_COMMENTS = 50
"""Comments described in the page; more would outweigh the story itself."""

_ESCAPES = (
    ("<", "\\u003C"),
    (">", "\\u003E"),
    ("&", "\\u0026"),
    ("\u2028", "\\u2028"),
    ("\u2029", "\\u2029"),
)


def json_ld(data: object) -> SafeString:
    """Return JSON for a ``script`` element: nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False)
    for character, escaped in _ESCAPES:
        text = text.replace(character, escaped)
    return mark_safe(text)


def publisher(around: Frame) -> dict[str, Any]:
    return {
        "@type": "NewsMediaOrganization",
        "@id": f"{around.origin}/#publication",
        "name": around.publication.name,
        "url": f"{around.origin}/",
    }


def story_data(
    *,
    document: Document,
    edition: Edition,
    editions: Sequence[EditionView],
    content: EditionContent,
    comments: Sequence[Comment],
    comment_count: int,
    storylines: Sequence[StorylineBox] = (),
    around: Frame,
    path: str,
) -> dict[str, Any]:
    """Describe a story, its corrections, the storylines it is on, and the first comments with their
    replies nested."""
    url = around.origin + path
    first = first_published(document, [view.edition for view in editions])
    article: dict[str, Any] = {
        "@type": "NewsArticle",
        "@id": f"{url}#story",
        "url": url,
        "mainEntityOfPage": url,
        "headline": headline_of(content, is_retracted=edition.kind == EditionKind.RETRACTION),
        "datePublished": first.astimezone(around.zone).isoformat(),
        "dateModified": _last_significant(editions, edition)
        .published_at.astimezone(around.zone)
        .isoformat(),
        "author": [
            {"@type": "Person", "name": name.name, "url": f"{around.origin}/by/{name.slug}/"}
            for name in content.byline
        ],
        "publisher": publisher(around),
        "inLanguage": around.publication.language,
        "isAccessibleForFree": True,
        "version": edition.number,
        "archivedAt": f"{url}v/{edition.number}/",
        "wordCount": edition.word_count,
        "identifier": document.urn,
        "commentCount": comment_count,
        "discussionUrl": f"{url}#discussion",
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/CommentAction",
            "userInteractionCount": comment_count,
        },
    }
    optional = {
        "alternativeHeadline": content.short_headline,
        "description": content.standfirst,
        "dateline": content.dateline,
        "articleSection": document.section.name if document.section else "",
        "keywords": [topic.name for topic in content.topics],
        "image": [around.origin + content.lead_image.picture.preview_url]
        if content.lead_image
        else [],
        "creditText": content.lead_image.credit if content.lead_image else "",
        "correction": [
            _correction(item, around)
            for item in reversed(editions)
            if item.edition.kind in CORRECTING
        ],
        "isPartOf": [series(box.path, box.headline, around) for box in storylines],
        "comment": _nested(comments[:MAX_COMMENTS], around, url),
    }
    article.update({name: value for name, value in optional.items() if value})
    return {"@context": "https://schema.org", "@graph": [article]}


def _correction(item: EditionView, around: Frame) -> dict[str, Any]:
    """Describe a correction by the note in force."""
    data: dict[str, Any] = {
        "@type": "CorrectionComment",
        "text": item.note,
        "datePublished": item.at.iso,
        "author": {"@id": f"{around.origin}/#publication"},
    }
    if item.noted:
        data["dateModified"] = item.noted.at.iso
    if item.credit:
        data["creditText"] = f"Spotted by {item.credit.name}"
    if item.difference_path:
        data["url"] = around.origin + item.difference_path
    return data


def _last_significant(editions: Sequence[EditionView], edition: Edition) -> Edition:
    """Return the last edition that told readers something new; a mended typing error does not."""
    significant = [item.edition for item in editions if item.edition.kind != EditionKind.MINOR]
    return significant[-1] if significant else edition


def _nested(comments: Sequence[Comment], around: Frame, url: str) -> list[dict[str, Any]]:
    described: dict[int, dict[str, Any]] = {}
    top: list[dict[str, Any]] = []
    for comment in comments:
        data: dict[str, Any] = {
            "@type": "Comment",
            "@id": f"{url}#c-{comment.pk}",
            "url": f"{around.origin}/c/{comment.pk}/",
        }
        if comment.removed_at:
            data["creativeWorkStatus"] = "Deleted"
        else:
            data["author"] = {"@type": "Person", "name": name_of(comment)}
            data["text"] = _text(comment)
        if comment.author:
            data["author"] = {
                "@type": "Person",
                "name": comment.author.name,
                "url": f"{around.origin}/by/{comment.author.slug}/",
            }
        if comment.posted_at:
            data["datePublished"] = comment.posted_at.astimezone(around.zone).isoformat()
        described[comment.pk] = data
        above = described.get(comment.parent_id) if comment.parent_id else None
        if above is None:
            top.append(data)
        else:
            data["parentItem"] = {"@id": above["@id"]}
            above.setdefault("comment", []).append(data)
    return top


def _text(comment: Comment) -> str:
    versions = comment.shown_versions
    return versions[0].text if versions else ""


def front_data(around: Frame) -> dict[str, Any]:
    """Describe the publication and its site."""
    site = {
        "@type": "WebSite",
        "@id": f"{around.origin}/#site",
        "url": f"{around.origin}/",
        "name": around.publication.name,
        "inLanguage": around.publication.language,
        "publisher": {"@id": f"{around.origin}/#publication"},
    }
    return {"@context": "https://schema.org", "@graph": [publisher(around), site]}
