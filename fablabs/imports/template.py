# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Our own template: a row a machine with the stock on it, several rows a site, several sites a maker.

docs/imports.md explains each column to whoever fills it in; ``COLUMNS`` is the same list for the files to download.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from accounts.registration import is_siren, is_siret
from designs.typography import SPACE
from fablabs.imports.lines import Line, LineError, MachineEntry, SiteEntry
from fablabs.imports.places import find_commune
from fablabs.imports.reading import Table
from fablabs.machine import MachineFile, sentences

#: Column → what to write into it, and an example. The first six of a row are needed, the others may stay empty.
COLUMNS: dict[str, tuple[str, str]] = {
    "siren": ("SIREN de la structure, neuf chiffres", "123456782"),
    "raison_sociale": ("nom de la structure", "Les Copeaux"),
    "type": ("fablab, tiers-lieu, artisan ou manufacture", "fablab"),
    "siret": ("SIRET de l’atelier, quatorze chiffres", "12345678200010"),
    "atelier": ("nom de l’atelier", "Les Copeaux, atelier bois"),
    "code_commune": ("code INSEE de la commune, ou code_postal et commune", "30189"),
    "code_postal": ("code postal", "30000"),
    "commune": ("nom de la commune", "Nîmes"),
    "adresse": ("numéro et rue", "3 rue du Rabot"),
    "exemplaires_par_semaine": ("meubles par semaine", "2"),
    "delai_jours": ("jours entre l’engagement et la livraison", "21"),
    "rayon_km": ("kilomètres jusqu’où l’atelier livre", "100"),
    "prix_heure_machine_eur": ("euros HT", "45"),
    "prix_heure_main_eur": ("euros HT", "38"),
    "prix_km_eur": ("euros HT par kilomètre", "0,8"),
    "minimum_eur": ("euros HT, plus petite commande", "150"),
    "machine": ("nom de la machine", "Fraiseuse 2500"),
    "procede": ("fraiseuse ou laser", "fraiseuse"),
    "table_x_mm": ("plus grand côté de la table", "2500"),
    "table_y_mm": ("petit côté de la table", "1250"),
    "epaisseur_max_mm": ("plus épais panneau coupé", "30"),
    "fraises_mm": ("diamètres séparés par | (fraiseuse)", "6|3,175"),
    "saignee_mm": ("largeur brûlée (laser)", ""),
    "materiau": ("nom du panneau", "contreplaqué bouleau"),
    "origine": ("neuf, recyclé ou réemploi", "neuf"),
    "epaisseur_nominale_mm": ("épaisseur annoncée", "18"),
    "epaisseur_mesuree_mm": ("épaisseur au pied à coulisse", "17,6"),
    "panneau_x_mm": ("plus grand côté du panneau", "2500"),
    "panneau_y_mm": ("petit côté du panneau", "1250"),
    "prix_panneau_eur": ("euros HT le panneau", "80"),
}
_KINDS = {"fablab": "fablab", "tiers-lieu": "tiers-lieu", "artisan": "artisan", "manufacture": "manufacture"}
_ORIGINS = {"": "new", "neuf": "new", "recyclé": "recycled", "recycle": "recycled", "réemploi": "reclaimed",
            "reemploi": "reclaimed"}  # fmt: skip
_PROCESSES = {"fraiseuse": "cnc-router", "cnc-router": "cnc-router", "laser": "laser"}
#: Column → field of the workshop, largest value, is it a whole number?
_FIGURES: dict[str, tuple[str, int, bool]] = {
    "exemplaires_par_semaine": ("units_per_week", 10_000, False),
    "delai_jours": ("lead_days", 730, True),
    "rayon_km": ("radius_km", 20_000, True),
    "prix_heure_machine_eur": ("machine_hour_eur", 100_000, False),
    "prix_heure_main_eur": ("hand_hour_eur", 100_000, False),
    "prix_km_eur": ("delivery_km_eur", 1_000, False),
    "minimum_eur": ("minimum_eur", 1_000_000, False),
}
_MACHINE_COLUMNS = tuple(COLUMNS)[tuple(COLUMNS).index("machine") :]
_NUMBER = re.compile(r"\d{1,9}([.,]\d{1,4})?", re.ASCII)


def template(table: Table) -> Iterator[Line]:
    """One line a site. Rows of one SIRET must say the same of it; each has a machine with its stock, or neither."""
    lines = [_site(list(group)) for _, group in groupby(sorted(table.rows, key=_place), key=_place)]
    yield from sorted(lines, key=lambda line: line.number)


def _place(item: tuple[int, dict[str, str]]) -> tuple[str, int]:
    """What groups rows: the SIRET as digits; a row without one stands alone."""
    number, row = item
    siret = re.sub(r"\D", "", row.get("siret", ""))
    return siret, 0 if siret else number


def _site(rows: list[tuple[int, dict[str, str]]]) -> Line:
    number, first = min(rows)
    label = first.get("atelier") or first.get("raison_sociale", "")
    machines: list[MachineEntry] = []
    try:
        entry = _described(first)
        for row_number, row in rows:
            try:
                if row_number != number and _described(row) != entry:
                    raise LineError(f"L’atelier y est décrit autrement qu’à la ligne {number}.")
                if machine := _machine(row):
                    machines.append(machine)
            except LineError as error:
                where = "" if row_number == number else f"Ligne {row_number}{SPACE}: "
                raise LineError(f"{where}{error}") from error
    except LineError as error:
        return Line(number, label[:160], None, str(error))
    remarks = () if machines else ("sans machine\u00a0: à compléter avant de recevoir des commandes",)
    return Line(number, label, replace(entry, machines=tuple(machines)), remarks=remarks)


