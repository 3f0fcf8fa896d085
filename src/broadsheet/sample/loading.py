"""Load the sample publication from its files, as if it had happened over the last weeks."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from broadsheet import clock
from broadsheet.corrections.actions import propose, record_acceptance
from broadsheet.corrections.drafts import ProposalDraft
from broadsheet.corrections.models import Proposal
from broadsheet.desk.adoption import adopt_document, section_page
from broadsheet.desk.editions import minting_authority
from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.models import Comment
from broadsheet.discussion.notices import tell_from_now_on
from broadsheet.readers.disclosures import disclose
from broadsheet.readers.models import Account
from broadsheet.record.actions import append_edition, create_document
from broadsheet.record.addresses import slug_for
from broadsheet.record.content import (
    Block,
    BylineName,
    EditionContent,
    LeadImage,
    TopicName,
    clean_inline,
    text_to_inline,
)
from broadsheet.record.models import (
    Author,
    Document,
    Edition,
    Publication,
    Section,
    Storyline,
    Topic,
)
from broadsheet.record.pictures import Picture, store_picture
from broadsheet.record.placements import Pointer
from broadsheet.record.storylines import make_storyline, put_on_storylines

CONTENT = Path(__file__).parent / "content"


class StoreNotEmpty(RuntimeError):
    """The sample is for empty stores only."""


@dataclass(frozen=True)
class Loaded:
    stories: int
    comments: int


class Posted(NamedTuple):
    """A contribution of the sample; one that proposes a correction with its proposal."""

    comment: Comment
    proposal: Proposal | None = None


def load_sample(say: Callable[[str], None]) -> Loaded:
    """Load everything in one transaction. Raises :class:`StoreNotEmpty`."""
    say("Loading the sample publication …")
    with transaction.atomic():
        if Document.objects.exists():
            raise StoreNotEmpty("The store holds stories already; the sample is for an empty one.")
        now = clock.to_the_second(clock.now())
        _load_masthead(_read("publication.toml"), now)
        stories = sorted((CONTENT / "stories").glob("*.toml"))
        for number, path in enumerate(stories, 1):
            story = tomllib.loads(path.read_text("utf-8"))
            thread = CONTENT / "threads" / path.name
            if thread.is_file():
                story["comments"] = tomllib.loads(thread.read_text("utf-8"))["comments"]
            _load_story(story, now)
            say(f"  {number} of {len(stories)}: {story['headline']}")
        tell_from_now_on()
        return Loaded(len(stories), Comment.objects.count())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text("utf-8"))


def _load_masthead(data: Mapping[str, Any], now: dt.datetime) -> None:
    Publication.objects.update_or_create(
        pk=Publication.ONLY,
        defaults={
            "name": data["name"],
            "motto": data["motto"],
            "notice": data["notice"],
            "about": data["about"],
            "time_zone": data["timezone"],
            "language": data["language"],
        },
    )
    for position, item in enumerate(data["sections"], 1):
        section = Section.objects.create(
            slug=item["slug"],
            name=item["name"],
            description=item["description"],
            position=position,
        )
        section_page(section)
    for item in data["storylines"]:
        make_storyline(
            headline=item["headline"],
            slug=item["slug"],
            standfirst=item["standfirst"],
            at=now - dt.timedelta(hours=item["hours_ago"]),
        )
    for item in data["authors"]:
        picture = _picture(item["picture"]).to_data() if item.get("picture") else None
        Author.objects.create(**{**item, "picture": picture})
    for item in data["readers"]:
        # As the desk gives them: with the name of somebody whom stories are about.
        account = Account.objects.create_user(item["email"], name=item["name"], has_profile=True)
        for line in item.get("disclosures", []):
            disclose(account=account, about=line["about"], text=line["text"])


def _load_story(story: Mapping[str, Any], now: dt.datetime) -> None:
    first = now - dt.timedelta(hours=story["hours_ago"])
    document = create_document(
        authority=minting_authority(now), section=Section.objects.get(slug=story["section"])
    )
    topics = tuple(_topic(item) for item in story["topics"])
    authors = {author.slug: author for author in Author.objects.all()}
    posted: dict[str, Posted] = {}
    for at, happened in sorted(_events(story, first), key=lambda event: event[0]):
        if "body" in happened:
            edition = _append(document, story, happened, topics, at)
            if key := happened.get("accepts"):
                _accept(posted[key], edition, at)
        elif "storylines" in happened:
            put_on_storylines(document_id=document.pk, storyline_ids=happened["storylines"], at=at)
        else:
            _post(document, happened, authors, posted, at)
    document.refresh_from_db()
    adopt_document(document)


def _events(
    story: Mapping[str, Any], first: dt.datetime
) -> Iterator[tuple[dt.datetime, Mapping[str, Any]]]:
    """Yield the story's editions, the storylines that it joins, and its comments, with instants."""
    for edition in story["editions"]:
        yield first + dt.timedelta(hours=edition.get("hours_after", 0)), edition
    joined = list(Storyline.objects.filter(slug__in=story.get("storylines", [])))
    if joined:
        # A matter is found to be one when there is more than one story of it.
        made_at = max(storyline.made_at for storyline in joined)
        yield max(first, made_at), {"storylines": [storyline.pk for storyline in joined]}
    for comment in story.get("comments", []):
        yield first + dt.timedelta(minutes=comment["minutes"]), comment


