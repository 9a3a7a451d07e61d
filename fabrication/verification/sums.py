# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which files there are, and whether they are those that were written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from fabrication.verification.manifest import Manifest, safe_path

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
#: Files that every package has besides sheets and parts.
ALWAYS = ("LICENSE", "piece.step", "piece.glb", "cut-list.csv", "hardware.csv", "sheets.pdf", "okh.toml")
#: Beside them, in every package of whole pieces.
OF_WHOLE_PIECES = ("notice-de-montage.pdf",)


def files_in(folder: Path) -> dict[str, Path]:
    """Every file by its path with slashes; links are not followed, and count as files."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }


def digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def sums_faults(folder: Path) -> Iterator[str]:
    """SHA256SUMS against the files: changed, missing, unlisted."""
    found = files_in(folder)
    if SUMS not in found:
        yield f"{SUMS} is missing"
        return
    listed: dict[str, str] = {}
    text = found[SUMS].read_bytes().decode("utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.fullmatch(line)
        try:
            path = safe_path(match[2]) if match else ""
        except ValueError:
            path = ""
        if match is None or not path:
            yield f"{SUMS}: line {number} is no sum of a file"
        elif path in listed:
            yield f"{SUMS}: {path} stands twice"
        else:
            listed[path] = match[1]
    for path in sorted(listed.keys() - found.keys()):
        yield f"{path} is missing"
    for path in sorted(found.keys() - listed.keys() - {SUMS}):
        yield f"{path} is in the package, but has no sum"
    for path in sorted(listed.keys() & found.keys()):
        if found[path].is_symlink():
            yield f"{path} is a link"
        elif digest(found[path]) != listed[path]:
            yield f"{path} is not the file that was written: its SHA-256 differs from {SUMS}"


def file_faults(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """(check, fault): the manifest's files[] against the folder."""
    found = {path: real for path, real in files_in(folder).items() if path not in (MANIFEST, SUMS)}
    listed = {entry.path: entry for entry in manifest.files}
    for path in sorted(listed.keys() - found.keys()):
        yield "files", f"{path} is missing"
    for path in sorted(found.keys() - listed.keys()):
        yield "files", f"{path} is in the package, but not in the manifest"
    always = ALWAYS if manifest.only else (*ALWAYS, *OF_WHOLE_PIECES)
    for path in always:
        if path not in listed:
            yield "files", f"{path} is not in the manifest"
    svgs = {f"{sheet.file.rsplit('.', 1)[0]}.svg" for sheet in manifest.sheets}
    for path in sorted(svgs - listed.keys()):
        yield "files", f"{path} is not in the manifest"
    known = (
        {s.gcode for s in manifest.sheets if s.gcode is not None}
        | svgs
        | set(always)
        | {s.file for s in manifest.sheets}
        | {p.file for p in manifest.parts}
        | ({"coupon.dxf", "coupon.svg"} if manifest.coupon else set())
    )
    for path in sorted(listed.keys() - known):
        yield "files", f"{path} belongs to no sheet, no part and no list"
    for path in sorted(listed.keys() & found.keys()):
        entry, real = listed[path], found[path]
        if real.is_symlink():
            yield "files", f"{path} is a link"
        elif real.stat().st_size != entry.bytes:
            yield "sums", f"{path} has {real.stat().st_size} bytes, {entry.bytes} in the manifest"
        elif digest(real) != entry.sha256:
            yield "sums", f"{path} is not the file that was written: its SHA-256 differs from the manifest"
