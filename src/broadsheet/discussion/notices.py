"""Who is told what: the journal is read on from where it was told, and becomes notices.

Nothing hooks into the posting of a comment. The task worker looks which documents have entries that
were not told, and in one transaction for each makes the notices and moves the document's cursor. So
nothing is told twice or left out, whenever a process is killed, and following costs a comment nothing.

What an edition did to words that were commented on is told by ``quoted_words_changed``, right after
the edition's commit; that is the one thing that a process killed at that moment leaves out.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.dispatch import receiver

from broadsheet import clock
from broadsheet.discussion.enums import CommentKind, FollowKind, NoticeKind
from broadsheet.discussion.models import Comment, Follow, FollowSettings, Notice, NoticeCursor
from broadsheet.discussion.signals import quoted_words_changed
from broadsheet.readers.models import Mute
from broadsheet.readers.muting import name_key
from broadsheet.record.enums import EditionKind, EntryKind
from broadsheet.record.models import Document, Edition, JournalEntry, StorylinePlace

_log = logging.getLogger(__name__)

ENTRIES_AT_ONCE = 500
"""Journal entries of one document that are told in one transaction."""
DOCUMENTS_AT_ONCE = 200
FOLLOWS_AT_ONCE = 2000
"""Followers whose notices are held in memory at once."""
KEEP_FOR = dt.timedelta(days=180)
"""How long a notice is kept."""
_TOLD = (
    *(EntryKind.COMMENT, EntryKind.EDITION, EntryKind.WITHDRAWAL),
    *(EntryKind.INTEREST_ASKED, EntryKind.INTEREST_ANSWERED, EntryKind.STORYLINE_JOINED),
)


def tell() -> int:
    """Make notices of what happened since the last look; returns how many documents had something."""
    waiting = (
        Document.objects.filter(
            Q(notice_cursor=None) | Q(head_sequence__gt=F("notice_cursor__sequence"))
        )
        .exclude(head_sequence=0)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    told = 0
    for document_id in list(waiting[:DOCUMENTS_AT_ONCE]):
        try:
            tell_of(document_id)
            told += 1
        # One document that cannot be told of must not keep others from being told of.
        except Exception:
            _log.exception("document %s could not be told of", document_id)
    return told


@transaction.atomic
def tell_of(document_id: int) -> None:
    """Tell of one document's journal from where it was told; safe to run twice at once."""
    NoticeCursor.objects.get_or_create(document_id=document_id, defaults={"sequence": 0})
    cursor = NoticeCursor.objects.select_for_update().get(pk=document_id)
    entries = list(
        JournalEntry.objects.filter(document=document_id, sequence__gt=cursor.sequence)
        .order_by("sequence")
        .only("sequence", "kind", "reference", "at")[:ENTRIES_AT_ONCE]
    )
    if not entries:
        return
    news = [entry for entry in entries if entry.kind in _TOLD]
    if news:
        _tell_entries(document_id, news)
    cursor.sequence = entries[-1].sequence
    cursor.save(update_fields=["sequence"])


def _tell_entries(document_id: int, entries: Sequence[JournalEntry]) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        numbers[entry.kind].append(_number(entry))
    comments = {
        comment.pk: comment
        for comment in Comment.objects.filter(
            pk__in=numbers[EntryKind.COMMENT], removed_at=None
        ).select_related("parent")
    }
    said = [comments[pk] for pk in numbers[EntryKind.COMMENT] if pk in comments]
    said = [comment for comment in said if comment.kind != CommentKind.PINGBACK]
    muted = _Mutes(said)
    if said:
        _tell_replies(said, muted)
        _tell_stories_followers(document_id, said, muted)
    joined = [entry for entry in entries if entry.kind == EntryKind.STORYLINE_JOINED]
    once = _Once()
    if numbers[EntryKind.EDITION]:
        _tell_editions(document_id, numbers[EntryKind.EDITION], once)
    if joined:
        _tell_joined(document_id, joined, once)
    for entry in entries:
        if entry.kind == EntryKind.WITHDRAWAL:
            _to_followers(document_id, NoticeKind.WITHDRAWN, entry.at)
        elif entry.kind in (EntryKind.INTEREST_ASKED, EntryKind.INTEREST_ANSWERED):
            _tell_interest(document_id, entry)


