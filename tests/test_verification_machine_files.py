# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A machine's file that would spoil a part, a clamp or a sheet is found by the simulation, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from shapely import LineString, MultiLineString

from fabrication.verification import verify_folder
from fabrication.verification.gcode import read_gcode
from fabrication.verification.travel import tools_of
from tests.machine_bench import Bench, plain_bench
from tests.plain_gcode import FEED, PLUNGE, TAB_HEIGHT, TAB_WIDTH


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return plain_bench(tmp_path_factory.mktemp("plain"))


def shifted(line: str, axis: str, by: float) -> str:
    return re.sub(rf"{axis}(-?[0-9.]+)", lambda m: f"{axis}{float(m[1]) + by:.4f}", line)


def named(faults: list[str], *words: str) -> bool:
    return any(all(word in fault for word in words) for fault in faults)


def span(bench: Bench, copy: str) -> tuple[int, int]:
    """The lines of a copy's outline, from its comment to the way up."""
    start = bench.find(f"({copy} outside)")
    return start, next(i for i in range(start, len(bench.lines)) if bench.lines[i].startswith("G0 Z15"))


def test_a_right_file_passes_with_either_zero(bench: Bench, tmp_path) -> None:
    assert bench.faults() == []
    assert plain_bench(tmp_path, "spoilboard").faults() == []


def test_a_move_half_a_millimetre_off_spoils_the_part_or_leaves_its_edge(bench: Bench) -> None:
    start, end = span(bench, "P02-1")
    deep = next(i for i in range(start, end) if bench.lines[i].startswith("G1 Z-17.9"))
    long = next(i for i in range(deep, end) if bench.lines[i].startswith("X174.0000 Y409"))
    assert named(bench.faults(bench.changed(long, shifted(bench.lines[long], "Y", -0.5))), "P02-1 is cut into")
    out = bench.changed(long, shifted(bench.lines[long], "Y", 0.5))
    out[long - 1] = shifted(out[long - 1], "Y", 0.5)
    assert named(bench.faults(out), "P02-1 is not cut free")


def test_an_arc_run_the_other_way_leaves_a_hole_half_cut(bench: Bench) -> None:
    index = next(i for i, line in enumerate(bench.lines) if line.startswith("G3") and "Z" not in line)
    faults = bench.faults(bench.changed(index, bench.lines[index].replace("G3", "G2")))
    assert named(faults, "hole", "not cut through") or named(faults, "recess", "not cut")


@pytest.mark.parametrize(
    ("z", "words"), [("-18.9000", ("18.90 mm deep", "17.90 at most")), ("-16.9000", ("not cut free",))]
)
def test_a_millimetre_too_deep_or_too_shallow(bench: Bench, z: str, words: tuple[str, ...]) -> None:
    assert named(bench.faults([line.replace("Z-17.9000", f"Z{z}") for line in bench.lines]), *words)


def test_a_pocket_a_millimetre_too_deep_or_too_shallow(bench: Bench) -> None:
    assert named(bench.faults([line.replace("Z-9.0000", "Z-10.0000") for line in bench.lines]), "P01-1 is cut into")
    assert named(
        bench.faults([line.replace("Z-9.0000", "Z-8.0000") for line in bench.lines]), "recess 9.00 mm deep not cut"
    )


def test_a_tab_that_is_cut_away(bench: Bench) -> None:
    start, end = span(bench, "P02-1")
    lift = next(i for i in range(start, end) if bench.lines[i].startswith("Z-14.6"))
    faults = bench.faults(bench.lines[:lift] + bench.lines[lift + 1 : lift + 2] + bench.lines[lift + 3 :])
    assert named(faults, "P02-1 has a tab at", "0.00 mm wide")


def test_a_tab_that_nobody_planned(bench: Bench) -> None:
    def forget(data: dict[str, Any]) -> None:
        data["sheets"][0]["tabs"] = [t for t in data["sheets"][0]["tabs"] if t["part"] != "P03"][:]

    faults = bench.faults(change=forget)
    assert named(faults, "P03-1 is not cut free")
    assert named(faults, "P03-1 has no tab that holds it")


def test_a_tab_listed_twice_or_of_a_part_that_is_not_there(bench: Bench) -> None:
    def double(data: dict[str, Any]) -> None:
        tabs = data["sheets"][0]["tabs"]
        tabs += [dict(tabs[0]), {**tabs[0], "copy": 9}]

    faults = bench.faults(change=double)
    assert named(faults, "P01-1 has a tab twice")
    assert named(faults, "P01-9, which is not on the sheet")


