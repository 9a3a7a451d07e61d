# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A maker's invoice as structured data, for whoever deposits it. Plain: no rows, no Django."""
