"""The commands, as an operator types them, on the tests' own store."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from tests import factories
from tests.integration.transfer.test_importing import SAMPLE

from broadsheet.cli import main
from broadsheet.desk.accounts import ensure_administrator
from broadsheet.desk.adoption import front_page
from broadsheet.discussion.models import CommentVersion
from broadsheet.readers.models import Account
from broadsheet.record.models import Document
from broadsheet.sample.loading import load_sample

pytestmark = pytest.mark.django_db


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


def test_help_names_every_command():
    said = run("--help").output

    for command in ("init", "serve", "sample", "import", "verify", "doctor", "worker"):
        assert f"\n  {command} " in said


def test_capture_is_imported_and_said_in_words(publication):
    front_page()

    result = run("import", "capture", str(SAMPLE), "--author-alias", "Ann L=Ann Lee")

    assert result.exit_code == 0, result.output
    assert "Imported “Council sets bridge budget”" in result.output
    assert "“Ann L” is shown as Ann Lee" in result.output
    assert Document.objects.count() == 1


def test_capture_says_json(publication):
    front_page()

    result = run("import", "capture", str(SAMPLE), "--dry-run", "--json")
    said = json.loads(result.stdout)

    keys = "format documents comments max_depth people claimed_comments unreadable warnings"
    assert set(keys.split()) <= set(said)
    assert (said["documents"], said["comments"], said["max_depth"]) == (1, 5, 2)
    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "capture", "nowhere.html"], "does not exist"),
        (["import", "capture", str(SAMPLE), "--author-alias", "Ann"], "is not NAME=AUTHOR"),
        (
            ["import", "capture", str(SAMPLE), "--author-alias", "No=Ann Lee"],
            "Nobody in the thread",
        ),
        (["import", "capture", str(SAMPLE), "--section", "search"], "used by the paper itself"),
        (["serve", "--port", "0"], "0 is not in the range"),
    ],
)
def test_mistakes_are_said_in_a_line(publication, arguments, says):
    front_page()

    result = run(*arguments)

    assert result.exit_code != 0
    assert says in result.output
    assert "Traceback" not in result.output


def test_file_that_is_no_page_is_named(publication, tmp_path):
    path = tmp_path / "empty.html"
    path.write_text("")

    result = run("import", "capture", str(path))

    assert result.exit_code == 1
    assert "empty.html" in result.output


def test_verify_says_that_all_holds(publication):
    factories.comment(factories.story())

    result = run("verify", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"documents": 1, "entries": 3, "faults": []}


def test_verify_names_the_entry_that_is_wrong(publication):
    document = factories.story()
    factories.comment(document)
    CommentVersion.objects.update(text="Other.")

    result = run("verify")

    assert result.exit_code == 1
    assert f"{document.urn}, entry 3: the content of comment" in result.output


def test_doctor_reports(publication):
    result = run("doctor", "--json")
    said = json.loads(result.stdout)

    findings = {finding["what"]: finding["state"] for finding in said["findings"]}
    assert findings["store"] == "ok"
    assert findings["accounts"] == "warning"


def test_sample_is_loaded_whole(publication):
    front_page()

    loaded = load_sample(lambda line: None)

    assert (loaded.stories, loaded.comments) == (10, 396)
    assert json.loads(run("verify", "--json").stdout)["faults"] == []


def test_sample_is_for_empty_stores(publication):
    factories.story()

    result = run("sample")

    assert result.exit_code == 1
    assert "holds stories already" in result.output


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [("nonsense", "correct horse 9", "valid email"), ("a@b.example", "123", "too short")],
)
def test_administrator_needs_an_address_and_a_password(db, email, password, says):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match=says):
        ensure_administrator(email=email, password=password)


def test_administrator_is_made_once(db):
    assert ensure_administrator(email="a@news.example", password="correct horse 9")
    assert not ensure_administrator(email="A@news.example", password="another horse 9")

    assert Account.objects.get().check_password("correct horse 9")
