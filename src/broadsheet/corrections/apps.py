from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    name = "broadsheet.corrections"
    label = "corrections"
    verbose_name = "Corrections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from broadsheet.corrections import verify

        verify.register()
