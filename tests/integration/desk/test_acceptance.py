"""One click accepts a reader's proposal: one edition, with its note and credit, and no words lost."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from tests import factories
from tests.integration.desk.conftest import body, revise
from tests.integration.desk.test_publishing import editions
from wagtail.models import (
    GroupApprovalTask,
    GroupPagePermission,
    Revision,
    Workflow,
    WorkflowTask,
)
from wagtail.models.workflows import WorkflowState

from broadsheet import clock
from broadsheet.corrections.actions import DecisionRefused, ProposalDecided, decline
from broadsheet.corrections.models import Proposal
from broadsheet.desk.acceptance import StaleProposal, accept, proposed_note
from broadsheet.desk.mending import CannotMend, text_of
from broadsheet.desk.models import StoryByline, StoryPage
from broadsheet.desk.schedule import publish_due
from broadsheet.record.actions import (
    EditionKindMissing,
    StealthRefused,
    append_edition,
    create_document,
    withdraw_document,
)
from broadsheet.record.models import Edition
from broadsheet.record.verify import verify_record

TEXT = "The outgoing CEO spoke in the hall on the market. He was brief."
MENDED = "The charismatic CEO spoke in the hall on the market. He was brief."
NOTE = "An earlier version of this story said “outgoing CEO”. It now says “charismatic CEO”."


@pytest.fixture
def story(published):
    return published("At the helm", TEXT)


def propose(page: StoryPage, exact: str = "outgoing CEO", to: str = "charismatic CEO", **fields):
    return factories.proposal(page.document, exact, to, **fields)


def latest(page: StoryPage) -> StoryPage:
    return StoryPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def words(page: StoryPage) -> str:
    return text_of(page)


def in_force(page: StoryPage) -> Edition:
    return Edition.objects.filter(document=page.document_id).order_by("-number").first()


def test_accepting_publishes_one_edition_with_note_and_credit(story, editor):
    proposal = propose(story)

    accepted = accept(proposal_id=proposal.pk, user=editor)

    assert editions(story) == [(1, "original", TEXT), (2, "correction", MENDED)]
    edition = accepted.edition
    assert (edition.note, edition.credit, edition.published_by) == (NOTE, "Lena", "Eve Editor")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.edition, proposal.decided_by) == (
        "accepted",
        edition,
        "Eve Editor",
    )
    page = StoryPage.objects.get(pk=story.pk)
    assert words(page) == MENDED
    assert not page.has_unpublished_changes
    assert (page.edition_kind, page.edition_note, page.edition_credit) == ("", "", "")
    assert accepted.drafts == []
    assert verify_record().faults == ()


def test_credit_is_left_out_where_it_is_not_wanted(story, editor):
    for wants, give in ((False, True), (True, False)):
        page = StoryPage.objects.get(pk=story.pk)
        now, new = ("brief", "long") if give else ("long", "short")
        proposal = propose(page, now, new, wants_credit=wants)
        assert accept(proposal_id=proposal.pk, user=editor, give_credit=give).edition.credit == ""


def test_editor_may_choose_kind_note_and_words(story, editor):
    proposal = propose(story)

    accept(
        proposal_id=proposal.pk,
        user=editor,
        kind="clarification",
        note="He stays.",
        replacement="departing  chief",
    )

    assert editions(story)[1][1:] == (
        "clarification",
        TEXT.replace("outgoing CEO", "departing chief"),
    )
    assert in_force(story).note == "He stays."
    proposal.refresh_from_db()
    assert proposal.state == "accepted_in_part"


def test_typographical_proposal_is_published_as_minor_without_a_note(published, editor):
    page = published("At the helm", "He was verry brief.")
    proposal = propose(page, "verry", "very", is_typographical=True, reason="")
    assert proposal.is_typographical

    accept(proposal_id=proposal.pk, user=editor)

    assert editions(page)[1] == (2, "minor", "He was very brief.")
    assert in_force(page).note == ""


def test_words_can_be_taken_out(story, editor):
    proposal = propose(story, "outgoing", "")

    accept(proposal_id=proposal.pk, user=editor)

    assert editions(story)[1][2] == TEXT.replace("outgoing ", "")
    assert in_force(story).note == (
        "An earlier version of this story said “outgoing”. That was taken out."
    )


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ("two", "nine", "An earlier version of this story said “two”. It now says “nine”."),
        ("two", "", "An earlier version of this story said “two”. That was taken out."),
        (
            "“two”",
            "“nine”",
            "An earlier version of this story said “‘two’”. It now says “‘nine’”.",
        ),
    ],
    ids=["exchange", "taken-out", "quotation"],
)
def test_note_that_is_proposed(before, after, note):
    assert proposed_note(before, after) == note


def test_note_repeats_long_words_without_their_middle():
    note = proposed_note("alpha " * 60, "b" * 400)

    assert len(note) < 330
    assert "alpha alpha … alpha" in note


def test_same_proposals_become_duplicates(story, editor):
    first, second = propose(story), propose(story, name="Max")

    accept(proposal_id=first.pk, user=editor)

    second.refresh_from_db()
    assert (second.state, second.duplicate_of) == ("duplicate", first)


@pytest.mark.parametrize(
    ("replacement", "says"),
    [
        ("outgoing CEO", "stand there already"),
        ("<b>new</b> CEO", "plain words"),
        ("new\x00CEO", "control character"),
        ("x" * 1_001, "1,000 characters"),
    ],
    ids=["same", "markup", "control", "long"],
)
def test_words_that_cannot_stand_are_refused(story, editor, replacement, says):
    proposal = propose(story)

    with pytest.raises(DecisionRefused, match=says):
        accept(proposal_id=proposal.pk, user=editor, replacement=replacement)

    assert len(editions(story)) == 1
    assert Proposal.objects.get().is_open


def test_proposal_whose_words_were_changed_is_stale(story, editor):
    proposal = propose(story)
    revise(story, TEXT.replace("outgoing CEO", "retiring CEO"), "update", "New.")
    StoryPage.objects.get(pk=story.pk).get_latest_revision().publish()

    with pytest.raises(StaleProposal, match="edition 2") as refused:
        accept(proposal_id=proposal.pk, user=editor)

    assert "retiring" in refused.value.now
    assert len(editions(story)) == 2
    assert Proposal.objects.get().is_open


def test_words_that_were_moved_are_mended_where_they_stand(published, editor):
    page = published("At the helm", "The outgoing CEO spoke.</p><p>It rained in Leeds that day.")
    proposal = propose(page)
    revise(page, "It rained in Leeds that day.</p><p>The outgoing CEO spoke.", "update", "Order.")
    StoryPage.objects.get(pk=page.pk).get_latest_revision().publish()

    accept(proposal_id=proposal.pk, user=editor)

    assert editions(page)[2][2].endswith("The charismatic CEO spoke.")


def test_story_without_a_page_at_the_desk_gets_one(city, editor):
    document = factories.story("At the helm", TEXT)
    proposal = factories.proposal(document, "outgoing CEO", "charismatic CEO")

    accept(proposal_id=proposal.pk, user=editor, reason="It was found late.")

    page = StoryPage.objects.get(document=document)
    assert editions(page)[1] == (2, "correction", MENDED)


def test_withdrawn_story_takes_no_correction(story, editor):
    proposal = propose(story)
    story.unpublish()

    with pytest.raises(DecisionRefused, match="withdrawn"):
        accept(proposal_id=proposal.pk, user=editor)

    decline(proposal_id=proposal.pk, by="Eve", reason="The story was withdrawn.")


def test_document_withdrawn_beside_the_desk_takes_no_correction(story, editor):
    proposal = propose(story)
    withdraw_document(document_id=story.document_id)

    with pytest.raises(DecisionRefused, match="withdrawn"):
        accept(proposal_id=proposal.pk, user=editor)


def test_retracted_story_takes_no_correction(story, editor):
    proposal = propose(story)
    revise(story, TEXT, "retraction", "It was wrong.")
    StoryPage.objects.get(pk=story.pk).get_latest_revision().publish()

    with pytest.raises(DecisionRefused, match="retracted"):
        accept(proposal_id=proposal.pk, user=editor)


def test_text_of_the_desk_that_is_not_in_force_is_not_published(story, editor):
    proposal = propose(story)
    StoryPage.objects.filter(pk=story.pk).update(body=body(TEXT + " By script."))

    with pytest.raises(DecisionRefused, match="is not that of edition 1"):
        accept(proposal_id=proposal.pk, user=editor)

    assert len(editions(story)) == 1


# Who may, and who answers for it


def test_who_may_not_publish_the_story_cannot_accept(story, stranger):
    proposal = propose(story)

    with pytest.raises(PermissionDenied):
        accept(proposal_id=proposal.pk, user=stranger)

    assert len(editions(story)) == 1


FACT = "The bridge costs 24 million."


@pytest.fixture
def fact(published, author, editor):
    """A story of the author's with a number in it."""
    page = published("The bridge", FACT)
    page = page.get_latest_revision_as_object()
    page.byline = [StoryByline(author=author)]
    page.edition_kind, page.edition_note = "update", "Names the author."
    page.save_revision(user=editor).publish()
    return StoryPage.objects.get(pk=page.pk)


