"""The inbox of proposals, the panel in the editor, and the form that was opened before an edition."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from tests import factories
from tests.integration.desk.conftest import form_data, revise
from tests.integration.desk.test_publishing import editions
from wagtail.models import GroupPagePermission

from broadsheet.corrections.actions import decline
from broadsheet.corrections.models import Proposal
from broadsheet.desk.acceptance import accept
from broadsheet.desk.mending import CannotMend
from broadsheet.desk.models import StoryPage

TEXT = "The outgoing CEO spoke in the hall on the market. He was verry brief."
MENDED = TEXT.replace("outgoing", "charismatic")


@pytest.fixture
def story(published):
    return published("At the helm", TEXT)


def propose(page: StoryPage, exact: str = "outgoing CEO", to: str = "charismatic CEO", **fields):
    return factories.proposal(page.document, exact, to, **fields)


def inbox(client, query: str = "") -> str:
    return client.get(reverse("desk_proposals") + query).content.decode()


def decide(client, how: str, proposal: Proposal, **fields):
    return client.post(reverse(f"desk_proposal_{how}", args=[proposal.pk]), fields)


def edit(page: StoryPage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def publisher(section, *names: str):
    """Somebody with rights on the pages of a section, and the right to decide."""
    group = Group.objects.create(name="Publishers")
    for name in names:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=name)
        GroupPagePermission.objects.create(group=group, page=section, permission=permission)
    for label, name in (("wagtailadmin", "access_admin"), ("corrections", "change_proposal")):
        group.permissions.add(Permission.objects.get(content_type__app_label=label, codename=name))
    account = factories.account("pia@news.example", "Pia Publisher")
    account.groups.add(group)
    return account


# The inbox


def test_inbox_shows_the_words_in_their_place_with_the_difference(desk, story):
    propose(story, source_url="https://source.example/minutes", reason="He <b>leads</b>.")

    page = inbox(desk)

    assert re.search(r"<del><span[^>]*>taken out: </span>outgoing</del>", page)
    assert re.search(r"<ins><span[^>]*>put in: </span>charismatic</ins> CEO spoke", page)
    assert 'href="https://source.example/minutes"' in page
    assert "He &lt;b&gt;leads&lt;/b&gt;." in page
    assert "Lena" in page


def test_inbox_has_open_quiet_and_decided_ones_apart(desk, story):
    propose(story)
    propose(story, "verry", "very", is_typographical=True)
    declined = propose(story, "hall", "house")
    decline(proposal_id=declined.pk, by="Eve", reason="It is a hall.")

    shown = {
        tab: re.findall(r'id="proposal-(\d+)"', inbox(desk, f"?state={tab}"))
        for tab in ("open", "quiet", "decided", "", "nonsense")
    }

    first, second, third = (str(pk) for pk in Proposal.objects.values_list("pk", flat=True))
    assert shown == {
        "open": [first],
        "quiet": [second],
        "decided": [third],
        "": [first],
        "nonsense": [first],
    }
    assert "It is a hall." in inbox(desk, "?state=decided")


def test_inbox_says_what_stands_where_the_words_were_changed(desk, story):
    proposal = propose(story)
    revise(story, TEXT.replace("outgoing CEO", "retiring CEO"), "update", "New.")
    StoryPage.objects.get(pk=story.pk).get_latest_revision().publish()

    page = inbox(desk)

    assert "The words were changed since" in page
    assert "retiring" in page
    assert reverse("desk_proposal_accept", args=[proposal.pk]) not in page
    assert reverse("desk_proposal_decline", args=[proposal.pk]) in page


def test_inbox_suggests_duplicates(desk, story):
    first, second = propose(story), propose(story, "outgoing", "retiring", name="Max")
    propose(story, "market", "square", name="Zoe")

    page = desk.get(reverse("desk_proposal", args=[second.pk])).content.decode()

    others = page.split("Others about these words:")[1].split("</p>")[0]
    assert reverse("desk_proposal", args=[first.pk]) in others
    assert "Zoe" not in others


@pytest.mark.parametrize("number", [1, 3])
def test_inbox_takes_a_fixed_number_of_statements(
    desk, published, django_assert_num_queries, number
):
    for each in range(number):
        propose(published(f"Story {each}", TEXT))
    inbox(desk)

    with django_assert_num_queries(15):
        inbox(desk)


def test_inbox_is_read_by_pages(desk, story, monkeypatch):
    monkeypatch.setattr("broadsheet.desk.proposals.PER_PAGE", 2)
    for word in ("hall", "market", "brief"):
        propose(story, word, f"other {word}")

    first, second = inbox(desk), inbox(desk, "?state=open&p=2")

    assert (first.count("<article"), second.count("<article")) == (2, 1)
    assert "Page 2 of 2" in second


def test_stranger_sees_and_decides_nothing(client, stranger, story):
    proposal = propose(story)
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)

    assert client.get(reverse("desk_proposals")).status_code == 302
    for how in ("accept", "decline", "duplicate", "open"):
        decide(client, how, proposal, reason="No.", of="1")

    proposal.refresh_from_db()
    assert proposal.is_open
    assert len(editions(story)) == 1


def test_who_may_decide_but_not_publish_can_decline_only(client, city, story):
    client.force_login(publisher(city, "change_page"))
    proposal = propose(story)

    page = inbox(client)
    decide(client, "accept", proposal)

    assert reverse("desk_proposal_accept", args=[proposal.pk]) not in page
    assert "right to publish" in page
    assert len(editions(story)) == 1
    decide(client, "decline", proposal, reason="No.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("declined", "Pia Publisher")


def test_publisher_of_the_section_can_accept(client, city, story):
    client.force_login(publisher(city, "change_page", "publish_page"))
    proposal = propose(story)

    assert reverse("desk_proposal_accept", args=[proposal.pk]) in inbox(client)
    decide(client, "accept", proposal)

    assert editions(story)[1] == (2, "correction", MENDED)


# Decisions


def test_one_click_accepts(editor, story):
    proposal = propose(story)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    page = inbox(browser)
    form = re.search(r'(?s)<form class="desk-accept".*?</form>', page)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))

    answer = browser.post(reverse("desk_proposal_accept", args=[proposal.pk]), fields, follow=True)

    assert answer.redirect_chain == [(reverse("desk_proposals"), 302)]
    said = answer.content.decode()
    assert "Accepted: edition 2 of" in said
    assert "spotted by Lena" in said
    assert editions(story)[1] == (2, "correction", MENDED)


def test_fields_as_they_are_shown_accept_the_proposal_as_it_is(desk, story):
    proposal = propose(story)

    decide(
        desk,
        "accept",
        proposal,
        kind="minor",
        replacement="charismatic CEO",
        note="An earlier version of this story said “outgoing CEO”. It now says “charismatic CEO”.",
        reason="",
        credit="on",
    )

    edition = StoryPage.objects.get(pk=story.pk).document.edition
    assert (edition.kind, edition.note, edition.credit) == ("minor", "", "Lena")
    proposal.refresh_from_db()
    assert proposal.state == "accepted"


def test_note_that_was_left_follows_the_words_that_were_changed(desk, story):
    proposal = propose(story)

    decide(
        desk,
        "accept",
        proposal,
        kind="correction",
        replacement="departing CEO",
        note="An earlier version of this story said “outgoing CEO”. It now says “charismatic CEO”.",
    )

    edition = StoryPage.objects.get(pk=story.pk).document.edition
    assert edition.note.endswith("It now says “departing CEO”.")
    assert edition.credit == ""


def test_refusal_of_the_record_is_shown_in_the_form_and_nothing_is_lost(desk, story, monkeypatch):
    monkeypatch.setattr("broadsheet.record.rules.is_late", lambda *args: True)
    proposal = propose(story)

    answer = decide(
        desk,
        "accept",
        proposal,
        kind="correction",
        replacement="departing CEO",
        note="My own note.",
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "why it comes so late" in page
    assert "My own note." in page
    assert "departing CEO" in page
    assert "<details open>" in page
    assert len(editions(story)) == 1
    decide(desk, "accept", proposal, kind="correction", replacement="departing CEO", reason="Now.")
    assert StoryPage.objects.get(pk=story.pk).document.edition.reason == "Now."


def test_unknown_kind_is_refused_in_the_form(desk, story):
    answer = decide(desk, "accept", propose(story), kind="retraction", replacement="x")

    assert answer.status_code == 422
    assert len(editions(story)) == 1


def test_second_editor_is_told_who_was_faster(desk, story):
    proposal = propose(story)
    accept(proposal_id=proposal.pk, user=factories.administrator("w@news.example", "Wes"))

    answer = decide(desk, "accept", proposal)

    assert answer.status_code == 422
    assert "accepted already by Wes" in answer.content.decode()


def test_what_cannot_be_mended_opens_the_editor_with_the_words_marked(desk, story, monkeypatch):
    def refuse(*args, **kwargs):
        raise CannotMend("The words begin inside of a link.")

    monkeypatch.setattr("broadsheet.desk.acceptance.mend", refuse)
    proposal = propose(story)

    answer = desk.post(reverse("desk_proposal_accept", args=[proposal.pk]), follow=True)

    assert answer.redirect_chain == [(f"{edit(story)}?proposal={proposal.pk}", 302)]
    page = answer.content.decode()
    assert "The words begin inside of a link." in page
    assert 'data-exact="outgoing CEO"' in page
    assert len(editions(story)) == 1


def test_editor_is_told_of_a_draft_with_other_words(desk, story):
    revise(story, TEXT.replace("outgoing CEO", "old and weary captain of the ship"))
    proposal = propose(story)

    answer = desk.post(reverse("desk_proposal_accept", args=[proposal.pk]), follow=True)

    assert "was left as it is" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "status", "state"),
    [({"reason": " "}, 422, "open"), ({"reason": "It is a hall."}, 302, "declined")],
    ids=["without-reason", "with-reason"],
)
def test_declining_takes_a_reason(desk, story, fields, status, state):
    proposal = propose(story)

    answer = decide(desk, "decline", proposal, **fields)

    proposal.refresh_from_db()
    assert (answer.status_code, proposal.state) == (status, state)


def test_duplicate_names_the_other(desk, story, published):
    first, second = propose(story), propose(story, "outgoing", "retiring")
    elsewhere = propose(published("Elsewhere", TEXT))

    refused = decide(desk, "duplicate", second, of=str(elsewhere.pk))
    decide(desk, "duplicate", second, of=str(first.pk))

    second.refresh_from_db()
    assert refused.status_code == 422
    assert (second.state, second.duplicate_of) == ("duplicate", first)


def test_decision_leads_back_to_where_it_was_taken_and_nowhere_else(desk, story):
    first, second = propose(story), propose(story, "hall", "house")

    back = decide(desk, "decline", first, reason="No.", next=edit(story))
    away = decide(desk, "decline", second, reason="No.", next="https://evil.example/")

    assert (back.url, away.url) == (edit(story), reverse("desk_proposals"))


def test_withdrawn_story_says_why_nothing_can_be_accepted(desk, story):
    proposal = propose(story)
    story.unpublish()

    page = inbox(desk)
    answer = decide(desk, "accept", proposal)

    assert "The story was withdrawn." in page
    assert reverse("desk_proposal_accept", args=[proposal.pk]) not in page
    assert answer.status_code == 422


def test_story_without_a_page_is_opened_with_one(desk, city):
    document = factories.story("At the helm", TEXT)
    proposal = factories.proposal(document, "outgoing CEO", "charismatic CEO")

    page = inbox(desk)
    answer = decide(desk, "open", proposal)

    assert reverse("desk_proposal_open", args=[proposal.pk]) in page
    made = StoryPage.objects.get(document=document)
    assert answer.url == f"{edit(made)}?proposal={proposal.pk}"


# The first page, the menu, the panel in the editor


def test_first_page_and_menu_count_what_waits(desk, story):
    before = desk.get(reverse("wagtailadmin_home")).content.decode()
    propose(story)
    propose(story, "hall", "house")

    after = desk.get(reverse("wagtailadmin_home")).content.decode()

    assert "Proposed corrections" not in before
    assert "Proposed corrections" in after
    assert "Proposals (2)" in after


def test_panel_stands_beside_the_text_and_holds_no_form(desk, story):
    proposal = propose(story)

    page = desk.get(edit(story)).content.decode()

    form = page.split('id="page-edit-form"')[1].split("</form>")[0]
    assert "1 open proposal of readers" in form
    assert f'data-proposal-accept="/desk/proposals/{proposal.pk}/accept/"' in form
    assert "<form" not in form
    assert re.search(r'src="/static/desk/proposals[.\w]*\.js"', page)


def test_panel_is_not_shown_where_nothing_is_proposed(desk, story, published):
    propose(published("Elsewhere", TEXT))

    assert "open proposal" not in desk.get(edit(story)).content.decode()


@pytest.mark.parametrize("number", ["x", "0", "9" * 30, "²"])
def test_proposal_that_is_not_of_the_story_marks_nothing(desk, story, number):
    answer = desk.get(f"{edit(story)}?proposal={number}")

    assert answer.status_code == 200
    assert "data-proposal-named" not in answer.content.decode()


# The form that was opened before an edition


def loaded(desk, page: StoryPage) -> str:
    shown = desk.get(edit(page)).content.decode()
    return re.search(r'name="loaded_edition" value="(\d+)"', shown)[1]


def publish(desk, page: StoryPage, edition: str, text: str = "My own text.", **fields):
    data = form_data(
        page,
        text,
        loaded_edition=edition,
        edition_kind="update",
        edition_note="My note.",
        **{"action-publish": "x", **fields},
    )
    return desk.post(edit(page), data)


def test_form_opened_before_a_correction_is_refused_once(desk, story, editor):
    number = loaded(desk, story)
    accept(proposal_id=propose(story).pk, user=editor)

    answer = publish(desk, story, number)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Edition 2 came out while you had edition 1 open" in page
    assert re.search(r"<del><span[^>]*>taken out: </span>outgoing</del>", page)
    assert "changes/?from=1&amp;to=2" in page
    assert "My own text." in page
    assert "My note." in page
    assert len(editions(story)) == 2
    again = re.search(r'name="loaded_edition" value="(\d+)"', page)[1]
    assert publish(desk, story, again).status_code == 302
    assert editions(story)[2] == (3, "update", "My own text.")


def test_form_of_the_edition_in_force_publishes(desk, story):
    assert publish(desk, story, loaded(desk, story)).status_code == 302

    assert len(editions(story)) == 2


def test_form_opened_before_a_correction_is_not_sent_to_a_workflow(desk, story, editor):
    number = loaded(desk, story)
    accept(proposal_id=propose(story).pk, user=editor)

    answer = publish(desk, story, number, **{"action-publish": "", "action-submit": "x"})

    assert "came out while you had" in answer.content.decode()


def test_draft_of_a_form_opened_before_a_correction_is_saved_with_a_warning(desk, story, editor):
    number = loaded(desk, story)
    accept(proposal_id=propose(story).pk, user=editor)

    data = form_data(story, "My own text.", loaded_edition=number)
    answer = desk.post(edit(story), data, follow=True)

    page = answer.content.decode()
    assert "it was begun before edition 2" in page
    draft = StoryPage.objects.get(pk=story.pk).get_latest_revision_as_object()
    assert "My own text." in str(draft.body)
    assert len(editions(story)) == 2


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_form_that_does_not_know_its_edition_is_no_error(desk, story, number):
    assert publish(desk, story, number).status_code in (200, 302)
