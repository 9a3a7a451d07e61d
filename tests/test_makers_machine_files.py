# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Machine files in and out of a record: equal after the round, refused key by key in French, nothing half done."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pydantic import ValidationError

from cms.maker_forms import machine as machine_form
from cms.maker_forms import stock as stock_form
from cms.maker_forms.rows import Rows
from fablabs.french import KEYS, faults, key_name
from fablabs.layers import Layers
from fablabs.machine import Machine, MachineFile, parse_machine
from fablabs.models import Change, CuttingMachine, StockItem, Workshop
from fablabs.services.equipment import MachineFileFaultsError, import_file, read_text
from fablabs.services.refusals import NotAllowedError
from fablabs.stock import Offcut, Stock, StockSheet
from tests.people import make_person, signed_in
from tests.running import ROOT
from tests.workshops import make_maker_person, make_workshop

FILES = sorted((ROOT / "examples/machines").glob("*.toml"))
ROUTER = (ROOT / "examples/machines/router-2500.toml").read_text()
RICH = """
[machine]
name = "Fraiseuse « dure »"
process = "cnc-router"
bed_mm = [2500.5, 1250]
max_thickness_mm = 30
spacing_mm = 9.5
margin_mm = 12
corner_relief = "tbone"
dxf_version = "R12"
controller = "grbl"
zero = "spoilboard"
travel_height_mm = 15
keep_out_mm = [[[0, 0], [60, 0], [60, 45.5], [0, 45.5]]]
accel_mm_s2 = 400
rapid_mm_min = 9000
through_mm = 0.4
hold_down = "onion-skin"
tab_width_mm = 7
tab_height_mm = 2.5
onion_skin_mm = 0.3
cut_direction = "conventional"
tools = [
  { name = "six", diameter_mm = 6, number = 1, feed_mm_min = 4000, plunge_mm_min = 1200, spindle_rpm = 18000, pass_depth_mm = 6 },
  { name = "foret", diameter_mm = 3.2, kind = "drill", number = 2 },
]
[machine.layers]
preset = "rgb"
letters = "score"
pocket = { name = "POCHE-{depth}", colour = [0, 128, 255] }
sheet = { colour = [1, 2, 3] }
[stock]
material = "peuplier"
nominal_thickness_mm = 18
measured_thickness_mm = 17.65
sheet_mm = [2500, 1250]
price_eur = 84.55
grain = "cross"
clearance_mm = 0.25
[[stock.sheets]]
size_mm = [3050, 1525]
price_eur = 128
count = 3
keep_out_mm = [[[600, 900], [680, 900], [680, 960], [600, 960]]]
[[stock.offcuts]]
name = "un L"
outline_mm = [[0, 0], [1400, 0], [1400, 420], [620, 420], [620, 1100], [0, 1100]]
"""


def texts() -> list[str]:
    return [*(path.read_text(encoding="utf-8") for path in FILES), RICH]


@pytest.fixture
def workshop(db: Any) -> Workshop:
    return make_workshop(slug="copeaux", name="Les Copeaux")


@pytest.fixture
def client_of_maker(workshop: Workshop) -> Client:
    return signed_in(make_maker_person(workshop))


IMPORT = "/espace/fabricant/ateliers/copeaux/machines/importer/"


def test_every_example_comes_back_equal_from_a_record(client_of_maker: Client, workshop: Workshop) -> None:
    for text in texts():
        CuttingMachine.objects.all().delete()
        StockItem.objects.all().delete()
        answer = client_of_maker.post(IMPORT, {"texte": text, "origin": "new"})
        assert answer.status_code == 302, unescape(answer.content.decode())
        machine, item = CuttingMachine.objects.get(), StockItem.objects.get()
        given = client_of_maker.get(f"/espace/fabricant/ateliers/copeaux/machines/{machine.pk}/panneau-{item.pk}.toml")
        assert given["Content-Disposition"].startswith("attachment")
        assert parse_machine(given.content.decode()) == parse_machine(text)


