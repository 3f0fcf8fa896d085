"""Third-party samples that may lie beside the project; the tests stand without them.

They are looked for in ``BROADSHEET_SHARED``, else in a folder ``shared`` beside the repository.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("BROADSHEET_SHARED") or ROOT.parent / "shared")


def shared_files(pattern: str) -> list[Path]:
    """Return the files that match, in order; none where the samples are not there."""
    return sorted(path for path in SHARED.glob(pattern) if path.is_file())
