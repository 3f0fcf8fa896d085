"""Invented stories and discussions: the same for the same seed, in any number.

The text is plain English in its letters, though not in its sense, and compresses about as well as the
discussion in the sample publication does; a few sentences said again and again would compress to
nothing.
"""

from __future__ import annotations

import datetime as dt
import random  # noqa: TID251  seeded generators only
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

SEED = 20260901
PUBLISHED_AT = dt.datetime(2026, 9, 1, 6, 0, tzinfo=dt.UTC)
PARAGRAPHS = 10
PARAGRAPH_LENGTH = (420, 700)
COMMENT_LENGTH = (90, 190)
"""Characters before the last sentence ends, which makes 180 in the middle."""
REPLIES = 0.4
"""Share of comments that answer another one."""
DEEPEST = 5
SPREAD = dt.timedelta(days=30)
"""In which even the longest discussion is over."""
LONGEST_PAUSE = 400
"""Seconds between two comments; less where there are so many that they fill :data:`SPREAD`."""
MOST = 1_000_000
"""Comments of one discussion; nothing was tried beyond it."""
RECENT = 40
"""Replies go to one of so many latest comments, as they do in a lively discussion."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PEOPLE = _words("""
Ada Agnes Albin Alva Amos Anouk Arlo Beatrix Benno Birgit Bram Carys Cato Clea Conrad Dagny Dara
Desmond Edda Effie Elio Enid Ezra Fenna Flora Gideon Greta Hamish Hanne Ines Isolde Jarl Joska
Kasimir Lene Linus Lorcan Maeve Marit Milo Nadia Nils Odile Orla Otis Petra Quentin Ragna Rufus
Saskia Selma Silas Tamsin Thora Ulla Viggo Wanda Willem Yara Zeno
""")
PLACES = _words("""
Abbot Alder Barley Beacon Birch Bramble Brook Cinder Copper Cotter Dale Elder Fallow Fern Flint Ford
Garnet Harbour Hazel Heath Hollow Juniper Kestrel Larch Linden Marsh Meadow Mill Moss Orchard Pike
Quarry Reed Ridge Rowan Sedge Thistle Tanner Vale Weaver Willow Wren
""")
LARGE = _words("""
account admired again agreement already ancient answer answered anyway argument asked avoided
awkward bare before bench better bill bitter blamed blocked blunt borrowed bought boundary bridge
brief bright broken budget built bus cable canal careful carried ceiling chair changed charter cheap
checked chose cleaned clear climbed clinic clock closed cold committee common complaint contract
copied corner costly council counted counter covered crooked crossed crossing damp dark date
deadline dear defended delay delayed delivered depot described detail different ditch document door
doubted draft drawing drew dropped dull early elsewhere embankment emptied empty engine entered
estimate evening exact excuse explained faced factory faint fair false famous fare fence ferry
fierce figure filled final finally finished firm fixed flat floor followed footpath forecast forgot
found fresh fund garden gate gauge gentle gloomy good grand grey guarded guessed gutter hall harbour
harsh heard hearing heavy hedge held helped hid hidden hill honest hopeful hospital house idle
ignored indeed inspector instead invented invoice joined journey kept kerb kitchen knew labelled
ladder lamp lane large late lately lazy left lent letter library lift light liked line list local
lonely long loose lost lucky made market measured meeting mended mentioned meter minute missed
morning moved muddy museum named narrow neat needed neighbour new noisy notice noticed odd office
often old once open opened openly opinion ordered ordinary owned page paid painful painted paper
park passed path patient pavement permit photograph pipe plain plan planned platform playground
pointed polite poor praised printed promise promised proper proposal proud public pulled pump pushed
question questioned queue quick quiet quietly quoted ragged rail railing rare rarely rate read ready
reason recalled receipt recently refused register remembered removed rented repair repaired replaced
report reported reservoir returned road roof room rough rule rusty sad safe saved saw school season
sensible sent shared sharp shed shelter shop short showed sign signature signed silent simple slow
slowly small smooth sober sold solid sometimes soon spare stale statement station steep still
stopped storm strange street strict stubborn studied sudden suddenly summer supported surveyor swept
table tall tender tested thanked theatre thin ticket tide tidy timetable tired today took tower town
traced tram tree trench trusted tunnel twice understood used useful vague valley visited vote wall
wanted warehouse warm warned watched weak weather weekend welcomed wet wharf wide window winter wise
wooden workshop wrong wrote yard yesterday young
""")
SMALL = _words("""
a a all am an and and are as at be been but by can could did do does for for from had has have he
her his how I if in in is it it its just more my no none not of of of on on once one or our out over
she so some than that that the the the the their them then there they this those to to to up us was
was we were what when where which who why will with would you your
""")
"""Written as often as they are said, more or less."""
ENDINGS = ("s", "s", "ing", "ed", "er", "less", "like", "ful", "ish", "ly", "ness", "able", "ward")
"""Made-up forms, for as many different words as people use: 500 words alone compress too well."""


@dataclass(frozen=True)
class Said:
    """A comment to be; ``parent`` is the place of an earlier one in the list."""

    name: str
    text: str
    parent: int | None
    at: dt.datetime


def _chance(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311  words, not keys


def prose(chance: random.Random, length: int) -> str:
    """Return sentences of at least ``length`` characters together."""
    sentences: list[str] = []
    while sum(map(len, sentences)) + len(sentences) <= length:
        sentences.append(_sentence(chance))
    return " ".join(sentences)


def _sentence(chance: random.Random) -> str:
    words = [_word(chance) for _ in range(chance.randint(4, 18))]
    if len(words) > 9:
        words[len(words) // 2] += ","
    if chance.random() < 0.15:
        words.append(str(chance.randint(2, 2026)))
    sentence = " ".join(words)
    return sentence[0].upper() + sentence[1:] + chance.choice("....?!")


def _word(chance: random.Random) -> str:
    if chance.random() < 0.45:
        return chance.choice(SMALL)
    word = chance.choice(LARGE)
    return word + chance.choice(ENDINGS) if chance.random() < 0.4 else word


def body(seed: int = SEED) -> list[str]:
    """Return the paragraphs of the story."""
    chance = _chance(str(seed))
    return [prose(chance, chance.randint(*PARAGRAPH_LENGTH)) for _ in range(PARAGRAPHS)]


def discussion(count: int, seed: int = SEED) -> Iterator[Said]:
    """Yield ``count`` comments in the order in which they are posted."""
    chance = _chance(f"{seed} {count}")
    longest = min(LONGEST_PAUSE * 1000, 2 * int(SPREAD.total_seconds() * 1000) // max(count, 1))
    recent: deque[tuple[int, int]] = deque(maxlen=RECENT)
    at = PUBLISHED_AT
    for place in range(count):
        at += dt.timedelta(milliseconds=chance.randint(longest // 20, longest))
        open_places = [(depth, other) for other, depth in recent if depth < DEEPEST]
        is_reply = bool(open_places) and chance.random() < REPLIES
        above, parent = chance.choice(open_places) if is_reply else (0, None)
        recent.append((place, above + 1))
        name = f"{chance.choice(PEOPLE)} {chance.choice(PLACES)}"
        text = prose(chance, chance.randint(*COMMENT_LENGTH))
        yield Said(name, text, parent, at)
