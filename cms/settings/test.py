# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Under pytest: everything lies in a temporary folder, passwords hash fast."""

from __future__ import annotations

import os
import tempfile

# A worker started by a test gets its folder by TRETEAU_VAR, as any installation would.
os.environ.setdefault("TRETEAU_VAR", tempfile.mkdtemp(prefix="treteau-test-"))

from cms.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
WHITENOISE_AUTOREFRESH = True  # no index of 2000 files for each test client
