# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Making, delivering and what comes after: the maker’s pages, the buyer’s answers, the passports."""
