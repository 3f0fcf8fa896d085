"""Two editors, or one who presses twice: one publication makes one edition, and a draft stays one."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests import factories
from tests.integration.desk.conftest import revise
from tests.integration.desk.test_publishing import FIRST, editions
from wagtail.images import get_image_model
from wagtail.users.forms import UserCreationForm

from broadsheet.desk.models import SectionPage, StoryPage
from broadsheet.readers.models import Account
from broadsheet.record.actions import EditionKindMissing
from broadsheet.record.models import Document, Section
from broadsheet.record.queries import sections


def test_draft_saved_while_another_editor_publishes_stays_a_draft(published):
    page = published()
    loaded_before = StoryPage.objects.get(pk=page.pk)
    revise(page, "Second.", "update", "Adds.").get_latest_revision().publish()

    loaded_before.title = "UNFINISHED"
    loaded_before.save_revision()

    assert [number for number, _, _ in editions(page)] == [1, 2]
    assert StoryPage.objects.get(pk=page.pk).document.edition.headline == page.title


def test_form_sent_twice_publishes_once(published):
    page = published()
    forms = [StoryPage.objects.get(pk=page.pk) for _ in range(2)]
    revisions = []
    for form in forms:
        form.edition_kind, form.edition_note = "update", "Adds."
        revisions.append(form.save_revision())

    revisions[0].publish()
    with pytest.raises(EditionKindMissing):
        revisions[1].publish()

    assert len(editions(page)) == 2


def test_first_publication_sent_twice_makes_one_document(draft):
    page = draft()
    revisions = [StoryPage.objects.get(pk=page.pk).save_revision() for _ in range(2)]
    as_objects = [revision.as_object() for revision in revisions]

    revisions[0].publish()
    for stale, revision in zip(as_objects[1:], revisions[1:], strict=True):
        stale.live, stale.live_revision = True, revision
        with pytest.raises(EditionKindMissing):
            stale.save()

    assert editions(page) == [FIRST]
    assert Document.objects.count() == 1


def test_publishing_unchanged_after_unpublishing_reinstates(published):
    page = published()
    page.unpublish()

    StoryPage.objects.get(pk=page.pk).get_latest_revision().publish()

    document = Document.objects.get()
    assert document.withdrawn_at is None
    assert editions(page) == [FIRST]


def test_deleted_image_leaves_its_draft_editable(desk, draft):
    image = get_image_model().objects.create(
        title="Bridge", file=SimpleUploadedFile("b.png", factories.picture_bytes(), "image/png")
    )
    page = draft()
    page.lead_image, page.lead_alt = image, "A bridge"
    page.save_revision()

    image.delete()

    assert desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200


def test_tall_picture_is_published_smaller(city):
    image = get_image_model().objects.create(
        title="Tall",
        file=SimpleUploadedFile("t.png", factories.picture_bytes(300, 17_000), "image/png"),
    )
    page = StoryPage(title="Tall", lead_image=image, lead_alt="A chart", live=False)
    city.add_child(instance=page)

    page.save_revision().publish()

    assert StoryPage.objects.get().document.edition.content.lead_image.picture.height <= 8_000


def test_section_made_again_is_the_one_it_was(city):
    parent = city.get_parent()
    city.delete()
    assert list(sections()) == []

    parent.add_child(instance=SectionPage(title="City again", slug="city"))

    assert [section.name for section in sections()] == ["City again"]
    assert Section.objects.count() == 1


def test_account_made_at_the_desk_has_a_name(desk, city):
    assert "first_name" in UserCreationForm.base_fields  # what Wagtail would ask for

    answer = desk.post(
        reverse("wagtailusers_users:add"),
        {
            "email": "new@news.example",
            "name": "Nina New",
            "password1": "correct horse 9",
            "password2": "correct horse 9",
        },
    )

    assert answer.status_code == 302
    assert Account.objects.get(email="new@news.example").name == "Nina New"


@pytest.mark.parametrize(
    "address", ["/desk/publication/new/", "/desk/publication/delete/1/", "/desk/same-person/999/"]
)
def test_what_cannot_be_done_is_no_error(desk, city, address):
    assert desk.post(address).status_code in (302, 403, 404, 405)


def test_story_cannot_be_an_alias(desk, city, published):
    page = published()

    desk.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {"new_title": "C", "new_slug": "c", "new_parent_page": city.pk, "alias": "on"},
    )

    assert StoryPage.objects.count() == 1


def test_slug_is_made_of_plain_letters(desk, city, draft):
    from tests.integration.desk.conftest import form_data

    page = draft()

    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_data(page, "Text.", slug="größe", **{"action-publish": "x"}),
    )

    assert answer.status_code == 200
    assert json.dumps(editions(page)) == "[]"
