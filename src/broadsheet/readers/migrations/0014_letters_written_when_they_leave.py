from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('readers', '0013_mutes_and_mail'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='outgoingmail',
            name='readers_mail_state_known',
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='about',
            field=models.CharField(blank=True, help_text='The row that it is about.', max_length=60),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='kind',
            field=models.CharField(blank=True, help_text='Who writes it when it leaves; empty: it is written.', max_length=16),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('dropped', 'Not needed any more'), ('failed', 'Given up')], default='waiting', max_length=16),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='subject',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='text',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='outgoingmail',
            name='to',
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'sending', 'sent', 'dropped', 'failed'])), name='readers_mail_state_known'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about', ''), ('kind', ''), models.Q(('to', ''), _negated=True)), models.Q(models.Q(('kind', ''), _negated=True), models.Q(('about', ''), _negated=True), ('to', '')), _connector='OR'), name='readers_mail_written_or_about'),
        ),
    ]
