"""Sessions whose keys are stored as digests, and which say whose they are.

The key is in the browser's cookie only: who reads the database cannot sign in with what is there.
``SESSION_ENGINE`` names this module. No address of a computer is kept, only what kind of browser it
is, so that readers recognize their own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, NoReturn

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from broadsheet import clock

DEVICE = "device"
"""Where a session's data has the name of the browser."""
USED_AT = "used_at"
"""Where it has when it was used last, as seconds of the epoch."""
STARTED_AT = "started_at"
"""Where it has when its reader signed in, as seconds of the epoch."""
PROVED_AT = "proved_at"
"""Where it has when its reader last proved who it is, as seconds of the epoch."""


_SYNCHRONOUS = "sessions are read and written by Django's threads, never in the event loop"


def digest_of(key: str) -> str:
    """Return what a session's key is stored as. The key is chance enough to need no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def _instant(seconds: object) -> dt.datetime:
    if isinstance(seconds, int):
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    return clock.now()


class SessionStore(DatabaseStore):
    """Django's sessions in the database, found by the digest of their key."""

    @classmethod
    def get_model_class(cls) -> Any:
        from broadsheet.readers.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        key = self.session_key
        try:
            return self.model.objects.get(
                session_key=digest_of(key or ""), expire_date__gt=clock.now()
            )
        except self.model.DoesNotExist:
            self._session_key = None
            return None

    def exists(self, session_key: str) -> bool:
        return bool(self.model.objects.filter(session_key=digest_of(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        account = data.get(SESSION_KEY)
        return self.get_model_class()(
            session_key=digest_of(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(modification=clock.now()),
            account_id=int(account) if account else None,
            device=str(data.get(DEVICE, ""))[:60],
            started_at=_instant(data.get(STARTED_AT)),
            used_at=_instant(data.get(USED_AT)),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=digest_of(key)).delete()

    # Nothing here is asked for asynchronously; inherited, these would store keys as they are.
    async def aexists(self, session_key: str) -> NoReturn:
        raise RuntimeError(_SYNCHRONOUS)

    async def acreate_model_instance(self, data: dict[str, Any]) -> NoReturn:
        raise RuntimeError(_SYNCHRONOUS)

    async def adelete(self, session_key: str | None = None) -> NoReturn:
        raise RuntimeError(_SYNCHRONOUS)
