import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('discussion', '0151_address_days'),
        ('record', '0131_storylines'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='follow',
            name='discussion_follow_what',
        ),
        migrations.RemoveConstraint(
            model_name='notice',
            name='discussion_notice_kind_known',
        ),
        migrations.AddField(
            model_name='follow',
            name='storyline',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='record.storyline'),
        ),
        migrations.AlterField(
            model_name='follow',
            name='kind',
            field=models.CharField(choices=[('story', 'A story'), ('replies', 'Replies to a comment'), ('author', 'An author'), ('storyline', 'A storyline')], max_length=16),
        ),
        migrations.AlterField(
            model_name='notice',
            name='kind',
            field=models.CharField(choices=[('comments', 'New comments'), ('reply', 'A reply'), ('edition', 'A new edition'), ('standing', 'Another standing'), ('withdrawn', 'A story was withdrawn'), ('story', 'A new story'), ('joined', 'A story joined a storyline'), ('words', 'Words that were commented on changed'), ('asked', 'A question for an interest'), ('answered', 'An answer to a question for an interest')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', True), ('comment__isnull', True), ('document__isnull', False), ('kind', 'story'), ('storyline__isnull', True)), models.Q(('author__isnull', True), ('comment__isnull', False), ('document__isnull', False), ('kind', 'replies'), ('storyline__isnull', True)), models.Q(('author__isnull', False), ('comment__isnull', True), ('document__isnull', True), ('kind', 'author'), ('storyline__isnull', True)), models.Q(('author__isnull', True), ('comment__isnull', True), ('document__isnull', True), ('kind', 'storyline'), ('storyline__isnull', False)), _connector='OR'), name='discussion_follow_what'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(condition=models.Q(('account__isnull', False), ('kind', 'storyline')), fields=('account', 'storyline'), name='discussion_follow_storyline_account'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'storyline'), models.Q(('email', ''), _negated=True)), fields=('email', 'storyline'), name='discussion_follow_storyline_email'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['comments', 'reply', 'edition', 'standing', 'withdrawn', 'story', 'joined', 'words', 'asked', 'answered'])), name='discussion_notice_kind_known'),
        ),
    ]
