from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "broadsheet.discussion"
    label = "discussion"
    verbose_name = "Discussion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Two are here for what they hear of what is announced.
        from broadsheet.discussion import digests, keys, notices, verify  # noqa: F401

        verify.register()
        keys.declare()