@pytest.fixture
def strict(monkeypatch):
    """Any change of words touches facts."""
    from broadsheet.record import rules

    touch = rules.touches

    def touches(old, new):
        found = touch(old, new)
        if not found and old.canonical().text != new.canonical().text:
            from types import SimpleNamespace

            return [SimpleNamespace(__str__=lambda: "a number changed")]
        return found

    monkeypatch.setattr(rules, "touches", touches)


def test_minor_edition_that_touches_facts_is_refused_to_the_author_alone(
    fact, author, strict, city
):
    writer = author.account
    writer.is_superuser = True
    writer.save()
    proposal = propose(fact, "24 million", "2.4 million")

    with pytest.raises(StealthRefused):
        accept(proposal_id=proposal.pk, user=writer, kind="minor")
    accept(proposal_id=proposal.pk, user=writer, kind="minor", reason="A point was lost.")

    edition = in_force(fact)
    assert (edition.kind, edition.reason, edition.approved_by) == ("minor", "A point was lost.", "")


def test_who_accepts_on_the_story_of_another_is_the_second_editor(fact, editor, strict):
    proposal = propose(fact, "24 million", "2.4 million")

    accept(proposal_id=proposal.pk, user=editor, kind="minor")

    edition = in_force(fact)
    assert (edition.kind, edition.approved_by, edition.published_by) == (
        "minor",
        "Eve Editor",
        "Eve Editor",
    )


