"""Who may not comment here."""

from __future__ import annotations

from broadsheet.moderation.bans import ban_of
from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import BanKind, Outcome
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import NoOptions, Rule

_WHO = {
    BanKind.ACCOUNT: "You cannot comment here",
    BanKind.EMAIL: "Nobody with this e-mail address can comment here",
    BanKind.ADDRESS: "Nobody can comment here from the network that you use",
}


def _judge(case: Case, options: NoOptions) -> Reason | None:
    posting = case.posting
    account = posting.account
    ban = ban_of(
        account_id=account.pk if account else None,
        emails=[posting.draft.email, account.email if account else ""],
        address=posting.sender.address,
        now=case.now,
    )
    if ban is None:
        return None
    until = f" until {ban.expires_at:%-d %B %Y, %H:%M} UTC" if ban.expires_at else ""
    return Reason(
        RULE.name,
        Outcome.REFUSE,
        f"{_WHO[BanKind(ban.kind)]}{until}: {ban.reason}",
        note=f"Ban {ban.pk}" + (f", {ban.value}" if ban.value else ""),
        details={"ban": ban.pk},
    )


RULE = Rule(
    "bans",
    "Bans",
    "Who is banned cannot comment: an account, an e-mail address or a whole domain of them, or a range"
    " of network addresses. They are told so, until when, and why.",
    NoOptions,
    _judge,
)
