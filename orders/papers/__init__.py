# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An order's numbered papers: frozen facts → French words → HTML → PDF. No rows here; the same facts give the same bytes."""