@pytest.mark.parametrize("mill", [6.0, 20.0])
def test_wood_beside_a_tab_is_no_tab_whatever_other_mills_the_machine_has(bench: Bench, mill: float) -> None:
    """Lifted once more from 9 to 15 mm beside a tab's middle: only a wide mill leaves wood so far from one."""
    start, _ = span(bench, "P02-1")
    deep = next(
        i
        for i in range(start, len(bench.lines))
        if bench.lines[i].startswith("Z-17.9") and "X186" in bench.lines[i - 1]
    )
    lifted = ["X189.0000", "Z-14.6000", "X195.0000", "Z-17.9000 F900"]

    def another(data: dict[str, Any]) -> None:
        first = data["machine"]["tools"][0]
        data["machine"]["tools"].append({**first, "name": "another", "number": 8, "diameter_mm": mill})

    assert not named(bench.faults(change=another), "P02-1 is not cut free")
    faults = bench.faults([*bench.lines[: deep + 1], *lifted, *bench.lines[deep + 1 :]], another)
    assert named(faults, "P02-1 is not cut free", "near (192.0")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("width_mm", TAB_WIDTH + 1, ("6.00 mm wide", "7 expected")),
        ("height_mm", TAB_HEIGHT - 1, ("wood above the tab's 2 mm",)),
        ("height_mm", TAB_HEIGHT + 1, ("lower than 4 mm",)),
    ],
)
def test_a_tab_of_another_size(bench: Bench, key: str, value: float, words: tuple[str, ...]) -> None:
    def change(data: dict[str, Any]) -> None:
        data["sheets"][0]["tabs"][0][key] = value

    assert named(bench.faults(change=change), "P01-1 has", *words)


def test_a_tab_somewhere_else(bench: Bench) -> None:
    def change(data: dict[str, Any]) -> None:
        data["sheets"][0]["tabs"][0]["x_mm"] += 40

    faults = bench.faults(change=change)
    assert named(faults, "P01-1 has a tab at", "0.00 mm wide")
    assert named(faults, "P01-1 is not cut free")


def test_a_pass_left_out_asks_too_much_of_the_tool_and_the_last_one_leaves_the_part_uncut(bench: Bench) -> None:
    start, end = span(bench, "P02-1")
    passes = [i for i in range(start, end) if bench.lines[i].startswith("G1 Z-")] + [end]
    depths = [bench.lines[i].split()[1] for i in passes[:-1]]
    assert depths == ["Z-4.4750", "Z-8.9500", "Z-13.4250", "Z-17.9000"]
    second = bench.faults(bench.lines[: passes[1]] + bench.lines[passes[2] :])
    assert named(second, "8.95 mm at once", "5 at most")
    last = bench.faults(bench.lines[: passes[3]] + bench.lines[end:])
    assert named(last, "P02-1 is not cut free")


def test_a_rapid_in_the_wood(bench: Bench) -> None:
    up = bench.find("G0 Z15", after="P02-1 outside")
    assert named(bench.faults(bench.changed(up, "G0 Z-4")), "a rapid through wood", f"line {up + 2}")
    down = bench.find("G0 Z1.0", after="P02-1 outside")
    assert named(bench.faults(bench.changed(down, "G0 Z-2")), "a rapid into wood", f"line {down + 1}")


def test_a_clamp_in_the_way(bench: Bench) -> None:
    def clamp(data: dict[str, Any], y: float) -> None:
        data["machine"]["keep_out_mm"] = [[[150, y], [170, y], [170, y + 20], [150, y + 20]]]

    assert named(bench.faults(change=lambda d: clamp(d, 411.5)), "runs into a clamp")
    assert bench.faults(change=lambda d: clamp(d, 412.5)) == []


def test_a_clamp_is_travelled_over_at_the_travel_height_only(bench: Bench) -> None:
    program = read_gcode("\n".join(bench.lines).encode(), "linuxcnc", {1, 2})
    cuts = MultiLineString([m.points for m in program.motions if not m.rapid and not m.is_upright])
    flights = [m for m in program.motions if m.rapid and not m.is_upright]
    x, y = next(
        (p.x, p.y)
        for m in flights
        if (p := LineString(m.points).interpolate(0.5, normalized=True)) and p.distance(cuts) > 8
    )

    def clamp(data: dict[str, Any]) -> None:
        data["machine"]["keep_out_mm"] = [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]]]

    assert bench.faults(change=clamp) == []
    low = [line.replace("G0 Z15.0000", "G0 Z14.0000") for line in bench.lines]
    assert named(bench.faults(low, clamp), "runs into a clamp")


def test_where_nothing_may_be_cut(bench: Bench) -> None:
    def knot(data: dict[str, Any]) -> None:
        data["sheets"][0]["keep_out_mm"] = [[[150, 411], [170, 411], [170, 420], [150, 420]]]

    assert named(bench.faults(change=knot), "a place kept out")


