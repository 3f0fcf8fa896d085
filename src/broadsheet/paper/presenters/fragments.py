"""Threads put together from fragments: each comment is set once for each version of it.

A fragment is the HTML of one comment as the thread prints it. It is kept by all that its template
reads, so that it need not be purged: what changes, is another fragment. A page of two hundred
comments is then joined from strings; setting them takes ten times as long.

Where words were taken from readers, they go from here too: whoever does that changes the press key
``erased-words``, and each process empties its own fragments before it puts another thread together.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Hashable

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from broadsheet.discussion.keys import ERASED
from broadsheet.paper.presenters.thread import CommentView, MoreReplies, ThreadView
from broadsheet.press.counters import EVERYTHING, place
from broadsheet.press.keys import change_after_commit, counters

LIMIT = 20_000
"""Fragments that one process keeps, the longest unused going first: some twenty megabytes."""


class Fragments:
    """Fragments by what they were set from. Threads of one process share them."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._kept: OrderedDict[Hashable, str] = OrderedDict()
        self._mark = _mark()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """Return the fragment of a key; two threads may make it at once, and both are right."""
        found = self._kept.get(key)
        if found is None:
            mark = _mark()
            found = make()
            if mark == _mark():
                # Otherwise its words may have been taken from readers while it was made.
                self._kept[key] = found
        # Another thread may let it go at the same moment.
        with contextlib.suppress(KeyError):
            self._kept.move_to_end(key)
            while len(self._kept) > self.limit:
                self._kept.popitem(last=False)
        return found

    def heed(self) -> None:
        """Let everything go if words were taken from readers since it was heeded last."""
        mark = _mark()
        if mark != self._mark:
            self._mark = mark
            self._kept.clear()


def _mark() -> tuple[int, ...]:
    return counters().read((place(ERASED), place(EVERYTHING)))


fragments = Fragments()


def forget() -> None:
    """Let every process of every machine forget its fragments, when the running transaction commits.

    For those above the rooms that erase; these change the key themselves.
    """
    change_after_commit(ERASED, withdraws=True)


def comment_fragment(comment: CommentView, *, read_only: bool, quiet: bool) -> str:
    """Return the HTML of one comment. What it is about and proposes changes with the story, so a
    comment that tells of it is set anew."""

    def make() -> str:
        context = {"comment": comment, "read_only": read_only, "quiet": quiet}
        return get_template("paper/comment.html").render(context)

    if comment.proposal or (comment.about and not quiet):
        return make()
    said = comment.placed.comment
    key = (
        said.pk,
        comment.version,
        comment.name,
        comment.mark,
        comment.who,
        comment.author_slug,
        comment.author_name,
        tuple(comment.disclosures),
        comment.interest,
        comment.is_unverified,
        comment.reply_to,
        comment.placed.level,
        comment.posted,
        comment.is_imported,
        comment.write_path,
        read_only,
        quiet,
        comment.html,
        comment.removed,
        comment.removal_reason,
        comment.reader_path,
        comment.removed_words,
        comment.thanks,
        comment.edited,
        comment.question,
        comment.pace,
    )
    return fragments.get(key, make)


def _more_fragment(more: MoreReplies) -> str:
    return fragments.get(
        more, lambda: get_template("paper/more_replies.html").render({"more": more})
    )


def thread_items(thread: ThreadView, *, read_only: bool, quiet: bool) -> SafeString:
    """Return the items of a thread's list, replies in lists inside of the items that they answer."""
    fragments.heed()
    parts: list[str] = []
    last = len(thread.comments) - 1
    for index, comment in enumerate(thread.comments):
        placed = comment.placed
        more = _more_fragment(comment.more) if comment.more else ""
        if placed.opens:
            parts.append("<ol>")
        parts += ["<li>", comment_fragment(comment, read_only=read_only, quiet=quiet)]
        if not placed.holds:
            if more and not placed.closes:
                parts += ["<ol>", more, "</ol>"]
            parts.append("</li>")
        for close in range(placed.closes):
            if more and close == placed.closes - 1:
                parts.append(more)
            parts.append("</ol></li>")
        if index != last:
            parts.append("\n  ")
    # Fragments come from templates, which escape.
    return mark_safe("".join(parts))
