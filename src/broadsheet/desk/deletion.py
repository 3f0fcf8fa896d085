"""What was published is not deleted: it can be withdrawn, and its history stays public."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page

EXPLANATION = (
    "“{title}” was published, so it is part of the public record and cannot be deleted. Unpublish it:"
    " it leaves the front page, the sections and the search, while its address and history stay."
)


class PublishedStoryIsKept(RuntimeError):
    """Somebody tried to delete a published story, or a page above one."""


def published_below(page: Page) -> Page | None:
    """Return a published story at or below ``page``, or ``None``."""
    from broadsheet.desk.models import StoryPage

    return (
        StoryPage.objects.descendant_of(page, inclusive=True)
        .filter(document__edition__isnull=False)
        .first()
    )


class KeepsPublishedStories:
    """A page that refuses to be deleted while it is, or holds, a published story."""

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        if kept := published_below(self):  # type: ignore[arg-type]
            raise PublishedStoryIsKept(EXPLANATION.format(title=kept.title))
        return super().delete(*args, **kwargs)  # type: ignore[misc]
