from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "broadsheet.moderation"
    label = "moderation"
    verbose_name = "Moderation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from broadsheet.moderation import erasure, keys, letters, queueing, receivers
        from broadsheet.readers import export, signals

        keys.declare()
        letters.register()
        receivers.connect()
        queueing.listen()
        export.register("held", erasure.held_of)
        signals.account_erasing.connect(erasure.erase_person, dispatch_uid="moderation")
