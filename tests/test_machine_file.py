# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A machine file is taken as docs/machines.md says, and refused by the name of what is wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fablabs.errors import MachineFileError
from fablabs.layers import Layers
from fablabs.machine import (
    Controller,
    DxfVersion,
    Machine,
    MachineFile,
    Process,
    Relief,
    Tool,
    Zero,
    parse_machine,
    read_machine,
)
from fablabs.stock import Offcut, SheetGrain, Stock, StockSheet
from fabrication.errors import NotMakeableError
from fabrication.fit import check_stock

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples" / "machines").glob("*.toml"))
ROUTER = (ROOT / "examples" / "machines" / "router-2500.toml").read_text(encoding="utf-8")
LASER = (ROOT / "examples" / "machines" / "laser-3000.toml").read_text(encoding="utf-8")


def changed(line: str, replacement: str, text: str = ROUTER) -> str:
    """The text with the line that starts so replaced."""
    result, count = re.subn(rf"(?m)^{re.escape(line)}.*$", lambda _: replacement, text)
    assert count == 1, line
    return result


def refusal(text: str) -> str:
    with pytest.raises(MachineFileError) as caught:
        parse_machine(text, "f.toml")
    message = str(caught.value)
    assert message.startswith("f.toml: ")
    assert "\n" not in message
    return message.removeprefix("f.toml: ")


def test_every_value_of_the_issue_s_router_is_read_as_written() -> None:
    file = parse_machine(ROUTER)
    assert file == MachineFile(
        machine=Machine(
            name="Routeur 2500",
            process=Process.ROUTER,
            bed_mm=(2500, 1250),
            max_thickness_mm=30,
            spacing_mm=8,
            margin_mm=10,
            kerf_mm=0,
            corner_relief=Relief.DOGBONE,
            dxf_version=DxfVersion.R2010,
            controller=Controller.MACH3,
            zero=Zero.SHEET_TOP,
            travel_height_mm=15,
            accel_mm_s2=400,
            rapid_mm_min=9000,
            tools=(
                Tool(
                    name="fraise à compression 6 mm",
                    diameter_mm=6,
                    number=1,
                    feed_mm_min=4000,
                    plunge_mm_min=1200,
                    spindle_rpm=18000,
                    pass_depth_mm=6,
                ),
            ),
        ),
        stock=Stock(
            material="contreplaqué bouleau",
            nominal_thickness_mm=18,
            measured_thickness_mm=17.6,
            sheet_mm=(2500, 1250),
            grain=SheetGrain.LONG,
            clearance_mm=0.2,
        ),
    )
    sheet = file.stock.sheet()
    assert (sheet.thickness, sheet.nominal_thickness, sheet.clearance) == (17.6, 18, 0.2)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid_and_its_sheet_lies_on_its_machine(path: Path) -> None:
    check_stock(read_machine(path))


def test_the_examples_are_four_routers_and_three_lasers() -> None:
    machines = [read_machine(path).machine for path in EXAMPLES]
    assert sorted(m.process for m in machines) == ["cnc-router"] * 4 + ["laser"] * 3
    assert {m.dxf_version for m in machines} == set(DxfVersion)
    assert {m.corner_relief for m in machines} == set(Relief)
    assert any(len(m.tools) > 1 for m in machines)
    stocks = [read_machine(path).stock for path in EXAMPLES]
    assert any(s.price_eur and s.sheets and s.offcuts and len(s.offcuts[0].outline_mm) == 6 for s in stocks)
    assert any(m.keep_out_mm for m in machines)


