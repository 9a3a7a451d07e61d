# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The search over everything that anybody may read: words.py says what a word is, sources.py what can be found, index.py
keeps the rows, keeping.py calls it when something changes, asking.py answers, excerpts.py shows where."""
