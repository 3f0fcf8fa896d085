"""Links are seen as readers see them."""

from __future__ import annotations

import pytest

from broadsheet.moderation.weblinks import MAX_LINKS, clean_domain, is_below, links_of

LINKS = [
    ("see https://spam.example/x?y=1", ["spam.example"]),
    ("HTTP://WWW.Spam.Example.", ["spam.example"]),
    ("www.spam.example/x", ["spam.example"]),
    ("just test murdev.com please", ["murdev.com"]),
    ("spam[.]com and spam (dot) com", ["spam.com"]),
    ("hxxps://spam.example", ["spam.example"]),
    ("https://user:word@spam.example:8080/", ["spam.example"]),
    ("https://good.example@spam.example/", ["spam.example"]),
    ("[here](https://spam.example/a)", ["spam.example"]),
    ("https://xn--80ak6aa92e.com/", ["аррӏе.com"]),
    ("a sentence.Another one, and e.g. this; 3.14, v1.2, Mr.Smith", []),
    ("mail me@spam.com", []),
    ("https://", []),
    ("https://xn--\x80\x81.com/", [""]),
    ("http://[::1]/", [""]),
]


@pytest.mark.parametrize(("text", "hosts"), LINKS)
def test_hosts_of_links(text, hosts):
    assert [link.host for link in links_of(text)] == hosts


IMITATIONS = [
    ("https://gооgle.com", "google.com"),
    ("https://xn--80ak6aa92e.com/", "apple.com"),
    ("https://google.com", ""),
    ("https://café.example", ""),
    ("https://новости.рф", ""),
    ("https://例え.jp", ""),
]


@pytest.mark.parametrize(("text", "imitated"), IMITATIONS)
def test_names_that_imitate_others(text, imitated):
    assert [link.imitated for link in links_of(text)] == [imitated]


def test_links_are_looked_at_to_a_bound():
    assert len(links_of("https://spam.example " * 1_000)) == MAX_LINKS


@pytest.mark.parametrize(
    "text", ["a" * 16_000, "a." * 8_000, "www." * 4_000, "a-" * 8_000, "h" * 16_000]
)
def test_hostile_texts_have_no_links_worth_a_wait(text):
    assert links_of(text) == [] or len(links_of(text)) <= MAX_LINKS


def test_domain_is_what_lies_below_it():
    assert is_below("a.spam.example", "spam.example")
    assert not is_below("notspam.example", "spam.example")


@pytest.mark.parametrize(
    ("line", "domain"),
    [("Spam.Example", "spam.example"), ("https://www.spam.example/x", "spam.example")],
)
def test_domain_as_an_editor_writes_it(line, domain):
    assert clean_domain(line) == domain


@pytest.mark.parametrize("line", ["spam", "a b.example", "..", f"{'a' * 64}.example"])
def test_what_is_no_domain_is_refused(line):
    with pytest.raises(ValueError, match="domain"):
        clean_domain(line)
