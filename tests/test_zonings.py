# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Official lists as ministries write them: what each line becomes, what is mended and what is refused. No database."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from fablabs.imports.reading import MAX_BYTES, UnreadableFileError
from orders.eligibility import sheet
from orders.eligibility.classes import frr_classes, zrr_classes
from orders.eligibility.codes import codes_in
from orders.eligibility.formats import read_official
from orders.eligibility.lines import Entry, Line, OfficialList
from orders.eligibility.zoning import Kind, Status

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
#: Typed after the DGCL's list: semicolons, CRLF, an empty last column.
FRR = (
    "Code_insee;Departement;Commune;Classement FRR et FRR+ au 10 juillet 2025;\r\n"
    "23008;23;Aubusson;FRR+;\r\n"
    "30341;30;Vauvert;Non classée;\r\n"
    "40192;40;Mont-de-Marsan;FRR bénéficiaire;\r\n"
    "97416;974;Saint-Pierre;Classée FRR partiellement;\r\n"
    "1187;01;Haut Valromey;FRR bénéficiaire partiellement;\r\n"
    "2b096;2B;Corte;FRR socle;\r\n"
    ";;;;\r\n"
)
#: Typed after the ANCT's list: BOM, codes that a spreadsheet took for numbers or that were quoted for it, several
#: communes in a cell, the parent codes of Paris, Lyon and Marseille.
QPV = (
    "\ufeffcode_qp;lib_qp;insee_reg;lib_reg;insee_dep;lib_dep;insee_com;lib_com;siren_epci;lib_epci\r\n"
    'QN00101M;Grande Reyssouze;84;Auvergne-Rhône-Alpes;1;Ain;"=""01053""";Bourg-en-Bresse;200071751;CA\r\n'
    "QN00102M;Croix Blanche;84;Auvergne-Rhône-Alpes;1;Ain;1053;Bourg-en-Bresse;200071751;CA\r\n"
    'QN01341I;Les Escourtines;93;PACA;13;Bouches-du-Rhône;"=""13055;13070""";"Marseille; La Penne";200054807;Métropole\r\n'
    "QN01301M;Centre;93;PACA;13;Bouches-du-Rhône;13201,13202;Marseille;200054807;Métropole\r\n"
    "QN07501I;La Chapelle;11;Île-de-France;75;Paris;75056;Paris;200054781;Métropole\r\n"
    "QN97401M;Le Butor;4;La Réunion;974;La Réunion;97411;Saint-Denis;249740119;CA\r\n"
    "QN9999;Code trop court;11;;75;;75056;Paris;;\r\n"
    "QN07502I;Nulle part;11;;75;;99999;;;\r\n"
    "QN07503I;Sans commune;11;;75;;;;;\r\n"
)
SPACES = (
    '"id_fs","insee_dep","lib_fs","adresse","insee_com","code_postal","lib_com","labellisation_fs","siret"\n'
    '"1","01","France services de Valserhône","5 Rue","01033","01200","Valserhône","Espace labellisé 01/01/2020","00000001800010"\n'
    '"64","13","France services Marseille 2ème - Panier","1 Rue","13202","13002","Marseille","Espace labellisé 31/02/2021",""\n'
    '"65","23","France services Aubusson","","","23200","Aubusson","","12345"\n'
    '"66","23","","","23008","23200","Aubusson","",""\n'
    '"67","23","France services de Nulle-Part","","99999","","","",""\n'
)


@cache
def real(kind: str, name: str) -> OfficialList:
    return read(kind, (DATA / name).read_bytes(), name)


