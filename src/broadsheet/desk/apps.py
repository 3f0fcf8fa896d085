from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class DeskConfig(AppConfig):
    name = "broadsheet.desk"
    label = "desk"
    verbose_name = "Desk"
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from broadsheet.desk import erasure
        from broadsheet.desk.viewsets import OnlyOnePolicy
        from broadsheet.discussion.models import DiscussionSettings
        from broadsheet.moderation.models import HouseRules
        from broadsheet.readers.signals import account_erasing
        from broadsheet.record.models import Publication
        from broadsheet.record.signals import edition_withheld, name_erased

        account_erasing.connect(erasure.erase_from_log, dispatch_uid="desk")
        name_erased.connect(erasure.erase_name, dispatch_uid="desk")
        edition_withheld.connect(erasure.forget_revisions, dispatch_uid="desk")
        register_permission_policy(Publication, OnlyOnePolicy(Publication))
        register_permission_policy(DiscussionSettings, OnlyOnePolicy(DiscussionSettings))
        register_permission_policy(HouseRules, OnlyOnePolicy(HouseRules))


class DeskUsersConfig(WagtailUsersAppConfig):
    """Wagtail's list of users, with the fields that our accounts have."""

    user_viewset = "broadsheet.desk.users.AccountViewSet"
