# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""From a changed parameter to its view; CadQuery's own DXF export beside ours; memory over many rebuilds."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import ezdxf

from benchmarks.table import Figures, median_s
from designs.catalogue import design, identifiers
from designs.furniture import Furniture

ROOT = Path(__file__).resolve().parent.parent


def _view(identifier: str, width: float) -> bytes:
    from fabrication.previews import make_preview

    view, _ = make_preview(design(identifier), {"width": width}, lambda stage, share: None)
    return view


def _glb(identifier: str, width: float) -> bytes:
    from fabrication.exporters.glb import furniture_glb
    from fabrication.pipeline import flatten

    furniture = design(identifier).build({"width": width})
    return furniture_glb(furniture, flatten(furniture), fittings=True)


def views(figures: Figures) -> None:
    for identifier in identifiers():
        default = next(p.default for p in design(identifier).parameters if p.name == "width")
        # Another value at each call: nothing may come from a cache.
        widths = iter(default + step for step in range(100))
        figures.against_limit(
            f"{identifier}: changed parameter → GLB", median_s(lambda i=identifier, w=widths: _glb(i, next(w))), 0.4
        )
        figures.plain(
            f"{identifier}: … with the parts table and its drawings",
            f"{median_s(lambda i=identifier, w=widths: _view(i, next(w))):.3f} s",
        )


def dxf_against_cadquery(figures: Figures) -> None:
    """The same solids, one DXF a part: our flatten and writer, and CadQuery's section and exporter."""
    for identifier in identifiers():
        furniture = design(identifier).build()
        with tempfile.TemporaryDirectory() as folder:
            ours_s = median_s(lambda f=furniture, o=folder: _our_dxfs(f, Path(o) / "ours"), 5)
            theirs_s = median_s(lambda f=furniture, o=folder: _their_dxfs(f, Path(o) / "theirs"), 3)
            figures.against_peer(f"{identifier}: DXF a part", ours_s, "CadQuery", theirs_s)
            for who in ("ours", "theirs"):
                entities, closed, contours, size = _read(Path(folder) / who)
                figures.plain(
                    f"{identifier}: {who}",
                    f"{size / 1000:.0f} kB, {', '.join(f'{n} {kind}' for kind, n in sorted(entities.items()))}",
                    f"{closed} of {contours} arrive closed",
                )


def _our_dxfs(furniture: Furniture, folder: Path) -> None:
    from fablabs.machine import DxfVersion
    from fabrication.exporters.drawing import Drawing, part_cuts
    from fabrication.exporters.dxf import dxf_bytes
    from fabrication.flatten import flatten_part

    folder.mkdir(exist_ok=True)
    for part in furniture.parts:
        flat = flatten_part(part)
        drawing = Drawing("", "", flat.outline.bounds, tuple(part_cuts(flat)), ())
        (folder / f"{part.code}.dxf").write_bytes(dxf_bytes(drawing, DxfVersion.R2010))


def _their_dxfs(furniture: Furniture, folder: Path) -> None:
    import cadquery as cq

    folder.mkdir(exist_ok=True)
    for part in furniture.parts:
        middle = cq.Workplane("XY").add(part.solid).section(furniture.sheet.thickness / 2)
        cq.exporters.exportDXF(middle, str(folder / f"{part.code}.dxf"))


def _read(folder: Path) -> tuple[Counter[str], int, int, int]:
    """Entities by kind, contours that arrive closed, contours in all, bytes. Loose lines and arcs
    count as one open contour each: a CAM program has to chain them."""
    entities: Counter[str] = Counter()
    closed = size = 0
    for path in sorted(folder.iterdir()):
        size += path.stat().st_size
        for entity in ezdxf.readfile(path).modelspace():
            kind = entity.dxftype()
            entities[kind] += 1
            closed += kind == "CIRCLE" or (kind == "LWPOLYLINE" and entity.closed)
    return entities, closed, sum(entities.values()), size


def dxf_versions(figures: Figures) -> None:
    """R12 has a record a vertex: it should not cost a multiple for that."""
    from fablabs.machine import DxfVersion
    from fabrication.exporters.drawing import Drawing, part_cuts
    from fabrication.exporters.dxf import dxf_bytes
    from fabrication.pipeline import flatten

    drawings = [
        Drawing("", "", flat.outline.bounds, tuple(part_cuts(flat)), ())
        for identifier in identifiers()
        for flat in flatten(design(identifier).build())
    ]
    seconds = {v: median_s(lambda v=v: [dxf_bytes(d, v) for d in drawings]) for v in DxfVersion}
    figures.against_peer(
        f"{len(drawings)} parts as DXF R12", seconds[DxfVersion.R12], "R2010", seconds[DxfVersion.R2010]
    )


def help_starts_fast(figures: Figures) -> None:
    treteau = Path(sys.executable).parent / "treteau"
    figures.against_limit(
        "treteau --help", median_s(lambda: subprocess.run([treteau, "--help"], check=True, capture_output=True), 9), 0.3
    )


def memory(figures: Figures) -> None:
    """200 rebuilds with their views in one process; resident memory after each fifty."""
    code = (
        "import sys\n"
        "from benchmarks.geometry import _glb, resident_mb\n"
        "seen = []\n"
        "for i in range(201):\n"
        "    _glb('chariot', 800 + i)\n"
        "    if i % 50 == 0: seen.append(resident_mb())\n"
        "print(*(f'{mb:.0f}' for mb in seen))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    seen = [float(v) for v in run.stdout.split()]
    figures.plain(
        "200 rebuilds in one process: memory",
        " → ".join(f"{mb:.0f}" for mb in seen) + " MB",
        f"{(seen[-1] - seen[1]) / 150 * 1000:.0f} kB a rebuild after the fiftieth",
    )


def resident_mb() -> float:
    """Resident memory of this process (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
