"""The product's settings, with a data directory of its own and cheap passwords."""

import hashlib
import os
import tempfile
from pathlib import Path

os.environ["BROADSHEET_DATA"] = tempfile.mkdtemp(prefix="broadsheet-tests-")
if os.environ.get("TESTS_ON") == "postgres":
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
else:
    os.environ.pop("DATABASE_URL", None)

from broadsheet.conf.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ALLOWED_HOSTS = ["*"]
CHECKOUT = hashlib.sha256(bytes(Path(__file__).resolve().parent.parent)).hexdigest()[:8]
"""What tells the databases of these tests from those of another checkout."""
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file as in production, so that threads meet real locks; but nobody cuts the power.
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['BROADSHEET_DATA']}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"][
        "init_command"
    ].replace("synchronous=FULL", "synchronous=OFF")
else:
    # One for each checkout: Django drops a test database of the same name, were it another run's.
    DATABASES["default"]["TEST"] = {"NAME": f"test_broadsheet_{CHECKOUT}"}
    # Nor is a commit of the tests to survive the server's end: who commits need not wait for its disk.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
