# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A script's furniture comes through data as it was drawn, and its faults in the designer's words, at their line."""

from __future__ import annotations

import json
import struct
import sys
from functools import lru_cache

import numpy as np
import pytest

import designs.porte
from designs.catalogue import design, identifiers
from designs.furniture import Furniture
from designs.placing import matrix
from designs.sheet import Sheet
from designs.sources import content_of, sources_of
from designs.specification import specification_of
from fabrication.exporters.glb import furniture_glb
from fabrication.pipeline import flatten
from fabrication.plan import FlatPart
from fabrication.scripted.geometry_words import geometry_in_french
from fabrication.scripted.transport import furniture_read
from tests.scripting import TABLE, VALUES, asked, faults, table

SHEET = Sheet(thickness=17.7, clearance=0.25)


@lru_cache(maxsize=4)
def both(identifier: str) -> tuple[Furniture, Furniture]:
    """A shipped model built here, and the same from its files through data."""
    drawn = design(identifier)
    values = drawn.clean({})
    answer = asked(sources_of(identifier), values, sheet=SHEET)
    assert answer["ok"], answer
    data = json.loads(json.dumps(answer["furniture"]))
    return drawn.build(values, SHEET), furniture_read(data, identifier, values, SHEET)


@lru_cache(maxsize=4)
def both_flat(identifier: str) -> tuple[tuple[FlatPart, ...], tuple[FlatPart, ...]]:
    built, came = both(identifier)
    return flatten(built), flatten(came)


@pytest.mark.parametrize("identifier", identifiers())
def test_a_shipped_model_comes_through_as_it_is_built(identifier):
    built, came = both(identifier)
    flat_built, flat_came = both_flat(identifier)
    assert flat_came == flat_built  # to the last figure of their contours
    assert came.mass_g == pytest.approx(built.mass_g, rel=1e-9)
    for one, other in zip(came.parts, built.parts, strict=True):
        assert one.solid.isValid() and one.solid.Volume() == pytest.approx(other.solid.Volume(), rel=1e-9)
        assert (one.code, one.name, one.grain, one.finish) == (other.code, other.name, other.grain, other.finish)
        for here, there in zip(one.placements, other.placements, strict=True):
            assert np.allclose(matrix(here), matrix(there), atol=1e-12, rtol=0)


@pytest.mark.parametrize("identifier", identifiers())
def test_all_that_is_said_of_a_shipped_model_comes_through(identifier):
    built, came = both(identifier)
    for said in ("design", "parameters", "sheet", "joints", "hardware", "measures", "steps", "use"):
        assert getattr(came, said) == getattr(built, said), said
    assert [(f.name, f.recipe, f.colour) for f in came.fittings] == [
        (f.name, f.recipe, f.colour) for f in built.fittings
    ]


@pytest.mark.parametrize("identifier", identifiers())
def test_the_view_of_a_shipped_model_has_the_same_meshes_to_the_byte(identifier):
    built, came = both(identifier)
    (words, meshes), (its_words, its_meshes) = (
        halves(furniture_glb(piece, flat, fittings=True))
        for piece, flat in zip((built, came), both_flat(identifier), strict=True)
    )
    assert meshes == its_meshes
    for node, other in zip(words.pop("nodes"), its_words.pop("nodes"), strict=True):
        # A turned place may differ in its last figure: the kernel squares it up again.
        assert node.pop("matrix", []) == pytest.approx(other.pop("matrix", []), abs=1e-12)
        assert node == other
    assert words == its_words


def halves(glb: bytes) -> tuple[dict, bytes]:
    """The JSON and the binary chunk of a GLB."""
    (length,) = struct.unpack_from("<I", glb, 12)
    return json.loads(glb[20 : 20 + length]), glb[20 + length :]


def test_a_script_runs_as_files_of_the_package_and_leaves_nothing_behind():
    before = dict(sys.modules)
    sources = sources_of("porte")
    other = sources["porte_sizes.py"].replace("ROUND = ", "ROUND = 1 + ")
    assert other != sources["porte_sizes.py"]
    plain = asked(sources, design("porte").clean({}))
    changed = asked({**sources, "porte_sizes.py": other}, design("porte").clean({}))
    assert plain["ok"] and changed["ok"] and changed["furniture"]["parts"] != plain["furniture"]["parts"]
    assert sys.modules["designs.porte"] is designs.porte and set(sys.modules) >= set(before)
    assert "table" not in vars(designs)


