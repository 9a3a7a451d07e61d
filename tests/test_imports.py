# SPDX-FileCopyrightText: 2026 The Tréteau authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists read in: what each line becomes, and what is refused, without a database."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from fablabs.imports import reading
from fablabs.imports.formats import read_lines
from fablabs.imports.lines import ContactEntry, Line, SiteEntry
from fablabs.imports.reading import UnreadableFileError, read_table
from fablabs.imports.template import COLUMNS

EXAMPLE = {column: example for column, (_, example) in COLUMNS.items()}
RECENSEMENT = (
    "\ufeffID_UNIQUE;NOM;Insee;NOM_STRC_PORT;ADRESSE;CODPOST;VILLE;INTERNET;LATITUDE;LONGITUDE;EMAIL\r\n"
    "TL1;La Fabrique d'Ambérieu;1004;Les Amis;3 rue du Rail;1500;Ambérieu-en-Bugey;fabrique.example;45,958;5,359;a@b.fr\r\n"
    "TL2;Le Perdu;75110;;;75010;Paris;pas une adresse;4,0;102,0;\r\n"
    "TL3;Sans commune;99999;;;;Nulle-Part;;;;\r\n"
    ";;;;;;;;;;\r\n"
)


def lines_of(*rows: dict[str, str]) -> list[Line]:
    return read_lines(read_table(csv_of(*rows)))[1]


def csv_of(*rows: dict[str, str], columns: dict[str, Any] = COLUMNS) -> bytes:
    lines = [";".join(columns)] + [";".join(row.get(column, "") for column in columns) for row in rows]
    return "\r\n".join(lines).encode("utf-8-sig")


def contact(line: Line) -> ContactEntry:
    assert isinstance(line.entry, ContactEntry), line.fault
    return line.entry


def site(line: Line) -> SiteEntry:
    assert isinstance(line.entry, SiteEntry), line.fault
    return line.entry


def test_a_recensement_is_read_with_its_bom_semicolons_lost_zeros_and_decimal_commas() -> None:
    known, (first, second, third) = read_lines(read_table(RECENSEMENT.encode()))
    assert known.identifier == "recensement"
    entry = contact(first)
    assert (first.number, entry.source_id, entry.insee) == (2, "TL1", "01004")
    assert (entry.latitude, entry.longitude) == (45.958, 5.359)
    assert entry.website == "https://fabrique.example"
    assert entry.facts == {"carrier": "Les Amis", "address": "3 rue du Rail"}
    assert "a@b.fr" not in str(entry)  # nobody's e-mail address is taken from a list
    lost = contact(second)
    assert lost.insee == "75056"  # an arrondissement folds into its commune
    assert abs(lost.latitude or 0) > 48 and "placé au centre de sa commune" in second.remarks[0]
    assert lost.website == "" and "pas une adresse" in second.remarks[1]
    assert third.entry is None and "99999" in third.fault


def test_a_lab_of_fablabs_io_keeps_its_words_and_gets_no_machine() -> None:
    lab = {
        "name": "Fablab Lannion", "city": "Lannion", "postal_code": "22300", "address_1": "14 rue", "latitude": 48.73,
        "longitude": -3.45, "kind_name": "fab_lab", "capabilities": "laser;cnc_milling", "url": "https://f.example/l",
    }  # fmt: skip
    known, (line, twin) = read_lines(read_table(json.dumps([lab, lab]).encode()))
    assert known.identifier == "fablabs-io"
    entry = contact(line)
    assert (entry.insee, entry.facts["capabilities"]) == ("22113", ["laser", "cnc_milling"])
    assert twin.entry is None and "Même lieu" in twin.fault


def test_the_template_s_own_example_is_a_site_with_a_machine() -> None:
    (line,) = lines_of(EXAMPLE)
    entry = site(line)
    assert (entry.siren, entry.siret, entry.insee, entry.kind) == ("123456782", "12345678200010", "30189", "fablab")
    assert entry.fields["commune"] == "Nîmes (Gard)" and entry.fields["lead_days"] == 21
    (machine,) = entry.machines
    assert machine.machine["bed_mm"] == [2500, 1250]
    assert [tool["diameter_mm"] for tool in machine.machine["tools"]] == [6.0, 3.175]
    assert (machine.stock["measured_thickness_mm"], machine.stock["price_eur"]) == (17.6, 80.0)


def test_rows_of_one_siret_are_one_site_and_must_agree() -> None:
    laser = EXAMPLE | {"machine": "Laser", "procede": "laser", "saignee_mm": "0,2", "fraises_mm": ""}
    (line,) = lines_of(EXAMPLE, laser)
    assert [m.machine["process"] for m in site(line).machines] == ["cnc-router", "laser"]
    (line,) = lines_of(EXAMPLE, laser | {"delai_jours": "3"})
    assert line.entry is None and line.fault == "Ligne 3\u00a0: L’atelier y est décrit autrement qu’à la ligne 2."


def test_each_row_without_a_siret_is_told() -> None:
    lines = lines_of(EXAMPLE | {"siret": ""}, EXAMPLE | {"siret": ""}, EXAMPLE)
    assert [(line.number, line.entry is None) for line in lines] == [(2, True), (3, True), (4, False)]


def test_a_site_without_machine_columns_waits_to_be_completed() -> None:
    bare = {column: EXAMPLE[column] for column in list(COLUMNS)[: list(COLUMNS).index("machine")]}
    (line,) = lines_of(bare)
    assert site(line).machines == () and "sans machine" in line.remarks[0]


