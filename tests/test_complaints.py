# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What workshops complain of again and again about cut files: a test a complaint, on packages as they are sent."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ezdxf
import ezdxf.path
import pypdf
import pytest
import shapely
from shapely.geometry import Polygon
from svgelements import SVG

from designs.catalogue import design, identifiers
from designs.sheet import Sheet
from fablabs.machine import MachineFile, read_machine
from fabrication.pipeline import make_package
from tests.cutting import Bracket, machine_file

ROOT = Path(__file__).resolve().parent.parent


class Sent:
    """A package as a maker unpacks it."""

    def __init__(self, archive: Path, manifest: dict[str, Any]) -> None:
        self.manifest = manifest
        with zipfile.ZipFile(archive) as opened:
            self.files = {name.split("/", 1)[1]: opened.read(name) for name in opened.namelist()}

    def dxf(self, path: str) -> Any:
        return ezdxf.read(io.StringIO(self.files[path].decode()))

    def drawings(self) -> Iterator[tuple[str, Any]]:
        return ((path, self.dxf(path)) for path in self.files if path.endswith(".dxf"))

    def cuts(self, path: str, operation: str) -> list[Polygon]:
        """Contours of an operation, chords within 0.01 mm of them."""
        return [shape(e) for e in self.dxf(path).modelspace() if operation in e.dxf.layer]

    def pdf(self) -> list[str]:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(self.files["sheets.pdf"])).pages]


def shape(entity: Any) -> Polygon:
    return Polygon([(v.x, v.y) for v in ezdxf.path.make_path(entity).flattening(0.01)])


@pytest.fixture(scope="module")
def send(tmp_path_factory, published):
    """``send(design, machine)``, each made once."""
    made: dict[tuple[str, str], Sent] = {}

    def of(piece: Any, machine: str | MachineFile) -> Sent:
        key = (str(getattr(piece, "identifier", piece)), str(machine))
        if key not in made:
            if isinstance(machine, str):
                package = published(piece, machine)
            else:
                package = make_package(piece, {}, machine, folder=tmp_path_factory.mktemp("sent"))
            made[key] = Sent(package.path, package.manifest)
        return made[key]

    return of


@pytest.mark.parametrize("machine", ["router-2500", "router-1300", "laser-3000"])
def test_the_drawing_comes_in_at_the_right_scale(send, machine):
    sent = send("chariot", machine)
    for path, drawing in sent.drawings():
        assert (drawing.header["$INSUNITS"], drawing.header["$MEASUREMENT"]) == (4, 1), path
        bars = [e for e in drawing.modelspace() if e.dxf.layer == "SCALE"]
        xs = [[v.x for v in ezdxf.path.make_path(bar).control_vertices()] for bar in bars]
        assert any(abs(max(x) - min(x) - 100) < 1e-6 for x in xs), path
    for sheet in sent.manifest["sheets"]:
        svg = SVG.parse(io.StringIO(sent.files[sheet["file"].replace(".dxf", ".svg")].decode()), ppi=25.4)
        assert svg.viewbox.width == pytest.approx(float(svg.values["width"].removesuffix("mm")))


@pytest.mark.parametrize("identifier", identifiers())
def test_a_sheet_of_17_6_gets_joints_of_17_6(identifier):
    nominal, measured = (design(identifier).build({}, Sheet(thickness=t, nominal_thickness=18)) for t in (18.0, 17.6))
    assert {round(p.solid.BoundingBox().zlen, 6) for p in measured.parts} == {17.6}
    # As many slots for a tab as before, each as wide as the sheet and its clearance.
    assert widths_of_slots(nominal)[18.2] == widths_of_slots(measured)[17.8] > 0


def square_openings(solid: Any) -> list[Any]:
    """Wires of the rectangular openings that go through a part, in its top face."""
    import cadquery as cq

    def wires(side: str) -> dict[tuple[float, ...], Any]:
        found = [wire for face in cq.Workplane(solid).faces(side).vals() for wire in face.innerWires()]
        square = [w for w in found if len(w.Edges()) == 4 and all(e.geomType() == "LINE" for e in w.Edges())]
        return {tuple(round(v, 3) for v in (w.Center().x, w.Center().y, w.Length())): w for w in square}

    above, below = wires(">Z"), wires("<Z")
    return [above[key] for key in sorted(above.keys() & below.keys())]


def widths_of_slots(furniture: Any) -> Counter[float]:
    wires = [wire for part in furniture.parts for wire in square_openings(part.solid)]
    return Counter(round(min(edge.Length() for edge in wire.Edges()), 3) for wire in wires)


@pytest.mark.parametrize("identifier", identifiers())
def test_a_round_cutter_reaches_every_corner_that_a_tab_sits_in(send, identifier):
    sent = send(identifier, "router-2500")
    tool = sent.manifest["tool"]["diameter_mm"]
    nominal = design(identifier).build({}, read_machine(ROOT / "examples/machines/router-2500.toml").stock.sheet())
    checked = 0
    for part in sent.manifest["parts"]:
        openings = sent.cuts(part["file"], "CUT-INSIDE")
        for wire in square_openings(nominal.part(part["code"]).solid):
            corners = Polygon([v.toTuple()[:2] for v in wire.Vertices()]).convex_hull
            opening = max(openings, key=lambda o: o.intersection(corners).area)
            # What the cutter takes away: every place where its whole disc lies in the opening.
            cleared = opening.buffer(-tool / 2).buffer(tool / 2 + 0.02, quad_segs=64)
            assert cleared.covers(corners.buffer(-0.03)), (part["code"], corners.bounds)
            checked += 1
    assert checked


