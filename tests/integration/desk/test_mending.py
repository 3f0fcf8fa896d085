"""Mended pages as the desk stores them: with links to pages, pictures, and editions of the record."""

from __future__ import annotations

import json

import pytest
from tests import factories
from wagtail.images import get_image_model

from broadsheet.desk.adoption import adopt_document
from broadsheet.desk.editions import content_of
from broadsheet.desk.mending import CannotMend, mend, mend_draft, text_of
from broadsheet.desk.models import StoryPage
from broadsheet.record.content import Block, EditionContent
from broadsheet.record.pictures import store_picture

pytestmark = pytest.mark.django_db


def replace(page: StoryPage, old: str, new: str) -> None:
    text = content_of(page).canonical().text
    assert text.count(old) == 1
    start = text.index(old)
    blocks = [block.id for block in content_of(page).blocks]
    mend(page, start=start, end=start + len(old), replacement=new)
    assert content_of(page).canonical().text == text.replace(old, new)
    assert [block.id for block in content_of(page).blocks] == blocks


def test_mend_then_publish(published):
    page = published("Bank", "The <b>outgoing CEO</b> spoke.").get_latest_revision_as_object()
    page.edition_kind, page.edition_after = "minor", 1

    replace(page, "outgoing CEO", "charismatic CEO")
    page.save_revision().publish()

    page = StoryPage.objects.get(pk=page.pk)
    edition = page.document.edition
    assert (edition.number, edition.canonical_text) == (2, "The charismatic CEO spoke.")
    assert edition.content.blocks == (
        Block("k1", "paragraph", html="The <strong>charismatic CEO</strong> spoke."),
    )


def test_mend_keeps_links_to_pages_and_embeds(draft):
    other = draft("Other story", "Other.")
    source = (
        f'<p data-block-key="k1">See <a linktype="page" id="{other.pk}">the othr story</a> and '
        '<a id="4711" linktype="page">a lost one</a>.</p>'
        '<embed embedtype="media" url="https://video.example/1"/>'
        '<p data-block-key="k2">The end.</p>'
    )
    page = StoryPage(title="x", body=json.dumps([{"type": "text", "id": "t1", "value": source}]))

    replace(page, "the othr", "the other")
    replace(page, "lost", "losst")

    expected = source.replace("othr", "other").replace("lost", "losst")
    assert page.body.get_prep_value() == [{"type": "text", "id": "t1", "value": expected}]


@pytest.fixture
def adopted(publication) -> StoryPage:
    section = factories.section()
    document = factories.create_document(authority=factories.AUTHORITY, section=section)
    factories.append_edition(
        document_id=document.pk,
        content=EditionContent(
            headline="Bank",
            blocks=(
                Block("a", "heading", html="The <em>day</em> after", level=3),
                Block(
                    "b",
                    "paragraph",
                    html='The outgoing CEO of A&amp;B&nbsp;Ltd <a href="https://a.example/?b&amp;c">'
                    "spok</a>.<br>All left.",
                ),
                Block("c", "list", items=("one", "two <strong>three</strong>")),
                Block("d", "quotation", html="We <s>wil</s> win.", speaker="Ann Lee", role="CEO"),
                Block("e", "image", picture=_picture(), caption="The brigde", credit="AP"),
                Block("f", "embed", url="https://a.example/", title="A film"),
                Block("g", "paragraph", html="The end."),
            ),
        ),
        kind="",
        slug="bank",
    )
    document.refresh_from_db()
    return adopt_document(document)


def _picture():
    return store_picture(factories.picture_bytes())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("day after", "day before"),
        ("outgoing CEO", "charismatic CEO"),
        ("Ltd spok.", "Ltd spoke."),
        ("All left", "All of them left"),
        ("two three", "two four"),
        ("wil", "will"),
        ("Ann Lee", "Anne Lee"),
        ("brigde", "bridge"),
        ("A film", "The film"),
        ("The end.", "The end of it."),
    ],
)
def test_mend_adopted_page(adopted, old: str, new: str):
    before = content_of(adopted)

    replace(adopted, old, new)

    after = content_of(adopted)
    changed = [a.id for a, b in zip(after.blocks, before.blocks, strict=True) if a != b]
    assert len(changed) == 1


def test_text_of_is_the_canonical_text(adopted):
    assert text_of(adopted) == content_of(adopted).canonical().text


def test_mend_stores_no_picture(adopted):
    """A draft's picture is not the record's before it is published."""
    image = get_image_model().objects.get()
    image.file.delete(save=False)
    start = text_of(adopted).index("brigde")

    mend(adopted, start=start, end=start + 6, replacement="bridge")

    assert "The bridge\nAP" in text_of(adopted)


def test_mend_page_as_the_database_has_it(published):
    page = published("Bank", "The outgoing CEO spoke.")

    replace(page, "outgoing", "charismatic")
    page.refresh_from_db()

    assert text_of(page) == "The outgoing CEO spoke."


def test_mend_draft_beside_what_is_live(published):
    page = published("Bank", "The outgoing CEO spoke.")
    live_text = text_of(page)
    work = page.get_latest_revision_as_object()
    work.body = json.dumps(
        [
            {"type": "heading", "id": "h", "value": {"text": "Spring", "level": "2"}},
            {"type": "text", "id": "t1", "value": "<p>Now the outgoing CEO spoke.</p>"},
        ]
    )

    done = mend_draft(live_text, work, start=4, end=16, replacement="charismatic CEO")

    assert done
    assert text_of(work) == "Spring\n\nNow the charismatic CEO spoke."


def test_mend_refused_leaves_the_page(published):
    page = published("Bank", '<a href="https://a.example/">The CEO</a> spoke.')
    before = page.body.get_prep_value()

    with pytest.raises(CannotMend):
        mend(page, start=0, end=8, replacement="")

    assert page.body.get_prep_value() == before