def test_a_helper_file_is_imported_by_its_name_in_the_package():
    helper = "WIDE = 60\n"
    main = TABLE.replace(
        "def draw", "from designs.table_figures import WIDE\nfrom . import table_figures\n\n\ndef draw", 1
    )
    answer = asked({"table.py": main.replace("width=60", "width=WIDE"), "table_figures.py": helper})
    assert answer["ok"] and answer["furniture"] == asked({"table.py": TABLE})["furniture"]


def test_a_script_may_give_the_piece_or_the_furniture():
    answer = asked({"table.py": TABLE.replace("return piece", "return piece.furniture()")})
    assert answer["furniture"] == asked({"table.py": TABLE})["furniture"]


def test_every_part_says_on_which_line_it_is_drawn():
    answer = asked({"table.py": TABLE})
    assert answer["lines"] == {"P01": ["table.py", 10], "P02": ["table.py", 11]}


def test_solids_of_cadquery_come_through_with_pockets_in_both_faces_in_steps_and_open_at_the_edge():
    script = """
import cadquery as cq
from designs.furniture import Furniture, Part

def draw(values, sheet):
    t = sheet.thickness
    plate = (cq.Workplane().box(400, 300, t, centered=(True, True, False))
        .faces(">Z").workplane().rect(200, 100).cutBlind(-5)
        .faces(">Z").workplane().rect(80, 60).cutBlind(-9)
        .faces(">Z").workplane().pushPoints([(0, 0)]).hole(30)
        .faces("<Z").workplane(centerOption="CenterOfBoundBox").center(-150, 0).rect(60, 60).cutBlind(-4)
        .faces(">Z").workplane(centerOption="CenterOfBoundBox").center(200, 100).rect(60, 40).cutBlind(-6))
    return Furniture("plate", values, sheet, (Part("P01", "plaque", plate.val(), (cq.Location(),)),))
"""
    answer = asked({"plate.py": script})
    assert answer["ok"], answer
    came = furniture_read(answer["furniture"], "plate", VALUES, Sheet())
    removed = 400 * 300 * 18 - came.parts[0].solid.Volume()
    hole = 3.141592653589793 * 15**2
    expected = 200 * 100 * 5 + (80 * 60) * 4 + hole * (18 - 9) + 60 * 60 * 4 + 30 * 40 * 6
    assert removed == pytest.approx(expected, rel=1e-6)
    faces = {(cut["face"], cut["depth"]) for cut in answer["furniture"]["parts"][0]["cuts"]}
    assert faces == {("top", 5), ("top", 9), ("top", 18), ("bottom", 4), ("top", 6)}


# What is wrong, where, in French


