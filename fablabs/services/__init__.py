# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What may be done to a maker's record, by whom, and what is kept of it. Every function takes its actor."""