def test_import_is_nobodys_other_eyes(city, editor, strict):
    document = create_document(
        authority=factories.AUTHORITY, section=factories.section(), imported_at=clock.now()
    )
    append_edition(
        document_id=document.pk,
        content=factories.content("Budget", "The bridge costs 24 million."),
        kind="",
        published_by="imported from a page",
        slug="budget",
    )
    proposal = factories.proposal(document, "24 million", "2.4 million")

    with pytest.raises(StealthRefused):
        accept(proposal_id=proposal.pk, user=editor, kind="minor")
    edition = accept(proposal_id=proposal.pk, user=editor, reason="Nobody saw it.").edition

    assert edition.approved_by == ""


@pytest.mark.parametrize("own", ["proposal", "words"])
def test_nobody_approves_own_words(fact, editor, strict, own):
    proposal = propose(
        fact, "24 million", "2.4 million", proposer=editor if own == "proposal" else None
    )
    wanted = "240 million" if own == "words" else None

    with pytest.raises(StealthRefused):
        accept(proposal_id=proposal.pk, user=editor, kind="minor", replacement=wanted)


# Drafts, schedules, locks, workflows


def test_draft_in_progress_holds_the_correction_too(story, editor):
    writer = factories.administrator("wes@news.example", "Wes Writer")
    draft = story.get_latest_revision_as_object()
    draft.body = body(TEXT + " A new sentence.")
    draft.title = "A new headline"
    draft.edition_kind, draft.edition_note = "update", "Adds a sentence."
    draft.save_revision(user=writer)
    proposal = propose(story)

    accepted = accept(proposal_id=proposal.pk, user=editor)

    assert editions(story)[1] == (2, "correction", MENDED)
    assert in_force(story).headline == "At the helm"
    now = latest(story)
    assert (words(now), now.title) == (MENDED + " A new sentence.", "A new headline")
    assert (now.edition_kind, now.edition_note) == ("update", "Adds a sentence.")
    assert not now.edition_choice_is_stale
    page = StoryPage.objects.get(pk=story.pk)
    assert page.has_unpublished_changes
    assert page.get_latest_revision().user == writer
    (kept,) = accepted.drafts
    assert (kept.is_up_to_date, kept.writer) == (True, "Wes Writer")

    page.get_latest_revision().publish()
    assert editions(story)[2] == (3, "update", MENDED + " A new sentence.")


