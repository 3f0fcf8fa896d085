"""The press keys of what readers see of accounts, and of names."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save

from broadsheet.press.keys import change_after_commit

NAMES = "names"
"""The names that belong to somebody, and who is staff."""


def reader_key(account_id: int) -> str:
    """What an account shows of itself."""
    return f"reader:{account_id}"


def declare() -> None:
    """Change the key when something is saved that a name can belong to."""
    from broadsheet.readers.models import Account, ReservedName
    from broadsheet.record.models import Author, Publication, Topic

    def changed(sender: object, **_: Any) -> None:
        change_after_commit(NAMES)

    def account_changed(sender: object, instance: Any, **_: Any) -> None:
        # Readers come and go all day; their names are asked for where they are kept.
        if instance.is_staff or instance.is_superuser:
            change_after_commit(NAMES)

    for model in (Author, Publication, Topic, ReservedName):
        for signal in (post_save, post_delete):
            signal.connect(
                changed, sender=model, weak=False, dispatch_uid=f"names {model.__name__}"
            )
    for signal in (post_save, post_delete):
        signal.connect(account_changed, sender=Account, weak=False, dispatch_uid="names account")
    for relation in (Account.groups, Account.user_permissions):
        m2m_changed.connect(
            changed,
            sender=relation.through,
            weak=False,
            dispatch_uid=f"names {relation.field.name}",
        )
