from django.db import migrations

from broadsheet.record import guards


def install(apps, schema_editor):  # type: ignore[no-untyped-def]
    guards.install(schema_editor, tables=guards.FIRST_TABLES, erasable=False)


def remove(apps, schema_editor):  # type: ignore[no-untyped-def]
    guards.remove(schema_editor, tables=guards.FIRST_TABLES)


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