def test_draft_with_other_words_is_kept_and_the_editor_is_told(story, editor):
    mine = TEXT.replace("outgoing CEO", "old and weary captain of the ship")
    revise(story, mine, "update", "My note.")
    proposal = propose(story)

    accepted = accept(proposal_id=proposal.pk, user=editor)

    assert editions(story)[1] == (2, "correction", MENDED)
    now = latest(story)
    assert words(now) == mine
    assert now.edition_note == "My note."
    (kept,) = accepted.drafts
    assert not kept.is_up_to_date
    assert kept.story_words == "charismatic CEO"
    assert "captain" in kept.draft_words or kept.draft_words == ""


def test_draft_that_has_the_correction_already_is_kept(story, editor):
    revise(story, MENDED)
    proposal = propose(story)

    accepted = accept(proposal_id=proposal.pk, user=editor)

    assert [kept.is_up_to_date for kept in accepted.drafts] == [True]
    assert words(latest(story)) == MENDED


def schedule(page: StoryPage, text: str) -> dt.datetime:
    at = clock.to_the_second(clock.now() + dt.timedelta(hours=1))
    draft = page.get_latest_revision_as_object()
    draft.body, draft.go_live_at = body(text), at
    draft.edition_kind, draft.edition_note = "update", "Adds."
    draft.save_revision().publish()
    return at


def scheduled(page: StoryPage) -> list[Revision]:
    return list(page.revisions.filter(approved_go_live_at__isnull=False))


def test_scheduled_publication_keeps_its_date_and_holds_the_correction(story, editor):
    at = schedule(story, TEXT + " More.")
    proposal = propose(story)

    accepted = accept(proposal_id=proposal.pk, user=editor)

    assert editions(story)[1] == (2, "correction", MENDED)
    (revision,) = scheduled(story)
    assert revision.approved_go_live_at == at
    assert [kept.go_live_at for kept in accepted.drafts] == [at]
    revision.approved_go_live_at = clock.now() - dt.timedelta(minutes=1)
    revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
    revision.save()
    assert publish_due() == 1
    assert editions(story)[2] == (3, "update", MENDED + " More.")


def test_scheduled_publication_that_would_undo_the_correction_loses_its_date_aloud(story, editor):
    mine = TEXT.replace("outgoing CEO", "old and weary captain of the ship")
    at = schedule(story, mine)
    proposal = propose(story)

    accepted = accept(proposal_id=proposal.pk, user=editor)

    assert scheduled(story) == []
    (kept,) = accepted.drafts
    assert (kept.is_up_to_date, kept.lost_date) == (False, at)
    assert words(latest(story)) == mine


def test_lock_of_somebody_else_is_respected(story, editor):
    other = factories.administrator("wes@news.example", "Wes Writer")
    StoryPage.objects.filter(pk=story.pk).update(
        locked=True, locked_by=other, locked_at=clock.now()
    )
    proposal = propose(story)

    with pytest.raises(DecisionRefused, match=r"locked.*by.*Wes Writer"):
        accept(proposal_id=proposal.pk, user=editor)

    accept(proposal_id=proposal.pk, user=other)
    assert StoryPage.objects.get(pk=story.pk).locked


def workflow_on(page: StoryPage, user) -> WorkflowState:
    task = GroupApprovalTask.objects.create(name="Read")
    workflow = Workflow.objects.create(name="Two eyes")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return workflow.start(StoryPage.objects.get(pk=page.pk), user)


def test_workflow_goes_on_with_the_draft_brought_up_to_date(story, editor):
    revise(story, TEXT + " More.", "update", "Adds.")
    workflow_on(story, editor)
    proposal = propose(story)

    accept(proposal_id=proposal.pk, user=editor)

    state = WorkflowState.objects.get()
    assert state.status == WorkflowState.STATUS_IN_PROGRESS
    state.current_task_state.approve(user=editor)
    assert editions(story)[1:] == [(2, "correction", MENDED), (3, "update", MENDED + " More.")]


