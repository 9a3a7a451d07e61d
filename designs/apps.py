# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from __future__ import annotations

from django.apps import AppConfig


class DesignsConfig(AppConfig):
    name = "designs"
    verbose_name = "Modèles"

    def ready(self) -> None:
        from designs import catalogue
        from designs.services import finding, once

        once.connect()
        catalogue.register(finding.found)
        finding.connect()
