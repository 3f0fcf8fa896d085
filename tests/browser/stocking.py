"""What people and moderators have in their pages, put into a served publication by the product's own
actions: one of everything that the pages of ``test_people_pages.py`` show.

Run by itself, since the tests that drive a browser have no settings of the publication that they look
at; says as JSON under which numbers and addresses all of it stands.
"""

from __future__ import annotations

import datetime as dt
import json
import sys

PATH = "saturday-nights-under-the-glass"
READER, READER_NAME = "rhea@reader.example", "Rhea Quill"
MODERATOR, MODERATOR_NAME = "mia@news.example", "Mia Thorne"
SECOND = "sol.second@news.example"
GUEST_KEY = "9" * 64


def stock(path: str) -> dict[str, object]:
    """Put one of everything in; returns the addresses that a test cannot guess."""
    from django.contrib.auth.models import Group

    from broadsheet.desk.models import StoryPage
    from broadsheet.discussion.actions import ImportedComment, import_comments
    from broadsheet.discussion.claims import ask_for_name
    from broadsheet.discussion.enums import Origin
    from broadsheet.discussion.follows import Target, ask_to_follow, choose, follow, renew_feed
    from broadsheet.discussion.interests import ask_for_interest
    from broadsheet.discussion.models import Comment, Notice
    from broadsheet.moderation.appeals import file_appeal
    from broadsheet.moderation.banning import ban, suspect_of
    from broadsheet.moderation.deciding import Ruling, decide, new_batch, remove
    from broadsheet.moderation.enums import BanKind, Ground, Measure, ReportKind
    from broadsheet.moderation.models import Decision, QueueItem
    from broadsheet.moderation.permissions import GROUP
    from broadsheet.moderation.reporting import ReportDraft, file_report
    from broadsheet.moderation.statements import report_path, statement_path
    from broadsheet.readers.actions import account_of, change_name, choose_what_is_public
    from broadsheet.readers.disclosures import disclose
    from broadsheet.readers.models import Account
    from broadsheet.readers.muting import mute
    from broadsheet.record.models import Address, Author

    address = Address.objects.select_related("document").get(path=path)
    document = address.document
    editor = Account.objects.filter(is_superuser=True).order_by("pk")[0]
    reader, _ = account_of(email=READER)
    change_name(account=reader, name="Rhea Quilland")
    change_name(account=reader, name=READER_NAME)
    choose_what_is_public(account=reader, has_profile=True, lists_comments=True)
    disclose(account=reader, about="The Market Hall", text="I own a stall there.")
    moderator, _ = account_of(email=MODERATOR)
    change_name(account=moderator, name=MODERATOR_NAME)
    second, _ = account_of(email=SECOND)
    change_name(account=second, name="Sol Second")
    for each in (moderator, second):
        each.groups.add(Group.objects.get(name=GROUP))

    spoken = say(document, "Who pays for the heating of the hall?", account=reader, asks=True)
    reply = say(document, "The choir does, by its takings.", name="Henrik Maas", to=spoken)
    edited = say(document, "The roof lets in the rain on Saturdays.", account=reader)
    say(document, "It does, I sat under it.", name="Una Brae", to=edited)
    change(edited, "The roof lets in the rain, on Saturdays and on every other day.", reader)
    change(edited, "The roof lets in the rain, on every day of the week.", reader)
    lonely = say(document, "Nobody has replied to this one.", account=reader)
    asked = say(document, "Ask me what I own.", account=reader)
    ask_for_interest(comment_id=asked.pk)
    guests = say(document, "I said this before I had an account.", name="Rhea", email=READER)

    follow(account=reader, target=Target(document=document))
    follow(account=reader, target=Target(comment=spoken))
    follow(account=reader, target=Target(author=Author.objects.order_by("pk")[0]))
    choose(account=reader, digest="daily", own_replies=True)
    feed = renew_feed(account=reader)
    wish = ask_to_follow(
        email="guest@reader.example", target=Target(document=document), digest="hourly"
    )
    say(document, "And the lamps as well.", name="Una Brae", to=spoken)
    for person in ("Loud Larry", "Una Brae"):
        mute(account=reader, muted_id=None, name=person)
    import_comments(
        document_id=document.pk,
        comments=[ImportedComment("old", None, "Rhea of old", "I was there in 2011.", None)],
    )
    imported = Comment.objects.get(document=document, origin=Origin.IMPORTED)
    ask_for_name(account=reader, comment_id=imported.pk, reason="My blog of 2011 links to it.")

    def rule(measure: Measure, ground: Ground, words: str) -> Ruling:
        return Ruling(measure, ground=ground, words=words)

    def report(comment: Comment, words: str, *, kind: ReportKind = ReportKind.RULES, **more):  # type: ignore[no-untyped-def]
        url = f"http://localhost/c/{comment.pk}/"
        draft = ReportDraft(kind=kind, words=words, url=url, **{"ground": Ground.INSULT, **more})
        return file_report(comment_id=comment.pk, draft=draft, key=f"{comment.pk}{words}"[:64])

    shouted = say(document, "You all sing like rusty gates.", account=reader)
    upheld = report(shouted, "It insults the choir.")
    removal = remove(
        comment_id=shouted.pk,
        ruling=rule(Measure.REMOVED, Ground.INSULT, "Speaks ill of the choir."),
        by=moderator,
        batch=new_batch(),
    )
    appealed = say(document, "They sing like a drain in March.", account=reader)
    second_removal = remove(
        comment_id=appealed.pk,
        ruling=rule(Measure.REMOVED, Ground.OFF_TOPIC, ""),
        by=moderator,
        batch=new_batch(),
    )
    file_appeal(decision_id=second_removal.pk, words="It is about the singing, and kindly meant.")
    stays = say(document, "The tenor was flat.", name="Piet Vos")
    unfounded = report(stays, "Unkind.")
    item = QueueItem.objects.get(comment=stays, closed_at=None)
    decide(
        item_id=item.pk,
        ruling=Ruling(Measure.KEPT, words="An opinion on a concert."),
        by=moderator,
        batch=new_batch(),
    )
    waiting = say(document, "The committee pockets the money.", name="Piet Vos")
    opened = report(waiting, "This is a slander.")
    report(
        waiting,
        "It says that named persons steal.",
        kind=ReportKind.ILLEGAL,
        ground=Ground.LAW_DEFAMATION,
        law="Penal code, 185",
        name="Ansel Brook",
        email="ansel@reader.example",
        is_in_good_faith=True,
    )
    flooder = say(
        document, "Cheap seats at seats dot example.", name="Seats4U", email="s@x.example"
    )
    ban(
        suspect=suspect_of(flooder, None),
        kinds=[BanKind.EMAIL],
        lasts=dt.timedelta(days=30),
        ruling=rule(Measure.BANNED, Ground.SPAM, "Sells seats."),
        by=moderator,
        batch=new_batch(),
    )
    wait(
        document, "Look here: one.example two.example three.example", "links", "It has many links."
    )
    wait(document, "A first comment, in all innocence.", "admission", "Read by a moderator first.")
    waits = wait(document, "And who tunes the piano?", "words", "A watched word.", account=reader)
    wait_with_change(reply, "The choir does, by its takings and by raffles.")
    items = QueueItem.objects.filter(closed_at=None).order_by("pk")
    for notice in Notice.objects.filter(account=reader).order_by("pk")[:1]:
        notice.read_at = notice.at
        notice.save(update_fields=["read_at"])
    page = StoryPage.objects.filter(document=document).values_list("pk", flat=True).first()
    return {
        "path": path,
        "document": document.pk,
        "page": page,
        "author": Author.objects.order_by("pk")[0].slug,
        "editor": editor.email,
        "reader": reader.pk,
        "spoken": spoken.pk,
        "reply": reply.pk,
        "edited": edited.pk,
        "lonely": lonely.pk,
        "asked": asked.pk,
        "guests": guests.pk,
        "removed": shouted.pk,
        "others": stays.pk,
        "feed": feed,
        "confirm": f"/follow/confirm/{wish.follow.pk}/{wish.key}/" if wish else "",
        "statement": statement_path(Decision.objects.get(pk=removal.pk)),
        "appealed": statement_path(Decision.objects.get(pk=second_removal.pk)),
        "upheld": report_path(upheld),
        "unfounded": report_path(unfounded),
        "opened": report_path(opened),
        "waits": waits.pk,
        "items": {kind: pk for pk, kind in items.values_list("pk", "kind")},
    }


