"""An edition as readers are told of it: kind, note, credit, where it is from, and what led to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch, QuerySet

from broadsheet.corrections.enums import ProposalState
from broadsheet.corrections.models import Proposal
from broadsheet.paper.presenters.frame import Frame
from broadsheet.paper.presenters.moments import Moment, moment
from broadsheet.record.enums import EditionKind, NotePlacement, Standing
from broadsheet.record.erasure import A_DELETED_READER
from broadsheet.record.models import Document, Edition, NoteRevision, Reconstruction
from broadsheet.record.queries import with_notes

VERBS = {
    EditionKind.ORIGINAL: "published",
    EditionKind.MINOR: "small mending",
    EditionKind.UPDATE: "updated",
    EditionKind.CLARIFICATION: "clarified",
    EditionKind.CORRECTION: "corrected",
    EditionKind.EDITORS_NOTE: "editor’s note",
    EditionKind.RETRACTION: "retracted",
}
NOTES_AT_END = (EditionKind.CLARIFICATION,)
"""Kinds whose note stands below the story where the edition does not say; editions of old."""
UNNAMED = "a reader"
ROOM = dt.timedelta(minutes=1)
"""By which an edition may be earlier only because another one had its second."""


@dataclass(frozen=True)
class NoteView:
    """One wording of a note, and since when it stood."""

    text: str
    at: Moment
    by: str


@dataclass(frozen=True)
class ReconstructionView:
    """That an edition was added afterwards: when, by whom, from what."""

    at: Moment
    by: str
    evidence: str


@dataclass(frozen=True)
class CarriedOut:
    """A proposal that an edition carried out; ``path`` is empty where it does not stand in the thread."""

    before: str
    after: str
    verdict: str
    name: str
    path: str


@dataclass(frozen=True)
class StandingView:
    """A standing that an edition gave its story; ``label`` is empty where it took one back."""

    label: str
    basis: str


@dataclass(frozen=True)
class Credit:
    """Who spotted it, with the way to the proposal if it stands in the thread."""

    name: str
    path: str

    @property
    def is_unnamed(self) -> bool:
        return self.name in (UNNAMED, A_DELETED_READER)


@dataclass(frozen=True)
class EditionView:
    """One edition in the list of editions.

    ``note`` is the note in force, ``earlier_notes`` the wordings that it superseded, the newest
    first; ``noted`` says when and by whom it was worded, if it superseded one. ``previous`` is the
    number of the edition before it in time.
    """

    edition: Edition
    at: Moment
    story_path: str
    previous: int | None = None
    note: str = ""
    noted: NoteView | None = None
    earlier_notes: Sequence[NoteView] = ()
    reconstructed: ReconstructionView | None = None
    proposals: Sequence[CarriedOut] = ()
    credit: Credit | None = None
    standing: StandingView | None = None
    """Only if it is another one than that of the edition before."""

    @property
    def path(self) -> str:
        return f"{self.story_path}v/{self.edition.number}/"

    @property
    def difference_path(self) -> str:
        """Where the difference to the edition before is shown; empty for the first in time."""
        if self.previous is None:
            return ""
        return f"{self.story_path}changes/?from={self.previous}&to={self.edition.number}#difference"

    @property
    def is_first(self) -> bool:
        return self.previous is None

    @property
    def is_first_kept(self) -> bool:
        """Say whether it was the first to be kept, although an earlier one is known by now."""
        return self.edition.kind == EditionKind.ORIGINAL and not self.is_first

    @property
    def is_retraction(self) -> bool:
        return self.edition.kind == EditionKind.RETRACTION

    @property
    def verb(self) -> str:
        return "first kept edition" if self.is_first_kept else VERBS[EditionKind(self.edition.kind)]

    @property
    def label(self) -> str:
        return "First kept edition" if self.is_first_kept else EditionKind(self.edition.kind).label

    @property
    def reason(self) -> str:
        """Public: why it is minor although it touches facts, or why it comes late."""
        return self.edition.reason

    @property
    def approved_by(self) -> str:
        """Return who else answers for it; empty if it is who published it, as of a reader's words."""
        edition = self.edition
        return "" if edition.approved_by == edition.published_by else edition.approved_by

    @property
    def placement(self) -> NotePlacement:
        if self.edition.note_placement:
            return NotePlacement(self.edition.note_placement)
        return NotePlacement.END if self.edition.kind in NOTES_AT_END else NotePlacement.TOP

    @property
    def note_is_at_end(self) -> bool:
        return self.placement == NotePlacement.END


