from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "broadsheet.transfer"
    label = "transfer"
    verbose_name = "Transfer"
    default_auto_field = "django.db.models.BigAutoField"