def say(document, text, *, account=None, name="", email="", to=None, asks=False):  # type: ignore[no-untyped-def]
    """Publish a comment through the gate's last step, as a writer of somewhere else each time."""
    from broadsheet.discussion.actions import Draft, Sender, post_comments, prepared
    from broadsheet.discussion.models import Comment

    draft = Draft(
        text=text,
        name="" if account else name,
        email=email,
        parent_id=to.pk if to else None,
        is_question=asks,
    )
    sender = Sender(
        address=f"192.0.2.{sum(text.encode()) % 250}",
        agent="Browser",
        guest_key="" if account else GUEST_KEY,
    )
    made = post_comments(
        [prepared(document_id=document.pk, draft=draft, account=account, sender=sender)]
    )[0]
    if not isinstance(made, Comment):
        raise made
    return Comment.objects.get(pk=made.pk)


def change(comment, text, account):  # type: ignore[no-untyped-def]
    """Give a comment new words."""
    from broadsheet.discussion.editing import edit_comment, prepared_edit
    from broadsheet.discussion.models import Comment
    from broadsheet.discussion.people import Person

    comment = Comment.objects.get(pk=comment.pk)
    edit_comment(prepared_edit(comment=comment, text=text, person=Person(account=account)))


def wait_with_change(comment, text):  # type: ignore[no-untyped-def]
    """Let new words of a guest's comment wait for a moderator."""
    from broadsheet.discussion.editing import prepared_edit
    from broadsheet.discussion.models import Comment
    from broadsheet.discussion.people import Person
    from broadsheet.moderation.enums import Outcome
    from broadsheet.moderation.reasons import Reason, Verdict
    from broadsheet.moderation.submission import hold_edit

    comment = Comment.objects.get(pk=comment.pk)
    posting = prepared_edit(comment=comment, text=text, person=Person(guest_key=GUEST_KEY))
    hold_edit(posting, Verdict([Reason("words", Outcome.HOLD, "It has a watched word.")]))


