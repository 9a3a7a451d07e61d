# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lines and totals of a quote, from figures that are drawn at random: what must hold whatever is ordered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabrication.quoting.distance import way_between
from fabrication.quoting.estimate import Estimate, estimate
from fabrication.quoting.figures import (
    CutFigures,
    HardwareFigures,
    SheetFigures,
    TimeSource,
    figures_as_data,
    figures_from,
)
from fabrication.quoting.hardware_prices import HARDWARE_TABLES, hardware_table_on
from fabrication.quoting.line import Section, add_up
from fabrication.quoting.prices import Prices, Way
from fabrication.quoting.rules import RULES, rules_on
from fabrication.quoting.words import at_least, cents, counted, euros, percent

DAY = date(2026, 11, 22)
TARIFF = Prices(
    machine_hour=Decimal(45),
    hand_hour=Decimal(38),
    delivery_km=Decimal("0.70"),
    minimum=Decimal(150),
    vat_rate=Decimal("0.2"),
    sheet=Decimal(98),
)
SHEET = SheetFigures(2500, 1250, "", 3_125_000, 0, None)


def order(quantity: int = 1, **other: object) -> CutFigures:
    """A small cupboard, as a plan would measure ``quantity`` of them."""
    figures = CutFigures(
        design="armoire",
        revision=1,
        quantity=quantity,
        process="cnc-router",
        material="contreplaqué bouleau",
        nominal_thickness=18,
        thickness=17.6,
        plan_key="0" * 64,
        sheets=(SHEET,) * quantity,
        parts=8 * quantity,
        edge_length=21_000.0 * quantity,
        passes=3,
        cut_length=70_000.0 * quantity,
        seconds=1500.0 * quantity,
        time_source=TimeSource.PROGRAM,
        unknown=(),
        tool_changes=0,
        steps=6,
        person_steps=7,
        fixings=20,
        mass_g=30_000.0 * quantity,
        hardware=(HardwareFigures("ISO 4017 M8 × 55", "Vis", "pièce", 16.0 * quantity),),
    )
    return replace(figures, **other)  # type: ignore[arg-type]


def quoted(figures: CutFigures, prices: Prices = TARIFF, way: Way | None = None) -> Estimate:
    return estimate(figures, prices, way, DAY)


def amount_of(found: Estimate, code: str) -> Decimal | None:
    return next(line.amount for line in found.lines if line.code == code)


money = st.decimals(min_value=0, max_value=5000, places=2)
orders = st.builds(
    order,
    quantity=st.integers(1, 40),
    seconds=st.floats(0, 1e6),
    cut_length=st.floats(0, 1e8),
    edge_length=st.floats(0, 1e7),
    parts=st.integers(1, 5000),
    mass_g=st.floats(0, 1e8),
    tool_changes=st.integers(0, 50),
    fixings=st.integers(0, 2000),
    sheets=st.lists(
        st.builds(replace, st.just(SHEET), remnant_area=st.floats(0, 3_000_000), price_eur=money),
        min_size=1,
        max_size=20,
    ).map(tuple),
)
tariffs = st.builds(
    Prices,
    machine_hour=money,
    hand_hour=money,
    delivery_km=money,
    minimum=st.none() | money,
    vat_rate=st.decimals(min_value=0, max_value=Decimal("0.5"), places=3),
    sheet=money,
)
ways = st.none() | st.builds(Way, st.just("Nîmes"), st.just("Alès"), st.floats(0, 2000))


# What holds for every quote


@settings(deadline=None, max_examples=60)
@given(orders, tariffs, ways)
def test_lines_add_up_to_the_total_and_vat_is_taken_from_the_sum(
    figures: CutFigures, prices: Prices, way: Way | None
) -> None:
    found = quoted(figures, prices, way)
    totals = found.totals
    assert totals.is_complete and not totals.missing
    assert totals.net == sum(line.amount for line in found.lines if line.amount is not None)
    assert totals.net is not None and totals.vat is not None and prices.vat_rate is not None
    assert abs(totals.vat - totals.net * prices.vat_rate) <= Decimal("0.005")
    assert totals.gross == totals.net + totals.vat


@settings(deadline=None, max_examples=60)
@given(orders, tariffs, ways)
def test_every_line_is_its_quantity_times_its_price_to_the_cent_as_its_formula_says(
    figures: CutFigures, prices: Prices, way: Way | None
) -> None:
    for line in quoted(figures, prices, way).lines:
        assert line.quantity is not None and line.unit_price is not None and line.amount is not None
        assert line.quantity >= 0 and line.unit_price >= 0
        assert abs(line.amount - line.quantity * line.unit_price) <= Decimal("0.005")
        assert line.formula.endswith(f"= {euros(line.amount)}") and line.explanation and line.source


