"""What can be done with accounts: each is one transaction."""

from __future__ import annotations

from django.db import transaction

from broadsheet.readers.models import Account, NameKey, stored_keys
from broadsheet.readers.protection import Belongs, NameTaken, check_name
from broadsheet.record.models import Author


@transaction.atomic
def change_name(*, account: Account, name: str) -> Account:
    """Give an account another name; the old one stays in the public history of its names.

    Comments keep the name under which they were written. Raises ``NameUnusable`` and
    :class:`NameTaken`, whose message is for whoever wants the name.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    author = Author.objects.filter(account=account).first()
    account.name = check_name(name, account=account, author=author)
    account.save(update_fields=["name"])
    keys = stored_keys(account.name)
    if NameKey.objects.filter(key__in=keys, account=account).count() != len(keys):
        # Somebody else took it between our look and our word.
        raise NameTaken(account.name, account.name, Belongs.ACCOUNT)
    return account


@transaction.atomic
def forget_names(*, account: Account) -> None:
    """Erase an account’s name and all names it had, so that they are free for others."""
    account.name = ""
    account.save(update_fields=["name"])
    account.names.all().delete()
    account.name_keys.all().delete()
