# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two states of a model held against each other: parts, joints, figures, checks, words, and what that makes of the version."""