def wait(  # type: ignore[no-untyped-def]
    document, text, rule, words, *, name="Lena Brookes", guest_key="d" * 64, account=None
):
    """Let a comment wait for a moderator, as a rule would."""
    from broadsheet.discussion.actions import Draft, Sender, prepared
    from broadsheet.moderation.enums import Outcome
    from broadsheet.moderation.reasons import Reason, Verdict
    from broadsheet.moderation.submission import hold

    posting = prepared(
        document_id=document.pk,
        draft=Draft(text=text, name="" if account else name, email="lena@reader.example"),
        account=account,
        sender=Sender(address="192.0.2.7", agent="Browser", guest_key="" if account else guest_key),
    )
    return hold(posting, Verdict([Reason(rule, Outcome.HOLD, words)]))


def wait_many(path, said):  # type: ignore[no-untyped-def]
    """Let many comments wait, each for a rule: ``[[text, rule, words], …]``, the first one first."""
    from broadsheet.record.models import Address

    document = Address.objects.select_related("document").get(path=path).document
    for text, rule, words in said:
        wait(document, text, rule, words, name=f"Writer {text.split()[-1]}", guest_key="e" * 64)


if __name__ == "__main__":
    import django

    django.setup()
    if len(sys.argv) > 2:
        wait_many(sys.argv[1], json.loads(sys.argv[2]))
    else:
        print(json.dumps(stock(sys.argv[1])))
