"""Stories with as many comments as wanted, put into an empty store by the product's own actions.

Run by itself it loads the stories whose numbers of comments it is given, into the store that
``BROADSHEET_DATA`` names, and prints ``{"12": "/2026/09/…/"}``.
"""

from __future__ import annotations

import json
import os
import sys


def load(counts: list[int]) -> dict[str, str]:
    """Publish one story for each count, with so many comments; return ``{count: path}``."""
    from broadsheet.sample.corpus import load_corpus

    return {str(count): load_corpus(count).path for count in counts}


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.conf.settings")
    django.setup()
    print(json.dumps(load([int(count) for count in sys.argv[1:]])))
