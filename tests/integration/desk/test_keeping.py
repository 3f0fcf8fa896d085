"""What was published is kept, wherever somebody tries to delete it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from broadsheet.desk.deletion import PublishedStoryIsKept
from broadsheet.desk.models import StoryPage
from broadsheet.record.models import Document


def test_delete_view_refuses_with_an_explanation(desk, published):
    page = published()

    answer = desk.post(reverse("wagtailadmin_pages:delete", args=[page.pk]), follow=True)

    assert "part of the public record" in answer.content.decode()
    assert StoryPage.objects.filter(pk=page.pk).exists()


def test_delete_view_deletes_what_was_never_out(desk, draft):
    page = draft()

    desk.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))

    assert not StoryPage.objects.filter(pk=page.pk).exists()


def test_section_with_a_published_story_is_kept(desk, city, published):
    published()

    answer = desk.post(reverse("wagtailadmin_pages:delete", args=[city.pk]), follow=True)

    assert "part of the public record" in answer.content.decode()
    assert StoryPage.objects.count() == 1


def test_bulk_delete_refuses_as_a_whole(desk, draft, published):
    pages = [draft("One"), published("Two")]

    answer = desk.post(
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        + "?"
        + "&".join(f"id={page.pk}" for page in pages),
        follow=True,
    )

    assert "part of the public record" in answer.content.decode()
    assert StoryPage.objects.count() == 2


def test_script_cannot_delete(city, published):
    page = published()

    with pytest.raises(PublishedStoryIsKept):
        page.delete()
    with pytest.raises(PublishedStoryIsKept):
        city.delete()

    assert Document.objects.count() == 1


def test_moving_to_another_section_moves_the_document(city, published):
    from tests import factories

    from broadsheet.desk.adoption import section_page

    page = published()
    harbour = section_page(factories.section("harbour", "Harbour"))

    page.move(harbour, pos="last-child")

    document = Document.objects.get()
    assert document.section.slug == "harbour"
    assert document.edition.number == 1
