# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Tables of demands and makers: what is understood, and what is refused with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fablabs.machine import Process
from fabrication.matching.tables import MAKER_COLUMNS, TableError, read_demands, read_makers

HEAD = "id,insee,design,quantity,deadline,parameters\n"
MAKERS = ",".join(MAKER_COLUMNS) + "\n"


def table(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(path: Path, *, makers: bool = False) -> list[tuple[int, str]]:
    with pytest.raises(TableError) as caught:
        (read_makers if makers else read_demands)(path)
    assert "\n" not in str(caught.value)
    return [(fault.line, fault.text) for fault in caught.value.faults]


def test_demands_are_read(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        HEAD + 'A,30189,chariot,4,2027-03-01,"{""width"": 800}"\n\nB,75056,porte,1,,\nC, 2a004 ,maisonnette,1000,,{}\n',
    )
    first, second, third = read_demands(path)
    assert (first.id, first.insee, first.design, first.quantity) == ("A", "30189", "chariot", 4)
    assert first.deadline == date(2027, 3, 1) and dict(first.parameters) == {"width": 800.0}
    assert second.deadline is None and dict(second.parameters) == {}
    assert third.insee == "2A004"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, mark: bytes, separator: str, end: str) -> None:
    rows = [["Quantity", "design", "insee", "ID"], ["2", "chariot", "30189", "é, ça"], ["3", "porte", "13055", "b"]]
    text = end.join(separator.join(f'"{cell}"' for cell in row) for row in rows) + end
    found = read_demands(table(tmp_path, mark + text.encode()))
    assert [(one.id, one.quantity) for one in found] == [("é, ça", 2), ("b", 3)]


def test_former_communes_and_arrondissements_become_todays(tmp_path: Path) -> None:
    found = read_demands(table(tmp_path, HEAD + "A,75115,chariot,1,,\nB,69383,chariot,1,,\nC,13201,chariot,1,,\n"))
    assert [one.insee for one in found] == ["75056", "69123", "13055"]


def test_all_bad_lines_are_named_with_all_that_is_wrong(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        HEAD
        + "A,30189,chariot,1,,\n"  # 2
        + "A,30189,chariot,1,,\n"  # 3: twice
        + ",99999,chair,0,2027-13-01,[1]\n"  # 4: everything
        + "B,30189,chariot\n"  # 5: cells
        + "C,1004,chariot,1,,\n"  # 6: a zero lost
        + 'D,30189,chariot,1,,"{""width"": 99}"\n'  # 7: out of bounds
        + "E,30189,chariot,1.5,,{bad\n"  # 8
        + 'F,30189,chariot,1,,"{""width"": NaN}"\n'  # 9
        + "G,30189,chariot,1,,\n",
    )
    found = dict(faults(path))
    assert list(found) == [3, 4, 5, 6, 7, 8, 9]
    assert found[3] == "id 'A' is on line 2 already"
    for word in ("id:", "insee:", "design:", "quantity:", "deadline:"):
        assert word in found[4]
    assert found[5] == "3 cells, the header has 6"
    assert "01004" in found[6]
    assert "width is between 660 and 1200 mm, not 99" in found[7]
    assert "quantity" in found[8] and "no JSON" in found[8]
    assert "no JSON" in found[9]


def test_a_line_inside_quotes_counts_from_where_it_begins(tmp_path: Path) -> None:
    path = table(tmp_path, HEAD + 'A,30189,chariot,1,,"{\n\n}"\nB,30189,chariot,x,,\n')
    assert [line for line, _ in faults(path)] == [5]


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("", "no header"),
        ("id,insee,design\n", "'quantity' is missing"),
        ("id,insee,design,quantity,colour\n", "unknown column 'colour'"),
        ("id,insee,design,quantity,quantity\n", "there twice"),
        ("a|b|c\n", "'id' is missing"),
    ],
)
def test_a_wrong_header_is_told_on_its_line(tmp_path: Path, head: str, words: str) -> None:
    assert any(line == 1 and words in text for line, text in faults(table(tmp_path, head)))


def test_makers_are_read_and_what_is_empty_is_not_known(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        MAKERS
        + "M,30189,cnc-router,2500,1250.5,25,plywood | mdf||mdf,1.5,14,62.50\n"
        + "L,30189,laser,1300,900,18,,,,\n"
        + "U,30189,,,,,,,,\n"
        + "V,30189,router,2500,1250,,,,,\n",
    )
    first, laser, unknown, thickness = read_makers(path)
    station = first.stations[0]
    assert (station.process, station.bed_mm, station.max_thickness_mm) == (Process.ROUTER, (2500.0, 1250.5), 25.0)
    assert station.materials == ("plywood", "mdf") and station.file is None
    assert (first.units_per_week, first.lead_days, first.machine_hour_eur) == (Decimal("1.5"), 14, Decimal("62.50"))
    assert laser.stations[0].process is Process.LASER and laser.stations[0].materials == ()
    assert (laser.units_per_week, laser.lead_days, laser.machine_hour_eur) == (None, None, None)
    assert unknown.stations == () == thickness.stations


def test_bad_makers_are_named(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        MAKERS
        + "A,30189,saw,2500,,25,,1,1,1\n"
        + "B,30189,laser,-5,10,1e3,,1,1.5,1\n"
        + "C,30189,laser,1,1,1,,-1,4000,60 €\n",
    )
    found = dict(faults(path, makers=True))
    assert list(found) == [2, 3, 4]
    assert "cnc-router or laser, not 'saw'" in found[2] and "both or none" in found[2]
    assert all(name in found[3] for name in ("bed_x_mm", "max_thickness_mm", "lead_days"))
    assert all(name in found[4] for name in ("units_per_week", "lead_days", "hour_price"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id,insee\n\xff\xfe", "no UTF-8 text"),
        (b"id,insee,design,quantity\nA\0,30189,chariot,1\n", "NUL"),
        (b'id,insee,design,quantity\nA,30189,"chariot,1\n', "no CSV"),
        (b"id,insee,design,quantity\n" + b"A" * 30_000 + b",30189,chariot,1\n", "longer than"),
        (b"id,insee,design,quantity,parameters\nA,30189,chariot,1," + b"[" * 15_000 + b"\n", "no JSON"),
        (b"id,insee,design,quantity\nA\x1b[31m,30189,chariot,1\n", "id: a name on one line"),
    ],
)
def test_hostile_input_is_a_bad_line(tmp_path: Path, content: bytes, words: str) -> None:
    assert any(words in text for _, text in faults(table(tmp_path, content)))


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    assert faults(tmp_path) == [(1, "is no file")]
    with pytest.raises(OSError, match=r"absent\.csv"):
        read_demands(tmp_path / "absent.csv")


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    for start in (b"", HEAD.encode(), HEAD.encode() + b"A,30189,chariot,1,,\n"):
        path = table(tmp_path, start + content)
        for read in (read_demands, read_makers):
            try:
                read(path)
            except TableError as error:
                assert error.faults and all(fault.line >= 1 for fault in error.faults)


def test_thousands_of_lines_are_read(tmp_path: Path) -> None:
    demands = table(tmp_path, HEAD + "".join(f"D{n},30189,chariot,{n % 5 + 1},2027-03-01,\n" for n in range(5000)))
    assert len(read_demands(demands)) == 5000
    makers = table(tmp_path, MAKERS + "".join(f"M{n},30189,laser,1300,900,18,mdf,2,7,40\n" for n in range(1500)))
    assert len(read_makers(makers)) == 1500
