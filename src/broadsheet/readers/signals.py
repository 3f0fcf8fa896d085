"""What the readers' room announces."""

from django.dispatch import Signal

account_erasing = Signal()
"""``account``, ``keeps_words``: an account is being erased. Sent within the transaction: whoever keeps
something of the account takes it away now, and a failure keeps the account."""

profile_changed = Signal()
"""``account``: what readers see of an account is another. Sent within the transaction."""
