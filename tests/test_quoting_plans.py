# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Figures of real plans, and the shell's quotes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from designs.catalogue import design
from fablabs.machine import MachineFile, read_machine
from fabrication.exporters import Job
from fabrication.packaging import manifest
from fabrication.pipeline import plan_job
from fabrication.quoting.estimate import estimate
from fabrication.quoting.figures import TimeSource
from fabrication.quoting.hardware_prices import hardware_table_on
from fabrication.quoting.machine_time import machine_time
from fabrication.quoting.measuring import figures_of
from fabrication.quoting.prices import Prices
from treteau.cli import main

MACHINES = Path(__file__).resolve().parents[1] / "examples/machines"
DAY = date(2026, 11, 22)
TARIFF = Prices(machine_hour=Decimal(45), hand_hour=Decimal(38), vat_rate=Decimal("0.2"), sheet=Decimal(98))
PRICES = ["--machine-hour", "45", "--hand-hour", "38", "--sheet-price", "98"]


@cache
def planned(identifier: str, quantity: int) -> Job:
    return plan_job(identifier, {}, read_machine(MACHINES / "router-2500.toml"), quantity)


def test_figures_are_those_of_the_plan_that_would_be_cut() -> None:
    job = planned("porte", 2)
    figures = figures_of(job)
    assert figures.plan_key == manifest(job, {}, ())["key"]
    assert figures.parts == sum(len(sheet.placements) for sheet in job.plan.sheets) == 38
    assert figures.seconds == sum(program.seconds for program in job.programs)
    assert figures.edge_length == pytest.approx(sum(p.perimeter * p.quantity for p in job.plan.parts))
    assert {h.reference: h.quantity for h in figures.hardware} == {
        h.reference: h.quantity * 2 for h in job.furniture.hardware
    }
    assert all(0 <= sheet.remnant_area < sheet.area for sheet in figures.sheets)


def test_the_way_that_a_program_cuts_is_about_the_contours_in_all_passes() -> None:
    figures = figures_of(planned("porte", 1))
    assert figures.passes == 3
    assert 0.95 < figures.cut_length / (figures.edge_length * 3) < 1.3


@pytest.mark.parametrize("identifier", ["porte", "chariot"])
def test_time_by_length_passes_and_feed_is_near_that_of_the_programs(identifier: str) -> None:
    job = planned(identifier, 1)
    machine = job.machine_file.machine
    told, guessed = machine_time(job.plan, machine, job.programs), machine_time(job.plan, machine, ())
    assert (told.source, guessed.source) == (TimeSource.PROGRAM, TimeSource.LENGTH)
    assert told.seconds and guessed.seconds and abs(guessed.seconds / told.seconds - 1) < 0.1
    assert abs(guessed.cut_length / told.cut_length - 1) < 0.1


def test_a_tool_whose_feed_is_not_said_leaves_the_time_unknown() -> None:
    job = planned("porte", 1)
    machine = job.machine_file.machine
    silent = machine.model_copy(
        update={"tools": tuple(t.model_copy(update={"feed_mm_min": None}) for t in machine.tools)}
    )
    time = machine_time(job.plan, silent, ())
    assert time.seconds is None and "avance" in time.unknown[0]


def test_no_machine_file_says_how_fast_a_laser_cuts() -> None:
    file = MachineFile.model_validate(
        read_machine(MACHINES / "laser-3000.toml").model_dump(mode="json", exclude_unset=True, exclude_none=True)
    )
    figures = figures_of(plan_job("porte", {}, file, 1))
    assert figures.seconds is None and figures.unknown == ("la vitesse de coupe du laser",) and figures.passes == 1
    assert estimate(figures, TARIFF, None, DAY).totals.net is None


@pytest.mark.parametrize("identifier", ["chariot", "porte", "maisonnette"])
def test_all_that_a_model_is_screwed_together_with_has_an_indicative_price(identifier: str) -> None:
    table = hardware_table_on(DAY)
    bought = design(identifier).build().hardware
    assert bought and [h.reference for h in bought if table.price_of(h.reference, h.unit) is None] == []


def test_more_of_a_real_piece_never_costs_less() -> None:
    nets = [estimate(figures_of(planned("porte", n)), TARIFF, None, DAY).totals.net for n in (1, 2)]
    assert all(net is not None for net in nets) and nets == sorted(nets, key=lambda net: net or Decimal(0))
    first, last = nets[0], nets[-1]
    assert first and last and last < 2 * first  # one setting up, and sheets better filled


def test_the_shell_prints_every_line_and_the_total(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "quote",
        "porte",
        "--machine",
        str(MACHINES / "router-2500.toml"),
        *PRICES,
        "--km",
        "10",
        "--km-price",
        "0.70",
        "--hardware-price",
        "Serrure à came Ø 20=9.90",
    ]
    assert main([*arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    amounts = [Decimal(line["amount_eur"]) for line in data["lines"]]
    total = data["total"]
    assert Decimal(total["net_eur"]) == sum(amounts) and total["missing"] == []
    assert Decimal(total["gross_eur"]) == Decimal(total["net_eur"]) + Decimal(total["vat_eur"])
    assert next(x for x in data["lines"] if x["code"] == "delivery")["amount_eur"] == "14.00"
    assert data["figures"]["plan_key"] == figures_of(planned("porte", 1)).plan_key
    assert [x["amount_eur"] for x in data["lines"] if x["label"].startswith("Serrure à came")] == ["9.90"]


def test_the_shell_gives_no_total_where_a_price_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quote", "porte", "--machine", str(MACHINES / "router-2500.toml"), "--machine-hour", "45"]) == 0
    printed = capsys.readouterr().out
    assert (
        "no total: missing" in printed
        and "Montage à l’atelier" in printed
        and "heure de main-d’œuvre" in printed
        and "incomplete" in printed
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--hand-hour", "1e3"], 2),
        (["--hand-hour", "-4"], 2),
        (["--hand-hour", "٣"], 2),
        (["--vat", "20"], 2),
        (["--km", "inf"], 2),
        (["--hardware-price", "vis"], 2),
        (["--quantity", "0"], 2),
        (["--set", "colour=red"], 2),
        (["--machine", str(MACHINES / "laser-600.toml")], 3),
        (["--machine", "nowhere.toml"], 2),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        found = main(["quote", "porte", "--machine", str(MACHINES / "router-2500.toml"), *arguments])
    except SystemExit as end:
        found = int(end.code or 0)
    captured = capsys.readouterr()
    assert found == code and captured.out == "" and captured.err.count("\n") == 1


def test_minutes_that_the_maker_gives_take_the_place_of_the_programs() -> None:
    figures = figures_of(planned("porte", 1))
    line = next(
        x for x in estimate(figures, replace(TARIFF, machine_min=Decimal(60)), None, DAY).lines if x.code == "machine"
    )
    assert line.amount == Decimal("45.00") and line.source.startswith("fabricant")
