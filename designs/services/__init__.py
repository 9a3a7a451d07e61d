# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is done with models: drafted, reviewed, published, and what makers say of them."""

from designs.services.remarks import (
    MOST_ANSWER,
    answer,
    close,
    close_by,
    entrust,
    later_revisions,
    remark,
    remarks_of,
    tell_designers,
)
from designs.services.roles import designs_of

__all__ = [
    "MOST_ANSWER",
    "answer",
    "close",
    "close_by",
    "designs_of",
    "entrust",
    "later_revisions",
    "remark",
    "remarks_of",
    "tell_designers",
]
