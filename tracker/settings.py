"""All settings, read from the environment; `.env.example` explains each variable.

Without any variable this is a production that refuses to start: it asks for a key and its hosts.
`TRACKER_MODE=local` (set by bin/run) and `TRACKER_MODE=test` (set by bin/test) ask for nothing.
The sections follow the order of Django's settings reference.
"""

import secrets
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate
from whitenoise.compress import Compressor

from .databases import databases

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = Env()
MODE = env.str("TRACKER_MODE", "production")
if MODE not in ("production", "local", "test"):
    raise ImproperlyConfigured(f"TRACKER_MODE is {MODE!r}; it is production, local or test.")
if MODE != "test":
    # What is set in the environment itself wins over the file. Tests must not depend on the file.
    env.read_env(str(BASE_DIR / ".env"), recurse=False)
IS_PRODUCTION = MODE == "production"
IS_TEST = MODE == "test"


def secret_key() -> str:
    """Return the configured key; on one's own machine, one made once and kept in var/."""
    configured = env.str("SECRET_KEY", "")
    if configured:
        return configured
    if IS_PRODUCTION:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. In production set SECRET_KEY and ALLOWED_HOSTS (see .env.example); "
            "on your own machine use bin/run, or bin/manage in place of manage.py."
        )
    if IS_TEST:
        return "only for tests " * 4
    VAR_DIR.mkdir(exist_ok=True)
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


def allowed_hosts() -> list[str]:
    """Return the names this site answers to; production must be told them."""
    hosts: list[str] = env.list("ALLOWED_HOSTS", [])
    if IS_PRODUCTION and not hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is not set: list the names this site answers to, separated by commas (see .env.example)."
        )
    return hosts or ["127.0.0.1", "localhost", "[::1]", "testserver"]


# --- Core -------------------------------------------------------------------------------------

SECRET_KEY = secret_key()
# Keys that were in use before: what they signed stays valid while they are listed here.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
DEBUG: bool = env.bool("DEBUG", False)
ALLOWED_HOSTS = allowed_hosts()
SITE_URL = env.str(
    "SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if IS_PRODUCTION else "http://127.0.0.1:8000"
).rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# What the site is called, on Chinese and on English pages: it may show reports of several districts.
SITE_NAME = env.str("SITE_NAME", "南岸承诺")
SITE_NAME_EN = env.str("SITE_NAME_EN", "Nan'an Commitments")

AUTH_USER_MODEL = "commitments.User"
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"

INSTALLED_APPS = [
    "commitments",
    "tracker.apps.TrackerConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "ninja",
    "template_partials",
]

MIDDLEWARE = [
    "tracker.logs.RequestLogMiddleware",
    "tracker.metrics.MetricsMiddleware",
    "tracker.headers.SafeHeadersMiddleware",
    "tracker.health.MachineAddressesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "tracker.kept.KeptAnswersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tracker.languages.ReaderLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tracker.accounts.SessionLimitsMiddleware",
    "tracker.accounts.OneTimePasswordMiddleware",
    "tracker.accounts.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tracker.throttle.ThrottleMiddleware",
]

# --- Cache ------------------------------------------------------------------------------------

# Sign-in attempts are counted in the cache, so the count must hold across processes: a table of the
# database does, memory of one process does not. bin/run and docs/deploy.md create the table.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tracker_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
# Public answers, in each process's memory or in a shared cache: either is right at any time (tracker/kept.py).
CACHES["pages"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": env.int("PAGE_CACHE_ENTRIES", 2_000, validate=validate.Range(1))},
}
if env.str("PAGE_CACHE_URL", ""):
    CACHES["pages"] = env.dj_cache_url("PAGE_CACHE_URL")
# Of how many reports each process keeps the judged commitments, to make pages from (progress/roll.py).
ROLLS_KEPT = 0 if IS_TEST else env.int("ROLLS_KEPT", 8, validate=validate.Range(0))
if IS_TEST:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}

# --- Database ---------------------------------------------------------------------------------

DATABASES = databases(
    # The SQLite file in var/ where none is named.
    dict(env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'tracker.sqlite3'}")),
    dict(env.dj_db_url("DATABASE_REPLICA_URL")) if env.str("DATABASE_REPLICA_URL", "") else {},
    folder=VAR_DIR,
    is_test=IS_TEST,
    pool_size=env.int("DATABASE_POOL_SIZE", 8, validate=validate.Range(0)),
)
REPLICA_IS_SET = "replica" in DATABASES
DATABASE_ROUTERS = ["tracker.replica.Router"] if REPLICA_IS_SET else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Mail -------------------------------------------------------------------------------------

EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"tracker@{ALLOWED_HOSTS[0]}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
elif IS_PRODUCTION:
    # A system check says so (tracker.W001); a page must not fail because a mail cannot leave.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"

