"""Proposals: made by readers, decided once, told to everybody."""

from __future__ import annotations

import datetime as dt

import pytest
from tests import factories

from broadsheet.corrections.actions import (
    DecisionRefused,
    ProposalDecided,
    decline,
    mark_duplicate,
    propose,
    record_acceptance,
    withdraw,
)
from broadsheet.corrections.drafts import ProposalDraft
from broadsheet.corrections.models import Proposal
from broadsheet.corrections.queries import figures, proposals_by_comment
from broadsheet.discussion.actions import CommentRefused, ThreadNotOpen
from broadsheet.discussion.models import Comment
from broadsheet.record.actions import withdraw_document
from broadsheet.record.placements import MAX_PASSAGE, Pointer
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
FIRST = ("The outgoing CEO spoke abuot phones.", "Nokia agreed to pay 24 million.")
SECOND = ("The charismatic CEO spoke abuot phones.", "Nokia agreed to pay 24 million.")


@pytest.fixture
def document(publication):
    return factories.story("Bridge", *FIRST, slug="bridge")


def make(document, **fields):
    values = {
        "pointer": Pointer(1, "outgoing CEO"),
        "replacement": "charismatic CEO",
        "reason": "He is not leaving.",
        "name": "Lena",
        **fields,
    }
    return propose(document_id=document.pk, draft=ProposalDraft(**values))


def errors(document, **fields) -> dict[str, str]:
    with pytest.raises(CommentRefused) as refusal:
        make(document, **fields)
    assert not Proposal.objects.exists()
    assert not Comment.objects.exists()
    return {error.field: error.message for error in refusal.value.errors}


def publish(document):
    edition = factories.edition(
        document,
        "Bridge",
        *SECOND,
        slug="bridge",
        kind="clarification",
        note="“Outgoing” could be misread.",
        at=factories.MORNING + HOUR,
    )
    document.refresh_from_db()
    return edition


def test_proposal_stands_in_the_thread(document):
    proposal = make(document, source_url="https://news.example/ceo", wants_credit=True).proposal

    assert proposal.comment.kind == "proposal"
    assert proposal.comment.name == "Lena"
    assert proposal.comment.versions.get().text == "He is not leaving."
    assert [link.passage.exact for link in proposal.comment.passages.all()] == ["outgoing CEO"]
    assert document.thread.comment_count == 1
    assert proposal.is_open
    assert verify_record().faults == ()


def test_slip_of_the_pen_goes_to_the_desk_only(document):
    made = make(
        document,
        pointer=Pointer(1, "spoke abuot"),
        replacement="spoke about",
        reason="",
        name="",
        is_typographical=True,
    )

    assert made.proposal.is_typographical
    assert made.proposal.comment is None
    assert not Comment.objects.exists()
    assert verify_record().faults == ()


@pytest.mark.parametrize(
    ("words", "replacement"),
    [
        pytest.param("24 million", "42 million", id="number"),
        pytest.param("Nokia agreed", "Nokai agreed", id="name"),
        pytest.param("outgoing CEO", "charismatic CEO", id="wording"),
    ],
)
def test_what_is_called_typographical_and_is_not_stands_in_the_thread(document, words, replacement):
    proposal = make(
        document, pointer=Pointer(1, words), replacement=replacement, is_typographical=True
    ).proposal

    assert proposal.comment is not None


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        pytest.param({"replacement": "<b>new</b> CEO"}, "replacement", "markup", id="markup"),
        pytest.param({"replacement": "a\x00b"}, "replacement", "U+0000", id="control"),
        pytest.param({"replacement": "outgoing CEO"}, "replacement", "already", id="same"),
        pytest.param({"replacement": "x" * 100_000}, "replacement", f"{MAX_PASSAGE:,}", id="long"),
        pytest.param({"reason": " "}, "reason", "Say why", id="no reason"),
        pytest.param({"name": ""}, "name", "name", id="no name"),
        pytest.param({"source_url": "javascript:alert(1)"}, "source_url", "address", id="source"),
        pytest.param({"source_url": "http://[::1"}, "source_url", "address", id="bracket"),
        pytest.param({"source_url": "http://\u2100/"}, "source_url", "address", id="host"),
        pytest.param({"source_url": "https://a.example/\x00"}, "source_url", "address", id="NUL"),
        pytest.param({"source_url": "https://a.example/\nb"}, "source_url", "address", id="lines"),
        pytest.param(
            {"source_url": "https://\u202ea.example/"}, "source_url", "address", id="turn"
        ),
        pytest.param({"replacement": "a\u202eb"}, "replacement", "U+202E", id="override"),
        pytest.param({"replacement": "\u200b"}, "replacement", "nothing in it", id="unseen"),
        pytest.param({"pointer": Pointer(1, "")}, "exact", "Mark some words", id="no words"),
        pytest.param({"pointer": Pointer(3, "CEO")}, "exact", "no edition 3", id="edition"),
    ],
)
def test_what_cannot_be_proposed_is_refused(document, fields, field, says):
    assert says in errors(document, **fields)[field]


