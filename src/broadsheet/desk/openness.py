"""The discussion of one story at the desk: open, held, closed at a time, and how fast."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods
from wagtail.admin.ui.tables import Column

from broadsheet import clock
from broadsheet.desk.models import StoryPage
from broadsheet.discussion.enums import SetBy, ThreadMode
from broadsheet.discussion.heat import COOL_AFTER, STEPS, Pace, hot_branches
from broadsheet.discussion.models import OpennessChange, Thread
from broadsheet.discussion.openness import OpennessRefused
from broadsheet.moderation.discussions import set_discussion
from broadsheet.moderation.enums import Ground
from broadsheet.paper import converters  # noqa: F401 (registers them)
from broadsheet.readers.models import Account
from broadsheet.record.queries import current_path, publication

REFUSED = 422
"""The status of an answer that shows a form again with what was wrong."""
PACES = [
    (0, "As fast as they like"),
    (30, "One comment every 30 seconds"),
    (60, "One comment every minute"),
    (300, "One comment every 5 minutes"),
    (900, "One comment every 15 minutes"),
    (3600, "One comment every hour"),
]


class OpennessForm(forms.Form):
    """How open a discussion is; times are those of the publication."""

    mode = forms.ChoiceField(
        label="The discussion is", choices=ThreadMode.choices, widget=forms.RadioSelect
    )
    closes_at = forms.DateTimeField(
        label="Close it at",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": "Write date and time as in 2026-09-02T11:15."},
    )
    slow_seconds = forms.TypedChoiceField(label="Readers can post", choices=PACES, coerce=int)
    ground = forms.ChoiceField(
        label="Ground",
        required=False,
        choices=[("", "None of these"), *((each.value, each.label) for each in Ground)],
    )
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=OpennessChange.MAX_REASON,
        help_text=(
            "For everybody to read, on the story’s page and in the moderation log. Needed, unless a"
            " ground says it, where a discussion is closed or held."
        ),
    )

    def __init__(self, *args: Any, zone: dt.tzinfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["closes_at"].help_text = f"Empty: not by itself. In the time zone {zone}."

    def clean_closes_at(self) -> dt.datetime | None:
        given: dt.datetime | None = self.cleaned_data["closes_at"]
        return given.replace(tzinfo=self.zone) if given else None


def may_open(request: HttpRequest, page: StoryPage) -> bool:
    """Say whether somebody may set how open the discussion of a story is."""
    user = request.user
    if user.has_perm("discussion.change_comment") or user.has_perm("moderation.moderate"):
        return True
    return is_editor(request, page)


def is_editor(request: HttpRequest, page: StoryPage) -> bool:
    """Say whether somebody answers for the story itself."""
    return bool(page.permissions_for_user(request.user).can_publish())


@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how open the discussion of a published story is, and change it."""
    page = get_object_or_404(StoryPage.objects.select_related("document__edition"), pk=pk)
    if not may_open(request, page):
        raise PermissionDenied
    document = page.document
    if document is None or document.edition is None:
        raise Http404("this story was never published")
    zone = publication().zone
    now = clock.now()
    thread = Thread.objects.filter(pk=document.pk).first() or Thread(document=document)
    form = OpennessForm(
        request.POST or None,
        zone=zone,
        initial={
            "mode": thread.mode,
            "closes_at": thread.closes_at.astimezone(zone).replace(tzinfo=None)
            if thread.closes_at and thread.closes_at > now
            else None,
            "slow_seconds": thread.slow_seconds,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_discussion(
                document_id=document.pk,
                mode=ThreadMode(form.cleaned_data["mode"]),
                closes_at=form.cleaned_data["closes_at"],
                slow_seconds=form.cleaned_data["slow_seconds"],
                ground=Ground(form.cleaned_data["ground"]) if form.cleaned_data["ground"] else None,
                words=form.cleaned_data["reason"],
                by=cast("Account", request.user),
                role=SetBy.EDITOR if is_editor(request, page) else SetBy.MODERATOR,
            )
        except OpennessRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "The story’s page says so now.")
            return redirect("desk_discussion", pk)
    context = {
        "page": page,
        "document": document,
        "form": form,
        "thread": thread,
        "zone": zone,
        "hot": sorted(hot_branches(thread, now).items()),
        "steps": [(reports, Pace(seconds).every) for reports, seconds in sorted(STEPS)],
        "cool_hours": COOL_AFTER.total_seconds() / 3600,
        "public_path": current_path(document.pk),
    }
    status = REFUSED if form.errors else 200
    return TemplateResponse(request, "desk/discussion.html", context, status=status)


class DiscussionColumn(Column):
    """Leads from a story in the list to its discussion, and says where that is not open."""

    cell_template_name = "desk/discussion_cell.html"

    def get_value(self, instance: Any) -> Any:
        """Return the thread of a published story; one without comments has none."""
        document = instance.document
        if document is None or document.edition_id is None:
            return None
        thread: Thread | None = getattr(document, "thread", None)
        return {"pk": instance.pk, "thread": thread, "count": thread.comment_count if thread else 0}


urlpatterns: list[URLPattern] = [
    path("stories/<number:pk>/discussion/", discussion, name="desk_discussion"),
]