def test_the_piece_that_is_offered_back_stays_whole(bench: Bench) -> None:
    def remnant(data: dict[str, Any], y: float) -> None:
        data["sheets"][0]["remnant_mm"] = [[0, y], [700, y], [700, 500], [0, 500]]

    assert named(bench.faults(change=lambda d: remnant(d, 411)), "the piece that remains is cut into")
    assert bench.faults(change=lambda d: remnant(d, 412.1)) == []


def test_another_tool(bench: Bench) -> None:
    faults = bench.faults([line.replace("T1 M6", "T2 M6") for line in bench.lines])
    assert named(faults, "not cut free")


def test_a_relief_too_small_for_the_tool_leaves_its_corner(bench: Bench, tmp_path, monkeypatch) -> None:
    """Reliefs are a tenth of a millimetre wider than the tool: those of a tool 0.2 wider than these stay uncut."""
    from tests.plain_gcode import PlainWriter

    monkeypatch.setattr(PlainWriter, "radius", property(lambda self: 3.15, lambda self, value: None), raising=False)
    wide = plain_bench(tmp_path)

    def tool(data: dict[str, Any]) -> None:
        data["machine"]["tools"][0]["diameter_mm"] = data["tool"]["diameter_mm"] = 6.3

    assert named(wide.faults(change=tool), "P01-1 has its hole", "not cut through")


def test_an_edge_that_the_paths_lost(bench: Bench) -> None:
    """An offset that collapses in a relief takes a whole side with it, as those of a dog-bone of exactly the tool's
    diameter did: here the side between two corners is jumped over in every pass."""
    start, end = span(bench, "P02-1")
    lines = list(bench.lines)
    for index in range(end - 1, start, -1):
        # Along the side at X = 7.
        if lines[index].startswith("X7.0000 Y376"):
            lines[index : index + 1] = ["G0 Z15", lines[index], f"G1 Z{_depth(lines, index)} F900"]
    assert named(bench.faults(lines), "P02-1 is not cut free, over", "0.94 × 88.8")


def _depth(lines: list[str], index: int) -> str:
    return next(m[1] for line in lines[index::-1] if (m := re.match(r"(?:G1 )?Z(-[0-9.]+)", line)))


def test_what_is_inside_comes_first(bench: Bench) -> None:
    inside, (start, end) = bench.find("(P01-1 inside)"), span(bench, "P01-1")
    outline = bench.lines[start : end + 1]
    faults = bench.faults(bench.lines[:inside] + outline + bench.lines[inside:start] + bench.lines[end + 1 :])
    assert named(faults, "P01-1 is cut inside after its outline")


def test_a_part_that_is_forgotten(bench: Bench) -> None:
    start, end = span(bench, "P03-1")
    assert named(bench.faults(bench.lines[:start] + bench.lines[end:]), "P03-1 is not cut free")


def test_a_hole_or_a_pocket_that_is_forgotten(bench: Bench) -> None:
    start = bench.find("(P01-1 inside)")
    end = next(i for i in range(start, len(bench.lines)) if bench.lines[i].startswith("G0 Z15"))
    assert named(bench.faults(bench.lines[:start] + bench.lines[end:]), "P01-1 has its hole", "not cut through")


@pytest.mark.parametrize("by", [-0.5, 0.5, 10.0])
@pytest.mark.parametrize("axis", ["X", "Y"])
def test_a_zero_beside_the_sheets_corner(bench: Bench, axis: str, by: float) -> None:
    assert named(bench.faults([shifted(line, axis, by) for line in bench.lines]), "P01-1 is cut into")


def test_the_other_zero(bench: Bench) -> None:
    def zero(data: dict[str, Any]) -> None:
        data["machine"]["zero"] = "spoilboard"

    assert named(bench.faults(change=zero), "mm deep")


def test_a_file_cut_off(bench: Bench) -> None:
    faults = bench.faults(bench.lines[: len(bench.lines) // 2])
    assert named(faults, "it was cut off")
    assert named(faults, "not cut free")


def test_inches(bench: Bench) -> None:
    assert named(bench.faults([line.replace("G21", "G20") for line in bench.lines]), "line 3", "inches")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("M3 S18000", "M3 S12000", ("12000 turns", "18000 expected")),
        ("M3 S18000", "M5 S18000", ("the spindle stands still in the wood",)),
        (f"F{FEED:g}", "F3100", ("a feed of 3100", "3000 at most")),
        (f"F{PLUNGE:g}", "F1000", ("a feed of 1000", "900 at most straight down")),
        ("G0 Z15.0000", "G0 Z12.0000", ("travel height of 15",)),
    ],
)
def test_speeds_and_heights(bench: Bench, old: str, new: str, words: tuple[str, ...]) -> None:
    assert named(bench.faults([line.replace(old, new) for line in bench.lines]), *words)


