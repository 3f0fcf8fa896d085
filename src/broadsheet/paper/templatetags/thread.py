"""The tag by which templates print a thread."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from broadsheet.paper.presenters.fragments import thread_items
from broadsheet.paper.presenters.thread import ThreadView

register = template.Library()


@register.simple_tag(takes_context=True)
def comments_of(context: Context, thread: ThreadView) -> SafeString:
    """Print the comments of a thread; ``read_only`` and ``quiet`` are of the page."""
    return thread_items(
        thread, read_only=bool(context.get("read_only")), quiet=bool(context.get("quiet"))
    )
