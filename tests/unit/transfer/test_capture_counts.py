"""The number of comments that a page claims, in its own words."""

from __future__ import annotations

import pytest

from broadsheet.transfer.capture.counts import claimed_count


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("with 12 Comments", 12),
        ("12 Responses to “A headline”", 12),
        ("One thought on “A headline”", 1),
        ("There are 1,204 comments", 1204),
        ("Comments (12)", 12),
        ("Comments: 3", 3),
        ("12 Kommentare zu „Ein Titel“", 12),
        ("17 Leserkommentare", 17),
        ("Ein Kommentar", 1),
        ("91 Ergänzungen", 91),
        ("4 commentaires", 4),
        ("Un comentario", 1),
        ("11 respuestas", 11),
        ("5 reacties", 5),
        ("2 commenti", 2),
        ("3 комментария", 3),
        ("8条评论", 8),
        ("UserComments:12", 12),
        ("{ 38 comments… read them below or add one }", 38),
        ("No comments yet", 0),
        ("Leave a comment", None),
        ("Laisser un commentaire", None),
        ("Hinterlasse eine Antwort", None),
        ("Ein Kommentar von Jana Weiss", None),
        ("3 May 2011", None),
        ("", None),
    ],
)
def test_claimed_count(text: str, number: int | None) -> None:
    assert claimed_count(text) == number
