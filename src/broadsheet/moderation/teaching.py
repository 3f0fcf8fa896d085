"""Telling the spam service where it was wrong, once a decision cannot be taken back any more."""

from __future__ import annotations

import datetime as dt
import logging

from broadsheet import clock
from broadsheet.discussion.models import CommentSource
from broadsheet.moderation.akismet import Service, ServiceUnavailable
from broadsheet.moderation.deciding import UNDO_WITHIN
from broadsheet.moderation.lessons import words_of
from broadsheet.moderation.models import Decision, Lesson
from broadsheet.moderation.rules import service

AT_ONCE = 20
FORGET_AFTER = dt.timedelta(days=7)
"""A service that is away for longer learns from what comes later."""
_log = logging.getLogger(__name__)


def teach_service() -> None:
    """Tell what the service missed, and what it held without need. For the task worker."""
    now = clock.now()
    due = Lesson.objects.filter(told_at=None, decision__decided_at__lt=now - UNDO_WITHIN)
    asked = service.service()
    if asked is None:
        due.update(told_at=now)
        return
    due.filter(decision__decided_at__lt=now - FORGET_AFTER).update(told_at=now)
    lessons = due.select_related("decision__held", "decision__comment").order_by("decision")
    for lesson in lessons[:AT_ONCE]:
        try:
            _tell(asked, lesson)
        except ServiceUnavailable as trouble:
            _log.warning("the spam service could not be told: %s", trouble)
            return
        lesson.told_at = now
        lesson.save(update_fields=["told_at"])


def _tell(asked: Service, lesson: Lesson) -> None:
    decision = lesson.decision
    if _was_held_by_service(decision) == lesson.is_spam:
        return
    if not (text := words_of(decision)):
        return
    asked.teach(_told(decision, text), is_spam=lesson.is_spam)


def _was_held_by_service(decision: Decision) -> bool:
    """Say whether the service took it for spam; what it was not asked it did not."""
    reasons = decision.held.reasons if decision.held else []
    return any(
        each.get("rule") == service.RULE.name and each.get("outcome") == "hold" for each in reasons
    )


def _told(decision: Decision, text: str) -> dict[str, str]:
    held = decision.held
    source = CommentSource.objects.filter(comment=decision.comment_id).first()
    address = held.address if held else source.address if source else None
    agent = held.agent if held else source.agent if source else ""
    name = held.name if held else decision.comment.name if decision.comment else ""
    return {
        "user_ip": address or "",
        "user_agent": agent,
        "comment_type": "comment",
        "comment_author": name,
        "comment_content": text,
        "blog_charset": "UTF-8",
    }
