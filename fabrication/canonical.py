# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same data, the same text, the same key: how inputs and answers are told apart."""

from __future__ import annotations

import hashlib
import json


def canonical_json(data: object) -> str:
    """Sorted keys, no spaces, letters as they are. Raises ValueError for NaN or infinity."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def canonical_key(data: object) -> str:
    """SHA-256 of the canonical JSON in UTF-8, hexadecimal. Raises ValueError for NaN or infinity."""
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()
