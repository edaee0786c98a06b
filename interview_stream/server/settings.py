"""Django's settings, derived from the product's own (environment.py); nothing here reads the environment directly."""

import os
from pathlib import Path
from typing import Any, cast

from django.utils.functional import SimpleLazyObject

from interview_stream.database import postgresql_settings
from interview_stream.environment import load_dotenv, read_environment
from interview_stream.keys import load_keys
from interview_stream.server.accounts.providers import read_providers
from interview_stream.server.live.limits import Limits

_variables = dict(os.environ)
load_dotenv(Path(_variables.get("INTERVIEW_STREAM_ENV_FILE", ".env")), into=_variables)
ENVIRONMENT = read_environment(_variables)

PACKAGE = Path(__file__).parent
# The wheel carries the built front end inside the package; a checkout builds it beside.
FRONT_END = PACKAGE / "web" if (PACKAGE / "web").is_dir() else PACKAGE.parents[1] / "web" / "dist"

# Lazy, so that tools that only import the settings (type checks, --help) make no secrets.
SECRET_KEY = cast(str, SimpleLazyObject(lambda: load_keys(ENVIRONMENT.data).django))
DEBUG = False
# The outer application checks the Host header (security.py), also for what never reaches Django.
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "interview_stream.server.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
APPEND_SLASH = False

INSTALLED_APPS = [
    # Before Django's admin, some of whose templates it replaces.
    "interview_stream.server.operators",
    # Without looking into every app for pages of its own: operators get those that operators/pages.py lists.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "interview_stream.server.live",
    "interview_stream.server.accounts",
    "interview_stream.server.api_keys",
    "interview_stream.server.kits",
    "interview_stream.server.candidates",
    "interview_stream.server.jobs",
    "interview_stream.server.idempotency",
    "interview_stream.server.files",
    "interview_stream.server.pictures",
    "interview_stream.server.interviews",
    "interview_stream.server.calls",
    "interview_stream.server.connections",
    "interview_stream.server.chat",
    "interview_stream.server.evaluations",
    "interview_stream.server.retention",
    "interview_stream.server.recordings",
]
# Identity providers, of which most installations have none: their libraries are loaded where they are used.
SIGN_IN_PROVIDERS = read_providers(ENVIRONMENT.sign_in_providers)
_kinds = sorted({provider.allauth_provider for provider in SIGN_IN_PROVIDERS})
INSTALLED_APPS += [f"allauth.socialaccount.providers.{kind}" for kind in _kinds]
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    kind: {"APPS": [each.allauth_app() for each in SIGN_IN_PROVIDERS if each.allauth_provider == kind]}
    for kind in _kinds
}
SOCIALACCOUNT_ADAPTER = "interview_stream.server.accounts.federation.FederatedSignIn"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

MIDDLEWARE = [
    "interview_stream.server.proxies.see_through_proxies",
    "interview_stream.server.security.headers",
    "interview_stream.server.security.at_public_address",
    "interview_stream.server.accounts.limits.say_how_long",
    "interview_stream.server.accounts.even_answers.answer_evenly",
    "interview_stream.server.lib.problems.instead_of_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "interview_stream.server.accounts.attempts.note_refusals",
    "interview_stream.server.accounts.remembering.note_wish",
    "interview_stream.server.accounts.sessions.note_activity",
]

_context = ["template.context_processors.request", "contrib.auth.context_processors.auth"]
_context += ["contrib.messages.context_processors.messages"]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [f"django.{each}" for each in _context]},
    }
]
# The operators' pages alone have files that Django serves, to operators (operators/site.py).
STATIC_URL = f"/{ENVIRONMENT.admin_path}/static/" if ENVIRONMENT.admin_path else None
# Said on the next page, kept in a cookie until then.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

_sqlite = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ENVIRONMENT.data / "db.sqlite3",
    # Threads stay, and so do their connections.
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "timeout": 10,
        # A transaction that writes later would fail on the upgrade instead of waiting for its turn.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    },
}
DATABASES: dict[str, Any] = {
    "default": postgresql_settings(ENVIRONMENT.database_url) if ENVIRONMENT.database_url else _sqlite
}
# What has been tried how often must be the same for all processes, and survive their restarts. What one process may
# forget is kept in its own memory.
_shared_cache: dict[str, Any] = (
    {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENVIRONMENT.redis_url}
    if ENVIRONMENT.redis_url
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cacheentry",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
)
CACHES: dict[str, Any] = {
    "default": _shared_cache | {"KEY_PREFIX": "interview-stream"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "media"]}}

