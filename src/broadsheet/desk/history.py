"""The history of a story at the desk: its editions, earlier texts, better notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_safe

from broadsheet.desk.history_forms import ErasureForm, NoteForm, ReconstructionForm
from broadsheet.desk.models import StoryPage
from broadsheet.desk.reconstruction import changed_words, texts_of
from broadsheet.desk.suggestions import comments_about, edition_after
from broadsheet.discussion.anchors import AnchorRefused, anchor_to_words, relink_quotations
from broadsheet.moderation.deciding import DecisionRefused, Ruling
from broadsheet.moderation.editions import redact_edition
from broadsheet.moderation.enums import Ground, Measure
from broadsheet.moderation.permissions import may_redact
from broadsheet.paper import converters  # noqa: F401 (registers them)
from broadsheet.passages import ParagraphChange, align, difference
from broadsheet.readers.models import Account
from broadsheet.record.actions import EditionRefused
from broadsheet.record.content import EditionContent
from broadsheet.record.enums import NotePlacement
from broadsheet.record.healing import reconstruct_edition, supersede_note
from broadsheet.record.models import Document, Edition, NoteRevision
from broadsheet.record.queries import current_path, editions_of, publication


@dataclass(frozen=True)
class PartDifference:
    name: str
    changes: Sequence[ParagraphChange]


@dataclass(frozen=True)
class EditionRow:
    """An edition as the desk lists it."""

    edition: Edition
    notes: Sequence[NoteRevision]
    is_in_force: bool

    @property
    def note(self) -> str:
        """The note as readers see it now."""
        return self.notes[-1].text if self.notes else self.edition.note

    @property
    def note_place(self) -> str:
        return (
            str(NotePlacement(self.edition.note_placement).label)
            if self.edition.note_placement
            else ""
        )


def _story(request: HttpRequest, pk: int, *, publishes: bool = True) -> tuple[StoryPage, Document]:
    """Return a published story that the user may publish, or at least edit."""
    page = get_object_or_404(StoryPage.objects.select_related("document__edition"), pk=pk)
    permissions = page.permissions_for_user(request.user)
    if not (permissions.can_publish() if publishes else permissions.can_edit()):
        raise PermissionDenied
    if page.document is None or page.document.edition is None:
        raise Http404("this story was never published")
    return page, page.document


def _edition(document: Document, number: int) -> Edition:
    return get_object_or_404(Edition, document=document, number=number)


def _context(page: StoryPage, document: Document, **more: Any) -> dict[str, Any]:
    return {
        "page": page,
        "document": document,
        "zone": publication().zone,
        "public_path": current_path(document.pk),
        **more,
    }


@require_safe
def edition_list(request: HttpRequest, pk: int) -> HttpResponse:
    """List the editions of a story by time, the last one first."""
    page, document = _story(request, pk, publishes=False)
    editions = (
        editions_of(document)
        .defer("body_html", "canonical_text", "content_data")
        .select_related("reconstruction")
        .prefetch_related("note_revisions")
    )
    rows = [
        EditionRow(edition, list(edition.note_revisions.all()), edition.pk == document.edition_id)
        for edition in editions
    ]
    may_publish = page.permissions_for_user(request.user).can_publish()
    context = _context(
        page,
        document,
        rows=rows[::-1],
        may_publish=may_publish,
        may_erase=may_publish and may_redact(request.user),
    )
    return TemplateResponse(request, "desk/editions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reconstruct(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an earlier text from that of an edition, see the difference, and add it.

    ``?from=2`` says which edition to start from; by default the earliest.
    """
    page, document = _story(request, pk)
    editions = list(editions_of(document))
    chosen = request.POST.get("base") or request.GET.get("from") or ""
    base = next((each for each in editions if str(each.number) == chosen), editions[0])
    assert document.edition is not None
    form = ReconstructionForm(base, document.edition, request.POST if request.POST else None)
    parts: list[PartDifference] = []
    if request.method == "POST" and form.is_valid():
        assert form.content is not None
        is_previewed = form.cleaned_data["previewed"] == form.print_of_content
        if "save" in request.POST and is_previewed:
            answer = _save(request, page, document, form)
            if answer is not None:
                return answer
        elif "save" in request.POST:
            messages.info(
                request, "The text changed since you last saw the difference: look again."
            )
        parts = _parts(form.content, base.content)
    context = _context(
        page,
        document,
        form=form,
        editions=editions,
        base=base,
        parts=parts,
        print_of_content=form.print_of_content,
    )
    return TemplateResponse(request, "desk/reconstruct.html", context)


