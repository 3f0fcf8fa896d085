"""Where Broadsheet joins Wagtail's admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.signals import post_page_move
from wagtail.snippets.models import register_snippet

from broadsheet.desk import (
    aliases,
    claims,
    comments,
    history,
    moderation,
    openness,
    proposals,
    rules,
)
from broadsheet.desk.deletion import EXPLANATION, published_below
from broadsheet.desk.guard import draft_refusals
from broadsheet.desk.listing import LatelyPanel, StoryListing
from broadsheet.desk.models import StoryPage
from broadsheet.desk.stale_forms import warn_of_newer_edition
from broadsheet.desk.viewsets import (
    AuthorViewSet,
    DiscussionSettingsMenuItem,
    DiscussionSettingsViewSet,
    HouseRulesMenuItem,
    HouseRulesViewSet,
    PublicationMenuItem,
    PublicationViewSet,
    ReservedNameViewSet,
    StorylineViewSet,
    TopicViewSet,
)
from broadsheet.paper import converters  # noqa: F401 (registers them)
from broadsheet.paper.moderation_urls import queue_urls
from broadsheet.readers.models import Account
from broadsheet.record.actions import move_document
from broadsheet.record.models import Storyline

register_snippet(AuthorViewSet)
register_snippet(TopicViewSet)
register_snippet(StorylineViewSet)
register_snippet(ReservedNameViewSet)


@hooks.register("register_admin_viewset")
def publication_viewset() -> PublicationViewSet:
    return PublicationViewSet("publication")


@hooks.register("register_admin_viewset")
def discussion_settings_viewset() -> DiscussionSettingsViewSet:
    return DiscussionSettingsViewSet("discussion_settings")


@hooks.register("register_admin_viewset")
def house_rules_viewset() -> HouseRulesViewSet:
    return HouseRulesViewSet("house_rules")


@hooks.register("register_settings_menu_item")
def house_rules_menu_item() -> MenuItem:
    return HouseRulesMenuItem()


@hooks.register("register_admin_viewset")
def story_listing() -> StoryListing:
    return StoryListing("stories")


@hooks.register("insert_global_admin_css")
def desk_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css"))


@hooks.register("register_settings_menu_item")
def publication_menu_item() -> MenuItem:
    return PublicationMenuItem()


@hooks.register("register_settings_menu_item")
def discussion_settings_menu_item() -> MenuItem:
    return DiscussionSettingsMenuItem()


@hooks.register("register_admin_urls")
def alias_urls() -> list[URLPattern]:
    return [
        path("same-person/", aliases.alias_list, name="desk_aliases"),
        path("same-person/<number:pk>/", aliases.alias_decide, name="desk_alias_decide"),
    ]


@hooks.register("register_admin_urls")
def history_urls() -> list[URLPattern]:
    return history.urlpatterns


@hooks.register("register_admin_urls")
def openness_urls() -> list[URLPattern]:
    return openness.urlpatterns


@hooks.register("register_page_header_buttons")
def discussion_button(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Lead from a story to what is set of its discussion."""
    story = page.specific
    if isinstance(story, StoryPage) and story.editions_published:
        yield Button(
            "Discussion",
            reverse("desk_discussion", args=[page.pk]),
            icon_name="comment",
            priority=67,
        )


