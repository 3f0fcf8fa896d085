from django.db import models
from wagtail.models import Page


class StoryPage(Page):
    """A story as a tutorial of Wagtail has it."""

    body = models.TextField()

    def get_absolute_url(self) -> str:
        return self.url
