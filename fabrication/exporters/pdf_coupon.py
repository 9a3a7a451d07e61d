# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The coupon in words, for who holds it: where it is cut, what its numbers are, what the answer is for."""

from __future__ import annotations

from designs.typography import french_number, typeset
from fabrication.coupon import Coupon
from fabrication.exporters import Job
from fabrication.exporters.paths import COUPON
from fabrication.exporters.pdf_marks import coupon_ring
from fabrication.plan import mills_named


def coupon_words(job: Job, coupon: Coupon) -> list[str]:
    """French sentences, one a paragraph."""
    made = job.machine_file.stock.clearance_mm
    plays = " · ".join(f"{number} : {french_number(value)}" for number, value in enumerate(coupon.clearances, start=1))
    own = next((number for number, value in enumerate(coupon.clearances, 1) if abs(value - made) < 1e-6), None)
    which = f" (n° {own})" if own else ""
    sentences = [
        f"Où la couper : {_place(coupon)} Dessin {COUPON}.dxf, à l’échelle 1:1, {_tools(coupon)} que le meuble.",
        f"Numéro gravé à côté de la fente, et son jeu en mm : {plays}. Les fichiers de ce dossier sont faits pour "
        f"{french_number(made)} mm{which}.",
        "Essayer chaque pièce dans ses fentes : la bonne est la plus serrée où elle entre à la main, sans marteau, "
        "jusqu’au fond, et tient sans balloter. Si deux assemblages ne disent pas le même numéro, prendre le plus grand.",
        f"Si c’est {french_number(made)} mm{which}, couper. Sinon, ne pas couper ces feuilles : donner le jeu trouvé, sur le "
        "site ou par « treteau calibrate machine.toml --coupon-number 3 --package paquet.zip », et demander de nouveaux fichiers.",
    ]
    return [typeset(f"{number}. {sentence}") for number, sentence in enumerate(sentences, start=1)]


def _tools(coupon: Coupon) -> str:
    mills = mills_named(coupon.parts)
    if not mills:
        return "même outil et même panneau"
    return f"mêmes outils (calques MILL : fraise de {' et '.join(french_number(mill, 3) for mill in mills)} mm) et même panneau"


def _place(coupon: Coupon) -> str:
    if coupon.spot is None:
        return "dans une chute du même panneau, aucune feuille n’en a la place."
    x, y = coupon_ring(coupon.size, coupon.spot)[0]
    turned = ", dessin tourné de 90° vers la gauche" if coupon.spot.rotation_deg else ""
    corner = f"coin inférieur gauche en X {french_number(x, 0)} Y {french_number(y, 0)}"
    return f"sur la feuille {coupon.spot.sheet}, {corner}{turned} (« éprouvette ici »)."
