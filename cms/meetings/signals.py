# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Publishing is Wagtail's; what it means for those who come is cms/meetings/announcing.py's."""

from __future__ import annotations

from typing import Any

from wagtail.signals import page_published, page_unpublished

from cms.meetings.announcing import announce
from cms.models import MeetingPage


def _announce(sender: type, instance: MeetingPage, **_: Any) -> None:
    announce(instance)


def connect() -> None:
    for signal in (page_published, page_unpublished):
        signal.connect(_announce, sender=MeetingPage, dispatch_uid="announce a meeting")
