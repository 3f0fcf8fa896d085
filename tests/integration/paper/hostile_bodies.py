"""What is sent in place of a form: broken, bursting, in strange encodings, or only unkind."""

from __future__ import annotations

import functools
import json
import random
import tarfile
from urllib.parse import quote, urlencode

from tests.integration.paper.hostile_site import STORY, Browser, Site
from tests.shared_fixtures import shared_files

from broadsheet.moderation.rules import RULES

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "----WebKitFormBoundaryTkr3kCBQlBe1nrhc"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
SEED = 20261128

Body = tuple[str, str, bytes]
"""Name, content type, bytes."""


def part(name: str, value: bytes, more: str = "") -> bytes:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def multipart(fields: dict[str, bytes]) -> bytes:
    parts = b"".join(part(name, value) for name, value in fields.items())
    return parts + f"--{BOUNDARY}--\r\n".encode()


FIELDS = {"text": b"+2AA-", "name": b"+2AA-", "email": b"+2AA-", "do": b"post", "words": b"+2AA-"}
BURSTING: list[Body] = [
    *(
        (f"multipart in {name}", f"{MULTIPART}; charset={name}", multipart(FIELDS))
        for name in ("utf-7", "utf-16", "hex", "idna", "rot13", "unicode_escape", "none", '"utf-7"')
    ),
    ("form in utf-7", f"{FORM}; charset=utf-7", b"text=%2B2AA-&name=x"),
    ("three megabytes of one field", FORM, b"text=" + b"a" * 3 * 1024 * 1024),
    ("three megabytes of a part", MULTIPART, multipart({"text": b"a" * 3 * 1024 * 1024})),
    ("twenty thousand fields", FORM, b"&".join(b"a%d=b" % n for n in range(20_000))),
    ("twenty thousand parts", MULTIPART, multipart({f"a{n}": b"b" for n in range(20_000)})),
    (
        "a thousand files",
        MULTIPART,
        b"".join(part(f"picture{n}", b"x", '; filename="x.png"') for n in range(1000)),
    ),
    ("no boundary", "multipart/form-data", multipart(FIELDS)),
    ("a boundary of another", "multipart/form-data; boundary=x", multipart(FIELDS)),
    ("an endless boundary", f"multipart/form-data; boundary={'x' * 5000}", multipart(FIELDS)),
    ("the first half", MULTIPART, multipart(FIELDS)[:90]),
    (
        "a name of a file that is a path",
        MULTIPART,
        part("picture", b"x", '; filename="../../etc/passwd\0.png"') + multipart(FIELDS),
    ),
    (
        "base64 that is none",
        MULTIPART,
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="text"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n!!!=\r\n--{BOUNDARY}--\r\n".encode(),
    ),
    ("bytes that are no text", FORM, b"text=\xff\xfe\xed\xa0\x80&name=%FF%ED%A0%80&email=%C0%80"),
    ("nothing but separators", FORM, b"&;=&&==%%%&%u0000&[]=&text[]=x&text[a]=x"),
    ("nothing that is declared", "", b"text=x"),
    ("a type that is none", "\x7f/;;=;charset", b"text=x"),
    ("XML", "application/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
]


@functools.cache
def samples() -> list[Body]:
    """Return the bodies of others: broken forms, and what is and is not JSON."""
    found: list[Body] = []
    for archive in shared_files("fixtures/bad-input/multipart/*.tar.gz"):
        found += [(name, MULTIPART, data) for name, data in _members(archive, ".http")]
    for archive in shared_files("fixtures/bad-input/json/*.tar.gz"):
        for number, (name, data) in enumerate(_members(archive, ".json")):
            found.append((name, ("application/json", FORM, MULTIPART)[number % 3], data))
    return found


def _members(archive, ending: str) -> list[tuple[str, bytes]]:
    with tarfile.open(archive) as opened:
        return [
            (each.name, opened.extractfile(each).read())
            for each in opened
            if each.isfile() and each.name.endswith(ending)
        ]


ALWAYS = ["a\0b", "\ud800"]
"""Values that every field gets; half of a pair is sent as bytes that are no UTF-8."""
OFTEN = ["\0", "\U0010ffff\ufffe", "\r\nBcc: all@reader.example", "9" * 30, "-1", "٣", "a" * 70_000]


@functools.cache
def naughty() -> list[str]:
    found: list[str] = []
    for file in shared_files("fixtures/bad-input/naughty-strings/*.json"):
        found += json.loads(file.read_text())
    return found


def values(count: int, salt: str) -> list[str]:
    """Return hostile values: those that always are tried, and some of many, the same in each run."""
    chooser = random.Random(f"{SEED} {salt}")
    some = chooser.sample([*OFTEN, *naughty()], count)
    return [*ALWAYS, chooser.choice(OFTEN), *some]


def encoded(data: dict[str, str]) -> bytes:
    return urlencode(data, quote_via=quote, errors="surrogatepass").encode()


def forms(site: Site) -> list[tuple[str, str, dict[str, str]]]:
    """Return who sends each form of a reader, where to, and with what it would be taken."""
    story = f"/{STORY}"
    own, guests, item = site.own.pk, site.guests.pk, site.item.pk
    receipt = f"/moderation/report/{site.report.pk}/{site.plain['report-receipt signature']}/"
    statement = f"/moderation/statement/{site.decision.pk}/{site.plain['statement signature']}/"
    words = {"edition": "1", "exact": "Monday", "start": "", "block": "b1"}
    comment = {
        "text": "Is it?",
        "name": "Zoe",
        "email": "zoe@reader.example",
        "disclosure": "",
        "key": "k" * 20,
        "do": "post",
        "seen_version": "",
        "seen_edition": "1",
        **words,
    }
    asked = {"do": "ask-to-follow", "email": "zoe@reader.example", "digest": "daily"}
    decided = {"item": str(item), "do": "decline", "ground": "insult", "words": "Rude.", "law": ""}
    return [
        ("guest", f"{story}/comment/", comment),
        ("reader", f"{story}/comment/", {**comment, "parent": str(guests)}),
        ("reader", f"{story}/propose/", {
            **words, "replacement": "Tuesday", "reason": "It was.", "source_url": "", "name": "Zoe",
            "email": "zoe@reader.example", "key": "p" * 20,
        }),
        ("reader", f"{story}/mine/", {"sequence": "1", "comments": "1"}),
        ("reader", f"/c/{own}/edit/", {"text": "Who says so, please?", "seen_version": "1"}),
        ("reader", f"/c/{own}/delete/", {}),
        ("guest", f"/c/{guests}/edit/", {"text": "The minutes say so.", "seen_version": "1"}),
        ("reader", f"/c/{guests}/thanks/", {"do": "give"}),
        ("reader", f"/c/{guests}/answer/", {"do": "mark"}),
        ("guest", f"/c/{own}/report/", {
            "kind": "illegal", "ground": "law_defamation", "words": "Lies.", "law": "StGB 185",
            "url": "https://news.example/c/1/", "name": "Omar Field", "email": "omar@reader.example",
            "is_in_good_faith": "on", "version": "1", "key": "r" * 20,
        }),
        ("reader", f"/c/{own}/acts/", {"do": "answer", "answer": "None.", "key": "abc"}),
        ("reader", f"/c/{guests}/acts/", {"do": "mute"}),
        ("guest", f"/c/{guests}/acts/", asked),
        ("guest", f"/follow/story/{site.story.pk}/", asked),
        ("guest", f"/follow/author/{site.author.slug}/", asked),
        ("reader", f"/follow/story/{site.story.pk}/", {"do": "follow"}),
        ("guest", receipt, {"words": "Wrong.", "email": "zoe@reader.example"}),
        ("guest", statement, {"words": "Wrong.", "email": "zoe@reader.example"}),
        ("guest", "/account/sign-in/", {"email": "zoe@reader.example", "next": "/"}),
        ("guest", "/account/sign-in/password/", {"email": "zoe@reader.example", "password": "x"}),
        ("guest", "/account/sign-in/passkey/", {"credential": "{}", "next": "/"}),
        ("reader", "/account/welcome/", {"name": "Lena May", "next": "/"}),
        ("reader", "/account/name/", {"name": "Lena May"}),
        ("reader", "/account/proof/", {"do": "check", "code": "1234-5678", "next": "/"}),
        ("reader", "/account/proof/passkey/", {"credential": "{}", "next": "/"}),
        ("reader", "/account/address/", {"email": "may@reader.example"}),
        ("reader", "/account/passkeys/add/", {"name": "Key", "credential": "{}"}),
        ("reader", "/account/sessions/end/", {"which": "x"}),
        ("reader", "/account/erase/", {"words": "keep", "sure": "on"}),
        ("reader", "/account/claim/", {"comment": str(guests)}),
        ("reader", "/account/claim/name/", {"address": f"/c/{guests}/", "reason": "It is me."}),
        ("reader", "/account/inbox/", {"do": "choose", "digest": "daily", "up_to": "1", "follow": "1"}),
        ("reader", "/account/muted/", {"mute": "1"}),
        ("reader", "/account/disclosures/", {"about": "Bo", "text": "I work for Bo.", "line": "1"}),
        ("reader", f"/proposal/{site.proposal.pk}/", {"key": "x"}),
        ("mod", "/moderation/decide/", {**decided, "reason": "", "kind": "", "story": ""}),
        ("mod", "/moderation/undo/", {"batch": "a" * 32}),
        ("mod", f"/moderation/{item}/claim/", {"take_over": "1"}),
        ("mod", f"/moderation/{item}/ban/", {
            "ban_guest": "on", "lasts": "week", "sweep": "on", "ground": "spam", "words": "Spam.",
            "batch": "",
        }),
    ]  # fmt: skip


def desk_forms(site: Site, browser: Browser) -> list[tuple[str, dict[str, str]]]:
    """Return where each form of the desk about people is sent to, and with what it would be taken."""
    settings = [
        *(f"/desk/rules/set/{rule.name}/" for rule in RULES),
        "/desk/publication/edit/1/",
        "/desk/discussion_settings/edit/1/",
        "/desk/house_rules/edit/1/",
        f"/desk/stories/{site.page}/discussion/",
    ]
    return [
        *((path, _as_shown(browser, path)) for path in settings),
        ("/desk/snippets/readers/reservedname/add/", {"name": "Old Harbour Board"}),
        ("/desk/rules/", {"text": "Cheap lamps."}),
        ("/desk/rules/bans/", {
            "kind": "email", "value": "s@x.example", "reason": "Sells lamps.", "days": "3",
        }),
        (f"/desk/rules/bans/{site.ban}/lift/", {"x": ""}),
        (f"/desk/claimed-names/{site.claim}/", {"same": "no", "reason": "Who knows."}),
        (f"/desk/comments/{site.guests.pk}/remove/", {"ground": "insult", "reason": "Rude."}),
        ("/desk/moderation/decide/", {
            "item": str(site.item.pk), "do": "decline", "ground": "insult", "words": "Rude.",
        }),
        (f"/desk/moderation/comment/{site.guests.pk}/redact/", {
            "ground": "law_privacy", "law": "A court", "words": "An order.", "sure": "on",
        }),
    ]  # fmt: skip


def _as_shown(browser: Browser, path: str) -> dict[str, str]:
    """Return what a form of the desk would send if nothing was changed in it."""
    form = browser.client.get(path).context["form"]
    found = {}
    for field in form:
        value = field.value()
        if isinstance(value, (list, tuple)):
            value = "\n".join(str(each) for each in value)
        if value is not None and value is not False:
            found[field.html_name] = str(value)
        else:
            found.setdefault(field.html_name, "")
    return found


DESK_QUERIES = {
    "/desk/rules/bans/": ("p",),
    "/desk/rules/refused/": ("p",),
    "/desk/comments/": ("q", "p"),
    "/desk/moderation/": ("kind", "reason", "story", "after", "done"),
    "/desk/proposals/": ("state", "p"),
    "/desk/pages/search/": ("q", "p"),
    **{
        f"/desk/snippets/{kind}{below}": ("q", "p", "ordering")
        for kind in ("record/author/", "record/topic/", "readers/reservedname/")
        for below in ("", "results/")
    },
    **{
        f"/desk/snippets/choose/{kind}{below}": ("q", "p", "multiple")
        for kind in ("record/author/", "record/topic/", "readers/reservedname/")
        for below in ("", "results/")
    },
}
"""Lists and searches of the desk, and what they may be asked with."""
QUERIES = {
    "/search/": ("q", "page"),
    "/corrections/": ("before", "page"),
    "/account/sign-in/": ("next", "refused"),
    "/account/proof/": ("next",),
    "/account/": ("done",),
    "/account/inbox/": ("before", "done"),
    "/moderation/": ("kind", "reason", "story", "after", "done", "urgent"),
    "/moderation/log/": ("before", "what"),
    "/reader/1/": ("before",),
    "/city/": ("before", "page"),
    f"/{STORY}/changes/": ("from", "to"),
    f"/{STORY}/at/": ("time",),
    f"/{STORY}/annotations/": ("page", "iris"),
    f"/{STORY}/discussion/": ("after", "sort", "seen", "before"),
    f"/{STORY}/comment/": ("to", "edition", "exact", "start", "block"),
    f"/{STORY}/propose/": ("edition", "exact", "start", "block"),
    f"/{STORY}/passage/1/": ("after",),
    "/c/1/acts/": ("key", "done"),
    "/proposal/1/": ("key",),
    "/account/with/nobody/login/callback/": ("code", "state", "error"),
}
"""Addresses and what they may be asked with."""
