"""The desk's own pages: who may enter, previews, profiles, blocks."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests import factories
from tests.integration.desk.conftest import form_data
from wagtail.images import get_image_model

from broadsheet.desk.models import SectionPage, StoryPage
from broadsheet.readers.models import Tally
from broadsheet.record.models import Author, Section
from broadsheet.record.pictures import PictureUnreadable


def test_desk_asks_to_sign_in(client, city):
    answer = client.get("/desk/")

    assert (answer.status_code, answer["Location"]) == (302, "/desk/login/?next=/desk/")


def test_stranger_has_no_desk(client, stranger, city):
    client.force_login(stranger)

    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "wagtailadmin_home",
        "wagtailadmin_explore_root",
        "wagtailsnippets_record_author:list",
        "wagtailsnippets_record_author:add",
        "wagtailsnippets_record_topic:list",
        "wagtailimages:index",
    ],
)
def test_pages_of_the_desk_open(desk, city, name):
    assert desk.get(reverse(name)).status_code == 200


def test_publication_is_edited_at_the_desk(desk, city, publication):
    address = reverse("publication:edit", args=[publication.pk])
    fields = {"name": "The Wharf", "time_zone": "Nowhere/Else", "language": "en", "lead": ""}

    refused = desk.post(address, fields)
    saved = desk.post(address, {**fields, "time_zone": "Europe/Berlin"})

    publication.refresh_from_db()
    assert "is not a time zone" in refused.content.decode()
    assert saved.status_code == 302
    assert (publication.name, publication.time_zone) == ("The Wharf", "Europe/Berlin")


def test_author_is_made_with_a_picture(desk, city):
    fields = {"name": "Ann Lee", "slug": "ann-lee", "role": "", "biography": "", "disclosure": ""}
    picture = SimpleUploadedFile("ann.png", factories.picture_bytes(500, 500), "image/png")

    desk.post(
        reverse("wagtailsnippets_record_author:add"),
        {**fields, "account": "", "new_picture": picture},
    )

    assert Author.objects.get().picture["width"] == 500


def test_author_with_a_broken_picture_is_refused(desk, city):
    fields = {"name": "Ann Lee", "slug": "ann-lee", "role": "", "biography": "", "disclosure": ""}
    picture = SimpleUploadedFile("ann.png", b"no picture", "image/png")

    answer = desk.post(
        reverse("wagtailsnippets_record_author:add"),
        {**fields, "account": "", "new_picture": picture},
    )

    assert "This picture cannot be used" in answer.content.decode()
    assert Author.objects.count() == 0


def test_preview_shows_the_papers_page_and_publishes_nothing(desk, draft, rf, editor):
    page = draft(text="Not out yet.")

    shown = desk.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert "Not out yet." in shown.content.decode()
    assert "Preview." in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]


def test_section_saved_at_the_desk_is_in_the_record(desk, city):
    city.title = "Town"
    city.save_revision().publish()

    assert Section.objects.get().name == "Town"


def test_section_may_not_take_an_address_of_the_paper(desk, city):
    answer = desk.post(
        reverse("wagtailadmin_pages:add", args=["desk", "sectionpage", city.get_parent().pk]),
        {
            "title": "Search",
            "slug": "search",
            "position": "0",
            "description": "",
            "action-publish": "x",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
        },
    )

    assert "used by the paper itself" in answer.content.decode()
    assert SectionPage.objects.count() == 1


def test_every_block_is_printed(city, client):
    image = get_image_model().objects.create(
        title="Bridge", file=SimpleUploadedFile("b.png", factories.picture_bytes(), "image/png")
    )
    rich = (
        '<h2 data-block-key="h1">Money</h2><p data-block-key="p1">Two <b>point</b> four.</p>'
        '<ul><li data-block-key="l1">paint</li><li data-block-key="l2">piers</li></ul>'
    )
    blocks = [
        {"type": "text", "id": "t", "value": rich},
        {"type": "heading", "id": "h", "value": {"text": "Next", "level": "3"}},
        {
            "type": "quotation",
            "id": "q",
            "value": {"quotation": "<p>We waited.</p>", "speaker": "Mara", "role": "chair"},
        },
        {
            "type": "image",
            "id": "i",
            "value": {"image": image.pk, "alt": "A bridge", "caption": "Old.", "credit": "Ann"},
        },
        {
            "type": "embed",
            "id": "e",
            "value": {"url": "https://www.youtube.com/watch?v=abcdefghijk", "title": "A film"},
        },
        {"type": "list", "id": "n", "value": {"ordered": True, "items": ["<p>one</p>"]}},
    ]
    page = StoryPage(
        title="All", body=json.dumps(blocks), lead_image=image, lead_alt="A bridge", live=False
    )
    city.add_child(instance=page)
    page.save_revision().publish()

    html = client.get(StoryPage.objects.get().document.addresses.get().path).content.decode()

    for part in (
        '<h2 id="b-h1">Money</h2>',
        '<p id="b-p1">Two <strong>point</strong> four.</p>',
        '<ul id="b-l1"><li>paint</li><li>piers</li></ul>',
        '<h3 id="b-h">Next</h3>',
        '<blockquote class="quotation" id="b-q"><p>We waited.</p><footer>Mara, chair</footer>',
        'alt="A bridge"',
        'data-player="https://www.youtube-nocookie.com/embed/abcdefghijk"',
        '<ol id="b-n"><li>one</li></ol>',
    ):
        assert part in html
    assert html.count("<iframe") == 0


def test_published_picture_survives_its_image_at_the_desk(city, client):
    image = get_image_model().objects.create(
        title="Bridge", file=SimpleUploadedFile("b.png", factories.picture_bytes(), "image/png")
    )
    page = StoryPage(title="All", lead_image=image, lead_alt="A bridge", live=False)
    city.add_child(instance=page)
    page.save_revision().publish()
    lead = StoryPage.objects.get().document.edition.content.lead_image

    image.file.delete(save=False)

    assert len(lead.picture.original()) > 0


def test_lead_image_needs_its_alternative_text(city):
    from django.core.exceptions import ValidationError

    image = get_image_model().objects.create(
        title="Bridge", file=SimpleUploadedFile("b.png", factories.picture_bytes(), "image/png")
    )
    page = StoryPage(title="All", lead_image=image, live=True)

    with pytest.raises(ValidationError, match="Say what the lead image shows"):
        city.add_child(instance=page)


# Wagtail leaves a temporary file to the garbage collector when it makes a thumbnail.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_image_that_cannot_be_kept_is_said_beside_its_field(desk, draft, monkeypatch):
    image = get_image_model().objects.create(
        title="Broken", file=SimpleUploadedFile("b.png", factories.picture_bytes(), "image/png")
    )
    page = draft()

    def refuse(data):
        raise PictureUnreadable("the picture is damaged")

    monkeypatch.setattr("broadsheet.desk.images.store_picture", refuse)
    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_data(
            page, "Text.", lead_image=str(image.pk), lead_alt="A bridge", **{"action-publish": "x"}
        ),
    )

    assert "The image “Broken” cannot be published" in answer.content.decode()
    assert StoryPage.objects.get().document is None


def test_right_sign_ins_are_not_counted_as_tries(client, editor):
    for _ in range(3):
        client.post(
            reverse("wagtailadmin_login"),
            {"username": editor.email, "password": "correct horse 9"},
        )
        client.logout()

    assert set(Tally.objects.values_list("count", flat=True)) == {0}
