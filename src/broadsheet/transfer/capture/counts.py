"""The number of comments that a page claims to have, as it says so in many languages."""

from __future__ import annotations

import re

_NUMBER = r"(?P<number>[0-9]{1,3}(?:[.,'’\u00a0\u202f][0-9]{3})+|[0-9]{1,7})"
_ONE = r"(?:one|eine?|une?|un[oa]?|uma?|een|één|ett|en|jeden|один|bir|yksi)"
_NOUN = (
    r"(?:user\s+|reader\s+|leser-?|approved\s+)?"
    r"(?:comments?|responses?|repl(?:y|ies)|thoughts?|notes|reactions?|opinions?"
    r"|\w{0,12}kommentare?n?|antwort(?:en)?|reaktion(?:en)?|meinung(?:en)?|wortmeldung(?:en)?"
    r"|beitr[aä]ge?|gedanken?|ergänzung(?:en)?|commentaires?|r[ée]ponses?|r[ée]actions?|avis"
    r"|comentarios?|respuestas?|opiniones|coment[áa]rios?|respostas?|comentaris?"
    r"|comment[io]|rispost[ae]|reacties?|antwoorden|kommentar(?:er|erne)?|svar"
    r"|kommenttia|kommentit|komentarz[ey]?|komentarzy|odpowiedzi|odpowiedź"
    r"|koment[áa]ř[eůi]?|yorum(?:lar)?|cevap|комментари\w{1,3}|отзыв\w{0,2}|ответ\w{0,2}"
    r"|hozzászólás\w{0,3}|σχόλι[αο])(?!\w)"
    r"|(?:条|條|件の?|則|개의?)?\s?(?:评论|評論|留言|コメント|댓글)"
)
_NUMBER_FIRST = re.compile(rf"(?<![\w.,:/#-]){_NUMBER}[\s\u00a0]{{0,8}}(?:{_NOUN})", re.IGNORECASE)
# Only at the front: "Leave one comment" and "Laisser un commentaire" are invitations, and "Ein
# Kommentar von …" is an opinion piece.
_ONE_FIRST = re.compile(
    rf"\W*(?:(?:with|there\s+is|mit|hay|il\s+y\s+a|es\s+gibt)\s+)?{_ONE}\s{{1,8}}(?:{_NOUN})"
    r"(?!\s+(?:von|by|de|di|van)\b)",
    re.IGNORECASE,
)
_BARE, _LAST = _NUMBER.replace("number", "bare"), _NUMBER.replace("number", "last")
_NOUN_FIRST = re.compile(
    rf"(?<!\w)(?:{_NOUN})\s{{0,4}}(?:[(\[]\s?{_NUMBER}(?:\s\w+)?\s?[)\]]|:\s?{_BARE}(?![\w:.,/])"
    rf"|\s{_LAST}\s*\Z)",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"(?<!\w)(?:no|zero|keine?|aucune?|pas\s+de|sin|nessun[ao]?|nenhum|sem|geen|inga|ingen|brak|"
    rf"ei|нет)\s+(?:{_NOUN})",
    re.IGNORECASE,
)
_INTERACTION = re.compile(r"UserComments\s*:\s*([0-9]{1,7})", re.IGNORECASE)

# A title longer than this is a sentence about something else.
LONGEST_CLAIM = 300  # characters


def claimed_count(text: str) -> int | None:
    """Read "12 Comments", "Comments (12)", "Ein Kommentar", "UserComments:12" out of a short text."""
    found = find_count(text)
    return found[0] if found else None


def find_count(text: str) -> tuple[int, int, int] | None:
    """Find the claim with its place: ``(number, start, end)``."""
    text = text[:LONGEST_CLAIM]
    if match := _INTERACTION.search(text):
        return int(match[1]), match.start(), match.end()
    if match := _NOUN_FIRST.search(text):
        figures = match["number"] or match["bare"] or match["last"]
        return _figure(figures), match.start(), match.end()
    if match := _NUMBER_FIRST.search(text):
        return _figure(match["number"]), match.start(), match.end()
    if match := _ONE_FIRST.match(text):
        return 1, match.start(), match.end()
    if match := _NONE.search(text):
        return 0, match.start(), match.end()
    return None


def _figure(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))
