"""An index by which the corrections of the whole publication are found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("record", "0003_passages_notes_reconstructions")]

    operations = [
        # Only creates the index: no table is rebuilt, so the triggers stay as they are.
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                fields=["kind", "-published_at", "-id"], name="record_edition_of_kind"
            ),
        ),
    ]