def test_the_page_documents_every_key_and_no_other() -> None:
    page = (ROOT / "docs" / "machines.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"(?ms)^## `\[+([a-z.]+)\]+`\n(.*?)(?=^## )", page))
    tables = {"machine": Machine, "machine.layers": Layers, "machine.tools": Tool, "stock": Stock}
    for table, model in (tables | {"stock.sheets": StockSheet, "stock.offcuts": Offcut}).items():
        documented = re.findall(r"(?m)^\| `([a-z0-9_]+)` \|", sections[table])
        assert documented == list(model.model_fields), table


def test_the_page_s_example_is_valid_and_its_defaults_are_the_code_s() -> None:
    page = (ROOT / "docs" / "machines.md").read_text(encoding="utf-8")
    example = re.search(r"(?s)```toml\n(.*?)```", page)
    assert example and parse_machine(example[1]) == parse_machine(ROUTER)
    rows = re.findall(r"(?m)^\| `([a-z0-9_]+)` \| [^|]+ \| ([^|]+) \|", page)
    models = (Machine, Layers, Tool, Stock, StockSheet, Offcut)
    fields = {key: field for model in models for key, field in model.model_fields.items()}
    for key, documented in rows:
        if documented == "–":
            assert fields[key].is_required(), key
        elif documented in ("unknown", "unlimited", "the preset’s"):
            assert fields[key].default is None, key
        elif documented == "the grammar":
            assert fields[key].default == Layers(), key
        elif documented == "none":
            assert fields[key].default == (), key
        else:
            written = tomllib.loads(f"value = {documented.strip('`')}")["value"]
            assert fields[key].default == written, key


@pytest.mark.parametrize(
    ("line", "replacement", "message"),
    [
        ("bed_mm", "bed_mm = [2500, 1250, 30]", "machine.bed_mm: two lengths in mm are expected, e.g. [2500, 1250]"),
        ("bed_mm", "bed_mm = [2500]", "machine.bed_mm: two lengths in mm are expected, e.g. [2500, 1250]"),
        ("bed_mm", "bed_mm = 2500", "machine.bed_mm: two lengths in mm are expected, e.g. [2500, 1250]"),
        ("sheet_mm", "sheet_mm = []", "stock.sheet_mm: two lengths in mm are expected, e.g. [2500, 1250]"),
        ("bed_mm", "", "missing key machine.bed_mm"),
        ("bed_mm", "bed = [2500, 1250]", "missing key machine.bed_mm; unknown key machine.bed"),
        ("material", 'materiel = "hêtre"\nmaterial = "hêtre"', "unknown key stock.materiel"),
        ("diameter_mm", "diameter_mm = 6\nradius_mm = 3", "unknown key machine.tools.0.radius_mm"),
        ("diameter_mm", "", "missing key machine.tools.0.diameter_mm"),
        ("bed_mm", 'bed_mm = ["2500", 1250]', "machine.bed_mm.0: should be a valid number"),
        ("max_thickness_mm", "max_thickness_mm = true", "machine.max_thickness_mm: should be a valid number"),
        ("max_thickness_mm", "max_thickness_mm = nan", "machine.max_thickness_mm: should be a finite number"),
        (
            "measured_thickness_mm",
            "measured_thickness_mm = inf",
            "stock.measured_thickness_mm: should be a finite number",
        ),
        (
            "measured_thickness_mm",
            "measured_thickness_mm = -17.6",
            "stock.measured_thickness_mm: should be greater than 0",
        ),
        ("sheet_mm", "sheet_mm = [2500, 0]", "stock.sheet_mm.1: should be greater than 0"),
        ("sheet_mm", "sheet_mm = [2500, 20001]", "stock.sheet_mm.1: should be less than or equal to 20000"),
        ("spacing_mm", "spacing_mm = -1", "machine.spacing_mm: should be greater than or equal to 0"),
        ("clearance_mm", "clearance_mm = 2.5", "stock.clearance_mm: should be less than or equal to 2"),
        ("process", 'process = "waterjet"', "machine.process: should be 'cnc-router' or 'laser'"),
        ("corner_relief", "corner_relief = false", "machine.corner_relief: should be 'dogbone', 'tbone' or 'none'"),
        ("dxf_version", 'dxf_version = "R2018"', "machine.dxf_version: should be 'R2010' or 'R12'"),
        ("grain", 'grain = "sideways"', "stock.grain: should be 'long', 'cross' or 'none'"),
        ("material", 'material = "  "', "stock.material: a name on one line is expected"),
        ("material", r'material = "a\nb"', "stock.material: a name on one line is expected"),
        ("material", r'material = "a\u001b[31m"', "stock.material: a name on one line is expected"),
        ("material", f'material = "{"x" * 201}"', "stock.material: String should have at most 200 characters"),
        ("[[machine.tools]]", "[machine.tools]", "machine.tools: a list of tables is expected, [[machine.tools]]"),
    ],
)
def test_a_wrong_key_is_named_with_what_is_expected(line: str, replacement: str, message: str) -> None:
    assert refusal(changed(line, replacement)) == message


def test_every_wrong_key_is_named_at_once() -> None:
    text = changed("grain", "grain = 1", changed("kerf_mm", "kerf = 0", changed("bed_mm", "")))
    message = refusal(text)
    assert [word for word in ("machine.bed_mm", "machine.kerf", "stock.grain") if word not in message] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "missing key machine; missing key stock"),
        ("# nothing", "missing key machine; missing key stock"),
        ("machine = 1\nstock = []", "machine: a table is expected, [machine]; stock: a table is expected, [stock]"),
        (ROUTER + "\n[options]\nfast = true", "unknown key options"),
    ],
)
def test_a_file_without_its_tables_says_which(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    "text", ["a = ", "[machine\n", "\x00\x01", "a = 1\na = 2", "a = " + "[" * 5000, "a = 1" + "0" * 5000]
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    assert refusal(text).startswith("not valid TOML: ")


def test_a_number_too_large_for_a_float_is_refused() -> None:
    assert refusal(changed("bed_mm", f"bed_mm = [1{'0' * 400}, 1250]")).startswith("machine.bed_mm.0: ")


def test_a_router_without_a_tool_is_refused() -> None:
    text = re.sub(r"\[\[machine.tools\]\].*?(?=\[stock\])", "", ROUTER, flags=re.DOTALL)
    assert refusal(text) == "machine: a cnc-router needs at least one [[machine.tools]]"


def test_a_router_with_a_kerf_is_refused() -> None:
    assert "kerf_mm is for a laser" in refusal(changed("kerf_mm", "kerf_mm = 0.2"))


def test_two_tools_of_one_name_are_refused() -> None:
    tool = '[[machine.tools]]\nname = "Fraise à compression 6 MM"\ndiameter_mm = 5\n[stock]'
    assert refusal(changed("[stock]", tool)) == "machine: two tools are named 'fraise à compression 6 mm'"


def test_grbl_numbers_all_of_its_tools_or_none() -> None:
    """Without a number a tool goes by its place, here the second: another tool's number."""
    bit = '[[machine.tools]]\nname = "V"\nkind = "v-bit"\ndiameter_mm = 12\nnumber = 2\n\n'
    mill = '[[machine.tools]]\nname = "8"\ndiameter_mm = 8\n[stock]'
    grbl = changed("controller", 'controller = "grbl"').replace("[[machine.tools]]", bit + "[[machine.tools]]", 1)
    message = "machine: the tool '8' has no number and others have: for GRBL number all of them or none"
    assert refusal(changed("[stock]", mill, grbl)) == message
    parse_machine(grbl)
    parse_machine(changed("[stock]", mill, re.sub(r"(?m)^number = .*$", "", grbl)))
    parse_machine(changed("[stock]", mill, changed("controller", 'controller = "mach3"', grbl)))


def test_a_spacing_that_lets_no_tool_between_two_parts_is_refused() -> None:
    assert "leaves no room for a tool of 6 mm" in refusal(changed("spacing_mm", "spacing_mm = 5.9"))
    parse_machine(changed("spacing_mm", "spacing_mm = 6"))
    thinner = changed("[stock]", '[[machine.tools]]\nname = "3"\ndiameter_mm = 3\n[stock]')
    parse_machine(changed("spacing_mm", "spacing_mm = 5.9", thinner))


def test_a_margin_that_leaves_nothing_of_the_sheet_is_refused() -> None:
    sheet = changed("sheet_mm", "sheet_mm = [2500, 300]")
    assert "leaves nothing of a sheet 300 mm wide" in refusal(changed("margin_mm", "margin_mm = 150", sheet))
    parse_machine(changed("margin_mm", "margin_mm = 149", sheet))


@pytest.mark.parametrize("measured", [15.9, 20.1])
def test_a_measured_thickness_of_another_sheet_is_refused(measured: float) -> None:
    assert "more than 2 mm away" in refusal(changed("measured_thickness_mm", f"measured_thickness_mm = {measured}"))


def test_a_laser_must_say_its_kerf_but_may_say_that_it_compensates() -> None:
    assert "a laser needs kerf_mm" in refusal(changed("kerf_mm", "", LASER))
    assert parse_machine(changed("kerf_mm", "kerf_mm = 0.0", LASER)).machine.kerf_mm == 0
    assert "less than kerf_mm" in refusal(changed("spacing_mm", "spacing_mm = 0.2", LASER))


def test_a_laser_has_neither_relief_nor_tools_whatever_its_file_says() -> None:
    tool = '[[machine.tools]]\nname = "fraise"\ndiameter_mm = 6\n[stock]'
    text = changed("corner_relief", 'corner_relief = "tbone"', changed("[stock]", tool, LASER))
    machine = parse_machine(text).machine
    assert (machine.corner_relief, machine.tools) == (Relief.NONE, ())
    assert parse_machine(changed("corner_relief", "", LASER)).machine.corner_relief is Relief.NONE


@pytest.mark.parametrize(
    ("replacement", "makeable"),
    [
        ("sheet_mm = [2500, 1250]", True),
        ("sheet_mm = [1250, 2500]", True),  # turned
        ("sheet_mm = [2500.1, 1250]", False),
        ("sheet_mm = [1000, 1251]", True),
        ("sheet_mm = [1251, 1251]", False),
    ],
)
def test_a_sheet_must_lie_on_the_bed_turned_or_not(replacement: str, makeable: bool) -> None:
    file = parse_machine(changed("sheet_mm", replacement))
    if makeable:
        check_stock(file)
    else:
        with pytest.raises(NotMakeableError, match="does not lie on the bed of 2500 × 1250 mm of 'Routeur 2500'"):
            check_stock(file)


@pytest.mark.parametrize(
    ("table", "refused"),
    [
        ("[[stock.sheets]]\nsize_mm = [1250, 2500]", ""),
        ("[[stock.sheets]]\nsize_mm = [3050, 1525]", "the sheet of 3050 × 1525 mm does not lie"),
        ('[[stock.offcuts]]\nname = "long"\noutline_mm = [[100, 0], [2600, 0], [100, 900]]', ""),
        (
            '[[stock.offcuts]]\nname = "long"\noutline_mm = [[0, 0], [2501, 0], [0, 900]]',
            "the offcut 'long' of 2501 × 900 mm does not lie on the bed of 2500 × 1250 mm of 'Routeur 2500': cut the offcut",
        ),
    ],
)
def test_every_size_and_every_offcut_must_lie_on_the_bed(table: str, refused: str) -> None:
    file = parse_machine(f"{ROUTER}\n{table}\n")
    if not refused:
        check_stock(file)
        return
    with pytest.raises(NotMakeableError, match=re.escape(refused)):
        check_stock(file)


def test_the_measured_thickness_decides_whether_the_machine_cuts_it() -> None:
    text = changed("max_thickness_mm", "max_thickness_mm = 17.6")
    check_stock(parse_machine(text))
    thicker = parse_machine(changed("measured_thickness_mm", "measured_thickness_mm = 17.7", text))
    with pytest.raises(NotMakeableError, match=r"17\.7 mm thick, 'Routeur 2500' cuts at most 17\.6 mm") as caught:
        check_stock(thicker)
    assert "17,7\u00a0mm d’épaisseur" in caught.value.french


def test_a_directory_a_missing_a_binary_and_a_huge_file_are_refused_by_name(tmp_path: Path) -> None:
    binary, huge = tmp_path / "binary.toml", tmp_path / "huge.toml"
    binary.write_bytes(bytes(range(256)))
    huge.write_text("#" * 200_000)
    for path, reason in (
        (tmp_path, "is no file"),
        (tmp_path / "absent.toml", "can't be read: No such file or directory"),
        (binary, "can't be read: no UTF-8 text"),
        (huge, "too large to be a machine file"),
        (Path("/dev/zero"), "is no file"),  # endless
    ):
        with pytest.raises(MachineFileError) as caught:
            read_machine(path)
        assert str(caught.value) == f"{path}: {reason}"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "notepad.toml"
    path.write_text(ROUTER, encoding="utf-8-sig")
    assert read_machine(path) == parse_machine(ROUTER)


VALUES = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(max_size=9), st.lists(st.integers(), max_size=3), st.just({})
)


@given(
    key=st.sampled_from(sorted(Machine.model_fields) + sorted(Stock.model_fields)),
    value=VALUES,
    base=st.sampled_from([ROUTER, LASER]),
)
def test_whatever_a_key_holds_it_is_taken_or_refused_by_name(key: str, value: object, base: str) -> None:
    data = tomllib.loads(base)
    table = "machine" if key in Machine.model_fields else "stock"
    data[table][key] = value
    text = "\n".join([f"{t}.{k} = {_toml(v)}" for t in ("machine", "stock") for k, v in data[t].items()])
    try:
        file = parse_machine(text)
    except MachineFileError as error:
        assert key in str(error) or table in str(error)
    else:
        assert file.stock.sheet().thickness > 0


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(c):08x}" for c in value if not 0xD800 <= ord(c) < 0xE000) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + "}"
    return repr(value)