def tell_from_now_on() -> None:
    """Tell nobody of what happened so far, as after loading a history from elsewhere."""
    heads = Document.objects.values_list("pk", "head_sequence")
    NoticeCursor.objects.bulk_create(
        [NoticeCursor(document_id=pk, sequence=sequence) for pk, sequence in heads],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["sequence"],
    )


class _Mutes:
    """Who mutes whom, of the writers of some comments. Two statements for all of them."""

    def __init__(self, said: Sequence[Comment]) -> None:
        accounts = {comment.account_id for comment in said if comment.account_id}
        keys = {
            key for comment in said if not comment.account_id and (key := name_key(comment.name))
        }
        rows = (
            Mute.objects.filter(Q(muted__in=accounts) | Q(key__in=keys))
            if accounts or keys
            else Mute.objects.none()
        )
        self._of: dict[object, set[int]] = defaultdict(set)
        for account_id, muted_id, key in rows.values_list("account_id", "muted_id", "key"):
            self._of[muted_id or key].add(account_id)

    def by(self, account_id: int | None, comment: Comment) -> bool:
        """Say whether an account mutes the writer of a comment."""
        if account_id is None:
            return False
        return account_id in self._of.get(comment.account_id or name_key(comment.name), ())


@dataclass(frozen=True)
class _Reader:
    account_id: int | None
    follow_id: int | None


class _Once:
    """Who was told of a story's publication or standing already, by whatever they follow."""

    def __init__(self) -> None:
        self._told: set[object] = set()

    def new(self, follows: Iterable[Follow]) -> list[Follow]:
        """Return those of the follows whose readers were not told yet, each reader once."""
        found = []
        for follow in follows:
            reader = follow.account_id or follow.email
            if reader not in self._told:
                self._told.add(reader)
                found.append(follow)
        return found


def _tell_replies(said: Sequence[Comment], muted: _Mutes) -> None:
    """Tell who follows what a comment answers, and its writer."""
    parents = {comment.parent_id for comment in said if comment.parent_id}
    if not parents:
        return
    followers: dict[int, set[_Reader]] = defaultdict(set)
    follows = Follow.objects.filter(
        kind=FollowKind.REPLIES, comment__in=parents, confirmed_at__isnull=False
    )
    for pk, comment_id, account_id in follows.values_list("pk", "comment_id", "account_id"):
        followers[comment_id].add(_Reader(account_id, pk))
    writers = {c.parent.account_id for c in said if c.parent and c.parent.account_id}
    silent = set(
        FollowSettings.objects.filter(account__in=writers, own_replies=False).values_list(
            "account_id", flat=True
        )
    )
    notices = []
    for comment in said:
        if comment.parent is None:
            continue
        readers = set(followers[comment.parent.pk])
        known = {reader.account_id for reader in readers}
        writer = comment.parent.account_id
        if writer and writer not in silent and writer not in known:
            readers.add(_Reader(writer, None))
        notices += [
            Notice(
                account_id=reader.account_id,
                follow_id=reader.follow_id,
                kind=NoticeKind.REPLY,
                document_id=comment.document_id,
                comment=comment,
                at=comment.posted_at or clock.now(),
            )
            for reader in sorted(
                readers, key=lambda each: (each.account_id or 0, each.follow_id or 0)
            )
            if not _is_own(reader, comment) and not muted.by(reader.account_id, comment)
        ]
    Notice.objects.bulk_create(notices, batch_size=500)


def _is_own(reader: _Reader, comment: Comment) -> bool:
    return reader.account_id is not None and reader.account_id == comment.account_id


