"""What can be done to storylines: to make one, to call it otherwise, to put stories on it.

What it is called belongs to no story and has no journal; that a story joined or left is an entry of
that story's journal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from broadsheet import clock
from broadsheet.press.keys import change_after_commit
from broadsheet.record import journal
from broadsheet.record.actions import lock_document
from broadsheet.record.addresses import SLUG, slug_for
from broadsheet.record.enums import EntryKind
from broadsheet.record.keys import storyline_key
from broadsheet.record.models import Document, Storyline, StorylinePlace, StorylineSlug
from broadsheet.record.models.storylines import MAX_HEADLINE, MAX_SLUG, MAX_STANDFIRST


class StorylineRefused(ValueError):
    """A storyline cannot be called so; the message is for the editor, ``field`` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_wording(
    *, headline: str, slug: str, standfirst: str, storyline_id: int | None = None
) -> None:
    """Refuse what a storyline cannot be called; ``storyline_id`` names one that is there already.

    Raises :class:`StorylineRefused`.
    """
    if not headline.strip():
        raise StorylineRefused("headline", "Say what the matter is called.")
    if len(headline.strip()) > MAX_HEADLINE:
        raise StorylineRefused("headline", f"A headline has at most {MAX_HEADLINE} characters.")
    if len(standfirst.strip()) > MAX_STANDFIRST:
        raise StorylineRefused(
            "standfirst", f"A standfirst has at most {MAX_STANDFIRST} characters."
        )
    if len(slug) > MAX_SLUG or not SLUG.fullmatch(slug):
        raise StorylineRefused(
            "slug", f"Use at most {MAX_SLUG} letters a–z, digits and hyphens: it is the address."
        )
    if StorylineSlug.objects.filter(slug=slug).exclude(storyline=storyline_id).exists():
        raise StorylineRefused(
            "slug", f"Another storyline stands or stood at /storyline/{slug}/. Choose another slug."
        )


def free_slug(headline: str) -> str:
    """Return a slug made from a headline, with the first number appended that is free."""
    wanted = slug_for(headline)[: MAX_SLUG - 4]
    candidate, number = wanted, 2
    while StorylineSlug.objects.filter(slug=candidate).exists():
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate


@transaction.atomic
def make_storyline(
    *,
    headline: str,
    slug: str = "",
    standfirst: str = "",
    by: str = "",
    at: dt.datetime | None = None,
) -> Storyline:
    """Make a storyline without stories; an empty slug is made from the headline.

    ``at`` is since when it is called so (default: now). Raises :class:`StorylineRefused`.
    """
    slug = slug or free_slug(headline)
    check_wording(headline=headline, slug=slug, standfirst=standfirst)
    now = at or clock.now()
    storyline = Storyline.objects.create(
        headline=headline.strip(), slug=slug, standfirst=standfirst.strip(), made_at=now
    )
    StorylineSlug.objects.create(slug=slug, storyline=storyline, since=now)
    storyline.wordings.create(
        number=1,
        headline=storyline.headline,
        standfirst=storyline.standfirst,
        at=now,
        by=by[:150],
    )
    return storyline


@transaction.atomic
def change_storyline(
    *, storyline_id: int, headline: str, slug: str, standfirst: str = "", by: str = ""
) -> Storyline:
    """Call a storyline otherwise, or move it; the wording and the address before it are kept.

    Raises :class:`StorylineRefused`.
    """
    storyline = Storyline.objects.select_for_update().get(pk=storyline_id)
    check_wording(headline=headline, slug=slug, standfirst=standfirst, storyline_id=storyline_id)
    now = clock.now()
    wording = (headline.strip(), standfirst.strip())
    if wording != (storyline.headline, storyline.standfirst):
        storyline.headline, storyline.standfirst = wording
        storyline.wordings.create(
            number=storyline.wordings.count() + 1,
            headline=storyline.headline,
            standfirst=storyline.standfirst,
            at=now,
            by=by[:150],
        )
    storyline.slug = slug
    StorylineSlug.objects.get_or_create(slug=slug, defaults={"storyline": storyline, "since": now})
    storyline.save()
    return storyline


@transaction.atomic
def put_on_storylines(
    *, document_id: int, storyline_ids: Collection[int], at: dt.datetime | None = None
) -> bool:
    """Let a story stand on these storylines and on no others; says whether that changed anything.

    One entry in the story's journal for each that it joins or leaves. ``at`` is since when
    (default: now).
    """
    document = lock_document(document_id)
    standing = {place.storyline_id: place for place in open_places(document)}
    wanted = set(storyline_ids)
    leaves, joins = sorted(standing.keys() - wanted), sorted(wanted - standing.keys())
    now = at or clock.now()
    for storyline_id in leaves:
        place = standing[storyline_id]
        place.until = now
        place.save(update_fields=["until"])
        _enter(document, EntryKind.STORYLINE_LEFT, storyline_id, now)
    for storyline_id in joins:
        StorylinePlace.objects.create(storyline_id=storyline_id, document=document, since=now)
        _enter(document, EntryKind.STORYLINE_JOINED, storyline_id, now)
    return bool(leaves or joins)


def open_places(document: Document) -> list[StorylinePlace]:
    """Return where a story stands now, in the order in which it joined. One statement."""
    return list(
        StorylinePlace.objects.filter(document=document, until=None).order_by("since", "pk")
    )


def _enter(document: Document, kind: EntryKind, storyline_id: int, at: dt.datetime) -> None:
    reference = f"storyline/{storyline_id}"
    journal.append_entry(
        document=document, kind=kind, reference=reference, content=reference, at=at
    )
    change_after_commit(storyline_key(storyline_id))
