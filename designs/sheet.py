# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sheet that a design is computed for: what the calliper reads, and how joints fit in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Mean densities in kg/m³. Birch 650–700 and poplar 400–480: makers' handbooks for plywood
#: (the middle of the range is taken). Words are looked for in the material's French name.
DENSITIES_KG_M3 = {"bouleau": 680.0, "peuplier": 440.0, "okoumé": 500.0, "pin": 560.0, "mdf": 750.0}
DEFAULT_DENSITY_KG_M3 = 680.0
#: Modulus of elasticity in bending in N/mm², for loads: the weaker direction's, rounded down. Birch: the Handbook of Finnish
#: Plywood gives means of about 7,200 to 7,600 across the face grain for 15 to 21 mm; the others: makers' handbooks. A
#: supplier's declared figure (EN 13986, classes of EN 636, values of EN 12369-2) replaces these.
STIFFNESS_N_MM2 = {"bouleau": 7000.0, "peuplier": 3000.0, "okoumé": 3500.0, "pin": 4500.0, "mdf": 2200.0}
DEFAULT_STIFFNESS_N_MM2 = 2200.0  # an unknown wood is taken for the weakest


@dataclass(frozen=True)
class Sheet:
    """A plywood sheet: thicknesses and clearance in mm.

    ``thickness`` is the measured one and the only one that geometry uses; ``clearance`` is the
    play between a tab and its slot, in total (both sides together).
    """

    thickness: float = 18.0
    nominal_thickness: float = 18.0
    clearance: float = 0.2
    material: str = "contreplaqué bouleau"

    @property
    def density_kg_m3(self) -> float:
        return self._of_material(DENSITIES_KG_M3, DEFAULT_DENSITY_KG_M3)

    @property
    def mass_kg_m2(self) -> float:
        return self.density_kg_m3 * self.thickness / 1000

    @property
    def stiffness_n_mm2(self) -> float:
        return self._of_material(STIFFNESS_N_MM2, DEFAULT_STIFFNESS_N_MM2)

    def _of_material(self, figures: Mapping[str, float], otherwise: float) -> float:
        name = self.material.lower()
        return next((figure for word, figure in figures.items() if word in name), otherwise)
