# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""``treteau nest``: instances in, placements and a drawing out; bad input is one line and exit code 2."""

from __future__ import annotations

import copy
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon
from shapely.affinity import rotate, translate

from treteau.cli import main

SMALL: dict[str, Any] = {
    "name": "essai",
    "items": [
        {
            "id": 0,
            "demand": 4,
            "allowed_orientations": [0.0, 180.0],
            # Closed, as the public files are.
            "shape": {
                "type": "simple_polygon",
                "data": [[0, 0], [300, 0], [300, 200], [150, 320], [0, 200], [0, 0]],
            },
        },
        {
            "id": 1,
            "demand": 3,
            "allowed_orientations": [0.0, 90.0, 180.0, 270.0],
            "shape": {
                "type": "simple_polygon",
                "data": [[50, 50], [450, 50], [450, 150], [150, 150], [150, 350], [50, 350]],
            },
        },
        {"id": 7, "demand": 2, "shape": {"type": "simple_polygon", "data": [[0, 0], [200, 0], [80, 160]]}},
    ],
    "strip_height": 700.0,
}


def instance(folder: Path, data: object = None) -> Path:
    path = folder / "instance.json"
    path.write_text(json.dumps(SMALL if data is None else data), encoding="utf-8")
    return path


def run(*arguments: object) -> int:
    return main(["nest", *map(str, arguments)])


def shapes(rows: list[dict[str, Any]]) -> dict[int, list[Polygon]]:
    """Each item turned about its origin, then moved, by sheet."""
    outlines = {item["id"]: Polygon(item["shape"]["data"]) for item in SMALL["items"]}
    sheets: dict[int, list[Polygon]] = {}
    for row in rows:
        turned = rotate(outlines[row["id"]], row["rotation"], origin=(0, 0))
        sheets.setdefault(row["sheet"], []).append(translate(turned, row["x"], row["y"]))
    return sheets


def test_sheets_are_filled_with_spacing_and_margin_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "out"
    code = run(
        instance(tmp_path), "--sheet", "1000x600", "--spacing", 8, "--margin", 10, "--time", 0, "--out", out, "--json"
    )
    assert code == 0
    printed = json.loads(capsys.readouterr().out)
    rows = json.loads((out / "placements.json").read_text(encoding="utf-8"))
    assert printed["placements"] == rows
    assert Counter(row["id"] for row in rows) == {0: 4, 1: 3, 7: 2}
    assert {row["rotation"] % 180 for row in rows if row["id"] == 0} == {0.0}
    sheets = shapes(rows)
    assert sorted(sheets) == list(range(1, printed["sheets"] + 1))
    room = Polygon([(10, 10), (990, 10), (990, 590), (10, 590)]).buffer(0.003)
    for laid in sheets.values():
        assert all(room.contains(shape) for shape in laid)
        assert all(a.distance(b) > 8 - 0.003 for i, a in enumerate(laid) for b in laid[:i])
    area = sum(shape.area for laid in sheets.values() for shape in laid)
    assert printed["area_bound"] == pytest.approx(area / 600_000, abs=1e-4)
    assert printed["area_bound"] <= printed["equivalent_sheets"] <= printed["sheets"]


