# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Models that are no code of ours are designs like any other: drawn in the jail, or lying as they were uploaded."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cadquery as cq
import pytest

from designs import drawers
from designs.catalogue import design
from designs.content import Content
from designs.errors import GeometryError, ParameterError, SheetError
from designs.furniture import Furniture
from designs.jail import JailError
from designs.sheet import Sheet
from designs.sources import content_of
from designs.templates import template
from designs.typography import typeset
from fablabs.machine import read_machine
from fabrication.exporters.glb import furniture_glb
from fabrication.pipeline import flatten, make_package
from fabrication.plan import FlatPart
from fabrication.scripted import asking
from fabrication.scripted.design import FlatDesign, ScriptedDesign, drawn
from fabrication.scripted.errors import ScriptError, TransportError
from fabrication.scripted.flat_data import part_data
from tests.scripting import VALUES, table

WITH_A_RULE = """\
from designs.design import Design
from designs.parameters import Constraint
from designs.piece import Piece
from designs.placing import lying


class Board(Design):
    identifier = "board"
    parameters = ()
    constraints = (Constraint(("width",), lambda v: v["width"] < 1500, "Trop large : {width:g} mm.", "too wide"),)

    def draw(self, values, sheet):
        print("drawn", values["width"])
        piece = Piece(self.identifier, values, sheet)
        piece.board("planche", values["width"], 300, lying(0, 0, 0))
        return piece
"""


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects what the jail is asked from now on; it answers as ever."""
    asked: list[str] = []
    ask = asking.run

    def noting(work, *arguments, **named):
        asked.append(work)
        return ask(work, *arguments, **named)

    monkeypatch.setattr(asking, "run", noting)
    return asked


def scripted(content: Content, number: int = 0) -> ScriptedDesign:
    found = drawn("table-d-accueil", number, content, {"title": "Table d’accueil", "licence": "CC-BY-4.0"})
    assert isinstance(found, ScriptedDesign)
    return found


def ruled(old: str = "", new: str = "") -> Content:
    content = table()
    return replace(
        content,
        sources={"table.py": WITH_A_RULE.replace(old, new, 1)},
        specification={**content.specification, "rules_in_script": True},
    )


@pytest.mark.usefixtures("jailer")
def test_a_script_is_a_design_that_is_drawn_in_the_jail():
    content = table()
    found = scripted(content, 3)
    assert (found.identifier, found.revision, found.title, found.licence) == (
        "table-d-accueil",
        3,
        "Table d’accueil",
        "CC-BY-4.0",
    )
    assert found.content_key == content.digest and [p.name for p in found.parameters] == list(VALUES)
    piece = found.build({"width": "1000"}, Sheet(thickness=17.5))
    assert (piece.design, piece.parameters["width"], piece.sheet.thickness) == ("table-d-accueil", 1000.0, 17.5)
    assert [p.name for p in piece.parts] == ["plateau", "pied"]
    assert {flat.thickness for flat in flatten(piece)} == {17.5}


@pytest.mark.usefixtures("jailer")
def test_an_adapted_porte_is_the_porte():
    content = content_of(design("porte"))
    adapted = replace(content, sources={**content.sources, "porte.py": content.sources["porte.py"] + "\n# adapted\n"})
    values = design("porte").clean({"text": "MAIRIE"})
    came, built = scripted(adapted).build(values), design("porte").build(values)
    assert flatten(came) == flatten(built) and came.steps == built.steps and came.use == built.use
    with pytest.raises(ParameterError):
        scripted(adapted).clean({"width": 5000})


@pytest.mark.usefixtures("jailer")
def test_the_template_is_drawn_as_it_is():
    piece = drawn("table", 0, template("table").content, template("table").texts).build()
    assert len(piece.parts) >= 4 and piece.steps and piece.use


@pytest.mark.usefixtures("jailer")
def test_the_scripts_own_rules_refuse_values_beside_their_field():
    found = scripted(ruled())
    assert found.clean({"width": 1400})["width"] == 1400
    for refuse in (found.clean, found.build):
        with pytest.raises(ParameterError) as refused:
            refuse({"width": 1600})
        assert refused.value.messages == {"width": typeset("Trop large : 1600 mm.")}
    found.build({"width": 1200})
    assert found.said == "drawn 1200.0\n"


@pytest.mark.usefixtures("jailer")
def test_the_same_question_is_asked_of_the_jail_once(monkeypatch):
    asked = counted(monkeypatch)
    found = scripted(ruled("planche", "planche une fois"))
    for _ in range(100):
        assert found.clean({"width": 1234})["width"] == 1234
    assert len(asked) == 1


@pytest.mark.usefixtures("jailer")
def test_a_fault_in_a_script_has_its_line():
    with pytest.raises(ScriptError) as raised:
        scripted(table("lying(0", "lyin(0")).build()
    assert (raised.value.file, raised.value.line) == ("table.py", 10) and "lying" in raised.value.french
    with pytest.raises(GeometryError) as raised:
        scripted(table("width=60", "width=600")).build()
    assert raised.value.line == 12 and "ne tiennent pas" in raised.value.french


@pytest.mark.usefixtures("jailer")
@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("import os\nos._exit(0)", "crash"),
        ("while True: pass", "time"),
        ("x = bytearray(10 * 10**9)", "memory"),
    ],
)
def test_a_script_that_does_not_answer_is_an_error_of_the_jail(script, kind, monkeypatch):
    if kind == "time":
        monkeypatch.setattr(asking, "LIMITS", replace(asking.LIMITS, seconds=1.0))
    with pytest.raises(JailError) as raised:
        scripted(replace(table(), sources={"table.py": script})).build()
    assert raised.value.kind == kind and raised.value.french


@pytest.mark.usefixtures("jailer")
@pytest.mark.parametrize(
    "script",
    [
        "open('/etc/passwd').read()",
        "import pathlib; pathlib.Path('/tmp/x').write_text('x')",
        "import socket; socket.create_connection(('127.0.0.1', 80), 1)",
        "import os; os.fork()",
        "import subprocess; subprocess.run(['id'])",
        "raise BaseException('x')",
    ],
)
def test_what_a_script_may_not_is_a_fault_or_an_end_and_the_next_one_is_drawn(script):
    with pytest.raises((ScriptError, JailError)):
        scripted(replace(table(), sources={"table.py": script})).build()
    assert len(scripted(table()).build().parts) == 2


@pytest.mark.usefixtures("jailer")
def test_what_a_script_changes_in_the_library_is_gone_for_the_next_one():
    vandal = "import designs.piece, cadquery\ndesigns.piece.Piece.board = None\ncadquery.Solid.extrudeLinear = None\n"
    with pytest.raises(ScriptError):
        scripted(table("def draw", vandal + "\n\ndef draw")).build()
    assert len(scripted(table("plateau", "dessus")).build().parts) == 2


@pytest.mark.usefixtures("jailer")
@pytest.mark.parametrize(
    "lie",
    [
        "b'[]'", "b'null'", "b'{\"ok\":true}'", "b'{\"ok\":true,\"furniture\":{\"parts\":[]}}'", "b'\\x80\\x04.'", "b'[' * 10**6",
    ],
)  # fmt: skip
def test_a_script_that_answers_in_our_place_is_refused(lie):
    # It runs in the same process as our own function, so it may say anything: what counts is what is read outside.
    script = f"import fabrication.scripted.inside as inside\ninside._refusal = lambda *_: {lie}\nraise ValueError\n"
    with pytest.raises(ScriptError):
        scripted(replace(table(), sources={"table.py": script})).build()


@pytest.mark.usefixtures("jailer")
def test_a_script_says_what_it_declares():
    chariot = content_of(design("chariot"))
    declared = asking.declared(
        replace(chariot, sources={**chariot.sources, "chariot.py": chariot.sources["chariot.py"] + "\n"})
    )
    assert declared.specification == chariot.specification and declared.texts["title"] == "Chariot-établi"
    assert asking.declared(table()).specification is None


@pytest.mark.usefixtures("jailer")
def test_a_script_that_never_answers_is_not_waited_for_at_every_page(monkeypatch):
    monkeypatch.setattr(asking, "RULES_LIMITS", replace(asking.RULES_LIMITS, seconds=0.5))
    asked = counted(monkeypatch)
    found = scripted(ruled("class Board", "while True: pass\n\n\nclass Board"))
    assert found.clean({})["width"] == 900
    for attempt in range(20):
        with pytest.raises(ParameterError):
            found.clean({"width": 1000 + attempt})
    assert len(asked) == 1


# Where there is no jail


@pytest.fixture
def no_jail(monkeypatch):
    def refuse(*_, **__):
        raise JailError("unavailable", "no jail on this machine", "Il n’y a pas d’espace protégé sur ce serveur.")

    monkeypatch.setattr(asking, "run", refuse)


@pytest.mark.usefixtures("no_jail")
def test_our_own_script_with_other_words_and_bounds_is_drawn_without_a_jail():
    content = content_of(design("chariot"))
    parameters = [p | {"maximum": 1000} if p["name"] == "width" else p for p in content.specification["parameters"]]
    narrower = Content.parse(content.as_data() | {"specification": {**content.specification, "parameters": parameters}})
    found = drawn("chariot-etroit", 2, narrower, {"title": "Chariot étroit"})
    piece = found.build({"width": 800})
    assert (piece.design, found.title) == ("chariot-etroit", "Chariot étroit")
    assert flatten(piece) == flatten(design("chariot").build({"width": 800}))
    with pytest.raises(ParameterError):
        found.clean({"width": 1100})
    with pytest.raises(ParameterError) as refused:  # its rules are judged too
        found.build({"depth": 700, "door": 700})
    assert "door" in refused.value.messages


@pytest.mark.usefixtures("no_jail")
def test_a_strangers_script_is_not_drawn_without_a_jail_and_its_page_stands():
    found = scripted(ruled())
    assert found.clean({})["width"] == 900  # what it is published with
    with pytest.raises(ParameterError) as refused:
        found.clean({"width": 1300})
    assert "espace protégé" in refused.value.messages["width"]
    with pytest.raises(JailError):
        found.build()


def test_one_changed_byte_makes_it_a_strangers():
    content = content_of(design("porte"))
    assert scripted(content).shipped is not None
    changed = {**content.sources, "porte_use.py": content.sources["porte_use.py"] + " "}
    assert scripted(replace(content, sources=changed)).shipped is None
    assert scripted(table()).shipped is None
    assert scripted(replace(content, main="porte_sizes.py")).shipped is None  # no design in it


# Flat parts


@lru_cache(maxsize=1)
def porte() -> tuple[FlatPart, ...]:
    return flatten(design("porte").build())


def flat_content(**more) -> Content:
    parts = json.loads(json.dumps([part_data(part) for part in porte()]))
    return Content.parse({"kind": "flat", "parts": parts, "specification": {}} | more)


def test_uploaded_parts_are_a_design_without_parameters():
    content = flat_content()
    found = drawn("kit", 1, content, {"title": "Kit"})
    assert isinstance(found, FlatDesign) and found.parameters == () and found.content_key == content.digest
    assert found.thickness_range == (17.0, 18.2)
    piece = found.build({}, Sheet())
    assert flatten(piece) == porte() and isinstance(piece, Furniture)
    assert len(furniture_glb(piece, flatten(piece))) > 1000
    with pytest.raises(ParameterError):
        found.clean({"width": 3})


def test_uploaded_parts_lie_side_by_side():
    piece = drawn("kit", 1, flat_content(), {}).build()
    boxes = [p.solid.moved(place).BoundingBox() for p in piece.parts for place in p.placements]
    assert all(abs(b.zmin) < 1e-6 for b in boxes)
    for index, one in enumerate(boxes):
        for other in boxes[:index]:
            assert one.xmin > other.xmax or one.xmax < other.xmin or one.ymin > other.ymax or one.ymax < other.ymin


def test_uploaded_parts_are_cut_from_the_sheet_that_was_measured():
    thinner = drawn("kit", 1, flat_content(), {}).build({}, Sheet(thickness=17.4))
    flat, drawn_flat = flatten(thinner), porte()
    assert {part.thickness for part in flat} == {17.4}
    blind = [o.depth for part in flat for o in part.operations if o.depth < 17]
    assert blind == [o.depth for part in drawn_flat for o in part.operations if o.depth < 17] != []
    for thickness in (16.5, 18.5):
        with pytest.raises(SheetError):
            drawn("kit", 1, flat_content(), {}).build({}, Sheet(thickness=thickness))


def test_a_pocket_deeper_than_the_sheet_is_refused():
    part = {
        "code": "P01", "name": "plaque", "thickness": 18, "grain": "along", "finish": "top", "quantity": 1,
        "outline": [[0, 0, 0], [200, 0, 0], [200, 100, 0], [0, 100, 0]],
        "cuts": [{"face": "bottom", "depth": 16.8, "contour": [[50, 20, 0], [90, 20, 0], [90, 60, 0], [50, 60, 0]], "islands": []}],
    }  # fmt: skip
    found = drawn("plaque", 1, flat_content(parts=[part]), {})
    assert found.build({}, Sheet(thickness=18)).parts[0].solid.Volume() == pytest.approx(
        200 * 100 * 18 - 40 * 40 * 16.8
    )
    with pytest.raises(SheetError) as refused:
        found.build({}, Sheet(thickness=17.2))
    assert "16,8" in refused.value.french


def test_uploaded_parts_stand_where_the_file_had_them():
    parts = [dict(part) for part in flat_content().parts[:1]]
    parts[0] |= {"quantity": 1, "places": [[0, 0, 1, 80, 1, 0, 0, 30, 0, 1, 0, 5]]}
    place = drawn("kit", 1, flat_content(parts=parts), {}).build().parts[0].placements[0]
    assert cq.Vertex.makeVertex(1, 2, 3).moved(place).toTuple() == pytest.approx((83, 31, 7))


def test_flat_parts_that_are_none_are_refused_when_they_are_drawn():
    parts = [dict(flat_content().parts[0]) | {"name": "../../x"}]
    with pytest.raises(TransportError):
        drawn("kit", 1, flat_content(parts=parts), {}).build()


def test_the_studios_models_are_drawn_by_the_registered_drawer():
    assert drawers.drawn_by("studio", "kit", 1, flat_content(), {"title": "Kit"}).title == "Kit"


def test_a_page_that_reads_uploaded_parts_and_judges_sizes_loads_no_kernel():
    script = (
        "import json, sys\n"
        "from designs.catalogue import shipped\n"
        "from designs.content import Content\n"
        "from designs.sources import content_of\n"
        "from fabrication.scripted import uploads\n"
        "from fabrication.scripted.design import drawn\n"
        "from fabrication.scripted.flat_data import parts_read\n"
        "content = Content.parse(json.loads(sys.stdin.read()))\n"
        "assert len(parts_read(content.parts)) == 14 and drawn('kit', 1, content, {}).clean({}) == {}\n"
        "drawn('chariot', 2, content_of(shipped('chariot')), {}).clean({'width': 800})\n"
        "assert uploads and not {'cadquery', 'OCP', 'ezdxf'} & set(sys.modules)\n"
    )
    given = json.dumps(flat_content().as_data())
    subprocess.run([sys.executable, "-c", script], input=given, text=True, check=True, timeout=60)


def test_an_uploaded_plank_becomes_a_verified_package(tmp_path):
    square = [[0, 0, 0], [200, 0, 0], [200, 100, 0], [0, 100, 0]]
    part = {
        "code": "P01", "name": "planche", "thickness": 18, "grain": "along", "finish": "top", "quantity": 3, "outline": square, "cuts": [],
    }  # fmt: skip
    texts = {"title": "Planche", "summary": "Une planche.", "licence": "CERN-OHL-S-2.0"}
    machine = read_machine(Path(__file__).parents[1] / "examples" / "machines" / "router-2500.toml")
    design = drawn("planche", 3, flat_content(parts=[part]), texts, "2.1.0")
    package = make_package(design, {}, machine, folder=tmp_path)
    with zipfile.ZipFile(package.path) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith("/okh.toml"))
        assert tomllib.loads(archive.read(name).decode())["version"] == package.manifest["version"] == "2.1.0"
    assert [part["quantity"] for part in package.manifest["parts"]] == [3] and package.path.exists()
