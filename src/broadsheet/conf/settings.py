"""Django's settings, made from the operator's options (see ``options``)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from broadsheet.conf.mail import mail_server
from broadsheet.conf.options import data_directory, read_options
from broadsheet.conf.secret import secret_key

DATA = data_directory()
OPTIONS = read_options(DATA)

DEBUG = OPTIONS.debug
SECRET_KEY = OPTIONS.secret_key or secret_key(DATA)
ORIGIN = OPTIONS.public_origin
IS_HTTPS = ORIGIN.startswith("https://")
_host = urlsplit(ORIGIN).hostname or "localhost"
ALLOWED_HOSTS = [_host, "localhost", "127.0.0.1", "[::1]", *OPTIONS.allowed_hosts]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
MEMENTO_PATTERN = OPTIONS.memento_pattern
SPAM_SERVICE = OPTIONS.spam_service
SPAM_SERVICE_KEY = OPTIONS.spam_service_key

INSTALLED_APPS = [
    "broadsheet.desk",
    "broadsheet.paper",
    "broadsheet.transfer",
    "broadsheet.moderation",
    "broadsheet.corrections",
    "broadsheet.discussion",
    "broadsheet.readers",
    "broadsheet.record",
    "broadsheet.desk.apps.DeskUsersConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.embeds",
    "wagtail.admin",
    "wagtail",
    "modelsearch",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "broadsheet.conf.middleware.PolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "broadsheet.conf.middleware.EncodingMiddleware",
    "broadsheet.conf.middleware.StableGZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "broadsheet.readers.middleware.VisitMiddleware",
    "broadsheet.desk.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "broadsheet.conf.urls"
ASGI_APPLICATION = "broadsheet.conf.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "readers.Account"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

SQLITE_OPTIONS = {
    # A transaction that writes takes the lock when it begins, so it never fails half-way; readers are
    # not held up (write-ahead log). Full sync: a commit that was answered survives a power cut.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000;"
        " PRAGMA mmap_size=134217728; PRAGMA foreign_keys=ON;"
    ),
}
# Requests share the threads of conf/bridge.py, which keep their connections.
if OPTIONS.database_url:
    _database: dict[str, Any] = {
        **dj_database_url.parse(OPTIONS.database_url),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
else:
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA / "broadsheet.sqlite3"),
        "CONN_MAX_AGE": None,
    }
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = SQLITE_OPTIONS
DATABASES = {"default": _database}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA / "media"), "base_url": "/media/"},
    },
    "staticfiles": {"BACKEND": "broadsheet.conf.storage.StaticStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = str(DATA / "static")
MEDIA_URL = "/media/"
MEDIA_ROOT = str(DATA / "media")
SERVESTATIC_KEEP_ONLY_HASHED_FILES = True

PRESS_COUNTERS = str(DATA / "press.counters")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

WAGTAILADMIN_USER_LOGIN_FORM = "broadsheet.desk.ways_in.LoginForm"
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "broadsheet.desk.ways_in.PasswordResetForm"  # noqa: S105
WAGTAIL_SITE_NAME = "Broadsheet"
WAGTAILADMIN_BASE_URL = ORIGIN
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_USAGE_COUNT_ENABLED = False
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 30 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
WAGTAILDOCS_EXTENSIONS = ["csv", "pdf", "txt", "xlsx", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = True
MODELSEARCH_BACKENDS = {
    "default": {"BACKEND": "modelsearch.backends.database", "AUTO_UPDATE": True}
}
WAGTAILSEARCH_BACKENDS = MODELSEARCH_BACKENDS

EMAIL_FILE_PATH = str(DATA / "mail")
EMAIL_TIMEOUT = 20  # seconds
if _mail := mail_server(OPTIONS.email_url):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.is_tls, _mail.starts_tls
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = OPTIONS.mail_from or f"noreply@{_host}"

_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"  # of the desk; the paper leads to its own page by itself
LOGIN_REDIRECT_URL = "/account/"
CSRF_FAILURE_VIEW = "broadsheet.paper.views.errors.not_from_here"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
SESSION_ENGINE = "broadsheet.readers.sessions"
SIGNED_IN_COOKIE_NAME = "signed_in"
CONFIRMED_COOKIE_NAME = "confirmed"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
GUEST_COOKIE_NAME = "guest"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
if IS_HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    GUEST_COOKIE_NAME = "__Host-guest"
    SIGNED_IN_COOKIE_NAME = "__Host-signed-in"
    CONFIRMED_COOKIE_NAME = "__Host-confirmed"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True

# Readers sign in by mail with pages of our own; of django-allauth these are used: signing in itself,
# confirmed addresses, passkeys, and OpenID Connect. Its pages are not in our addresses.
ACCOUNT_ADAPTER = "broadsheet.readers.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever gets in by mail has confirmed the address
ACCOUNT_RATE_LIMITS = False  # ours count in the database, not in one process: readers/limits.py
MFA_RATE_LIMITS = False
MFA_ADAPTER = "broadsheet.readers.adapters.PasskeyAdapter"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_REAUTHENTICATION_REQUIRED = False  # ours is asked for by the views, after ten minutes
SOCIALACCOUNT_ADAPTER = "broadsheet.readers.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8  # seconds
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "with"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": each.id,
                "name": each.name,
                "client_id": each.client_id,
                "secret": each.secret,
                "settings": {"server_url": each.server},
            }
            for each in OPTIONS.providers
        ],
    }
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long story at the desk has thousands of fields

PLAYER_HOSTS = ["https://www.youtube-nocookie.com", "https://player.vimeo.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": PLAYER_HOSTS,
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["broadsheet"],
    }
}
DESK_CONTENT_SECURITY_POLICY = {
    # Wagtail's admin has scripts and styles in its pages, and previews the paper in a frame.
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF, *PLAYER_HOSTS],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
    "base-uri": [SELF],
    "object-src": [NONE],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": OPTIONS.log_level.upper()},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
    },
}
