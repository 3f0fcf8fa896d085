import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('discussion', '0002_links'),
        ('record', '0003_passages_notes_reconstructions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CommentPassage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_by', models.CharField(choices=[('writer', 'The writer marked the words'), ('quotation', 'The writer quoted them'), ('editor', 'An editor')], max_length=16)),
            ],
            options={
                'ordering': ['comment_id', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='comment',
            name='discussion_comment_kind_known',
        ),
        migrations.AlterField(
            model_name='comment',
            name='kind',
            field=models.CharField(choices=[('comment', 'Comment'), ('pingback', 'Pingback'), ('proposal', 'Proposed correction')], default='comment', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['comment', 'pingback', 'proposal'])), name='discussion_comment_kind_known'),
        ),
        migrations.AddField(
            model_name='commentpassage',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='passages', to='discussion.comment'),
        ),
        migrations.AddField(
            model_name='commentpassage',
            name='passage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comment_links', to='record.passage'),
        ),
        migrations.AddConstraint(
            model_name='commentpassage',
            constraint=models.UniqueConstraint(fields=('comment', 'passage'), name='discussion_passage_once'),
        ),
        migrations.AddConstraint(
            model_name='commentpassage',
            constraint=models.CheckConstraint(condition=models.Q(('made_by__in', ['writer', 'quotation', 'editor'])), name='discussion_passage_made_by_known'),
        ),
    ]
