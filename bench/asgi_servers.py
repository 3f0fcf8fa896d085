"""What the server under the application costs: uvicorn and Granian, with nginx beside.

First each sends one answer that is always the same: the story page with 12 comments, as Broadsheet
compressed it, headers and all. That is the bound for any application on that server. Then Broadsheet
answers from its press, as `broadsheet serve` starts it and on Granian. One worker each, bound to one
core; wrk asks from the other, all in turn, round after round. nginx serves the same bytes from a file.

Granian is none of the product's dependencies: install it for this (``pip install 'broadsheet[bench]'``).
"""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.figures import as_range, markdown_table, ratios
from bench.load import Question, in_turn, rates, summary
from bench.parts import Bench, alone
from bench.servers import broadsheet, constant, file_path, new_store, nginx, python_server
from bench.story_page import BARE, NGINX, compressed_page
from tests.site import environment, free_port

NAME = "asgi_servers"
TITLE = "Servers"
NEEDS = ("nginx", "wrk")

COMMENTS = 12
APPLICATION = "broadsheet.conf.asgi:application"


def measure(bench: Bench) -> dict[str, Any]:
    """Start all servers, ask them in turn, and return all figures."""
    store = new_store(bench.folder / "servers", [COMMENTS])
    path = store.stories[COMMENTS]
    with contextlib.ExitStack() as stack:
        own = stack.enter_context(broadsheet(store, bench.serving)).server
        page = compressed_page(own, path)
        file = stack.enter_context(nginx(bench.folder, {path: page}, bench.serving))
        questions = {
            NGINX: Question(file, file_path(path)),
            "Broadsheet, as served": Question(own, path),
        }
        for name, module in BARE.items():
            if importlib.util.find_spec(module.partition("-")[0]):
                bare = stack.enter_context(constant(module, page, path, bench.serving))
                questions[f"{name}, constant"] = Question(bare, path)
        if importlib.util.find_spec("granian"):
            around = environment(store.data, free_port())
            granian = stack.enter_context(
                python_server("granian-asgi", APPLICATION, around, bench.folder, bench.serving)
            )
            questions["Broadsheet on Granian, ASGI"] = Question(granian.server, path)
        asked = in_turn(questions, bench.effort.rounds, bench.effort.seconds, bench.cores)
    return {
        "rounds": bench.effort.rounds,
        "seconds": bench.effort.seconds,
        "compressed_bytes": len(page.body),
        "servers": {
            name: {**summary(each), "ratio_to_nginx": ratios(rates(each), rates(asked[NGINX]))}
            for name, each in asked.items()
        },
    }


def rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return nothing: a server is chosen by these figures, no goal is about them."""
    return []


def tables(found: dict[str, Any]) -> str:
    """Lay the figures out."""
    table = markdown_table(
        ["server", "requests/s", "CPU µs", "to nginx", "p99 ms"],
        [
            [
                name,
                as_range(each["requests_per_second"]),
                as_range(each["processor_microseconds"]),
                as_range(each["ratio_to_nginx"]),
                as_range(each["p99_milliseconds"]),
            ]
            for name, each in found["servers"].items()
        ],
    )
    return (
        f"{found['compressed_bytes']:,} bytes of body; {found['rounds']} rounds of"
        f" {found['seconds']} s.\n\n{table}"
    )


if __name__ == "__main__":
    sys.exit(alone(sys.modules[__name__], __doc__))
