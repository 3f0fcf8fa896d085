from collections import Counter

from django.db import migrations, models
from django.db.models import Q

STEP_BYTES = 4
MAX_STEPS = 40
BATCH = 500


def put_in_place(apps, schema_editor):
    """Give each comment its place in the reading order; a document at a time."""
    Thread = apps.get_model("discussion", "Thread")
    Comment = apps.get_model("discussion", "Comment")
    documents = Comment.objects.order_by().values_list("document_id", flat=True).distinct()
    for document_id in list(documents):
        rows = Comment.objects.filter(document=document_id).order_by("sequence")
        places = {}
        replies = Counter()
        roots = 0
        comments = list(rows.only("pk", "parent_id", "sequence"))
        for comment in comments:
            if comment.parent_id is None:
                roots += 1
                comment.root_number, comment.path = roots, b""
            else:
                comment.root_number, above = places[comment.parent_id]
                step = comment.sequence.to_bytes(STEP_BYTES)
                comment.path = above[: (MAX_STEPS - 1) * STEP_BYTES] + step
                replies[comment.root_number] += 1
            places[comment.pk] = comment.root_number, comment.path
        for comment in comments:
            if comment.parent_id is None:
                comment.reply_count = replies[comment.root_number]
            else:
                comment.reply_count = 0
        Comment.objects.bulk_update(
            comments, ["root_number", "path", "reply_count"], batch_size=BATCH
        )
        Thread.objects.filter(pk=document_id).update(root_count=roots)


class Migration(migrations.Migration):
    # PostgreSQL cannot change a table's form while rows written in the same transaction wait.
    atomic = False

    dependencies = [("discussion", "0003_passages_and_proposals")]

    operations = [
        migrations.AddField(
            "thread",
            "root_count",
            models.PositiveIntegerField(default=0, help_text="Comments that answer no other."),
        ),
        migrations.AddField(
            "comment",
            "root_number",
            models.PositiveIntegerField(
                null=True,
                help_text="The number of its root among the document’s roots, from 1; a root has its own.",
            ),
        ),
        migrations.AddField(
            "comment",
            "path",
            models.BinaryField(
                default=b"", help_text="Its place beneath the root, see discussion/threads.py."
            ),
        ),
        migrations.AddField(
            "comment",
            "reply_count",
            models.PositiveIntegerField(
                default=0, help_text="Of a root: all comments beneath it; of others 0."
            ),
        ),
        migrations.RunPython(put_in_place, migrations.RunPython.noop),
        migrations.AlterField(
            "comment",
            "root_number",
            models.PositiveIntegerField(
                help_text="The number of its root among the document’s roots, from 1; a root has its own."
            ),
        ),
        migrations.AddIndex(
            "comment",
            models.Index(
                fields=["document", "root_number", "path"], name="discussion_comment_reading"
            ),
        ),
        migrations.AddIndex(
            "comment",
            models.Index(
                fields=["document", "depth", "root_number"], name="discussion_comment_roots"
            ),
        ),
        migrations.AddIndex(
            "comment",
            models.Index(
                fields=["document", "root_number"],
                condition=Q(author__isnull=False),
                name="discussion_comment_by_author",
            ),
        ),
        migrations.AddConstraint(
            "comment",
            models.UniqueConstraint(
                fields=["document", "root_number"],
                condition=Q(parent=None),
                name="discussion_comment_root_once",
            ),
        ),
    ]