def test_the_drawing_shows_every_item_within_its_frame(tmp_path: Path) -> None:
    assert run(instance(tmp_path), "--sheet", "1000x600", "--time", 0, "--out", tmp_path / "out") == 0
    root = ET.parse(tmp_path / "out" / "layout.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    seen = 0
    for group in root.iter(f"{space}g"):
        dx, dy = map(float, re.findall(r"[-\d.]+", group.attrib["transform"]))
        for path in group.iter(f"{space}path"):
            seen += 1
            numbers = [float(v) for v in re.findall(r"-?\d+\.\d+", path.attrib["d"])]
            assert all(0 <= x + dx <= width for x in numbers[::2])
            assert all(0 <= y + dy <= height for y in numbers[1::2])
    assert seen == 9


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_strip_is_as_long_as_its_items_and_its_density_is_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], seconds: int
) -> None:
    assert run(instance(tmp_path), "--strip", "--time", seconds, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    (laid,) = shapes(printed["placements"]).values()
    assert max(shape.bounds[2] for shape in laid) == pytest.approx(printed["length"], abs=1e-3)
    assert min(shape.bounds[0] for shape in laid) >= -1e-3
    assert min(shape.bounds[1] for shape in laid) >= -0.003
    assert max(shape.bounds[3] for shape in laid) <= 700.003
    assert all(a.intersection(b).area < 1 for i, a in enumerate(laid) for b in laid[:i])
    area = sum(shape.area for shape in laid)
    assert printed["density"] == pytest.approx(area / (700 * printed["length"]), abs=1e-4)


def test_more_time_makes_the_strip_no_longer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lengths = []
    for seconds in (0, 3):
        assert run(instance(tmp_path), "--strip", "--time", seconds, "--json") == 0
        lengths.append(json.loads(capsys.readouterr().out)["length"])
    assert lengths[1] < lengths[0]  # slopes lie closer than the rectangles that cover them


def test_figures_are_printed_for_people_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(instance(tmp_path), "--sheet", "1000x600", "--time", 0) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "items: 9" in lines
    assert any(line.startswith("equivalent sheets: ") for line in lines)


def test_what_fits_on_no_sheet_is_named_with_its_reason_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(instance(tmp_path), "--sheet", "310x330", "--margin", 10, "--time", 0, "--out", out) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "item 0 (4 times): it measures 300 × 320 mm and fits on no sheet" in captured.err
    assert not out.exists()


def test_a_strip_that_is_too_low_names_the_item(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    low = SMALL | {"strip_height": 310.0}
    assert run(instance(tmp_path, low), "--strip", "--time", 0) == 3
    assert "item 0: it is 320 high in every direction that is allowed" in capsys.readouterr().err


def test_any_angle_is_allowed_where_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slim = {"items": [{"id": "lath", "shape": {"type": "simple_polygon", "data": [[0, 0], [700, 700], [690, 710]]}}]}
    assert run(instance(tmp_path, slim), "--sheet", "1000x40", "--time", 0, "--json") == 0
    assert json.loads(capsys.readouterr().out)["sheets"] == 1


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    data = copy.deepcopy(SMALL)
    change(data)
    return data


def shape_of(data: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = data["items"][0]["shape"]
    return shape


BAD = {
    "no object": [],
    "no items": {"strip_height": 10},
    "empty": changed(lambda d: d["items"].clear()),
    "item": changed(lambda d: d["items"].append(3)),
    "id": changed(lambda d: d["items"][0].update(id=[1])),
    "twice": changed(lambda d: d["items"][0].update(id=7)),
    "demand": changed(lambda d: d["items"][0].update(demand=1.5)),
    "many": changed(lambda d: d["items"][0].update(demand=10**9)),
    "none": changed(lambda d: [item.update(demand=0) for item in d["items"]]),
    "turns": changed(lambda d: d["items"][0].update(allowed_orientations=["0"])),
    "no shape": changed(lambda d: d["items"][0].pop("shape")),
    "kind": changed(lambda d: shape_of(d).update(type="circle")),
    "corners": changed(lambda d: shape_of(d).update(data=[[0, 0], [1, 0]])),
    "corner": changed(lambda d: shape_of(d)["data"].append([1, 2, 3])),
    "number": changed(lambda d: shape_of(d)["data"].append(["a", 2])),
    "huge": changed(lambda d: shape_of(d)["data"].append([10**400, 2])),
    "far": changed(lambda d: shape_of(d)["data"].append([1e9, 2])),
    "crossing": changed(lambda d: shape_of(d).update(data=[[0, 0], [9, 9], [9, 0], [0, 8]])),
    "flat": changed(lambda d: shape_of(d).update(data=[[0, 0], [9, 9], [18, 18]])),
    "height": changed(lambda d: d.update(strip_height="high")),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_instance_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    out = tmp_path / "out"
    assert run(instance(tmp_path, BAD[name]), "--sheet", "1000x600", "--time", 0, "--out", out) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("treteau nest: ")
    assert captured.err.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe{}", b'{"items": [NaN]}', b"[" * 100_000])
def test_what_is_no_json_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes
) -> None:
    path = tmp_path / "instance.json"
    path.write_bytes(text)
    assert run(path, "--strip") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_strip_needs_a_height(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = {key: value for key, value in SMALL.items() if key != "strip_height"}
    assert run(instance(tmp_path, data), "--strip") == 2
    assert "no strip_height" in capsys.readouterr().err


def test_a_missing_file_a_folder_and_a_place_that_cannot_be_written_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for arguments in (
        (tmp_path / "none.json", "--strip"),
        (tmp_path, "--strip"),
        (instance(tmp_path), "--strip", "--time", 0, "--out", tmp_path / "file" / "out"),
    ):
        assert run(*arguments) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--sheet", "2500"),
        ("--sheet", "0x100"),
        ("--sheet", "-5x100"),
        ("--sheet", "nanx100"),
        ("--sheet", "100x100", "--strip"),
        ("--strip", "--margin", "5"),
        ("--strip", "--spacing", "-1"),
        ("--strip", "--spacing", "1e3"),
        ("--strip", "--time", "99999"),
        ("--strip", "--time", "soon"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as exit_:
        run(instance(tmp_path), *arguments)
    assert exit_.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
