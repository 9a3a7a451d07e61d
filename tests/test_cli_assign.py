# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau assign``: from two tables to a third, with reasons; refusals by line; the same bytes again."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fablabs.geography import commune, straight_km
from fabrication.assignment.checking import Claims, Line, faults
from fabrication.matching.feasible import Judge
from fabrication.matching.measuring import Pieces, shell_cache
from fabrication.matching.tables import read_demands, read_makers
from treteau.cli import main

DEMANDS = """\
id,insee,design,quantity,deadline,parameters
near,30189,chariot,3,,
late,30007,chariot,2,2026-11-25,
soon,34172,chariot,5,2026-12-10,
large,13055,chariot,12,,
island,97411,chariot,2,,
lone,97302,chariot,1,,
small,30189,chariot,1,,"{""width"": 900}"
"""
MAKERS = """\
id,insee,process,bed_x_mm,bed_y_mm,max_thickness_mm,materials,units_per_week,lead_days,hour_price
nimes,30189,cnc-router,2500,1250,20,contreplaqué bouleau,1.2,14,55
montpellier,34172,cnc-router,2500,1250,20,contreplaqué bouleau,2,10,60
marseille,13055,laser,1300,900,6,contreplaqué,40,5,40
reunion,97411,cnc-router,1000,600,20,contreplaqué bouleau,3,10,45
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRETEAU_CACHE", str(tmp_path_factory.getbasetemp() / "assign-cache"))


def written(folder: Path, demands: str = DEMANDS, makers: str = MAKERS) -> tuple[Path, Path]:
    (folder / "d.csv").write_text(demands, encoding="utf-8")
    (folder / "m.csv").write_text(makers, encoding="utf-8")
    return folder / "d.csv", folder / "m.csv"


def assign(folder: Path, *arguments: object, radius: float = 130) -> tuple[int, list[dict[str, str]]]:
    out = folder / "a.csv"
    code = main(
        ["assign", "--demands", str(folder / "d.csv"), "--makers", str(folder / "m.csv"), "--radius-km", str(radius),
         "--today", "2026-11-22", "--out", str(out), *map(str, arguments)]
    )  # fmt: skip
    text = out.read_text(encoding="utf-8") if out.exists() else ""
    rows = list(csv.DictReader(text.splitlines()))
    return code, rows


def by_demand(rows: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["demand"]].append(row)
    return found


def test_every_demand_has_its_rows_with_reasons_and_the_sums_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path)
    code, rows = assign(tmp_path, "--json")
    assert code == 0
    assert list(rows[0]) == ["demand", "maker", "quantity", "distance_km", "reason"]
    of = by_demand(rows)
    assert list(of) == ["near", "late", "soon", "large", "island", "lone", "small"]
    # 1.2 a week make 4 in four weeks, 2 make 8.
    assert [(r["maker"], r["quantity"]) for r in of["soon"]] == [("montpellier", "5")]
    assert (of["late"][0]["maker"], of["late"][0]["reason"]) == (
        "",
        "none of the 2 makers within 130 km can make it (delivers after 14 days, 3 are left)",
    )
    assert of["large"][0]["reason"] == "in part: 12 exceed the capacity of the only maker that can make it (4)"
    assert sum(int(r["quantity"]) for r in of["large"]) == 12
    assert "needs a bed at least" in of["island"][0]["reason"]
    assert of["lone"][0]["reason"] == "no maker within 130 km, nor anywhere without crossing the sea"
    printed = json.loads(capsys.readouterr().out)
    served = [r for r in rows if r["maker"]]
    km = sum(int(r["quantity"]) * float(r["distance_km"]) for r in served)
    left = sum(int(r["quantity"]) for r in rows if not r["maker"])
    assert printed["totals"]["unit_km"] == pytest.approx(km, abs=1e-6)
    assert printed["totals"]["unserved"] == left
    assert printed["objective"] == pytest.approx(km + 1000 * left, abs=1e-6)
    assert printed["lower_bound"] <= printed["objective"] <= printed["baseline"]["objective"]
    assert printed["proven_best"] is True
    assert printed["cut_by_time"] is False
    assert printed["seconds"] > 0


def test_an_answer_holds_when_looked_at_pair_by_pair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    d, m = written(tmp_path)
    code, rows = assign(tmp_path, "--json")
    assert code == 0
    printed = json.loads(capsys.readouterr().out)
    demands, makers = {d.id: d for d in read_demands(d)}, read_makers(m)
    pieces, judge = Pieces(shell_cache()), Judge(date(2026, 11, 22))

    def reach(demand_id: str) -> dict[str, int]:
        """Each pair by itself: who lies near enough, and could make one piece of it without regard to capacity."""
        demand = demands[demand_id]
        found = {}
        for maker in makers:
            try:
                km = straight_km(commune(demand.insee), commune(maker.insee))
            except ValueError:
                continue
            result = judge.feasible(pieces.of(demand.design, demand.parameters), maker, demand)
            if km <= 130 and all(o.code == "capacity" for o in result.obstacles):
                found[maker.id] = round(km * 1000)
        return found

    totals = printed["totals"]
    claims = Claims(
        totals["served"], totals["unserved"], round(totals["unit_km"] * 1000), round(printed["objective"] * 1000)
    )
    lines = [
        Line(r["demand"], r["maker"], int(r["quantity"]), round(float(r["distance_km"]) * 1000) if r["maker"] else None)
        for r in rows
    ]
    assert (
        faults(
            orders={key: demand.quantity for key, demand in demands.items()},
            capacities={maker.id: int((maker.units_per_week or 0) * 4) for maker in makers},
            reach=reach,
            lines=lines,
            claims=claims,
            unserved_m=1_000_000,
        )
        == []
    )


def test_an_order_that_no_maker_could_hold_is_split_and_says_so(tmp_path: Path) -> None:
    written(tmp_path, "id,insee,design,quantity\nbig,30189,chariot,11\n")
    code, rows = assign(tmp_path)
    assert code == 0
    assert [(r["maker"], r["quantity"]) for r in rows] == [("nimes", "4"), ("montpellier", "7")]
    assert {r["reason"] for r in rows} == {
        "split: 11 exceed the capacity of each of the 2 makers that can make it (largest 8)"
    }
    written(tmp_path, "id,insee,design,quantity\nbig,30189,chariot,14\n")
    _, rows = assign(tmp_path)
    assert [(r["maker"], r["quantity"]) for r in rows] == [("nimes", "4"), ("montpellier", "8"), ("", "2")]
    assert rows[2]["distance_km"] == ""
    assert "capacity used up" in rows[2]["reason"]


def test_an_order_that_fits_into_one_maker_is_never_split(tmp_path: Path) -> None:
    written(tmp_path, "id,insee,design,quantity\na,34172,chariot,6\nb,34172,chariot,6\n")
    _, rows = assign(tmp_path)
    assert sorted((r["maker"], r["quantity"]) for r in rows) == [("", "6"), ("montpellier", "6")]
    left = next(r for r in rows if not r["maker"])
    assert (
        left["reason"]
        == "capacity used up: of the 2 makers that can make it within 130 km none has room for more than 4"
    )


def test_weeks_and_radius_decide_who_has_room(tmp_path: Path) -> None:
    written(tmp_path, "id,insee,design,quantity\na,30189,chariot,1\nb,30189,chariot,1\n")
    _, rows = assign(tmp_path, "--weeks", 1, radius=20)
    assert [r["maker"] for r in rows if r["maker"]] == ["nimes"]  # 1.2 is one
    _, rows = assign(tmp_path, "--weeks", 2, radius=20)
    assert [r["maker"] for r in rows] == ["nimes", "nimes"]
    _, rows = assign(tmp_path, radius=0)
    assert {r["distance_km"] for r in rows} == {"0.000"}


def test_an_unknown_capacity_is_none(tmp_path: Path) -> None:
    written(tmp_path, "id,insee,design,quantity\na,30189,chariot,1\n", MAKERS.replace("bouleau,1.2,", "bouleau,,"))
    _, rows = assign(tmp_path, radius=20)
    assert rows[0]["reason"] == "the only maker that can make it within 20 km has no capacity in the period"


def test_balancing_is_off_unless_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = "".join(f"o{k},34172,chariot,1\n" for k in range(8))
    makers = MAKERS.replace("bouleau,1.2,", "bouleau,2,")
    written(tmp_path, "id,insee,design,quantity\n" + lines, makers)
    _, rows = assign(tmp_path)
    assert {r["maker"] for r in rows} == {"montpellier"}
    _, rows = assign(tmp_path, "--balance-km", 100)
    assert sorted(r["maker"] for r in rows) == ["montpellier"] * 4 + ["nimes"] * 4


def many(folder: Path) -> None:
    places = ["30189", "34172", "30007", "13055", "84007", "13004", "34032", "30258"]
    demands = "".join(f"o{k},{places[k * 3 % 8]},chariot,{1 + k * 7 % 5}\n" for k in range(120))
    makers = "".join(
        f"m{k},{places[k * 5 % 8]},cnc-router,2500,1250,20,contreplaqué,{(1 + k * 3 % 7) * 0.9:.2f},5,50\n"
        for k in range(25)
    )
    written(folder, "id,insee,design,quantity\n" + demands, MAKERS.splitlines()[0] + "\n" + makers)


def test_the_same_steps_give_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many(tmp_path)
    texts = []
    for _ in range(2):
        code, _ = assign(tmp_path, "--steps", 20, "--json")
        assert code == 0
        texts.append((tmp_path / "a.csv").read_bytes())
    printed = capsys.readouterr().out
    assert texts[0] == texts[1]
    assert printed.count('"steps": 20') == 2
    assert printed.count('"cut_by_time": false') == 2


def test_time_that_is_over_first_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many(tmp_path)
    assert assign(tmp_path, "--steps", 100_000, "--time", "0.1")[0] == 0
    assert "the clock cut the search" in capsys.readouterr().out


BAD: dict[str, tuple[str, str, list[str]]] = {
    "a commune": (DEMANDS.replace("near,30189", "near,99999"), MAKERS, ["d.csv: line 2:"]),
    "two lines": (
        DEMANDS.replace("chariot,3,", "chariot,0,").replace("island,97411,chariot", "island,97411,sofa"),
        MAKERS,
        ["d.csv: line 2:", "d.csv: line 6:"],
    ),
    "both tables": (DEMANDS.replace("chariot,5,2026-12-10", "chariot,5,10/12/2026"), MAKERS.replace("laser", "saw"),
                    ["d.csv: line 4:", "m.csv: line 4:"]),
    "a column": (DEMANDS, MAKERS.replace("lead_days", "days"), ["m.csv: line 1:"]),
    "an id twice": (DEMANDS + "near,30189,chariot,1,,\n", MAKERS, ["d.csv: line 9:"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_lines_are_named_by_number_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    demands, makers, expected = BAD[name]
    written(tmp_path, demands, makers)
    (tmp_path / "a.csv").write_text("before", encoding="utf-8")
    code, _ = assign(tmp_path)
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    for text in expected:
        assert text in captured.err
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "d.csv", "m.csv"]


def test_files_that_are_not_there_or_can_not_be_written_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    d, m = written(tmp_path)
    common: list[Any] = ["--radius-km", "100"]
    for arguments in (
        ["--demands", tmp_path / "none.csv", "--makers", m, "--out", tmp_path / "a.csv"],
        ["--demands", d, "--makers", m, "--out", tmp_path],
        ["--demands", d, "--makers", m, "--out", tmp_path / "none" / "a.csv"],
        ["--demands", d, "--makers", m, "--out", d],
    ):
        assert main(["assign", *map(str, [*arguments, *common])]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.csv", "m.csv"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--weeks", "0"),
        ("--weeks", "1.5"),
        ("--time", "-1"),
        ("--time", "soon"),
        ("--steps", "1e3"),
        ("--balance-km", "-1"),
        ("--today", "22/11/2026"),
        ("--radius-km", "nan"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    written(tmp_path)
    with pytest.raises(SystemExit) as exit_:
        assign(tmp_path, *arguments)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(("demands", "makers"), [(1, 4), (7, 1), (1, 1)])
def test_tables_of_a_header_alone_are_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], demands: int, makers: int
) -> None:
    def head(text: str, lines: int) -> str:
        return "\n".join(text.splitlines()[:lines]) + "\n"

    written(tmp_path, head(DEMANDS, demands), head(MAKERS, makers))
    code, rows = assign(tmp_path, "--json", radius=3000)
    assert code == 0
    assert [row["maker"] for row in rows] == [""] * (demands - 1)
    printed = json.loads(capsys.readouterr().out)
    assert printed["objective"] == printed["lower_bound"] == 1000 * printed["totals"]["unserved"]
    assert printed["gap"] == 0