def zrr_workbook(*rows: list[Any]) -> bytes:
    """As the ministry lays it out: a title, a note, an empty row, titles for people and then for machines."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["Zones de revitalisation rurale (ZRR), au 1er janvier 2021"],
        ["Source : ANCT, arrêté du 16 mars 2017, modifié ; classement, communes et codes"],
        [],
        ["Code Insee", "Commune", "Classement en ZRR", "Détail du zonage"],
        ["CODGEO", "LIBGEO", "ZRR_SIMP", "ZONAGE_ZRR"],
        *rows,
    ):
        page.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


ZRR = zrr_workbook(
    ["01053", "Bourg-en-Bresse", "NC - Commune non classée", "NC - Commune non classée"],
    [1080, "Champdor-Corcelles", "C - Classée en ZRR", "C - Commune classée en ZRR"],
    ["23008", "Aubusson", "C  Classée en ZRR", ""],
    ["34145", "Lunel", "P - Commune partiellement classée en ZRR", "PA"],
    ["48095", "Mende", "Zone inconnue", ""],
)


def read(kind: str, text: str | bytes, name: str = "liste.csv") -> OfficialList:
    return read_official(Kind(kind), text.encode() if isinstance(text, str) else text, name)


def said(official: OfficialList) -> dict[int, Any]:
    """Line → (commune, status, label) of each entry, or the fault."""
    return {
        line.number: line.fault or [(e.insee, e.status.value, e.label) for e in line.entries] for line in official.lines
    }


def entries(line: Line) -> tuple[Entry, ...]:
    assert line.entries, line.fault
    return line.entries


def zrr_text() -> str:
    return (
        "Zones, au 1er janvier 2021\n\nCODGEO;LIBGEO;ZRR_SIMP\n1080;Champdor;C - Classée en ZRR\n01119;Corcelles;NC\n"
    )


def test_the_frr_list_is_read_with_the_days_of_each_class() -> None:
    official = read("frr", FRR)
    assert (official.vintage, official.valid_from, official.valid_to, official.is_complete) == (
        "2025-07-10", date(2024, 7, 1), None, False,
    )  # fmt: skip
    assert said(official) == {
        2: [("23008", "full", "FRR socle"), ("23008", "full", "FRR+")],
        3: [("30341", "none", "Non classée")],
        4: [("40192", "full", "FRR bénéficiaire")],
        5: [("97416", "partial", "Classée FRR partiellement")],
        6: [("01187", "partial", "FRR bénéficiaire partiellement")],
        7: [("2B096", "full", "FRR socle")],
    }
    socle, plus = entries(official.lines[0])
    # FRR+ came in 2025, among communes that were FRR.
    assert (socle.valid_from, socle.valid_to, plus.valid_from) == (None, date(2024, 12, 31), date(2025, 1, 1))
    assert {entries(official.lines[place])[0].valid_to for place in (2, 4)} == {date(2027, 12, 31)}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("FRR socle", "full"), ("frr", "full"), ("Classée en FRR", "full"), ("FRR +", "full"), ("FRR plus", "full"),
        ("FRR Bénéficiaire", "full"), ("Bénéficiaire partiellement", "partial"), ("Partiellement classée", "partial"),
        ("Non classée", "none"), ("NON CLASSEE", "none"), ("NC", "none"),
    ],
)  # fmt: skip
def test_frr_statuses_of_other_vintages_are_understood(text: str, status: str) -> None:
    assert frr_classes(text)[-1].status == Status(status)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("C - Classée en ZRR", "full"), ("C  Classée en ZRR", "full"), ("C", "full"), ("Commune classée en ZRR", "full"),
        ("P - Commune partiellement classée en ZRR", "partial"), ("PA", "partial"), ("PM - montagne", "partial"),
        ("NC - Commune non classée", "none"), ("nc", "none"), ("Commune non classée", "none"), ("Non", "none"),
    ],
)  # fmt: skip
def test_zrr_statuses_of_other_vintages_are_understood(text: str, status: str) -> None:
    assert zrr_classes(text)[-1].status == Status(status)


def test_the_zrr_workbook_is_read_below_its_banner() -> None:
    official = read("zrr", ZRR, "diffusion-zonages-zrr-cog2021.xlsx")
    assert (official.vintage, official.valid_to) == ("2021", date(2024, 6, 30))
    assert said(official) == {
        6: [("01053", "none", "Non classée")],
        7: [("01080", "full", "ZRR")],
        8: [("23008", "full", "ZRR")],
        9: [("34145", "partial", "Classée ZRR partiellement")],
        10: "Classement inconnu\u00a0: «\u00a0Zone inconnue\u00a0».",
    }


def test_the_zrr_sheet_saved_as_csv_is_the_same() -> None:
    text = (
        "Zones de revitalisation rurale, arrêté du 16 mars 2017, modifié, au 1er janvier 2021\r\n;;\r\n"
        "CODGEO;LIBGEO;ZRR_SIMP\r\n1080;Champdor-Corcelles;C - Classée en ZRR\r\n23008;Aubusson;NC\r\n"
    )
    expected = [[("01080", "full", "ZRR")], [("23008", "none", "Non classée")]]
    for data in (text.encode("utf-8-sig"), text.encode("cp1252"), text.replace(";", "\t").encode()):
        official = read("zrr", data, "zrr.csv")
        assert list(said(official).values()) == expected and [line.number for line in official.lines] == [4, 5]


def test_a_formula_is_not_followed() -> None:
    data = zrr_workbook(["23008", "Aubusson", '=IF(1=1,"C - Classée en ZRR","")'])
    assert said(read("zrr", data, "zrr-2021.xlsx")) == {6: "Le classement manque."}


def test_former_communes_are_put_together_under_the_one_of_today() -> None:
    """Champdor and Corcelles became one commune (01080) in 2016; Corcelles had 01119."""
    head = "CODGEO;LIBGEO;ZRR_SIMP\n"
    unlike = read("zrr", head + "01080;Champdor;C - Classée\n01119;Corcelles;NC - non classée\n", "zrr-2015.csv")
    assert said(unlike) == {2: [("01080", "partial", "Communes réunies, classées différemment")], 3: []}
    assert "lignes 2, 3" in unlike.lines[0].remarks[0]
    assert "le code 01119 est aujourd’hui celui de Champdor-Corcelles (Ain) (01080)" in unlike.lines[1].remarks
    assert "comptée avec la ligne 2" in unlike.lines[1].remarks[1]
    alike = read("zrr", head + "01119;Corcelles;C\n01080;Champdor;C\n", "zrr-2015.csv")
    assert said(alike) == {2: [("01080", "full", "ZRR")], 3: []}


def test_a_line_twice_is_read_once_and_two_that_contradict_each_other_not_at_all() -> None:
    text = (
        "CODGEO;LIBGEO;ZRR_SIMP\n23008;Aubusson;C\n23008;Aubusson;C\n30341;Vauvert;C\n30341;Vauvert;NC\n30189;Nîmes;C\n"
    )
    lines = read("zrr", text, "zrr-2021.csv").lines
    assert [bool(line.entries) for line in lines] == [True, False, False, False, True]
    assert "lu une fois" in lines[1].fault
    assert "ligne 5" in lines[2].fault and "ligne 4" in lines[3].fault


def test_the_qpv_list_is_read_with_its_lost_zeros_quotes_cells_and_parent_codes() -> None:
    official = read("qpv", QPV)
    assert (official.vintage, official.is_complete) == ("2024", True)
    assert said(official) == {
        2: [("01053", "full", "Grande Reyssouze")],
        3: [("01053", "full", "Croix Blanche")],
        4: [("13055", "full", "Les Escourtines"), ("13070", "full", "Les Escourtines")],
        5: [("13055", "full", "Centre")],  # two arrondissements, one commune
        6: [("75056", "full", "La Chapelle")],
        7: [("97411", "full", "Le Butor")],
        8: "«\u00a0QN9999\u00a0» n’est pas un code de quartier prioritaire.",
        9: "Commune inconnue\u00a0: le code «\u00a099999\u00a0» n’existe pas.",
        10: "Le code de la commune manque.",
    }
    assert entries(official.lines[0])[0].valid_from == date(2024, 1, 1)
    assert entries(official.lines[5])[0].valid_from == date(2025, 1, 1)  # overseas a year later


def test_the_outlines_are_read_for_their_codes() -> None:
    outlines = {
        "meta": {},
        "qpvs": [
            {"code": "QN01341I", "label": "Les Escourtines", "insee": ["13055", "13070"], "g": [[[[5.4, 43.2]]]]},
            {"code": "QN00101M", "label": None, "insee": "1053"},
        ],
    }
    plain = json.dumps(outlines).encode()
    for data in (plain, gzip.compress(plain)):
        official = read("qpv", data, "qpv.json")
        assert said(official) == {
            1: [("13055", "full", "Les Escourtines"), ("13070", "full", "Les Escourtines")],
            2: [("01053", "full", "QN00101M")],
        }


def test_the_districts_of_2015_held_until_those_of_2024() -> None:
    text = "code_qp;lib_qp;insee_com\nQP001001;Vieux;01053\nQP974001;Butor;97411\n"
    official = read("qpv", text)
    assert (official.vintage, official.valid_from, official.valid_to) == ("2015", date(2015, 1, 1), date(2024, 12, 31))
    assert [entries(line)[0].valid_to for line in official.lines] == [date(2023, 12, 31), date(2024, 12, 31)]


def test_the_list_of_spaces_is_read_with_labels_days() -> None:
    official = read("france-services", SPACES, "liste-fs-20240812.csv")
    assert official.vintage == "2024-08-12"
    assert said(official) == {
        2: [("01033", "full", "France services de Valserhône")],
        3: [("13055", "full", "France services Marseille 2ème - Panier")],
        4: [("23008", "full", "France services Aubusson")],  # by its postcode and name
        5: "Le nom de l’espace manque.",
        6: "Commune inconnue\u00a0: le code «\u00a099999\u00a0» n’existe pas.",
    }
    first, second, third = official.lines[:3]
    assert (entries(first)[0].siret, entries(first)[0].valid_from) == ("00000001800010", date(2020, 1, 1))
    assert second.remarks == (
        "le code 13202 est lu comme Marseille (Bouches-du-Rhône) (13055)",
        "date de labellisation impossible\u00a0: 31/02/2021",
    )
    assert entries(third)[0].siret == "" and "SIRET illisible" in third.remarks[0]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ('="01053"', ["01053"]), ("1053", ["01053"]), ("1053.0", ["01053"]), ("13055;13070", ["13055", "13070"]),
        ("13055, 13070 / 13055", ["13055", "13070"]), (" 2a004 ", ["2A004"]),
    ],
)  # fmt: skip
def test_codes_are_found_in_a_cell(cell: str, codes: list[str]) -> None:
    assert codes_in(cell) == codes


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0", b"\xff" * 1_000, b"un;deux\n1;2\n", b"code_insee;commune\n" * 40, b"PK\x03\x04broken", b"\x1f\x8bbroken",
        b"{", b'{"qpvs": 3}', b'{"qpvs": [{"code": 1}]}', b'{"qpvs": []}', b"[" * 100_000, b"{" + b'"a":{' * 50_000,
        b'{"qpvs": ' + b"9" * 10_000 + b"}",
        b'CODGEO;classement;code_qp;insee_com;id_fs;lib_fs\n"' + b"x" * 200_000 + b"\n",
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_no_such_list_is_refused_in_words(kind: str, data: bytes) -> None:
    try:
        official = read(kind, data)
    except UnreadableFileError as error:
        assert error.french and "liste.csv" in str(error)
    else:
        assert all(line.fault for line in official.lines)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([FRR, QPV, SPACES, zrr_text()]),
    st.sampled_from([kind.value for kind in Kind]),
    st.lists(st.tuples(st.integers(0, 900), st.text(max_size=6)), max_size=8),
)
def test_a_damaged_list_never_fails_but_in_words(text: str, kind: str, damages: list[tuple[int, str]]) -> None:
    for place, what in damages:
        text = text[:place] + what + text[place + len(what) :]
    try:
        official = read(kind, text.encode("utf-8", "surrogatepass"))
    except UnreadableFileError as error:
        assert error.french
    else:
        for line in official.lines:
            assert bool(line.fault) != bool(line.entries) or line.remarks
            assert all(len(entry.insee) == 5 and len(entry.label) <= 200 for entry in line.entries)


def test_a_list_is_no_other_list() -> None:
    for kind, text in (("qpv", FRR), ("france-services", QPV), ("frr", SPACES), ("zrr", QPV)):
        with pytest.raises(UnreadableFileError, match="no header with"):
            read(kind, text)


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFileError, match="larger than 10 MB"):
        read("frr", FRR.encode() + b" " * MAX_BYTES)
    monkeypatch.setattr(sheet, "MAX_ROWS", 3)
    with pytest.raises(UnreadableFileError, match="more than 3 rows"):
        read("frr", FRR)


@pytest.mark.parametrize(
    "row",
    ["23008;23;Aubusson;;", "999999999999;23;Aubusson;FRR+;", "٢٣٠٠٨;23;Aubusson;FRR+;", "-1;23;Aubusson;FRR+;",
     "23008 30189;23;Aubusson;FRR+;", "0;;;FRR+;", "23008;23;Aubusson;FRR\0?;", f"{'9' * 10_000};;;FRR+;", "23008"],
)  # fmt: skip
def test_a_bad_row_is_a_fault_of_its_own(row: str) -> None:
    text = FRR.replace("30341;30;Vauvert;Non classée;", row).replace("\0", "")
    official = read("frr", text)
    assert [bool(line.fault) for line in official.lines].count(True) >= 1
    assert said(official)[4] == [("40192", "full", "FRR bénéficiaire")]


@pytest.mark.parametrize(
    ("name", "rows", "communes", "remarked"),
    [
        ("qpv-2024.json.gz", 1_584, 833, 3),
        ("france-services-2024-08.csv", 2_845, 2_602, 32),
    ],
)
def test_the_real_lists_are_read_whole(name: str, rows: int, communes: int, remarked: int) -> None:
    if not (DATA / name).exists():
        pytest.skip("needs ../shared/data")
    official = real("qpv" if name.startswith("qpv") else "france-services", name)
    assert [line for line in official.lines if line.fault] == []
    found = {entry.insee for line in official.lines for entry in line.entries}
    assert (len(official.lines), len(found), sum(bool(line.remarks) for line in official.lines)) == (
        rows, communes, remarked,
    )  # fmt: skip


def test_the_real_qpv_list_as_csv_with_its_quirks_gives_the_same_zonings() -> None:
    path = DATA / "qpv-2024.json.gz"
    if not path.exists():
        pytest.skip("needs ../shared/data")
    stream = io.StringIO()
    table = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    table.writerow(["code_qp", "lib_qp", "insee_com"])
    for one in json.loads(gzip.decompress(path.read_bytes()))["qpvs"]:
        codes = one["insee"]
        cell = codes[0].lstrip("0") if len(codes) == 1 else f'="{";".join(codes)}"'
        table.writerow([one["code"], one["label"], cell])
    as_csv = read("qpv", stream.getvalue().encode("utf-8-sig"))
    as_json = real("qpv", path.name)
    assert [line.entries for line in as_csv.lines] == [line.entries for line in as_json.lines]


def test_a_vintage_is_found_in_titles_and_names() -> None:
    for name, vintage in (
        ("liste-2024-08.csv", "2024-08"), ("liste-fs-20240812.csv", "2024-08-12"), ("zrr-cog2021.csv", "2021"),
        ("liste-communes-juillet2025.csv", "2025-07"), ("liste.csv", ""), ("fs-2024-13-45.csv", "2024"),
        (f"{datetime.max.year}.csv", ""),
    ):  # fmt: skip
        assert read("france-services", SPACES, name).vintage == vintage, name
