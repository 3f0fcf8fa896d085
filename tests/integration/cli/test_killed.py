"""A process that dies in the middle of an acceptance, or of taking comments in, leaves a store that
is whole."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from tests.site import command, database_of_its_own, environment, free_port, lend_what_is_prepared

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


PUBLISH = """
from tests import factories
factories.publication()
for number in range(3):
    print(factories.story(f"Story {number}", slug=f"story-{number}").pk)
"""
POST = """
import threading
from broadsheet.discussion.actions import Draft, prepared
from broadsheet.discussion.intake import take_in
who, count, stories = sys.argv[1], int(sys.argv[2]), sys.argv[3].split(",")
numbers, one_at_a_time = iter(range(count)), threading.Lock()
def post():
    while True:
        with one_at_a_time:
            number = next(numbers, None)
        if number is None:
            return
        draft = Draft(text=f"{who} {number}", name="Lena")
        comment = take_in(prepared(document_id=int(stories[number % 3]), draft=draft))
        # One write, so that lines of threads do not mix.
        os.write(1, f"{comment.pk} {who} {number}\\n".encode())
threads = [threading.Thread(target=post) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""
SAY_COMMENTS = """
import json
from broadsheet.discussion.models import CommentVersion, Submission, Thread
from broadsheet.record.models import JournalEntry
print(json.dumps({
    "comments": list(CommentVersion.objects.values_list("comment_id", "text")),
    "submissions": Submission.objects.count(),
    "counted": [thread.comment_count for thread in Thread.objects.all()],
    "entries": JournalEntry.objects.filter(kind="comment").count(),
}))
"""


@pytest.fixture
def database_url():
    with database_of_its_own("killed") as url:
        yield url


@pytest.fixture
def run(tmp_path, database_url):
    """Run a command on a store on disk; ``code`` is given to Python instead."""
    lend_what_is_prepared(tmp_path / "var")
    around = environment(tmp_path / "var", free_port(), database_url)

    def start(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", SET_UP + code] if code else command(*arguments)
        return subprocess.run(
            words,
            env=around,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    made = start("init", "--admin-email", "ann@news.example", "--admin-password", "correct horse 9")
    assert made.returncode == 0, made.stderr
    start.around = around
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


def test_killed_while_comments_come_in_nothing_is_lost_and_nothing_half(run):
    published = run(code=PUBLISH)
    assert published.returncode == 0, published.stderr
    stories = ",".join(published.stdout.split())
    killed, other = (
        subprocess.Popen(
            [sys.executable, "-c", SET_UP + POST, who, count, stories],
            env=run.around,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who, count in (("killed", "1000000"), ("other", "150"))
    )

    said = [killed.stdout.readline() for _ in range(60)]
    killed.send_signal(signal.SIGKILL)
    # What it said and was not read yet is said all the same; the last line may be cut off.
    with killed.stdout:
        rest = killed.stdout.read()
    said += rest[: rest.rfind("\n") + 1].splitlines()
    said_by_other = other.communicate(timeout=120)[0].splitlines()

    assert killed.wait(120) == -signal.SIGKILL
    assert (other.returncode, len(said_by_other)) == (0, 150)
    acknowledged = {}
    for line in said + said_by_other:
        number, _, text = line.strip().partition(" ")
        acknowledged[int(number)] = text
    found = json.loads(run(code=SAY_COMMENTS).stdout)
    stored = dict(found["comments"])
    assert acknowledged.items() <= stored.items()
    # What was taken in and not acknowledged: at most what eight threads were waiting for.
    assert len(stored) - len(acknowledged) <= 8
    assert len(set(stored.values())) == len(stored)
    assert found["submissions"] == found["entries"] == sum(found["counted"]) == len(stored)
    verified = run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
