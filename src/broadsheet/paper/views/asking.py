"""What a reader asks for at the page of one comment: to be told of replies, not to see its writer, and
whether the writer has an interest.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, QueryDict

from broadsheet.discussion.digests import wish_to_follow
from broadsheet.discussion.enums import Digest
from broadsheet.discussion.follows import (
    FollowRefused,
    Target,
    follow,
    follow_of,
    unfollow,
)
from broadsheet.discussion.interests import (
    QuestionRefused,
    answer_interest,
    ask_for_interest,
    may_answer,
    question_of,
)
from broadsheet.discussion.models import Comment
from broadsheet.paper.presenters.moments import moment
from broadsheet.paper.views.account.common import (
    LETTERS_A_DAY,
    LETTERS_PER_ADDRESS,
    take_for_computer,
)
from broadsheet.paper.views.me import Guest
from broadsheet.readers.limits import HOUR, Limit, TooMany, take
from broadsheet.readers.models import Account, Mute
from broadsheet.readers.muting import mute, name_key, unmute

HOW_OFTEN = [(each.value, each.label) for each in Digest if each is not Digest.NEVER]
"""What a guest can choose."""
OF_COMPUTER = Limit("ask others, computer", 20, HOUR)
OF_NETWORK = Limit("ask others, network", 200, HOUR)
MAX_KEY = 64
"""Characters; ours have fewer."""
DONE = {
    "follow": "You will be told of replies.",
    "unfollow": "You are told of replies no more.",
    "ask-to-follow": (
        "If this address is not confirmed yet, a mail is on its way to it. Open it and press the"
        " button; then you will be told."
    ),
    "mute": "Muted: you will not see what they write. Nobody else is concerned, and nobody is told.",
    "unmute": "Not muted any more.",
    "ask": "Asked. An answer, or that there is none, will stand at the comment.",
    "answer": "Thank you. Your answer stands at your comment now.",
}


def key_in(given: QueryDict) -> str:
    """Return the key of a mail that a form carries along; nothing for what is none."""
    key = given.get("key", "")[: MAX_KEY + 1]
    return key if key.isascii() and key.isalnum() and len(key) <= MAX_KEY else ""


def do_as_asked(request: HttpRequest, comment: Comment, account: Account | None) -> str:
    """Do what a form asks and return what was done, a key of :data:`DONE`.

    Raises :class:`FollowRefused`, :class:`MuteRefused` and :class:`QuestionRefused`.
    """
    data = request.POST
    wanted = data.get("do", "")
    if comment.removed_at:
        raise QuestionRefused("The words of this comment were removed.")
    if wanted in ("ask", "ask-to-follow"):
        bound(request, email=asked_address(data) if wanted == "ask-to-follow" else "")
    if wanted == "ask":
        ask_for_interest(comment_id=comment.pk, account=account)
    elif wanted == "answer":
        guest = Guest.known(request)
        answer_interest(
            comment_id=comment.pk,
            answer=data.get("answer", ""),
            account=account,
            guest_key=guest.key if guest else "",
            key=key_in(data),
        )
    elif wanted == "ask-to-follow":
        wish_to_follow(
            email=data.get("email", ""),
            target=Target(comment=comment),
            digest=data.get("digest", ""),
        )
    elif account is None:
        raise FollowRefused("Please sign in first.")
    else:
        _do_as(account, comment, wanted)
    return wanted


def asked_address(data: QueryDict) -> str:
    """Return the address that a form asks to write to, as it is counted."""
    return data.get("email", "").strip().lower()[:254]


def bound(request: HttpRequest, *, email: str = "") -> None:
    """Bound what one computer, or its network, asks of others without an account; and how many mails
    an address gets by that, whoever asks and whether or not it is known here."""
    try:
        take_for_computer(request, OF_COMPUTER, OF_NETWORK)
        if email:
            take(LETTERS_PER_ADDRESS, email)
            take(LETTERS_A_DAY, email)
    except TooMany as refusal:
        minutes = -(-refusal.retry_after // 60)
        raise FollowRefused(
            f"This was asked often from where you are. Please come back in {minutes} minutes."
        ) from refusal


def _do_as(account: Account, comment: Comment, wanted: str) -> None:
    target = Target(comment=comment)
    if wanted == "follow":
        follow(account=account, target=target)
    elif wanted == "unfollow":
        if found := follow_of(account, target):
            unfollow(account=account, follow_id=found.pk)
    elif wanted == "mute":
        mute(account=account, muted_id=comment.account_id, name=comment.name)
    elif wanted == "unmute":
        if muted := _mute_of(account, comment):
            unmute(account=account, mute_id=muted.pk)
    else:
        raise FollowRefused("This form is not one of ours.")


def _mute_of(account: Account, comment: Comment) -> Mute | None:
    key = "" if comment.account_id else name_key(comment.name)
    return Mute.objects.filter(account=account, muted_id=comment.account_id, key=key).first()


def what_can_be_asked(
    request: HttpRequest, comment: Comment, account: Account | None, zone: dt.tzinfo
) -> dict[str, Any]:
    """Return what the page of a comment says of following, muting and interests. Four statements."""
    question = question_of(comment)
    guest = Guest.known(request)
    given = request.POST if request.method == "POST" else request.GET
    key = key_in(given)
    return {
        "account": account,
        "follow": follow_of(account, Target(comment=comment)) if account else None,
        "mute": _mute_of(account, comment) if account else None,
        "who": f"a{comment.account_id}" if comment.account_id else "",
        "question": question,
        "asked": moment(question.asked_at, zone) if question else None,
        "may_answer": question is not None
        and question.answered_at is None
        and may_answer(comment, account=account, guest_key=guest.key if guest else "", key=key),
        "key": key,
        "how_often": HOW_OFTEN,
        "given": given,
    }
