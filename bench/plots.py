"""Pictures of the figures: rate against thread size, latency, memory against streams.

matplotlib draws them (``pip install 'broadsheet[bench]'``); without it the tables are all there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.story_page import FRONTED, NGINX, OURS, UVICORN


def draw(found: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw what was measured; return the files. Raises :class:`ImportError` without matplotlib."""
    import matplotlib

    matplotlib.use("svg")
    # The same figures make the same file.
    matplotlib.rcParams.update({"svg.hashsalt": "broadsheet", "svg.fonttype": "none"})
    parts = {
        "story_page": rate_against_size,
        "reads_under_writing": latency,
        "streams": memory_against_streams,
    }
    drawn = []
    for name, picture in parts.items():
        if "failed" not in found.get(name, {"failed": ""}):
            drawn.append(picture(found[name], folder))
    return drawn


def rate_against_size(found: Mapping[str, Any], folder: Path) -> Path:
    """Draw requests a second against the comments of the story, for each server."""
    figure, axes = _axes("comments in the thread", "requests a second, one core")
    for name in (NGINX, FRONTED, UVICORN, OURS):
        points = sorted(
            (each["comments"], each["requests_per_second"])
            for each in found["answers"]
            if each["server"] == name and each["answer"] == 200
        )
        if points:
            _line(axes, name, [count for count, _ in points], [rate for _, rate in points])
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.legend()
    return _saved(figure, folder / "rate-against-thread-size.svg")


def latency(found: Mapping[str, Any], folder: Path) -> Path:
    """Draw how many of the answers took at most so long, quiet and under writing."""
    figure, axes = _axes("milliseconds", "percent of the answers")
    for name, words in {"quiet": "quiet", "under_writing": f"{found['pace']} comments/s"}.items():
        pairs = sorted((float(key), value) for key, value in found["percentiles"][name].items())
        axes.plot([value for _, value in pairs], [percent for percent, _ in pairs], label=words)
    axes.set_xscale("log")
    axes.legend()
    return _saved(figure, folder / "latency-under-writing.svg")


def memory_against_streams(found: Mapping[str, Any], folder: Path) -> Path:
    """Draw what the server holds against the streams that are open."""
    figure, axes = _axes("open streams", "megabytes of the server")
    for name in dict.fromkeys(each["server"] for each in found["streams"]):
        own = [each for each in found["streams"] if each["server"] == name]
        counts = [0, *(each["streams"] for each in own)]
        memory = [own[0]["memory_before"], *(each["memory_after_events"] for each in own)]
        axes.plot(counts, [value / 1e6 for value in memory], marker="o", label=name)
    axes.set_ylim(bottom=0)
    axes.legend()
    return _saved(figure, folder / "memory-against-streams.svg")


def _axes(across: str, up: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(True, alpha=0.3)
    return figure, axes


def _line(axes: Any, name: str, across: list[float], spreads: list[dict[str, float]]) -> None:
    middle = [each["median"] for each in spreads]
    below = [each["median"] - each["min"] for each in spreads]
    above = [each["max"] - each["median"] for each in spreads]
    axes.errorbar(across, middle, yerr=[below, above], marker="o", capsize=3, label=name)


def _saved(figure: Any, path: Path) -> Path:
    figure.savefig(path, metadata={"Date": None})
    return path
