"""A saved page becomes a story with its thread; twice changes nothing; nothing is made up."""

from __future__ import annotations

import pytest
from tests import factories
from tests.shared_fixtures import ROOT, shared_files

from broadsheet.desk.adoption import adopt_document, front_page
from broadsheet.desk.editions import content_of
from broadsheet.desk.models import StoryPage
from broadsheet.discussion.enums import AliasState
from broadsheet.discussion.models import AuthorAlias, Comment
from broadsheet.record.models import Author, Document, Edition, JournalEntry
from broadsheet.record.verify import verify_record
from broadsheet.transfer.capture import read_capture
from broadsheet.transfer.importing import ImportRefused, import_capture

pytestmark = pytest.mark.django_db
SAMPLE = ROOT / "tests/samples/bridge.txt"


@pytest.fixture(autouse=True)
def _desk(publication):
    front_page()


def bring(path=SAMPLE, **options):
    return import_capture(
        read_capture(path.read_bytes(), filename=path.name),
        source=path.name,
        authority=factories.AUTHORITY,
        **{"adopt": adopt_document, **options},
    )


def test_page_becomes_a_story_with_its_thread():
    report = bring()

    document = Document.objects.get()
    assert (report.added_documents, report.added_comments, report.claimed_comments) == (1, 5, 5)
    assert document.edition.headline == "Council sets bridge budget"
    assert document.edition.standfirst == "Nine votes to four"
    assert document.first_published_at.isoformat() == "2026-09-01T08:00:00+00:00"
    assert report.path == "/2026/09/council-sets-bridge-budget/"
    thread = [
        (comment.name, comment.parent.name if comment.parent else None, comment.posted_at)
        for comment in Comment.objects.order_by("sequence")
    ]
    assert thread == [
        ("Lena Moss", None, None),
        ("Ann L", "Lena Moss", None),
        ("Lena Moss", "Lena Moss", None),
        ("", None, None),
        ("Piet", None, None),
    ]
    assert verify_record().faults == ()


def test_same_file_twice_changes_nothing():
    bring()
    before = list(JournalEntry.objects.values_list("pk", flat=True))

    again = bring()

    assert (again.added_documents, again.added_comments) == (0, 0)
    assert list(JournalEntry.objects.values_list("pk", flat=True)) == before
    assert (Edition.objects.count(), StoryPage.objects.count(), Author.objects.count()) == (1, 1, 1)


def test_dry_run_changes_nothing_and_says_the_same():
    dry = bring(dry_run=True)

    assert Document.objects.count() == Comment.objects.count() == Author.objects.count() == 0
    assert (dry.documents, dry.comments, dry.added_comments) == (1, 5, 5)


def test_failure_leaves_nothing_half_done():
    def fail(document):
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        bring(adopt=fail)

    assert Document.objects.count() == Comment.objects.count() == 0


def test_likely_author_is_offered_and_decided_once():
    report = bring()
    offered = AuthorAlias.objects.get()

    assert report.aliases_offered == {"Ann L": "Ann Lee"}
    assert (offered.name, offered.author.name, offered.state) == ("Ann L", "Ann Lee", "offered")
    assert Comment.objects.exclude(author=None).count() == 0


def test_alias_given_with_the_import_is_carried_out():
    report = bring(aliases={"Ann L": "Ann Lee"})

    assert report.aliases_accepted == {"Ann L": "Ann Lee"}
    assert AuthorAlias.objects.get().state == AliasState.ACCEPTED
    assert [comment.name for comment in Comment.objects.exclude(author=None)] == ["Ann L"]
    assert verify_record().faults == ()


@pytest.mark.parametrize(
    ("aliases", "says"),
    [({"Nobody": "Ann Lee"}, "Nobody in the thread"), ({"Ann L": "Bob"}, "not in the byline")],
)
def test_alias_that_fits_nobody_is_refused_and_nothing_is_imported(aliases, says):
    with pytest.raises(ImportRefused, match=says):
        bring(aliases=aliases)

    assert Document.objects.count() == 0


def test_imported_story_can_be_edited_at_the_desk():
    bring()
    page = StoryPage.objects.get()
    document = Document.objects.get()

    assert content_of(page) == document.edition.content
    page.title = "Council sets the bridge’s budget"
    page.edition_kind, page.edition_note = "clarification", "Whose budget it is."
    page.save_revision().publish()

    document.refresh_from_db()
    assert (document.edition.number, document.edition.headline) == (2, page.title)
    first, second = Edition.objects.order_by("number")
    assert [block.id for block in first.content.blocks] == [b.id for b in second.content.blocks]


def test_adopting_twice_makes_one_page():
    bring()

    adopt_document(Document.objects.get())

    assert StoryPage.objects.count() == 1
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("path", shared_files("seed/*.txt"), ids=lambda p: p.stem)
def test_the_page_of_2011(path):
    report = bring(path, aliases={"Tom W": "Tom Warren"})

    document = Document.objects.get()
    comments = list(Comment.objects.order_by("sequence"))
    assert document.edition.headline == "Ballmer talks up Nokia Windows Phone 7 partnership"
    assert [name.name for name in document.edition.content.byline] == ["Tom Warren"]
    assert document.first_published_at.isoformat() == "2011-02-11T10:26:00+00:00"
    assert document.edition.standfirst == "Nokia and Microsoft historic partnership"
    assert [block.type for block in document.edition.content.blocks] == ["paragraph"] * 6
    assert len(comments) == report.claimed_comments == 12
    assert [c.name for c in comments if c.parent is None].count("") == 1
    replies = [(c.name, c.parent.name) for c in comments if c.parent]
    assert replies == [
        ("Tom W", "Jamie Thomson"),
        ("Jamie Thomson", "Jamie Thomson"),
        ("EuroSkeptiC", "Steve Jobs"),
        ("Joe05", "J. Ian Irby"),
    ]
    assert [c.name for c in comments if c.author] == ["Tom W"]


@pytest.mark.parametrize("path", shared_files("fixtures/html-captures/*.gz"), ids=lambda p: p.stem)
def test_real_pages_are_imported_whole_and_once(path, client):
    report = bring(path)
    again = bring(path)

    assert report.added_comments == report.comments == Comment.objects.count()
    assert again.added_comments == 0
    assert client.get(report.path).status_code == 200
    assert content_of(StoryPage.objects.get()) == Document.objects.get().edition.content


def test_times_with_offsets_verify(publication):
    import dataclasses
    import datetime as dt

    read = read_capture(SAMPLE.read_bytes(), filename=SAMPLE.name)
    zone = dt.timezone(dt.timedelta(hours=-5))
    first = dataclasses.replace(read.comments[0], posted_at=dt.datetime(2026, 9, 1, 5, tzinfo=zone))

    import_capture(
        dataclasses.replace(read, comments=(first, *read.comments[1:])),
        source="x",
        authority=factories.AUTHORITY,
    )

    assert verify_record().faults == ()


def test_renamed_author_verifies():
    bring(aliases={"Ann L": "Ann Lee"})

    Author.objects.update(slug="renamed", name="Renamed")

    assert verify_record().faults == ()
