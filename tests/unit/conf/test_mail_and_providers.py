"""Options that name a mail server and providers."""

import pytest

from broadsheet.conf.mail import MailServer, mail_server
from broadsheet.conf.options import OptionInvalid, read_options
from broadsheet.conf.providers import Provider, parse_providers


@pytest.mark.parametrize(
    ("address", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 587, "", "", False, True)),
        (
            "smtps://u:p%40ss@mail.example",
            MailServer("mail.example", 465, "u", "p@ss", True, False),
        ),
        ("smtp+plain://localhost:2525/", MailServer("localhost", 2525, "", "", False, False)),
        ("", None),
    ],
)
def test_address_names_a_mail_server(address, server):
    assert mail_server(address) == server


@pytest.mark.parametrize(
    "address", ["mail.example", "http://mail.example", "smtp://", "smtp://a/b"]
)
def test_other_addresses_are_refused_with_an_example(tmp_path, address):
    with pytest.raises(OptionInvalid, match=r"BROADSHEET_EMAIL_URL is .*smtp://user"):
        read_options(tmp_path, {"BROADSHEET_EMAIL_URL": address})


FILE = """
[[providers]]
id = "example"
name = "Example"
server = "https://id.example/"
client_id = "broadsheet"
client_secret = "s"
"""


def test_providers_are_tables_of_the_file(tmp_path):
    (tmp_path / "broadsheet.toml").write_text(FILE)

    [provider] = read_options(tmp_path, {}).providers

    assert provider == Provider("example", "Example", "https://id.example", "broadsheet", "s")


def test_secret_can_be_in_the_environment():
    value = (
        '[{"id":"a","server":"https://id.example","client_id":"b","client_secret_variable":"S"}]'
    )

    assert parse_providers(value, {"S": "x"})[0].secret == "x"
    with pytest.raises(ValueError, match="S, which has the secret"):
        parse_providers(value, {})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{", "not JSON"),
        ("{}", "a list"),
        ("[1]", "a table"),
        ('[{"id":"a b"}]', "small letters"),
        ('[{"id":"a","x":"y"}]', "no “x”"),
        ('[{"id":"a","client_id":"b"}]', "no server"),
        ('[{"id":"a","server":"http://id.example","client_id":"b"}]', "https://"),
        (
            '[{"id":"a","server":"https://i.example","client_id":"b"},'
            '{"id":"a","server":"https://j.example","client_id":"b"}]',
            "same id",
        ),
    ],
)
def test_what_is_wrong_with_providers_is_said(value, said):
    with pytest.raises(ValueError, match=said):
        parse_providers(value, {})


def test_sender_is_one_line(tmp_path):
    with pytest.raises(OptionInvalid):
        read_options(tmp_path, {"BROADSHEET_MAIL_FROM": "a@b.example\nBcc: c@d.example"})
