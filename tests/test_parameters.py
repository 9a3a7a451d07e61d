# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people type is read strictly, and refused in words beside its field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs.errors import ParameterError
from designs.parameters import Constraint, Kind, Parameter, clean_parameters

WIDTH = Parameter("width", Kind.LENGTH, 900.0, "Largeur", "D’un bord à l’autre.", 600, 1200, 10)
COUNT = Parameter("shelves", Kind.COUNT, 2, "Étagères", "Nombre.", 0, 4, 1)
WOOD = Parameter("wood", Kind.CHOICE, "birch", "Bois", "Essence.", choices={"birch": "bouleau", "poplar": "peuplier"})
LOCK = Parameter("lock", Kind.FLAG, False, "Serrure", "Ferme à clé.")
TEXT = Parameter("text", Kind.TEXT, "", "Texte", "Gravé.", max_length=5, alphabet="ABCÉ ")
ALL = (WIDTH, COUNT, WOOD, LOCK, TEXT)
FITS = Constraint(
    ("width", "shelves"),
    lambda v: v["width"] > 200 * v["shelves"],
    "Trop d’étagères pour {width:g} mm.",
    "too many at {width:g} mm",
)


@pytest.mark.parametrize(
    ("parameter", "typed", "value"),
    [(WIDTH, "900", 900.0), (WIDTH, " 917,5 ", 917.5), (WIDTH, "917.5", 917.5), (WIDTH, 1000, 1000.0), (COUNT, "3", 3),
     (COUNT, "3.0", 3), (LOCK, "oui", True), (LOCK, "0", False), (LOCK, True, True), (WOOD, "poplar", "poplar"), (TEXT, " cé ", "cé")],
)  # fmt: skip
def test_accepted(parameter, typed, value):
    assert parameter.clean(typed) == value


@pytest.mark.parametrize(
    ("parameter", "typed"),
    [(WIDTH, t) for t in ("", "abc", "1e3", "٩٠٠", "nan", "inf", "-0", "9999", "599.9", None, True, [900], float("nan"), 10**400, "9" * 400)]
    + [(COUNT, t) for t in ("2.5", "-1", "5", "1e0", "²")] + [(WOOD, "oak"), (WOOD, ""), (LOCK, "peut-être"), (TEXT, "ABCABC"), (TEXT, "Z")],
)  # fmt: skip
def test_refused_in_french_beside_its_field(parameter, typed):
    with pytest.raises(ParameterError) as caught:
        parameter.clean(typed)
    assert set(caught.value.messages) == {parameter.name}
    assert caught.value.messages[parameter.name].endswith(".")
    assert str(caught.value).startswith(parameter.name)
    assert "\n" not in str(caught.value)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans()))
def test_anything_typed_is_either_within_bounds_or_refused(typed):
    try:
        value = WIDTH.clean(typed)
    except ParameterError:
        return
    assert 600 <= value <= 1200


def test_all_refusals_come_at_once():
    with pytest.raises(ParameterError) as caught:
        clean_parameters(ALL, (FITS,), {"width": "1", "shelves": "x", "colour": "red"})
    assert set(caught.value.messages) == {"width", "shelves", "colour"}


def test_a_constraint_speaks_beside_each_of_its_fields():
    with pytest.raises(ParameterError) as caught:
        clean_parameters(ALL, (FITS,), {"width": "610", "shelves": 4})
    assert caught.value.messages == dict.fromkeys(("width", "shelves"), "Trop d’étagères pour 610\N{NO-BREAK SPACE}mm.")


def test_defaults_fill_in_and_order_is_the_designs():
    assert list(clean_parameters(ALL, (), {"lock": "on"}).items()) == [
        ("width", 900.0), ("shelves", 2), ("wood", "birch"), ("lock", True), ("text", "")
    ]  # fmt: skip
