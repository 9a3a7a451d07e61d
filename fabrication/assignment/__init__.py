# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All orders of a campaign over all makers: who makes what, so that few are left out and the ways are short."""
