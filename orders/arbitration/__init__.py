# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which intentions come first, by what a préfecture weighs, and which of them its money would pay. Plain data: no Django."""
