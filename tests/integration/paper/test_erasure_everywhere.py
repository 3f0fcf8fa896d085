"""What is erased is gone from everywhere: every column of every table, every page that is held ready,
every moment, feed, stream, export, mail and file. And the journal still verifies.

Somebody lives here for a while, as an account and as a guest with the same address, and leaves words
wherever words can be left. Each word is looked for by itself, so that a failure says what stayed
where; a new table is searched without being named here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings as product
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import resolve
from tests import factories
from tests.integration.desk.conftest import body, root_page  # noqa: F401
from tests.integration.moderation.answering import moderator
from tests.integration.paper.walking import walk
from tests.integration.press.conftest import application, paper  # noqa: F401
from wagtail.log_actions import log

from broadsheet import clock
from broadsheet.corrections.actions import decline
from broadsheet.corrections.models import Proposal
from broadsheet.desk.acceptance import accept
from broadsheet.desk.adoption import front_page, section_page
from broadsheet.desk.models import StoryPage
from broadsheet.discussion.actions import Draft, Sender, post_comment, prepared
from broadsheet.discussion.claims import claim_comments
from broadsheet.discussion.digests import send_digests
from broadsheet.discussion.editing import prepared_edit
from broadsheet.discussion.enums import Admission, Digest, GuestPolicy, ReactionKind
from broadsheet.discussion.follows import Target, ask_to_follow, choose, follow, renew_feed
from broadsheet.discussion.interests import answer_interest, ask_for_interest
from broadsheet.discussion.keys import SETTINGS
from broadsheet.discussion.models import Comment, DiscussionSettings, NameClaim
from broadsheet.discussion.notices import tell
from broadsheet.discussion.people import Person
from broadsheet.discussion.questions import mark_answer
from broadsheet.discussion.reactions import react
from broadsheet.discussion.visits import note_visit
from broadsheet.discussion.wire import news
from broadsheet.moderation.appeals import file_appeal
from broadsheet.moderation.deciding import Ruling, decide, new_batch, redact, remove
from broadsheet.moderation.editions import redact_edition
from broadsheet.moderation.enums import Ground, Measure, ReportKind
from broadsheet.moderation.models import HeldComment, QueueItem, RefusedTry, Trace
from broadsheet.moderation.reporting import ReportDraft, file_report
from broadsheet.moderation.submission import submit, submit_edit
from broadsheet.paper.presenters.fragments import fragments
from broadsheet.press.keys import change_after_commit
from broadsheet.readers import tickets
from broadsheet.readers.actions import account_of, change_name, change_portrait, erase_account
from broadsheet.readers.disclosures import disclose
from broadsheet.readers.models import Account, OutgoingMail, stored_keys
from broadsheet.readers.muting import mute
from broadsheet.record.healing import supersede_note
from broadsheet.record.models import Document, Edition
from broadsheet.record.queries import current_path
from broadsheet.record.verify import verify_record

pytestmark = pytest.mark.django_db(transaction=True)

STORY = "/2026/09/bridge/"
EMAIL = "grumio.vance@reader.example"
ADDRESS, AGENT, GUEST = "203.0.113.77", "Zyxagent/7", "f" * 63 + "1"
PERSON = {
    "account name": "Grumio",
    "former name": "Trebonius",
    "guest name": "Quillfern",
    "e-mail": EMAIL,
    "address": ADDRESS,
    "network": "203.0.113.0",
    "browser": AGENT,
    "guest key": GUEST,
    "disclosure": "Zorkmidworks",
    "looks of the account name": min(stored_keys("Grumio Vance")),
    "looks of the guest name": min(stored_keys("Quillfern Moss")),
}
"""What leads to the person; gone whatever is erased."""
KEPT = {
    "comment": "xyzzyplugh",
    "reply": "frobozzian",
    "first version": "gnustofirst",
    "second version": "gnustosecond",
    "question": "quendorian",
    "guest comment": "mirgelquux",
    "claimed comment": "blorpleclaim",
}
"""What stands in the thread: stays under no name if the person wants it so."""
PRIVATE = {
    "held comment": "heldwibble",
    "held edit": "heldwobble",
    "declined comment": "declinedfnord",
    "removed comment": "removedsnarf",
    "refused try": "refusedgleep",
    "answer to who asked": "interestplover",
    "claim of a name": "claimreason",
}
"""What nobody but moderators saw; gone whatever is erased."""
SAID_OF_OTHERS = {
    "report": "reportfweep",
    "appeal": "appealyomin",
    "proposal": "proposalkrill",
    "reason of a correction": "ferrykrill",
    "proposed words": "replacegrue",
    "declined words": "declinegrue",
}
"""What was said to the publication about something else: goes with the words."""

OLD = "nine of the zyzzlewump"
"""Words of an edition that the next one has no more."""

ALLOWED = {
    "moderation_ban.value": "A ban of an address holds until it ends; it would be void otherwise.",
}
"""Columns that may have it all the same, each with the reason."""


@dataclass
class Life:
    """What somebody left behind."""

    document: Document
    account: Account
    client: Client
    omar: Account
    feed: str
    """The address of Omar's own feed."""
    ferry: Document | None = None
    """Another story, which was corrected by what they proposed."""
    comments: dict[str, Comment] = field(default_factory=dict)
    moments: list[dt.datetime] = field(default_factory=list)


