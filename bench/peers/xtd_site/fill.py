"""Publish the stories whose comments come as JSON on standard input: ``{"12": [comment, …]}``.

A comment is ``[number, number of what it answers or 0, name, text, instant]``. Written with two
statements a story, with the columns that the package's own save would compute. Prints the paths.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sites.models import Site  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django_comments_xtd.models import XtdComment  # noqa: E402
from news.models import StoryPage  # noqa: E402
from wagtail.models import Page  # noqa: E402

COMMENT = (
    "INSERT INTO django_comments(id, object_pk, user_name, user_email, user_url, comment,"
    " submit_date, ip_address, is_public, is_removed, content_type_id, site_id)"
    " VALUES(%s, %s, %s, 'reader@example.org', '', %s, %s, '127.0.0.1', 1, 0, %s, 1)"
)
PLACE = (
    "INSERT INTO django_comments_xtd_xtdcomment(comment_ptr_id, thread_id, parent_id, level,"
    ' "order", followup, nested_count) VALUES(%s, %s, %s, %s, %s, 0, %s)'
)


def story(count, body, comments):
    root = Page.objects.filter(depth=2).first()
    page = root.add_child(
        instance=StoryPage(title=f"A story with {count} comments", slug=f"t{count}", body=body)
    )
    kind = ContentType.objects.get_for_model(page)
    latest = XtdComment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    replies = {}
    for number, parent, *_ in comments:
        replies.setdefault(parent, []).append(number)
    places = {}
    for root_number in replies.get(0, []):
        order = 0
        stack = [(root_number, 0)]
        walked = []
        while stack:
            number, level = stack.pop()
            order += 1
            places[number] = [root_number, level, order, 0]
            walked.append(number)
            stack += [(each, level + 1) for each in reversed(replies.get(number, []))]
        for number in reversed(walked):
            places[number][3] = sum(1 + places[each][3] for each in replies.get(number, []))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            COMMENT,
            [
                (latest + number, str(page.pk), name, text, at, kind.pk)
                for number, _, name, text, at in comments
            ],
        )
        rows = []
        for number, parent, *_ in comments:
            thread, level, order, nested = places[number]
            rows.append(
                (
                    latest + number,
                    latest + thread,
                    latest + (parent or number),
                    level,
                    order,
                    nested,
                )
            )
        cursor.executemany(PLACE, rows)
    return page.url


given = json.load(sys.stdin)
Site.objects.update_or_create(pk=1, defaults={"domain": "127.0.0.1", "name": "bench"})
print(
    json.dumps(
        {count: story(count, given["body"], each) for count, each in given["stories"].items()}
    )
)
