# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The préfecture's desk: its intentions, its decisions, what its money would pay; and the coordinators' campaigns."""
