# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The designers' studio: a model written, seen, compared, reviewed, published."""
