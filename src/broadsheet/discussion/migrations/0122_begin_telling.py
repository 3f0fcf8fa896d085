"""What happened before anybody could follow is not told."""

from django.db import migrations


def begin(apps, schema_editor):
    Document = apps.get_model("record", "Document")
    NoticeCursor = apps.get_model("discussion", "NoticeCursor")
    heads = Document.objects.values_list("pk", "head_sequence")
    NoticeCursor.objects.bulk_create(
        [NoticeCursor(document_id=pk, sequence=sequence) for pk, sequence in heads],
        batch_size=1000,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("discussion", "0121_follows")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