def test_the_kerf_counts_once_on_a_laser_and_never_on_a_router(send):
    kerf = read_machine(ROOT / "examples/machines/laser-3000.toml").machine.kerf_mm
    assert kerf > 0
    for machine, width in (("router-2500", 0.0), ("laser-3000", kerf)):
        sent = send("chariot", machine)
        for part in sent.manifest["parts"]:
            outline = shape(next(e for e in sent.dxf(part["file"]).modelspace() if "OUTSIDE" in e.dxf.layer))
            x0, y0, x1, y1 = outline.bounds
            drawn = (x1 - x0, y1 - y0)
            assert drawn == pytest.approx([side + width for side in part["bbox_mm"]], abs=0.02), (machine, part["code"])
        says = "compensated" if width else "nominal"
        for path, drawing in sent.drawings():
            words = " ".join(value for tag, value in drawing.header.custom_vars) if machine != "router-1300" else ""
            assert says in words.lower(), (path, words)


@pytest.mark.parametrize("machine", ["router-2500", "router-1300", "laser-3000"])
def test_contours_are_closed_simple_single_and_made_of_lines_and_arcs(send, machine):
    for path, drawing in send("chariot", machine).drawings():
        seen = []
        for entity in drawing.modelspace():
            if entity.dxf.layer in ("LABEL", "SCALE", "DONOTCUT", "SHEET"):
                continue
            assert entity.dxftype() in ("LWPOLYLINE", "POLYLINE", "CIRCLE"), path
            assert entity.dxftype() == "CIRCLE" or entity.is_closed, path
            ring = shape(entity)
            assert ring.is_valid, (path, entity.dxf.layer)
            if entity.dxftype() != "CIRCLE":
                corners = [(v.x, v.y) for v in ezdxf.path.make_path(entity).control_vertices()]
                ends = [shapely.Point(c) for c in corners]
                assert min(a.distance(b) for a, b in itertools.pairwise(ends) if a != b) >= 0.05, path
            seen.append((entity.dxf.layer, tuple(round(v, 2) for v in (*ring.bounds, ring.area))))
        assert len(seen) == len(set(seen)), path


@pytest.mark.parametrize("machine", ["router-2500", "router-1300", "laser-3000"])
def test_no_text_needs_a_font(send, machine):
    for path, drawing in send("chariot", machine).drawings():
        assert not [e for e in drawing.modelspace() if e.dxftype() in ("TEXT", "MTEXT", "INSERT", "SPLINE")], path


@pytest.mark.parametrize("identifier", identifiers())
def test_every_part_says_how_its_grain_runs_and_is_laid_so(send, identifier):
    sent = send(identifier, "router-2500")
    rows = list(csv.DictReader(io.StringIO(sent.files["cut-list.csv"].decode("utf-8-sig")), delimiter=";"))
    column = next(name for name in rows[0] if name and "fil" in name.lower())
    assert len(rows) == len(sent.manifest["parts"]) and all(row[column] for row in rows)
    grain = {part["code"]: part["grain"] for part in sent.manifest["parts"]}
    for sheet in sent.manifest["sheets"]:
        for placement in sheet["placements"]:
            along = placement["rotation_deg"] % 180 == 0
            assert grain[placement["part"]] == "free" or along == (grain[placement["part"]] == "along")


@pytest.mark.parametrize("identifier", identifiers())
def test_every_copy_on_a_sheet_carries_its_code(send, identifier):
    sent = send(identifier, "router-2500")
    for number, sheet in enumerate(sent.manifest["sheets"]):
        page = sent.pdf()[number]
        drawing = sent.dxf(sheet["file"])
        labels = [ezdxf.path.make_path(e) for e in drawing.modelspace() if e.dxf.layer == "LABEL"]
        points = [shapely.Point(v.x, v.y) for label in labels for v in label.control_vertices()]
        tree = shapely.STRtree(points)
        for outline in sent.cuts(sheet["file"], "OUTSIDE"):
            assert len(tree.query(outline, predicate="contains")), (sheet["file"], outline.bounds)
        for placement in sheet["placements"]:
            assert placement["part"] in page


def test_work_on_two_faces_is_said_on_the_sheet_before_anything_is_cut(send):
    sent = send(Bracket(), machine_file())
    layers = {e.dxf.layer for e in sent.dxf(sent.manifest["sheets"][0]["file"]).modelspace()}
    assert any(layer.startswith("BOTTOM-") for layer in layers)
    page = sent.pdf()[0]
    assert re.search(r"retourner|retourn[ée]", page), page
    assert "P03" in page


@pytest.mark.parametrize("identifier", identifiers())
def test_each_sheet_has_a_page_with_thickness_cutter_and_set_up(send, identifier):
    sent = send(identifier, "router-2500")
    pages = sent.pdf()
    tool = f"{sent.manifest['tool']['diameter_mm']:g}"
    for number, sheet in enumerate(sent.manifest["sheets"]):
        page = pages[number].replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        assert "17,6 mm" in page and f"{tool} mm" in page
        assert f"{sheet['width_mm']:g}" in page.replace(" ", "") and "zéro" in page.lower()
        digest = next(f["sha256"] for f in sent.manifest["files"] if f["path"] == sheet["file"])
        assert digest[:16] in page.replace(" ", "")
