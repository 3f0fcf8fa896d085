from django.db import migrations, models

from broadsheet.record.enums import EntryKind


class Migration(migrations.Migration):
    """Only what the choices are called; no table is touched."""

    dependencies = [("record", "0120_interests")]

    operations = [
        migrations.AlterField(
            model_name="journalentry",
            name="kind",
            field=models.CharField(choices=EntryKind.choices, max_length=20),
        )
    ]
