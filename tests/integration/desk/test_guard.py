"""What the record would refuse is said in the form, with all that was typed; a second editor counts."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from django.urls import reverse
from tests import factories
from tests.integration.desk.conftest import body, form_data, revise
from tests.integration.desk.test_publishing import editions, schedule
from wagtail.models import Workflow, WorkflowPage
from wagtail.models.workflows import GroupApprovalTask, WorkflowTask

from broadsheet import clock
from broadsheet.desk.approval import second_editor
from broadsheet.desk.editions import content_of
from broadsheet.desk.models import StoryByline, StoryPage
from broadsheet.desk.schedule import publish_due
from broadsheet.readers.models import Account
from broadsheet.record import actions
from broadsheet.record.models import Edition

OLD = "The council gave 24 million to Anna Berg."
NEW = "The council gave 2.4 million to Anna Berg."


@pytest.fixture
def ben(db) -> Account:
    return factories.administrator("ben@news.example", "Ben Moss")


def send(desk, page: StoryPage, text: str, **fields: str):
    return desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        form_data(page, text, **{"action-publish": "x", **fields}),
    )


def last(page: StoryPage) -> Edition:
    document = StoryPage.objects.get(pk=page.pk).document
    return Edition.objects.filter(document=document).latest("published_at")


def test_minor_edition_that_touches_facts_is_refused_in_the_form(desk, published):
    page = published(text=OLD)

    answer = send(desk, page, NEW, edition_kind="minor", standfirst="A typed standfirst.")

    said = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert "This is not minor: the number “24 million” became “2.4 million”" in said
    assert "say here, for readers, why it is minor all the same" in said
    assert "2.4 million to Anna Berg" in said
    assert "A typed standfirst." in said
    assert len(editions(page)) == 1


def test_minor_edition_with_a_public_reason_goes_out(desk, published):
    page = published(text=OLD)

    send(desk, page, NEW, edition_kind="minor", edition_reason="A slip of the keyboard.")

    edition = last(page)
    assert (edition.kind, edition.reason, edition.approved_by) == (
        "minor",
        "A slip of the keyboard.",
        "",
    )


def test_minor_edition_that_touches_nothing_goes_out(desk, published):
    page = published(text="The council voted at lenght.")

    send(desk, page, "The council voted at length.", edition_kind="minor")

    assert len(editions(page)) == 2


def test_byline_counts_as_it_is_typed(desk, published, author):
    page = published(text=OLD)

    rows = {"byline-TOTAL_FORMS": "1", "byline-0-author": str(author.pk), "byline-0-ORDER": "1"}
    answer = send(desk, page, OLD, edition_kind="minor", **rows)

    assert "the byline “Ann Lee” was added" in unescape(answer.content.decode())


def test_deleted_byline_counts_as_it_is_typed(desk, published, author):
    page = published(text=OLD).get_latest_revision_as_object()
    page.byline = [StoryByline(author=author, sort_order=0)]
    page.edition_kind, page.edition_note = "update", "Names the author."
    page.save_revision().publish()
    row = StoryPage.objects.get(pk=page.pk).byline.get()

    rows = {
        "byline-TOTAL_FORMS": "1",
        "byline-INITIAL_FORMS": "1",
        "byline-0-id": str(row.pk),
        "byline-0-author": str(author.pk),
        "byline-0-ORDER": "1",
        "byline-0-DELETE": "on",
    }
    answer = send(desk, page, OLD, edition_kind="minor", **rows)

    assert "the byline “Ann Lee” was taken out" in unescape(answer.content.decode())


def test_late_correction_says_why(desk, editor, published, monkeypatch):
    page = published(text=OLD)
    now = clock.now() + dt.timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: now)
    # Nobody stays signed in for so long.
    desk.force_login(editor)
    fields = {"edition_kind": "correction", "edition_note": "It is 2.4 million, not 24."}

    refused = send(desk, page, NEW, **fields)
    send(desk, page, NEW, **fields, edition_reason="Nobody told us until today.")

    assert "after more than 30 days" in refused.content.decode()
    assert last(page).reason == "Nobody told us until today."


def test_place_of_the_note_is_chosen_or_automatic(desk, published):
    page = published(text=OLD)
    fields = {"edition_kind": "update", "edition_note": "Adds.", "edition_note_placement": "end"}
    send(desk, page, "Second.", **fields)
    below = last(page)
    send(desk, page, "Third.", **{**fields, "edition_note_placement": ""})

    assert (below.note_placement, last(page).note_placement) == ("end", "top")


def test_what_was_said_of_an_edition_is_not_said_of_the_next(desk, published):
    page = revise(published(text=OLD), NEW, "minor", reason="A slip.")
    page.get_latest_revision().publish()

    shown = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    draft = revise(StoryPage.objects.get(pk=page.pk), "Third.").get_latest_revision_as_object()

    assert "A slip." not in shown
    assert (draft.edition_reason, draft.edition_kind) == ("", "")


def test_refusal_that_no_form_foresaw_keeps_the_text_as_a_draft(desk, published, monkeypatch):
    page = published(text=OLD)

    def refuse(**asked):
        raise actions.StealthRefused("Bridge", [])

    monkeypatch.setattr("broadsheet.record.actions.append_edition", refuse)
    answer = send(desk, page, NEW, edition_kind="update", edition_note="The note as typed.")

    draft = StoryPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert answer.status_code == 302
    assert "2.4 million" in draft.body.raw_data[0]["value"]
    assert draft.edition_note == "The note as typed."
    assert len(editions(page)) == 1


def bulk(desk, page: StoryPage):
    return desk.post(
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={page.pk}",
        {"include_descendants": ""},
        follow=True,
    )


def test_bulk_refuses_own_minor_edition_that_touches_facts(desk, editor, published):
    page = revise(published(text=OLD), NEW, "minor", by=editor)

    answer = bulk(desk, page)

    assert "This is not minor: the number “24 million”" in unescape(answer.content.decode())
    assert len(editions(page)) == 1


def test_bulk_refuses_a_kind_without_its_note(desk, editor, published):
    page = revise(published(text=OLD), NEW, "correction", by=editor)

    answer = bulk(desk, page)

    assert "this kind of edition needs a note" in answer.content.decode()
    assert len(editions(page)) == 1


def test_who_publishes_what_another_wrote_is_the_second_editor(desk, ben, published):
    page = revise(published(text=OLD), NEW, "minor", by=ben)

    bulk(desk, page)

    edition = last(page)
    assert (edition.published_by, edition.approved_by) == ("Ben Moss", "Eve Editor")


def test_schedule_of_a_minor_edition_that_touches_facts_is_refused(published, caplog):
    page = schedule(published(text=OLD), NEW, "minor")

    publish_due()

    assert len(editions(page)) == 1
    assert "this edition is not minor" in caplog.text


def test_schedule_is_refused_in_the_form(desk, published):
    page = published(text=OLD)
    later = (clock.now() + dt.timedelta(days=2)).strftime("%Y-%m-%d %H:%M")

    answer = send(desk, page, NEW, edition_kind="minor", go_live_at=later)

    assert "This is not minor" in answer.content.decode()
    assert StoryPage.objects.get(pk=page.pk).scheduled_revision is None


@pytest.fixture
def workflow(city) -> Workflow:
    task = GroupApprovalTask.objects.create(name="Read")
    workflow = Workflow.objects.create(name="Four eyes")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=city)
    return workflow


def test_submitting_awaits_the_second_editor(desk, editor, ben, published, workflow):
    page = published(text=OLD)

    fields = {"edition_kind": "minor", "action-publish": "", "action-submit": "x"}
    desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        {
            name: value
            for name, value in form_data(page, NEW, **fields).items()
            if value or "action" not in name
        },
    )
    state = StoryPage.objects.get(pk=page.pk).current_workflow_state
    state.current_task_state.approve(user=ben)

    edition = last(page)
    assert (edition.kind, edition.published_by, edition.approved_by) == (
        "minor",
        "Eve Editor",
        "Ben Moss",
    )


def test_approving_own_text_in_the_form_is_refused_beside_the_fields(
    desk, editor, published, workflow
):
    page = revise(published(text=OLD), OLD, "minor", by=editor)
    workflow.start(page, editor)

    data = form_data(page, NEW, edition_kind="minor")
    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        {**data, "action-workflow-action": "true", "workflow-action-name": "approve"},
    )

    assert answer.status_code == 200
    assert "This is not minor" in answer.content.decode()
    assert len(editions(page)) == 1


def test_approving_what_another_wrote_in_the_form_goes_out(desk, editor, ben, published, workflow):
    page = revise(published(text=OLD), NEW, "minor", by=ben)
    workflow.start(page, ben)

    data = form_data(page, NEW, edition_kind="minor")
    answer = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        {**data, "action-workflow-action": "true", "workflow-action-name": "approve"},
    )

    edition = last(page)
    assert answer.status_code == 302
    assert (edition.number, edition.kind) == (2, "minor")
    assert {edition.published_by, edition.approved_by} == {"Ben Moss", "Eve Editor"}


HANDS = [
    ("nobody else saved", [("eve", NEW)], "eve", ""),
    ("another wrote it, and it goes out as it is", [("ben", NEW), ("eve", NEW)], "eve", "Ben Moss"),
    ("another saved it before the fact changed", [("ben", OLD), ("eve", NEW)], "eve", ""),
    (
        "another saved it after the fact changed",
        [("eve", NEW), ("ben", f"{NEW} And so on.")],
        "eve",
        "Ben Moss",
    ),
    ("a script saved it", [("", NEW), ("eve", NEW)], "eve", ""),
    ("the other has no account any more", [("gone", NEW), ("eve", NEW)], "eve", ""),
]


@pytest.mark.parametrize(
    ("saved", "writer", "found"),
    [case[1:] for case in HANDS],
    ids=[case[0].replace(" ", "-") for case in HANDS],
)
def test_second_editor_had_this_text_in_hand(published, editor, ben, saved, writer, found):
    gone = factories.account("gone@news.example", "Gone")
    gone.is_active = False
    gone.save()
    people = {"eve": editor, "ben": ben, "gone": gone, "": None}
    page = published(text=OLD)
    for who, text in saved:
        page = revise(page, text, "minor", by=people[who])

    page.body = body(NEW)
    name = second_editor(page, content_of(page), writer=people[writer], after=page.live_revision_id)

    assert name == found


def test_who_had_an_earlier_edition_in_hand_is_not_asked_about_the_next(published, editor, ben):
    page = revise(published(text=OLD), NEW, "correction", "It is 2.4.", by=ben)
    page.get_latest_revision().publish()
    page = revise(StoryPage.objects.get(pk=page.pk), OLD, "minor", by=editor)

    with pytest.raises(actions.StealthRefused):
        page.get_latest_revision().publish()


def test_standing_is_chosen_at_the_desk_with_what_it_rests_on(desk, published):
    page = published(text=OLD)

    answer = send(desk, page, OLD, edition_kind="update", edition_note="x", standing="reported")

    assert "Say what the standing rests on." in unescape(answer.content.decode())
    assert len(editions(page)) == 1

    send(
        desk,
        page,
        OLD,
        edition_kind="update",
        edition_note="Says how sure we are.",
        standing="reported",
        standing_basis="Two officials.",
    )

    content = last(page).content
    assert (content.standing, content.standing_basis) == ("reported", "Two officials.")


def test_standing_is_not_changed_by_a_minor_edition(desk, published):
    page = published(text=OLD)

    answer = send(
        desk, page, OLD, edition_kind="minor", standing="denied", standing_basis="The mayor."
    )

    said = unescape(answer.content.decode())
    assert "This is not minor: the standing “Denied” was added" in said
    assert len(editions(page)) == 1
