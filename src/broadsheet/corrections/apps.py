from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    name = "broadsheet.corrections"
    label = "corrections"
    verbose_name = "Corrections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from broadsheet.corrections import erasure, models, verify
        from broadsheet.press.marking import declare_keys
        from broadsheet.readers import export, signals
        from broadsheet.record.keys import STORIES, document_key
        from broadsheet.record.signals import edition_withheld

        verify.register()
        export.register("proposals", erasure.proposals_of)
        signals.account_erasing.connect(erasure.erase_proposer, dispatch_uid="corrections")
        edition_withheld.connect(erasure.let_salts_go, dispatch_uid="corrections")
        declare_keys(
            models.Proposal, lambda proposal: [document_key(proposal.document_id), STORIES]
        )