def test_words_that_were_changed_meanwhile_are_not_corrected(document):
    publish(document)

    message = errors(document)["exact"]

    assert "Edition 2 has other words there by now: “charismatic CEO”" in message


def test_nothing_is_proposed_on_a_withdrawn_story(document):
    withdraw_document(document_id=document.pk)

    with pytest.raises(ThreadNotOpen, match="withdrawn"):
        make(document)


def test_nothing_is_proposed_on_a_retracted_story(document):
    headline = document.edition.headline
    factories.edition(document, headline, "Gone.", slug="gone", kind="retraction", note="Wrong.")
    document.refresh_from_db()

    with pytest.raises(ThreadNotOpen, match="retracted"):
        make(document)


def test_same_form_proposes_once(document):
    draft = ProposalDraft(
        Pointer(1, "outgoing CEO"), "charismatic CEO", "Not leaving.", name="Lena"
    )
    made = [
        propose(document_id=document.pk, draft=draft, submission_key="k" * 20) for _ in range(2)
    ]

    assert made[0].proposal == made[1].proposal
    assert made[1].key == ""
    assert document.thread.comment_count == 1


def test_acceptance_names_the_edition_and_settles_what_says_the_same(document):
    first, second, other = (
        make(document).proposal,
        make(document, name="Omar", reason="I think so too.").proposal,
        make(document, name="Ida", replacement="leaving CEO").proposal,
    )
    edition = publish(document)

    record_acceptance(proposal_id=first.pk, edition=edition, by="Ann Lee")

    for proposal in (first, second, other):
        proposal.refresh_from_db()
    assert (first.state, first.edition, first.decided_by) == ("accepted", edition, "Ann Lee")
    assert (second.state, second.duplicate_of) == ("duplicate", first)
    assert other.state == "open"
    assert verify_record().faults == ()


def test_decisions_are_taken_once(document):
    proposal = make(document).proposal
    decline(proposal_id=proposal.pk, by="Ann Lee", reason="He is leaving.")

    with pytest.raises(ProposalDecided, match="declined already by Ann Lee"):
        decline(proposal_id=proposal.pk, by="Ben Moss", reason="No.")
    with pytest.raises(ProposalDecided):
        record_acceptance(proposal_id=proposal.pk, edition=document.edition, by="Ben Moss")

    assert verify_record().faults == ()


def test_declining_needs_a_reason(document):
    with pytest.raises(DecisionRefused, match="Say why"):
        decline(proposal_id=make(document).proposal.pk, by="Ann Lee", reason="  ")


def test_duplicate_of_another_story_or_of_itself_is_refused(document):
    proposal = make(document).proposal
    other = factories.story("Other", *FIRST)
    elsewhere = make(other).proposal

    for of_id in (proposal.pk, elsewhere.pk, 9999):
        with pytest.raises(DecisionRefused):
            mark_duplicate(proposal_id=proposal.pk, of_id=of_id, by="Ann Lee")


def test_only_who_proposed_can_withdraw(document):
    made = make(document)

    with pytest.raises(DecisionRefused, match="Only who proposed"):
        withdraw(proposal_id=made.proposal.pk, key="guess")
    withdraw(proposal_id=made.proposal.pk, key=made.key)

    made.proposal.refresh_from_db()
    assert made.proposal.state == "withdrawn"
    assert made.key not in made.proposal.withdrawal_digest


def test_proposal_is_open_at_moments_before_its_decision(document):
    proposal = make(document).proposal
    before = proposal.proposed_at
    decline(proposal_id=proposal.pk, by="Ann Lee", reason="He is leaving.")

    then = proposals_by_comment([proposal.comment_id], before)[proposal.comment_id]
    now = proposals_by_comment([proposal.comment_id])[proposal.comment_id]

    assert (then.state, then.decision_reason) == ("open", "")
    assert now.state == "declined"


def test_figures_count_states_and_the_median_wait(document):
    for number, hours in enumerate((1, 3, 5)):
        proposal = make(document, name=f"Reader {number}", replacement=f"CEO {number}").proposal
        decline(proposal_id=proposal.pk, by="Ann Lee", reason="No.")
        proposal.refresh_from_db()
        Proposal.objects.filter(pk=proposal.pk).update(
            proposed_at=proposal.decided_at - hours * HOUR
        )
    make(document)

    found = figures()

    assert (found.by_state["declined"], found.by_state["open"], found.total) == (3, 1, 4)
    assert found.median == 3 * HOUR
