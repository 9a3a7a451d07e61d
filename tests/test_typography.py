# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""French numbers and sentences: decimal commas, and spaces at which no line ends."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designs.errors import ParameterError
from designs.parameters import Kind, Parameter
from designs.specification import Specification, SpecificationError
from designs.typography import SPACE, THIN, french_number, held, listed, spaced, typeset, unbroken
from fabrication.scripted import reading
from fabrication.scripted.errors import TransportError
from fabrication.scripted.flat_data import PartReader


@pytest.mark.parametrize(
    ("value", "places", "more", "written"),
    [
        (17.6, 2, {}, "17,6"),
        (17.654, 2, {}, "17,65"),
        (18.0, 2, {}, "18"),
        (100, 0, {}, "100"),
        (43.0, 1, {"zeros": True}, "43,0"),
        (0.1 + 0.2, 6, {}, "0,3"),
        (18000, 0, {"thousands": SPACE}, f"18{SPACE}000"),
        (Decimal("1234567.50"), 2, {"thousands": THIN}, f"1{THIN}234{THIN}567,5"),
        (1234.5, 1, {}, "1234,5"),
    ],
)
def test_a_number_has_a_comma_and_no_idle_zeros(value, places, more, written) -> None:
    assert french_number(value, places, **more) == written


@given(st.floats(-1e9, 1e9), st.integers(0, 6), st.sampled_from(["", SPACE, THIN]), st.booleans())
def test_a_number_can_be_read_back(value: float, places: int, thousands: str, zeros: bool) -> None:
    text = french_number(value, places, thousands=thousands, zeros=zeros)
    assert float(text.replace(SPACE, "").replace(THIN, "").replace(",", ".")) == round(value, places)


def test_a_sentence_gets_its_commas_and_spaces() -> None:
    plain = "« Joue » : 17.6 mm ; jeux 0.1, 0.2 ? Non !"
    assert typeset(plain) == (
        f"«{SPACE}Joue{SPACE}»{SPACE}: 17,6{SPACE}mm{THIN}; jeux 0,1{THIN}; 0,2{THIN}? Non{THIN}!"
    )
    assert typeset("2 × 3 kg") == f"2{SPACE}× 3 kg"
    assert unbroken("2 × 3 kg à 90 °, 2 mains") == f"2{SPACE}×{SPACE}3{SPACE}kg à 90{SPACE}°, 2 mains"
    assert spaced("version 1.2 : 3 mm") == f"version 1.2{SPACE}: 3 mm"


@given(st.text("a19.,;:!?«»× mkg°", max_size=30))
def test_what_is_set_stays_as_it_is(text: str) -> None:
    assert unbroken(unbroken(text)) == unbroken(text)
    assert typeset(typeset(text)) == typeset(text)
    assert typeset(unbroken(text)) == unbroken(text)


def test_a_list_ends_with_et() -> None:
    assert [listed(names) for names in (["a"], ["a", "b"], ("a", "b", "c"))] == ["a", "a et b", "a, b et c"]


def test_a_figure_holds_its_unit_and_its_thousands_and_nothing_else() -> None:
    assert held("80 % de 60 000 € : 18 mm") == f"80{SPACE}% de 60{SPACE}000{SPACE}€{SPACE}: 18{SPACE}mm"
    assert held("le 8 décembre, 04 66 12 34 56, 12 ma") == "le 8 décembre, 04 66 12 34 56, 12 ma"


def test_what_is_refused_is_said_with_french_figures() -> None:
    parameter = Parameter("width", Kind.LENGTH, 60.5, "Largeur", "", 20.25, 1600)
    with pytest.raises(ParameterError) as bounds:
        parameter.clean("12")
    with pytest.raises(TransportError) as number:
        reading.number(0.05, reading.FAR)(-1, "parts.0.thickness")
    with pytest.raises(SpecificationError) as rule:
        Specification.parse({
            "parameters": [{"name": "width", "kind": "length", "default": 60.5, "label": "Largeur", "minimum": 20.25, "maximum": 1600}],
            "rules": [{"holds": "100 / (width - 20.25) > 1", "french": "Trop large."}],
        })  # fmt: skip
    with pytest.raises(TransportError) as thick:
        part = {"code": "P01", "name": "v1.5", "thickness": 17.6, "grain": "free", "finish": "both", "quantity": 1,
                "outline": [[0, 0, 0], [90, 0, 0], [90, 90, 0]], "cuts": []}  # fmt: skip
        PartReader(12.5).read_all([part])
    assert bounds.value.messages == {"width": f"Entre 20,25 et 1\u202f600{SPACE}mm."}
    assert number.value.french == f"Un nombre entre 0,05 et 20{THIN}000 est attendu (parts.0.thickness)"
    assert rule.value.french.endswith(f"C’est quand width vaut 20,25{SPACE}mm.")
    assert f"«{SPACE}v1.5{SPACE}» a une épaisseur de 17,6{SPACE}mm, le panneau 12,5{SPACE}mm" in thick.value.french


def test_a_value_is_said_in_its_parameters_words() -> None:
    def said(kind: Kind, value: object, **more: object) -> str:
        return Parameter("a", kind, value, "A", "", **more).in_words(value)  # type: ignore[arg-type]

    assert said(Kind.LENGTH, 1200.5) == f"1{THIN}200,5{SPACE}mm" and said(Kind.ANGLE, 7.5) == "7,5°"
    assert (said(Kind.COUNT, 3), said(Kind.FLAG, False), said(Kind.TEXT, "")) == ("3", "non", "aucun texte")
    assert (
        said(Kind.CHOICE, "b", choices={"b": "en bois"}) == "en bois"
        and said(Kind.TEXT, "OUI") == f"«{SPACE}OUI{SPACE}»"
    )
