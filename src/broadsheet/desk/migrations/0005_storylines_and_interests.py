import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0004_standing'),
        ('record', '0131_storylines'),
    ]

    operations = [
        migrations.AddField(
            model_name='storybyline',
            name='interest',
            field=models.CharField(blank=True, help_text='What readers should know of this author for this one story, such as “owns shares of the company”. It stands beside the name, after what the profile says for all stories.', max_length=200, verbose_name='interest in this story'),
        ),
        migrations.CreateModel(
            name='StoryStoryline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('page', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='story_storylines', to='desk.storypage')),
                ('storyline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='record.storyline')),
            ],
            options={
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
    ]
