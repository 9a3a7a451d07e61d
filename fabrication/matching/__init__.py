# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Demands and makers: who can make what, how far away, how soon and at what price; one order's ranking."""