def _tell_stories_followers(document_id: int, said: Sequence[Comment], muted: _Mutes) -> None:
    """Count new comments in the notice of each follower that was neither read nor mailed."""
    for follows in _chunks(_followers(document_id)):
        open_ones = {
            notice.follow_id: notice
            for notice in Notice.objects.filter(
                follow__in=[follow.pk for follow in follows],
                kind=NoticeKind.COMMENTS,
                read_at=None,
                mailed_at=None,
            )
        }
        new, grown = [], []
        for follow in follows:
            told = [
                comment
                for comment in said
                if (comment.posted_at or follow.since) >= follow.since
                and not _is_own(_Reader(follow.account_id, follow.pk), comment)
                and not muted.by(follow.account_id, comment)
            ]
            if not told:
                continue
            at = max(comment.posted_at or follow.since for comment in told)
            if notice := open_ones.get(follow.pk):
                notice.count += len(told)
                notice.at = max(at, notice.at)
                grown.append(notice)
            else:
                new.append(
                    Notice(
                        account_id=follow.account_id,
                        follow=follow,
                        kind=NoticeKind.COMMENTS,
                        document_id=document_id,
                        # The first of them: where to begin to read.
                        comment=told[0],
                        count=len(told),
                        at=at,
                    )
                )
        Notice.objects.bulk_create(new, batch_size=500)
        Notice.objects.bulk_update(grown, ["count", "at"], batch_size=500)


def _followers(document_id: int) -> Iterable[Follow]:
    return (
        Follow.objects.filter(
            kind=FollowKind.STORY, document=document_id, confirmed_at__isnull=False
        )
        .order_by("pk")
        .iterator(FOLLOWS_AT_ONCE)
    )


def _chunks(follows: Iterable[Follow]) -> Iterable[list[Follow]]:
    chunk: list[Follow] = []
    for follow in follows:
        chunk.append(follow)
        if len(chunk) == FOLLOWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _tell_editions(document_id: int, numbers: Sequence[int], once: _Once) -> None:
    """Tell who follows the story what an edition is, unless it is minor; and, of a first one, who
    follows its authors. An edition that says another standing is told as that, also to who follows a
    storyline that the story is on."""
    editions = list(
        Edition.objects.filter(document=document_id, number__lte=max(numbers))
        .order_by("number")
        .only("document_id", "number", "kind", "published_at", "content_data")
    )
    before: Edition | None = None
    for edition in editions:
        if edition.number in numbers:
            changed = before is not None and _standing(before) != _standing(edition)
            if before is None:
                _to_authors_followers(edition, once)
            elif changed:
                told = _Once()
                at = edition.published_at
                _to_followers(document_id, NoticeKind.STANDING, at, edition, told)
                _to_storylines_followers(edition, told)
            elif edition.kind != EditionKind.MINOR:
                _to_followers(document_id, NoticeKind.EDITION, edition.published_at, edition)
        before = edition


def _standing(edition: Edition) -> str:
    return str(edition.content_data.get("standing", ""))


def _to_followers(
    document_id: int,
    kind: NoticeKind,
    at: dt.datetime,
    edition: Edition | None = None,
    once: _Once | None = None,
) -> None:
    for follows in _chunks(_followers(document_id)):
        told = once.new(follows) if once else follows
        _make_notices(told, kind, document_id, edition, at)


def _make_notices(
    follows: Iterable[Follow],
    kind: NoticeKind,
    document_id: int,
    edition: Edition | None,
    at: dt.datetime,
) -> None:
    Notice.objects.bulk_create(
        [
            Notice(
                account_id=follow.account_id,
                follow=follow,
                kind=kind,
                document_id=document_id,
                edition=edition,
                at=at,
            )
            for follow in follows
        ],
        batch_size=500,
    )


def _to_storylines_followers(edition: Edition, once: _Once) -> None:
    """Tell who follows a storyline that a story on it has another standing."""
    on_them = StorylinePlace.objects.filter(
        document=edition.document_id,
        until=None,
        # It stood there when the edition came out; who is told that it joins is told how it stands.
        since__lt=edition.published_at,
    )
    follows = _storylines_followers(on_them.values("storyline"), edition.published_at)
    for chunk in _chunks(follows):
        _make_notices(
            once.new(chunk),
            NoticeKind.STANDING,
            edition.document_id,
            edition,
            edition.published_at,
        )


