# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The product's own machine files, in each dialect, changed in one place: the simulation finds it, wherever it is."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fablabs.machine import parse_machine
from fabrication.pipeline import make_package
from tests.broken_packages import ROUTER, Stool, Unpacked
from tests.machine_bench import Bench

MACHINE = """
controller = "{controller}"
zero = "{zero}"
travel_height_mm = 15.0
accel_mm_s2 = 600.0
hold_down = "{hold}"
[[machine.tools]]
name = "fraise 6 mm"
diameter_mm = 6.0
number = 1
feed_mm_min = 3000.0
plunge_mm_min = 900.0
spindle_rpm = 18000.0
pass_depth_mm = 6.0
[[machine.tools]]
name = "fraise 4 mm"
diameter_mm = 4.0
number = 2
feed_mm_min = 2000.0
plunge_mm_min = 600.0
spindle_rpm = 18000.0
pass_depth_mm = 4.0
[stock]"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@cache
def made(folder: Path, controller: str, zero: str = "sheet-top", hold: str = "tabs") -> Bench:
    """A verified package of the stool, whose machine file is the product's."""
    head, rest = ROUTER.format(relief="dogbone", version="R2010").split("[[machine.tools]]", 1)
    text = head + MACHINE.format(controller=controller, zero=zero, hold=hold) + rest.split("[stock]", 1)[1]
    target = folder / f"{controller}-{zero}-{hold}"
    package = Unpacked(make_package(Stool(), {}, parse_machine(text), folder=target).path, target / "unpacked")
    return Bench(package.folder, package.manifest)


def deep(bench: Bench) -> list[int]:
    """The lines of outlines that cut at full depth and move on, by 3 mm at least, with the tool's next place."""
    found, height, outline, place = [], 0.0, False, (0.0, 0.0)
    for index, line in enumerate(bench.lines):
        if line.startswith("("):
            outline = "contour" in line
        words = {letter: float(number) for letter, number in re.findall(r"([XYZ])(-?[0-9.]+)", line)}
        if not words or line.startswith("("):
            continue
        there = words.get("X", place[0]), words.get("Y", place[1])
        height = words.get("Z", height)
        if (
            outline
            and height < -17.8
            and "Z" not in words
            and max(abs(a - b) for a, b in zip(place, there, strict=True)) > 3
        ):
            found.append(index)
        place = there
    return found


def spoilt(faults: list[str]) -> bool:
    return any(words in fault for fault in faults for words in ("is cut into", "not cut free", "tab at", "line "))


@pytest.mark.parametrize(
    ("controller", "zero", "hold"),
    [
        ("linuxcnc", "sheet-top", "tabs"),
        ("grbl", "spoilboard", "tabs"),
        ("mach3", "sheet-top", "onion-skin"),
        ("shopbot", "spoilboard", "vacuum"),
    ],
)
def test_every_dialect_passes_as_it_is_written(folder: Path, controller: str, zero: str, hold: str) -> None:
    bench = made(folder, controller, zero, hold)
    assert bench.faults() == []
    assert next(c for c in bench.data["checks"] if c["id"] == "machine-files")["detail"].startswith("1 files")


def test_any_deep_move_of_an_outline_half_a_millimetre_off_is_found(folder: Path) -> None:
    bench = made(folder, "linuxcnc")
    moves = deep(bench)
    assert len(moves) > 20
    for index in random.Random(3).sample(moves, 8):
        for axis, by in (("X", 0.5), ("X", -0.5), ("Y", 0.5), ("Y", -0.5)):
            line = bench.lines[index]
            moved = re.sub(rf"{axis}(-?[0-9.]+)", lambda m, axis=axis, by=by: f"{axis}{float(m[1]) + by:.4f}", line)
            # Along its own way a straight move only ends elsewhere, and the next one begins there.
            if moved != line and not re.fullmatch(rf"G1 {axis}[-0-9.]+( F[0-9.]+)?", line):
                assert spoilt(bench.faults(bench.changed(index, moved))), moved


def test_any_arc_of_an_outline_run_the_other_way_is_found(folder: Path) -> None:
    bench = made(folder, "linuxcnc")
    arcs = [i for i in deep(bench) if bench.lines[i][:2] in ("G2", "G3")]
    for index in random.Random(5).sample(arcs, min(6, len(arcs))):
        line = bench.lines[index]
        other = ("G3" if line.startswith("G2") else "G2") + line[2:]
        assert spoilt(bench.faults(bench.changed(index, other))), line


def test_any_deep_move_left_out_is_found(folder: Path) -> None:
    bench = made(folder, "linuxcnc")
    arcs = [i for i in deep(bench) if bench.lines[i][:2] in ("G2", "G3")]
    for index in random.Random(7).sample(arcs, min(6, len(arcs))):
        assert spoilt(bench.faults(bench.changed(index, None))), bench.lines[index]


@pytest.mark.parametrize("controller", ["linuxcnc", "grbl", "shopbot"])
def test_a_millimetre_of_depth_is_found_in_every_dialect(folder: Path, controller: str) -> None:
    zero, hold = {"grbl": ("spoilboard", "tabs"), "shopbot": ("spoilboard", "vacuum")}.get(
        controller, ("sheet-top", "tabs")
    )
    bench = made(folder, controller, zero, hold)
    full = "-0.3000" if zero == "spoilboard" else "-17.9000"
    assert any(full in line for line in bench.lines)
    for by, words in ((-1.0, "mm deep"), (1.0, "not cut")):
        faults = bench.faults([line.replace(full, f"{float(full) + by:.4f}") for line in bench.lines])
        assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize("hold", ["onion-skin", "vacuum"])
def test_parts_are_held_as_the_machine_holds_them(folder: Path, hold: str) -> None:
    """A file for tabs is none for a skin, and the reverse."""
    bench = made(folder, "linuxcnc")

    def held(data: dict[str, Any]) -> None:
        data["machine"]["hold_down"] = hold

    words = "onion skin cut" if hold == "onion-skin" else f"holds parts by {hold}"
    assert any(words in fault for fault in bench.faults(change=held))


def test_the_tool_of_another_number_is_found(folder: Path) -> None:
    bench = made(folder, "grbl", "spoilboard")
    assert any(
        "not cut free" in f or "expected of" in f
        for f in bench.faults([re.sub(r"^T1\b", "T2", x) for x in bench.lines])
    )


@pytest.mark.usefixtures("never_hangs")
def test_a_file_that_only_crosses_the_sheet_is_refused(folder: Path) -> None:
    """Moves without number, all over each other, all through the parts."""
    bench = made(folder, "linuxcnc")
    chance = random.Random(1)
    head = bench.lines[: next(i for i, line in enumerate(bench.lines) if line.startswith("G4")) + 1]
    places = ((chance.uniform(5, 630), chance.uniform(5, 470)) for _ in range(5000))
    tangle = [f"G1 X{x:.3f} Y{y:.3f} Z{-(i % 170) / 10:.1f} F900" for i, (x, y) in enumerate(places)]
    faults = bench.faults([*head, "G0 X5 Y5", "G0 Z1", "G1 Z0 F600", *tangle, "G0 Z15", "M5", "M30"])
    assert spoilt(faults)
