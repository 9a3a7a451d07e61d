# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a model lets people choose, and what it is made of, as data: read strictly, kept canonically."""

from __future__ import annotations

import json
import math
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs import drawers
from designs.catalogue import design, identifiers
from designs.content import MAX_FILE_BYTES, MAX_FILES, MAX_PARTS, Content, ContentError
from designs.errors import DesignError, ParameterError, UnknownDesignError
from designs.parameters import Kind, Parameter, clean_parameters
from designs.specification import Specification, SpecificationError, specification_of

WIDTH = {
    "name": "width",
    "kind": "length",
    "default": 900,
    "label": "Largeur",
    "help": "",
    "minimum": 600,
    "maximum": 1200,
    "step": 10,
}
TRAYS = {
    "name": "trays",
    "kind": "count",
    "default": 2,
    "label": "Plateaux",
    "help": "",
    "minimum": 0,
    "maximum": 4,
    "step": 1,
}
WOOD = {
    "name": "wood",
    "kind": "choice",
    "default": "b",
    "label": "Bois",
    "help": "",
    "choices": [["b", "bouleau"], ["a", "peuplier"]],
}
TEXT = {
    "name": "text",
    "kind": "text",
    "default": "",
    "label": "Texte",
    "help": "",
    "max_length": 12,
    "alphabet": "ABC É",
}
LOCK = {"name": "lock", "kind": "flag", "default": False, "label": "Serrure", "help": ""}
WIDE = {
    "parameters": ["width"],
    "holds": "width >= 300 * trays",
    "french": "Trop de plateaux pour {width:g} mm.",
    "english": "too many",
}
TABLE = {
    "parameters": [WIDTH, TRAYS, WOOD, TEXT, LOCK],
    "rules": [WIDE],
    "thickness_range": [14.4, 21.6],
    "router_only": {"lock": True},
    "rules_in_script": False,
}
SCRIPT = {
    "kind": "script",
    "main": "table.py",
    "sources": {"table.py": "def draw(values, sheet): ..."},
    "specification": TABLE,
}
FLAT = {"kind": "flat", "parts": [{"code": "P01", "outline": [[0, 0, 0], [1.5, 0, 0]]}], "specification": {}}


def changed(data, path, value):
    """A copy of the data with one thing put at ``a.0.b``."""
    copy = deepcopy(data)
    *way, last = path.split(".")
    here = copy
    for step in way:
        here = here[int(step) if isinstance(here, list) else step]
    here[int(last) if isinstance(here, list) else last] = value
    return copy


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
places = st.sampled_from(
    [f"parameters.{n}.{key}" for n in range(5) for key in ("name", "kind", "default", "label", "minimum", "maximum", "step", "choices", "max_length", "alphabet", "is_state")]
    + [f"rules.0.{key}" for key in ("parameters", "holds", "french", "english")]
    + ["parameters", "parameters.0", "rules", "rules.0", "thickness_range", "router_only", "rules_in_script"]
)  # fmt: skip


def test_a_specification_reads_as_the_parameters_and_rules_that_it_says():
    found = Specification.parse(TABLE)
    assert found.parameters[0] == Parameter("width", Kind.LENGTH, 900.0, "Largeur", "", 600, 1200, 10)
    assert list(found.parameters[2].choices) == ["b", "a"]  # in the author's order
    assert clean_parameters(found.parameters, found.constraints, {"width": "1200", "trays": "4"})["trays"] == 4
    with pytest.raises(ParameterError) as refused:
        clean_parameters(found.parameters, found.constraints, {"trays": 4})
    assert refused.value.messages == {"width": "Trop de plateaux pour 900\N{NO-BREAK SPACE}mm."}


@pytest.mark.parametrize("identifier", identifiers())
def test_a_design_in_code_keeps_every_parameter_as_data(identifier):
    shipped = design(identifier)
    data = json.loads(json.dumps(specification_of(shipped)))
    found = Specification.parse(data)
    assert found.parameters == tuple(shipped.parameters)
    assert [list(p.choices or ()) for p in found.parameters] == [list(p.choices or ()) for p in shipped.parameters]
    assert found.thickness_range == shipped.thickness_range
    assert dict(found.router_only) == dict(shipped.router_only)
    assert found.rules_in_script is True  # its rules are functions
    assert found.as_data() == data


