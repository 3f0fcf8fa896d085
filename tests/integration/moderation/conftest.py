"""What the tests of the gate share."""

from __future__ import annotations

import pytest
from tests import factories
from tests.integration.moderation.answering import moderator

from broadsheet.discussion.actions import Draft, Sender, prepared
from broadsheet.discussion.enums import Admission
from broadsheet.discussion.models import DiscussionSettings
from broadsheet.moderation.setting import rule_named, set_rule
from broadsheet.moderation.submission import submit


@pytest.fixture(autouse=True)
def _nobody_was_refused(monkeypatch):
    """What a process counts does not go from one test to the next."""
    monkeypatch.setattr("broadsheet.moderation.refusals._lately", {})


@pytest.fixture
def bridge(publication, author):
    return factories.story("Bridge", slug="bridge", authors=(author,))


@pytest.fixture
def tunnel(publication, author):
    return factories.story("Tunnel", slug="tunnel", authors=(author,))


@pytest.fixture
def at(monkeypatch):
    """Let the clock show the moment that is given."""

    def show(moment):
        monkeypatch.setattr("broadsheet.clock.now", lambda: moment)
        return moment

    show(factories.MORNING)
    return show


@pytest.fixture
def rule(db):
    """Set a rule: its options by name, and whether it is on."""

    def change(name, *, is_on=True, **options):
        assert rule_named(name)
        return set_rule(name=name, is_on=is_on, options=options, by=None)

    return change


def posting(
    document,
    text="Are you sure?",
    *,
    guest="g" * 64,
    address="192.0.2.7",
    account=None,
    author=None,
    email="",
    name="Lena",
    key="",
    **more,
):
    draft = Draft(text=text, name=name, email=email, **more)
    return prepared(
        document_id=document.pk,
        draft=draft,
        account=account,
        author=author,
        submission_key=key,
        sender=Sender(address=address, agent="Browser", guest_key="" if account else guest),
    )


def send(document, text="Are you sure?", *, was_told=False, **more):
    return submit(posting(document, text, **more), was_told=was_told)


@pytest.fixture
def waiting_room(db):
    """A publication that reads each comment first."""
    DiscussionSettings.objects.update_or_create(
        pk=DiscussionSettings.ONLY, defaults={"admission": Admission.HELD}
    )


@pytest.fixture
def mod(db):
    """A moderator without any right at the desk."""
    return moderator("mia@news.example", "Mia Mod")


@pytest.fixture
def second(db):
    """Another moderator."""
    return moderator("sol@news.example", "Sol Second")
