"""Each way to publish appends exactly one edition, in the transaction that changes the page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse
from tests.integration.desk.conftest import body, form_data, revise
from wagtail.models import Page, Workflow, WorkflowPage
from wagtail.models.workflows import GroupApprovalTask, WorkflowTask

from broadsheet import clock
from broadsheet.desk.models import StoryPage
from broadsheet.desk.schedule import publish_due
from broadsheet.record import actions
from broadsheet.record.models import Edition, JournalEntry
from broadsheet.record.verify import verify_record


def editions(page: StoryPage) -> list[tuple[int, str, str]]:
    document = StoryPage.objects.get(pk=page.pk).document
    found = Edition.objects.filter(document=document).order_by("number")
    return [(edition.number, edition.kind, edition.canonical_text) for edition in found]


FIRST = (1, "original", "The council voted.")


def test_edit_view_publishes_the_first_edition(desk, draft):
    page = draft()

    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_data(page, "The council voted.", **{"action-publish": "x"}),
    )

    assert answer.status_code == 302
    assert editions(page) == [FIRST]
    assert verify_record().faults == ()


def test_edit_view_creates_and_publishes(desk, city):
    data = form_data(StoryPage(title="New", slug="new"), "Text.", **{"action-publish": "x"})

    desk.post(reverse("wagtailadmin_pages:add", args=["desk", "storypage", city.pk]), data)

    assert editions(StoryPage.objects.get(slug="new")) == [(1, "original", "Text.")]


def test_edit_view_publishes_a_second_edition_with_kind_and_note(desk, published):
    page = published()

    desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_data(
            page,
            "The council voted by nine to four.",
            edition_kind="update",
            edition_note="Adds the vote.",
            **{"action-publish": "x"},
        ),
    )

    assert editions(page) == [FIRST, (2, "update", "The council voted by nine to four.")]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Say what kind of edition this is"),
        ({"edition_kind": "correction"}, "This kind of edition tells its readers what happened"),
        ({"edition_kind": "update", "edition_note": "  "}, "tells its readers what happened"),
    ],
)
def test_edit_view_refuses_a_second_edition_that_does_not_say_what_it_is(
    desk, published, fields, says
):
    page = published()

    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_data(page, "Changed.", **fields, **{"action-publish": "x"}),
    )

    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert "Changed." in answer.content.decode()
    assert editions(page) == [FIRST]


def test_edit_view_saves_a_draft_without_kind(desk, published):
    page = published()

    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form_data(page, "Changed.")
    )

    assert answer.status_code == 302
    assert editions(page) == [FIRST]
    assert StoryPage.objects.get(pk=page.pk).has_unpublished_changes


def test_kind_is_asked_again_for_the_edition_after(desk, published):
    page = revise(published(), "Second.", "update", "Adds.")
    page.get_latest_revision().publish()

    shown = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_data(page, "Third.", **{"action-publish": "x"}),
    )

    assert "Adds." not in shown.content.decode()
    assert len(editions(page)) == 2


def test_old_kind_is_not_used_when_an_old_revision_is_published_again(published):
    page = revise(published(), "Second.", "update", "Adds.")
    second = page.get_latest_revision()
    second.publish()
    third = revise(StoryPage.objects.get(pk=page.pk), "Third.", "clarification", "Says which.")
    third.get_latest_revision().publish()

    with pytest.raises(actions.EditionKindMissing):
        second.publish()

    assert [kind for _, kind, _ in editions(page)] == ["original", "update", "clarification"]
    assert StoryPage.objects.get(pk=page.pk).live_revision_id != second.pk


def test_bulk_publishes_one_edition_each(desk, draft):
    pages = [draft("One"), draft("Two")]

    answer = desk.post(
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        + "?"
        + "&".join(f"id={page.pk}" for page in pages),
        {"include_descendants": ""},
    )

    assert answer.status_code == 302
    assert [editions(page) for page in pages] == [[FIRST], [FIRST]]


def test_bulk_refuses_drafts_that_do_not_say_what_they_are_and_publishes_nothing(
    desk, draft, published
):
    new, old = draft("One"), revise(published("Two"), "Changed.")

    answer = desk.post(
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        + f"?id={new.pk}&id={old.pk}",
        {"include_descendants": ""},
        follow=True,
    )

    assert "say what kind of edition" in answer.content.decode()
    assert editions(new) == []
    assert editions(old) == [FIRST]


def schedule(page: StoryPage, text: str, kind: str = "", note: str = "") -> StoryPage:
    """Schedule a draft, and let its time come."""
    page = page.get_latest_revision_as_object()
    page.body = body(text)
    page.edition_kind, page.edition_note = kind, note
    page.go_live_at = clock.now() + dt.timedelta(hours=1)
    page.save_revision().publish()
    past = clock.now() - dt.timedelta(minutes=1)
    revision = page.get_latest_revision()
    revision.approved_go_live_at = past
    revision.content["go_live_at"] = past.isoformat()
    revision.save()
    return StoryPage.objects.get(pk=page.pk)


def test_schedule_publishes_one_edition_when_its_time_has_come(draft):
    page = schedule(draft(), "The council voted.")
    before = editions(page)

    assert publish_due() == 1

    assert before == []
    assert editions(page) == [FIRST]
    assert publish_due() == 0


def test_wagtails_own_schedule_command_publishes_one_edition(published):
    page = schedule(published(), "Second.", "update", "Adds.")

    call_command("publish_scheduled")

    assert editions(page) == [FIRST, (2, "update", "Second.")]


def test_schedule_that_is_refused_does_not_hold_up_the_others(published, draft, caplog):
    refused = schedule(published("Refused"), "Second.")
    other = schedule(draft("Other"), "The council voted.")

    assert publish_due() == 1

    assert editions(refused) == [FIRST]
    assert editions(other) == [FIRST]
    assert "Choose what kind of edition" in caplog.text
    assert publish_due() == 0


def test_workflow_approval_publishes_one_edition(desk, editor, published):
    page = revise(published(), "Second.", "correction", "It said two; it is nine.")
    task = GroupApprovalTask.objects.create(name="Read")
    workflow = Workflow.objects.create(name="Two eyes")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=page.get_parent())
    state = workflow.start(page, editor)

    state.current_task_state.approve(user=editor)

    assert editions(page) == [FIRST, (2, "correction", "Second.")]


def test_workflow_approval_that_lacks_a_kind_is_refused_in_words(desk, editor, published):
    page = revise(published(), "Second.")
    task = GroupApprovalTask.objects.create(name="Read")
    workflow = Workflow.objects.create(name="Two eyes")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    state = workflow.start(page, editor)

    answer = desk.post(
        reverse(
            "wagtailadmin_pages:workflow_action",
            args=[page.pk, "approve", state.current_task_state.pk],
        ),
        {"comment": ""},
        follow=True,
    )

    assert "Choose what kind of edition" in answer.content.decode()
    assert editions(page) == [FIRST]


def test_script_publishes_one_edition(city):
    page = StoryPage(title="By script", body=body("Text."), live=False)
    city.add_child(instance=page)

    page.save_revision().publish()

    assert editions(page) == [(1, "original", "Text.")]


def test_script_that_adds_a_live_page_publishes_one_edition(city):
    page = StoryPage(title="By script", body=body("Text."))

    city.add_child(instance=page)
    page.save_revision().publish()

    assert editions(page) == [(1, "original", "Text.")]


def test_script_publishes_a_second_edition_with_its_kind(published):
    page = published()
    page.body = body("Second.")
    page.edition_kind, page.edition_note = "update", "Adds."

    page.save_revision().publish()

    assert editions(page) == [FIRST, (2, "update", "Second.")]


def test_edition_and_page_are_one_transaction(published, monkeypatch):
    page = revise(published(), "Second.", "clarification", "Says which.")

    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("broadsheet.record.journal.append_entry", fail)
    with pytest.raises(RuntimeError, match="the disk is full"):
        page.get_latest_revision().publish()

    again = StoryPage.objects.get(pk=page.pk)
    assert again.body.raw_data[0]["value"] == '<p data-block-key="k1">The council voted.</p>'
    assert again.live_revision_id != page.latest_revision_id
    assert editions(page) == [FIRST]


def test_unpublishing_withdraws_and_keeps_the_history(desk, client, published):
    page = published()

    page.unpublish()

    document = StoryPage.objects.get(pk=page.pk).document
    assert document.withdrawn_at is not None
    assert editions(page) == [FIRST]
    assert client.get("/").content.decode().count(page.title) == 0
    shown = client.get(document.addresses.get().path)
    assert shown.status_code == 200
    assert "Withdrawn" in shown.content.decode()


def test_publishing_again_reinstates_with_a_new_edition(published):
    page = published()
    page.unpublish()
    again = revise(StoryPage.objects.get(pk=page.pk), "Second.", "update", "Is back.")

    again.get_latest_revision().publish()

    document = StoryPage.objects.get(pk=page.pk).document
    assert document.withdrawn_at is None
    kinds = JournalEntry.objects.filter(document=document).values_list("kind", flat=True)
    assert list(kinds) == ["edition", "address", "withdrawal", "reinstatement", "edition"]
    assert verify_record().faults == ()


def test_expired_story_is_withdrawn(published):
    page = published()
    StoryPage.objects.filter(pk=page.pk).update(expire_at=clock.now() - dt.timedelta(minutes=1))

    assert publish_due() == 1

    assert StoryPage.objects.get(pk=page.pk).document.withdrawn_at is not None


def test_new_slug_moves_the_story_and_the_old_address_redirects(client, published):
    page = published()
    old = page.document.addresses.get().path
    page.slug = "another-slug"
    page.edition_kind = "minor"

    page.save_revision().publish()

    answer = client.get(old)
    assert answer.status_code == 301
    assert answer["Location"].endswith("/another-slug/")
    assert client.get(answer["Location"]).status_code == 200


def test_taken_address_is_said_beside_the_slug(desk, published, draft):
    published("Bridge")
    other = draft("Other")
    path = StoryPage.objects.get(title="Bridge").document.addresses.get().path
    slug = path.strip("/").split("/")[-1]
    Page.objects.filter(title="Bridge").update(slug="elsewhere")

    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[other.pk]),
        form_data(other, "Text.", slug=slug, **{"action-publish": "x"}),
    )

    assert f"Another story stands or stood at {path}" in answer.content.decode()
    assert editions(other) == []


def test_copy_is_a_story_of_its_own(published):
    page = published()

    copy = page.copy(update_attrs={"title": "Copy", "slug": "copy"}, keep_live=False)

    assert copy.document is None
    assert editions(page) == [FIRST]


def test_saving_a_draft_from_an_object_that_is_out_of_date_withdraws_nothing(draft):
    out_of_date = draft()
    StoryPage.objects.get(pk=out_of_date.pk).get_latest_revision().publish()

    out_of_date.save_revision()

    assert editions(out_of_date) == [FIRST]
    assert StoryPage.objects.get(pk=out_of_date.pk).document.withdrawn_at is None
