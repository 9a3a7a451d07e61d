# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pictures of a piece as a camera would take them, drawn from its solids: of the shipped models by ``make pictures``, of the
studio's by a worker when they are published (``of_model``)."""
