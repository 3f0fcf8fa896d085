"""The product's settings, with a data directory of its own and cheap passwords."""

import os
import tempfile

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
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file as in production, so that threads meet real locks; but nobody cuts the power.
    DATABASES["default"]["TEST"] = {"NAME": f"{os.environ['BROADSHEET_DATA']}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = DATABASES["default"]["OPTIONS"][
        "init_command"
    ].replace("synchronous=FULL", "synchronous=OFF")
else:
    # Nor is a commit of the tests to survive the server's end: who commits need not wait for its disk.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
