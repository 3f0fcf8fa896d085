"""Who may moderate."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from broadsheet.readers.models import Account

MODERATE = "moderation.moderate"
REDACT = "moderation.redact"
GROUP = "Comment moderators"
"""Wagtail has a group called “Moderators”, of those who moderate pages."""


def may_moderate(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm(MODERATE))


def may_redact(user: Any) -> bool:
    """Say whether somebody may erase words for good; moderators may not, unless they are given it."""
    return bool(user.is_authenticated and user.has_perm(REDACT))


def moderators() -> QuerySet[Account]:
    """Return the accounts that may moderate."""
    granted = Permission.objects.filter(content_type__app_label="moderation", codename="moderate")
    return (
        Account.objects.filter(
            Q(is_superuser=True)
            | Q(groups__permissions__in=granted)
            | Q(user_permissions__in=granted),
            is_active=True,
        )
        .order_by("pk")
        .distinct()
    )


def make_group() -> Group:
    """Make the group of those who moderate comments without other rights, once; an operator who
    renamed it or took its right away is left alone."""
    group, is_new = Group.objects.get_or_create(name=GROUP)
    if is_new:
        group.permissions.add(
            Permission.objects.get(content_type__app_label="moderation", codename="moderate")
        )
    return group
