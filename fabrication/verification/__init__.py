# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The last guard before a sheet is cut: reads a cut package back from its bytes and compares it with the solids.

Nothing here is shared with what writes packages: another reading of the solids (sections, not faces), of the
files (tags and operators, not the writing libraries) and of areas and lengths. docs/verification.md says what
is checked, and how exactly.
"""

from fabrication.verification.archive import verify_archive
from fabrication.verification.folder import verify_folder
from fabrication.verification.report import Check, Report

__all__ = ["Check", "Report", "verify_archive", "verify_folder"]
