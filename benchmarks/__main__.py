# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from benchmarks import geometry
from benchmarks.table import Figures

figures = Figures("Medians on this machine")
geometry.help_starts_fast(figures)
geometry.views(figures)
geometry.packages(figures)
geometry.dxf_against_cadquery(figures)
geometry.memory(figures)
figures.show()
