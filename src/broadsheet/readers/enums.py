"""The fixed vocabularies of the readers' room."""

from django.db import models


class Purpose(models.TextChoices):
    """What a ticket is good for."""

    SIGN_IN = "sign-in", "Sign in"
    PROOF = "proof", "Prove once more who one is"
    ADDRESS = "address", "Take another address"
    COMMENT = "comment", "Publish a comment"
