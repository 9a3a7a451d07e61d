# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The Celery application: ``celery -A cms worker``."""

from __future__ import annotations

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_ready

from cms.pool_guard import watch
from cms.settings.environment import flag

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")

# A container's only user is root; our messages are row numbers in JSON, which run nothing.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("treteau")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["cms", "cms.meetings", "cms.search", "fabrication", "orders"])

worker_ready.connect(lambda sender=None, **_: watch(sender), weak=False)


@worker_init.connect
def import_geometry(**_: Any) -> None:
    """Import CadQuery (seconds, 500 MB) once in the parent: its children are forked warm.

    The parent imports and never computes: the first boolean of a child hangs if its parent did one. A worker of sweeps
    alone needs none of it: TRETEAU_WORKER_WARM=no.
    """
    if flag("TRETEAU_WORKER_WARM", default=True):
        import cadquery  # noqa: F401
