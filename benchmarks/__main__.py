# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
from benchmarks import answers, assignment, geometry, jail, matching, orders, packages, publication, site, studio
from benchmarks.table import Figures

figures = Figures("Medians on this machine")
geometry.help_starts_fast(figures)
geometry.views(figures)
geometry.dxf_against_cadquery(figures)
geometry.dxf_versions(figures)
packages.packages(figures)
packages.verification(figures)
packages.shell(figures)
packages.memory(figures)
geometry.memory(figures)
assignment.campaign(figures)
matching.matching(figures)
publication.publication(figures)
orders.lists(figures)
jail.jail(figures)
studio.studio(figures)
answers.answers(figures)
site.site(figures)
figures.show()
