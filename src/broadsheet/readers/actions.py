"""What can be done to an account: each is one transaction."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from broadsheet import clock
from broadsheet.press.keys import change_after_commit
from broadsheet.readers.keys import reader_key
from broadsheet.readers.mail import forget_sent
from broadsheet.readers.models import (
    Account,
    NameKey,
    OutgoingMail,
    Session,
    Ticket,
    stored_keys,
)
from broadsheet.readers.portraits import delete_portrait, moved_portrait, store_portrait
from broadsheet.readers.protection import Belongs, NameTaken, check_name
from broadsheet.readers.signals import account_erasing, profile_changed
from broadsheet.record.models import Author

MAX_EMAIL = 254


class AddressUnusable(ValueError):
    """This is no e-mail address, or not one that can be had; the message is for whoever gave it."""


class ErasureRefused(ValueError):
    """The account cannot be erased; the message is for its owner."""


def clean_email(given: str) -> str:
    """Return an address in small letters. Raises :class:`AddressUnusable`."""
    email = given.strip()
    try:
        validate_email(email if len(email) <= MAX_EMAIL else "")
    except ValidationError:
        raise AddressUnusable("This is not an e-mail address, such as ann@example.org.") from None
    return email.lower()


@transaction.atomic
def account_of(*, email: str) -> tuple[Account, bool]:
    """Return the account of an address that was just confirmed, and whether it is new."""
    account = Account.objects.filter(email__iexact=email).first()
    is_new = account is None
    if account is None:
        account = Account.objects.create_user(email)
    _confirm(account)
    return account, is_new


def _confirm(account: Account) -> None:
    """Note that the account's own address, and no other, is confirmed."""
    email = account.email.lower()
    confirmed = EmailAddress.objects.filter(user=account, email=email, verified=True, primary=True)
    if confirmed.exists():
        return
    # What was noted before belongs to an address that the desk changed since, of this account or of
    # one that had this address.
    EmailAddress.objects.filter(user=account).delete()
    EmailAddress.objects.filter(email=email).delete()
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)


def confirmed_address(account: Account) -> str:
    """Return the account's address if its owner has confirmed it, else nothing. One statement."""
    noted = EmailAddress.objects.filter(user=account, email=account.email.lower(), verified=True)
    return account.email.lower() if noted.exists() else ""


@transaction.atomic
def change_address(*, account: Account, email: str) -> None:
    """Give the account an address that was just confirmed; raises :class:`AddressUnusable`."""
    taken = Account.objects.filter(email__iexact=email).exclude(pk=account.pk)
    if taken.exists():
        raise AddressUnusable("Another account has this address.")
    account.email = email.lower()
    account.save(update_fields=["email"])
    _confirm(account)


