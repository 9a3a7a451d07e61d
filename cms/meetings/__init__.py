# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Online meetings: who comes, what calendars are told, who is written to, and when names are forgotten."""
