# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes out of the jail is a stranger's: anything that is no piece of furniture is refused, quickly and whole."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designs.errors import DesignError, GeometryError, ParameterError, SheetError
from designs.sheet import Sheet
from fabrication.errors import NotFlatError
from fabrication.scripted.answers import answered
from fabrication.scripted.errors import ScriptError, TransportError
from fabrication.scripted.flat_data import MAX_PARTS, MAX_VERTICES
from fabrication.scripted.reading import MAX_BYTES, parse_json
from fabrication.scripted.transport import furniture_read
from tests.scripting import TABLE, VALUES, asked

FAR = [1, 0, 0, 30_000, 0, 1, 0, 0, 0, 0, 1, 0]
MIRRORED = [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
STRETCHED = [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
SHEARED = [1, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
EIGHT = [[0, 0, 0], [100, 100, 0], [100, 0, 0], [0, 100, 0]]
SQUARE = [[0, 0, 0], [100, 0, 0], [100, 100, 0], [0, 100, 0]]
LONG = "x" * 100_000


@lru_cache(maxsize=1)
def good() -> str:
    answer = asked(
        {
            "table.py": TABLE.replace(
                "return piece",
                "from designs.hardware import rod\n    from designs.furniture import Measure, Step\n    from designs.use import Load, Use\n"
                "    piece.fittings += rod('tube', 12, 300, [(100, 100, 0)])\n    piece.buy('ISO 4017 M8', 'Vis', 4)\n"
                "    piece.measures.append(Measure('Longueur', '900'))\n    top.pocket(__import__('designs.contour').contour.Contour.rectangle(300, 200, 80, 60), 5)\n"
                "    piece.steps.append(Step('Posez', 'Ici.', (('P02', 2),), (0.0, 0.0, 1.0)))\n"
                "    piece.use = Use(((0.0, 0.0, 0.0),), loads=(Load('P01', 30, 700, 500),))\n    return piece",
            )
        }
    )
    assert answer["ok"], answer
    return json.dumps(answer["furniture"])


def read(data: Any) -> Any:
    return furniture_read(parse_json(json.dumps(data).encode()), "table", VALUES, Sheet())


def changed(path: str, value: Any) -> Any:
    data = json.loads(good())
    *way, last = path.split(".")
    here = data
    for step in way:
        here = here[int(step) if isinstance(here, list) else step]
    here[int(last) if isinstance(here, list) else last] = value
    return data


def refused(data: Any) -> TransportError | ScriptError:
    with pytest.raises(ScriptError) as error:
        read(data)
    assert error.value.french and len(str(error.value)) < 1000
    return error.value


def test_the_good_one_is_read():
    piece = read(json.loads(good()))
    assert (
        [p.quantity for p in piece.parts] == [1, 2] and piece.fittings and piece.steps and piece.use and piece.hardware
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        # counts
        ("parts", []), ("parts", {}), ("parts", None), ("parts.0.quantity", 10**9), ("parts.0.quantity", -1), ("parts.0.quantity", 2),
        ("parts.0.quantity", True), ("parts.0.quantity", 1.0), ("joints", [{}] * 501), ("hardware", [{}] * 301), ("steps", [{}] * 201),
        ("parts.0.places", []), ("parts.0.places", [[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]] * 2001),
        # names and codes
        ("parts.0.name", "../../x"), ("parts.0.name", "..\\x"), ("parts.0.name", "/etc/passwd"), ("parts.0.name", ".x"), ("parts.0.name", ""),
        ("parts.0.name", "a\nb"), ("parts.0.name", "a\u202eb"), ("parts.0.name", "a\0b"), ("parts.0.name", LONG), ("parts.0.name", 3),
        ("parts.0.code", "P02"), ("parts.0.code", "../P1"), ("parts.0.code", "P٠١"), ("parts.0.code", "P0001"), ("parts.0.code", None),
        # contours
        ("parts.0.outline", EIGHT), ("parts.0.outline", SQUARE[::-1]), ("parts.0.outline", []), ("parts.0.outline", [[0, 0, 0], [1, 0, 0]]),
        ("parts.0.outline", [[0, 0, 0]] * 3), ("parts.0.outline", [[0, 0, 1e300], [100, 0, 0], [100, 100, 0]]), ("parts.0.outline", [[0, 0], [1, 0], [1, 1]]),
        ("parts.0.outline", [[0, 0, 0], [1e6, 0, 0], [0, 1e6, 0]]), ("parts.0.outline", [[0, 0, 1e-300], [100, 0, 0], [100, 100, 0]]),
        ("parts.0.outline", [["0", 0, 0], [100, 0, 0], [100, 100, 0]]), ("parts.0.outline", [[0, 0, 0], [10**400, 0, 0], [100, 100, 0]]),
        ("parts.0.cuts.0.contour", [[5000, 5000, 0], [5100, 5000, 0], [5100, 5100, 0]]),
        ("parts.0.cuts.0.islands", [[[0, 0, 0]] * 3]), ("parts.0.cuts", [{}]), ("parts.0.cuts", "x"),
        ("parts.0.cuts.0.depth", 19), ("parts.0.cuts.0.depth", 0), ("parts.0.cuts.0.depth", -5), ("parts.0.cuts.0.face", "left"),
        ("parts.0.thickness", 12), ("parts.0.thickness", 0), ("parts.0.grain", "round"), ("parts.0.finish", None), ("parts.0.volume", 0), ("parts.0.extra", 1),
        # places
        ("parts.0.places.0", MIRRORED), ("parts.0.places.0", STRETCHED), ("parts.0.places.0", SHEARED), ("parts.0.places.0", FAR), ("parts.0.places.0", [0] * 12),
        ("parts.0.places.0", [1] * 11), ("parts.0.places.0", ["1"] * 12),
        # fittings
        ("fittings.0.shape", "sphere"), ("fittings.0.shape", "__class__"), ("fittings.0.figures", []), ("fittings.0.figures", [0] * 8), ("fittings.0.figures", [-5, 300, 0, 0, 0, 0, 0, 1]),
        ("fittings.0.figures", [1] * 9), ("fittings.0.colour", [2, 0, 0]), ("fittings.0.places", []), ("fittings.0.name", LONG),
        # what is said
        ("joints.0.a", "P09"), ("joints.0.kind", "<script>"), ("joints.0.contacts", []), ("joints.0.contacts", [[0, 0, 1e99]]), ("joints.0.clearance", "x"),
        ("hardware.0.quantity", -1), ("hardware.0.mass_g", 1e30), ("hardware.0.name", LONG), ("measures.0.value", LONG), ("measures.0.unit", LONG),
        ("steps.0.parts", [["P02", 3]]), ("steps.0.parts", [["P09", 1]]), ("steps.0.direction", [0, 0, 5]), ("steps.0.hands", 1000), ("steps.0.text", LONG),
        ("use.loads.0.part", "P09"), ("use.loads.0.support", "glue"), ("use.floor", [[0, 0]]), ("use.hands", 0), ("use.told", [LONG]),
        ("use", []), ("steps.0.code", 1),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("never_hangs")
def test_what_is_no_furniture_is_refused(path, value):
    refused(changed(path, value))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
def test_a_number_that_is_none_is_refused_wherever_it_stands(number):
    text = good().replace('"depth": 5.0', f'"depth": {number}', 1)
    assert text != good()
    with pytest.raises(TransportError):
        furniture_read(parse_json(text.encode()), "table", VALUES, Sheet())


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"\xff\xfe", b"null", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 100_000, b"[" + b"1," * 1_000_000 + b"1]",
        b'"' + b"a" * (MAX_BYTES + 1) + b'"', b"\x80\x04cposix\nsystem\n", b'{"ok":true,"furniture":{}}', b"true", b"[[[[]]]]",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("never_hangs")
def test_what_is_no_answer_is_refused(data):
    with pytest.raises(ScriptError):
        furniture_read(answered(data, ["table.py"]).get("furniture"), "table", VALUES, Sheet())


def test_a_thousand_million_parts_are_refused_by_their_count():
    part = json.loads(good())["parts"][0]
    refused(changed("parts", [{**part, "code": f"P{n:03d}"} for n in range(MAX_PARTS + 1)]))


def test_vertices_and_arcs_have_room_for_one_piece_not_for_each_part():
    many = [[math.cos(-n / 1000) * 100, math.sin(n / 1000) * 100, 0] for n in range(6000)]
    part = {**json.loads(good())["parts"][0], "outline": many, "cuts": []}
    assert MAX_VERTICES < 6000 * 4
    refused(changed("parts", [{**part, "code": f"P{n:02d}"} for n in range(4)]))
    # A chord of 40 m and half a turn each: few vertices, and millions of points if they were drawn.
    arcs = [[(-1) ** n * 15_000, n, 0.9] for n in range(2000)]
    refused(changed("parts.0.outline", arcs))


def test_cuts_that_want_a_boolean_each_are_bounded():
    bumps = [[10 + (n % 30) * 25, 20 + (n // 30) * 25] for n in range(510)]
    cuts = [
        {"face": "bottom", "depth": 3, "contour": [[x, y, 0], [x + 20, y, 0], [x + 20, y + 20, 0], [x, y + 20, 0]], "islands": []}
        for x, y in bumps
    ]  # fmt: skip
    assert "deux faces" in refused(changed("parts.0.cuts", cuts)).french


def test_cuts_that_cross_each_other_are_refused_before_the_kernel_tries():
    def square(x: float, size: float, depth: float, face: str = "top") -> dict[str, Any]:
        return {
            "face": face,
            "depth": depth,
            "contour": [[x, x, 0], [x + size, x, 0], [x + size, x + size, 0], [x, x + size, 0]],
            "islands": [],
        }

    assert "se recoupent" in refused(changed("parts.0.cuts", [square(20 + n, 300, 5) for n in range(50)])).french
    assert (
        "dans les autres"
        in refused(changed("parts.0.cuts", [square(20 + n, 300 - 2 * n, 5 + n / 10) for n in range(50)])).french
    )
    assert (
        "se recoupent" in refused(changed("parts.0.cuts", [square(20, 300, 10), square(30, 200, 10, "bottom")])).french
    )


def test_two_parts_of_one_code_are_refused():
    parts = json.loads(good())["parts"]
    assert "P01" in refused(changed("parts", [parts[0], {**parts[1], "code": "P01"}])).french


def test_the_piece_is_called_what_it_was_asked_as():
    data = json.loads(good())
    with pytest.raises(TransportError):
        read({**data, "design": "porte"})
    assert read(data).design == "table"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def leaves(data: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all values."""
    found = [way] if way else []
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in steps:
        found += leaves(value, (*way, step))
    return found


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_stands_anywhere_is_read_or_refused(data):
    whole = json.loads(good())
    way = data.draw(st.sampled_from(leaves(whole)))
    here = whole
    for step in way[:-1]:
        here = here[step]
    here[way[-1]] = data.draw(anything)
    try:
        piece = read(whole)
    except ScriptError as error:
        assert error.french
    else:
        assert all(part.solid.isValid() for part in piece.parts)


# Answers that say why not


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("parameter", ParameterError),
        ("sheet", SheetError),
        ("geometry", GeometryError),
        ("flat", NotFlatError),
        ("x", ScriptError),
    ],
)
def test_a_refusal_is_the_error_that_it_says(kind, error):
    fault = {
        "kind": "value",
        "french": "Trop large.",
        "english": "too wide",
        "file": "table.py",
        "line": 3,
        "column": 4,
        "part": "P01",
    }
    answer = {
        "ok": False,
        "errors": [fault],
        "refused": {"kind": kind, "messages": {"width": "Trop large.", "other": "x"}},
    }
    with pytest.raises(error) as raised:
        answered(json.dumps(answer).encode(), ["table.py"], ["depth", "width"])
    if kind == "parameter":
        assert raised.value.messages == {"width": "Trop large."}
    elif kind != "sheet":
        assert (raised.value.file, raised.value.line, raised.value.faults[0].part) == ("table.py", 3, "P01")
        assert raised.value.french == "Trop large."


@given(anything, anything, anything)
@settings(max_examples=40)
def test_an_answer_that_lies_names_no_file_and_no_place_of_ours(fault, errors, messages):
    base = {
        "ok": False,
        "errors": [
            {
                "kind": fault,
                "french": fault,
                "english": fault,
                "file": fault,
                "line": fault,
                "column": fault,
                "part": fault,
            }
        ],
    }
    for answer in (
        base,
        {**base, "errors": errors},
        {**base, "refused": {"kind": "parameter", "messages": messages}},
        {**base, "refused": messages},
    ):
        with pytest.raises(DesignError) as raised:
            answered(json.dumps(answer).encode(), ["table.py"], ["width"])
        for one in getattr(raised.value, "faults", ()):
            assert one.file in ("", "table.py") and one.line >= 0 and one.french


def test_a_sentence_of_a_stranger_is_cut_and_on_one_line():
    fault = {
        "kind": "value",
        "french": "a\n\x1b[31mb\u202e" + LONG,
        "english": "\0",
        "file": "../table.py",
        "line": -1,
        "column": 10**30,
    }
    with pytest.raises(ScriptError) as raised:
        answered(json.dumps({"ok": False, "errors": [fault]}).encode(), ["table.py"])
    assert raised.value.french.startswith("a  [31mb") and len(raised.value.french) <= 1000
    assert (raised.value.file, raised.value.line, raised.value.column) == ("", 0, 0)
