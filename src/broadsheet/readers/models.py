"""Accounts. One table for staff and readers, from the first migration on: it cannot be changed later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower

from broadsheet import clock
from broadsheet.readers.enums import Purpose
from broadsheet.readers.skeleton import name_keys


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

    name_in_store: str | None = None
    """The name as it was loaded or last saved; ``None``: it was not loaded."""

    def __str__(self) -> str:
        return self.name or self.email

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        account = super().from_db(db, field_names, values, **kwargs)
        account.name_in_store = account.name if "name" in field_names else None
        return account

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it; a name that changed, whoever changed it, goes into the history of its names."""
        fields: Sequence[str] | None = kwargs.get("update_fields")
        is_new = self._state.adding
        if fields is not None and "name" not in fields:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            if (self.name != (self.name_in_store or "")) if is_new else self._is_renamed():
                AccountName.keep(self)
        self.name_in_store = self.name

    def _is_renamed(self) -> bool:
        return "name" in self.__dict__ and self.name != self.name_in_store

    def get_full_name(self) -> str:
        """Return the name for the desk; the paper never shows an address in its place."""
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()


class AccountName(models.Model):
    """One name that an account had, from–to. Public: nobody becomes somebody else unseen."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=120)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        ordering = ["account_id", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(valid_to=None), name="readers_name_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="readers_name_interval",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(cls, account: Account) -> None:
        """Take down that an account has the name that it has, from now on, and what it looks like."""
        now = clock.now()
        current = cls.objects.filter(account=account, valid_to=None).first()
        if current and current.name == account.name:
            return
        cls.objects.filter(account=account, valid_to=None).update(valid_to=now)
        if account.name:
            cls.objects.create(account=account, name=account.name, valid_from=now)
        NameKey.objects.filter(account=account).delete()
        # Of two accounts that the desk gave names alike the first one has it.
        NameKey.objects.bulk_create(
            [NameKey(key=key, account=account) for key in stored_keys(account.name)],
            ignore_conflicts=True,
        )


class NameKey(models.Model):
    """What an account’s name looks like (:mod:`broadsheet.readers.skeleton`): no two look alike."""

    MAX = 200

    key = models.CharField(max_length=MAX, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="name_keys")

    def __str__(self) -> str:
        return self.key


def stored_keys(name: str) -> set[str]:
    """Return the keys of a name as they are stored."""
    return {key[: NameKey.MAX] for key in name_keys(name)}


class ReservedName(models.Model):
    """A name that nobody may take: a word for a role, or whatever the publication keeps for itself."""

    name = models.CharField(
        max_length=60,
        unique=True,
        help_text="Nobody but the staff can use it, nor a name that looks like it.",
    )

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Disclosure(models.Model):
    """A line in which a reader says what interest they have in something: “I work for them”.

    It stands on the profile and beside what they write about it from then on; what they wrote before
    keeps what was said then.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="disclosures")
    topic = models.ForeignKey(
        "record.Topic", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    about = models.CharField(max_length=80, help_text="The name of the topic, or free words.")
    text = models.CharField(max_length=200)
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["account_id", "about", "pk"]
        constraints = [
            models.UniqueConstraint(
                "account", Lower("about"), name="readers_disclosure_once_a_topic"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about}: {self.text}"


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


class Mute(models.Model):
    """Somebody whose comments a reader does not want to see; only this reader is concerned.

    Who has an account is known by it, who has none by what the name looks like.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mutes")
    muted = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=NameKey.MAX, blank=True)
    name = models.CharField(max_length=200, help_text="As it stood where somebody was muted.")
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["account_id", "-since", "-pk"]
        indexes = [
            models.Index(fields=["muted"], name="readers_mute_by_account"),
            models.Index(fields=["key"], condition=~Q(key=""), name="readers_mute_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "muted"],
                condition=Q(muted__isnull=False),
                name="readers_mute_account_once",
            ),
            models.UniqueConstraint(
                fields=["account", "key"], condition=~Q(key=""), name="readers_mute_name_once"
            ),
            models.CheckConstraint(
                condition=Q(muted=None) & ~Q(key="") | Q(muted__isnull=False, key=""),
                name="readers_mute_one_way",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "Not needed any more"
    FAILED = "failed", "Given up"


class OutgoingMail(models.Model):
    """A mail that is to be sent, is being sent or was; its words go once it was.

    With a ``kind`` it is a letter that is written when it leaves: it has no words, nor an address.
    """

    key = models.CharField(max_length=100, unique=True, help_text="What it is for: queued once.")
    kind = models.CharField(
        max_length=16, blank=True, help_text="Who writes it when it leaves; empty: it is written."
    )
    about = models.CharField(max_length=60, blank=True, help_text="The row that it is about.")
    to = models.EmailField(blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=MailState, default=MailState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(default=clock.now)
    next_try_at = models.DateTimeField(null=True, help_text="When it may be taken up (again).")
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="readers_mail_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MailState.values), name="readers_mail_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="", about="") & ~Q(to="") | ~Q(kind="") & ~Q(about="") & Q(to=""),
                name="readers_mail_written_or_about",
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"
