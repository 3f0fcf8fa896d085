"""What was held before there was a queue waits in it too."""

from django.db import migrations

BATCH = 1000


def queue_held(apps, schema_editor):
    held_comment = apps.get_model("moderation", "HeldComment")
    item = apps.get_model("moderation", "QueueItem")
    waiting = held_comment.objects.filter(state="waiting", queue_item=None).order_by("pk")
    batch = []
    for held in waiting.iterator(BATCH):
        names = dict.fromkeys(reason["rule"] for reason in held.reasons)
        batch.append(
            item(
                kind=held.kind,
                document_id=held.document_id,
                held=held,
                since=held.held_at,
                due_at=held.held_at,
                reasons=f"|{'|'.join(names)}|"[:300] if names else "",
            )
        )
        if len(batch) == BATCH:
            item.objects.bulk_create(batch)
            batch = []
    item.objects.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("moderation", "0020_queue")]

    operations = [migrations.RunPython(queue_held, migrations.RunPython.noop)]
