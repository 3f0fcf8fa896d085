"""Accounts. One table for staff and readers, from the first migration on: it cannot be changed later."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from broadsheet import clock
from broadsheet.readers.enums import Purpose


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """Create an account; without a password it cannot sign in by one."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        account = self.model(email=self.normalize_email(email), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """Create an account that may do everything at the desk."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email__iexact=username)


class Account(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in, by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now)
    portrait = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="The name of the stored picture; empty: initials.",
    )
    has_profile = models.BooleanField(
        default=False, db_default=False, help_text="Everybody may see the profile."
    )
    lists_comments = models.BooleanField(
        default=True, db_default=True, help_text="The profile lists what was written."
    )

    objects = AccountManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="readers_account_email_any_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name for the desk; the paper never shows an address in its place."""
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()


class Session(AbstractBaseSession):
    """A browser that is signed in, or about to. ``session_key`` is the digest of its key."""

    session_key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    device = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.device or 'session'} of {self.account_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from broadsheet.readers.sessions import SessionStore

        return SessionStore


class Ticket(models.Model):
    """What a mail carries; see :mod:`broadsheet.readers.tickets`."""

    purpose = models.CharField(max_length=16, choices=Purpose)
    email = models.EmailField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="tickets"
    )
    reference = models.CharField(max_length=80, blank=True, help_text="What it is about.")
    next_path = models.CharField(max_length=1024, blank=True)
    nonce = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    tries_left = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["email", "purpose"], condition=Q(used_at=None), name="readers_ticket_open"
            )
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}: {self.purpose}"


class Tally(models.Model):
    """How often something was tried; see :mod:`broadsheet.readers.limits`."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.BigIntegerField(db_index=True, help_text="Seconds of the epoch.")

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"
