"""Take down the names that accounts have; of names that look alike the oldest account has it."""

from django.db import migrations

from broadsheet.readers.skeleton import name_keys

AT_ONCE = 2000


def take_down(apps, schema_editor):
    Account = apps.get_model("readers", "Account")
    AccountName = apps.get_model("readers", "AccountName")
    NameKey = apps.get_model("readers", "NameKey")
    names, keys = [], []

    def store():
        AccountName.objects.bulk_create(names)
        NameKey.objects.bulk_create(keys, ignore_conflicts=True)
        names.clear()
        keys.clear()

    named = Account.objects.exclude(name="").order_by("pk").only("pk", "name", "date_joined")
    for account in named.iterator(AT_ONCE):
        names.append(
            AccountName(account_id=account.pk, name=account.name, valid_from=account.date_joined)
        )
        keys += [NameKey(key=key[:200], account_id=account.pk) for key in name_keys(account.name)]
        if len(names) >= AT_ONCE:
            store()
    store()


class Migration(migrations.Migration):
    dependencies = [("readers", "0010_names_kept")]

    operations = [migrations.RunPython(take_down, migrations.RunPython.noop)]