def _described(row: Mapping[str, str]) -> SiteEntry:
    siren, siret = (re.sub(r"[\s\u00a0\u202f.]", "", row.get(column, "")) for column in ("siren", "siret"))
    if not is_siren(siren):
        raise LineError(
            f"siren{SPACE}: «{SPACE}{siren}{SPACE}» n’est pas un SIREN valable (neuf chiffres et leur clé)."
        )
    if not is_siret(siret):
        raise LineError(
            f"siret{SPACE}: «{SPACE}{siret}{SPACE}» n’est pas un SIRET valable (quatorze chiffres et leur clé)."
        )
    if not siret.startswith(siren):
        raise LineError("siret\u00a0: ses neuf premiers chiffres ne sont pas le SIREN de la ligne.")
    name, maker = row.get("atelier", ""), row.get("raison_sociale", "")
    for column, text, longest in (("raison_sociale", maker, 160), ("atelier", name, 120)):
        if not text:
            raise LineError(f"{column}{SPACE}: à remplir.")
        if len(text) > longest or not text.isprintable():
            raise LineError(f"{column}{SPACE}: {longest} caractères au plus, sans retour à la ligne.")
    kind = _KINDS.get(row.get("type", "").casefold())
    if not kind:
        raise LineError(f"type{SPACE}: écrivez {', '.join(_KINDS)}, et non «{SPACE}{row.get('type', '')[:40]}{SPACE}».")
    place = find_commune(row.get("code_commune", ""), row.get("code_postal", ""), row.get("commune", ""))
    fields: dict[str, Any] = {
        "name": name,
        "commune": place.label,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "address": row.get("adresse", "")[:200],
        "postcode": row.get("code_postal", "") if re.fullmatch(r"\d{5}", row.get("code_postal", ""), re.ASCII) else "",
    }
    for column, (field, largest, whole) in _FIGURES.items():
        value = _figure(row, column, 0, largest)
        if value is not None and whole and value != value.to_integral_value():
            raise LineError(f"{column}{SPACE}: un nombre entier est attendu.")
        fields[field] = int(value) if value is not None and whole else value
    return SiteEntry(siren, maker, kind, siret, place.insee, fields)


def _machine(row: Mapping[str, str]) -> MachineEntry | None:
    if not any(row.get(column) for column in _MACHINE_COLUMNS):
        return None
    process = _PROCESSES.get(row.get("procede", "").casefold())
    if not process:
        raise LineError("procede\u00a0: écrivez fraiseuse ou laser.")
    origin = _ORIGINS.get(row.get("origine", "").casefold())
    if not origin:
        raise LineError("origine\u00a0: écrivez neuf, recyclé ou réemploi.")
    machine: dict[str, Any] = {
        "name": row.get("machine") or ("Laser" if process == "laser" else "Fraiseuse"),
        "process": process,
        "bed_mm": [_needed(row, "table_x_mm"), _needed(row, "table_y_mm")],
        "max_thickness_mm": _needed(row, "epaisseur_max_mm"),
    }
    if process == "laser":
        kerf = _needed(row, "saignee_mm")
        machine |= {"kerf_mm": kerf, "spacing_mm": max(3.0, kerf)}
    else:
        widths = [_number(text.strip(), "fraises_mm", 0, 50) for text in row.get("fraises_mm", "").split("|")]
        machine["tools"] = [{"name": f"fraise {str(w).replace('.', ',')} mm", "diameter_mm": float(w)} for w in widths]
        # What lies between two parts is one pass of the widest cutter.
        machine["spacing_mm"] = max(8.0, *(float(w) for w in widths))
    measured = row.get("epaisseur_mesuree_mm") or row.get("epaisseur_nominale_mm", "")
    stock: dict[str, Any] = {
        "material": row.get("materiau", ""),
        "nominal_thickness_mm": _needed(row, "epaisseur_nominale_mm"),
        "measured_thickness_mm": float(_number(measured, "epaisseur_mesuree_mm", 0, 200)),
        "sheet_mm": [_needed(row, "panneau_x_mm"), _needed(row, "panneau_y_mm")],
    }
    if (price := _figure(row, "prix_panneau_eur", 0, 100_000)) is not None:
        stock["price_eur"] = float(price)
    try:
        MachineFile.model_validate({"machine": machine, "stock": stock})
    except ValidationError as error:
        raise LineError(f"La machine ou le panneau ne va pas{SPACE}: {sentences(error)}.") from error
    return MachineEntry(machine, stock, origin)


def _needed(row: Mapping[str, str], column: str) -> float:
    return float(_number(row.get(column, ""), column, 0, 100_000))


def _figure(row: Mapping[str, str], column: str, smallest: int, largest: int) -> Decimal | None:
    text = row.get(column, "")
    return _number(text, column, smallest, largest) if text else None


def _number(text: str, column: str, smallest: int, largest: int) -> Decimal:
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not _NUMBER.fullmatch(bare):
        raise LineError(f"{column}{SPACE}: «{SPACE}{text[:40]}{SPACE}» n’est pas un nombre ({COLUMNS[column][0]}).")
    value = Decimal(bare.replace(",", "."))
    if not smallest <= value <= largest:
        raise LineError(f"{column}{SPACE}: entre {smallest} et {largest}.")
    return value
