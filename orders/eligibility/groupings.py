# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which communes make a buyer's territory: its own, or all of an EPCI, a département, a région."""

from __future__ import annotations

from functools import cache

from fablabs.geography import Commune, UnknownCommuneError, commune, department_name, epci_name, region_name
from fablabs.geography.communes import all_communes
from orders.eligibility.judgement import BuyerFacts


def member_codes(facts: BuyerFacts) -> tuple[str, ...]:
    """INSEE codes, in their order; none for a territory that nobody knows."""
    if (code := _single(facts)) is not None:
        place = commune_of(code)
        return (place.insee,) if place else ()
    return _members().get((facts.level, facts.territory), ())


def territory_label(facts: BuyerFacts) -> str:
    """ "Nîmes (Gard)", "CA Nîmes Métropole", "Gard", "Occitanie"; "" for one that nobody knows."""
    if (code := _single(facts)) is not None:
        place = commune_of(code)
        return place.label if place else ""
    names = {"epci": epci_name, "departement": department_name, "region": region_name}
    try:
        return names[facts.level](facts.territory).replace("'", "’")
    except KeyError:
        return ""


def commune_of(insee: str) -> Commune | None:
    """Of today, for a former or an arrondissement's code too; None for a code of none."""
    try:
        return commune(insee)
    except UnknownCommuneError:
        return None


def _single(facts: BuyerFacts) -> str | None:
    """The commune that is looked at: a commune's own, or where any other body is; None for a grouping."""
    if facts.kind != "collectivite":
        return facts.insee or facts.territory
    return facts.territory or facts.insee if facts.level == "commune" else None


@cache
def _members() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for place in all_communes():
        for key in (("epci", place.epci), ("departement", place.department), ("region", place.region)):
            if key[1]:
                found.setdefault(key, []).append(place.insee)
    return {key: tuple(codes) for key, codes in found.items()}
