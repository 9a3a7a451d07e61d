# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Public lists of places, one function a list: rows → lines. Contact details of people are left where they are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from fablabs.imports.lines import ContactEntry, Line, LineError
from fablabs.imports.places import coordinate, find_commune, nearest, point
from fablabs.imports.reading import Table

_MAX_NAME = 200


def fablabs_io(table: Table) -> Iterator[Line]:
    """The export of fablabs.io: a place has no number, its address on the site is its own."""
    for number, row in table.rows:
        yield _line(number, row.get("name", ""), lambda row=row: _fablab(row))


def _fablab(row: dict[str, str]) -> tuple[ContactEntry, list[str]]:
    capabilities = [word for word in re.split(r"[;,|]", row.get("capabilities", "")) if word.strip()]
    facts = {"capabilities": capabilities, "kind": row.get("kind_name", ""), "address": row.get("address_1", "")}
    website, address = _website(row.get("url", "")), row.get("url", "")
    return _contact(
        "fablabs.io",
        address or _digest(row["name"], row.get("postal_code", "")),
        row["name"],
        {"postcode": row.get("postal_code", ""), "name": row.get("city", "")},
        (row.get("latitude", ""), row.get("longitude", "")),
        website,
        facts,
    )


def tiers_lieux_2019(table: Table) -> Iterator[Line]:
    """The list of the mission Coworking (2019)."""
    for number, row in table.rows:
        yield _line(number, row.get("NOM_TL", ""), lambda row=row: _tiers_lieu(row))


def _tiers_lieu(row: dict[str, str]) -> tuple[ContactEntry, list[str]]:
    return _contact(
        "tiers-lieux-2019",
        row["ID"] or _digest(row["NOM_TL"], row.get("CP", "")),
        row["NOM_TL"],
        {"insee": row["INSEECOM"], "postcode": row.get("CP", ""), "name": row.get("COMINIT", "")},
        (row.get("LAT", ""), row.get("LONG", "")),
        _website(row.get("WEB", "")),
        {"kind": row.get("TYPO", ""), "address": row.get("ADRESSE", "")},
    )


def recensement(table: Table) -> Iterator[Line]:
    """The "fiche identité" of the Recensement des tiers-lieux (2023 and since): `;`, BOM, decimal commas."""
    for number, row in table.rows:
        yield _line(number, row.get("NOM", ""), lambda row=row: _recensed(row))


def _recensed(row: dict[str, str]) -> tuple[ContactEntry, list[str]]:
    by_name = {name.upper(): value for name, value in row.items()}
    carrier = by_name.get("NOM_STRC_PORT") or by_name.get("NOM_STRC_GEST", "")
    facts = {
        "carrier": carrier,
        "kind": by_name.get("TYPE_STRUCTURE_GEST", ""),
        "address": by_name.get("ADRESSE", ""),
        "opened": by_name.get("DATE_OUV", ""),
    }
    return _contact(
        "recensement",
        by_name.get("ID_UNIQUE") or _digest(by_name["NOM"], by_name.get("CODPOST", "")),
        by_name["NOM"],
        {
            "insee": by_name.get("INSEE", ""),
            "postcode": by_name.get("CODPOST", ""),
            "name": by_name.get("VILLE", ""),
        },
        (by_name.get("LATITUDE", ""), by_name.get("LONGITUDE", "")),
        _website(by_name.get("INTERNET", "")),
        facts,
    )


def _line(number: int, label: str, read: Callable[[], tuple[ContactEntry, list[str]]]) -> Line:
    if not label:
        return Line(number, "", None, "Le nom du lieu manque.")
    try:
        entry, remarks = read()
    except LineError as error:
        return Line(number, label[:_MAX_NAME], None, str(error))
    return Line(number, entry.name, entry, remarks=tuple(remarks))


def _contact(
    source: str,
    source_id: str,
    name: str,
    where: dict[str, str],
    at: tuple[str, str],
    website: tuple[str, str],
    facts: dict[str, object],
) -> tuple[ContactEntry, list[str]]:
    seen = coordinate(at[0], 90), coordinate(at[1], 180)
    guess = ""
    try:
        place = find_commune(**where)
    except LineError as error:
        # What the list calls the place is of another year: its point says where it is, if it has one.
        found = nearest(*seen) if seen[0] is not None and seen[1] is not None else None
        if found is None:
            raise
        place, guess = (
            found,
            f"{str(error).rstrip('.')}\u00a0; rattaché à {found.label}, dont le centre est le plus proche de ses coordonnées",
        )
    latitude, longitude, remark = point(place, *seen)
    address, complaint = website
    kept = {key: value for key, value in facts.items() if value}
    entry = ContactEntry(source, source_id[:120], name[:_MAX_NAME], place.insee, latitude, longitude, address, kept)
    return entry, [words for words in (guess, remark, complaint) if words]


def _website(text: str) -> tuple[str, str]:
    """An address with its scheme, and a complaint about one that can't be one."""
    text = text.strip()
    if not text:
        return "", ""
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    good = parts.scheme in ("http", "https") and re.fullmatch(r"[^\s/@]+\.[^\s/@.]{2,}", parts.hostname or "")
    if not good or len(address) > 500 or re.search(r"\s", address):
        return "", f"adresse internet illisible, laissée de côté\u00a0: «\u00a0{text[:80]}\u00a0»"
    return address, ""


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