# --- Files ------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
STORAGES = {
    "default": {
        "BACKEND": "tracker.storage.DatabaseStorage"
        if env.bool("EVIDENCE_IN_DATABASE", False)
        else "tracker.storage.DurableStorage"
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Compressing the source maps of the API's description takes longer than everything else together.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = IS_TEST
FILE_UPLOAD_PERMISSIONS = 0o640
# A page of 500 ticked commitments, each with a few fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# --- Languages and time -------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- Logging and monitoring ---------------------------------------------------------------------

# Names with addresses for errors, as in: 王工 <wang@example.gov.cn>, li@example.gov.cn
ADMINS = [parseaddr(entry) for entry in env.list("ADMINS", [], subcast=str)]
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", 0, validate=validate.Range(0))
LOG_FORMAT = env.str(
    "LOG_FORMAT", "json" if IS_PRODUCTION else "line", validate=validate.OneOf(["json", "line"])
)
LOG_LEVEL = env.str("LOG_LEVEL", "INFO" if IS_PRODUCTION else "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": "tracker.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "mail": {"class": "tracker.errors.ErrorMailHandler"},
    },
    "root": {"handlers": ["console", "mail"], "level": LOG_LEVEL},
    # Django's own handlers differ by DEBUG; one place for all lines is easier to keep.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Repeats what tracker.request says of every refused or missing page.
        "django.request": {"level": "ERROR"},
    },
}
METRICS = env.bool("METRICS", False)
METRICS_ADDRESSES: list[str] = env.list("METRICS_ADDRESSES", ["127.0.0.1", "::1"])
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_DIR = Path(env.str("METRICS_DIR", str(VAR_DIR / "metrics")))
SENTRY_DSN = env.str("SENTRY_DSN", "")

# --- Security -----------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", IS_PRODUCTION)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 365 * 24 * 3600 if IS_PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
# Preloading cannot be taken back and is for the owner of the whole domain to decide.
SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# How many proxies of ours stand before this server. Only then are their headers believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the QR code of the second factor
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Templates ----------------------------------------------------------------------------------

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "commitments.public.context.site",
            ],
        },
    }
]

# --- Sign-in ------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if IS_TEST:
    # Argon2 is slow on purpose; hundreds of test accounts need not be.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "tracker.accounts.WordsOfThePlaceValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tracker.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "tracker.accounts.LoginForm",
    "change_password": "tracker.accounts.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# Nobody signs up (see AccountAdapter); the fields must still agree with the ways of signing in.
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
# No mail to strangers: the page answers the same whether or not the address is known.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Counted in the shared cache. After five wrong passwords a name rests for a quarter of an hour for the
# address that tried them, after thirty for everybody; an address of the network slows down as well.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/15m/key",
    "login_failed_anywhere": "30/15m/key",
    "reset_password": "10/m/ip,3/15m/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_PRODUCTION else "http"
# Who changes the password goes on; every other session of theirs ends, since its fingerprint no longer fits.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
MFA_FORMS = {
    "authenticate": "tracker.second_factors.AuthenticateForm",
    "reauthenticate": "tracker.second_factors.ReauthenticateForm",
    "authenticate_webauthn": "tracker.second_factors.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": "tracker.second_factors.ReauthenticateWebAuthnForm",
    "login_webauthn": "tracker.second_factors.LoginWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
MFA_PASSKEY_LOGIN_ENABLED = True
# Accounts are given by an administrator, so an address that was never confirmed is no sign of a stranger.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False
# Signed out after so long without a request, and at the latest so long after signing in. Drafts stay.
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", 60, validate=validate.Range(1))
SESSION_ABSOLUTE_HOURS = env.int("SESSION_ABSOLUTE_HOURS", 12, validate=validate.Range(1))

# --- The tracker --------------------------------------------------------------------------------

# The report that the site shows where the address names none.
DEFAULT_REPORT = env.str("DEFAULT_REPORT", "nanan-2024")
# Holds the tracker's day still, for demonstrations and for looking back. None: today.
TRACKER_TODAY = env.date("TRACKER_TODAY", None)
# No light below this distance behind plan, in shares of the whole: 0.05 is five points in a hundred.
SCHEDULE_TOLERANCE = env.float("SCHEDULE_TOLERANCE", 0.05, validate=validate.Range(0, 1))
# How far a value may lie from a promised "左右" (about) and still keep it, relative to the promise.
ABOUT_TOLERANCE = env.float("ABOUT_TOLERANCE", 0.05, validate=validate.Range(0, 1))
# Metrics that are not expected on a straight line over the year, each with a curve of progress/schedule.py.
SCHEDULE_CURVES: dict[str, str] = env.dict("SCHEDULE_CURVES", {})
# After so many days without news a commitment counts as stale.
STALE_DAYS = env.int("STALE_DAYS", 60, validate=validate.Range(1))
REPORTING_RHYTHM = env.str("REPORTING_RHYTHM", "monthly", validate=validate.OneOf(["monthly", "quarterly"]))
REPORTING_DUE_DAY = env.int("REPORTING_DUE_DAY", 8, validate=validate.Range(1, 28))
# How long after the last period reports are still asked for.
REPORTING_GRACE_DAYS = env.int("REPORTING_GRACE_DAYS", 60, validate=validate.Range(0))
REMINDER_SPACING_DAYS = env.int("REMINDER_SPACING_DAYS", 5, validate=validate.Range(1))
EVIDENCE_MAX_MB = env.int("EVIDENCE_MAX_MB", 20, validate=validate.Range(1))
RANK_DEPARTMENTS = env.bool("RANK_DEPARTMENTS", False)
# What one address may ask for without signing in; a person who signed in has a third, alone. 0: no limit.
SEARCHES_PER_MINUTE = env.int("SEARCHES_PER_MINUTE", 0 if IS_TEST else 300, validate=validate.Range(0))
DOWNLOADS_PER_MINUTE = env.int("DOWNLOADS_PER_MINUTE", 0 if IS_TEST else 60, validate=validate.Range(0))
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", False)
