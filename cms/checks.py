# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The verification's checks in plain French. A check that is not known here is shown by its own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SENTENCES: dict[str, str] = {}


def sentences(manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"text": _SENTENCES.get(c["id"], c["id"].replace("-", " ").capitalize()), "ok": c["ok"], "detail": c["detail"]}
        for c in manifest["checks"]
    ]
