"""Erasing a reader from what the desk remembers of its own work."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import ModelLogEntry, ReferenceIndex

from broadsheet.readers.models import Account


def erase_from_log(sender: object, account: Account, **_: Any) -> None:
    """Delete what the desk noted when somebody changed the account there: it says name and address."""
    of_account = ContentType.objects.get_for_model(Account)
    ModelLogEntry.objects.filter(content_type=of_account, object_id=str(account.pk)).delete()
    ReferenceIndex.remove_for_object(account)
