"""A desk with one section, and the ways in which editors publish."""

from __future__ import annotations

import json

import pytest
from tests import factories
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Locale, Page

from broadsheet.desk.adoption import front_page, section_page
from broadsheet.desk.models import SectionPage, StoryPage
from broadsheet.readers.models import Account


@pytest.fixture
def root_page(transactional_db) -> None:
    """Wagtail's first rows, which its migrations make and a test that commits leaves deleted."""
    locale, _ = Locale.objects.get_or_create(
        language_code=get_supported_content_language_variant("en-gb")
    )
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root", locale=locale)


@pytest.fixture
def city(publication) -> SectionPage:
    front_page()
    return section_page(factories.section())


@pytest.fixture
def desk(client, editor):
    """A browser signed in at the desk."""
    client.force_login(editor)
    return client


def body(text: str = "The council voted.") -> str:
    return json.dumps([{"type": "text", "id": "t1", "value": f'<p data-block-key="k1">{text}</p>'}])


@pytest.fixture
def draft(city):
    """A story that was never out."""

    def make(title: str = "Bridge budget set", text: str = "The council voted.") -> StoryPage:
        page = StoryPage(title=title, body=body(text), live=False)
        city.add_child(instance=page)
        page.save_revision()
        return page

    return make


@pytest.fixture
def published(draft):
    """A story with one edition."""

    def make(title: str = "Bridge budget set", text: str = "The council voted.") -> StoryPage:
        page = draft(title, text)
        page.get_latest_revision().publish()
        return StoryPage.objects.get(pk=page.pk)

    return make


def revise(
    page: StoryPage,
    text: str,
    kind: str = "",
    note: str = "",
    *,
    reason: str = "",
    by: Account | None = None,
) -> StoryPage:
    """Save a draft of a published story."""
    page = page.get_latest_revision_as_object()
    page.body = body(text)
    page.edition_kind, page.edition_note, page.edition_reason = kind, note, reason
    page.save_revision(user=by)
    return StoryPage.objects.get(pk=page.pk)


def form_data(page: StoryPage, text: str, **fields: str) -> dict[str, str]:
    """Return what the edit form of a story sends."""
    return {
        "title": page.title,
        "slug": page.slug,
        "short_headline": "",
        "standfirst": "",
        "dateline": "",
        "standing": "",
        "standing_basis": "",
        "lead_image": "",
        "lead_alt": "",
        "lead_caption": "",
        "lead_credit": "",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "text",
        "body-0-id": "t1",
        "body-0-value": json.dumps(
            {
                "blocks": [
                    {
                        "key": "k1",
                        "text": text,
                        "type": "unstyled",
                        "depth": 0,
                        "inlineStyleRanges": [],
                        "entityRanges": [],
                    }
                ],
                "entityMap": {},
            }
        ),
        "byline-TOTAL_FORMS": "0",
        "byline-INITIAL_FORMS": "0",
        "byline-MIN_NUM_FORMS": "0",
        "byline-MAX_NUM_FORMS": "1000",
        "story_topics-TOTAL_FORMS": "0",
        "story_topics-INITIAL_FORMS": "0",
        "story_topics-MIN_NUM_FORMS": "0",
        "story_topics-MAX_NUM_FORMS": "1000",
        "story_storylines-TOTAL_FORMS": "0",
        "story_storylines-INITIAL_FORMS": "0",
        "story_storylines-MIN_NUM_FORMS": "0",
        "story_storylines-MAX_NUM_FORMS": "1000",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "1000",
        "edition_kind": "",
        "edition_note": "",
        "edition_credit": "",
        "edition_reason": "",
        "edition_note_placement": "",
        "go_live_at": "",
        "expire_at": "",
        **fields,
    }
