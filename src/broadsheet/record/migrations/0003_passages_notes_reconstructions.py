import django.db.models.deletion
from django.db import migrations, models

from broadsheet.record import guards


def lift(apps, schema_editor):  # type: ignore[no-untyped-def]
    """SQLite makes a changed table anew and would lose its triggers."""
    guards.remove(schema_editor, tables=guards.FIRST_TABLES)


def guard_again(apps, schema_editor):  # type: ignore[no-untyped-def]
    guards.install(schema_editor, tables=guards.FIRST_TABLES, erasable=False)


def guard_new(apps, schema_editor):  # type: ignore[no-untyped-def]
    guards.install(schema_editor, tables=guards.LATER_TABLES, erasable=False)


def lift_new(apps, schema_editor):  # type: ignore[no-untyped-def]
    guards.remove(schema_editor, tables=guards.LATER_TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('record', '0002_guards'),
    ]

    operations = [
        migrations.RunPython(lift, guard_again),
        migrations.AddField(
            model_name='edition',
            name='approved_by',
            field=models.CharField(blank=True, help_text='The second editor, where one is asked for.', max_length=150),
        ),
        migrations.AddField(
            model_name='edition',
            name='note_placement',
            field=models.CharField(blank=True, choices=[('top', 'Above the story'), ('end', 'Below the story')], max_length=8),
        ),
        migrations.AddField(
            model_name='edition',
            name='reason',
            field=models.TextField(blank=True, help_text='Public: why it is minor although it touches facts, or why it comes late.'),
        ),
        migrations.AlterField(
            model_name='journalentry',
            name='kind',
            field=models.CharField(choices=[('edition', 'Edition'), ('address', 'Address'), ('section', 'Section'), ('withdrawal', 'Withdrawal'), ('reinstatement', 'Reinstatement'), ('note', 'Note'), ('reconstruction', 'Reconstruction'), ('comment', 'Comment'), ('passage', 'Passage'), ('proposal', 'Proposal'), ('decision', 'Decision on a proposal'), ('attribution', 'Attribution')], max_length=20),
        ),
        migrations.CreateModel(
            name='Reconstruction',
            fields=[
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reconstruction', serialize=False, to='record.edition')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(blank=True, max_length=150)),
                ('evidence', models.TextField(help_text='Readers’ quotations, a saved copy: what it rests on.')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='record_reconstruction_evidence')],
            },
        ),
        migrations.CreateModel(
            name='NoteRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text="From 1; the edition's own note comes before.")),
                ('text', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.CharField(blank=True, max_length=150)),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='note_revisions', to='record.edition')),
            ],
            options={
                'ordering': ['edition_id', 'number'],
                'constraints': [models.UniqueConstraint(fields=('edition', 'number'), name='record_note_number'), models.CheckConstraint(condition=models.Q(('number__gte', 1), models.Q(('text', ''), _negated=True)), name='record_note_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Passage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('exact', models.TextField()),
                ('prefix', models.CharField(blank=True, max_length=64)),
                ('suffix', models.CharField(blank=True, max_length=64)),
                ('status', models.CharField(choices=[('intact', 'Intact'), ('moved', 'Moved'), ('reworded', 'Reworded'), ('removed', 'Removed')], max_length=16)),
                ('placed_start', models.PositiveIntegerField(null=True)),
                ('placed_end', models.PositiveIntegerField(null=True)),
                ('changed_in', models.ForeignKey(help_text='Since which edition it stands so; null while it is intact.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.edition')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='record.document')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='record.edition')),
                ('placed_in', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='record.edition')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'start', 'end'), name='record_passage_once'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='record_passage_span'), models.CheckConstraint(condition=models.Q(('status__in', ['intact', 'moved', 'reworded', 'removed'])), name='record_passage_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('placed_end', None), ('placed_start', None), ('status', 'removed')), ('placed_end__gt', models.F('placed_start')), _connector='OR'), name='record_passage_placed')],
            },
        ),
        migrations.RunPython(guard_again, lift),
        migrations.RunPython(guard_new, lift_new),
    ]
