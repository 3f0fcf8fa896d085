"""One comment before the rules: what they look at, found out once and only when it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from broadsheet.discussion.actions import SAME_WORDS_WITHIN, Posting
from broadsheet.moderation.enums import Passed
from broadsheet.moderation.flight import Flight
from broadsheet.moderation.history import History, history_of
from broadsheet.moderation.senders import Writer
from broadsheet.moderation.sketches import Sketch, sketch
from broadsheet.moderation.traces import Earlier, Memory, Wanted, form_number, remembered
from broadsheet.moderation.weblinks import Link, links_of


@dataclass
class Case:
    posting: Posting
    now: dt.datetime
    wanted: Wanted
    """What is asked of earlier comments, as the rules that are on need it."""
    least_words: int
    """Words that a text must have to be compared with others."""
    fine_domains: tuple[str, ...] = ()
    """Domains that may be linked to without a question."""
    edits: int | None = None
    """The comment whose words these are to be, if it stands already."""
    flight: Flight = field(default_factory=Flight)
    """Comments that passed the rules just now and are not stored yet."""

    @cached_property
    def writer(self) -> Writer:
        return Writer.of(self.posting)

    @property
    def text(self) -> str:
        return self.posting.draft.text

    @cached_property
    def links(self) -> Sequence[Link]:
        return links_of(self.text)

    @cached_property
    def sketch(self) -> Sketch | None:
        return sketch(self.text, least_words=self.least_words) if self.least_words else None

    @cached_property
    def form(self) -> int:
        return form_number(self.posting)

    @cached_property
    def memory(self) -> Memory:
        """What is remembered of earlier comments. One statement."""
        return remembered(self.writer, self.posting.document_id, self.sketch, self.wanted)

    @cached_property
    def history(self) -> History:
        """What became of the writer's comments, ever. One statement, for what cannot do without."""
        return history_of(self.writer, now=self.now)

    @cached_property
    def same_form(self) -> Earlier | None:
        """The same form, if it was taken before: sent twice, it has the same answer."""
        memory = self.memory
        for earlier in (*memory.of_writer, *memory.of_network, *memory.alike):
            if (
                earlier.form == self.form
                and earlier.passed in (Passed.PUBLISH, Passed.HOLD)
                and (self.posting.is_keyed or earlier.at > self.now - SAME_WORDS_WITHIN)
            ):
                return earlier
        return None
