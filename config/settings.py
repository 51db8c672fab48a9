"""Settings of the site: every one of them a BLOTTER_ variable, each read here and nowhere else.

BLOTTER_DB             data folder (default: db/ in the checkout)
BLOTTER_HOSTS          host names the site answers to (default: 127.0.0.1,localhost,[::1])
BLOTTER_ORIGINS        origins trusted for forms, with scheme, behind a proxy (default: none)
BLOTTER_HTTPS          1 when reached by HTTPS only: Secure __Host- cookies, HSTS (default: 0)
BLOTTER_PROXY          address of the one reverse proxy to believe (default: none)
BLOTTER_PORT           port on the loopback interface (default: 8765)
BLOTTER_SESSION_HOURS  how long a login lasts (default: 336, two weeks)
BLOTTER_LOG_LEVEL      DEBUG, INFO, WARNING or ERROR (default: WARNING)
"""

import os
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from config import variables
from config.secret import secret_key

# What we write is for our own user alone, logins and tokens among it.
os.umask(0o077)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_FOLDER = variables.folder("BLOTTER_DB", BASE_DIR / "db")
SECRET_KEY = secret_key(DATA_FOLDER)
DEBUG = False
HTTPS = variables.flag("BLOTTER_HTTPS")
PORT = variables.number("BLOTTER_PORT", 8765, least=1, most=65535)
PROXY = variables.text("BLOTTER_PROXY", "")

ALLOWED_HOSTS = variables.words("BLOTTER_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = variables.words("BLOTTER_ORIGINS")

INSTALLED_APPS = [
    "config",  # before django's own apps: its commands are found first
    "dashboard",
    "dashboard.site_admin.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",  # else /api/docs loads floating files from a CDN
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.content_security_policy",
    "config.static.StaticFilesMiddleware",
    "config.middleware.no_store",
    "config.middleware.api_manners",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "config.middleware.second_factor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.last_viewed",
    "axes.middleware.AxesMiddleware",  # last: it replaces the answer of a locked-out login
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.context.money_notice",
            ],
        },
    },
]

# SQLite's WAL reset bug with two writers is fixed in these; several processes write here.
WAL_IS_SAFE = sqlite3.sqlite_version_info >= (3, 51, 3) or (
    sqlite3.sqlite_version_info[:2] in {(3, 44), (3, 50)}
    and sqlite3.sqlite_version_info
    >= {(3, 44): (3, 44, 6), (3, 50): (3, 50, 7)}[sqlite3.sqlite_version_info[:2]]
)
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_FOLDER / "site.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 10,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                f"PRAGMA journal_mode={'WAL' if WAL_IS_SAFE else 'DELETE'};"
                "PRAGMA synchronous=NORMAL;"
                # A batch larger than the cache must not lock readers out before its commit.
                "PRAGMA cache_spill=OFF;"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "login"

# Never by user alone: that would let anybody lock the owner out.
AXES_LOCKOUT_PARAMETERS = ["ip_address", ["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_VERBOSE = False
# waitress has already put the trusted proxy's client into REMOTE_ADDR; no header is read again.
AXES_IPWARE_PROXY_COUNT = 0
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
OTP_TOTP_ISSUER = "Blotter"

SESSION_COOKIE_AGE = 3600 * variables.number("BLOTTER_SESSION_HOURS", 336, least=1, most=8760)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "blotter_session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "blotter_csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CHART_URL = "https://cdn.jsdelivr.net/npm/chart.js@4.6.1/dist/chart.umd.min.js"
CHART_INTEGRITY = "sha384-Emf5ZVIUiarAdhkgtqK+5/Z5qIvM6QoVrS+qAVtfyZVuD5lIHrac0me485+Antp0"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # served from the source tree: nothing to collect after a pull
WHITENOISE_MAX_AGE = 60

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": variables.text("BLOTTER_LOG_LEVEL", "WARNING").upper(),
    },
    "loggers": {
        # Django's own default would try to mail the administrators.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "ERROR"},
        # The page asks for everything at once: more requests than threads for a moment is meant.
        "waitress.queue": {"level": "ERROR"},
    },
}