# Files that people sent: in the data folder, or in an S3 bucket.
_s3 = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": ENVIRONMENT.s3_bucket,
        "endpoint_url": ENVIRONMENT.s3_endpoint or None,
        "region_name": ENVIRONMENT.s3_region or None,
        "access_key": ENVIRONMENT.s3_access_key or None,
        "secret_key": ENVIRONMENT.s3_secret_key or None,
        "signature_version": "s3v4",
        "file_overwrite": True,
    },
}
_folder = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": ENVIRONMENT.data / "files"},
}
STORAGES: dict[str, Any] = {"default": _s3 if ENVIRONMENT.s3_bucket else _folder}

# E-mail: without a server it goes to the log.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if ENVIRONMENT.smtp_host else 'console'}.EmailBackend"
if ENVIRONMENT.shows_mails:
    EMAIL_BACKEND = "interview_stream.server.mailbox.backend.EmailBackend"
EMAIL_HOST, EMAIL_PORT = ENVIRONMENT.smtp_host, ENVIRONMENT.smtp_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENVIRONMENT.smtp_user, ENVIRONMENT.smtp_password
EMAIL_USE_TLS, EMAIL_USE_SSL = ENVIRONMENT.smtp_security == "starttls", ENVIRONMENT.smtp_security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

# Live queries and the state of running processes.
RUN_FOLDER = ENVIRONMENT.data / "run"
LIVE_SOCKET = RUN_FOLDER / "live.sock"
LIVE_LIMITS = Limits(
    connections=ENVIRONMENT.live_connections,
    subscriptions=ENVIRONMENT.live_queries,
    message_bytes=ENVIRONMENT.live_message_bytes,
    messages_per_s=ENVIRONMENT.live_messages_per_s,
    result_bytes=ENVIRONMENT.live_result_bytes,
    patch_bytes=ENVIRONMENT.live_patch_bytes,
    hello_s=ENVIRONMENT.live_hello_s,
    send_s=ENVIRONMENT.live_send_s,
    threads=ENVIRONMENT.live_threads,
)

# Accounts and sessions.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_validation}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": f"{_validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_validation}.CommonPasswordValidator"},
    {"NAME": "interview_stream.server.accounts.passwords.BreachedPasswordValidator"},
]
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_FRONTEND_URLS = {
    "account_reset_password_from_key": ENVIRONMENT.public_url + "/reset-password",
    "account_confirm_email": ENVIRONMENT.public_url + "/confirm-email/{key}",
    "account_signup": ENVIRONMENT.public_url + "/sign-in",
    "socialaccount_login_error": ENVIRONMENT.public_url + "/sign-in",
}
ACCOUNT_ADAPTER = "interview_stream.server.accounts.adapter.ClosedSignUp"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# Codes by e-mail, to sign in and to choose a new password. Who has no account here gets no e-mail from us, but the
# adapter is told of them too: it does the same work, so that the time of the answer tells nothing.
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
# Wrong passwords: 5 in 5 minutes for one account, 10 in a minute from one address; wrong second factors likewise.
# A new code half a minute after the last one for the same address, each kind counted by itself.
_CODES = "20/m/ip,1/30s/key"
ACCOUNT_RATE_LIMITS: dict[str, str] = {
    "login_failed": "10/m/ip,5/300s/key",
    "request_login_code": _CODES,
    "reset_password": _CODES,
    "confirmation_code": _CODES,
    "address_code": _CODES,
    "sign_up_code": _CODES,
}
# Second factors.
MFA_ADAPTER = "interview_stream.server.accounts.factors.Factors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the first proof of the address removes them (accounts.proving)
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True

SESSION_ENGINE = "interview_stream.server.accounts.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
# Ports are no part of a cookie's site, so two installations on one host need different names.
SESSION_COOKIE_NAME = f"is_session_{ENVIRONMENT.port}"
CSRF_COOKIE_NAME = f"is_{ENVIRONMENT.port}_csrftoken"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.public_url]
CSRF_FAILURE_VIEW = "interview_stream.server.security.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = ENVIRONMENT.max_body_bytes
# They miss Django's own middleware and list of hosts. security.py sets the headers and checks the Host of everything,
# also of what never reaches Django; deployment.py looks whether it does.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W020"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {
        "failures": {"()": "interview_stream.server.lib.logs.FailuresOnly"},
        "no-refused-sockets": {"()": "interview_stream.server.lib.logs.NoRefusedSockets"},
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "failures": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["failures"]},
    },
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level.upper()},
    "loggers": {
        "django.request": {"handlers": ["failures"], "propagate": False},
        "django.security.csrf": {"level": "ERROR"},
        "django_tasks_db": {"level": "WARNING"},
        "uvicorn.error": {"filters": ["no-refused-sockets"]},
    },
}
