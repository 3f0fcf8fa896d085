import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def date_sources(apps, schema_editor):
    """What was kept of a guest until now came with the comment."""
    source = apps.get_model("discussion", "CommentSource")
    comment = apps.get_model("discussion", "Comment")
    posted = comment.objects.filter(pk=OuterRef("comment")).values("posted_at")
    source.objects.update(sent_at=Subquery(posted))


class Migration(migrations.Migration):
    dependencies = [("discussion", "0005_removals")]

    operations = [
        migrations.CreateModel(
            name="DiscussionSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guests", models.CharField(choices=[("allowed", "Guests may comment"), ("confirmed", "Guests may comment; it is held until they confirm their e-mail"), ("members", "Only who is signed in may comment")], default="allowed", help_text="Whether somebody without an account may comment.", max_length=16)),
                ("admission", models.CharField(choices=[("open", "It is published at once"), ("held", "It waits for a moderator")], default="open", help_text="What becomes of a comment that nothing speaks against.", max_length=16)),
            ],
            options={
                "verbose_name_plural": "discussion settings",
                "constraints": [
                    models.CheckConstraint(condition=Q(id=1), name="discussion_settings_only_one"),
                    models.CheckConstraint(condition=Q(guests__in=["allowed", "confirmed", "members"]), name="discussion_guests_known"),
                    models.CheckConstraint(condition=Q(admission__in=["open", "held"]), name="discussion_admission_known"),
                ],
            },
        ),
        migrations.RenameModel("CommentContact", "CommentSource"),
        migrations.AlterField(
            "commentsource",
            "comment",
            models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="source", serialize=False, to="discussion.comment"),
        ),
        migrations.AlterField("commentsource", "email", models.EmailField(blank=True, max_length=254)),
        migrations.AddField("commentsource", "guest_key", models.CharField(blank=True, default="", help_text="SHA-256 of what the guest’s browser keeps.", max_length=64), preserve_default=False),
        migrations.AddField("commentsource", "address", models.GenericIPAddressField(help_text="Of the network; kept for some days only.", null=True)),
        migrations.AddField("commentsource", "agent", models.CharField(blank=True, default="", help_text="The browser, as it names itself.", max_length=200), preserve_default=False),
        migrations.AddField("commentsource", "verdict", models.JSONField(help_text="Why it was published: a list of moderation’s reasons.", null=True)),
        migrations.AddField("commentsource", "sent_at", models.DateTimeField(null=True)),
        migrations.RunPython(date_sources, migrations.RunPython.noop),
        migrations.AlterField("commentsource", "sent_at", models.DateTimeField()),
        migrations.AddIndex("commentsource", models.Index(fields=["email"], condition=~Q(email=""), name="discussion_source_email")),
        migrations.AddIndex("commentsource", models.Index(fields=["address", "sent_at"], name="discussion_source_address")),
        migrations.AddIndex("commentsource", models.Index(fields=["guest_key"], condition=~Q(guest_key=""), name="discussion_source_guest")),
    ]
