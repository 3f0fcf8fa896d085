"""What one knows of spam before having seen any here: words by what they are after, and how much.

The weights are guesses (in log odds) from what spam has been about for twenty years, on whatever
channel. Training learns one factor for all of them and a correction for each, so that a kind of spam
which the training data has none of is not unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of words: how it weighs, what to call it, and the words and phrases."""

    weight: float
    said: str
    """Stands after “It”."""
    words: str
    phrases: str = ""
    """By commas."""


KINDS: Mapping[str, Kind] = {
    "promotion": Kind(
        0.5,
        "advertises a page or a channel",
        "subscribe subscribed subscribing subscription sub subs channel channels vid vids cover covers"
        " remix upload uploads uploaded page blog website site follow follows followers shoutout"
        " youtuber vlogs mixtape soundcloud facebook instagram twitter sub4sub",
    ),
    "invitation": Kind(
        1.0,
        "asks readers to go somewhere",
        "",
        "check out, check this, check my, click here, click on, click the, come and, go to,"
        " look at my, take a look, have a look, visit, sign up, signup, join, join us, follow me,"
        " add me, subscribe to, sub to, watch my, hit me up, see my, view my, download, log on,"
        " register, enter, apply now, order now, buy now, shop now",
    ),
    "plea": Kind(
        0.3,
        "asks for support",
        "please plz pls plzz support supporting share sharing repost chance help donate vote voting"
        " wondering dream thumbs thank appreciate",
    ),
    "prize": Kind(
        1.0,
        "promises a prize",
        "win wins won winner winners winning prize prizes award awarded reward rewards claim claims"
        " selected chosen guaranteed gift voucher vouchers giveaway lottery draw competition"
        " congratulations congrats entitled",
    ),
    "free": Kind(1.0, "promises something for nothing", "free freebie complimentary bonus"),
    "money": Kind(
        0.7,
        "speaks of earning money",
        "money cash earn earning earnings income profit profits paid pay pays loan loans credit debt"
        " invest investment investors investing bitcoin crypto forex trading deposit rich millionaire"
        " dollars usd pounds salary bank refinance mortgage",
    ),
    "offer": Kind(
        0.8,
        "offers goods",
        "offer offers discount deal deals sale cheap cheapest price prices order buy save savings promo"
        " promotion coupon trial unsubscribe limited exclusive brand quality replica",
    ),
    "contact": Kind(
        0.5,
        "asks to get in touch",
        "call txt text texts sms mobile phone ringtone ringtones tone tones whatsapp telegram email"
        " gmail contact msg msgs reply inbox dm landline helpline customer service camera network"
        " caller statement",
    ),
    "urgency": Kind(
        0.3,
        "is in a hurry",
        "now urgent urgently immediately hurry today expires expire expired valid instantly instant"
        " asap tonight deadline 24hrs hours weekly",
    ),
    "dating": Kind(
        0.5,
        "offers dating or worse",
        "sex sexy xxx porn nude naked dating singles hot girls babes webcam flirt hookup chat date"
        " horny 18",
    ),
    "pills": Kind(
        1.5,
        "sells medicine",
        "viagra cialis pharmacy pills weight diet supplement testosterone enlargement medication",
    ),
    "gambling": Kind(
        1.2,
        "is about gambling",
        "casino poker slots bet betting jackpot gamble roulette spins",
    ),
    "ranking": Kind(
        1.0,
        "sells traffic or tricks",
        "seo backlinks traffic ranking marketing hosting generator hack hacks cheats",
    ),
    "scheme": Kind(
        0.8,
        "sounds like a scheme",
        "",
        "work from home, from home, per day, per week, per month, a day, a week, a month, an hour,"
        " at home, extra money, real money, easy money, make money, making money, financial freedom,"
        " thank me later, changed my life, no joke, for free, get free, right now, limited time,"
        " terms and, t c, copy and paste, copy paste, pass this, post this, send this",
    ),
}

OWN = frozenset({"my", "our", "me"})
_OWN_NOUNS = """
channel channels vid vids video videos cover covers song songs music remix page blog website site shop
store app game games book project track beat beats album mixtape facebook instagram twitter profile group
business company product products service services playlist stream show podcast clip clips film movie
link rap work stuff
"""
OWN_NOUNS = frozenset(_OWN_NOUNS.split())
"""“my channel”, “our new shop”: what writers call their own when they want it looked at."""


@dataclass(frozen=True)
class Sign:
    """Something about a text other than its words: how it weighs, and what to call it."""

    weight: float
    said: str = ""
    """Stands after “It”; empty: it explains nothing to anybody."""


SIGNS: Mapping[str, Sign] = {
    "link": Sign(1.2, "has a link"),
    "links": Sign(0.8, "has several links"),
    "phone": Sign(1.5, "has a telephone number"),
    "code": Sign(0.6, "has a short number to write to"),
    "amount": Sign(1.0, "names an amount of money"),
    "capitals": Sign(0.5, "is in capitals"),
    "exclamations": Sign(0.3, "has many exclamation marks"),
    "repeated": Sign(0.0, "repeats letters"),
    "length": Sign(0.3),
    "short": Sign(0.0),
    "email": Sign(0.8, "has an e-mail address"),
    "digits": Sign(0.5, "is full of digits"),
    "mine": Sign(1.2, "points to the writer’s own things"),
    "out": Sign(0.8),
    "mention": Sign(0.4, "calls somebody by a handle"),
    "spaced": Sign(0.8, "hides a link in words"),
    "kinds": Sign(0.0),
    "hidden": Sign(0.3, "has invisible characters within words"),
    "imitated": Sign(1.0, "mixes alphabets within words"),
    "shortener": Sign(0.8, "has a link that hides where it leads"),
    "unrelated": Sign(0.3, "has nothing to do with the story"),
}