def _save(
    request: HttpRequest, page: StoryPage, document: Document, form: ReconstructionForm
) -> HttpResponse | None:
    """Add the edition and go on to its comments; ``None`` with the refusal in the form."""
    assert form.content is not None
    assert form.at is not None
    try:
        with transaction.atomic():
            edition = reconstruct_edition(
                document_id=document.pk,
                content=form.content,
                at=form.at,
                by=str(request.user),
                evidence=form.cleaned_data["evidence"],
                kind=form.cleaned_data["kind"],
                note=form.cleaned_data["note"],
            )
            links = relink_quotations(document_id=document.pk)
    except EditionRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    found = len({link.comment_id for link in links})
    said = f" {found} comment{' quotes' if found == 1 else 's quote'} its words." if found else ""
    messages.success(request, f"Edition {edition.number} was added.{said}")
    return redirect("desk_edition_comments", page.pk, edition.number)


def _parts(earlier: EditionContent, later: EditionContent) -> list[PartDifference]:
    """Return what changed from one content to another, part by part."""
    return [
        PartDifference(name, difference(align(old, new), old, new))
        for (name, old), (_, new) in zip(texts_of(earlier), texts_of(later), strict=True)
        if old != new
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def edition_comments(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Ask which comments are about the words that an edition has and a later one has not."""
    page, document = _story(request, pk)
    edition = _edition(document, number)
    later = edition_after(document, edition)
    spans = changed_words(edition.canonical_text, later.canonical_text) if later else []
    error = ""
    if request.method == "POST":
        try:
            chosen = [
                *map(_chosen, request.POST.getlist("about")),
                *_others(request.POST.getlist("other"), request.POST.get("words", "")),
            ]
            links = anchor_to_words(
                document_id=document.pk, edition_number=edition.number, chosen=chosen
            )
        except AnchorRefused as refusal:
            error = str(refusal)
        else:
            count = len(links)
            messages.success(
                request,
                f"{count} comment{' stands' if count == 1 else 's stand'} beside these words now."
                if count
                else "Nothing was changed.",
            )
            return redirect("desk_editions", page.pk)
    context = _context(
        page,
        document,
        edition=edition,
        later=later,
        about=comments_about(document, edition),
        spans=[(start, end, edition.canonical_text[start:end]) for start, end in spans],
        error=error,
        ticked=[*request.POST.getlist("about"), *request.POST.getlist("other")],
    )
    return TemplateResponse(request, "desk/edition_comments.html", context)


def _chosen(value: str) -> tuple[int, int, int]:
    """Read ``comment:start:end``."""
    parts = value.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        raise AnchorRefused("The form does not say which words are meant. Load the page again.")
    comment, start, end = map(int, parts)
    return comment, start, end


def _others(comments: Sequence[str], words: str) -> list[tuple[int, int, int]]:
    """Put comments that nothing speaks for to the words that were chosen for them."""
    if not comments:
        return []
    if not words:
        raise AnchorRefused("Choose the words that the other comments are about.")
    return [_chosen(f"{comment}:{words}") for comment in comments]


@require_http_methods(["GET", "HEAD", "POST"])
def edition_note(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show every wording of an edition's note, and take a better one."""
    page, document = _story(request, pk)
    edition = _edition(document, number)
    form = NoteForm(request.POST if request.POST else None)
    if request.method == "POST" and form.is_valid():
        try:
            supersede_note(
                edition_id=edition.pk, text=form.cleaned_data["text"], by=str(request.user)
            )
        except EditionRefused as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, f"Edition {edition.number} has its new note.")
            return redirect("desk_editions", page.pk)
    notes = list(edition.note_revisions.all())
    if not form.is_bound:
        form.initial["text"] = notes[-1].text if notes else edition.note
    context = _context(page, document, edition=edition, form=form, notes=notes[::-1])
    return TemplateResponse(request, "desk/edition_note.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edition_erase(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say what erasing an edition by law takes and what it leaves, and do it."""
    page, document = _story(request, pk)
    if not may_redact(request.user):
        raise PermissionDenied
    edition = _edition(document, number)
    form = ErasureForm(request.POST if request.POST else None)
    if request.method == "POST" and form.is_valid():
        ruling = Ruling(
            Measure.WITHHELD,
            Ground(form.cleaned_data["ground"]),
            form.cleaned_data["words"],
            form.cleaned_data["law"],
        )
        try:
            redact_edition(edition_id=edition.pk, ruling=ruling, by=cast("Account", request.user))
        except DecisionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The words of edition {number} are removed for good.")
            return redirect("desk_editions", page.pk)
    context = _context(
        page,
        document,
        edition=edition,
        form=form,
        is_in_force=edition.pk == document.edition_id,
        has_other_draft=page.has_unpublished_changes,
    )
    status = 422 if form.errors else 200
    return TemplateResponse(request, "desk/edition_erase.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("stories/<number:pk>/editions/", edition_list, name="desk_editions"),
    path("stories/<number:pk>/reconstruct/", reconstruct, name="desk_reconstruct"),
    path(
        "stories/<number:pk>/editions/<number:number>/comments/",
        edition_comments,
        name="desk_edition_comments",
    ),
    path(
        "stories/<number:pk>/editions/<number:number>/erase/",
        edition_erase,
        name="desk_edition_erase",
    ),
    path(
        "stories/<number:pk>/editions/<number:number>/note/", edition_note, name="desk_edition_note"
    ),
]
