# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a page says of a finished package: its files by kind, its sheets, its checks, in French."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

#: Folder of the archive, suffix → (group, what one file of it is for)
_GROUPS: tuple[tuple[str, str], ...] = (
    ("notice", "Notice de montage"),
    ("sheets", "Panneaux prêts à découper"),
    ("machine", "Fichiers de la machine"),
    ("coupon", "Éprouvette de réglage, à couper d’abord"),
    ("parts", "Pièces une à une, à l’échelle 1"),
    ("views", "Le meuble entier, en volume"),
    ("lists", "Listes de découpe et de fournitures"),
    ("records", "Contrôle et licence"),
)
_CONTENT_TYPES = {
    ".dxf": "image/vnd.dxf",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".step": "model/step",
    ".glb": "model/gltf-binary",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".toml": "application/toml",
}
_FORMATS = {
    ".dxf": "DXF, pour le logiciel de la machine",
    ".svg": "SVG, à l’échelle 1",
    ".pdf": "PDF, à imprimer",
    ".step": "STEP, pour un logiciel de CAO",
    ".glb": "GLB, vue en volume",
    ".csv": "CSV, pour un tableur",
    ".json": "JSON, relevé complet",
    ".nc": "G-code, pour la commande de la machine",
    ".sbp": "ShopBot, pour la commande de la machine",
    ".toml": "OKH, fiche du matériel libre",
}


@dataclass(frozen=True)
class PackageFile:
    path: str  # below the manifest's folder
    name: str
    format: str
    size: int


@dataclass(frozen=True)
class FileGroup:
    title: str
    files: Sequence[PackageFile]


class PackageReader:
    """An archive of ours, read without unpacking it. Raises OSError or zipfile.BadZipFile."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        with zipfile.ZipFile(archive) as opened:
            sizes = {entry.filename: entry.file_size for entry in opened.infolist() if not entry.is_dir()}
            manifest = next(name for name in sizes if name.rsplit("/", 1)[-1] == "manifest.json")
            self._root = manifest.removesuffix("manifest.json")
            self.manifest: dict[str, Any] = json.loads(opened.read(manifest))
        self.sizes = {n.removeprefix(self._root): s for n, s in sizes.items() if n.startswith(self._root)}

    def read(self, path: str) -> bytes:
        """Raises KeyError for what is no file of the package: names are looked up, never joined to a folder."""
        if path not in self.sizes:
            raise KeyError(path)
        with zipfile.ZipFile(self.archive) as opened:
            return opened.read(self._root + path)

    def groups(self) -> list[FileGroup]:
        sheets = {sheet["file"] for sheet in self.manifest["sheets"]}
        sheet_stems = {name.rsplit(".", 1)[0].rsplit("/", 1)[-1] for name in sheets}
        parts = {part["file"] for part in self.manifest["parts"]}
        found: dict[str, list[PackageFile]] = {key: [] for key, _ in _GROUPS}
        for path in sorted(self.sizes):
            suffix = Path(path).suffix.lower()
            if path in parts:
                group = "parts"
            elif path.startswith("notice"):
                group = "notice"
            elif path.startswith("coupon"):
                group = "coupon"
            elif suffix in (".nc", ".sbp"):
                group = "machine"
            elif path in sheets or Path(path).stem in sheet_stems or suffix == ".pdf":
                group = "sheets"
            elif suffix in (".step", ".glb"):
                group = "views"
            elif suffix == ".csv":
                group = "lists"
            else:
                group = "records"
            name = path.rsplit("/", 1)[-1]
            found[group].append(PackageFile(path, name, _FORMATS.get(suffix, "Texte"), self.sizes[path]))
        return [FileGroup(title, found[key]) for key, title in _GROUPS if found[key]]

    def first(self, ending: str) -> str:
        """The first file whose path ends so, or ""."""
        return next((path for path in sorted(self.sizes) if path.endswith(ending)), "")

    def sheet_pictures(self) -> list[dict[str, Any]]:
        """The sheets of the manifest with the path of their SVG ("" if it has none)."""
        svgs = {Path(path).stem: path for path in self.sizes if path.endswith(".svg")}
        return [
            {**sheet, "svg": svgs.get(Path(sheet["file"]).stem, ""), "percent": round(100 * sheet["utilisation"])}
            for sheet in self.manifest["sheets"]
        ]


@lru_cache(maxsize=16)
def package_reader(archive: Path) -> PackageReader:
    """A package's bytes never change (its path is their SHA-256): read its directory once."""
    return PackageReader(archive)


def content_type(path: str) -> str:
    return _CONTENT_TYPES.get(Path(path).suffix.lower(), "text/plain; charset=utf-8")
