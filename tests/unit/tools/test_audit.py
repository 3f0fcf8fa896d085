"""What the audit makes of its tools' answers."""

from __future__ import annotations

import pytest
from tools.audit import AuditFailed, Result, findings, first, lighthouse_table, read_message, scores

KINDS = {"1.html": "front"}


@pytest.mark.parametrize(
    ("item", "level", "is_error"),
    [
        ({"type": "error"}, "error", True),
        ({"type": "info", "subType": "warning"}, "warning", False),
        ({"type": "info"}, "info", False),
        ({"type": "non-document-error"}, "non-document-error", True),
    ],
    ids=["an error", "a warning", "information", "the checker could not read the page"],
)
def test_message_is_an_error_unless_it_says_otherwise(item, level, is_error):
    message = read_message({"url": "file:/tmp/1.html", "message": "Hm.", **item}, KINDS)
    assert (message.kind, message.level, message.is_error) == ("front", level, is_error)


def report(performance: float | None, seo: float = 1.0) -> dict:
    categories = {
        name: {"score": 1.0, "auditRefs": []} for name in ("accessibility", "best-practices")
    }
    categories["performance"] = {"score": performance, "auditRefs": [{"id": "tbt", "weight": 30}]}
    categories["seo"] = {"score": seo, "auditRefs": [{"id": "note", "weight": 0}]}
    audits = {
        "tbt": {"score": 0.5, "title": "Total Blocking Time", "displayValue": "990 ms"},
        "note": {"score": 0, "title": "Not weighed"},
    }
    return {"categories": categories, "audits": audits}


def test_scores_are_medians_of_the_runs():
    assert scores([report(0.87), report(0.99), report(0.97)])["performance"] == 97


def test_category_without_a_score_is_below_every_bar():
    assert scores([report(None)])["performance"] == 0


def test_findings_name_what_took_points_off():
    assert findings(report(0.9)) == ["performance: Total Blocking Time (990 ms)"]


def test_table_marks_what_is_below_the_bar():
    marks = {"performance": 94, "accessibility": 95, "best-practices": 100, "seo": 100}
    line = lighthouse_table([Result("front", "mobile", marks, 3, [])]).splitlines()[1]
    assert line.split() == ["front,", "mobile", "94!", "95", "100", "100", "3"]


def test_missing_link_is_told():
    assert first(["/a/", "/by/x/"], r"/by/[a-z]+/") == "/by/x/"
    with pytest.raises(AuditFailed):
        first(["/a/"], r"/by/[a-z]+/")