def set_discussion(**values: str) -> None:
    DiscussionSettings.objects.update_or_create(pk=DiscussionSettings.ONLY, defaults=values)
    change_after_commit(SETTINGS)


def sent(life: Life, text: str, *, as_guest: bool = False, **more) -> Comment | HeldComment:
    posting = prepared(
        document_id=life.document.pk,
        draft=Draft(
            text=text,
            name="Quillfern Moss" if as_guest else "",
            email=EMAIL if as_guest else "",
            **more,
        ),
        account=None if as_guest else life.account,
        sender=Sender(address=ADDRESS, agent=AGENT, guest_key=GUEST if as_guest else ""),
    )
    return submit(posting, was_told=True)


@pytest.fixture
def life(paper, settings, publication, root_page) -> Life:  # noqa: F811
    # Tasks stay in their table, and so does the mail that they would send.
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    author = factories.author("Ann Lee", account=factories.account("ann@news.example", "Ann Lee"))
    document = factories.story("Bridge", slug="bridge", authors=(author,))
    factories.edition(
        document, "Bridge", "The council voted on Monday.", slug="bridge", authors=(author,),
        at=factories.MORNING + dt.timedelta(hours=2),
    )  # fmt: skip
    document.refresh_from_db()
    account, _ = account_of(email=EMAIL)
    change_name(account=account, name="Trebonius Vance")
    change_name(account=account, name="Grumio Vance")
    change_portrait(account=account, data=factories.picture_bytes())
    Account.objects.filter(pk=account.pk).update(has_profile=True)
    account.refresh_from_db()
    omar = factories.account("omar@reader.example", "Omar")
    choose(account=omar, digest=Digest.IMMEDIATELY, own_replies=True)
    client = Client()
    client.force_login(account)
    made = Life(document, account, client, omar, renew_feed(account=omar))
    talk(made)
    be_moderated(made)
    be_thanked(made)
    be_told(made)
    return made


