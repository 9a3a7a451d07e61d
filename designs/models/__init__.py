# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models in the database: their published states, what designers work at, who looks after them, what makers said."""

from designs.models.care import Care
from designs.models.draft import DesignDraft
from designs.models.remark import MAX_AUTHOR, MAX_REMARK, Remark
from designs.models.review import ModelReview
from designs.models.revision import DesignRevision

__all__ = ["MAX_AUTHOR", "MAX_REMARK", "Care", "DesignDraft", "DesignRevision", "ModelReview", "Remark"]
