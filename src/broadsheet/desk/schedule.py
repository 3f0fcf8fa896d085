"""Publish what is due, one story at a time, so that one refusal does not hold up the others."""

from __future__ import annotations

import logging

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from wagtail.models import Page, Revision

from broadsheet import clock
from broadsheet.record.actions import AddressTaken, EditionRefused

logger = logging.getLogger(__name__)


def publish_due() -> int:
    """Publish revisions whose time has come and withdraw pages that have expired.

    What is refused loses its date and keeps its text as a draft; the log says why. Returns how many
    pages were published or withdrawn.
    """
    done = 0
    now = clock.now()
    due = Revision.objects.filter(approved_go_live_at__lte=now).order_by(
        "approved_go_live_at", "pk"
    )
    for revision in due:
        try:
            with transaction.atomic():
                revision.publish(log_action="wagtail.publish.scheduled")
            done += 1
        except (EditionRefused, AddressTaken, ValidationError) as error:
            logger.error("scheduled publication refused: %s", error)
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        except DatabaseError:
            raise
        # One story that cannot be published, whatever is wrong with it, must not hold up the others.
        except Exception:
            logger.exception("scheduled publication of revision %s failed", revision.pk)
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
    for page in Page.objects.filter(live=True, expire_at__lte=now).specific():
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
        done += 1
    return done