def _tell_joined(document_id: int, entries: Sequence[JournalEntry], once: _Once) -> None:
    """Tell who follows a storyline which story joined it, if it is still on it and not withdrawn."""
    document = Document.objects.select_related("edition").get(pk=document_id)
    if document.withdrawn_at is not None:
        return
    still = set(
        StorylinePlace.objects.filter(document=document, until=None).values_list(
            "storyline_id", flat=True
        )
    )
    at = {_number(entry): entry.at for entry in entries if _number(entry) in still}
    for storyline_id, joined_at in at.items():
        for chunk in _chunks(_storylines_followers([storyline_id], joined_at)):
            _make_notices(
                once.new(chunk), NoticeKind.JOINED, document_id, document.edition, joined_at
            )


def _storylines_followers(
    storylines: Iterable[int] | QuerySet[StorylinePlace, Any], at: dt.datetime
) -> Iterable[Follow]:
    """Return who followed one of some storylines at an instant."""
    return (
        Follow.objects.filter(
            kind=FollowKind.STORYLINE,
            storyline__in=storylines,
            confirmed_at__isnull=False,
            # Editions carry whole seconds.
            since__lt=at + dt.timedelta(seconds=1),
        )
        .order_by("pk")
        .iterator(FOLLOWS_AT_ONCE)
    )


def _to_authors_followers(edition: Edition, once: _Once) -> None:
    follows = Follow.objects.filter(
        kind=FollowKind.AUTHOR,
        author__in=edition.authors.values("pk"),
        confirmed_at__isnull=False,
        # Editions carry whole seconds.
        since__lt=edition.published_at + dt.timedelta(seconds=1),
    ).order_by("pk")
    # Who follows two of its authors is told once.
    _make_notices(
        once.new(follows),
        NoticeKind.STORY,
        edition.document_id,
        edition,
        edition.published_at,
    )


def _tell_interest(document_id: int, entry: JournalEntry) -> None:
    """Tell the writer that somebody asked, and who asked that there is an answer."""
    comment = (
        Comment.objects.filter(pk=_number(entry), removed_at=None)
        .select_related("interest")
        .first()
    )
    if comment is None:
        return
    is_asked = entry.kind == EntryKind.INTEREST_ASKED
    account_id = comment.account_id if is_asked else comment.interest.account_id
    if account_id is None:
        return
    Notice.objects.create(
        account_id=account_id,
        kind=NoticeKind.ASKED if is_asked else NoticeKind.ANSWERED,
        document_id=document_id,
        comment=comment,
        at=entry.at,
    )


@receiver(quoted_words_changed)
def tell_of_changed_words(
    sender: Any, comments: Sequence[Comment], edition: Edition, **kwargs: Any
) -> None:
    """Tell the writers of comments that the words they wrote about are not what they were."""
    by_id = {comment.pk: comment for comment in comments}
    guests = Follow.objects.filter(
        kind=FollowKind.REPLIES, comment__in=by_id, account=None, confirmed_at__isnull=False
    ).values_list("pk", "comment_id")
    readers = [
        (comment, _Reader(comment.account_id, None)) for comment in comments if comment.account_id
    ]
    readers += [(by_id[comment_id], _Reader(None, pk)) for pk, comment_id in guests]
    Notice.objects.bulk_create(
        [
            Notice(
                account_id=reader.account_id,
                follow_id=reader.follow_id,
                kind=NoticeKind.WORDS,
                document_id=comment.document_id,
                comment=comment,
                edition=edition,
                at=edition.published_at,
            )
            for comment, reader in readers
        ],
        batch_size=500,
    )


def forget_old() -> None:
    """Delete notices of long ago."""
    Notice.objects.filter(at__lt=clock.now() - KEEP_FOR).delete()


def _number(entry: JournalEntry) -> int:
    """Return the number in a reference, such as 12 of ``comment/12``; 0 where there is none."""
    parts = entry.reference.split("/")
    return int(parts[1]) if len(parts) > 1 else 0
