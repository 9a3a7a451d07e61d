# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Faults in SVG, PDF, GLB, STEP, lists and manifest: named with every sum rewritten."""
# ruff: noqa: F811 - fixtures are asked for by their names

from __future__ import annotations

import pytest

from designs.sheet import Sheet
from tests.broken_packages import Breaker, Stool, Unpacked, assert_named, names, packages, router, solid_of  # noqa: F401 - fixtures


def svg_scaled(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    text = path.read_text()
    width = text.split('width="', 1)[1].split("mm", 1)[0]
    path.write_text(text.replace(f'width="{width}mm"', f'width="{float(width) * 1.001}mm"', 1))
    return ("sheet-01.svg", "not 1:1")


def svg_transformed(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    path.write_text(path.read_text().replace("<g ", '<g transform="scale(1.001)" ', 1))
    return ("sheet-01.svg", "transformed")


def svg_hole_dropped(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    head, mark, rest = path.read_text().partition('<g id="TOP-CUT-INSIDE-17.6MM"')
    start = rest.index("<path")
    path.write_text(head + mark + rest[:start] + rest[rest.index("/>", start) + 2 :])
    return ("sheet-01.svg", "TOP-CUT-INSIDE-17.6MM")


def pdf_scaled(package: Unpacked) -> tuple[str, ...]:
    import pypdf
    from pypdf.generic import DecodedStreamObject, NameObject

    writer = pypdf.PdfWriter(clone_from=package.folder / "sheets.pdf")
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(b"1.001 0 0 1.001 0 0 cm\n" + page.get_contents().get_data())
    page[NameObject("/Contents")] = writer._add_object(stream)
    writer.write(package.folder / "sheets.pdf")
    return ("sheets.pdf", "page 1", "printed scale")


def pdf_pages_swapped(package: Unpacked) -> tuple[str, ...]:
    import pypdf

    reader, writer = pypdf.PdfReader(package.folder / "sheets.pdf"), pypdf.PdfWriter()
    for page in (reader.pages[1], reader.pages[0], *reader.pages[2:]):
        writer.add_page(page)
    writer.write(package.folder / "sheets.pdf")
    return ("sheets.pdf", "page 1")


def glb_part_moved(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    matrix, geometry = scene.graph["P02-2"]
    matrix = matrix.copy()
    matrix[0, 3] += 0.001
    scene.graph.update(frame_to="P02-2", frame_from=scene.graph.base_frame, matrix=matrix, geometry=geometry)
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P02", "1.00 mm from its place")


def glb_part_missing(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    scene.delete_geometry("P03")
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P03", "0 copies")


def glb_with_a_hole_in_a_mesh(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    mesh = scene.geometry["P01"]
    mesh.update_faces([i > 0 for i in range(len(mesh.faces))])
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P01", "watertight")


def glb_without_a_pocket(package: Unpacked) -> tuple[str, ...]:
    import trimesh

    scene = trimesh.load_scene(package.folder / "piece.glb")
    box = trimesh.creation.box(bounds=[(-0.1, -0.03, 0), (0.1, 0.03, 0.0176)])
    scene.geometry["P03"].vertices, scene.geometry["P03"].faces = box.vertices, box.faces
    (package.folder / "piece.glb").write_bytes(scene.export(file_type="glb"))
    return ("piece.glb", "P03", "mm³")


def step_of_another_piece(package: Unpacked) -> tuple[str, ...]:
    """The whole drawing stays; the solid's hole is elsewhere."""
    import dataclasses

    import cadquery as cq

    from fabrication.exporters.step import furniture_step

    furniture = Stool().build({}, Sheet(17.6, 18, 0.2))
    leg = furniture.part("P02")
    moved_hole = cq.Workplane(leg.solid).union(cq.Workplane().center(-110, 0).rect(20, 20).extrude(17.6))
    moved_hole = moved_hole.cut(cq.Workplane().center(-109, 0).circle(3).extrude(30))
    other = dataclasses.replace(leg, solid=solid_of(moved_hole))
    parts = tuple(other if p.code == "P02" else p for p in furniture.parts)
    (package.folder / "piece.step").write_bytes(furniture_step(dataclasses.replace(furniture, parts=parts), 1))
    return ("P02-1", "hole", "1.000 mm off")


def step_with_a_copy_less(package: Unpacked) -> tuple[str, ...]:
    import dataclasses

    from fabrication.exporters.step import furniture_step

    furniture = Stool().build({}, Sheet(17.6, 18, 0.2))
    parts = tuple(
        dataclasses.replace(p, placements=p.placements[:1]) if p.code == "P02" else p for p in furniture.parts
    )
    (package.folder / "piece.step").write_bytes(furniture_step(dataclasses.replace(furniture, parts=parts), 1))
    return ("P02", "quantity 4", "2 expected")


def falsified(code: str, key: str, factor: float) -> Breaker:
    def breaker(package: Unpacked) -> tuple[str, ...]:
        part = package.part(code)
        value = part[key]
        part[key] = [value[0] * factor, *value[1:]] if isinstance(value, list) else type(value)(value * factor)
        return (code, key.removesuffix("_mm2").removesuffix("_mm"))

    breaker.__name__ = f"manifest_falsified_in_{key}_by_{factor:g}"
    return breaker


def utilisation_falsified(package: Unpacked) -> tuple[str, ...]:
    package.manifest["sheets"][1]["utilisation"] += 0.001
    return ("sheet-02.dxf", "utilisation")


def placement_falsified(package: Unpacked) -> tuple[str, ...]:
    package.placed("P01", 1)[1]["x_mm"] += 1
    return ("P01-1", "outline")


def placement_of_another_copy(package: Unpacked) -> tuple[str, ...]:
    package.placed("P02", 2)[1]["copy"] = 1
    return ("P02-1", "placed 2 times")


def key_missing(package: Unpacked) -> tuple[str, ...]:
    del package.part("P02")["area_mm2"]
    return ("manifest.json", "area_mm2")


def wrong_type(package: Unpacked) -> tuple[str, ...]:
    package.part("P02")["quantity"] = "4"
    return ("manifest.json", "quantity")


def cut_list_falsified(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "cut-list.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert "P02;pied;4;" in text
    path.write_bytes(text.replace("P02;pied;4;", "P02;pied;5;").encode("utf-8-sig"))
    return ("cut-list.csv", "P02", "4 expected")


def hardware_falsified(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "hardware.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert ";8;pièce" in text
    path.write_bytes(text.replace(";8;pièce", ";7;pièce").encode("utf-8-sig"))
    return ("hardware.csv", "ISO 4762")


def copy_number_beyond_the_quantity(package: Unpacked) -> tuple[str, ...]:
    package.placed("P02", 2)[1]["copy"] = 9
    return ("P02-9", "4 expected")


def svg_layer_hidden(package: Unpacked) -> tuple[str, ...]:
    path = package.folder / "sheets/sheet-01.svg"
    path.write_text(path.read_text().replace('<g id="TOP-CUT-INSIDE', '<g display="none" id="TOP-CUT-INSIDE', 1))
    return ("sheet-01.svg", "display")


def pdf_of_another_drawing(package: Unpacked) -> tuple[str, ...]:
    """The drawing was written again, with the same shapes; the page names another file's sum."""
    with (package.folder / "sheets/sheet-02.dxf").open("rb+") as file:
        data = file.read()
        file.seek(0)
        file.write(b"999\nwritten again\n" + data)
    return ("sheets.pdf", "page 2", "SHA-256")


def packed_in_spite_of_a_failed_check(package: Unpacked) -> tuple[str, ...]:
    package.manifest["checks"][3]["ok"] = False
    return ("manifest.json", package.manifest["checks"][3]["id"])


def packed_without_checks(package: Unpacked) -> tuple[str, ...]:
    package.manifest["checks"] = []
    return ("manifest.json", "without being verified")


BREAKERS: tuple[Breaker, ...] = (
    svg_scaled,
    svg_transformed,
    svg_hole_dropped,
    pdf_scaled,
    pdf_pages_swapped,
    glb_part_moved,
    glb_part_missing,
    glb_with_a_hole_in_a_mesh,
    glb_without_a_pocket,
    step_of_another_piece,
    step_with_a_copy_less,
    falsified("P01", "area_mm2", 1.001),
    falsified("P01", "area_mm2", 20),
    falsified("P02", "perimeter_mm", 0.999),
    falsified("P03", "bbox_mm", 1.01),
    falsified("P01", "quantity", 2),
    falsified("P02", "thickness_mm", 1.02),
    utilisation_falsified,
    placement_falsified,
    placement_of_another_copy,
    key_missing,
    wrong_type,
    cut_list_falsified,
    hardware_falsified,
    copy_number_beyond_the_quantity,
    svg_layer_hidden,
    pdf_of_another_drawing,
    packed_in_spite_of_a_failed_check,
    packed_without_checks,
)


@pytest.mark.parametrize("breaker", BREAKERS, ids=lambda b: b.__name__)
def test_a_fault_is_named_with_every_sum_rewritten(breaker: Breaker, router: Unpacked) -> None:
    assert_named(breaker, router)
