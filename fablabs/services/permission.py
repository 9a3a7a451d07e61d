# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may change a record: the maker's own people and the coordinators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import is_coordinator
from fablabs.models import Maker
from fablabs.services.refusals import NotAllowedError

if TYPE_CHECKING:
    from accounts.models import User


def require_editor(maker: Maker, actor: User) -> None:
    """Raises NotAllowedError."""
    if not Maker.objects.editable_by(actor).filter(pk=maker.pk).exists():
        raise NotAllowedError(f"{actor} may not change the record of maker {maker.pk}")


def require_coordinator(actor: User) -> None:
    """Raises NotAllowedError."""
    if not is_coordinator(actor):
        raise NotAllowedError(f"{actor} is no coordinator")
