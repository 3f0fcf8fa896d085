"""Run all tests that this machine can run, and say in a line what it cannot.

Three runs: everything on SQLite, stored behaviour again on PostgreSQL (``TEST_DATABASE_URL``), and
the browser's journeys (Chromium). With ``REQUIRE_ALL=1`` a part that cannot run is a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest(*arguments: str, **environment: str) -> bool:
    """Run pytest in parallel; return whether all passed."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "auto",
        "--dist",
        "loadgroup",
        *arguments,
    ]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}).returncode == 0


def journeys(browser: str) -> bool:
    """Run the browser's journeys; those that fail are run once more, by themselves.

    Two at a time, since they mostly wait; each of the two has a publication of its own. They share it
    with others and a busy machine with the other, so one can be in another's way. What fails by itself
    too is broken; what does not is named in the output, and its test is to be mended.
    """
    if pytest("-m", "browser", "-n", "2", "--dist", "loadfile", BROADSHEET_TEST_BROWSER=browser):
        return True
    print("== Journeys that failed among the others, once more by themselves", flush=True)
    again = ("--last-failed", "--last-failed-no-failures", "none", "-v")
    return pytest("-m", "browser", "-n", "0", *again, BROADSHEET_TEST_BROWSER=browser)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["sqlite", "postgres", "browser"])
    only = parser.parse_args().only
    missing = []
    passed = True
    if only in (None, "sqlite"):
        print("== Everything that needs no service, on SQLite", flush=True)
        passed &= pytest("-m", "not browser")
    if only in (None, "postgres"):
        if os.environ.get("TEST_DATABASE_URL"):
            print("== Stored behaviour again, on PostgreSQL", flush=True)
            passed &= pytest("-m", "not browser", "tests/integration", TESTS_ON="postgres")
        else:
            missing.append("PostgreSQL tests skipped: TEST_DATABASE_URL is not set")
    if only in (None, "browser"):
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        if browser:
            print("== Journeys in the browser", flush=True)
            passed &= journeys(browser)
        else:
            missing.append(f"browser tests skipped: none of {', '.join(BROWSERS)} is installed")
    for line in missing:
        print(line)
    if missing and os.environ.get("REQUIRE_ALL") == "1":
        print("REQUIRE_ALL=1: a skipped part is a failure")
        return 1
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
