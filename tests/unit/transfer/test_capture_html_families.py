"""One page of our own for each way in which systems mark up a story and its thread."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.unit.transfer.capture_samples import outline, sample

CET, CEST = dt.timezone(dt.timedelta(hours=1)), dt.timezone(dt.timedelta(hours=2))
CDT, PDT = dt.timezone(dt.timedelta(hours=-5)), dt.timezone(dt.timedelta(hours=-7))

THREADS = {
    "wordpress-classic.html": [
        (1, "Rope Maker", "I heard the bell from my window.\n\nTwice! :-)"),
        (2, "Ina Brandt", "Three times, I am told. See the log (http://gazette.example/log)."),
        (1, "Doubter", "> nine minutes\n\nTen."),
        (1, "Quays weekly", "Pingback: Quays weekly (http://quays.example/p/5)"),
    ],
    "blogger-classic.html": [
        (1, "Anders", "Oak will outlive us.\nAll of us."),
        (1, "Anonymous", "How heavy is it?"),
        (1, "Mira Kohl", "Two tons."),
    ],
    "blogger-threaded.html": [
        (1, "Baker", "Send me a sack."),
        (2, "Mira Kohl", "It is on its way."),
        (1, "Anonymous", "What of the noise?"),
    ],
    "movable-type.html": [
        (1, "Clock Keeper", "They are late every day."),
        (2, "Hives & Co", "So is the clock."),
    ],
    "typepad.html": [(1, "Potter", "Not all stones: clay, too."), (1, "Guest", "Pass it, please.")],
    "drupal.html": [
        (1, "Night Owl", "I had to stand until the depot."),
        (2, "Nils Farkas", "It comes in May."),
        (1, "Depot", "Sixty seats."),
    ],
    "disqus-static.html": [(1, "Diver Dan", "It was me."), (2, "Sceptic", "Show us the knot.")],
    "microdata.html": [
        (1, "Marchande", "Enfin !"),
        (2, "Claire Aubin", "Merci de votre accueil."),
        (1, "Voisin", "Le bruit, à six heures…"),
    ],
    "json-ld.html": [
        (1, "Collector", "Which coin?\n\nA silver one?"),
        (2, "Eva Strand", "Copper & worn."),
        (1, "Neighbour", "I would have given two."),
    ],
    "microformats.html": [(1, "Ink", "And the wind."), (2, "Runa Dahl", "The wind is weather.")],
    "flat-parents.html": [
        (1, "Swimmer", "With a towel rack?"),
        (2, "Conductor", "With hooks."),
        (3, "Swimmer", "/pictures/hook.jpg"),
    ],
    "forum.html": [
        (1, "Tenor", "Hemp.\n\nAlways hemp."),
        (1, "Sexton", "> Always hemp.\n\nThank you."),
    ],
    "wayback.html": [(1, "Kufe", "Endlich!"), (1, "Bademeister", "Vorsicht am Zufluss.")],
    "unmarked.html": [],
}

STORIES = {
    "wordpress-classic.html": (
        "Ferry returns after forty years", ("Ina Brandt",), dt.datetime(2009, 6, 12), 3, 4,
    ),
    "blogger-classic.html": (
        "A new wheel", ("Mira Kohl",), dt.datetime(2008, 3, 4, 18, 30, tzinfo=CET), 2, 3,
    ),
    "blogger-threaded.html": (
        "The wheel turns", ("Mira Kohl",), dt.datetime(2013, 5, 2, 10, tzinfo=PDT), 1, 3,
    ),
    "movable-type.html": (
        "Bees in the tower", ("Olga Reuter",), dt.datetime(2007, 8, 9, 14, 2, 11, tzinfo=CDT), 1, 2,
    ),
    "typepad.html": ("On salt", ("Hedda Maas",), dt.datetime(2006, 11, 2, 21, 12), 1, None),
    "drupal.html": (
        "Night bus, one year on", ("Nils Farkas",), dt.datetime(2012, 10, 1, 7, 30), 1, None,
    ),
    "disqus-static.html": (
        "Old mast found", ("Tove Lund",), dt.datetime(2011, 9, 5, 12, tzinfo=dt.UTC), 1, None,
    ),
    "microdata.html": (
        "Le marché couvert rouvre", ("Claire Aubin",), dt.datetime(2015, 4, 11, 6, tzinfo=CEST), 3, 3,
    ),
    "json-ld.html": (
        "Lighthouse sold for one coin", ("Eva Strand", "Bo Ek"),
        dt.datetime(2020, 2, 1, 8, tzinfo=dt.UTC), 2, 3,
    ),
    "microformats.html": (
        "On keeping a log", ("Runa Dahl",), dt.datetime(2019, 3, 2, 20, 15, tzinfo=CET), 1, 2,
    ),
    "flat-parents.html": ("Trams to the sea", (), None, 1, 4),
    "forum.html": ("Which rope for the bell?", ("Sexton",), dt.datetime(2011, 3, 5, 21, 12), 1, None),
    "wayback.html": ("Das Eis trägt", ("Lutz Amrein",), dt.datetime(2011, 2, 2, 7, 45), 1, 2),
    "unmarked.html": ("Windmill restored", (), None, 3, None),
}  # fmt: skip


@pytest.mark.parametrize("name", THREADS)
def test_thread(name: str) -> None:
    assert outline(sample(name)) == THREADS[name]


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    capture = sample(name)
    published = capture.published_at

    found = (
        capture.headline,
        capture.byline,
        published,
        len(capture.blocks),
        capture.claimed_comments,
    )

    assert found == STORIES[name]


def test_times_of_comments() -> None:
    assert [comment.posted_at for comment in sample("blogger-classic.html").comments] == [
        dt.datetime(2008, 3, 4, 21, 15),
        dt.datetime(2008, 3, 5, 7, 1),
        dt.datetime(2008, 3, 5, 8, 0),
    ]
    assert sample("microdata.html").comments[0].posted_at == dt.datetime(
        2015, 4, 11, 8, 30, tzinfo=CEST
    )
    # The page proves with 10/25/2012 that the month comes first.
    assert sample("drupal.html").comments[0].posted_at == dt.datetime(2012, 10, 1, 23, 50)
    assert sample("disqus-static.html").comments[0].posted_at is None


def test_addresses_are_freed_from_the_archive() -> None:
    capture = sample("wayback.html")

    assert capture.address == "http://see.example/eis/"
    assert capture.comments[0].url == "http://kufen.example/"
    assert 'href="http://see.example/messung/"' in capture.blocks[0].html


def test_pingback_is_kept_as_one() -> None:
    last = sample("wordpress-classic.html").comments[-1]

    assert (last.key, last.kind, last.url) == (
        "comment-304",
        "pingback",
        "http://quays.example/p/5",
    )


def test_body_in_blocks() -> None:
    blocks = sample("microdata.html").blocks

    assert [(block.type, block.html, block.items) for block in blocks] == [
        (
            "paragraph",
            "Les portes se sont ouvertes à six heures, et la file allait jusqu'au pont.",
            (),
        ),
        ("heading", "Une charpente neuve", ()),
        ("list", "", ("du chêne", "du <strong>verre</strong>")),
    ]


def test_standfirst_that_the_page_shows() -> None:
    standfirst = sample("microdata.html").standfirst

    assert (
        standfirst == "Après deux ans de travaux, les halles accueillent de nouveau les maraîchers"
    )


def test_comment_without_text_is_unreadable() -> None:
    capture = sample("flat-parents.html")

    assert [(lost.where, lost.why) for lost in capture.unreadable] == [
        ("comment-4", "The comment by Silent has no text on the page.")
    ]


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("wordpress-classic.html", "wordpress"),
        ("microdata.html", "microdata"),
        ("json-ld.html", "json-ld"),
        ("microformats.html", "hentry"),
        ("blogger-threaded.html", "markup"),
        ("unmarked.html", "markup"),
        ("names-with-says.txt", "text"),
    ],
)
def test_format_names_how_it_was_read(name: str, how: str) -> None:
    assert sample(name).format == how
