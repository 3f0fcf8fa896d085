"""Storylines at the desk, and interests that authors disclose for one story."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests import factories
from tests.integration.desk.conftest import form_data, revise
from wagtail.models import Page

from broadsheet.desk.adoption import adopt_document
from broadsheet.desk.guard import draft_refusals
from broadsheet.desk.models import StoryByline, StoryPage, StoryStoryline
from broadsheet.record.models import Document, Edition, JournalEntry, Storyline
from broadsheet.record.storyline_queries import find_storyline, line_of
from broadsheet.record.storylines import make_storyline, put_on_storylines

pytestmark = pytest.mark.django_db


@pytest.fixture
def bridge(publication) -> Storyline:
    return make_storyline(headline="The bridge")


def rows(name: str, *given: dict[str, object]) -> dict[str, str]:
    """Return what the rows of a formset send, all of them new."""
    data = {f"{name}-TOTAL_FORMS": str(len(given))}
    for number, fields in enumerate(given):
        data |= {f"{name}-{number}-{field}": str(value) for field, value in fields.items()}
        data |= {f"{name}-{number}-ORDER": str(number + 1), f"{name}-{number}-DELETE": ""}
    return data


def send(desk, page: StoryPage, text: str = "The council voted.", **fields: str):
    data = form_data(page, text, **{"action-publish": "yes", **fields})
    return desk.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)


def stories_on(storyline: Storyline) -> list[str]:
    return [part.headline for part in line_of(storyline).parts]


def kinds(document: Document) -> list[str]:
    found = JournalEntry.objects.filter(document=document).order_by("sequence")
    return list(found.values_list("kind", flat=True))


def test_first_publication_puts_the_story_on_its_storylines(desk, draft, bridge):
    page = draft()
    other = make_storyline(headline="The ferry")

    sent = send(
        desk,
        page,
        **rows("story_storylines", {"storyline": bridge.pk}, {"storyline": other.pk}),
    )

    assert sent.status_code == 302
    page.refresh_from_db()
    assert stories_on(bridge) == stories_on(other) == ["Bridge budget set"]
    assert kinds(page.document) == [*("edition", "address", "storyline_joined", "storyline_joined")]


def test_storyline_alone_makes_no_edition_and_asks_for_no_kind(desk, published, bridge):
    page = published()

    sent = send(desk, page, **rows("story_storylines", {"storyline": bridge.pk}))

    assert sent.status_code == 302
    assert stories_on(bridge) == ["Bridge budget set"]
    assert Edition.objects.count() == 1
    row = StoryPage.objects.get(pk=page.pk).story_storylines.get()
    taken_off = {
        **rows("story_storylines", {"storyline": bridge.pk}),
        "story_storylines-INITIAL_FORMS": "1",
        "story_storylines-0-id": str(row.pk),
        "story_storylines-0-DELETE": "on",
    }
    assert send(desk, page, **taken_off).status_code == 302
    assert stories_on(bridge) == []
    assert kinds(page.document)[2:] == ["storyline_joined", "storyline_left"]


def test_another_text_still_asks_what_kind_of_edition_it_is(desk, published, bridge):
    page = published()
    chosen = rows("story_storylines", {"storyline": bridge.pk})

    sent = send(desk, page, "The council voted on Tuesday.", **chosen)

    assert sent.status_code == 200
    assert "Say what kind of edition this is" in sent.content.decode()
    assert stories_on(bridge) == []
    kind = {"edition_kind": "update", "edition_note": "Adds the day."}
    assert send(desk, page, "The council voted on Tuesday.", **chosen, **kind).status_code == 302
    assert (stories_on(bridge), Edition.objects.count()) == (["Bridge budget set"], 2)


def test_what_is_refused_leaves_the_storyline_as_it_is(desk, published, bridge):
    page = revise(published(), "The council voted on Tuesday.")
    page = page.get_latest_revision_as_object()
    page.story_storylines = [StoryStoryline(storyline=bridge)]
    page.save_revision()

    with pytest.raises(ValueError, match="Choose what kind of edition"):
        page.get_latest_revision().publish()

    assert stories_on(bridge) == []


def test_many_drafts_at_once_may_only_move_on_storylines(published, bridge, editor):
    page = published().get_latest_revision_as_object()
    page.story_storylines = [StoryStoryline(storyline=bridge)]
    page.save_revision(user=editor)
    page = StoryPage.objects.get(pk=page.pk)

    assert draft_refusals(page, editor) == []
    page.get_latest_revision().publish(user=editor)

    assert (stories_on(bridge), Edition.objects.count()) == (["Bridge budget set"], 1)


def test_later_edition_keeps_the_story_where_it_stands(desk, published, bridge):
    page = published()
    send(desk, page, **rows("story_storylines", {"storyline": bridge.pk}))

    revise(page, "It voted on Tuesday.", "update", "Adds the day.").get_latest_revision().publish()

    assert (stories_on(bridge), Edition.objects.count()) == (["Bridge budget set"], 2)


def test_adopted_story_knows_its_storylines_and_interests(publication, author, bridge):
    factories.publication()
    document = factories.story(authors=(author,))
    put_on_storylines(document_id=document.pk, storyline_ids=[bridge.pk])

    page = adopt_document(document)

    assert [item.storyline for item in page.story_storylines.all()] == [bridge]


def test_storyline_is_made_and_renamed_at_the_desk(desk, publication):
    add = reverse("wagtailsnippets_record_storyline:add")
    sent = desk.post(add, {"headline": "The bridge", "slug": "", "standfirst": "Will it hold?"})
    assert sent.status_code == 302
    made = Storyline.objects.get()
    assert (made.slug, made.wordings.get().by) == ("the-bridge", "Eve Editor")

    edit = reverse("wagtailsnippets_record_storyline:edit", args=[made.pk])
    desk.post(edit, {"headline": "East Bridge", "slug": "east-bridge", "standfirst": ""})

    made.refresh_from_db()
    assert (made.headline, made.slug, made.wordings.count()) == ("East Bridge", "east-bridge", 2)
    assert find_storyline("the-bridge") == made
    taken = desk.post(add, {"headline": "Another", "slug": "the-bridge", "standfirst": ""})
    assert "Another storyline stands or stood at" in taken.content.decode()


def test_storyline_is_made_in_the_storys_editor(desk, publication):
    widget = StoryStoryline._meta.get_field("storyline").remote_field.model.snippet_viewset
    create = reverse(f"{widget.chooser_viewset.name}:create")

    sent = desk.post(
        create,
        {
            "snippet-chooser-headline": "The bridge",
            "headline": "The bridge",
            "slug": "",
            "standfirst": "",
        },
    )

    assert sent.json()["step"] == "chosen", sent.content
    assert Storyline.objects.get().slug == "the-bridge"


def test_storyline_that_was_used_stays(desk, published, bridge):
    unused = make_storyline(headline="Never used")
    put_on_storylines(document_id=published().document_id, storyline_ids=[bridge.pk])

    said = [
        desk.post(
            reverse("wagtailsnippets_record_storyline:delete", args=[storyline.pk]), follow=True
        ).content.decode()
        for storyline in (bridge, unused)
    ]

    assert "“The bridge” cannot be deleted" in said[0]
    assert list(Storyline.objects.all()) == [bridge]


def test_stranger_makes_no_storyline(client, stranger, publication):
    client.force_login(stranger)

    sent = client.post(
        reverse("wagtailsnippets_record_storyline:add"), {"headline": "The bridge", "slug": "x"}
    )

    assert sent.status_code in (302, 403)
    assert not Storyline.objects.exists()


def interested(page: StoryPage, author, interest: str) -> StoryPage:
    page = page.get_latest_revision_as_object()
    page.byline = [StoryByline(author=author, interest=interest)]
    page.save_revision()
    return StoryPage.objects.get(pk=page.pk)


def test_interest_is_part_of_the_edition_that_disclosed_it(client, city, draft, author):
    author.disclosure = "lives in East Ward"
    author.save()
    page = interested(draft(), author, " owns a shop  beside the bridge ")
    page.get_latest_revision().publish()
    page = revise(StoryPage.objects.get(pk=page.pk), "It voted.", "update", "Says who.")
    page = interested(page, author, "")
    page.get_latest_revision().publish()

    first, second = Edition.objects.order_by("number")
    assert first.content.byline[0].interest == "owns a shop beside the bridge"
    assert second.content.byline[0].interest == ""
    path = page.document.addresses.get().path
    said = "lives in East Ward; owns a shop beside the bridge"
    assert said in client.get(f"{path}v/1/").content.decode()
    now = client.get(path).content.decode()
    assert "lives in East Ward" in now
    assert said not in now
    changes = client.get(f"{path}changes/?from=1&to=2").content.decode()
    assert "Byline" in changes
    assert "owns a shop beside the bridge" in changes


def test_interest_is_sent_with_the_form_and_is_never_minor(desk, published, author):
    page = published()
    given = rows("byline", {"author": author.pk, "interest": "owns a shop"})

    sent = send(desk, page, edition_kind="minor", **given)
    assert "the interest “owns a shop” was added" in sent.content.decode()
    kind = {"edition_kind": "update", "edition_note": "Says who wrote it."}
    assert send(desk, page, **kind, **given).status_code == 302

    assert Edition.objects.get(number=2).content.byline[0].disclosed == "owns a shop"
    assert Page.objects.get(pk=page.pk).specific.byline.get().interest == "owns a shop"
