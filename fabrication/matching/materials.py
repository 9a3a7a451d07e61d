# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Names of materials as workshops write them, in French or English, and the panel that a design is measured in."""

from __future__ import annotations

import re
from functools import cache

from designs.sheet import DENSITIES_KG_M3

#: Words of what no piece of furniture here is cut from. A name without any of them is taken for a panel.
_OTHER = (
    "acryl", "plexi", "pmma", "polycarb", "pvc", "plasti", "plastic", "metal", "métal", "acier", "steel", "alu",
    "inox", "laiton", "brass", "cuivre", "copper", "cuir", "leather", "carton", "cardboard", "papier", "paper",
    "textile", "tissu", "fabric", "feutre", "felt", "verre", "glass", "pierre", "stone", "mousse", "foam", "liège",
    "cork", "caoutchouc", "rubber", "béton", "concrete",
)  # fmt: skip
_ENGLISH = {"birch": "bouleau", "poplar": "peuplier", "okoume": "okoumé", "pine": "pin"}
#: A wood of which no figure is known: the design's own rules then take the weakest.
UNKNOWN_PANEL = "contreplaqué"


@cache
def panel_of(name: str) -> str | None:
    """The panel by which a material is judged, e.g. "contreplaqué bouleau"; None for what is no wood panel."""
    words = name.casefold()
    if any(re.search(rf"\b{re.escape(word)}", words) for word in _OTHER):
        return None
    for english, word in _ENGLISH.items():
        words = words.replace(english, word)
    # The order of the table is that of the sheet itself: the first word wins.
    found = next((word for word in DENSITIES_KG_M3 if word in words), None)
    if found is None:
        return UNKNOWN_PANEL
    return "mdf" if found == "mdf" else f"contreplaqué {found}"
