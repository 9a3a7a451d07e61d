# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a public body's number says by itself. INSEE gave communes and départements a SIREN made of 21 or 22, their official
code and a key (213001894 is Nîmes, 30189); EPCIs are in the geography. Younger bodies have numbers that say nothing."""

from __future__ import annotations

from accounts.registration import is_siren, is_siret
from fablabs.geography.communes import departments
from orders.eligibility.groupings import commune_of, territory_label
from orders.eligibility.judgement import BuyerFacts

_PARIS = "75056"


def facts_of_number(siret: str) -> BuyerFacts | None:
    """Of a SIRET or a SIREN. None for a wrong key, or for a number that says nothing."""
    if not (is_siret(siret) or is_siren(siret)):
        return None
    siren = siret[:9]
    grouping = BuyerFacts("collectivite", "epci", siren, "", siret)
    if territory_label(grouping):
        return grouping
    if siren.startswith("22"):
        code = next((c for c in (siren[2:4], siren[2:5]) if c in departments()), "")
        return BuyerFacts("collectivite", "departement", code, "", siret) if code else None
    if siren.startswith("21"):
        insee = _commune_code(siren)
        return BuyerFacts("collectivite", "commune", insee, insee, siret) if insee else None
    return None


def _commune_code(siren: str) -> str:
    """Two digits of the département and four of the commune. Corse was one département when the numbers were given;
    overseas the département's third digit stands first, and is said again or not in what follows."""
    department, number = siren[2:4], siren[4:8]
    if department == "75":
        return _PARIS if number == "0001" else ""
    if department == "97":
        overseas = siren[2:5]
        candidates = [code for code in (f"97{number[1:]}", overseas + number[2:]) if code.startswith(overseas)]
    elif department == "20":
        candidates = [f"2A{number[1:]}", f"2B{number[1:]}"]
    else:
        candidates = [f"{department}{number[1:]}"] if number[0] == "0" else []
    return next((place.insee for code in candidates if (place := commune_of(code)) is not None), "")