@hooks.register("register_page_header_buttons")
def editions_button(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Lead from a story to its editions."""
    story = page.specific
    if isinstance(story, StoryPage) and story.editions_published:
        yield Button(
            "Editions", reverse("desk_editions", args=[page.pk]), icon_name="history", priority=66
        )


class AliasMenuItem(MenuItem):
    """Shown while there is something to decide."""

    def is_shown(self, request: HttpRequest) -> bool:
        return aliases.may_decide(request) and bool(aliases.open_offers())


@hooks.register("register_admin_menu_item")
def alias_menu_item() -> MenuItem:
    return AliasMenuItem(
        "Same person?", reverse("desk_aliases"), name="aliases", icon_name="user", order=230
    )


@hooks.register("register_admin_urls")
def claim_urls() -> list[URLPattern]:
    return [
        path("claimed-names/", claims.claim_list, name="desk_claims"),
        path("claimed-names/<number:pk>/", claims.claim_decide, name="desk_claim_decide"),
    ]


@hooks.register("register_admin_menu_item")
def claim_menu_item() -> MenuItem:
    return claims.ClaimMenuItem(
        "Claimed names", reverse("desk_claims"), name="claims", icon_name="user", order=231
    )


@hooks.register("register_permissions")
def claim_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="discussion", codename="change_nameclaim"
    )


@hooks.register("register_permissions")
def alias_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="discussion", codename="change_authoralias"
    )


@hooks.register("register_admin_urls")
def comment_urls() -> list[URLPattern]:
    return [
        path("comments/", comments.comment_list, name="desk_comments"),
        path("comments/<number:pk>/remove/", comments.comment_remove, name="desk_comment_remove"),
    ]


@hooks.register("register_admin_menu_item")
def comment_menu_item() -> MenuItem:
    return comments.CommentMenuItem(
        "Comments", reverse("desk_comments"), name="comments", icon_name="comment", order=96
    )


@hooks.register("register_permissions")
def comment_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="discussion", codename="change_comment"
    )


@hooks.register("register_admin_urls")
def moderation_urls() -> list[URLResolver]:
    return [path("moderation/", include(queue_urls(moderation.DESK, "desk_moderation")))]


@hooks.register("register_admin_menu_item")
def moderation_menu_item() -> MenuItem:
    return moderation.ModerationMenuItem(
        "Moderation", moderation.DESK.base, name="moderation", icon_name="check", order=94
    )


@hooks.register("register_permissions")
def moderation_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="moderation",
        codename__in=["moderate", "redact", "change_houserules"],
    )


@hooks.register("register_admin_urls")
def rule_urls() -> list[URLPattern]:
    return rules.urlpatterns


@hooks.register("register_settings_menu_item")
def rules_menu_item() -> MenuItem:
    return rules.menu_item()


@hooks.register("register_permissions")
def rule_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="moderation", codename__in=["change_rulesetting", "change_ban"]
    )


@hooks.register("register_admin_urls")
def proposal_urls() -> list[URLPattern]:
    return [
        path("proposals/", proposals.proposal_list, name="desk_proposals"),
        path("proposals/<number:pk>/", proposals.proposal, name="desk_proposal"),
        path(
            "proposals/<number:pk>/accept/", proposals.proposal_accept, name="desk_proposal_accept"
        ),
        path(
            "proposals/<number:pk>/decline/",
            proposals.proposal_decline,
            name="desk_proposal_decline",
        ),
        path(
            "proposals/<number:pk>/duplicate/",
            proposals.proposal_duplicate,
            name="desk_proposal_duplicate",
        ),
        path("proposals/<number:pk>/open/", proposals.proposal_open, name="desk_proposal_open"),
    ]


@hooks.register("register_admin_menu_item")
def proposal_menu_item() -> MenuItem:
    return proposals.ProposalMenuItem(
        "Proposals", reverse("desk_proposals"), name="proposals", icon_name="edit", order=95
    )


@hooks.register("register_permissions")
def proposal_permission() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="corrections", codename="change_proposal"
    )


@hooks.register("insert_editor_js")
def proposal_script() -> SafeString:
    return format_html('<script type="module" src="{}"></script>', static("desk/proposals.js"))


@hooks.register("after_edit_page")
def tell_of_newer_edition(request: HttpRequest, page: Page) -> None:
    if request.method == "POST" and isinstance(page, StoryPage):
        warn_of_newer_edition(request, page)


@hooks.register("before_copy_page")
def refuse_alias(request: HttpRequest, page: Page) -> HttpResponse | None:
    """An alias would be a second address of one story without a history of its own."""
    if request.method != "POST" or not request.POST.get("alias"):
        return None
    messages.error(request, "A story stands at one address. Copy it without “alias”.")
    return redirect("wagtailadmin_pages:copy", page.pk)


@hooks.register("construct_homepage_panels")
def first_page(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(LatelyPanel())
    if proposals.may_decide(request) and proposals.waiting():
        panels.append(proposals.ProposalsOnFirstPage())
    if aliases.may_decide(request) and aliases.open_offers():
        panels.append(aliases.AliasPanel())


@hooks.register("before_delete_page")
def keep_published_story(request: HttpRequest, page: Page) -> HttpResponse | None:
    kept = published_below(page)
    if kept is None:
        return None
    messages.error(request, EXPLANATION.format(title=kept.title))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_delete_snippet")
def keep_used_storyline(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """A storyline on which a story stood stays: links lead to it, and past moments show it."""
    used = (each for each in instances if isinstance(each, Storyline) and each.places.exists())
    kept = next(used, None)
    if kept is None:
        return None
    messages.error(
        request,
        f"“{kept}” cannot be deleted: stories stand or stood on it, and links lead to it. Take them"
        " off in their editors, or call it otherwise.",
    )
    return redirect(StorylineViewSet().get_url_name("list"))


@hooks.register("before_bulk_action")
def check_bulk_action(
    request: HttpRequest, action_type: str, objects: list[Any], action_class: Any
) -> HttpResponse | None:
    """Refuse as a whole what could only be done in part."""
    pages = [page.specific for page in objects if isinstance(page, Page)]
    problems: list[str] = []
    if action_type == "delete":
        problems = [
            EXPLANATION.format(title=kept.title) for kept in map(published_below, pages) if kept
        ]
    elif action_type == "publish":
        problems = [
            f"“{page.title}”: {problem.rstrip('.')}. Nothing was published."
            for page in pages
            if isinstance(page, StoryPage)
            for problem in draft_refusals(page, cast("Account", request.user))
        ]
    for problem in dict.fromkeys(problems):
        messages.error(request, problem)
    if not problems:
        return None
    parent = pages[0].get_parent()
    return redirect("wagtailadmin_explore", parent.pk)


@receiver(post_page_move)
def follow_section(sender: Any, instance: Page, **kwargs: Any) -> None:
    """A story that was moved stands in its new section at once, without a new edition."""
    stories: QuerySet[StoryPage] = StoryPage.objects.descendant_of(instance, inclusive=True)
    for story in stories.filter(document__isnull=False):
        if story.document_id and (section := story.section):
            move_document(document_id=story.document_id, section=section)
