# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may order: the zonings of a day, what they say of a buyer, and the judgement (docs/eligibility.md). Plain data."""