def talk(life: Life) -> None:
    said, document = life.comments, life.document
    disclose(account=life.account, about="Bridge", text="I work for Zorkmidworks.")
    draft = Draft(text="Do they nest there?")
    other = post_comment(document_id=document.pk, draft=draft, account=life.omar)
    said["other"] = other
    follow(account=life.omar, target=Target(document=document))
    said["comment"] = sent(life, "> The council voted on Monday.\n\nThey never xyzzyplugh did.")
    said["reply"] = sent(life, "A frobozzian would know.", parent_id=other.pk)
    edited = said["edited"] = sent(life, "I said gnustofirst before.")
    factories.comment(document, "Why?", name="Pia", parent=edited)
    submit_edit(
        prepared_edit(
            comment=edited, text="I say gnustosecond now.", person=Person(account=life.account)
        )
    )
    asked = said["question"] = sent(life, "Is it a quendorian bridge?", is_question=True)
    answer = factories.comment(document, "It is.", name="Pia", parent=asked)
    mark_answer(reply_id=answer.pk, person=Person(account=life.account))
    said["guest"] = sent(life, "A mirgelquux passes by.", as_guest=True)
    said["claimed"] = sent(life, "The blorpleclaim was mine.", as_guest=True)
    claim_comments(account=life.account, comment_ids=[said["claimed"].pk])
    ask_for_interest(comment_id=said["comment"].pk, account=life.omar)
    answer_interest(
        comment_id=said["comment"].pk, answer="Yes, the interestplover.", account=life.account
    )
    factories.proposal(
        document, reason="So the proposalkrill says.", proposer=life.account, name=""
    )
    react(comment_id=other.pk, kind=ReactionKind.THANKS, person=Person(account=life.account))
    react(
        comment_id=said["reply"].pk, kind=ReactionKind.THANKS, person=Person(guest_key=GUEST),
        address=ADDRESS,
    )  # fmt: skip
    follow(account=life.account, target=Target(document=document))
    ask_to_follow(email=EMAIL, target=Target(comment=other), digest=Digest.DAILY)
    mute(account=life.omar, muted_id=life.account.pk, name="Grumio Vance")
    mute(account=life.omar, muted_id=None, name="Quillfern Moss")
    note_visit(account=life.account, document=document, sequence=1, comments=1)
    NameClaim.objects.create(
        document=document, name="Somebody", account=life.account, reason="The claimreason is mine.",
        asked_at=clock.now(),
    )  # fmt: skip
    tickets.issue(purpose="sign-in", email=EMAIL)


def be_moderated(life: Life) -> None:
    mod = moderator("mia@news.example", "Mia Mod")
    ruling = Ruling(Measure.REMOVED, Ground.INSULT)
    gone = life.comments["gone"] = sent(life, "You removedsnarf!")
    removal = remove(comment_id=gone.pk, ruling=ruling, by=mod, batch=new_batch())
    file_appeal(decision_id=removal.pk, words="It was no appealyomin.", email=EMAIL)
    file_report(
        comment_id=life.comments["other"].pk,
        draft=ReportDraft(
            ReportKind.ILLEGAL, Ground.LAW_DEFAMATION, words="A reportfweep of me.",
            name="Grumio Vance", email=EMAIL, is_in_good_faith=True,
        ),
        key="k" * 64,
        account=life.account,
        sender=Sender(address=ADDRESS, agent=AGENT),
    )  # fmt: skip
    file_report(
        comment_id=life.comments["edited"].pk,
        draft=ReportDraft(ReportKind.RULES, Ground.RULES, words="It says gnustofirst.", version=1),
        key="l" * 64,
        account=life.omar,
    )
    set_discussion(admission=Admission.HELD)
    sent(life, "The heldwibble waits.")
    sent(life, "A heldwibble of a guest waits.", as_guest=True)
    submit_edit(
        prepared_edit(
            comment=life.comments["edited"], text="A heldwobble instead.",
            person=Person(account=life.account),
        )
    )  # fmt: skip
    declined = sent(life, "A declinedfnord.")
    decide(
        item_id=QueueItem.objects.get(held=declined).pk,
        ruling=Ruling(Measure.DECLINED, Ground.SPAM), by=mod, batch=new_batch(),
    )  # fmt: skip
    set_discussion(admission=Admission.OPEN, guests=GuestPolicy.ALLOWED)
    for who in ({"account": life.account, "name": "Grumio Vance"}, {"guest_key": GUEST}):
        RefusedTry.objects.create(
            at=clock.now(), document=life.document, text="A refusedgleep.", network="203.0.113.0/24",
            is_nudge=True, reasons=[], **who,
        )  # fmt: skip
    log(instance=life.account, action="wagtail.edit", user=mod)


