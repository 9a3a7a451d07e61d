# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Under pytest: everything lies in a temporary folder that goes with the process, passwords hash fast."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# A worker started by a test gets its folder by TRETEAU_VAR, as any installation would.
if "TRETEAU_VAR" not in os.environ:
    os.environ["TRETEAU_VAR"] = tempfile.mkdtemp(prefix="treteau-test-")
    atexit.register(shutil.rmtree, os.environ["TRETEAU_VAR"], ignore_errors=True)

from cms.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
WHITENOISE_AUTOREFRESH = True  # no index of 2000 files for each test client
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "strangers": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "strangers"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}
TRETEAU_PAGE_SECONDS = 0  # rows come and go with each test; tests/test_page_cache.py sets it
# A lease is renewed by a thread of its own, which can't see the rows of a test that never commits: there it would take
# the job for lost after a slow build. The tests of leases set their seconds, and commit.
TRETEAU_LEASE_SECONDS = 3600
