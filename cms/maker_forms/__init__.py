# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms of a maker's record. What they give is checked again by fablabs.services and by the machine file's rules."""
