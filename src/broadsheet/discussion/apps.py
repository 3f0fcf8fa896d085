from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "broadsheet.discussion"
    label = "discussion"
    verbose_name = "Discussion"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Two are here for what they hear of what is announced.
        from broadsheet.discussion import (  # noqa: F401
            digests,
            erasure,
            keys,
            letters,
            notices,
            telling,
            verify,
        )
        from broadsheet.discussion import signals as own
        from broadsheet.readers import export, signals
        from broadsheet.record.signals import edition_withheld

        verify.register()
        keys.declare()
        letters.register()
        export.register("comments", telling.comments_of)
        own.claim_decided.connect(letters.tell_of_decision, dispatch_uid="discussion letters")
        signals.account_erasing.connect(erasure.erase_writer, dispatch_uid="discussion")
        edition_withheld.connect(erasure.let_salts_go, dispatch_uid="discussion")
        signals.profile_changed.connect(erasure.show_profile_changed, dispatch_uid="discussion")
