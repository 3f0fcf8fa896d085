"""Proposals as editors see them: the words in their place, what is proposed, and what can be done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from wagtail.permissions import page_permission_policy

from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal
from broadsheet.desk.acceptance import proposed_kind, proposed_note, refusal_for
from broadsheet.desk.models import StoryPage
from broadsheet.passages import Change, Piece, align, difference
from broadsheet.readers.models import Account
from broadsheet.record.enums import PlacementStatus
from broadsheet.record.models import Address, Edition
from broadsheet.record.placements import places_in

AROUND = 160
"""Characters of the paragraph that are shown before and after the words."""
MAX_OTHERS = 1_000
"""Proposals of the stories on a page that are looked through for what says the same."""
LONG = 120
"""Characters of an exchange from which on its middle is compared as a text."""
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
MAX_CHOICES = 25
"""Proposals that one is offered to be a duplicate of."""

TABS = {
    "open": ("Open", Q(state=ProposalState.OPEN, is_typographical=False)),
    "quiet": ("Slips of the pen", Q(state=ProposalState.OPEN, is_typographical=True)),
    "decided": ("Decided", ~Q(state=ProposalState.OPEN)),
}


@dataclass(frozen=True)
class Entry:
    """A proposal with all that its entry shows.

    ``before`` and ``after`` stand around the words in the edition in force, or, where the words are
    not there, in the edition in which they were marked; ``stands_now`` is what is there instead.
    """

    proposal: Proposal
    headline: str
    path: str
    page_id: int | None
    before: str
    pieces: Sequence[Piece]
    after: str
    placement: str
    is_stale: bool
    stands_now: str
    refusal: str
    may_accept: bool
    kind: str
    note: str
    similar: Sequence[Proposal]
    choices: Sequence[Proposal]

    @property
    def edit_url(self) -> str:
        """Return where the editor opens with the words marked."""
        if self.page_id is None:
            return ""
        return edit_url(self.page_id, self.proposal)


def edit_url(page_id: int, proposal: Proposal) -> str:
    return f"{reverse('wagtailadmin_pages:edit', args=[page_id])}?proposal={proposal.pk}"


def proposals_in(tab: str) -> QuerySet[Proposal]:
    """Return the proposals of a tab: what waits by age, what is decided the latest first."""
    order = ("-decided_at", "-pk") if tab == "decided" else ("proposed_at", "pk")
    return Proposal.objects.filter(TABS[tab][1]).order_by(*order)


def counts() -> dict[str, int]:
    """Return how many proposals each tab has. One statement."""
    return Proposal.objects.aggregate(
        **{name: Count("pk", filter=which) for name, (_, which) in TABS.items()}
    )


def entries(proposals: QuerySet[Proposal], user: Account) -> list[Entry]:
    """Return the entries of proposals, in their order, in a fixed number of statements."""
    loaded = list(
        proposals.select_related(
            "passage__edition",
            "passage__changed_in",
            "document__edition",
            "document__story_page",
            "edition",
            "duplicate_of",
        )
        .defer(
            "passage__edition__body_html",
            "passage__edition__content_data",
            "document__edition__body_html",
            "document__edition__content_data",
            "document__story_page__body",
            "edition__body_html",
            "edition__content_data",
            "edition__canonical_text",
        )
        .prefetch_related(
            Prefetch(
                "document__addresses",
                queryset=Address.objects.filter(is_current=True),
                to_attr="current_addresses",
            )
        )
    )
    pages = [page.pk for item in loaded if (page := _page(item))]
    publishable = set(
        page_permission_policy.instances_user_has_permission_for(user, "publish")
        .filter(pk__in=pages)
        .values_list("pk", flat=True)
    )
    others = _others(loaded)
    return [_entry(item, publishable, others, user) for item in loaded]


def entry(proposal_id: int, user: Account) -> Entry | None:
    found = entries(Proposal.objects.filter(pk=proposal_id), user)
    return found[0] if found else None


def _page(proposal: Proposal) -> StoryPage | None:
    return getattr(proposal.document, "story_page", None)


def _others(proposals: Sequence[Proposal]) -> dict[int, list[Proposal]]:
    """Return by story what else was proposed there, the latest first, without duplicates."""
    found: dict[int, list[Proposal]] = {}
    for other in (
        Proposal.objects.filter(document__in={item.document_id for item in proposals})
        .exclude(state__in=[ProposalState.DUPLICATE, ProposalState.WITHDRAWN])
        .select_related("passage")
        .order_by("-pk")[:MAX_OTHERS]
    ):
        found.setdefault(other.document_id, []).append(other)
    return found


def _is_near(one: Proposal, other: Proposal) -> bool:
    """Say whether two proposals are about the same words, or words that overlap."""
    mine, its = one.passage, other.passage
    if mine.pk == its.pk:
        return True
    if mine.edition_id == its.edition_id:
        return mine.start < its.end and its.start < mine.end
    if mine.placed_in_id != its.placed_in_id:
        return False
    if mine.placed_start is None or mine.placed_end is None:
        return False
    if its.placed_start is None or its.placed_end is None:
        return False
    return mine.placed_start < its.placed_end and its.placed_start < mine.placed_end


def _entry(
    proposal: Proposal, publishable: set[int], others: dict[int, list[Proposal]], user: Account
) -> Entry:
    passage, document, page = proposal.passage, proposal.document, _page(proposal)
    shown, start, end = passage.edition, passage.start, passage.end
    placement, now = PlacementStatus.INTACT.value, ""
    in_force = document.edition
    found = places_in(in_force, [passage])[0].placement if in_force and proposal.is_open else None
    if in_force and found:
        placement = str(found.status)
        if found.start is not None and found.end is not None:
            if placement in (PlacementStatus.INTACT, PlacementStatus.MOVED):
                shown, start, end = in_force, found.start, found.end
            else:
                now = in_force.canonical_text[found.start : found.end]
    is_stale = placement in (PlacementStatus.REWORDED, PlacementStatus.REMOVED)
    beside = [item for item in others.get(document.pk, []) if item.pk != proposal.pk]
    similar = [item for item in beside if _is_near(proposal, item)] if proposal.is_open else []
    addresses = document.current_addresses  # type: ignore[attr-defined]
    may_publish = page.pk in publishable if page else user.is_superuser
    before, after = _around(shown, start, end)
    return Entry(
        proposal=proposal,
        headline=in_force.headline if in_force else str(document),
        path=addresses[0].path if addresses else "",
        page_id=page.pk if page else None,
        before=before,
        pieces=exchange(shown.canonical_text[start:end], proposal.proposed),
        after=after,
        placement=placement,
        is_stale=is_stale,
        stands_now=now,
        refusal=refusal_for(document),
        may_accept=proposal.is_open and may_publish and not is_stale and not refusal_for(document),
        kind=proposed_kind(proposal).value,
        note=proposed_note(passage.exact, proposal.replacement),
        similar=similar,
        choices=[*similar, *(item for item in beside if item not in similar)][:MAX_CHOICES],
    )


def _around(edition: Edition, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after a span in its paragraph, cut at words."""
    text = edition.canonical_text
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    before, after = text[begin:start], text[end:stop]
    if len(before) > AROUND:
        before = "… " + before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + " …"
    return before, after


def exchange(before: str, after: str) -> list[Piece]:
    """Return the difference between words and what shall stand there, as runs of text.

    What both begin and end with stands once; of long words the middle is compared too.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    head = _common(old, new)
    tail = min(_common(old[::-1], new[::-1]), len(old) - head, len(new) - head)
    taken_out = "".join(old[head : len(old) - tail])
    put_in = "".join(new[head : len(new) - tail])
    middle = [Piece(Change.DELETE, taken_out), Piece(Change.INSERT, put_in)]
    if min(len(taken_out), len(put_in)) > LONG:
        changes = difference(align(taken_out, put_in), taken_out, put_in)
        if len(changes) == 1:
            middle = list(changes[0].pieces)
    begin, end = "".join(old[:head]), "".join(old[len(old) - tail :])
    pieces = [Piece(Change.EQUAL, begin), *middle, Piece(Change.EQUAL, end)]
    return [piece for piece in pieces if piece.text]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words two texts begin with in common."""
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
