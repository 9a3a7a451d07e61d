# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Quotes: asked for, read, corrected and issued by the maker, watched by the coordination."""
