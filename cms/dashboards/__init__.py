# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What waits for a person, role by role: a constant number of queries each, whatever the number of orders."""
