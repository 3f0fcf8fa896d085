"""Options of the operator: where they come from, and what is said of a wrong one."""

from __future__ import annotations

import pytest

from broadsheet.conf.options import OptionInvalid, data_directory, read_options


def test_defaults(tmp_path):
    options = read_options(tmp_path, {})

    assert (options.port, options.workers, options.public_origin) == (
        8000,
        1,
        "http://localhost:8000",
    )


def test_environment_wins_over_the_file(tmp_path):
    (tmp_path / "broadsheet.toml").write_text(
        'port = 9000\nworkers = 3\nallowed_hosts = ["a", "b"]\n'
    )

    options = read_options(tmp_path, {"PORT": "9001"})

    assert (options.port, options.workers, options.allowed_hosts) == (9001, 3, ("a", "b"))


@pytest.mark.parametrize(
    ("file", "environment", "says"),
    [
        ("port = 0", {}, "port in .*broadsheet.toml is “0”: a port is"),
        ("prot = 1", {}, "there is no option “prot”"),
        ("port = ", {}, "broadsheet.toml: "),
        ("", {"PORT": "x"}, "environment variable PORT is “x”"),
        ("", {"BROADSHEET_DEBUG": "perhaps"}, "say true or false"),
        ("", {"BROADSHEET_ORIGIN": "https://a.example/path"}, "scheme and host only"),
        ("", {"BROADSHEET_LOG_LEVEL": "loud"}, "choose debug"),
        ("", {"BROADSHEET_CONFIG": "/nowhere.toml"}, "which is not a file"),
    ],
)
def test_wrong_option_is_named_with_its_place(tmp_path, file, environment, says):
    (tmp_path / "broadsheet.toml").write_text(file)

    with pytest.raises(OptionInvalid, match=says):
        read_options(tmp_path, environment)


def test_empty_variable_counts_as_not_set(tmp_path):
    assert read_options(tmp_path, {"DATABASE_URL": "", "PORT": ""}).port == 8000


def test_data_directory(tmp_path):
    assert data_directory({"BROADSHEET_DATA": str(tmp_path)}) == tmp_path