def test_workflow_of_others_is_respected(story, editor, city):
    from django.contrib.auth.models import Group, Permission

    revise(story, TEXT + " More.", "update", "Adds.")
    workflow_on(story, editor)
    group = Group.objects.create(name="Publishers")
    for name in ("publish_page", "change_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=name)
        GroupPagePermission.objects.create(group=group, page=city, permission=permission)
    publisher = factories.account("pia@news.example", "Pia Publisher")
    publisher.groups.add(group)
    proposal = propose(story)

    with pytest.raises(DecisionRefused, match="Nothing was published"):
        accept(proposal_id=proposal.pk, user=publisher)

    assert len(editions(story)) == 1


def test_what_cannot_be_mended_changes_nothing(story, editor, monkeypatch):
    def refuse(*args, **kwargs):
        raise CannotMend("The words begin inside of a link and end outside of it.")

    monkeypatch.setattr("broadsheet.desk.acceptance.mend", refuse)
    proposal = propose(story)

    with pytest.raises(CannotMend):
        accept(proposal_id=proposal.pk, user=editor)

    assert len(editions(story)) == 1
    assert Proposal.objects.get().is_open


def test_failure_in_the_middle_undoes_everything(story, editor, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError

    monkeypatch.setattr("broadsheet.desk.acceptance.record_acceptance", fail)
    proposal = propose(story)
    revisions = Revision.objects.count()

    with pytest.raises(RuntimeError):
        accept(proposal_id=proposal.pk, user=editor)

    assert len(editions(story)) == 1
    assert words(StoryPage.objects.get(pk=story.pk)) == TEXT
    assert Revision.objects.count() == revisions
    assert verify_record().faults == ()


def test_second_of_two_editors_is_told_who_was_faster(story, editor):
    other = factories.administrator("wes@news.example", "Wes Writer")
    proposal = propose(story)
    accept(proposal_id=proposal.pk, user=other)

    with pytest.raises(ProposalDecided, match="accepted already by Wes Writer"):
        accept(proposal_id=proposal.pk, user=editor)

    assert len(editions(story)) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("root_page")
def test_two_editors_who_accept_at_once_make_one_edition(published):
    page = published("At the helm", TEXT)
    proposal = propose(page)
    editors = [
        factories.administrator(f"{name}@news.example", name.title()) for name in ("ann", "ben")
    ]
    ready = threading.Barrier(2, timeout=20)
    said: list[str] = []

    def press(user) -> None:
        try:
            ready.wait()
            accept(proposal_id=proposal.pk, user=user)
            said.append("accepted")
        except ProposalDecided as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(user,)) for user in editors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)

    proposal.refresh_from_db()
    assert sorted(said) == [
        f"This proposal is accepted already by {proposal.decided_by}.",
        "accepted",
    ]
    assert [number for number, _, _ in editions(page)] == [1, 2]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("root_page")
def test_two_proposals_accepted_at_once_make_two_editions(published, editor):
    page = published("At the helm", TEXT)
    proposals = [propose(page), propose(page, "brief", "long")]
    ready = threading.Barrier(2, timeout=20)
    failed: list[BaseException] = []

    def press(pk: int) -> None:
        try:
            ready.wait()
            accept(proposal_id=pk, user=editor)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(item.pk,)) for item in proposals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)

    assert failed == []
    assert editions(page)[2][2] == MENDED.replace("brief", "long")
    assert verify_record().faults == ()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("root_page")
def test_publishing_in_the_middle_of_an_acceptance_loses_no_words(published, editor):
    page = published("At the helm", TEXT)
    proposal = propose(page)
    draft = revise(page, TEXT + " More.", "update", "Adds.").get_latest_revision()
    ready = threading.Barrier(2, timeout=20)
    refused: list[str] = []
    failed: list[BaseException] = []

    def press(what, refusals) -> None:
        try:
            ready.wait()
            what()
        except refusals as refusal:
            refused.append(str(refusal))
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=press, args=(draft.publish, EditionKindMissing)),
        threading.Thread(
            target=press, args=(lambda: accept(proposal_id=proposal.pk, user=editor), ())
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)

    assert failed == []
    published_texts = [text for _, _, text in editions(page)]
    if refused:
        # The correction came first: the draft was begun before it, and is kept with it.
        assert published_texts == [TEXT, MENDED]
        assert words(latest(page)) == MENDED + " More."
    else:
        assert published_texts == [TEXT, TEXT + " More.", MENDED + " More."]
    assert verify_record().faults == ()