@transaction.atomic
def change_name(*, account: Account, name: str) -> str:
    """Give the account another name, under which it writes from now on; returns it as it is shown.

    What was written before stays signed as it was; the former name stays in the public history of
    its names. Raises :class:`~broadsheet.readers.names.NameUnusable` and :class:`NameTaken`.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    author = Author.objects.filter(account=locked).first()
    locked.name = check_name(name, account=locked, author=author)
    locked.save(update_fields=["name"])
    keys = stored_keys(locked.name)
    if NameKey.objects.filter(key__in=keys, account=locked).count() != len(keys):
        # Somebody else took it between our look and our word.
        raise NameTaken(locked.name, locked.name, Belongs.ACCOUNT)
    account.name = locked.name
    _profile_changed(account)
    return account.name


@transaction.atomic
def forget_names(*, account: Account) -> None:
    """Erase an account’s name and all names it had, so that they are free for others."""
    account.name = ""
    account.save(update_fields=["name"])
    account.names.all().delete()
    account.name_keys.all().delete()


@transaction.atomic
def change_portrait(*, account: Account, data: bytes) -> None:
    """Give the account a picture; raises :class:`~broadsheet.readers.portraits.PortraitUnreadable`."""
    _replace_portrait(account, store_portrait(data, is_public=account.has_profile))


@transaction.atomic
def remove_portrait(*, account: Account) -> None:
    """Take the picture away; initials take its place."""
    _replace_portrait(account, "")


def _replace_portrait(account: Account, name: str) -> None:
    former = account.portrait
    account.portrait = name
    account.save(update_fields=["portrait"])
    _profile_changed(account, withdraws=bool(former))
    if former:
        transaction.on_commit(lambda: delete_portrait(former), robust=True)


@transaction.atomic
def choose_what_is_public(*, account: Account, has_profile: bool, lists_comments: bool) -> None:
    """Show the profile to everybody or to nobody, with or without the list of comments.

    The picture goes along, under another name: who knows where it was finds nothing there.
    """
    hides = (account.has_profile and not has_profile) or (
        account.lists_comments and not lists_comments
    )
    former = account.portrait
    if former and account.has_profile != has_profile:
        account.portrait = moved_portrait(former, is_public=has_profile)
        transaction.on_commit(lambda: delete_portrait(former), robust=True)
    account.has_profile, account.lists_comments = has_profile, lists_comments
    account.save(update_fields=["has_profile", "lists_comments", "portrait"])
    _profile_changed(account, withdraws=hides)


def _profile_changed(account: Account, *, withdraws: bool = False) -> None:
    change_after_commit(reader_key(account.pk), withdraws=withdraws)
    profile_changed.send(sender=Account, account=account)


@transaction.atomic
def end_session(*, account: Account, started_as: str) -> None:
    """Sign out one browser, named by the digest of its session's key."""
    Session.objects.filter(account=account, session_key=started_as.replace("\x00", "")).delete()


@transaction.atomic
def end_other_sessions(*, account: Account, current: str) -> int:
    """Sign out all browsers but one, and return how many."""
    return Session.objects.filter(account=account).exclude(session_key=current).delete()[0]


@transaction.atomic
def set_password(*, account: Account, password: str) -> None:
    """Let the account sign in with a password too; it is checked by the form."""
    account.set_password(password)
    account.save(update_fields=["password"])


@transaction.atomic
def erase_account(*, account: Account, keeps_words: bool) -> None:
    """Erase an account and all that belongs to it; its words stay under no name, or go as well.

    Who works at the desk or signs stories is refused: what they decided must stay attributed, and
    their rights are taken at the desk first. Raises :class:`ErasureRefused`.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if (
        locked.is_superuser
        or locked.groups.exists()
        or locked.user_permissions.exists()
        or Author.objects.filter(account=locked).exists()
    ):
        raise ErasureRefused(
            "This account works for the publication. Let an administrator take its rights, or its"
            " byline, away first."
        )
    email, portrait, number = locked.email.lower(), locked.portrait, locked.pk
    account_erasing.send(sender=Account, account=locked, keeps_words=keeps_words)
    Session.objects.filter(account=locked).delete()
    Ticket.objects.filter(email=email).delete()
    OutgoingMail.objects.filter(to__iexact=email).delete()
    EmailAddress.objects.filter(email=email).delete()
    Authenticator.objects.filter(user=locked).delete()
    SocialAccount.objects.filter(user=locked).delete()
    locked.delete()
    change_after_commit(reader_key(number), withdraws=True)
    if portrait:
        transaction.on_commit(lambda: delete_portrait(portrait), robust=True)


@transaction.atomic
def tidy() -> None:
    """Forget what is over: sessions, tickets and counts that are no longer good."""
    now = clock.now()
    Session.objects.filter(expire_date__lte=now).delete()
    Ticket.objects.filter(expires_at__lte=now).delete()
    from broadsheet.readers.models import Tally

    Tally.objects.filter(ends_at__lte=int(now.timestamp())).delete()
    forget_sent()
