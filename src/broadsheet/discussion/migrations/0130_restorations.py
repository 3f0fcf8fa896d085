import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("discussion", "0120_stamps_and_interests")]

    operations = [
        migrations.CreateModel(
            name="Restoration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="restorations",
                        to="discussion.comment",
                    ),
                ),
                ("removed_at", models.DateTimeField()),
                ("removal_reason", models.CharField(max_length=300)),
                (
                    "removal",
                    models.JSONField(
                        help_text="What the journal’s digest of the removal is made of."
                    ),
                ),
                ("restored_at", models.DateTimeField()),
                ("by", models.CharField(max_length=150)),
                ("reason", models.CharField(max_length=300)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["comment", "removed_at"], name="discussion_restoration_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(restored_at__gte=F("removed_at")),
                        name="discussion_restoration_interval",
                    ),
                ],
            },
        )
    ]