def be_thanked(life: Life) -> None:
    """Let a story of the desk be corrected by what they proposed, with thanks in credit and notes."""
    front_page()
    page = StoryPage(
        title="Ferry", slug="ferry", body=body(f"The ferry leaves at {OLD}."), live=False
    )
    section_page(factories.section()).add_child(instance=page)
    page.save_revision().publish()
    ferry = life.ferry = StoryPage.objects.get(pk=page.pk).document
    editor = factories.administrator("fay@news.example", "Fay Ferry")

    def propose(replacement: str, reason: str) -> Proposal:
        return factories.proposal(
            ferry, OLD, replacement, reason=reason, proposer=life.account, name=""
        )

    accepted = accept(
        proposal_id=propose("ten", "The ferrykrill says ten.").pk,
        user=editor,
        note="It leaves at ten, as Grumio Vance told us.",
    )
    assert accepted.edition.credit == "Grumio Vance"
    supersede_note(
        edition_id=accepted.edition.pk,
        text="It leaves at ten. Thanks to Grumio Vance, and to the harbour.",
        by="Fay Ferry",
    )
    ferry.refresh_from_db()
    for number, word in enumerate(
        (SAID_OF_OTHERS["declined words"], SAID_OF_OTHERS["proposed words"])
    ):
        proposal = factories.proposal(
            ferry, "ten", word, reason=f"Because {number}.", proposer=life.account, name=""
        )
        if word == SAID_OF_OTHERS["declined words"]:
            decline(proposal_id=proposal.pk, by="Fay Ferry", reason="It does not.")
    # Somebody goes on with a draft in which the credit still stands.
    page = StoryPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    page.edition_credit, page.edition_note = "Grumio Vance", "By Grumio Vance."
    page.save_revision(user=editor)


def be_told(life: Life) -> None:
    """Let others be told of it, by mail that waits."""
    tell()
    send_digests()
    life.moments = sorted(
        {comment.posted_at for comment in Comment.objects.filter(document=life.document)}
        | {factories.MORNING + dt.timedelta(minutes=1), clock.now() + dt.timedelta(minutes=1)}
    )


# Where it is looked for


