"""A process that dies in the middle of an acceptance leaves a store that is whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import psycopg
import pytest
from tests.site import command, environment, free_port

SET_UP = """
import os, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "broadsheet.conf.settings"
django.setup()
from broadsheet.corrections.actions import ProposalDraft, propose
from broadsheet.corrections.models import Proposal
from broadsheet.desk.acceptance import accept
from broadsheet.readers.models import Account
from broadsheet.record import journal
from broadsheet.record.models import Document, Edition
from broadsheet.record.placements import Pointer
"""
PROPOSE = """
from broadsheet.desk.adoption import front_page, section_page
from broadsheet.desk.models import StoryPage
from broadsheet.record.models import Section
import json
front_page()
city = section_page(Section.objects.create(slug="city", name="City"))
text = [{"type": "text", "id": "t1", "value": '<p data-block-key="k1">The outgoing CEO spoke.</p>'}]
page = StoryPage(title="At the helm", body=json.dumps(text), live=False)
city.add_child(instance=page)
page.save_revision().publish()
document = StoryPage.objects.get(pk=page.pk).document
draft = ProposalDraft(
    pointer=Pointer(1, "outgoing CEO"), replacement="charismatic CEO", reason="Nobody leaves.",
    name="Lena", wants_credit=True,
)
propose(document_id=document.pk, draft=draft)
"""
DIE = """
import signal
append = journal.append_entry
def append_or_die(**entry):
    if entry["kind"] == "decision":
        # What is said here stands in this transaction and nowhere else.
        print(Edition.objects.count(), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    return append(**entry)
journal.append_entry = append_or_die
"""
ACCEPT = """
accept(proposal_id=Proposal.objects.get().pk, user=Account.objects.get())
"""
SAY = """
import json
print(json.dumps({
    "editions": [edition.canonical_text for edition in Edition.objects.order_by("number")],
    "state": Proposal.objects.get().state,
    "in_force": Document.objects.get().edition.number,
}))
"""


@pytest.fixture
def database_url():
    """On PostgreSQL a database of its own, since another process cannot see a test's transaction."""
    if os.environ.get("TESTS_ON") != "postgres":
        yield ""
        return
    url = os.environ["TEST_DATABASE_URL"]
    name = f"broadsheet_killed_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
        yield url.rpartition("/")[0] + f"/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def run(tmp_path, database_url):
    """Run a command on a store on disk; ``code`` is given to Python instead."""

    def start(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", SET_UP + code] if code else command(*arguments)
        return subprocess.run(
            words,
            env=environment(tmp_path / "var", free_port(), database_url),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    made = start("init", "--admin-email", "ann@news.example", "--admin-password", "correct horse 9")
    assert made.returncode == 0, made.stderr
    return start


def test_killed_between_edition_and_decision_nothing_was_done(run):
    proposed = run(code=PROPOSE)
    assert proposed.returncode == 0, proposed.stderr

    killed = run(code=DIE + ACCEPT)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout == "2\n"
    verified = run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(run(code=SAY).stdout) == {
        "editions": ["The outgoing CEO spoke."],
        "state": "open",
        "in_force": 1,
    }

    again = run(code=ACCEPT)

    assert again.returncode == 0, again.stderr
    assert json.loads(run(code=SAY).stdout) == {
        "editions": ["The outgoing CEO spoke.", "The charismatic CEO spoke."],
        "state": "accepted",
        "in_force": 2,
    }
    assert run("verify").returncode == 0
