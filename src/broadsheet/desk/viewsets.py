"""Authors, topics and the publication itself, as the desk lists and edits them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from broadsheet.desk.author_forms import AuthorForm
from broadsheet.desk.storyline_forms import StorylineForm
from broadsheet.discussion.models import DiscussionSettings
from broadsheet.moderation.models import HouseRules
from broadsheet.readers.models import ReservedName
from broadsheet.record.models import Author, Publication, Storyline, Topic


class AuthorViewSet(SnippetViewSet):
    model = Author
    icon = "user"
    menu_label = "Authors"
    add_to_admin_menu = True
    menu_order = 210
    list_display = ["name", "role", "slug"]
    search_fields = ["name"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("slug"),
            FieldPanel("role"),
            FieldPanel("biography"),
            FieldPanel("disclosure"),
            FieldPanel("new_picture"),
            FieldPanel("remove_picture"),
            FieldPanel("account"),
        ],
        base_form_class=AuthorForm,
    )


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    menu_label = "Topics"
    add_to_admin_menu = True
    menu_order = 220
    list_display = ["name", "kind"]
    list_filter = ["kind"]
    search_fields = ["name"]
    panels = [FieldPanel("name"), FieldPanel("kind"), FieldPanel("slug")]


class StorylineChooserViewSet(SnippetChooserViewSet):
    """Chooses a storyline in the story's editor, or makes one there."""

    creation_form_class = StorylineForm
    create_action_label = "Make a storyline"


class StorylineViewSet(SnippetViewSet):
    model = Storyline
    icon = "list-ul"
    menu_label = "Storylines"
    add_to_admin_menu = True
    menu_order = 215
    list_display = ["headline", "slug", "stories_on_it"]
    search_fields = ["headline"]
    chooser_viewset_class = StorylineChooserViewSet
    edit_handler = ObjectList(
        [
            FieldPanel("headline"),
            FieldPanel("slug"),
            FieldPanel("standfirst"),
        ],
        base_form_class=StorylineForm,
    )


class ReservedNameViewSet(SnippetViewSet):
    """Names that nobody may take, beside those that belong to somebody."""

    model = ReservedName
    icon = "lock"
    menu_label = "Reserved names"
    add_to_settings_menu = True
    menu_order = 120
    search_fields = ["name"]
    panels = [FieldPanel("name")]


class OnlyOnePolicy(ModelPermissionPolicy):
    """There is one publication: it is changed, never added or deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action not in ("add", "delete") and super().user_has_permission(user, action)


class PublicationViewSet(ModelViewSet):
    """Only its edit view is linked: there is one publication."""

    model = Publication
    name = "publication"
    icon = "site"
    form_fields = ["name", "motto", "about", "notice", "time_zone", "language", "lead"]
    copy_view_enabled = False
    inspect_view_enabled = False


class DiscussionSettingsViewSet(ModelViewSet):
    """Only its edit view is linked: there is one discussion of the publication."""

    model = DiscussionSettings
    name = "discussion_settings"
    icon = "comment"
    form_fields = ["guests", "admission", "edit_minutes", "interest_days", "address_days"]
    copy_view_enabled = False
    inspect_view_enabled = False


class HouseRulesViewSet(ModelViewSet):
    """Only its edit view is linked: a publication has one set of house rules."""

    model = HouseRules
    name = "house_rules"
    icon = "doc-full"
    form_fields = [
        "rules",
        "contact_name",
        "contact_email",
        "contact_address",
        "contact_languages",
        "names_in_log",
        "lone_appeals",
    ]
    copy_view_enabled = False
    inspect_view_enabled = False


class HouseRulesMenuItem(MenuItem):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            "House rules",
            reverse("house_rules:edit", args=[HouseRules.ONLY]),
            name="house-rules",
            icon_name="doc-full",
            order=111,
        )

    def is_shown(self, request: Any) -> bool:
        return bool(request.user.has_perm("moderation.change_houserules"))


class DiscussionSettingsMenuItem(MenuItem):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            "Discussion",
            reverse("discussion_settings:edit", args=[DiscussionSettings.ONLY]),
            name="discussion-settings",
            icon_name="comment",
            order=110,
        )

    def is_shown(self, request: Any) -> bool:
        return bool(request.user.has_perm("discussion.change_discussionsettings"))


class PublicationMenuItem(MenuItem):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            "Publication",
            reverse("publication:edit", args=[Publication.ONLY]),
            name="publication",
            icon_name="site",
            order=100,
        )

    def is_shown(self, request: Any) -> bool:
        return bool(request.user.has_perm("record.change_publication"))
