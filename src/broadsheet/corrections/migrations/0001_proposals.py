import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('discussion', '0003_passages_and_proposals'),
        ('record', '0003_passages_notes_reconstructions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('replacement', models.TextField(blank=True)),
                ('reason', models.TextField(blank=True)),
                ('source_url', models.CharField(blank=True, max_length=500)),
                ('is_typographical', models.BooleanField(default=False)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('wants_credit', models.BooleanField(default=False)),
                ('proposed_at', models.DateTimeField()),
                ('withdrawal_digest', models.CharField(blank=True, help_text='SHA-256 of the key with which it is withdrawn.', max_length=64)),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('accepted_in_part', 'Accepted in part'), ('declined', 'Declined'), ('duplicate', 'Duplicate'), ('withdrawn', 'Withdrawn')], default='open', max_length=20)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('decision_reason', models.TextField(blank=True)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposals', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='record.author')),
                ('comment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='discussion.comment')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='record.document')),
                ('duplicate_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='corrections.proposal')),
                ('edition', models.ForeignKey(help_text='The edition that carried it out.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='record.edition')),
                ('passage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='record.passage')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ProposalContact',
            fields=[
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='contact', serialize=False, to='corrections.proposal')),
                ('email', models.EmailField(max_length=254)),
            ],
        ),
        migrations.CreateModel(
            name='ProposalSubmission',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('sent_at', models.DateTimeField()),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='submissions', to='corrections.proposal')),
            ],
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['proposed_at'], name='corrections_open'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(fields=['-decided_at'], name='corrections_decided'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'accepted_in_part', 'declined', 'duplicate', 'withdrawn'])), name='corrections_state_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='corrections_decided_at'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('edition__isnull', False), ('state__in', ['accepted', 'accepted_in_part'])), models.Q(models.Q(('state__in', ['accepted', 'accepted_in_part']), _negated=True), ('edition', None)), _connector='OR'), name='corrections_edition_where_due'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), models.Q(('decision_reason', ''), _negated=True), _connector='OR'), name='corrections_declined_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('duplicate_of__isnull', False), ('state', 'duplicate')), models.Q(models.Q(('state', 'duplicate'), _negated=True), ('duplicate_of', None)), _connector='OR'), name='corrections_duplicate_of_where_due'),
        ),
    ]
