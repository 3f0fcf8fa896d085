"""Accounts that may work at the desk."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email

from broadsheet.readers.models import Account


def ensure_administrator(*, email: str, password: str, name: str = "") -> bool:
    """Make an account that may do everything; returns whether one was made.

    An existing account keeps its password. Raises ``ValidationError`` for a bad address or password.
    """
    validate_email(email)
    if Account.objects.filter(email__iexact=email).exists():
        return False
    account = Account(email=email, name=name)
    validate_password(password, account)
    Account.objects.create_superuser(email, password, name=name)
    return True
