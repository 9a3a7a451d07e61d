# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a package says that it is: its key, its names, its licence.

Nothing here is a signature: who writes inputs, key and names anew writes another package. What this finds is a
manifest whose inputs are not those that the package was named for.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from fabrication.verification.manifest import Manifest

#: What the key is the SHA-256 of (docs/manifest.schema.json).
INPUTS = (
    "design", "revision", "parameters", "quantity", "machine", "stock", "only", "scale", "layout", "locked", "software",
)  # fmt: skip
#: Beside them, where the drawing is not in code but came from the studio.
OF_THE_STUDIO = ("content",)
#: A name that `treteau cut` gives; an archive that somebody called otherwise is not a faulty one.
_PACKAGE_NAME = re.compile(r"[a-z][a-z0-9-]*-r\d+(-1to\d+)?-\d+x-[\d.]+mm-[0-9a-f]{8}")
#: How licences call themselves, where their own text is not at hand.
_TITLES = {
    "AGPL-3.0": "gnu affero general public license version 3",
    "CC-BY-SA-4.0": "attribution-sharealike 4.0",
    "CERN-OHL-S-2.0": "cern open hardware licence version 2 - strongly reciprocal",
}


def identity_faults(folder: Path, manifest: Manifest, archive: str = "") -> Iterator[str]:
    """One line a fault, which names the file. ``archive`` is the archive's name, if there is one."""
    raw = json.loads((folder / "manifest.json").read_bytes())
    key = recomputed_key(raw)
    if manifest.key != key:
        yield f"manifest.json: key {manifest.key[:8]}…, its design, sizes, machine, stock and software give {key[:8]}…"
    nominal = f"{manifest.stock.nominal_thickness_mm:g}"
    scale = f"-1to{manifest.scale}" if manifest.scale != 1 else ""
    name = f"{manifest.design}-r{manifest.revision}{scale}-{manifest.quantity}x-{nominal}mm-{key[:8]}"
    if folder.name != name:
        yield f"the folder is named {folder.name[:120]!a}, the manifest is that of {name!r}"
    stem = archive.removesuffix(".zip")
    if stem != folder.name and _PACKAGE_NAME.fullmatch(stem):
        yield f"the archive is named {stem!r}, its folder {folder.name[:120]!a}"
    for part in manifest.parts:
        path = f"parts/{part.code}-{plain(part.name)}.dxf"
        if part.file != path:
            yield f"manifest.json: {part.code} {part.name[:60]!a} is drawn in {part.file}, {path} expected"
    for sheet in manifest.sheets:
        path = f"sheets/sheet-{sheet.index:0{max(2, len(str(len(manifest.sheets))))}d}.dxf"
        if sheet.file != path:
            yield f"manifest.json: sheet {sheet.index} is drawn in {sheet.file}, {path} expected"
    yield from (f"LICENSE: {fault}" for fault in _licence_faults((folder / "LICENSE").read_bytes(), manifest.licence))


def recomputed_key(raw: dict[str, object]) -> str:
    """SHA-256, in hexadecimal, of the inputs' canonical JSON: keys sorted, no spaces, UTF-8."""
    inputs = {name: raw[name] for name in INPUTS} | {name: raw[name] for name in OF_THE_STUDIO if name in raw}
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(name: str) -> str:
    """A part's name as it stands in a file's: ASCII letters without accents, figures and hyphens."""
    for ligature, letters in {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"}.items():
        name = name.replace(ligature, letters)
    ascii_only = [c for c in unicodedata.normalize("NFKD", name).lower() if c.isascii()]
    return "-".join(re.findall(r"[a-z0-9]+", "".join(ascii_only)))[:60].rstrip("-") or "x"


def _licence_faults(data: bytes, licence: str) -> Iterator[str]:
    known = _known_text(licence)
    if known is not None:
        if data != known:
            yield f"{len(data)} bytes, which are not the text of {licence}"
        return
    words = " ".join(data.decode("utf-8", errors="replace").lower().split())
    title = next((t for start, t in _TITLES.items() if licence.startswith(start)), licence.lower())
    if not words:
        yield "it is empty"
    elif title not in words.replace(",", ""):
        yield f"it does not name {licence}"


def _known_text(licence: str) -> bytes | None:
    """The licence's text in the checkout or in the installed distribution, if it is there."""
    path = Path(__file__).resolve().parents[2] / "LICENSES" / f"{licence}.txt"
    if path.is_file():
        return path.read_bytes()
    try:
        files = metadata.files("treteau") or ()
    except metadata.PackageNotFoundError:
        return None
    for installed in files:
        if installed.as_posix().endswith(f"LICENSES/{licence}.txt"):
            return installed.read_binary()
    return None