def test_the_same_specification_is_the_same_json_however_it_was_written():
    looser = changed(TABLE, "parameters.0.minimum", 600.0)
    looser = changed(looser, "parameters.0.default", "900,0")
    looser = changed(looser, "parameters.2.choices", {"b": "bouleau", "a": "peuplier"})
    looser = changed(looser, "parameters.0.choices", None)
    assert json.dumps(Specification.parse(looser).as_data()) == json.dumps(Specification.parse(TABLE).as_data())


@given(places, json_values)
def test_whatever_stands_anywhere_is_read_or_refused_with_a_path(path, value):
    data = changed(TABLE, path, value)
    try:
        found = Specification.parse(data)
    except SpecificationError as error:
        assert error.messages and error.french and all(error.messages.values())
        return
    again = Specification.parse(json.loads(json.dumps(found.as_data(), allow_nan=False)))
    assert again.as_data() == found.as_data()
    clean_parameters(found.parameters, found.constraints, {})


@given(json_values)
def test_any_data_is_a_specification_or_is_refused(data):
    try:
        Specification.parse(data)
    except SpecificationError as error:
        assert error.messages


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("parameters.0.name", "Width", "parameters.0.name"), ("parameters.0.name", "class", "parameters.0.name"),
        ("parameters.0.name", "a" * 41, "parameters.0.name"), ("parameters.0.name", "max", "parameters.0.name"),
        ("parameters.1.name", "width", "parameters.1.name"), ("parameters.0.kind", "size", "parameters.0.kind"),
        ("parameters.0.default", 5000, "parameters.0.default"), ("parameters.1.default", 2.5, "parameters.1.default"),
        ("parameters.0.default", None, "parameters.0.default"), ("parameters.4.default", "non", "parameters.4.default"),
        ("parameters.0.minimum", math.nan, "parameters.0.minimum"), ("parameters.0.maximum", 10**400, "parameters.0.maximum"),
        ("parameters.0.maximum", 100, "parameters.0.maximum"), ("parameters.0.step", 0, "parameters.0.step"),
        ("parameters.0.label", "", "parameters.0.label"), ("parameters.0.label", "a\0b", "parameters.0.label"),
        ("parameters.0.label", "a\u202eb", "parameters.0.label"), ("parameters.2.choices", {}, "parameters.2.choices"),
        ("parameters.2.choices", [["b", "x"], ["b", "y"]], "parameters.2.choices.1"), ("parameters.2.minimum", 3, "parameters.2.minimum"),
        ("parameters.3.max_length", 0, "parameters.3.max_length"), ("parameters.3.default", "abcz", "parameters.3.default"),
        ("parameters.4.is_state", True, "parameters.4.is_state"), ("parameters.0.colour", "red", "parameters.0.colour"),
        ("rules.0.holds", "width ** 2 > 3", "rules.0.holds"), ("rules.0.holds", "height > 3", "rules.0.holds"),
        ("rules.0.holds", "width > 1000", "rules.0.holds"), ("rules.0.holds", "width / trays > 10", "rules.0.holds"),
        ("rules.0.holds", "wood == 3", "rules.0.holds"), ("rules.0.holds", None, "rules.0.holds"),
        ("rules.0.parameters", ["height"], "rules.0.parameters"), ("rules.0.parameters", [[1]], "rules.0.parameters"),
        ("rules.0.french", "{width.__class__}", "rules.0.french"), ("rules.0.french", "{width:>999999999}", "rules.0.french"),
        ("rules.0.french", "{height}", "rules.0.french"), ("rules.0.french", "{wood:g}", "rules.0.french"), ("rules.0.french", "{", "rules.0.french"),
        ("thickness_range", [22, 14], "thickness_range"), ("thickness_range", [0, 18], "thickness_range"), ("thickness_range", 18, "thickness_range"),
        ("router_only", {"height": True}, "router_only"), ("router_only", {"lock": "perhaps"}, "router_only.lock"), ("rules_in_script", 1, "rules_in_script"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_its_path(path, value, where):
    with pytest.raises(SpecificationError) as refused:
        Specification.parse(changed(TABLE, path, value))
    assert list(refused.value.messages) == [where]


def test_every_fault_is_named_at_once():
    data = changed(changed(TABLE, "parameters.0.label", ""), "parameters.1.default", 99)
    with pytest.raises(SpecificationError) as refused:
        Specification.parse(data)
    assert set(refused.value.messages) == {"parameters.0.label", "parameters.1.default"}


def test_french_spaces_are_no_control_signs():
    label = "Hauteur\N{NO-BREAK SPACE}: plateau\N{NARROW NO-BREAK SPACE}?"
    assert Specification.parse(changed(TABLE, "parameters.0.label", label)).parameters[0].label == label


def test_a_rule_that_has_no_answer_refuses_the_values():
    found = Specification.parse(changed(TABLE, "rules.0.holds", "width / (trays - 3) < 3 or trays != 3"))
    with pytest.raises(ParameterError):
        clean_parameters(found.parameters, found.constraints, {"trays": 3})


# Contents


@pytest.mark.parametrize("data", [SCRIPT, FLAT])
def test_a_content_comes_back_from_json_with_its_digest(data):
    content = Content.parse(data)
    again = Content.parse(json.loads(json.dumps(content.as_data(), sort_keys=True)))
    assert again == content and again.digest == content.digest and len(content.digest) == 64


def test_the_digest_is_that_of_what_is_drawn():
    content = Content.parse(SCRIPT)
    assert Content.parse(changed(SCRIPT, "specification.parameters.0.default", 900.0)).digest == content.digest
    other = {**SCRIPT, "sources": {"table.py": SCRIPT["sources"]["table.py"] + "\n"}}
    assert Content.parse(other).digest != content.digest
    two = {**SCRIPT, "sources": {"table.py": "a", "table_legs.py": "b"}}
    assert Content.parse(two).digest != Content.parse({**two, "main": "table_legs.py"}).digest


@given(
    st.sampled_from(["kind", "main", "sources", "parts", "specification"]), json_values, st.sampled_from([SCRIPT, FLAT])
)
def test_whatever_a_content_holds_is_read_or_refused(key, value, base):
    try:
        content = Content.parse({**base, key: value})
    except ContentError as error:
        assert error.messages and error.french
        return
    assert Content.parse(json.loads(json.dumps(content.as_data(), allow_nan=False))).digest == content.digest


@pytest.mark.parametrize(
    "name",
    [
        "../x.py",
        "Table.py",
        "x.pyc",
        "x",
        ".py",
        "a/b.py",
        "1a.py",
        "class.py",
        "é.py",
        "a.py\n",
        "a" * 41 + ".py",
        3,
        "x .py",
    ],
)
def test_a_file_name_is_a_plain_python_name(name):
    with pytest.raises(ContentError):
        Content.parse({**SCRIPT, "main": "", "sources": {name: "pass"}})


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {}, {"kind": "exe"}, {**SCRIPT, "extra": 1}, {**SCRIPT, "main": "other.py"}, {**SCRIPT, "main": ["table.py"]},
        {**SCRIPT, "sources": {}}, {**SCRIPT, "sources": {"table.py": "a\0b"}}, {**SCRIPT, "sources": {"table.py": "\ud800"}},
        {**SCRIPT, "sources": {"table.py": "é" * MAX_FILE_BYTES}}, {**SCRIPT, "sources": {"table.py": b"pass"}},
        {**SCRIPT, "sources": {f"f{n}.py": "a" for n in range(MAX_FILES + 1)}}, {**SCRIPT, "sources": {f"f{n}.py": "a" * 199_000 for n in range(3)}},
        {**SCRIPT, "parts": FLAT["parts"]}, {**FLAT, "sources": SCRIPT["sources"]}, {**FLAT, "parts": []}, {**FLAT, "parts": [3]},
        {**FLAT, "parts": FLAT["parts"] * (MAX_PARTS + 1)}, {**FLAT, "parts": [{"x": math.inf}]}, {**FLAT, "parts": [{"x": 10**400}]},
        {**FLAT, "parts": [{"x": "a" * 201}]}, {**FLAT, "parts": [{"x": [[[[[[[[[[1]]]]]]]]]]}]}, {**FLAT, "parts": [{"x": [0] * 1_000_001}]},
        {**FLAT, "specification": TABLE},
    ],
)  # fmt: skip
def test_what_is_no_content_is_refused(data):
    with pytest.raises(ContentError) as refused:
        Content.parse(data)
    assert isinstance(refused.value, DesignError) and refused.value.french


def test_a_script_of_100_mb_is_refused_at_once():
    with pytest.raises(ContentError):
        Content.parse({**SCRIPT, "sources": {"table.py": "#" * 100_000_000}})


def test_whoever_registered_draws(monkeypatch):
    monkeypatch.setattr(drawers, "_drawers", {})
    content = Content.parse(SCRIPT)
    with pytest.raises(UnknownDesignError):
        drawers.drawn_by("studio", "table", 1, content, {})
    drawers.register("studio", lambda *given: given)
    given = ("table", 1, content, {"title": "Table"}, "1.2.0")
    assert drawers.drawn_by("studio", *given) == given
