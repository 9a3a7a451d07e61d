# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau match``: two tables in, one ranking out, or bad lines and nothing written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from fablabs.geography import commune, straight_km
from treteau.cli import main

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples/matching"
COLUMNS = ["demand", "rank", "maker", "feasible", "score", "distance_km", "lead_days", "price_eur", "reasons"]

pytestmark = pytest.mark.usefixtures("kept")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRETEAU_CACHE", str(cache))


def match(tmp_path: Path, *more: str, demands: Path | None = None, makers: Path | None = None) -> int:
    return main(
        [
            "match",
            "--demands",
            str(demands or EXAMPLES / "demands.csv"),
            "--makers",
            str(makers or EXAMPLES / "makers.csv"),
            "--out",
            str(tmp_path / "ranking.csv"),
            "--today",
            "2026-11-23",
            *(more or ("--radius-km", "100")),
        ]
    )


def rows(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "ranking.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_examples_are_ranked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match(tmp_path) == 0
    assert capsys.readouterr().err == ""
    found = rows(tmp_path)
    assert list(found[0]) == COLUMNS
    for identifier in dict.fromkeys(row["demand"] for row in found):
        lines = [row for row in found if row["demand"] == identifier]
        able = [row for row in lines if row["feasible"] == "true"]
        unable = [row for row in lines if row["feasible"] == "false"]
        assert lines == able + unable
        assert [row["rank"] for row in able] == [str(n) for n in range(1, len(able) + 1)]
        assert [float(row["score"]) for row in able] == sorted((float(row["score"]) for row in able), reverse=True)
        assert all(row["rank"] == row["score"] == row["price_eur"] == "" and row["reasons"] for row in unable)
    told = " ".join(row["reasons"] for row in found)
    for words in ("needs a bed at least", "cuts at most", "has room for", "has only acrylic", "cuts only through"):
        assert words in told


def test_distances_are_straight_and_bounded_by_the_radius(tmp_path: Path) -> None:
    places = {
        row["id"]: row["insee"]
        for name in ("demands", "makers")
        for row in csv.DictReader((EXAMPLES / f"{name}.csv").read_text(encoding="utf-8").splitlines())
    }
    assert match(tmp_path, "--radius-km", "60") == 0
    near = [row for row in rows(tmp_path) if row["maker"]]
    for row in near:
        km = straight_km(commune(places[row["demand"]]), commune(places[row["maker"]]))
        assert float(row["distance_km"]) == pytest.approx(km, abs=0.006) and km <= 60
    assert match(tmp_path, "--radius-km", "300") == 0
    assert len([row for row in rows(tmp_path) if row["maker"]]) > len(near)


def test_twice_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    assert match(tmp_path) == 0
    first = (tmp_path / "ranking.csv").read_bytes()
    makers = tmp_path / "m.csv"
    head, *lines = (EXAMPLES / "makers.csv").read_text(encoding="utf-8").splitlines()
    makers.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    assert match(tmp_path, makers=makers) == 0
    assert (tmp_path / "ranking.csv").read_bytes() == first


def test_a_demand_that_nobody_is_near_has_a_line_of_its_own(tmp_path: Path) -> None:
    assert match(tmp_path, "--radius-km", "0.5") == 0
    alone = [row for row in rows(tmp_path) if not row["maker"]]
    assert alone and all(row["feasible"] == "false" and row["reasons"] == "no maker within 0.5 km" for row in alone)


def test_over_the_sea_there_is_no_distance_and_the_line_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    makers, demands = tmp_path / "m.csv", tmp_path / "d.csv"
    head = (EXAMPLES / "makers.csv").read_text(encoding="utf-8").splitlines()[0]
    machine = "cnc-router,2500,1250,25,plywood,1,30,40"
    makers.write_text(f"{head}\nnice,06088,{machine}\nbastia,2B033,{machine}\n", encoding="utf-8")
    demands.write_text("id,insee,design,quantity\nd,06088,chariot,1\n", encoding="utf-8")
    assert match(tmp_path, "--radius-km", "300", "--json", demands=demands, makers=makers) == 0
    assert json.loads(capsys.readouterr().out)["pairs"] == 1
    near, far = rows(tmp_path)
    assert (near["maker"], near["distance_km"]) == ("nice", "0.00")
    assert (far["maker"], far["feasible"], far["distance_km"]) == ("bastia", "false", "")
    assert far["reasons"] == "no road leads from la Corse to la métropole"


def test_lead_time_and_capacity_count_against_a_deadline_only(tmp_path: Path) -> None:
    makers, demands = tmp_path / "m.csv", tmp_path / "d.csv"
    head = (EXAMPLES / "makers.csv").read_text(encoding="utf-8").splitlines()[0]
    makers.write_text(f"{head}\nM,30189,cnc-router,2500,1250,25,plywood,1,30,40\n", encoding="utf-8")
    demands.write_text(
        "id,insee,design,quantity,deadline\n"
        "open,30189,chariot,50,\n"
        "early,30189,chariot,1,2026-12-22\n"
        "just,30189,chariot,1,2026-12-23\n"
        "many,30189,chariot,5,2026-12-23\n",
        encoding="utf-8",
    )
    assert match(tmp_path, demands=demands, makers=makers) == 0
    found = {row["demand"]: row for row in rows(tmp_path)}
    assert {name: row["feasible"] for name, row in found.items()} == {
        "open": "true",
        "early": "false",
        "just": "true",
        "many": "false",
    }
    assert found["early"]["reasons"] == "delivers after 30 days, 29 are left"
    assert "has room for 4 until 2026-12-23, 5 asked for" in found["many"]["reasons"]


def test_bad_lines_of_both_tables_are_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demands, makers = tmp_path / "d.csv", tmp_path / "m.csv"
    demands.write_text("id,insee,design,quantity\nA,30189,chariot,1\nB,0,chair,x\n", encoding="utf-8")
    makers.write_text("id,insee\nA,30189\n", encoding="utf-8")
    (tmp_path / "ranking.csv").write_text("kept\n", encoding="utf-8")
    assert match(tmp_path, demands=demands, makers=makers) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "d.csv: line 3: insee:" in told.err and "m.csv: line 1: the column 'process' is missing" in told.err
    assert (tmp_path / "ranking.csv").read_text(encoding="utf-8") == "kept\n"
    assert {path.name for path in tmp_path.iterdir()} == {"d.csv", "m.csv", "ranking.csv"}


@pytest.mark.parametrize("radius", ["-1", "x", "1e3", "20039", "", "١"])
def test_a_radius_that_is_none_is_refused(tmp_path: Path, radius: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        match(tmp_path, f"--radius-km={radius}")
    assert caught.value.code == 2
    assert "kilometres" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_what_can_t_be_read_or_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match(tmp_path, demands=tmp_path / "absent.csv") == 2
    assert match(tmp_path / "absent") == 2
    (tmp_path / "ranking.csv").mkdir()
    assert match(tmp_path) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 3 and all(line.startswith("treteau match: ") for line in errors)


def test_a_table_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demands = tmp_path / "ranking.csv"
    demands.write_bytes((EXAMPLES / "demands.csv").read_bytes())
    assert match(tmp_path, demands=demands) == 2
    assert demands.read_bytes() == (EXAMPLES / "demands.csv").read_bytes()
    assert "can't be written too" in capsys.readouterr().err


def test_json_adds_the_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert match(tmp_path, "--radius-km", "100", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    found = rows(tmp_path)
    assert told["pairs"] == sum(1 for row in found if row["maker"])
    assert told["feasible_pairs"] == sum(1 for row in found if row["feasible"] == "true")
    assert told["demands_without_maker"] == len(
        {row["demand"] for row in found} - {row["demand"] for row in found if row["feasible"] == "true"}
    )
    assert sum(told["weights"].values()) == 100


def test_orders_near_each_other_are_pooled_on_a_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demands = tmp_path / "d.csv"
    demands.write_text(
        "id,insee,design,quantity\na,30189,porte,1\nb,30060,porte,1\nc,75056,porte,1\n", encoding="utf-8"
    )
    machine = str(ROOT / "examples/machines/router-2500.toml")
    assert match(tmp_path, "--radius-km", "100", "--json", "--pool", machine, demands=demands) == 0
    (pool,) = json.loads(capsys.readouterr().out)["pools"]
    assert pool["demands"] == ["a", "b"]
    assert pool["sheets_apart"] >= pool["sheets_together"] >= 1
    assert pool["words"]
    assert match(tmp_path, "--radius-km", "100", "--pool", str(demands), demands=demands) == 2
    assert "not valid TOML" in capsys.readouterr().err


def test_the_guide_names_the_columns() -> None:
    guide = (ROOT / "docs/matching.md").read_text(encoding="utf-8")
    assert ",".join(COLUMNS) in guide
    assert "id,insee,process,bed_x_mm,bed_y_mm,max_thickness_mm,materials,units_per_week,lead_days,hour_price" in guide
    assert "id,insee,design,quantity[,deadline][,parameters]" in guide