@pytest.mark.parametrize(
    ("old", "new", "kind", "line", "column", "says"),
    [
        ("lying(0", "lyin(0", "name", 10, 48, "Vouliez-vous « lying » ?"),
        ('leg, "top"', 'leg, "topp"', "geometry", 12, 16, "P02 « pied » n’a pas de bord « topp » : il y a bottom, right, top, left. Vouliez-vous « top »"),
        ('values["width"]', 'values["widht"]', "name", 9, 28, "Vouliez-vous « width » ?"),
        ("clearance=c)", "clearence=c)", "value", 12, 16, "Vouliez-vous « clearance » ?"),
        (", clearance=c)", ")", "value", 12, 16, "through_tenon demande encore « clearance »."),
        ("piece.board(", "piece.bord(", "name", 10, 11, "Vouliez-vous « board » ?"),
        ("import through_tenon", "import throuhg_tenon", "import", 1, 1, "Vouliez-vous « through_tenon » ?"),
        ("from designs.piece", "from designs.peace", "import", 2, 1, "Vouliez-vous « piece » ?"),
        ("from designs.piece import Piece", "import nowhere.piece", "import", 2, 1, "ne s’importe pas ici"),
        ("radius=20)", "radius=20", "syntax", 10, 22, "« ( » n’est jamais refermé."),
        ("def draw(values, sheet):", "def draw(values, sheet)", "syntax", 6, 24, "Il manque « : »"),
        ("    t, c", "   t, c", "syntax", 8, 43, "alignée"),
        ("width=60", "width=600", "geometry", 12, 16, "2 découpes de 600 mm ne tiennent pas sur un bord de 440 mm."),
        ("width=60", "width=-60", "geometry", 11, 0, "P02 « pied » : son contour se croise"),
        ("height - t), radius", "height + 90), radius", "geometry", 12, 16, "ne rencontre pas P01 « plateau »"),
        (", facing_right(80, 30, 0), facing_right(width - 80 - t, 30, 0))", ")", "geometry", 12, 16, "ne rencontre pas"),
        ("    return piece\n", "    piece.board('tasseau', 30, 30)\n    return piece\n", "result", 13, 0, "P03 « tasseau » n’est placée nulle part"),
        ('"plateau"', '"../../x"', "result", 10, 0, "Le nom d’une pièce"),
        ('"plateau"', '"a\\0b"', "result", 10, 0, "Un texte simple"),
        ("return piece", "return 1 / 0", "value", 13, 12, "Division par zéro."),
        ("return piece", "return draw(values, sheet)", "limit", 10, 48, "s’appelle elle-même sans fin"),
        ("return piece", "raise SystemExit(3)", "limit", 13, 5, "s’arrête de lui-même"),
        ("return piece", "assert t < 3, 'trop épais'", "value", 13, 12, "trop épais"),
        ("return piece", "return 3", "result", 6, 0, "draw rend un objet int"),
        ("return piece", "pass", "result", 6, 0, "draw ne rend rien, au lieu du meuble : terminez la fonction par return piece"),
        ("return piece", "top.groove(100, 100, 50, 18, 25)\n    return piece", "geometry", 13, 5, "une poche de 25 mm est plus profonde que le panneau, qui fait 18 mm"),
        ("def draw", "def drow", "result", 1, 1, "ni fonction draw(values, sheet)"),
        ("return piece", "import cadquery as cq; cq.Solid.makeBox(0, 1, 1)", "geometry", 13, 28, "Le noyau géométrique refuse"),
        ("t, c = ", "e = 'é' * 3; t, c, d = ", "value", 8, 18, "3 noms à gauche"),
        ("return piece", "raise ValueError('x' * 10**8)", "value", 13, 5, "Erreur ValueError"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_line(old, new, kind, line, column, says):
    fault = faults(old, new)[0]
    french = fault["french"].replace("\u202f", " ").replace("\xa0", " ")
    assert says in french and (fault["kind"], fault["line"]) == (kind, line), fault
    assert column in (0, fault["column"]), fault
    assert fault["file"] == "table.py" and len(fault["english"]) < 700


def test_every_file_that_does_not_read_is_named():
    answer = asked({"table.py": "def draw(:", "table_legs.py": "x ="})
    assert [(e["file"], e["kind"], e["line"]) for e in answer["errors"]] == [
        ("table.py", "syntax", 1),
        ("table_legs.py", "syntax", 1),
    ]


def test_a_fault_in_a_helper_file_is_told_there():
    helper = "def wide():\n    return wider\n"
    main = TABLE.replace("width=60", "width=wide()").replace(
        "def draw", "from designs.table_legs import wide\n\n\ndef draw", 1
    )
    fault = asked({"table.py": main, "table_legs.py": helper})["errors"][0]
    assert (fault["file"], fault["line"], fault["kind"]) == ("table_legs.py", 2, "name")


def test_a_countersink_is_refused_by_part_and_face():
    script = TABLE.replace(
        "return piece",
        "f = piece.furniture()\n    import dataclasses\n    import cadquery as cq\n    p = f.parts[0]\n"
        "    sunk = p.solid.cut(cq.Solid.makeCone(1, 12, 12, cq.Vector(450, 250, 8)))\n"
        "    return dataclasses.replace(f, parts=(dataclasses.replace(p, solid=sunk), *f.parts[1:]))",
    )
    answer = asked({"table.py": script})
    assert (
        answer["errors"][0]["kind"] == "flat"
        and answer["errors"][0]["part"] == "P01"
        and answer["errors"][0]["line"] == 10
    )
    assert "conique" in answer["errors"][0]["french"]


def test_a_fitting_without_a_recipe_is_refused():
    script = TABLE.replace(
        "return piece",
        "import cadquery as cq\n    from designs.furniture import Fitting\n"
        "    piece.fittings.append(Fitting('lampe', cq.Solid.makeSphere(20), (cq.Location(),)))\n    return piece",
    )  # fmt: skip
    assert "designs.hardware.made" in asked({"table.py": script})["errors"][0]["french"]


def test_a_text_over_several_lines_is_one_line():
    script = TABLE.replace(
        "return piece",
        'from designs.furniture import Step\n    piece.steps.append(Step("Posez", """Le plateau\n    dessus."""))\n    return piece',
    )
    assert asked({"table.py": script})["furniture"]["steps"][0]["text"] == "Le plateau dessus."


def test_a_number_that_is_none_is_refused():
    script = TABLE.replace(
        "return piece",
        "from designs.furniture import Hardware\n    piece.buy('Vis', 'Vis', float('nan'))\n    return piece",
    )
    assert "n’en est pas un" in asked({"table.py": script})["errors"][0]["french"]


def test_the_scripts_own_rules_are_judged_where_it_runs():
    values = design("chariot").clean({})
    sources = sources_of("chariot")
    assert asked(sources, values, want="rules") == {"ok": True}
    answer = asked(sources, {**values, "depth": 700.0, "door": 700.0}, want="rules")
    assert answer["ok"] is False and answer["refused"]["kind"] == "parameter"
    assert {"depth", "door"} <= set(answer["refused"]["messages"])
    assert "700 mm" in answer["refused"]["messages"]["door"].replace("\xa0", " ")


@pytest.mark.parametrize("identifier", identifiers())
def test_a_script_says_what_it_declares(identifier):
    answer = asked(sources_of(identifier), {}, want="specification")
    assert answer["specification"] == json.loads(json.dumps(specification_of(design(identifier))))
    assert answer["texts"]["title"] == design(identifier).title
    assert asked({"table.py": TABLE}, {}, want="specification")["specification"] is None


def test_a_draft_that_is_ours_byte_for_byte_is_known():
    assert content_of(design("porte")).digest == content_of(design("porte")).digest != table().digest


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("P01 'joue': no room on edge 'top' for what stands at 10.0–50.0 mm (free: 25.0–475.0 mm)", "sur le bord top, pas de place"),
        ("P01 'joue': edge 'top' is too short for its rounded corners", "trop court pour ses coins"),
        ("P01 'joue': the cut at 10, 20 mm leaves the part", "la découpe en 10 × 20"),
        ("P01 'joue': two cuts meet at 10, 20 mm", "deux découpes se touchent"),
        ("P01 'joue': two recesses of one outline differ (3 and 4 mm deep, 0 and 0 islands)", "même profondeur"),
        ("P01 'joue': its bolt at 10, -20 mm meets no P02 'socle'", "(boulon) ne rencontre pas P02"),
        ("P01 'joue': its wedged tenon on 'left' meets no P02 'socle'", "(tenon à clavette du bord left)"),
        ("P01 'joue': edge 'top' is not parallel to P02 'socle'", "n’est pas parallèle"),
        ("P01 'joue' does not cross P02 'socle'", "ne croise pas"),
        ("no bolt of the trade is 92 mm long: the sheet is too thick", "92 mm"),
        ("the engraving alphabet has no 'ß'", "« ß »"),
        ("P01 'pied': 8 corners, 7 names of edges", "8 coins et 7 noms de bords"),
        ("something new", "Cette géométrie n’est pas possible"),
    ],
)  # fmt: skip
def test_what_panels_and_joints_refuse_is_said_in_french(english, french):
    assert french in geometry_in_french(english).replace("\xa0", " ")