@pytest.mark.parametrize(
    "column, text, words",
    [
        ("siren", "123456789", "n’est pas un SIREN"),
        ("siren", "", "n’est pas un SIREN"),
        ("siret", "12345678200011", "n’est pas un SIRET"),
        ("siret", "73282932000074", "ne sont pas le SIREN"),
        ("type", "usine", "fablab, tiers-lieu, artisan, manufacture"),
        ("atelier", "", "à remplir"),
        ("code_commune", "99999", "Commune inconnue"),
        ("delai_jours", "1,5", "nombre entier"),
        ("delai_jours", "731", "entre 0 et 730"),
        ("prix_km_eur", "-1", "n’est pas un nombre"),
        ("prix_km_eur", "1e3", "n’est pas un nombre"),
        ("prix_km_eur", "٣", "n’est pas un nombre"),
        ("exemplaires_par_semaine", "999999999", "entre 0 et 10000"),
        ("procede", "jet d’eau", "fraiseuse ou laser"),
        ("origine", "volé", "neuf, recyclé"),
        ("table_x_mm", "", "table_x_mm"),
        ("fraises_mm", "6|zéro", "fraises_mm"),
        ("epaisseur_mesuree_mm", "12", "measured_thickness_mm"),
    ],
)
def test_a_wrong_cell_names_its_column_and_says_what_to_write(column: str, text: str, words: str) -> None:
    # Without the other way to say where the site is, a wrong code can't be made up for.
    (line,) = lines_of(EXAMPLE | {"code_postal": "", "commune": ""} | {column: text})
    assert line.entry is None and words in line.fault, line.fault


def test_titles_may_be_in_capitals_and_numbers_have_thin_spaces() -> None:
    text = csv_of(EXAMPLE | {"table_x_mm": "2\u202f500", "siret": "123 456 782 00010"}).decode("utf-8-sig")
    title, _, rest = text.partition("\r\n")
    _, (line,) = read_lines(read_table(f"{title.upper()}\r\n{rest}".encode("cp1252", errors="replace")))
    assert line.entry is None  # cp1252 has no thin space: it came as "?" and the line says which cell
    _, (line,) = read_lines(read_table(f"{title.upper()}\r\n{rest}".encode()))
    assert site(line).machines[0].machine["bed_mm"] == [2500, 1250]


def test_a_workbook_is_read_like_a_text_and_keeps_a_postcode_typed_as_a_number() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(COLUMNS))
    sheet.append([12345678200010.0 if c == "siret" else 30000 if c == "code_postal" else v for c, v in EXAMPLE.items()])
    data = io.BytesIO()
    book.save(data)
    _, (line,) = read_lines(read_table(data.getvalue()))
    assert site(line).siret == "12345678200010" and site(line).fields["postcode"] == "30000"


def test_windows_1252_is_read() -> None:
    table = read_table("NOM;ADRESSE;CODPOST;VILLE\nL’Établi;rue;30000;Nîmes\n".encode("cp1252"))
    assert table.rows == ((2, {"NOM": "L’Établi", "ADRESSE": "rue", "CODPOST": "30000", "VILLE": "Nîmes"}),)


def test_a_row_has_the_number_of_its_line_even_after_a_cell_of_several_lines() -> None:
    table = read_table(b'a,b\n"one\ntwo",2\n\n3,4\n')
    assert [number for number, _ in table.rows] == [2, 5]


def test_signs_that_no_database_takes_are_left_out() -> None:
    table = read_table(b'[{"name": "A\\u0000B\\ud800", "kind_name": "x", "capabilities": ["c\\u0000"]}]')
    assert table.rows == ((1, {"name": "AB", "kind_name": "x", "capabilities": "c"}),)


def test_a_workbook_that_says_to_have_a_row_of_many_billions_is_read_at_once() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["a", "b"])
    sheet.append(["1", "2"])
    data = io.BytesIO()
    book.save(data)
    far = io.BytesIO()
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(far, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                last = b'<row r="99999999999"><c r="A99999999999" t="n"><v>3</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", last)
            new.writestr(name, content)
    assert read_table(far.getvalue()).rows == ((2, {"a": "1", "b": "2"}),)


def bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (reading.MAX_UNPACKED_BYTES + 1))
    return data.getvalue()


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", "aucune ligne"),
        (b"a;b\n", "aucune ligne"),
        (b"a;b\n1;2\n", "pas reconnue"),
        (b"\x00\x01\x02" * 50, "ni un texte"),
        (b"PK\x03\x04 broken", "ne s’ouvre pas"),
        (bomb, "ne s’ouvre pas"),
        (b"[1, 2]", "liste JSON d’objets"),
        (b"[{]", "JSON valable"),
        (b"[" * 100_000, "JSON valable"),
        (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "guillemets"),
        (b"x" * (reading.MAX_BYTES + 1), "dépasse"),
        (b"a\n" + b"1\n" * (reading.MAX_ROWS + 1), "coupez-le"),
    ],
    ids=["empty", "titles", "other", "binary", "zip", "bomb", "list", "json", "nested", "cell", "large", "long"],
)
def test_what_is_no_list_is_refused_in_words(data: Any, words: str) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read_lines(read_table(data() if callable(data) else data))
    assert words in refusal.value.french