def bound(form: Any, initial: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """What a browser sends back of an untouched form."""
    filled = form(initial=initial, prefix=prefix or None)
    return {field.html_name: value for field in filled if (value := field.value()) is not None}


@pytest.mark.parametrize("text", texts())
def test_every_example_comes_back_equal_from_the_forms(text: str) -> None:
    file = read_text(text)
    data = bound(machine_form.MachineForm, machine_form.initial_of(file["machine"]))
    tools = machine_form.tools_of(file["machine"])
    data["outil-nombre"] = len(tools)
    for place, tool in enumerate(tools):
        data |= bound(machine_form.ToolForm, dict(tool), f"outil-{place}")
    form, rows = machine_form.MachineForm(data), Rows(machine_form.ToolForm, "outil", most=50, data=data)
    assert form.is_valid() and rows.is_valid(), form.errors
    machine = machine_form.settings_of(form, rows.filled)

    data = bound(stock_form.StockForm, stock_form.initial_of(file["stock"], "new"))
    sheets = stock_form.sheets_of(file["stock"])
    data["format-nombre"] = len(sheets)
    for place, sheet in enumerate(sheets):
        data |= bound(stock_form.SheetForm, sheet, f"format-{place}")
    shelf, formats = stock_form.StockForm(data), Rows(stock_form.SheetForm, "format", most=20, data=data)
    assert shelf.is_valid() and formats.is_valid(), shelf.errors
    stock = stock_form.settings_of(shelf, formats.filled, file["stock"])
    assert MachineFile.model_validate({"machine": machine, "stock": stock}) == MachineFile.model_validate(file)


def test_a_second_import_of_the_same_file_changes_nothing(workshop: Workshop) -> None:
    actor = make_maker_person(workshop)
    first = import_file(workshop, ROUTER, "new", actor=actor)
    kept = Change.objects.count()
    assert import_file(Workshop.objects.get(), ROUTER, "new", actor=actor) == first and Change.objects.count() == kept
    import_file(Workshop.objects.get(), ROUTER.replace("17.6", "17.9"), "new", actor=actor)
    assert workshop.stock.get().settings["measured_thickness_mm"] == 17.9
    with pytest.raises(NotAllowedError):
        import_file(workshop, ROUTER, "new", actor=make_person("autre@example.org"))


@pytest.mark.parametrize(
    ("change", "key", "french", "english"),
    [
        (("bed_mm = [2500, 1250]", "bed = [2500, 1250]"), "machine.bed_mm", "il manque", "missing key machine.bed_mm"),
        (
            ("diameter_mm = 6.0", 'diameter_mm = "6"'),
            "machine.tools.0.diameter_mm",
            "un nombre est attendu",
            "valid number",
        ),
        (('"dogbone"', '"chien"'), "machine.corner_relief", "l’une de ces valeurs", "should be 'dogbone'"),
        (("17.6", "37.6"), "stock.measured_thickness_mm", "l’un des deux est faux", "more than 2 mm away"),
    ],
)
def test_a_wrong_key_is_told_in_french_with_the_english_sentence_and_nothing_is_kept(
    client_of_maker: Client, change: tuple[str, str], key: str, french: str, english: str
) -> None:
    wrong = ROUTER.replace(*change)
    assert wrong != ROUTER
    answer = client_of_maker.post(IMPORT, {"texte": wrong, "origin": "new"})
    html = unescape(answer.content.decode())
    assert answer.status_code == 422 and f"<code>{key}</code>" in html
    assert french in html and re.search(rf'lang="en">[^<]*{re.escape(english)}', html)
    assert change[1] in html, "what was pasted stays"
    assert not (CuttingMachine.objects.exists() or StockItem.objects.exists() or Change.objects.exists())


@pytest.mark.parametrize(
    "bad", ["", "\x00", "= = =", "x" * 100_001, "[machine]\n" * 2, "a = " + "[" * 3000, "🪚", "k = " + "9" * 5000]
)
def test_what_is_no_machine_file_is_refused(client_of_maker: Client, bad: str) -> None:
    for given in ({"texte": bad}, {"fichier": SimpleUploadedFile("m.toml", bad.encode())}):
        answer = client_of_maker.post(IMPORT, given | {"origin": "new"})
        assert answer.status_code == 422 and "Il reste quelque chose" in unescape(answer.content.decode())
    assert not CuttingMachine.objects.exists()


def test_a_file_is_taken_as_a_windows_editor_saves_it(client_of_maker: Client) -> None:
    text = "\ufeff" + ROUTER.replace("\n", "\r\n")
    file = SimpleUploadedFile("m.toml", text.encode("utf-8"))
    assert client_of_maker.post(IMPORT, {"fichier": file, "origin": "new"}).status_code == 302
    latin = SimpleUploadedFile("m.toml", 'name = "é"'.encode("latin-1"))
    answer = client_of_maker.post(IMPORT, {"fichier": latin, "origin": "new"})
    assert answer.status_code == 422 and "UTF-8" in unescape(answer.content.decode())


def test_every_key_of_a_machine_file_has_a_french_name() -> None:
    from fablabs.machine import Tool

    for table, model in (
        ("machine", Machine), ("machine.tools", Tool), ("stock", Stock), ("stock.sheets", StockSheet), ("stock.offcuts", Offcut),
    ):  # fmt: skip
        for name in model.model_fields:
            assert f"{table}.{name}" in KEYS, f"{table}.{name}"
    for name in Layers.model_fields:
        assert key_name(f"machine.layers.{name}") not in (f"machine.layers.{name}", KEYS["machine.layers"])
    assert key_name("machine.tools.1.diameter_mm") == "outil 2, le diamètre"
    assert key_name("stock.offcuts.0") == "chute 1"


def test_every_rule_between_keys_is_told_in_french() -> None:
    """Each sentence of the validators themselves, once."""
    router = 'name = "R"\nprocess = "cnc-router"\nbed_mm = [2500, 1250]\nmax_thickness_mm = 30\n'
    laser = 'name = "L"\nprocess = "laser"\nbed_mm = [600, 300]\nmax_thickness_mm = 6\n'
    six = 'tools = [{ name = "six", diameter_mm = 6 }]\n'
    shelf = 'material = "m"\nnominal_thickness_mm = 18\nmeasured_thickness_mm = 18\nsheet_mm = [2500, 1250]\n'
    wrong = [
        (router, shelf),
        (router + six + "kerf_mm = 0.1\n", shelf),
        (router + 'tools = [{ name = "a", diameter_mm = 6 }, { name = "A", diameter_mm = 4 }]\n', shelf),
        (router + 'tools = [{ name = "a", diameter_mm = 6, number = 1 }, { name = "b", diameter_mm = 4, number = 1 }]\n', shelf),
        (router + 'controller = "grbl"\ntools = [{ name = "a", diameter_mm = 6, number = 1 }, { name = "b", diameter_mm = 4 }]\n', shelf),
        (router + 'tools = [{ name = "a", diameter_mm = 6, kind = "drill" }]\n', shelf),
        (router + six + "spacing_mm = 2\n", shelf),
        (router + six + "keep_out_mm = [[[0, 0], [1, 1]]]\n", shelf),
        (router + six + "keep_out_mm = [[[0, 0], [10, 10], [10, 0], [0, 10]]]\n", shelf),
        (router + six + 'layers = { pocket = { name = "é" } }\n', shelf),
        (router + six + 'layers = { pocket = { name = "0" } }\n', shelf),
        (router + six + 'layers = { pocket = { name = "A" }, drill = { name = "a" } }\n', shelf),
        (router + six + 'layers = { sheet = { name = "A{depth}" } }\n', shelf),
        (laser, shelf),
        (laser + "kerf_mm = 3\nspacing_mm = 2\n", shelf),
        (laser + 'kerf_mm = 0.1\ncontroller = "grbl"\n', shelf),
        (router + six, shelf.replace("= 18\nsheet", "= 28\nsheet")),
        (router + six, shelf + 'offcuts = [{ name = "a", outline_mm = [[0, 0], [9, 0], [9, 9]] }, { name = "a", outline_mm = [[0, 0], [9, 0], [9, 9]] }]\n'),
        (router + six + "margin_mm = 400\n", shelf.replace("[2500, 1250]", "[700, 700]")),
        (router.replace('"R"', '"R\\nS"') + six, shelf),
    ]  # fmt: skip
    for machine, stock in wrong:
        with pytest.raises(MachineFileFaultsError) as told:
            read_text(f"[machine]\n{machine}[stock]\n{stock}")
        for fault in told.value.faults:
            assert fault.french != "cette valeur ne convient pas.", fault
            assert fault.english and fault.name


def test_a_key_that_nobody_foresaw_is_told_all_the_same() -> None:
    with pytest.raises(ValidationError) as error:
        Machine.model_validate(
            {"name": 5, "process": [], "bed_mm": "x", "max_thickness_mm": float("nan"), "tools": {}, "layers": 3}
        )
    found = faults(error.value, "machine")
    assert {fault.key for fault in found} >= {"machine.name", "machine.process", "machine.max_thickness_mm"}
    assert all(fault.french.endswith(".") for fault in found)