def test_beyond_the_sheet(bench: Bench) -> None:
    index = bench.find("G0 X", after="P02-1 outside") - 1
    beyond = [*bench.lines[:index], "G0 X-20 Y50", "G0 Z1", f"G1 Z-4 F{PLUNGE:g}", "G0 Z15", *bench.lines[index:]]
    assert named(bench.faults(beyond), "outside the sheet, near (-20.00, 50.00)")


def test_the_stated_time_is_within_a_tenth(bench: Bench) -> None:
    stated = bench.sheet["machine_time_s"]

    def say(data: dict[str, Any], factor: float) -> None:
        data["sheets"][0]["machine_time_s"] = stated * factor

    assert bench.faults(change=lambda d: say(d, 1.09)) == []
    assert named(bench.faults(change=lambda d: say(d, 1.12)), "machine time")
    assert named(bench.faults(change=lambda d: say(d, 0.88)), "machine time")


def test_a_file_and_its_manifest_agree_on_there_being_one(bench: Bench) -> None:
    def silent(data: dict[str, Any]) -> None:
        data["sheets"][0].update(gcode=None, tabs=[], machine_time_s=None)
        data["unprogrammed"] = []

    def without_controller(data: dict[str, Any]) -> None:
        data["machine"]["controller"] = None

    assert named(bench.faults(change=silent), "no line that says why")
    assert named(bench.faults(change=without_controller), "no controller is known")


def test_nothing_is_left_out_that_a_tool_makes(bench: Bench) -> None:
    def say(data: dict[str, Any]) -> None:
        data["unprogrammed"] += ["P01: engraving: no tool", "P02: no tool for the hole Ø6.00"]

    assert bench.faults(change=say) == ["P01-1 has an engraving that is said to be left out, though a tool makes it"]


def test_a_hole_that_no_tool_makes_is_left_if_the_manifest_says_so(bench: Bench) -> None:
    def thick(data: dict[str, Any], *lines: str) -> None:
        """Only a tool that is a hair too wide for the holes of 6 mm is left."""
        data["machine"]["tools"] = [{**data["machine"]["tools"][0], "diameter_mm": 6.015}]
        data["tool"]["diameter_mm"] = 6.015
        data["unprogrammed"] += lines

    unsaid = bench.faults(change=thick)
    assert named(unsaid, "P02-1 has a hole Ø6.00", "no tool makes")
    said = bench.faults(change=lambda d: thick(d, "P02: no tool for the hole Ø6.0"))
    assert not named(said, "P02-1 has a hole Ø6.00")


def test_a_drill_a_hair_too_wide_makes_no_hole_and_one_that_much_thinner_does(bench: Bench) -> None:
    def drill(diameter: float) -> Callable[[dict[str, Any]], None]:
        def change(data: dict[str, Any]) -> None:
            mill = data["machine"]["tools"][0]
            thin = {**mill, "name": "foret", "kind": "drill", "number": 9, "diameter_mm": diameter}
            data["machine"]["tools"] = [{**mill, "diameter_mm": 6.015}, thin]
            data["tool"]["diameter_mm"] = 6.015

        return change

    for diameter, makes in ((5.96, True), (6.01, True), (6.03, False)):
        unsaid = named(bench.faults(change=drill(diameter)), "P02-1 has a hole Ø6.00", "no tool makes")
        assert bool(unsaid) != makes, diameter


def test_a_machine_file_that_the_manifest_does_not_name_is_a_stranger(bench: Bench, tmp_path) -> None:
    import json
    import shutil

    folder = tmp_path / "package"
    shutil.copytree(bench.package.folder, folder)
    bench.sheet_free = json.loads(json.dumps(bench.data))
    bench.sheet_free["sheets"][0].update(gcode=None, tabs=[], machine_time_s=None)
    (folder / "manifest.json").write_text(json.dumps(bench.sheet_free))
    report = verify_folder(folder)
    assert any("sheet-01.nc is in the package, but not in the manifest" in fault for fault in report.faults)


def test_a_tool_without_a_number_never_takes_that_of_another() -> None:
    from types import SimpleNamespace

    bare, bit = SimpleNamespace(number=None), SimpleNamespace(number=1)
    assert tools_of(SimpleNamespace(tools=(bare, bit)))[1] is bit  # type: ignore[arg-type]
    assert tools_of(SimpleNamespace(tools=(bit, bare))) == {1: bit, 2: bare}  # type: ignore[arg-type]
