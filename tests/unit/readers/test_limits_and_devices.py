"""What counts as one computer, what a browser is called, and what initials a name has."""

import pytest

from broadsheet.readers.devices import device_name
from broadsheet.readers.limits import network_of
from broadsheet.readers.portraits import initials, initials_svg


@pytest.mark.parametrize(
    ("address", "computer", "network"),
    [
        ("192.0.2.77", "192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.77", "192.0.2.0/24"),
        ("unix", "unix", "unix"),
        ("", "", ""),
    ],
)
def test_addresses_near_each_other_are_one(address, computer, network):
    assert network_of(address) == (computer, network)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/18 Safari/605", "Safari on Mac"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari", "Chrome on Android"),
        ("curl/8.0", "An unknown browser"),
        ("", "An unknown browser"),
        ("<script>" * 50, "An unknown browser"),
    ],
)
def test_browsers_are_called_by_what_their_owner_knows(agent, name):
    assert device_name(agent) == name


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Lena Marsh", "LM"),
        ("Anna Maria van Dam", "AD"),
        ("Omar", "O"),
        ("", "?"),
        ("“Kit” (Tern)", "KT"),
        ("李 小龙", "李小"),
    ],
)
def test_initials_are_the_first_letters(name, letters):
    assert initials(name) == letters


def test_nothing_of_a_name_becomes_markup():
    assert "<script" not in initials_svg("<script>alert(1)</script>")
    assert "&" not in initials("&amp; <b>")