@settings(deadline=None, max_examples=40)
@given(orders, tariffs, ways, st.integers(1, 20))
def test_more_pieces_never_cost_less(figures: CutFigures, prices: Prices, way: Way | None, more: int) -> None:
    """More of everything that the plan measures, whatever the layout saved."""
    larger = replace(
        figures,
        quantity=figures.quantity + more,
        sheets=(*figures.sheets, *(SHEET,) * more),
        parts=figures.parts + more,
        edge_length=figures.edge_length * (1 + more / 10),
        seconds=(figures.seconds or 0) * (1 + more / 10),
        mass_g=figures.mass_g * (1 + more / 10),
        hardware=tuple(replace(item, quantity=item.quantity + more) for item in figures.hardware),
    )
    before, after = quoted(figures, prices, way).totals, quoted(larger, prices, way).totals
    assert before.net is not None and after.net is not None and after.net >= before.net


@settings(deadline=None, max_examples=40)
@given(orders, tariffs, ways)
def test_twice_the_hourly_prices_are_twice_their_lines(figures: CutFigures, prices: Prices, way: Way | None) -> None:
    assert prices.hand_hour is not None and prices.machine_hour is not None
    dear = replace(prices, hand_hour=prices.hand_hour * 2, machine_hour=prices.machine_hour * 2)
    doubled = {line.code: line for line in quoted(figures, dear, way).lines}
    for line in quoted(figures, prices, way).lines:
        if line.section in (Section.HANDS, Section.MACHINE):
            amount = doubled[line.code].amount
            assert amount is not None and line.amount is not None and abs(amount - 2 * line.amount) <= Decimal("0.01")


@settings(deadline=None, max_examples=25)
@given(orders)
def test_figures_come_back_from_json_as_they_were(figures: CutFigures) -> None:
    assert figures_from(figures_as_data(figures)) == figures


# The rules, one by one


def test_an_offcut_that_stays_useful_is_not_charged() -> None:
    sheets = (SHEET, replace(SHEET, remnant_area=SHEET.area * 0.4))
    (line,) = (x for x in quoted(order(sheets=sheets)).lines if x.section is Section.SHEETS)
    assert line.quantity == Decimal("1.60") and line.amount == Decimal("156.80")
    assert "2 − 0,4 = 1,6" in line.explanation and "1,25\u00a0m²" in line.explanation
    assert line.formula == "1,6\u00a0panneau × 98,00\u00a0€ = 156,80\u00a0€"


def test_each_size_and_price_of_sheet_has_a_line_and_an_offcut_without_price_counts_as_nothing() -> None:
    small = SheetFigures(1250, 625, "", 781_250, 0, Decimal("31.50"))
    offcut = SheetFigures(800, 400, "chute 12", 320_000, 0, None)
    lines = [x for x in quoted(order(sheets=(SHEET, small, small, offcut))).lines if x.section is Section.SHEETS]
    assert [(x.quantity, x.amount) for x in lines] == [(1, 98), (2, 63), (1, 0)]
    assert "chute 12" in lines[2].label


def test_the_machines_time_is_that_of_its_programs_and_says_so() -> None:
    line = next(x for x in quoted(order(seconds=4068.0)).lines if x.code == "machine")
    assert line.quantity == Decimal("1.13") and line.amount == Decimal("50.85")
    assert "programmes" in line.source and "3 passes" in line.explanation and "1\u00a0h\u00a008" in line.explanation


def test_a_machine_whose_speed_is_unknown_has_no_time_until_the_maker_gives_one() -> None:
    laser = order(seconds=None, time_source=TimeSource.UNKNOWN, unknown=("la vitesse de coupe du laser",), passes=1)
    found = quoted(laser)
    assert found.totals.net is None and any("vitesse de coupe du laser" in text for text in found.totals.missing)
    given_minutes = quoted(laser, replace(TARIFF, machine_min=Decimal(90)))
    assert amount_of(given_minutes, "machine") == Decimal("67.50") and given_minutes.totals.is_complete


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("machine_hour", "heure de machine"),
        ("hand_hour", "heure de main-d’œuvre"),
        ("delivery_km", "kilomètre"),
        ("sheet", "panneau"),
        ("vat_rate", "TVA"),
    ],
)
def test_a_price_that_is_not_known_leaves_no_total_and_is_named(field: str, word: str) -> None:
    found = quoted(order(), replace(TARIFF, **{field: None}), Way("Nîmes", "Alès", 40.0))
    assert found.totals.gross is None and any(word in text for text in found.totals.missing)
    assert found.totals.known == sum(x.amount for x in found.lines if x.amount is not None)
    assert (found.totals.net is None) == (field != "vat_rate")


def test_hardware_that_nobody_priced_is_missing_and_a_makers_own_price_comes_first() -> None:
    odd = order(hardware=(HardwareFigures("Aimant du Larzac", "Aimant", "pièce", 4.0),))
    assert quoted(odd).totals.missing == ("le prix de «\u00a0Aimant du Larzac\u00a0»",)
    own = quoted(odd, replace(TARIFF, hardware={"Aimant du Larzac": Decimal("2.25")}))
    assert amount_of(own, "hardware-1") == Decimal("9.00") and own.lines[-1].source == "prix du fabricant"


