"""An edition whose words are removed by law: 451 wherever it stood, and a history that still checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils.http import http_date
from tests import factories
from tests.integration.desk.conftest import root_page  # noqa: F401

from broadsheet.desk.adoption import adopt_document
from broadsheet.discussion.actions import Draft, post_comment
from broadsheet.discussion.models import Comment, CommentPassage
from broadsheet.moderation.deciding import DecisionRefused, Ruling
from broadsheet.moderation.editions import redact_edition
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.models import Decision
from broadsheet.record.actions import append_edition
from broadsheet.record.content import Block
from broadsheet.record.enums import EntryKind
from broadsheet.record.erasure import ErasureRefused, withhold_edition
from broadsheet.record.healing import reconstruct_edition, supersede_note
from broadsheet.record.models import Edition, Erasure, JournalEntry, Passage
from broadsheet.record.pictures import store_picture
from broadsheet.record.placements import Pointer
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db

STORY = "/2026/09/bridge/"
FIRST = "She lives at Plover Lane 5. The council voted on Monday."
SECOND = "She lives nearby. The council voted on Monday."
REASON = "Unlawful use of private data or pictures. 7 C 12/26."
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def document(publication):
    """A story whose first edition gave an address away."""
    document = factories.story("Plover Lane", FIRST, slug="bridge")
    factories.edition(
        document, "Bridge", SECOND, slug="bridge", kind="correction",
        note="An earlier version gave an address.", at=factories.MORNING + HOUR,
    )  # fmt: skip
    document.refresh_from_db()
    return document


def edition(document, number: int = 1) -> Edition:
    return Edition.objects.get(document=document, number=number)


def about(document, exact: str, text: str) -> Comment:
    """Return a comment on words of the first edition."""
    draft = Draft(text=text, name="Lena", pointer=Pointer(edition=1, exact=exact))
    return post_comment(document_id=document.pk, draft=draft)


def plain(answer) -> str:
    return unescape(answer.content.decode())


def test_its_address_answers_451_with_the_reason_and_no_memento(client, document):
    withhold_edition(edition_id=edition(document).pk, reason=REASON)

    answer = client.get(f"{STORY}v/1/")

    assert answer.status_code == 451
    assert "Memento-Datetime" not in answer.headers
    assert 'rel="original' in answer["Link"] and 'rel="timemap"' in answer["Link"]
    assert answer["X-Robots-Tag"] == "noindex"
    page = plain(answer)
    assert "Edition 1 was removed by law" in page and REASON in page and "Plover" not in page


def test_timemap_keeps_it_and_timegate_leads_there(client, document):
    before = client.get(f"{STORY}timemap/").content
    withhold_edition(edition_id=edition(document).pk, reason=REASON)

    assert client.get(f"{STORY}timemap/").content == before
    then = http_date((factories.MORNING + dt.timedelta(minutes=1)).timestamp())
    asked = client.get(f"/tg{STORY}", headers={"Accept-Datetime": then})
    assert asked["Location"].endswith(f"{STORY}v/1/")


def test_moments_at_which_it_was_in_force_answer_451(client, document):
    withhold_edition(edition_id=edition(document).pk, reason=REASON)

    then = client.get(f"{STORY}at/{factories.MORNING + dt.timedelta(minutes=1):%Y%m%dT%H%M%SZ}/")
    later = client.get(f"{STORY}at/{factories.MORNING + 2 * HOUR:%Y%m%dT%H%M%SZ}/")

    assert (then.status_code, "Memento-Datetime" in then.headers) == (451, False)
    assert REASON in plain(then)
    assert later.status_code == 200 and "She lives nearby." in plain(later)


def test_other_pages_say_so_and_show_the_rest(client, document):
    withhold_edition(edition_id=edition(document).pk, reason=REASON)

    story, changes = plain(client.get(STORY)), plain(client.get(f"{STORY}changes/"))

    assert "She lives nearby." in story and "removed by law" in story and "Plover" not in story
    assert REASON in changes and "The words of edition 1 were removed by law." in changes
    assert "Plover" not in changes


def test_chain_checks_without_the_salts_and_entry_says_what_was_done(document):
    supersede_note(edition_id=edition(document).pk, text="Plover Lane was named here.", by="Eve")
    withhold_edition(edition_id=edition(document).pk, reason=REASON)

    assert verify_record().faults == ()
    entries = JournalEntry.objects.filter(document=document)
    assert entries.get(kind=EntryKind.ERASURE).reference.startswith("erasure/1/")
    gone = set(entries.filter(salt=None).values_list("reference", flat=True))
    assert gone == {"edition/1", "note/1/1"}
    erased = edition(document)
    assert (erased.headline, erased.canonical_text.strip("█")) == ("[removed by law]", "")
    assert [each.text for each in erased.note_revisions.all()] == ["[removed by law]"]


def test_what_is_put_into_it_afterwards_is_found(document):
    withhold_edition(edition_id=edition(document).pk, reason=REASON)
    erasure = Erasure.objects.get()
    Erasure.objects.update(is_open=True)
    Edition.objects.filter(number=1).update(headline="Something else")

    problems = {fault.problem for fault in verify_record().faults}

    assert problems == {
        "edition 1 was changed after words of it were erased",
        f"erasure {erasure.pk} was left open: its edition can be changed",
    }


def test_guards_hold_before_and_after(document):
    for _ in range(2):
        for number in (1, 2):
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                Edition.objects.filter(number=number).update(headline="Other")
        if not Erasure.objects.exists():
            withhold_edition(edition_id=edition(document).pk, reason=REASON)


def test_passages_keep_what_the_edition_in_force_still_says(client, document):
    first = edition(document)
    gone = about(document, "Plover Lane 5", "Not her address!")
    kept = about(document, "voted on Monday", "Really?")

    withhold_edition(edition_id=first.pk, reason=REASON)

    exact = {
        link.comment_id: link.passage.exact
        for link in CommentPassage.objects.select_related("passage")
    }
    assert exact == {gone.pk: "[removed by law]", kept.pk: "voted on Monday"}
    assert not Passage.objects.exclude(prefix="").exists()
    assert verify_record().faults == ()
    for passage in Passage.objects.all():
        answer = client.get(f"{STORY}passage/{passage.pk}/")
        assert answer.status_code == 200 and "Plover" not in plain(answer)
    for path in (f"{STORY}annotations/", f"/a/{gone.pk}/", STORY):
        assert "Plover" not in plain(client.get(path))


def test_edition_in_force_is_refused(document):
    with pytest.raises(ErasureRefused, match="is in force"):
        withhold_edition(edition_id=edition(document, 2).pk, reason=REASON)


@pytest.mark.parametrize(("reason", "words"), [(" ", "Say why"), ("x" * 301, "300 characters")])
def test_reason_is_needed(document, reason, words):
    with pytest.raises(ErasureRefused, match=words):
        withhold_edition(edition_id=edition(document).pk, reason=reason)
    assert edition(document).canonical_text


def test_second_time_is_refused(document):
    withhold_edition(edition_id=edition(document).pk, reason=REASON)
    with pytest.raises(ErasureRefused, match="erased already"):
        withhold_edition(edition_id=edition(document).pk, reason=REASON)


def test_nothing_is_reconstructed_beside_it(document):
    content = edition(document).content
    withhold_edition(edition_id=edition(document).pk, reason=REASON)

    with pytest.raises(ValueError, match="erased by law"):
        reconstruct_edition(
            document_id=document.pk, content=content, by="Eve", evidence="A copy.",
            at=factories.MORNING + dt.timedelta(minutes=5),
        )  # fmt: skip


def test_decision_stands_in_the_log_and_restricts_nobody(client, document, editor):
    ruling = Ruling(Measure.WITHHELD, Ground.LAW_PRIVACY, law="7 C 12/26")
    decision = redact_edition(edition_id=edition(document).pk, ruling=ruling, by=editor)

    assert (decision.statement, decision.is_public, decision.account) == (None, True, None)
    assert edition(document).withheld_reason == REASON
    log = plain(client.get("/moderation/log/"))
    assert "Edition of a story removed by law" in log and "7 C 12/26" in log
    with pytest.raises(DecisionRefused, match="Choose a ground"):
        redact_edition(edition_id=edition(document).pk, ruling=Ruling(Measure.WITHHELD), by=editor)


# The desk


@pytest.fixture
def erase_path(document, root_page) -> str:  # noqa: F811
    return f"/desk/stories/{adopt_document(document).pk}/editions/1/erase/"


FORM = {"ground": "law_privacy", "law": "7 C 12/26", "words": "", "sure": "on"}


def test_editor_removes_it_at_the_desk(client, document, erase_path, editor):
    client.force_login(editor)
    listed = plain(client.get(erase_path.replace("1/erase/", "")))
    assert erase_path in listed
    page = plain(client.get(erase_path))
    assert "This cannot be undone." in page

    answer = client.post(erase_path, FORM)

    assert answer.status_code == 302
    assert client.get(f"{STORY}v/1/").status_code == 451
    assert erase_path not in plain(client.get(erase_path.replace("1/erase/", "")))
    assert "Its words are removed" in plain(client.get(erase_path))


@pytest.mark.parametrize(
    ("values", "problem"),
    [({"sure": ""}, "Tick the box"), ({"ground": ""}, "This field is required")],
)
def test_form_says_what_is_missing(client, document, erase_path, editor, values, problem):
    client.force_login(editor)

    answer = client.post(erase_path, {**FORM, **values})

    assert answer.status_code == 422 and problem in plain(answer)
    assert edition(document).withheld_at is None


def test_edition_in_force_is_explained_at_the_desk(client, erase_path, editor):
    client.force_login(editor)
    path = erase_path.replace("/1/", "/2/")

    assert "This edition is in force." in plain(client.get(path))
    answer = client.post(path, FORM)
    assert answer.status_code == 422
    assert not Decision.objects.exists()


def test_editors_without_the_right_cannot(client, erase_path):
    account = factories.account("mia@news.example", "Mia Mod")
    account.user_permissions.add(
        *Permission.objects.filter(codename__in=("access_admin", "redact"))
    )
    client.force_login(account)

    assert client.post(erase_path, FORM).status_code in (302, 403)
    assert not Erasure.objects.exists()


def test_pictures_go_that_nothing_else_shows(
    client, publication, django_capture_on_commit_callbacks
):
    alone, shared = (store_picture(factories.picture_bytes(900, height)) for height in (600, 601))
    document = factories.story("Bridge", slug="bridge")
    shown = tuple(
        Block(f"p{number}", "image", picture=each) for number, each in enumerate((alone, shared), 1)
    )
    for number, blocks in enumerate((shown, shown[1:]), 1):
        append_edition(
            document_id=document.pk,
            content=replace(factories.content("Bridge"), blocks=blocks),
            kind="update", note="Other pictures.", slug="bridge", at=factories.MORNING + number * HOUR,
        )  # fmt: skip

    with django_capture_on_commit_callbacks(execute=True):
        withhold_edition(edition_id=edition(document, 2).pk, reason=REASON)

    assert not any(default_storage.exists(alone.path(width)) for width in alone.widths)
    assert not default_storage.exists(alone.preview_path)
    assert all(default_storage.exists(shared.path(width)) for width in shared.widths)
    # The same bytes can be published again.
    again = store_picture(factories.picture_bytes(900, 600))
    assert default_storage.exists(again.path(900))
