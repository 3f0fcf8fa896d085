"""Appending editions: numbers, seconds, kinds, addresses, and what protects them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from tests import factories

from broadsheet.record import actions
from broadsheet.record.models import Address, Document, Edition
from broadsheet.record.models.editions import EditionIsImmutable
from broadsheet.record.queries import edition_at, editions_in_force
from broadsheet.record.signals import edition_published

pytestmark = pytest.mark.django_db


def test_first_edition_is_the_original(publication):
    document = factories.story("Bridge")

    edition = document.edition
    assert (edition.number, edition.kind) == (1, "original")
    assert edition.canonical_text == "The council voted on Monday.\n\nWork starts in spring."
    assert edition.body_html.startswith('<p id="b-b1">The council voted')
    assert document.first_published_at == factories.MORNING
    assert document.urn == f"tag:news.example,2026:story/{document.pk}"


@pytest.mark.parametrize(
    ("kind", "note", "refusal"),
    [
        ("", "", actions.EditionKindMissing),
        ("original", "", actions.EditionRefused),
        ("nonsense", "x", actions.EditionRefused),
        ("correction", "", actions.EditionNoteMissing),
        ("correction", "   ", actions.EditionNoteMissing),
        ("clarification", "", actions.EditionNoteMissing),
        ("update", "", actions.EditionNoteMissing),
        ("editors_note", "", actions.EditionNoteMissing),
        ("retraction", "", actions.EditionNoteMissing),
    ],
)
def test_second_edition_must_say_what_it_is(publication, kind, note, refusal):
    document = factories.story()

    with pytest.raises(refusal):
        factories.edition(document, kind=kind, note=note)

    assert Edition.objects.count() == 1


def test_first_edition_cannot_be_a_correction(publication):
    document = actions.create_document(authority="a,2026", section=None)

    with pytest.raises(actions.EditionRefused):
        factories.edition(document, kind="correction", note="x")


def test_two_editions_never_share_a_second(publication):
    document = factories.story(at=factories.MORNING)

    second = factories.edition(document, at=factories.MORNING)
    third = factories.edition(document, at=factories.MORNING + dt.timedelta(milliseconds=400))

    assert second.published_at == factories.MORNING + dt.timedelta(seconds=1)
    assert third.published_at == factories.MORNING + dt.timedelta(seconds=2)


def test_edition_in_force_at_a_moment(publication):
    document = factories.story("One", at=factories.MORNING)
    hour = dt.timedelta(hours=1)
    factories.edition(document, "Two", at=factories.MORNING + hour)
    document.refresh_from_db()

    moments = [factories.MORNING - hour, factories.MORNING, factories.MORNING + hour / 2]
    moments += [factories.MORNING + hour, None]

    assert [getattr(edition_at(document, at), "headline", None) for at in moments] == [
        None,
        "One",
        "One",
        "Two",
        "Two",
    ]


def test_stories_in_force_at_a_moment(publication, django_assert_num_queries):
    hour = dt.timedelta(hours=1)
    old = factories.story("Old", at=factories.MORNING)
    factories.edition(old, "Old, again", at=factories.MORNING + 2 * hour)
    factories.story("New", at=factories.MORNING + hour)

    def headlines(at):
        return [edition.headline for edition in editions_in_force(at)]

    assert headlines(None) == ["New", "Old, again"]
    assert headlines(factories.MORNING + hour) == ["New", "Old"]
    assert headlines(factories.MORNING) == ["Old"]
    assert headlines(factories.MORNING - hour) == []
    with django_assert_num_queries(2):
        list(editions_in_force())


def test_edition_cannot_be_changed_by_the_model(publication):
    edition = factories.story().edition

    with pytest.raises(EditionIsImmutable):
        edition.save()
    with pytest.raises(EditionIsImmutable):
        edition.delete()


def test_slug_change_keeps_the_old_address(publication):
    document = factories.story(slug="one")
    factories.edition(document, slug="two")
    factories.edition(document, slug="one")

    addresses = Address.objects.filter(document=document).order_by("pk")
    assert [(each.path, each.is_current) for each in addresses] == [
        ("/2026/09/one/", True),
        ("/2026/09/two/", False),
    ]


def test_taken_address_is_refused_and_nothing_is_left(publication):
    factories.story(slug="one")
    document = actions.create_document(authority="a,2026", section=None)

    with pytest.raises(actions.AddressTaken, match="/2026/09/one/"):
        factories.edition(document, slug="one", kind="", at=factories.MORNING)

    assert Edition.objects.filter(document=document).count() == 0
    assert Document.objects.get(pk=document.pk).head_sequence == 0


def test_free_slug_appends_a_number(publication):
    factories.story(slug="one")
    factories.story("Other", slug="one-2")

    assert actions.free_slug("one", first_published_at=factories.MORNING) == "one-3"


def test_announced_after_the_commit(publication, django_capture_on_commit_callbacks):
    announced = []

    def listen(sender, edition, **kwargs):
        announced.append(edition.number)

    edition_published.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True) as callbacks:
            factories.story()
            before_commit = list(announced)
    finally:
        edition_published.disconnect(listen)

    assert before_commit == []
    assert callbacks
    assert announced == [1]


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"number": 1, "kind": "minor"}, "first_is_original"),
        ({"number": 2, "kind": "correction", "note": ""}, "note_where_due"),
        ({"number": 2, "kind": "nonsense"}, "kind_known"),
    ],
)
def test_database_holds_the_rules(publication, fields, constraint):
    document = factories.story()
    values = {
        "document": document,
        "published_at": factories.MORNING + dt.timedelta(days=1),
        "headline": "H",
        "content_data": {},
        "digest": "",
        **fields,
    }
    if fields["number"] == 1:
        values["document"] = actions.create_document(authority="a,2026", section=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.bulk_create([Edition(**values)])

    assert connection.is_usable()


def correct(document, *paragraphs, days, reason=""):
    return factories.edition(
        document,
        "Bridge",
        *paragraphs,
        kind="correction",
        note="It was wrong.",
        reason=reason,
        at=factories.MORNING + dt.timedelta(days=days),
    )


def test_old_words_are_old_whatever_was_published_since(publication):
    document = factories.story("Bridge", "It cosst 24 million.", "Work starts in May.")
    day = dt.timedelta(days=1)
    for text, after in (("Work starts in June.", 39), ("Work starts in July.", 40)):
        factories.edition(
            document, "Bridge", "It costs 24 million.", text, at=factories.MORNING + after * day
        )

    # The sum stands there since the first day, though the sentence around it was mended.
    with pytest.raises(actions.LateReasonMissing):
        correct(document, "It costs 2.4 million.", "Work starts in July.", days=41)
    # The month is new.
    correct(document, "It costs 24 million.", "Work starts in August.", days=41)
    late = correct(
        document, "It costs 2.4 million.", "Work starts in August.", days=42, reason="Found today."
    )

    assert late.reason == "Found today."


@pytest.mark.parametrize("kind", ["minor", "clarification", "editors_note"])
def test_retracted_text_does_not_come_back_unnoticed(publication, kind):
    document = factories.story("Bridge", slug="bridge")
    factories.edition(document, "Bridge", slug="bridge", kind="retraction", note="It was untrue.")

    with pytest.raises(actions.EditionRefused, match="was retracted"):
        factories.edition(document, "Bridge", slug="bridge", kind=kind)

    factories.edition(document, "Bridge", slug="bridge", kind="update", note="It was true.")
