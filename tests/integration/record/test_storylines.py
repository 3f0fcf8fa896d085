"""Storylines: what they are called, which stories are on them, and at which moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction
from tests import factories

from broadsheet import clock
from broadsheet.press.counters import place
from broadsheet.press.keys import counters
from broadsheet.record.actions import append_edition, reinstate_document, withdraw_document
from broadsheet.record.erasure import withhold_edition
from broadsheet.record.keys import storyline_key
from broadsheet.record.models import JournalEntry, Storyline, StorylinePlace
from broadsheet.record.storyline_queries import (
    find_storyline,
    line_of,
    lines_with,
    standing_changes,
)
from broadsheet.record.storylines import (
    StorylineRefused,
    change_storyline,
    make_storyline,
    put_on_storylines,
)
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def bridge(publication) -> Storyline:
    return make_storyline(headline="The bridge", standfirst="Will it hold?", by="Eve")


def on(storyline: Storyline, *documents) -> None:
    for document in documents:
        put_on_storylines(document_id=document.pk, storyline_ids=[storyline.pk])


def headlines(line) -> list[str]:
    return [part.headline for part in line.parts]


def entries(document) -> list[tuple[str, str]]:
    found = JournalEntry.objects.filter(document=document).order_by("sequence")
    return list(found.values_list("kind", "reference"))


def say(document, standing: str, basis: str = "Two officials.", **fields) -> None:
    content = replace(document.edition.content, standing=standing, standing_basis=basis)
    slug = document.addresses.get(is_current=True).path.strip("/").rpartition("/")[2]
    append_edition(
        document_id=document.pk,
        content=content,
        kind="update",
        note="Says how sure it is.",
        slug=slug,
        **fields,
    )
    document.refresh_from_db()


def test_stories_stand_in_the_order_of_their_publication(bridge):
    later = factories.story("Report", at=factories.MORNING + HOUR)
    first = factories.story("Lamps")
    last = factories.story("Vote", at=factories.MORNING + 2 * HOUR)

    on(bridge, later, last, first)

    line = line_of(bridge)
    assert headlines(line) == ["Lamps", "Report", "Vote"]
    assert line.parts[0].path == "/2026/09/lamps/"
    assert lines_with(later) == [line]
    assert (line.place_of(later.pk), line.place_of(4711)) == (1, None)


def test_joining_and_leaving_are_entries_of_the_storys_journal(bridge):
    story = factories.story("Lamps")
    other = make_storyline(headline="The ferry")

    assert put_on_storylines(document_id=story.pk, storyline_ids=[bridge.pk, other.pk])
    assert not put_on_storylines(document_id=story.pk, storyline_ids=[other.pk, bridge.pk])
    assert put_on_storylines(document_id=story.pk, storyline_ids=[other.pk])
    assert put_on_storylines(document_id=story.pk, storyline_ids=[bridge.pk])

    assert entries(story)[2:] == [
        ("storyline_joined", f"storyline/{bridge.pk}"),
        ("storyline_joined", f"storyline/{other.pk}"),
        ("storyline_left", f"storyline/{bridge.pk}"),
        ("storyline_left", f"storyline/{other.pk}"),
        ("storyline_joined", f"storyline/{bridge.pk}"),
    ]
    assert verify_record().faults == ()


def test_verification_finds_a_place_that_the_journal_does_not_know(bridge):
    story = factories.story("Lamps")
    StorylinePlace.objects.create(storyline=bridge, document=story, since=clock.now())

    [fault] = verify_record().faults

    assert fault.problem == f"when it stood on storyline/{bridge.pk} is not what the journal says"


def test_past_moment_shows_the_storyline_as_it_stood(publication):
    at = [factories.MORNING + number * HOUR for number in range(6)]
    bridge = make_storyline(headline="The lamps", at=at[0])
    first = factories.story("Lamps", at=at[0])
    second = factories.story("Report", at=at[1])
    put_on_storylines(document_id=first.pk, storyline_ids=[bridge.pk], at=at[1])
    put_on_storylines(document_id=second.pk, storyline_ids=[bridge.pk], at=at[2])
    say(first, "rumour", at=at[3])
    put_on_storylines(document_id=first.pk, storyline_ids=[], at=at[4])
    change_storyline(storyline_id=bridge.pk, headline="The bridge", slug="the-bridge")
    bridge.refresh_from_db()

    then = [line_of(bridge, moment) for moment in at]

    assert [headlines(line) for line in then] == [
        [],
        ["Lamps"],
        ["Lamps", "Report"],
        ["Lamps", "Report"],
        ["Report"],
        ["Report"],
    ]
    assert {line.headline for line in then} == {"The lamps"}
    assert {line.path for line in then} == {"/storyline/the-bridge/"}
    assert [line.parts[0].standing for line in then[1:4]] == ["", "", "rumour"]
    assert line_of(bridge).headline == "The bridge"
    assert [line.headline for line in lines_with(first, at[2])] == ["The lamps"]
    assert lines_with(first) == []


def test_withdrawn_story_is_left_out_until_it_is_reinstated(bridge):
    first, second = factories.story("Lamps"), factories.story("Report", at=clock.now())
    on(bridge, first, second)

    withdraw_document(document_id=first.pk)
    assert headlines(line_of(bridge)) == ["Report"]
    reinstate_document(document_id=first.pk)
    assert headlines(line_of(bridge)) == ["Lamps", "Report"]


def test_slug_leads_on_after_it_was_changed(bridge):
    change_storyline(
        storyline_id=bridge.pk, headline="The bridge", standfirst="Will it hold?", slug="bridge"
    )

    found = find_storyline("the-bridge")
    assert found == find_storyline("bridge") == bridge
    assert found.slug == "bridge"
    assert bridge.wordings.count() == 1
    assert find_storyline("nothing") is None
    with pytest.raises(StorylineRefused, match="stands or stood at /storyline/the-bridge/"):
        make_storyline(headline="Another", slug="the-bridge")
    change_storyline(storyline_id=bridge.pk, headline="The bridge", slug="the-bridge")
    assert find_storyline("bridge").slug == "the-bridge"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"headline": " "}, "headline"),
        ({"headline": "x" * 121}, "headline"),
        ({"standfirst": "x" * 601}, "standfirst"),
        ({"slug": "no/slash"}, "slug"),
        ({"slug": "x" * 81}, "slug"),
    ],
)
def test_what_a_storyline_cannot_be_called(publication, fields, field):
    with pytest.raises(StorylineRefused) as refused:
        make_storyline(**{"headline": "The bridge", **fields})

    assert refused.value.field == field
    assert not Storyline.objects.exists()


def test_address_is_made_from_the_headline_and_free(publication):
    made = [make_storyline(headline="The bridge").slug for _ in range(3)]

    assert made == ["the-bridge", "the-bridge-2", "the-bridge-3"]


def test_change_of_standing_is_told_once_whatever_it_rests_on(publication):
    story = factories.story("Lamps")
    for hours, standing in enumerate(["", "rumour", "rumour", "confirmed", "confirmed"], 1):
        say(story, standing, standing and f"Source {hours}.", at=factories.MORNING + hours * HOUR)
    say(story, "", "", at=factories.MORNING + 9 * HOUR)

    told = standing_changes([story.pk])[story.pk]

    assert [(each.number, each.standing, each.basis) for each in told] == [
        (3, "rumour", "Source 2."),
        (5, "confirmed", "Source 4."),
        (7, "", ""),
    ]
    assert len(standing_changes([story.pk], factories.MORNING + 2 * HOUR)[story.pk]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_cost_is_a_fixed_number_of_statements(bridge, django_assert_num_queries, count):
    stories = [factories.story(f"Story {number}") for number in range(count)]
    on(bridge, *stories)
    now = clock.now()

    for at in (None, now):
        with django_assert_num_queries(1):
            assert len(lines_with(stories[0], at)[0].parts) == count
        with django_assert_num_queries(1):
            line_of(bridge, at)
        with django_assert_num_queries(1):
            standing_changes([story.pk for story in stories], at)


@pytest.mark.parametrize(
    "change",
    [
        lambda story: say(story, "confirmed"),
        lambda story: withdraw_document(document_id=story.pk),
        lambda story: put_on_storylines(document_id=story.pk, storyline_ids=[]),
        lambda story: change_storyline(
            storyline_id=Storyline.objects.get().pk, headline="Bridges", slug="bridges"
        ),
    ],
)
def test_what_a_storyline_shows_changes_its_key(bridge, change):
    story = factories.story("Lamps")
    on(bridge, story)
    before = counters().read([place(storyline_key(bridge.pk))])

    change(story)

    assert counters().read([place(storyline_key(bridge.pk))]) != before


def test_words_erased_by_law_are_gone_from_the_storyline_at_every_moment(bridge):
    story = factories.story("A libel")
    put_on_storylines(document_id=story.pk, storyline_ids=[bridge.pk], at=factories.MORNING + HOUR)
    say(story, "rumour", "A slander.", at=factories.MORNING + 2 * HOUR)
    factories.edition(story, "Lamps", slug="a-libel", at=factories.MORNING + 3 * HOUR)
    withdrawals = counters().read_withdrawals([place(storyline_key(bridge.pk))])

    for number in (1, 2):
        withhold_edition(edition_id=story.editions.get(number=number).pk, reason="A court says so.")

    then = line_of(bridge, factories.MORNING + 2 * HOUR)
    assert (headlines(then), then.parts[0].standing) == (["[removed by law]"], "")
    assert standing_changes([story.pk])[story.pk] == []
    assert counters().read_withdrawals([place(storyline_key(bridge.pk))]) != withdrawals


def test_comment_leaves_the_storyline_as_it_is(bridge):
    story = factories.story("Lamps")
    on(bridge, story)
    before = counters().read([place(storyline_key(bridge.pk))])

    factories.comment(story)

    assert counters().read([place(storyline_key(bridge.pk))]) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda: StorylinePlace.objects.update(since=clock.now()),
        lambda: StorylinePlace.objects.update(until=None),
    ],
)
def test_database_keeps_where_a_story_stood(bridge, change):
    story = factories.story("Lamps")
    on(bridge, story)
    put_on_storylines(document_id=story.pk, storyline_ids=[])

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        change()
