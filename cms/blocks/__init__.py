# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an editor builds a page of: blocks by kind. Each looks right whatever is written into it, or is refused with a sentence
that says what is missing."""

from __future__ import annotations

from cms.blocks.body import BodyBlock, BodyField, FilesField
from cms.blocks.links import LinkBlock

__all__ = ["BodyBlock", "BodyField", "FilesField", "LinkBlock"]
