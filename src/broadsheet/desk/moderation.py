"""The moderators’ queue at the desk: the views of the paper, in the frame of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from wagtail.admin.menu import MenuItem

from broadsheet.moderation.permissions import may_moderate
from broadsheet.paper.views.moderation.places import Place


def _at_desk(
    request: HttpRequest, name: str, context: Mapping[str, Any], status: int
) -> HttpResponse:
    return TemplateResponse(
        request, f"desk/moderation/{name}.html", dict(context), status=status
    ).render()


DESK = Place("/desk/moderation/", _at_desk)


class ModerationMenuItem(MenuItem):
    """Shown to those who may moderate."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_moderate(request.user)
