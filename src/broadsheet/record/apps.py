from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "broadsheet.record"
    label = "record"
    verbose_name = "Record"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from broadsheet.record import keys, verify

        verify.register()
        keys.declare()
