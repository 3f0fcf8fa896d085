import django.db.models.deletion
from django.db import migrations, models

from broadsheet.record import guards


def guard(apps, schema_editor):  # type: ignore[no-untyped-def]
    guards.install(schema_editor, tables=guards.STORYLINE_TABLES)


def lift(apps, schema_editor):  # type: ignore[no-untyped-def]
    guards.remove(schema_editor, tables=guards.STORYLINE_TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('record', '0130_restorations'),
    ]

    operations = [
        migrations.CreateModel(
            name='Storyline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('headline', models.CharField(max_length=120)),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('standfirst', models.TextField(blank=True, help_text='What the matter is, in a sentence or two.', max_length=600)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['headline', 'id'],
            },
        ),
        migrations.CreateModel(
            name='StorylineSlug',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('since', models.DateTimeField()),
                ('storyline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slugs', to='record.storyline')),
            ],
        ),
        migrations.CreateModel(
            name='StorylinePlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='storyline_places', to='record.document')),
                ('storyline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='record.storyline')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('storyline', 'document'), name='record_storyline_place_once'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='record_storyline_place_span')],
            },
        ),
        migrations.CreateModel(
            name='StorylineWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='From 1.')),
                ('headline', models.CharField(max_length=120)),
                ('standfirst', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(blank=True, max_length=150)),
                ('storyline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='record.storyline')),
            ],
            options={
                'ordering': ['storyline_id', 'number'],
                'constraints': [models.UniqueConstraint(fields=('storyline', 'number'), name='record_storyline_wording_number')],
            },
        ),
        migrations.RunPython(guard, lift),
    ]
