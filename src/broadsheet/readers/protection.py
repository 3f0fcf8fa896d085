"""Whose name a name is: nobody can take, or imitate, one that belongs to somebody else.

Names belong to accounts, to bylines, to the staff, to the publication, to the words for its roles,
and to the people whom stories are about. Two names are the same here when they look alike
(:func:`broadsheet.readers.skeleton.name_keys`).

All but the names of accounts are kept in memory, so a comment of somebody signed in costs nothing and
one of a guest a single statement by an index; a hundred thousand accounts would take longer to load
than to ask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from broadsheet.press.kept import kept
from broadsheet.readers.keys import NAMES
from broadsheet.readers.models import Account, NameKey, ReservedName, stored_keys
from broadsheet.readers.names import NameUnusable, clean_name
from broadsheet.readers.skeleton import name_keys
from broadsheet.record.enums import TopicKind
from broadsheet.record.models import Author, Publication, Topic
from broadsheet.record.rows import rows_with

ROLES = (
    *("admin", "administrator", "author", "editor", "moderator", "staff", "newsroom", "reporter"),
    *("journalist", "publisher", "owner", "webmaster", "root", "system", "support", "help desk"),
    *("helpdesk", "editorial", "editorial team", "editor in chief", "chief editor", "newsdesk"),
    *("news desk", "the desk", "ombudsman", "readers’ editor", "columnist", "correspondent"),
    *("comment moderator", "press office", "legal department", "security", "official", "mod"),
    *("anonymous staff", "correction", "corrections", "deleted reader", "a reader"),
    *("name not recorded", "a removed comment"),
)
"""Words for roles, and words that stand where a name would; the desk can add more."""
MARKS = ("author", "staff", "editor", "moderator", "admin", "administrator", "verified")
"""Words that would be read as a mark if they began or ended a name: “Zoe (Author)”."""
FILLERS = ("the", "real", "official", "true", "original", "verified", "mr", "mrs", "ms", "dr")
"""Words that make no other name of a name: “The real Ann Lee”."""
DESK_PERMISSION = ("wagtailadmin", "access_admin")


class Belongs(StrEnum):
    """What a name belongs to."""

    AUTHOR = "author"
    STAFF = "staff"
    PUBLICATION = "publication"
    ROLE = "role"
    TOPIC = "topic"
    ACCOUNT = "account"


_WHOSE = {
    Belongs.AUTHOR: "one of our authors has that name",
    Belongs.STAFF: "somebody who works here has that name",
    Belongs.PUBLICATION: "that is the name of this publication",
    Belongs.ROLE: "readers would think that you speak for the publication",
    Belongs.TOPIC: "that is somebody whom our stories are about",
    Belongs.ACCOUNT: "a reader with an account has that name",
}
_ADVICE = {
    Belongs.TOPIC: (
        "If it is your name as well, please add something that tells you apart, such as where you live."
    ),
    Belongs.ACCOUNT: "If that is you, please sign in; if not, please choose another name.",
    Belongs.AUTHOR: "If that is you, please sign in; if not, please choose another name.",
    Belongs.STAFF: "If that is you, please sign in; if not, please choose another name.",
}


class NameTaken(NameUnusable):
    """The name belongs to somebody else; the message says to whom in plain words."""

    def __init__(self, given: str, name: str, belongs: Belongs, *, is_mark: bool = False) -> None:
        self.belongs: Belongs = belongs
        if is_mark:
            super().__init__(
                f"“{name}” in a name looks like a mark that we give. Please leave it out."
            )
            return
        said = (
            "You cannot be called" if given.casefold() == name.casefold() else "Readers could take"
        )
        what = f"“{given}”" if said.startswith("You") else f"“{given}” for “{name}”"
        advice = _ADVICE.get(belongs, "Please choose another name.")
        super().__init__(f"{said} {what} here: {_WHOSE[belongs]}. {advice}")


@dataclass(frozen=True)
class Owner:
    """Somebody whom a name belongs to."""

    belongs: Belongs
    name: str
    author_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True)
class Protected:
    """The names that belong to somebody, but for those of readers’ accounts."""

    owners: Mapping[str, Sequence[Owner]]
    """By what they look like."""
    staff: frozenset[int]
    """The ids of the accounts that may work at the desk."""


def protected() -> Protected:
    """Return the protected names, loaded by one statement when they were changed."""
    return kept(NAMES, _load)


def is_staff(account: Account | None) -> bool:
    """Say whether an account may work at the desk. No statement."""
    return account is not None and account.is_active and account.pk in protected().staff


def check_name(name: str, *, account: Account | None = None, author: Author | None = None) -> str:
    """Return the name as it is shown, for a guest or for the account and author that want it.

    Raises :class:`NameUnusable` and :class:`NameTaken`. One statement.
    """
    name = clean_name(name)
    known = protected()
    own = (author.pk if author else None, account.pk if account else None)
    _check_owned(name, known, own)
    if not is_staff(account):
        _check_marks(name)
    check_free(name, account=account)
    return name


def check_free(name: str, *, account: Account | None = None) -> None:
    """Refuse a name that another account has, or one that looks like it. One statement."""
    keys = stored_keys(name) | (_plainer(name) or set())
    own = account.pk if account else None
    for taken in rows_with(NameKey, "key", keys):
        if taken.account_id != own:
            raise NameTaken(name, taken.account.name or name, Belongs.ACCOUNT)


def _check_owned(name: str, known: Protected, own: tuple[int | None, int | None]) -> None:
    author_id, account_id = own
    is_of_staff = account_id in known.staff
    for key in name_keys(name) | (_plainer(name) or set()):
        owners = known.owners.get(key, ())
        if any(
            (owner.author_id is not None and owner.author_id == author_id)
            or (owner.account_id is not None and owner.account_id == account_id)
            or (is_of_staff and owner.belongs in (Belongs.ROLE, Belongs.PUBLICATION))
            for owner in owners
        ):
            continue
        if owners:
            raise NameTaken(name, owners[0].name, owners[0].belongs)


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", name) if word]


def _check_marks(name: str) -> None:
    """Refuse a name that begins or ends with a word that would be read as a mark beside it."""
    words = _words(name)
    for word in {words[0], words[-1]} if words else ():
        if _marks() & name_keys(word):
            raise NameTaken(name, word, Belongs.ROLE, is_mark=True)


@cache
def _marks() -> frozenset[str]:
    return frozenset[str]().union(*map(name_keys, MARKS))


@cache
def _fillers() -> frozenset[str]:
    return frozenset[str]().union(*map(name_keys, FILLERS))


def _plainer(name: str) -> set[str] | None:
    """Return the keys of the name without words that make no other name of it."""
    words = _words(name)
    rest = [word for word in words if not _fillers() & name_keys(word)]
    return stored_keys(" ".join(rest)) if rest and len(rest) < len(words) else None


def _load() -> Protected:
    parts = [
        _named(Author.objects.all(), Belongs.AUTHOR, F("pk"), F("account_id")),
        _named(_staff(), Belongs.STAFF, Value(0), F("pk")),
        _named(Publication.objects.all(), Belongs.PUBLICATION, Value(0), Value(0)),
        _named(ReservedName.objects.all(), Belongs.ROLE, Value(0), Value(0)),
        _named(Topic.objects.filter(kind=TopicKind.PERSON), Belongs.TOPIC, Value(0), Value(0)),
    ]
    owners: dict[str, list[Owner]] = {}
    staff: set[int] = set()

    def add(owner: Owner) -> None:
        for key in name_keys(owner.name):
            owners.setdefault(key, []).append(owner)

    # Roles go first: that a word is one says more than that somebody is called so.
    for word in ROLES:
        add(Owner(Belongs.ROLE, word))
    for belongs, name, author_id, account_id in parts[0].union(*parts[1:], all=True):
        if belongs == Belongs.STAFF:
            staff.add(account_id)
        if name:
            add(Owner(Belongs(belongs), name, author_id or None, account_id or None))
    return Protected(owners, frozenset(staff))


def _named(rows: QuerySet, belongs: Belongs, author: object, account: object) -> QuerySet:
    named = rows.order_by().annotate(
        to=Value(belongs.value), shown=Cast("name", CharField()), by=author, of=account
    )
    return named.values_list("to", "shown", "by", "of")


def _staff() -> QuerySet[Account]:
    """Return the accounts that may work at the desk."""
    app, codename = DESK_PERMISSION
    may = {"content_type__app_label": app, "codename": codename}
    in_groups = Q(**{f"groups__permissions__{name}": value for name, value in may.items()})
    by_themselves = Q(**{f"user_permissions__{name}": value for name, value in may.items()})
    allowed = Account.objects.filter(in_groups | by_themselves).values("pk")
    return Account.objects.filter(
        Q(is_superuser=True) | Q(is_staff=True) | Q(pk__in=allowed), is_active=True
    )
