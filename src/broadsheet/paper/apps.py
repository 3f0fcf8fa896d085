from django.apps import AppConfig


class PaperConfig(AppConfig):
    name = "broadsheet.paper"
    label = "paper"
    verbose_name = "Paper"
    default_auto_field = "django.db.models.BigAutoField"
