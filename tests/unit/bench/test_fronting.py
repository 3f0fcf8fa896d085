"""nginx before the product is the shipped one, moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.fronting import NoConfiguration, find, moved

SHIPPED = """proxy_cache_path /var/cache/nginx/broadsheet levels=1:2
                 max_size=1g;
upstream broadsheet {
    server 127.0.0.1:8000 max_fails=0;
    server 127.0.0.1:8000 max_fails=0;
}
server {
    listen 80;
    listen [::]:80;
    server_name news.example;
}
"""


def test_only_ports_and_folder_are_others():
    assert moved(SHIPPED, Path("/tmp/root"), 8101, 8102).splitlines() == [
        'proxy_cache_path "/tmp/root/cache" levels=1:2',
        "                 max_size=1g;",
        "upstream broadsheet {",
        "    server 127.0.0.1:8102 max_fails=0;",
        "    server 127.0.0.1:8102 max_fails=0;",
        "}",
        "server {",
        "    listen 127.0.0.1:8101;",
        "    server_name news.example;",
        "}",
    ]


def test_configuration_of_another_kind_is_refused():
    with pytest.raises(NoConfiguration, match="listen 80"):
        moved("server { listen 443 ssl; }", Path("/tmp"), 1, 2)


def test_folder_without_a_configuration_is_named(tmp_path):
    with pytest.raises(NoConfiguration, match=str(tmp_path)):
        find(tmp_path)
    (tmp_path / "nginx.conf").write_text(SHIPPED)
    assert find(tmp_path) == tmp_path / "nginx.conf"
