"""The press keys of what the discussion keeps."""

from __future__ import annotations

from broadsheet.press.marking import declare_keys

SETTINGS = "discussion-settings"
"""How the publication talks with its readers."""
MODES = "discussion-modes"
"""Which stories take comments as the publication does not, see :class:`ThreadMode`."""
ERASED = "erased-words"
"""That words were taken from readers: whoever holds some in memory forgets them."""


def reactions_key(document_id: int) -> str:
    """What readers say of the comments of one document without words. Apart from the document, of
    which streams and lists would be told that something happened."""
    return f"reactions:{document_id}"


def declare() -> None:
    """Change the keys when what they name is saved; comments are entries of their documents."""
    from broadsheet.discussion.models import DiscussionSettings
    from broadsheet.record.keys import FRAME

    # The forms on all pages say who may write.
    declare_keys(DiscussionSettings, lambda _: [SETTINGS, FRAME])