def stored() -> dict[str, str]:
    """Return all that the database holds: text by table and column, of all tables there are."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(include_views=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    found.setdefault(f"{table}.{name}", []).append(as_text(value))
    return {place: "\n".join(texts) for place, texts in found.items() if place not in ALLOWED}


def as_text(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def public_paths(life: Life) -> list[tuple[str, str]]:
    """Return paths, and queries, of all pages on which something of it may stand."""
    assert life.ferry is not None
    found = of_story(life.document, STORY, life.moments)
    ferry = current_path(life.ferry.pk)
    assert ferry is not None
    editions = life.ferry.editions.values_list("published_at", flat=True)
    found += of_story(life.ferry, ferry, sorted({*editions, *life.moments}))
    found += [
        (path, query)
        for path, query in (
            *(("/", ""), ("/search/", "q=Bridge"), ("/search/", "q=Vance"), ("/feed.xml", "")),
            *(("/corrections/", ""), ("/corrections/feed.xml", ""), ("/corrections/", "q=Vance")),
            *(("/by/ann-lee/", ""), ("/topic/bridge/", ""), ("/robots.txt", ""), ("/me/", "")),
            *(("/moderation/log/", ""), ("/moderation/transparency/", "")),
            *(("/moderation/rules/", ""), ("/moderation/transparency/figures.csv", "")),
            *((f"/reader/{life.account.pk}/", ""), (f"/inbox/{life.feed}.xml", "")),
            (f"/reader/{life.account.pk}/initials.svg", ""),
            *((f"/follow/story/{life.document.pk}/", ""), ("/follow/author/ann-lee/", "")),
            ("/favicon.svg", ""),
        )
    ]
    return found


def of_story(document: Document, path: str, moments: list[dt.datetime]) -> list[tuple[str, str]]:
    """Return the paths and queries of all pages of one story."""
    document.refresh_from_db()
    numbers = list(document.editions.values_list("number", flat=True))
    pages = [
        *("", "discussion/", *(f"v/{number}/" for number in numbers), "changes/", "annotations/"),
        *("timemap/", "timemap/json/", "moments/", "live/", "at/", "at/nonsense/", "mine/"),
        *("comment/", "propose/", f"discussion/since/0/{document.head_sequence}/"),
    ]
    found = [(path + page, "") for page in pages]
    found += [
        (f"{path}discussion/", f"sort={sort}")
        for sort in ("best", "newest", "oldest", "questions", "answered")
    ]
    found += [(f"{path}annotations/", "page=0"), (f"{path}changes/", "from=1&to=2")]
    found.append((f"/tg{path}", ""))
    for moment in moments:
        instant = moment.strftime("%Y%m%dT%H%M%SZ")
        found += [(f"{path}at/{instant}/", ""), (f"{path}at/{instant}/discussion/", "")]
        found += [
            (f"{path}at/{instant}/discussion/{pk}/", "")
            for pk in document.comments.filter(parent=None).values_list("pk", flat=True)[:3]
        ]
    for pk in document.comments.values_list("pk", flat=True):
        found += [
            (f"/c/{pk}/{below}", "")
            for below in ("", "versions/", "acts/", "report/", "edit/", "delete/")
        ]
        found += [(f"/a/{pk}/", ""), (f"{path}discussion/{pk}/", "")]
    found += [(f"/proposal/{pk}/", "") for pk in document.proposals.values_list("pk", flat=True)]
    found += [(f"{path}passage/{pk}/", "") for pk in document.passages.values_list("pk", flat=True)]
    return found


NOT_SEARCHED = {
    "account/": "somebody’s own pages; of others they are asked for by Omar",
    "desk/": "the database is searched, and the desk shows what is there",
    "moderation/": "the moderators’ queue shows what is in the database; what is public is asked for",
    "documents/": "Wagtail’s own, for documents with a password; it has nobody’s words",
    "stop/": "says nothing but that it is stopped",
    "follow/confirm/": "says nothing but what is followed",
}
"""Beginnings of routes that are not asked for, with the reason."""
ONLY_POST = {"react-thanks", "react-answers", "answer", "timegate", "choose-moment"}
"""Names of routes that are sent forms, or that only lead on."""


def test_no_address_is_forgotten(life):
    asked = {resolve(path).url_name for path, _ in public_paths(life)}
    forgotten = [
        each.route
        for each in walk()
        if not each.route.startswith(tuple(NOT_SEARCHED))
        and each.name
        and each.name not in asked | ONLY_POST
    ]
    assert forgotten == []


def shown(life: Life, paper) -> dict[str, str]:  # noqa: F811
    """Return what readers are sent, through the press as it runs, and to others who are signed in."""
    found = {
        f"{path}?{query}": paper.get(path, query.encode()).text
        for path, query in public_paths(life)
    }
    other = Client()
    other.force_login(life.omar)
    for path in ("/account/export/", "/account/inbox/", "/account/muted/", "/moderation/mine/"):
        found[f"Omar: {path}"] = other.get(path).content.decode()
    found["/live/"] = repr(news(life.document.pk, 0, 500)) + repr(news(life.document.pk, 1, 500))
    found["fragments"] = "\n".join(fragments._kept.values())
    return found


def files(tmp_path: Path) -> dict[str, str]:
    """Return what lies below the data directory and the media, but the database itself."""
    found = {}
    for folder in (Path(product.DATA), tmp_path):
        for file in folder.rglob("*"):
            if file.is_file() and ".sqlite3" not in file.name:
                found[str(file)] = f"{file}\n{file.read_bytes().decode('utf-8', 'replace')}"
    return found


def hits(places: dict[str, str], words: Iterable[str]) -> list[str]:
    """Return where something is found, as “word: place”."""
    wanted = sorted(words)
    return [
        f"{word}: {place}"
        for place, text in sorted(places.items())
        for word in wanted
        if word.lower() in text.lower()
    ]


def known(*groups: dict[str, str]) -> list[str]:
    return [word for group in groups for word in group.values()]


def check_record() -> None:
    assert verify_record().faults == ()


# What is erased


def test_life_left_something_of_every_kind(life, paper):  # noqa: F811
    """Otherwise the others would look for what was never there."""
    held, public = stored(), shown(life, paper)
    everywhere = "\n".join([*held.values(), *public.values()])

    missing = [
        word
        for word in known(PERSON, KEPT, PRIVATE, SAID_OF_OTHERS)
        if word.lower() not in everywhere.lower()
    ]
    assert missing == []
    visible = "\n".join(public.values())
    assert [word for word in known(KEPT) if word not in visible] == []
    # In what is sent to readers nothing is that only moderators see.
    assert [word for word in known(PRIVATE) if word in visible] == [PRIVATE["answer to who asked"]]
    tables = {hit.partition(": ")[2].partition(".")[0] for hit in hits(held, known(PERSON))}
    assert {
        *("readers_account", "readers_accountname", "readers_outgoingmail", "readers_ticket"),
        *("readers_mute", "readers_namekey", "readers_disclosure", "account_emailaddress"),
        *("discussion_comment", "discussion_commentsource", "discussion_follow"),
        *("moderation_heldcomment", "moderation_report", "moderation_appeal", "moderation_trace"),
        *("moderation_refusedtry", "wagtailcore_modellogentry", "discussion_removedwords"),
    } <= tables
    assert any(KEPT["reply"] in text for text in fragments._kept.values())
    assert OutgoingMail.objects.filter(text__contains="Grumio").exists()
    check_record()


@pytest.mark.parametrize("keeps_words", [False, True], ids=["words go", "words stay"])
def test_erased_account_is_nowhere(life, paper, tmp_path, keeps_words):  # noqa: F811
    shown(life, paper)
    gone = known(PERSON, PRIVATE) + ([] if keeps_words else known(KEPT, SAID_OF_OTHERS))

    erase_account(account=life.account, keeps_words=keeps_words)

    places = {**stored(), **shown(life, paper), **files(tmp_path)}
    assert hits(places, gone) == []
    visible = "\n".join(shown(life, paper).values())
    assert [word for word in known(KEPT) if word in visible] == (known(KEPT) if keeps_words else [])
    assert "Do they nest there?" in visible and "It is." in visible
    assert not Trace.objects.filter(guest_key=GUEST).exists()
    corrected = Edition.objects.get(document=life.ferry, number=2)
    assert corrected.credit == "a deleted reader"
    assert corrected.note == "It leaves at ten, as a deleted reader told us."
    assert "Thanks to a deleted reader, and to the harbour." in visible
    assert "Spotted by" in visible and "The ferry leaves at ten." in visible
    check_record()


def test_redacted_comment_is_nowhere_and_its_writer_stays(life, paper, tmp_path):  # noqa: F811
    editor = factories.account("eve@news.example", "Eve Editor")
    editor.user_permissions.add(
        Permission.objects.get(content_type__app_label="moderation", codename="redact")
    )
    shown(life, paper)
    comment = life.comments["edited"]
    ruling = Ruling(Measure.REDACTED, Ground.LAW_PRIVACY, law="Order 7 of the court of Kingston")

    redact(comment_id=comment.pk, ruling=ruling, by=editor)

    places = {**stored(), **shown(life, paper), **files(tmp_path)}
    words = [KEPT["first version"], KEPT["second version"], PRIVATE["held edit"]]
    assert hits(places, words) == []
    visible = shown(life, paper)
    for path in (f"{STORY}?", f"{STORY}discussion/?", f"/c/{comment.pk}/versions/?"):
        assert "Redacted by the publication" in visible[path], path
    assert "Order 7 of the court of Kingston" in visible[f"{STORY}?"]
    others = [word for word in known(KEPT) if word not in words]
    assert [word for word in others if word in "\n".join(visible.values())] == others
    assert re.search(r"Redacted for good", visible["/moderation/log/?"])
    check_record()


def test_redaction_also_takes_what_was_kept_of_a_removed_comment(life, paper, tmp_path):  # noqa: F811
    editor = factories.administrator("eve@news.example", "Eve Editor")
    ruling = Ruling(Measure.REDACTED, Ground.LAW_PRIVACY)

    redact(comment_id=life.comments["gone"].pk, ruling=ruling, by=editor)

    places = {**stored(), **shown(life, paper), **files(tmp_path)}
    assert hits(places, [PRIVATE["removed comment"], SAID_OF_OTHERS["appeal"]]) == []
    check_record()


def test_edition_that_is_removed_by_law_is_nowhere(life, paper, tmp_path):  # noqa: F811
    editor = factories.administrator("eve@news.example", "Eve Editor")
    before = shown(life, paper)
    edition = Edition.objects.get(document=life.ferry, number=1)
    assert len(hits(before, ["zyzzlewump"])) > 5
    ruling = Ruling(Measure.WITHHELD, Ground.LAW_PRIVACY, law="Order 7 of the court of Kingston")

    redact_edition(edition_id=edition.pk, ruling=ruling, by=editor)

    places = {**stored(), **shown(life, paper), **files(tmp_path)}
    assert hits(places, ["zyzzlewump"]) == []
    visible = "\n".join(places.values())
    assert "The ferry leaves at ten." in visible
    assert "Order 7 of the court of Kingston" in places["/moderation/log/?"]
    check_record()
