# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class FabricationConfig(AppConfig):
    name = "fabrication"
    verbose_name = "Fabrication"

    def ready(self) -> None:
        from designs import drawers, verdict
        from fabrication.judging.services import judge
        from fabrication.rechecking.services import have_judged
        from fabrication.remaking.services import connect

        verdict.register(judge, have_judged)
        drawers.register("studio", _drawn)
        connect()


def _drawn(*given: Any) -> Any:
    """Geometry is imported when a model of the studio is first asked for, not when a process starts."""
    from fabrication.scripted.design import drawn

    return drawn(*given)
