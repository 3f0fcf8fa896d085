"""The press keys of what the discussion keeps."""

from __future__ import annotations

from broadsheet.press.marking import declare_keys

SETTINGS = "discussion-settings"
"""How the publication talks with its readers."""
ERASED = "erased-words"
"""That words were taken from readers: whoever holds some in memory forgets them."""


def declare() -> None:
    """Change the keys when what they name is saved; comments are entries of their documents."""
    from broadsheet.discussion.models import DiscussionSettings
    from broadsheet.record.keys import FRAME

    # The forms on all pages say who may write.
    declare_keys(DiscussionSettings, lambda _: [SETTINGS, FRAME])
