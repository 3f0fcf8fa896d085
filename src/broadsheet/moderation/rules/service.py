"""A spam service outside as a rule; where it does not answer, the comment passes without it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.conf import settings

from broadsheet import clock
from broadsheet.discussion.actions import Posting
from broadsheet.moderation.akismet import Service, ServiceUnavailable
from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.options import switch
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule

FAILURES = 3
"""Failures in a row after which the service is left alone for a while."""
LEFT_ALONE = 60.0
"""Seconds; without it each writer would wait for a service that is down."""
AT_ONCE = 8
"""Comments that ask at once in a process; others pass without: no thread of all may wait for it."""


@dataclass(frozen=True)
class Options:
    sends_email: bool = switch(
        "The writer’s e-mail address is sent too",
        False,
        about="What a comment says, its name, the network address and the browser are sent in any case:"
        " say so in your notice on privacy.",
    )


class _Line:
    """How the service has been answering this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.free = threading.BoundedSemaphore(AT_ONCE)
        self.failures = 0
        self.silent_until = float("-inf")

    def went(self, *, well: bool) -> None:
        with self.lock:
            self.failures = 0 if well else self.failures + 1
            if self.failures >= FAILURES:
                self.failures = 0
                self.silent_until = clock.ticks() + LEFT_ALONE


_line = _Line()


def service() -> Service | None:
    """Return the service that the operator named, if there is one."""
    if not settings.SPAM_SERVICE or not settings.SPAM_SERVICE_KEY:
        return None
    return Service(settings.SPAM_SERVICE, settings.SPAM_SERVICE_KEY, settings.ORIGIN)


def _judge(case: Case, options: Options) -> Reason | None:
    asked = service()
    if asked is None:
        return None
    if clock.ticks() < _line.silent_until:
        return _absent("it has not been answering and is left alone for a minute")
    if not _line.free.acquire(blocking=False):
        return _absent("too many comments ask at once")
    try:
        is_spam = asked.is_spam(told(case.posting, sends_email=options.sends_email))
    except ServiceUnavailable as trouble:
        _line.went(well=False)
        return _absent(str(trouble))
    finally:
        _line.free.release()
    _line.went(well=True)
    if not is_spam:
        return None
    return Reason(
        RULE.name,
        Outcome.HOLD,
        "A spam service that we ask takes it for spam, so a moderator reads it first.",
        is_soft=True,
    )


def _absent(why: str) -> Reason:
    return Reason(RULE.name, Outcome.PUBLISH, "", note=f"The spam service was not asked: {why}.")


def told(posting: Posting, *, sends_email: bool) -> dict[str, str]:
    """Return what the service is told of a comment."""
    sender, draft = posting.sender, posting.draft
    data = {
        "user_ip": sender.address or "",
        "user_agent": sender.agent,
        "comment_type": "reply" if draft.parent_id else "comment",
        "comment_author": posting.name,
        "comment_content": draft.text,
        "blog_charset": "UTF-8",
    }
    if sends_email and (email := draft.email or (posting.account.email if posting.account else "")):
        data["comment_author_email"] = email
    return data


RULE = Rule(
    "service",
    "Spam service",
    "Asks a service that speaks Akismet’s interface, if the operator named one"
    " (spam_service, spam_service_key). It is asked last, and only of what nothing else speaks against.",
    Options,
    _judge,
    spares_trusted=True,
    is_there=lambda: service() is not None,
    is_asked_last=True,
)
