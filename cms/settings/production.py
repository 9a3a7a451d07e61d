# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Behind an HTTPS proxy: names and secret come from the environment, static files are collected
(``python manage.py collectstatic``), compressed and named by their content."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured

from cms.settings.base import *  # noqa: F403
from cms.settings.environment import number, words

SECRET_KEY = os.environ["TRETEAU_SECRET_KEY"]
ALLOWED_HOSTS = words("TRETEAU_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]

if not os.environ.get("TRETEAU_MAIL_URL"):
    raise ImproperlyConfigured("TRETEAU_MAIL_URL is needed: nobody confirms an address without a mail server")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get(
    "TRETEAU_MAIL_FROM", f"Tréteau <ne-pas-repondre@{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else 'localhost'}>"
)
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

# The visitor's address, by which tries are counted, is the one that the last of our own proxies wrote down.
ALLAUTH_TRUSTED_PROXY_COUNT = int(number("TRETEAU_PROXIES", 1))
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

WHITENOISE_USE_FINDERS = False
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}  # noqa: F405
