# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the log leaves out."""

from __future__ import annotations

import logging


class NotARefusedSize(logging.Filter):
    """A mistyped size is answered with 422, beside its field: nothing for who looks after the site."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != 422