def test_a_reference_takes_the_price_of_its_longest_beginning_in_the_same_unit() -> None:
    table = hardware_table_on(DAY)
    assert table.price_of("ISO 4017 M8 × 70", "pièce") == Decimal("0.40")
    assert table.price_of("Roulette pivotante à frein Ø 75, platine 100 × 80", "pièce") == Decimal("8.50")
    assert table.price_of("Charnière piano 32 mm", "pièce") is None


def test_what_is_missing_to_the_minimum_is_a_line_of_its_own_delivery_apart() -> None:
    tiny = order(
        seconds=60, parts=1, edge_length=0, hardware=(), steps=0, sheets=(replace(SHEET, price_eur=Decimal(1)),)
    )
    found = quoted(tiny, replace(TARIFF, minimum=Decimal(200)), Way("Nîmes", "Alès", 500.0))
    work = [x for x in found.lines if x.section is not Section.DELIVERY]
    assert work[-1].code == "minimum" and sum(x.amount for x in work if x.amount is not None) == 200
    assert not any(x.code == "minimum" for x in quoted(order(9)).lines)


def test_delivery_is_paid_both_ways_and_once_more_for_every_full_load() -> None:
    way = Way("Nîmes (Gard)", "Alès (Gard)", 47.2)
    one = next(x for x in quoted(order(), way=way).lines if x.code == "delivery")
    assert (one.quantity, one.amount) == (96, Decimal("67.20")) and "48 × 2 = 96" in one.explanation
    many = next(x for x in quoted(order(25), way=way).lines if x.code == "delivery")
    assert many.quantity == 192 and "2 voyages (750\u00a0kg" in many.explanation
    assert not any(x.section is Section.DELIVERY for x in quoted(order()).lines)


def test_a_way_over_the_sea_has_no_price_and_says_why() -> None:
    way = way_between("30189", "97411")  # Nîmes, Saint-Denis de La Réunion
    found = quoted(order(), way=way)
    assert way.km is None and found.totals.net is None
    assert any("sans route" in text for text in found.totals.missing)


def test_a_makers_own_price_of_a_piece_takes_the_place_of_all_that_making_it_costs() -> None:
    found = quoted(order(3), replace(TARIFF, piece=Decimal(640)), Way("Nîmes", "Alès", 40.0))
    assert [x.code for x in found.lines] == ["piece", "delivery"] and found.lines[0].amount == 1920


def test_assembly_counts_steps_for_each_person_and_every_fixing() -> None:
    line = next(x for x in quoted(order(2)).lines if x.code == "assembly")
    # 2 × (7 × 2 min + 20 × 0.3 min) = 40 min
    assert line.quantity == Decimal("0.67") and "= 40\u00a0min" in line.explanation and "notice" in line.source


def test_halves_of_a_cent_go_up_and_a_rate_of_zero_is_no_unknown_rate() -> None:
    assert cents(Decimal("0.125")) == Decimal("0.13") and cents(Decimal("2.675")) == Decimal("2.68")
    totals = add_up([(Decimal("10.05"), "")], Decimal("0.055"))
    assert totals.vat == Decimal("0.55")  # 0.55275
    assert add_up([(Decimal(10), "")], Decimal(0)).gross == 10
    assert add_up([], Decimal("0.2")).net is None


def test_a_floats_dust_rounds_nothing_up() -> None:
    assert at_least(0.1 + 0.2, 1) == Decimal("0.3") and at_least(0.301, 1) == Decimal("0.4")


def test_figures_are_written_as_french_readers_write_them() -> None:
    assert euros(Decimal("1234.5")) == "1\u202f234,50\u00a0€" and percent(Decimal("0.055")) == "5,5\u202f%"
    assert counted(Decimal("1.99"), "panneau", "panneaux") == "1,99\u00a0panneau"
    assert counted(2, "panneau", "panneaux") == "2\u00a0panneaux"


def test_rules_and_tables_are_in_order_of_their_dates_and_hold_from_them() -> None:
    assert [r.since for r in RULES] == sorted(r.since for r in RULES)
    assert [t.since for t in HARDWARE_TABLES] == sorted(t.since for t in HARDWARE_TABLES)
    assert rules_on(date(1999, 1, 1)) is RULES[0] and rules_on(DAY).since <= DAY


def test_thickness_classes_and_quantity_bands_leave_nothing_between_them() -> None:
    rules = rules_on(DAY)
    assert rules.thickness_class(15) == rules.thickness_class(16) != rules.thickness_class(18)
    assert rules.thickness_class(18) == "de 16,5 à 19,5\u00a0mm" and rules.thickness_class(6) == "jusqu’à 8\u00a0mm"
    assert rules.thickness_class(40) == "plus de 19,5\u00a0mm"
    bands = {rules.quantity_band(n) for n in range(1, 101)}
    assert bands == {(1, 1), (2, 4), (5, 9), (10, 24), (25, None)}
    assert all(
        low <= n and (high is None or n <= high) for n in range(1, 101) for low, high in [rules.quantity_band(n)]
    )