def _append(
    document: Document,
    story: Mapping[str, Any],
    edition: Mapping[str, Any],
    topics: tuple[TopicName, ...],
    at: dt.datetime,
) -> Edition:
    authors = Author.objects.in_bulk(story["authors"], field_name="slug")
    lead = story.get("lead_image")
    content = EditionContent(
        headline=edition.get("headline") or story["headline"],
        short_headline=story["short_headline"],
        standfirst=edition.get("standfirst") or story["standfirst"],
        byline=tuple(
            BylineName(
                slug,
                authors[slug].name,
                authors[slug].disclosure,
                story.get("interests", {}).get(slug, ""),
            )
            for slug in story["authors"]
        ),
        dateline=story["dateline"],
        lead_image=LeadImage(_picture(lead["file"]), lead["alt"], lead["caption"], lead["credit"])
        if lead
        else None,
        blocks=tuple(_block(block) for block in edition["body"]),
        topics=topics,
        standing=edition.get("standing", ""),
        standing_basis=edition.get("standing_basis", ""),
    )
    return append_edition(
        document_id=document.pk,
        content=content,
        kind=edition["kind"],
        note=edition.get("note", ""),
        credit=edition.get("credit", ""),
        published_by=content.byline[0].name,
        slug=story.get("slug") or slug_for(story["headline"]),
        at=at,
    )


def _post(
    document: Document,
    comment: Mapping[str, Any],
    authors: Mapping[str, Author],
    posted: dict[str, Posted],
    at: dt.datetime,
) -> None:
    document.refresh_from_db(fields=["edition"])
    account = Account.objects.filter(name=comment["name"]).first()
    pointer = None
    if comment.get("about") and document.edition:
        pointer = Pointer(document.edition.number, comment["about"])
    if "proposes" in comment and pointer:
        made = propose(
            document_id=document.pk,
            draft=ProposalDraft(
                pointer=pointer,
                replacement=comment["proposes"],
                reason=comment["text"],
                source_url=comment.get("source_url", ""),
                name=comment["name"],
                wants_credit=True,
            ),
            account=account,
            at=at,
        )
        assert made.proposal.comment is not None
        posted[comment["key"]] = Posted(made.proposal.comment, made.proposal)
        return
    parent = comment.get("reply_to")
    posted[comment["key"]] = Posted(
        post_comment(
            document_id=document.pk,
            draft=Draft(
                text=comment["text"],
                name=comment["name"],
                parent_id=posted[parent].comment.pk if parent else None,
                pointer=pointer,
            ),
            account=account,
            author=authors[comment["author"]] if comment.get("author") else None,
            at=at,
        )
    )


def _accept(posted: Posted, edition: Edition, at: dt.datetime) -> None:
    assert posted.proposal is not None
    record_acceptance(
        proposal_id=posted.proposal.pk, edition=edition, by=edition.published_by, at=at
    )


def _block(data: Mapping[str, Any]) -> Block:
    match data["type"]:
        case "quotation":
            return Block(
                data["id"],
                "quotation",
                html=text_to_inline(data["text"]),
                speaker=data["speaker"],
                role=data["role"],
            )
        case "heading":
            return Block(data["id"], "heading", html=text_to_inline(data["text"]))
        case "list":
            return Block(
                data["id"],
                "list",
                items=tuple(clean_inline(item) for item in data["items"]),
                ordered=data["ordered"],
            )
        case "image":
            return Block(
                data["id"],
                "image",
                picture=_picture(data["file"]),
                alt=data["alt"],
                caption=data["caption"],
                credit=data["credit"],
            )
        case "embed":
            return Block(data["id"], "embed", url=data["url"], title=data["title"])
        case _:
            return Block(data["id"], "paragraph", html=clean_inline(data["html"]))


def _topic(data: Mapping[str, str]) -> TopicName:
    topic, _ = Topic.objects.get_or_create(
        kind=data["kind"], name=data["name"], defaults={"slug": slug_for(data["name"])}
    )
    return TopicName(topic.slug, topic.name, topic.kind)


def _picture(name: str) -> Picture:
    return store_picture((CONTENT / "images" / name).read_bytes())
