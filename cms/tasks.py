# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Celery calls for editors."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task(name="cms.publish_scheduled")
def publish_scheduled() -> None:
    """What an editor wanted published, or taken away, at a time that has come."""
    call_command("publish_scheduled")


@shared_task(name="cms.after_publication")
def after_publication() -> None:
    """What nobody asked for after a model was published: its process died, or too much waited."""
    from designs.services.after_publication import sweep

    sweep()
