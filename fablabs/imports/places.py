# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From what a list says of a place to a commune and a point: what contradicts itself is told, not believed."""

from __future__ import annotations

import re

from fablabs.geography import Commune, UnknownCommuneError, commune, search
from fablabs.geography.communes import all_communes
from fablabs.geography.distance import great_circle_km
from fablabs.geography.search import fold
from fablabs.imports.lines import LineError

#: A point farther (km) from its commune's centroid is a mistake of the list: no commune of the mainland is so large.
MAX_KM_FROM_COMMUNE = 30.0
_COORDINATE = re.compile(r"[+-]?\d{1,3}([.,]\d+)?")


def coordinate(text: str, largest: float) -> float | None:
    """Degrees, with a decimal point or comma; None for an empty cell or one that is no such number."""
    if not _COORDINATE.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if abs(value) <= largest else None


def code(text: str) -> str:
    """A commune's code or a postcode that a spreadsheet took for a number gets its zero back; "0" is none."""
    text = text.strip().upper().removesuffix(".0")
    if not text.strip("0"):
        return ""
    return text.zfill(5) if text.isdecimal() and text.isascii() and len(text) == 4 else text


def find_commune(insee: str = "", postcode: str = "", name: str = "") -> Commune:
    """By code; without one, by postcode and name. Raises LineError, which says what was not found."""
    insee, postcode = code(insee), code(postcode)
    if insee:
        try:
            return commune(insee)
        except UnknownCommuneError:
            if not (postcode and name):
                raise LineError(f"Commune inconnue\u00a0: le code «\u00a0{insee}\u00a0» n’existe pas.") from None
    if not (postcode or name):
        raise LineError("La commune n’est pas dite.")
    if not re.fullmatch(r"\d{5}", postcode, re.ASCII):
        if postcode or not name:
            raise LineError(f"Le code postal «\u00a0{postcode}\u00a0» n’a pas cinq chiffres.")
        return _alone([c for c in search(name, limit=20) if _same(c.name, name)], name)
    there = [c for c in search(postcode, limit=200) if postcode in c.postcodes]
    named = [c for c in there if _same(c.name, name)]
    if named or len(there) == 1:
        return (named or there)[0]
    if not there:  # a CEDEX, or a code that was withdrawn: its département and the name decide
        named = [c for c in search(name, limit=50) if _same(c.name, name) and postcode.startswith(c.department)]
        return _alone(named, f"{name} ({postcode})")
    raise LineError(
        f"Commune inconnue\u00a0: aucune commune du code postal {postcode} ne s’appelle «\u00a0{name}\u00a0»."
    )


def nearest(latitude: float, longitude: float) -> Commune | None:
    """The commune whose centroid is nearest to the point; None in the sea."""
    # A degree of latitude is 111 km; of longitude less, by its cosine, which is over 0.6 in all of France.
    near = [c for c in all_communes() if abs(c.latitude - latitude) < 0.3 and abs(c.longitude - longitude) < 0.5]
    found = min(near, default=None, key=lambda c: great_circle_km(latitude, longitude, c.latitude, c.longitude))
    if found is None or great_circle_km(latitude, longitude, found.latitude, found.longitude) > MAX_KM_FROM_COMMUNE:
        return None
    return found


def _alone(found: list[Commune], words: str) -> Commune:
    if len(found) == 1:
        return found[0]
    if not found:
        raise LineError(f"Commune inconnue\u00a0: «\u00a0{words}\u00a0».")
    raise LineError(f"Plusieurs communes s’appellent «\u00a0{words}\u00a0»\u00a0: donnez le code de la commune.")


def point(place: Commune, latitude: float | None, longitude: float | None) -> tuple[float, float, str]:
    """Latitude, longitude and a remark: the list's point if it is near its commune, else the commune's own."""
    if latitude is None or longitude is None:
        return place.latitude, place.longitude, "sans coordonnées\u00a0: placé au centre de sa commune"
    away = great_circle_km(latitude, longitude, place.latitude, place.longitude)
    if away > MAX_KM_FROM_COMMUNE:
        return (
            place.latitude,
            place.longitude,
            f"coordonnées à {away:.0f}\u00a0km de {place.name}\u00a0: placé au centre de sa commune",
        )
    return latitude, longitude, ""


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    """As the search folds names, and without CEDEX or an arrondissement's number."""
    return re.sub(r"\b(cedex\b.*|\d+(er|e|eme)?\b.*)", "", fold(name)).strip()