def first_published(document: Document, editions: Iterable[Edition]) -> dt.datetime:
    """Return when a story was first published, as far as is known by now.

    The document's own time is where it is filed; a text that was reconstructed can be earlier. One
    that was only put some seconds before another, since no two share a second, does not count: the
    page said 10:26 and not 10:25.
    """
    known = min(edition.published_at for edition in editions)
    own = document.first_published_at
    return own if own and own - known < ROOM else known


def told(editions: QuerySet[Edition], at: dt.datetime | None = None) -> QuerySet[Edition]:
    """Let editions come with all that :func:`edition_view` tells, notes as they stood at a moment.

    Two more statements when evaluated: wordings of notes, and proposals.
    """
    return with_notes(editions, at).prefetch_related(
        Prefetch("proposals", queryset=Proposal.objects.select_related("passage").order_by("pk"))
    )


def edition_views(
    editions: Iterable[Edition],
    around: Frame,
    path: str,
    *,
    proposals: Mapping[int, Sequence[Proposal]] | None = None,
) -> list[EditionView]:
    """Return views of all editions of one story up to a moment, given in order of publication.

    They came from :func:`told`, or from ``with_notes`` with the ``proposals`` that they carried out.
    """
    views: list[EditionView] = []
    before = StandingView("", "")
    for edition in editions:
        previous = views[-1].edition.number if views else None
        carried = None if proposals is None else proposals.get(edition.pk, ())
        view = edition_view(edition, around.zone, path, previous=previous, proposals=carried)
        # What the standing was in an edition whose words were removed by law, nobody can say.
        after = before if edition.withheld_at else _standing(edition)
        if after != before:
            view = replace(view, standing=after)
        before = after
        views.append(view)
    return views


def _standing(edition: Edition) -> StandingView:
    """Return the standing of an edition that came ``with_notes``."""
    standing, basis = getattr(edition, "standing", ""), getattr(edition, "standing_basis", "")
    return StandingView(Standing(standing).label if standing else "", basis or "")


def edition_view(
    edition: Edition,
    zone: dt.tzinfo,
    path: str,
    *,
    previous: int | None,
    proposals: Iterable[Proposal] | None = None,
) -> EditionView:
    """Return what readers are told of an edition; see :func:`edition_views`. No statement."""
    published = moment(edition.published_at, zone)
    wordings = [NoteView(edition.note, published, edition.published_by)] if edition.note else []
    revisions: Iterable[NoteRevision] = edition.note_revisions.all()
    wordings += [
        NoteView(revision.text, moment(revision.at, zone), revision.by) for revision in revisions
    ]
    last = wordings[-1] if wordings else None
    found = edition.proposals.all() if proposals is None else proposals
    carried = [_carried_out(proposal) for proposal in found]
    return EditionView(
        edition=edition,
        at=published,
        story_path=path,
        previous=previous,
        note=last.text if last else "",
        noted=last if len(wordings) > 1 or (last and not edition.note) else None,
        earlier_notes=wordings[-2::-1],
        reconstructed=_reconstruction(edition, zone),
        proposals=carried,
        credit=_credit(edition.credit, carried),
    )


def _reconstruction(edition: Edition, zone: dt.tzinfo) -> ReconstructionView | None:
    kept: Reconstruction | None = getattr(edition, "reconstruction", None)
    if kept is None:
        return None
    return ReconstructionView(moment(kept.at, zone), kept.by, kept.evidence)


def _carried_out(proposal: Proposal) -> CarriedOut:
    return CarriedOut(
        before=proposal.passage.exact,
        after=proposal.proposed,
        verdict=ProposalState(proposal.state).label.lower(),
        name=proposal.credit or UNNAMED,
        path=f"/c/{proposal.comment_id}/" if proposal.comment_id else "",
    )


def _credit(name: str, proposals: Sequence[CarriedOut]) -> Credit | None:
    """Return the credit, led to the proposal of that name, or to the first that can be read."""
    if not name and not proposals:
        return None
    named = sorted(proposals, key=lambda proposal: proposal.name != name)
    return Credit(name or UNNAMED, next((each.path for each in named if each.path), ""))
