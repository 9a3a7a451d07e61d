# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings that hold everywhere. What differs from one installation to another comes by environment
variables (docs/operations.md lists them)."""

from __future__ import annotations

import os
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

from celery.schedules import crontab

from cms.settings.accounts import *  # noqa: F403
from cms.settings.environment import database, flag, mail, number, secret_key
from cms.settings.geography import *  # noqa: F403

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("TRETEAU_VAR", ROOT / "var")).resolve()
VAR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = os.environ.get("TRETEAU_SECRET_KEY") or secret_key(VAR / "secret-key")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "cms",
    "orders",
    "fabrication",
    "fablabs",
    "designs",
    "accounts",
    "dsfr",
    "wagtail.contrib.redirects",
    "wagtail.contrib.table_block",
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.embeds",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "cms.security.SecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.maintenance.MaintenanceMiddleware",
    "cms.compression.CompressionMiddleware",
    "cms.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "cms.large_drafts.LargeDraftsMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cms.security.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.site.site",
                "cms.site.demonstration",
                "cms.bell.bell",
            ],
        },
    },
]

DATABASES = {"default": database(os.environ.get("TRETEAU_DATABASE_URL", ""), VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Counts what is tried too often, over all processes of this machine.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
    # Questions of strangers, counted by the place they come from: however many places, they push no count of sign-ins out.
    "strangers": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR / "strangers",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
    # Whole pages for strangers (cms/page_cache.py).
    "pages": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR / "pages",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    },
}
#: Seconds for which a public page is answered as it was made, unless something on it changes before; 0: never.
TRETEAU_PAGE_SECONDS = int(number("TRETEAU_PAGE_SECONDS", 120))

# Without a server, messages lie in a folder, one file each.
globals().update(mail(os.environ.get("TRETEAU_MAIL_URL", ""), VAR / "mail"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("TRETEAU_MAIL_FROM", "Tréteau <ne-pas-repondre@localhost>")
#: Of message identifiers, which stay the same when a message is sent again.
TRETEAU_MAIL_DOMAIN = parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
#: Seconds that a mail server may take for each word of a conversation.
EMAIL_TIMEOUT = number("TRETEAU_MAIL_TIMEOUT", 10)
EMAIL_USE_LOCALTIME = False

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
#: Where ``collectstatic`` lays static files, compressed and named by their content, so that browsers keep them for ever. Unless the
#: environment names the folder (``make run`` and production do), they are served where they lie, as they are.
STATIC_ROOT = Path(os.environ.get("TRETEAU_STATIC_ROOT") or VAR / "static").resolve()
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
#: Pictures of the designers' guide, which readers of docs/concevoir.md see where they lie.
STATICFILES_DIRS = [("guide", ROOT / "docs/pictures")]
STATICFILES_FINDERS = ["cms.static_files.Finder", "django.contrib.staticfiles.finders.FileSystemFinder"]
MEDIA_URL = "media/"
MEDIA_ROOT = VAR / "media"
_COLLECTED = "TRETEAU_STATIC_ROOT" in os.environ
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _COLLECTED

# A form of ours is a few hundred bytes (a model's is larger: cms/large_drafts.py); images and documents go to Wagtail's upload, which streams to a file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144
# The largest form ticks every piece of an order: 20 lines of 100.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_500
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cms.views.errors.csrf_failure"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_REFERRER_POLICY = "same-origin"

WAGTAIL_SITE_NAME = "Tréteau"
WAGTAILADMIN_BASE_URL = os.environ.get("TRETEAU_BASE_URL", f"http://127.0.0.1:{int(number('TRETEAU_PORT', 8000))}")
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_DATE_FORMAT, WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y", "%d/%m/%Y %H:%M"  # as people here type them
#: Ours asks for the words that stand for a picture.
WAGTAILIMAGES_IMAGE_MODEL = "cms.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.image_form.SiteImageForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "avif"]
#: Bytes of an uploaded picture, and pixels of it.
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
#: What a document may be: papers, tables, drawings, machine files, videos with their subtitles. No page, no program.
WAGTAILDOCS_EXTENSIONS = [
    *("pdf", "odt", "ods", "odp", "docx", "xlsx", "pptx", "csv", "txt", "json", "toml", "zip", "ics"),
    *("dxf", "step", "glb", "nc", "sbp", "mp4", "webm", "vtt"),
]
#: Who changes what was approved asks again; every version stays, so that one can go back.
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
#: An approved page appears; an approved model waits for whoever publishes it, or for its date.
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.finishing.finish"
# The administration asks no one else's server for anything: no update check, no avatars, no embeds.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# The State's design system, but its marks (Marianne, bloc-marque, typeface, blue) are for State sites alone.
TRETEAU_STATE_SITE = flag("TRETEAU_STATE_SITE")

#: While it is there, visitors see the page of maintenance (docs/operations.md).
TRETEAU_MAINTENANCE_FILE = VAR / "maintenance"
TRETEAU_ARTEFACTS = VAR / "artefacts"
#: Days that a kind of personal data is kept, where they are not those of orders/services/retention.py: {"contacts": 500, …}.
TRETEAU_RETENTION_DAYS: dict[str, int] = {}
#: Papers, signed scans and photos of orders; nobody gets them but by a page that asks who they are.
TRETEAU_ORDER_FILES = VAR / "orders"
#: Seconds for which a worker owns a running job; its heartbeat renews three times within.
TRETEAU_LEASE_SECONDS = number("TRETEAU_LEASE_SECONDS", 15)
#: Seconds between two looks of the sweeper, and seconds that a queued row waits before it is rung again.
TRETEAU_SWEEP_SECONDS = number("TRETEAU_SWEEP_SECONDS", 5)
#: Jobs that may wait at once; beyond, the site says politely to come back.
TRETEAU_MAX_WAITING = int(number("TRETEAU_MAX_WAITING", 200))

#: Requests of one address of the network in a minute. A list of 1,500 workshops is fifteen; a preview may be drawn for who asks.
TRETEAU_API_LIMITS = {"api": 240, "api-preview": 30}

#: Points of a ranking's terms, where they are not those of fabrication/matching/scoring.py: {"distance": 60, …}.
TRETEAU_MATCHING_WEIGHTS: dict[str, float] = {}

# Celery: the message is only a doorbell, the row is the truth (docs/operations.md).
_BROKER = os.environ.get("TRETEAU_BROKER_URL", "")
if _BROKER:
    CELERY_BROKER_URL = _BROKER
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "cms.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR / "broker"),
        "data_folder_out": str(VAR / "broker"),
        "control_folder": str(VAR / "broker"),
        "polling_interval": 0.1,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "jobs"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_ROUTES = {
    "fabrication.make_package": {"queue": "jobs"},
    "fabrication.make_preview": {"queue": "previews"},
    "fabrication.count_sheets": {"queue": "previews"},
    # Views of drafts: a script may take twenty seconds, and no visitor waits behind it.
    "fabrication.try_draft": {"queue": "tries"},
    "fabrication.search_layout": {"queue": "searches"},
    "fabrication.assign_campaign": {"queue": "searches"},
    "fabrication.study_piece": {"queue": "searches"},
    "fabrication.draw_pictures": {"queue": "searches"},
    # A strange script may take all of its minutes: no package waits behind it. Two workers take them, so that who draws does not
    # wait behind the studies of all workshops' machines.
    "fabrication.check_design": {"queue": "checks"},
    "fabrication.compare_designs": {"queue": "checks"},
    "fabrication.sweep": {"queue": "sweeps"},
    "fabrication.tidy": {"queue": "sweeps"},
    "fabrication.recheck": {"queue": "sweeps"},
    "cms.search_index": {"queue": "sweeps"},
    "cms.send_letters": {"queue": "sweeps"},
    "orders.send": {"queue": "sweeps"},
    "orders.print": {"queue": "sweeps"},
    "orders.tidy": {"queue": "sweeps"},
    "cms.publish_scheduled": {"queue": "sweeps"},
    "cms.after_publication": {"queue": "sweeps"},
    "orders.digest": {"queue": "sweeps"},
}
# Late: a worker in the middle of a job takes no second message that another process could have served.
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = int(number("TRETEAU_WORKER_MEMORY_MB", 2048) * 1024)
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "fabrication.sweep",
        "schedule": timedelta(seconds=TRETEAU_SWEEP_SECONDS),
        "options": {"expires": TRETEAU_SWEEP_SECONDS},
    },
    "tidy": {"task": "fabrication.tidy", "schedule": timedelta(hours=1)},
    "recheck": {
        "task": "fabrication.recheck",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "search": {"task": "cms.search_index", "schedule": timedelta(hours=1)},
    "papers": {
        "task": "orders.print",
        "schedule": timedelta(seconds=TRETEAU_SWEEP_SECONDS),
        "options": {"expires": TRETEAU_SWEEP_SECONDS},
    },
    # At 7:00 in France for the day; the other rounds take what nobody could do then.
    "digests": {"task": "orders.digest", "schedule": crontab(minute="*/5"), "options": {"expires": 240}},
    "publications": {
        "task": "cms.publish_scheduled",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "after-publication": {
        "task": "cms.after_publication",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "tidy-orders": {"task": "orders.tidy", "schedule": timedelta(hours=1)},
    "letters": {
        "task": "cms.send_letters",
        "schedule": timedelta(seconds=TRETEAU_SWEEP_SECONDS),
        "options": {"expires": TRETEAU_SWEEP_SECONDS},
    },
    "outbox": {
        "task": "orders.send",
        "schedule": timedelta(seconds=TRETEAU_SWEEP_SECONDS),
        "options": {"expires": TRETEAU_SWEEP_SECONDS},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"quiet": {"()": "cms.quiet.NotARefusedSize"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("TRETEAU_LOG_LEVEL", "INFO")},
    "loggers": {
        # They tell of every page saved and every connection made.
        **{
            name: {"level": "WARNING"}
            for name in ("celery", "wagtail", "django_tasks", "modelsearch", "weasyprint", "fontTools")
        },
        "kombu": {"level": "ERROR"},
    },
}
