"""Links: how many, and where to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from broadsheet.moderation.case import Case
from broadsheet.moderation.enums import Outcome
from broadsheet.moderation.options import choice, lines, number, switch
from broadsheet.moderation.reasons import Reason
from broadsheet.moderation.rules.base import Rule
from broadsheet.moderation.weblinks import SHORTENERS, Link, clean_domain, is_below


@dataclass(frozen=True)
class Options:
    most: int = number("Links that a comment may have", 2, least=0, most=100)
    allowed: tuple[str, ...] = lines(
        "Domains that are always fine",
        clean_line=clean_domain,
        about="One on each line; all that lies below is meant too. They do not count. Your own"
        " publication is among them.",
    )
    blocked: tuple[str, ...] = lines("Blocked domains", clean_line=clean_domain)
    blocked_outcome: str = choice(
        "A comment that links to a blocked domain",
        Outcome.REFUSE,
        [(str(Outcome.REFUSE), "is refused"), (str(Outcome.HOLD), "waits for a moderator")],
    )
    holds_shorteners: bool = switch(
        "Links through shorteners wait", True, about="They hide where they lead."
    )
    holds_imitations: bool = switch(
        "Links to names that imitate others wait",
        True,
        about="Such as “gооgle.com”, drawn with Cyrillic letters.",
    )


def _judge(case: Case, options: Options) -> Reason | None:
    allowed = allowed_domains(options)
    counted = [link for link in case.links if not is_one_of(link.host, allowed)]
    if not counted:
        return None
    if blocked := _first(counted, options.blocked):
        return Reason(
            RULE.name,
            Outcome(options.blocked_outcome),
            f"It links to {blocked}, which is not linked to here.",
            details={"blocked": blocked},
        )
    return _suspicious(counted, options)


def allowed_domains(options: Options) -> tuple[str, ...]:
    """Return the domains that are always fine, the publication's own among them."""
    own = urlsplit(settings.ORIGIN).hostname or ""
    return (*options.allowed, own) if own else options.allowed


def _suspicious(counted: list[Link], options: Options) -> Reason | None:
    if options.holds_imitations and (link := next((e for e in counted if e.imitated), None)):
        return _hold(
            f"It links to {link.host}, which looks like {link.imitated} and is another place.",
            {"imitated": link.imitated, "host": link.host},
        )
    if options.holds_shorteners and (host := _first(counted, tuple(SHORTENERS))):
        return _hold(
            f"It links through {host}, so nobody sees where it leads. Please give the address itself.",
            {"shortener": host},
        )
    if len(counted) > options.most:
        words = (
            "Comments with links are read by a moderator first."
            if options.most == 0
            else f"It has {len(counted)} links; with more than {options.most} a comment is read by a"
            " moderator first."
        )
        return _hold(words, {"links": len(counted), "most": options.most})
    return None


def _hold(words: str, details: dict[str, object]) -> Reason:
    return Reason(RULE.name, Outcome.HOLD, words, details=details, is_soft=True)


def is_one_of(host: str, domains: tuple[str, ...]) -> bool:
    """Say whether a host is one of the domains, or lies below one."""
    return any(is_below(host, domain) for domain in domains)


def _first(links: list[Link], domains: tuple[str, ...]) -> str:
    """Return the host of the first link that lies below one of the domains."""
    return next((link.host for link in links if is_one_of(link.host, domains)), "")


RULE = Rule(
    "links",
    "Links",
    "Many links, links to blocked domains, links that hide where they lead.",
    Options,
    _judge,
    spares_trusted=True,
)
