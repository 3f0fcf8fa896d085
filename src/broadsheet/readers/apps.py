from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_save


class ReadersConfig(AppConfig):
    name = "broadsheet.readers"
    label = "readers"
    verbose_name = "Readers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.socialaccount.models import SocialAccount

        from broadsheet.readers import export, keys, letters, proof

        keys.declare()
        proof.connect()
        letters.register()
        export.connect()
        pre_save.connect(_forget_the_rest, sender=SocialAccount, dispatch_uid="readers.providers")


def _forget_the_rest(sender: object, instance: Any, **_: object) -> None:
    """Keep of what a provider tells only who it is: the rest is of no use here."""
    instance.extra_data = {}
