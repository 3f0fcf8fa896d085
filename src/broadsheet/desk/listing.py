"""The desk's list of stories, and what its first page shows of them."""

from __future__ import annotations

from typing import Any

from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.permissions import page_permission_policy

from broadsheet.desk.models import SectionPage, StoryPage
from broadsheet.desk.openness import DiscussionColumn

LATELY = 12
"""Stories on the desk's first page: what fits without scrolling."""


class StoryListing(PageListingViewSet):
    """All stories, whatever their section."""

    model = StoryPage
    menu_label = "Stories"
    icon = "doc-full"
    add_to_admin_menu = True
    menu_order = 90
    columns = [
        *PageListingViewSet.columns,
        Column("editions_published", label="Edition", width="8%"),
        DiscussionColumn("discussion", label="Discussion", width="12%"),
    ]


class LatelyPanel(Component):
    """The stories worked on last, and where to begin a new one."""

    name = "lately"
    template_name = "desk/lately.html"
    order = 50

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        user = parent_context["request"].user if parent_context else None
        visible = page_permission_policy.explorable_instances(user)
        stories = (
            StoryPage.objects.filter(pk__in=visible.values("pk"))
            .select_related("document__edition", "latest_revision__user")
            .exclude(latest_revision=None)
            .order_by("-latest_revision_created_at", "-pk")[:LATELY]
        )
        return {"stories": stories, "sections": SectionPage.objects.order_by("position", "pk")}
